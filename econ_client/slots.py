"""How many calls may be in flight at once, however many threads want to make one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from econ_client import advice
from econ_client.errors import Interrupted, Unavailable

LOOK_EVERY = 0.25
LONGEST_WAIT = 30.0


class Slots:
    """`count` calls at once. Setting `stop` ends every wait with `Interrupted`.

    `longest_wait` is in seconds: when no call has ended for so long, e-conomic is taken to be away.
    """

    def __init__(self, count: int, stop: threading.Event, *, longest_wait: float = LONGEST_WAIT) -> None:
        self._free = threading.BoundedSemaphore(count)
        self._stop = stop
        self._longest_wait = longest_wait
        self._count = count

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a slot. Raises `Interrupted`, or `Unavailable` when none came free; nothing was sent then."""
        deadline = time.monotonic() + self._longest_wait
        while not self._free.acquire(timeout=LOOK_EVERY):
            if self._stop.is_set():
                raise Interrupted
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"e-conomic leaves {self._count} calls without an answer for {self._longest_wait:.0f} seconds.",
                    advice=advice.UNREACHED,
                )
        try:
            yield
        finally:
            self._free.release()
