"""The sandbox as a server: in a thread of this process, or blocking for the command line."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.app import Sandbox, create_app
from econ_client.sandbox.clock import Clock
from econ_client.sandbox.seed import SEEDS
from econ_client.sandbox.statefile import StateFile
from econ_client.sandbox.switches import Switches

HOST = "127.0.0.1"
_STARTUP = 10.0
_GRACE = 1.0
"""Seconds that a request in flight may still take when the server stops."""


class _Protocol(H11Protocol):
    """h11 that hands its transport to the application, so that faults can cut the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class _Server(uvicorn.Server):
    """uvicorn's server, which is told when to end; uvicorn's own looks ten times a second whether it shall."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ended = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """From another thread: serve no more."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._ended.set)

    async def main_loop(self) -> None:
        """Until the end, with the time in the headers set anew each second."""
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let requests in flight end for a second, then cut them off."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            _, late = await asyncio.wait(list(self.server_state.tasks), timeout=_GRACE)
            for task in late:
                task.cancel()
        for transport in [connection.transport for connection in self.server_state.connections]:
            transport.close()
        await asyncio.sleep(0)


class SandboxServer:
    """A sandbox in a thread with its own event loop, on 127.0.0.1.

    It runs from construction until `stop` (or the end of its `with`). `start` after `stop` goes on at the same
    address with the same state, as a service does that was away for a while.

    With `file` the state is kept there: what the file holds is there again, and every write is added to it.

    Raises ValueError for an unknown seed or switch and for a file that is no state, OSError when the port is taken.
    """

    def __init__(self, seed: str = "demo", port: int = 0, *, file: str | Path | None = None, **switches: Any) -> None:
        if seed not in SEEDS:
            raise ValueError(f"there is no seed `{seed}`; the seeds are {', '.join(SEEDS)}")
        self.clock = Clock()
        self.agreement = Agreement(seed, Switches().changed(switches), self.clock)
        self._file = StateFile(Path(file), seed, f"{self.clock.now().timestamp():.6f}") if file is not None else None
        self._port = port
        self._thread: threading.Thread | None = None
        try:
            self.app: Sandbox = create_app(self.agreement, self._file)
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        """`http://127.0.0.1:<port>`, without a slash at the end."""
        return f"http://{HOST}:{self._port}"

    def start(self) -> None:
        """Serve (again). Does nothing while it serves."""
        if self._thread is not None:
            return
        # asyncio switches Nagle's delay off only for sockets that name their protocol
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((HOST, self._port))
        except OSError:
            listener.close()
            raise
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self.app,
            loop="asyncio",
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
            h11_max_incomplete_event_size=1 << 20,
            backlog=1024,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._run, args=(listener,), name="sandbox", daemon=True)
        self._started = threading.Event()
        self._thread.start()
        if not self._started.wait(_STARTUP):
            raise RuntimeError(f"the sandbox did not start within {_STARTUP:.0f} s")

    def _run(self, listener: socket.socket) -> None:
        async def serve() -> None:
            serving = asyncio.create_task(self._server.serve(sockets=[listener]))
            while not self._server.started and not serving.done():
                await asyncio.sleep(0.001)
            self._started.set()
            await serving

        try:
            asyncio.run(serve())
        finally:
            self._started.set()
            listener.close()

    def stop(self) -> None:
        """Stop serving; the state stays. May be called twice."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._server.end()
        if thread.is_alive():
            thread.join(_STARTUP)
        self.app.webhooks.stop()

    def close(self) -> None:
        """Stop, and release the state's file: it does not start again. May be called twice."""
        self.stop()
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(
    port: int,
    seed: str = "demo",
    switches: dict[str, Any] | None = None,
    *,
    file: str | Path | None = None,
    **more: Any,
) -> None:
    """Serve until SIGTERM or SIGINT, then return. For the main thread of a command line.

    Raises ValueError for an unknown seed or switch and for a file that is no state, OSError when the port is taken.
    """
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with SandboxServer(seed, port, file=file, **(switches or {}), **more):
            ended.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
