"""The gate before e-conomic: one outage or one refused login stops everybody, and one probe opens it again."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass

FIRST_PROBE = 1.0
LAST_PROBE = 30.0
REFUSED_PROBE = 60.0


@dataclass(frozen=True, slots=True)
class Closed:
    """Why nothing is sent: a name for machines, a sentence for people, and whether it is a refusal of the tokens."""

    reason: str
    message: str
    refused: bool


class Gate:
    """Open while e-conomic answers. Closed by an outage (probed after 1 s, up to 30 s) or a refusal (each minute).

    Deliveries wait, capture does not. The durable brake (`pause`) is another thing and lives in the state.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._closed: Closed | None = None
        self._next_probe = 0.0
        self._failures = 0

    @property
    def closed(self) -> Closed | None:
        """Why it is closed, or None."""
        with self._condition:
            return self._closed

    def close(self, reason: str, message: str, *, refused: bool = False) -> None:
        """Stop deliveries. A repeated outage keeps the probe's own rhythm."""
        with self._condition:
            if self._closed is None or (refused and not self._closed.refused):
                self._closed = Closed(reason, message, refused)
                self._failures = 0
                self._schedule()

    def probe_failed(self, reason: str, message: str, *, refused: bool = False, after: float | None = None) -> None:
        """The probe met the same or another failure: wait longer, or `after` seconds."""
        with self._condition:
            self._closed = Closed(reason, message, refused)
            self._failures += 1
            self._schedule(after)

    def open(self) -> None:
        """e-conomic answered."""
        with self._condition:
            self._closed = None
            self._failures = 0
            self._condition.notify_all()

    def probe_in(self) -> float | None:
        """Seconds until the next probe is due; None while open."""
        with self._condition:
            if self._closed is None:
                return None
            return max(0.0, self._next_probe - time.monotonic())

    def _schedule(self, after: float | None = None) -> None:
        if after is not None:
            wait = after
        elif self._closed is not None and self._closed.refused:
            wait = REFUSED_PROBE
        else:
            wait = min(LAST_PROBE, FIRST_PROBE * 2**self._failures)
        self._next_probe = time.monotonic() + wait * random.uniform(0.8, 1.0)
