"""The calls that the pull may make in a day (UTC), and how they are made to last."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from econ_client.pace import Pace
from sync.errors import SyncError
from sync.state.state import State

CALLS = "pull:calls"
"""Under which name the state keeps ``<day> <calls>``."""

BURST = 60
"""Calls that may follow each other closely because of webhooks; a twentieth of the day's at most."""


class OutOfCalls(SyncError):
    """The pull has used its calls of the day."""


@dataclass(slots=True)
class Budget:
    """Counts the pull's calls in the state, before each is made, so that no restart makes room for more.

    Only the shop's active process counts. `pace` knows e-conomic's own limit for the day, which everything shares.
    Every method may raise the errors of `sync.state.errors`.
    """

    state: State
    limit: int
    pace: Pace
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _spare: float = BURST
    _filled_at: float | None = None

    def take(self, calls: int = 1) -> None:
        """Count calls that are about to be made. Raises `OutOfCalls` when there are not so many left."""
        with self._lock:
            now = self.state.now()
            used = used_today(self.state, now)
            if used + calls > self.limit or calls > self.pace.room_today():
                raise OutOfCalls(
                    f"the pull has used its {self.limit} calls of today (UTC)"
                    if used + calls > self.limit
                    else "the calls that e-conomic's fair use allows in a day are used up",
                    hint="it goes on after midnight UTC; `pull.calls` in the profile is the limit",
                )
            self.state.put(CALLS, f"{_day(now)} {used + calls}")

    def left(self) -> int:
        """Calls of today that are left."""
        return max(0, min(self.limit - used_today(self.state, self.state.now()), self.pace.room_today()))

    def between_polls(self, every: float, sweeps: float = 0) -> float:
        """Seconds between two polls: `every`, or longer, so that the calls last until midnight.

        `sweeps` is how many calls an hour sweeps take.
        """
        rest = self._rest_of_day()
        left = self.left() - sweeps * rest / 3600
        return max(every, rest / left) if left >= 1 else rest

    def between_sweeps(self, every: float, calls: int) -> float:
        """Seconds between two sweeps of so many calls: `every`, or longer; they take half of what is left at most."""
        rest = self._rest_of_day()
        return max(every, 2 * calls * rest / max(1, self.left()))

    def spare(self, calls: int = 1) -> bool:
        """Whether calls may be made out of turn, because of a webhook; if so they are counted against the burst.

        What flows back makes up half of what is left of the day.
        """
        now = self.clock()
        if self._filled_at is not None:
            flow = self.left() / 2 / self._rest_of_day()
            self._spare += (now - self._filled_at) * flow
        self._spare = min(self._spare, float(BURST), max(1.0, self.limit / 20))
        self._filled_at = now
        if self._spare < calls:
            return False
        self._spare -= calls
        return True

    def _rest_of_day(self) -> float:
        now = self.state.now()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return max(1.0, (midnight - now).total_seconds())


def used_today(state: State, now: datetime) -> int:
    """Calls that the pull has made on the day of `now`."""
    day, _, calls = (state.get(CALLS) or "").partition(" ")
    return int(calls) if day == _day(now) and calls.isdigit() else 0


def _day(now: datetime) -> str:
    return now.date().isoformat()
