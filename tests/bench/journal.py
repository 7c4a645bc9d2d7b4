"""The sandbox's journal as typed requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `at` is time.monotonic() of this machine when all of it had arrived."""

    method: str
    path: str
    query: str
    reference: str
    status: int | None
    at: float

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Request:
        """From the journal's JSON."""
        body = entry["body"] if isinstance(entry["body"], dict) else {}
        return cls(
            method=entry["method"],
            path=entry["path"],
            query=unquote(entry["query"]),
            reference=body.get("references", {}).get("other", ""),
            status=entry["status"],
            at=float(entry["at_monotonic"]),
        )

    @property
    def write(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"


def first(requests: Iterable[Request], method: str, path: str) -> Request | None:
    """The first one to a path that was answered well."""
    for one in requests:
        if one.method == method and one.path == path and one.status is not None and one.status < 300:
            return one
    return None
