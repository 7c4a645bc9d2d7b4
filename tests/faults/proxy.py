"""A TCP proxy between the service and a server: it cuts, stalls, slows and garbles what passes, in both directions."""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Literal, Self

Mode = Literal["open", "cut", "stall", "slow", "garble"]
MODES: tuple[Mode, ...] = ("cut", "stall", "slow", "garble")

CHUNK = 65536
LOOK = 0.02
"""Seconds between two looks at the mode while nothing may pass."""
PIECE, PAUSE = 512, 0.02
"""What passes a slow line, in bytes, and the seconds between two pieces: 25 kB a second."""
NOISE = b"\xff" * 8
"""No text in UTF-8, no number, no JSON, no length and no head: who reads it can know that it is none."""
GARBLED = 0.25
"""Which share of what passes a garbling line is hit."""

_RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Stands before a port of this machine, on one of its own. The mode may be changed at any time.

    `cut` resets every connection, and each new one at once; `stall` lets nothing pass and closes nothing; `garble`
    overwrites some bytes of some pieces, at a place of no meaning.
    """

    def __init__(self, target: int, *, seed: int = 0) -> None:
        self._target = target
        self._rng = random.Random(seed)
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.garbled = 0
        self.mode: Mode = "open"
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def be(self, mode: Mode) -> None:
        """Change the mode."""
        self.mode = mode
        if mode == "cut":
            self._drop_all()

    def close(self) -> None:
        """Stop, and reset what is open."""
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._drop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.mode == "cut":
                _reset(client)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except OSError:
                _reset(client)
                continue
            server.settimeout(None)
            pair = (client, server)
            with self._lock:
                self._pairs.add(pair)
            for one, other in (pair, pair[::-1]):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pump, args=(one, other, pair), daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket, pair: tuple[socket.socket, socket.socket]) -> None:
        with suppress(OSError):
            while data := one.recv(CHUNK):
                self._pass(data, other)
        self._drop(pair)

    def _pass(self, data: bytes, other: socket.socket) -> None:
        while data and not self._over.is_set():
            mode = self.mode
            if mode == "stall":
                time.sleep(LOOK)
                continue
            if mode == "slow":
                other.sendall(data[:PIECE])
                data = data[PIECE:]
                time.sleep(PAUSE)
                continue
            other.sendall(self._garble(data) if mode == "garble" else data)
            return

    def _garble(self, data: bytes) -> bytes:
        with self._lock:
            if self._rng.random() >= GARBLED or len(data) < 2 * len(NOISE):
                return data
            at = self._rng.randrange(len(data) - len(NOISE))
            self.garbled += 1
        return data[:at] + NOISE + data[at + len(NOISE) :]

    def _drop_all(self) -> None:
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            self._drop(pair)

    def _drop(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self._lock:
            self._pairs.discard(pair)
        for one in pair:
            _reset(one)


def _reset(one: socket.socket) -> None:
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        one.shutdown(socket.SHUT_RDWR)
    one.close()
