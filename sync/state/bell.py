"""A bell that workers wait for instead of asking the state over and over."""

from __future__ import annotations

import threading


class Bell:
    """Counts its rings, so that a ring between looking and waiting is not missed."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        """How often it has rung; take it before looking for work."""
        return self._rings

    def ring(self) -> None:
        """Wake everybody: there may be work, or it is time to stop."""
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, heard: int, timeout: float) -> bool:
        """Wait until it has rung more than `heard` times, at most `timeout` seconds; whether it has."""
        with self._condition:
            return self._condition.wait_for(lambda: self._rings > heard, timeout)
