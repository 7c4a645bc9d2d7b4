"""The rate-limit headers that every answer carries. The sandbox counts but never refuses; faults do that."""

from __future__ import annotations

from econ_client.sandbox.clock import Clock

LIMIT = 10_000
WINDOW = 60
COST = 3


class Budget:
    """Tokens used in the current window, as recorded: `token-limit-10000-per-60-seconds: 147/10000`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._window = 0
        self._used = 0

    def charge(self) -> list[tuple[bytes, bytes]]:
        """Charge one call (errors too) and give the headers."""
        window = int(self._clock.monotonic() // WINDOW)
        if window != self._window:
            self._window, self._used = window, 0
        self._used = min(self._used + COST, LIMIT)
        used = f"token-limit-{LIMIT}-per-{WINDOW}-seconds: {self._used}/{LIMIT}"
        return [(b"x-ratelimiting", used.encode()), (b"x-callcost", str(COST).encode())]
