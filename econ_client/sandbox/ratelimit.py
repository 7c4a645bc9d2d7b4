"""The rate limit: what every answer says about it, and the refusal when it is used up.

Recorded: `token-limit-10000-per-60-seconds: 147/10000` (used first) and the cost of the call. Nobody recorded a 429, so
its body is this sandbox's own; `Retry-After` is what clients of others read.
"""

from __future__ import annotations

import math

from econ_client.sandbox.answers import Refused
from econ_client.sandbox.clock import Clock

LIMIT = 10_000
WINDOW = 60
COST = 3


class Budget:
    """Tokens used in the current window."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._window = 0
        self._used = 0

    def charge(self) -> list[tuple[bytes, bytes]]:
        """Charge one call (errors too) and give the headers."""
        self._turn()
        self._used = min(self._used + COST, LIMIT)
        used = f"token-limit-{LIMIT}-per-{WINDOW}-seconds: {self._used}/{LIMIT}"
        return [(b"x-ratelimiting", used.encode()), (b"x-callcost", str(COST).encode())]

    def check(self) -> None:
        """Raises Refused (429, with the seconds until the next window) when one more call does not fit."""
        self._turn()
        if self._used + COST > LIMIT:
            left = WINDOW - self._clock.monotonic() % WINDOW
            raise too_many(max(1, math.ceil(left)))

    def clear(self) -> None:
        """A new window."""
        self._used = 0

    def _turn(self) -> None:
        window = int(self._clock.monotonic() // WINDOW)
        if window != self._window:
            self._window, self._used = window, 0


def too_many(seconds: int) -> Refused:
    """429 that asks to wait."""
    hint = f"Wait {seconds} seconds before the next call."
    return Refused(429, "Too many requests.", hint, headers=(("Retry-After", str(seconds)),))
