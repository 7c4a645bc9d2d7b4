"""A last moment for a whole call, also for what httpx has no time-out for: an answer's head that comes in drops."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any

SHORTEST = 0.001
"""Seconds: a time-out of none at all would mean not to wait for the network's next piece, whatever is left of it."""


class Deadline:
    """The last moment of the call that the current thread makes; every wait for the network ends by then."""

    def __init__(self) -> None:
        self._of = threading.local()

    @contextlib.contextmanager
    def at(self, moment: float) -> Iterator[None]:
        """Until when the calls of this thread may last, on the monotonic clock."""
        self._of.moment = moment
        try:
            yield
        finally:
            self._of.moment = None

    def shortened(self, timeout: float | None) -> float | None:
        """A time-out that ends no later than the deadline."""
        moment: float | None = getattr(self._of, "moment", None)
        if moment is None:
            return timeout
        left = max(SHORTEST, moment - time.monotonic())
        return left if timeout is None else min(timeout, left)

    def hold(self, *transports: object) -> None:
        """Hold what these transports of httpx read and write to the deadline; those without a network are left alone.

        httpx 0.27 and 0.28 build the pool of httpcore themselves and hand no network backend to it.
        """
        for transport in transports:
            pool: Any = getattr(transport, "_pool", None)
            if hasattr(pool, "_network_backend"):
                pool._network_backend = _Backend(pool._network_backend, self)


class _Backend:
    """httpcore's NetworkBackend."""

    def __init__(self, inner: Any, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **more: Any) -> _Stream:
        stream = self._inner.connect_tcp(host, port, timeout=self._deadline.shortened(timeout), **more)
        return _Stream(stream, self._deadline)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Stream:
    """httpcore's NetworkStream."""

    def __init__(self, inner: Any, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        piece: bytes = self._inner.read(max_bytes, timeout=self._deadline.shortened(timeout))
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=self._deadline.shortened(timeout))

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        stream = self._inner.start_tls(ssl_context, server_hostname, self._deadline.shortened(timeout))
        return _Stream(stream, self._deadline)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
