"""How long the HTTP side waits for clients that say nothing: they must not use up the process's connections."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

SILENT = 10.0
"""Seconds in which the head of a request has to arrive; twice that at most."""

MOST = 250
"""Connections at once; a process may have 1,024 files open, and needs them for both systems."""


class Patience(H11Protocol):
    """h11 that ends connections on which no request gets under way, and takes no more than `MOST`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Someone connected."""
        super().connection_made(transport)
        self.access_log = False  # addresses hold a secret
        self._answered: object = None
        if len(self.connections) > MOST:
            transport.close()
            return
        self.loop.call_later(SILENT, self._look)

    def _look(self) -> None:
        """End the connection when it has asked for nothing since the last look."""
        if self.transport.is_closing():
            return
        cycle = self.cycle
        waits = cycle is None or cycle.response_complete
        if waits and cycle is self._answered:
            self.transport.close()
            return
        self._answered = cycle
        self.loop.call_later(SILENT, self._look)
