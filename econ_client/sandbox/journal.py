"""The journal: every request that reached the sandbox, oldest first. Tokens are never in it."""

from __future__ import annotations

import datetime
import time
from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from econ_client.sandbox import wire
from econ_client.sandbox.wire import Doc

LONGEST = 200_000


@dataclass(slots=True)
class Entry:
    """One request. `status` stays None while it is answered and when its connection was dropped."""

    method: str
    path: str
    query: str
    idempotency_key: str | None
    raw: bytes
    status: int | None = None
    at: float = field(default_factory=time.time)
    at_monotonic: float = field(default_factory=time.monotonic)

    def shown(self) -> Doc:
        """As JSON. `at`: UTC, when the whole request had arrived; `at_monotonic`: time.monotonic() at that moment."""
        at = datetime.datetime.fromtimestamp(self.at, datetime.UTC)
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "idempotency_key": self.idempotency_key,
            "body": _parsed(self.raw),
            "status": self.status,
            "at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "at_monotonic": Decimal(f"{self.at_monotonic:.6f}"),
        }


class Journal:
    """The last 200,000 requests."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=LONGEST)

    def note(self, entry: Entry) -> Entry:
        """Add a request that has just arrived."""
        self._entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()

    def shown(self) -> list[Doc]:
        """All, oldest first."""
        return [entry.shown() for entry in self._entries]


def _parsed(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        return wire.loads(raw)
    except (ValueError, RecursionError):
        return raw.decode("utf-8", "replace")
