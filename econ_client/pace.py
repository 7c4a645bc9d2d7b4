"""How fast e-conomic may be asked: one pace for all threads that share an agreement.

Every answer carries ``X-RateLimiting: token-limit-10000-per-60-seconds: 147/10000`` (used first) and ``X-CallCost: 3``;
errors are charged too, and other apps of the same agreement draw on the same budget. Fair use is 50,000 calls in a day.
Source: recorded answers and e-conomic's fair use policy.
"""

from __future__ import annotations

import datetime
import email.utils
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from econ_client.errors import Interrupted, RateLimited

FAIR_USE = 50_000
SLOW_FROM = 0.8
"""Share of a window from which calls are spread over time."""
STOP_AT = 0.97
DEFAULT_RETRY_AFTER = 10.0
LONGEST_RETRY_AFTER = 3600.0
LONGEST_WAIT = 30.0
"""Seconds a thread waits for its turn; when it would be longer, the caller gets its thread back."""

_WINDOW = re.compile(r"(\d+)-per-(\d+)-(second|minute|hour|day)s?\s*:\s*(\d+)\s*/\s*(\d+)", re.IGNORECASE)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


@dataclass(slots=True)
class _Window:
    limit: float
    seconds: float
    used: float
    at: float

    def spent(self, now: float) -> float:
        """What is used by now: the budget flows back evenly over the window."""
        return max(0.0, self.used - (now - self.at) * self.limit / self.seconds)


