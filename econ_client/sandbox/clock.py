"""The clock that every part of the sandbox reads, so that an hour can pass in a test without waiting."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass


@dataclass(slots=True)
class Clock:
    """Wall clock and monotonic clock; `ahead` seconds are added to both of what the sandbox acts by."""

    ahead: float = 0.0

    def monotonic(self) -> float:
        """Seconds on a clock that only goes forward; idempotency, list and stock delays are measured with it."""
        return time.monotonic() + self.ahead

    def now(self) -> datetime.datetime:
        """Aware UTC time."""
        return datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=self.ahead)

    def stamp(self, *, minutes: bool = False) -> str:
        """`YYYY-MM-DDThh:mm:ssZ`; with `minutes` the seconds are :00, as recorded on products and drafts."""
        now = self.now()
        return (now.replace(second=0) if minutes else now).strftime("%Y-%m-%dT%H:%M:%SZ")