class Pace:
    """Lets calls through, spread before the limit is hit and held back while e-conomic asks for rest.

    Args:
        stop: set to end every wait at once with `Interrupted`.
        on_counted: told (UTC day, calls to add) after each call, from the calling thread, so that the count outlives
            the process. Must be quick and must not raise.
        counted: (UTC day, calls) already made, from what was kept.
        longest_wait: seconds after which a wait becomes `RateLimited`.
        clock: monotonic seconds.
        now: the wall clock in UTC.
        wait: waits that many seconds, answers True when it was interrupted.
    """

    def __init__(
        self,
        *,
        stop: threading.Event | None = None,
        on_counted: Callable[[datetime.date, int], None] | None = None,
        counted: tuple[datetime.date, int] | None = None,
        longest_wait: float = LONGEST_WAIT,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        self.stop = stop or threading.Event()
        self._on_counted = on_counted
        self._longest_wait = longest_wait
        self._clock = clock
        self._now = now
        self._wait = wait or self.stop.wait
        self._lock = threading.Lock()
        self._day, self._calls = counted or (now().date(), 0)
        self._windows: dict[tuple[str, str], _Window] = {}
        self._cost = 1.0
        self._in_flight = 0
        self._free_at = 0.0
        self._held_until = 0.0
        self._refusals = 0

    @property
    def calls_today(self) -> int:
        """Calls of this UTC day, also those of before that were given as `counted`."""
        with self._lock:
            return self._calls if self._day == self._now().date() else 0

    @property
    def held_for(self) -> float:
        """Seconds until calls may go out again; 0 when e-conomic does not ask for rest."""
        with self._lock:
            return max(0.0, self._held_until - self._clock())

    def room_today(self, share: float = 1.0) -> int:
        """Calls left of that share of the day's fair use; live orders go on when it is 0, backfills do not."""
        return max(0, int(FAIR_USE * share) - self.calls_today)

    def acquire(self) -> None:
        """Wait for the turn of one call. Each `acquire` that returns needs one `answered`.

        Raises:
            Interrupted: `stop` was set.
            RateLimited: the turn is further away than `longest_wait`; nothing was sent.
        """
        while True:
            if self.stop.is_set():
                raise Interrupted
            with self._lock:
                now = self._clock()
                delay = self._turn(now) - now
                if delay <= 0:
                    self._take(now)
                    return
            if delay > self._longest_wait:
                raise RateLimited(
                    f"e-conomic's call limit is used up for another {delay:.0f} seconds.",
                    retry_after=delay,
                    advice="It goes on by itself; other apps of the agreement draw on the same limit.",
                )
            if self._wait(delay):
                raise Interrupted

    def answered(
        self, status: int | None = None, headers: Mapping[str, str] | None = None, *, reached: bool = True
    ) -> float | None:
        """Learn from the answer to a call.

        Args:
            status: the HTTP status; None when no answer came.
            headers: the answer's headers, looked up case-insensitively by the mapping or in lower case.
            reached: False when e-conomic was not reached, so that the call cost nothing.

        Returns:
            The seconds that e-conomic asks to wait, when it does.
        """
        headers = headers or {}
        asked = retry_after(headers.get("retry-after", ""), self._now())
        with self._lock:
            now = self._clock()
            self._in_flight = max(0, self._in_flight - 1)
            day = self._now().date()
            if not reached:
                return None
            self._learn(headers, now)
            if status == 429 or (status == 503 and asked is not None):
                asked = self._hold(asked, now)
            elif status is not None and status < 500:
                self._refusals = 0
            if day != self._day:
                self._day, self._calls = day, 0
            self._calls += 1
        if self._on_counted is not None:
            self._on_counted(day, 1)
        return asked

    def _turn(self, now: float) -> float:
        """When the next call may go out."""
        turn = max(self._held_until, self._free_at if self._crowded(now) or self._refusals else 0.0)
        for window in self._windows.values():
            over = window.spent(now) + (self._in_flight + 1) * self._cost - STOP_AT * window.limit
            if over > 0:
                turn = max(turn, now + min(window.seconds, over * window.seconds / window.limit))
        return turn

    def _take(self, now: float) -> None:
        gaps = [0.05 if self._refusals else 0.0]
        for window in self._windows.values():
            soft, hard = SLOW_FROM * window.limit, STOP_AT * window.limit
            over = window.spent(now) + (self._in_flight + 1) * self._cost - soft
            if over > 0:
                pressure = 1 + 3 * min(1.0, over / max(1.0, hard - soft))
                gaps.append(pressure * self._cost * window.seconds / window.limit)
            if window.used + (self._in_flight + 1) * self._cost > hard:
                gaps.append(self._cost * window.seconds / (window.limit - hard))
        self._free_at = now + max(gaps)
        self._in_flight += 1

    def _crowded(self, now: float) -> bool:
        ahead = (self._in_flight + 1) * self._cost
        return any(w.spent(now) + ahead > SLOW_FROM * w.limit for w in self._windows.values())

    def _learn(self, headers: Mapping[str, str], now: float) -> None:
        cost = re.match(r"\s*(\d{1,6})", headers.get("x-callcost", ""))
        if cost:
            self._cost = 0.8 * self._cost + 0.2 * max(1, int(cost.group(1)))
        seen = list(_WINDOW.finditer(headers.get("x-ratelimiting", "")))
        for found in seen:
            limit, seconds = int(found.group(5)), int(found.group(2)) * _SECONDS[found.group(3).lower()]
            if limit > 0 and seconds > 0:
                key = (found.group(1), f"{found.group(2)} {found.group(3).lower()}")
                self._windows[key] = _Window(limit, seconds, int(found.group(4)), now)
        if not seen:
            for window in self._windows.values():
                window.used, window.at = window.spent(now) + self._cost, now

    def _hold(self, asked: float | None, now: float) -> float:
        if now >= self._held_until:
            self._refusals += 1
        pause = asked if asked is not None else min(60.0, DEFAULT_RETRY_AFTER * 2 ** max(0, self._refusals - 1))
        self._held_until = max(self._held_until, now + pause)
        return pause


def retry_after(header: str, now: datetime.datetime) -> float | None:
    """Seconds asked for by a Retry-After header (seconds or an HTTP date); None when absent or unreadable.

    Capped at one hour: a wrong clock must not stop a shop for a day.
    """
    header = header.strip()
    if re.fullmatch(r"\d+(\.\d+)?", header):
        return min(float(header), LONGEST_RETRY_AFTER)
    try:
        when = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.UTC)
    return min(max(0.0, (when - now).total_seconds()), LONGEST_RETRY_AFTER)
