"""How calls end on real sockets: what httpx makes of it is half of the promise."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from econ_client.client import Economic, Timeouts
from econ_client.errors import Ambiguous, EconomicError, Unavailable
from econ_client.requests import WriteRequest

WRITE = WriteRequest("POST", "/customers", b'{"name":"A"}')
QUICK = Timeouts(connect=0.5, pool=0.3, write=0.5, read=0.3, whole=0.6)
HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"


@contextmanager
def server(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that reads one request per connection and then behaves."""
    ending = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)

        def serve() -> None:
            while not ending.is_set():
                try:
                    connection, _ = listening.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(5)
                    while b'"A"}' not in connection.recv(65536):
                        pass
                    try:
                        behave(connection)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            ending.set()
            thread.join(10)


def outcome(url: str, timeouts: Timeouts = QUICK) -> EconomicError:
    with Economic(url, "demo", "demo", timeout=timeouts) as client, pytest.raises(EconomicError) as caught:
        client.send(WRITE, "k")
    return caught.value


def close(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silence(connection: socket.socket) -> None:
    connection.recv(1)


def half_a_body(connection: socket.socket) -> None:
    connection.sendall(HEAD + b'Content-Length: 100\r\n\r\n{"customerNumber"')


def half_a_chunk(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{")


def no_http(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")


def broken_gzip(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd")


def drip(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.05)


def drip_of_the_head(connection: socket.socket) -> None:
    for byte in HEAD + b"X-Padding: " + b"a" * 1000:
        connection.sendall(bytes((byte,)))
        time.sleep(0.05)


ENDINGS = [close, reset, silence, half_a_body, half_a_chunk, no_http, broken_gzip, drip, drip_of_the_head]


@pytest.mark.parametrize("behave", ENDINGS)
def test_sent_but_unanswered_is_ambiguous(behave: Callable[[socket.socket], None]) -> None:
    started = time.monotonic()
    with server(behave) as url:
        assert type(outcome(url)) is Ambiguous
    assert time.monotonic() - started < 10


def test_a_refused_connection_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert type(outcome(f"http://127.0.0.1:{port}")) is Unavailable


def test_a_name_that_does_not_resolve_is_unavailable() -> None:
    assert type(outcome("http://no-such-host.invalid")) is Unavailable


def test_tls_with_a_server_that_speaks_none_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        assert type(outcome(url)) is Unavailable


def test_no_free_connection_is_unavailable() -> None:
    entered, leave = threading.Event(), threading.Event()

    def busy(connection: socket.socket) -> None:
        entered.set()
        leave.wait(10)
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    patient = Timeouts(connect=0.5, pool=0.2, write=1, read=10, whole=10)
    with server(busy) as url, Economic(url, "demo", "demo", timeout=patient, connections=1) as client:
        first = threading.Thread(target=client.send, args=(WRITE, "k"))
        first.start()
        assert entered.wait(5)
        with pytest.raises(Unavailable):
            client.send(WRITE, "k2")
        leave.set()
        first.join(10)


def test_an_answer_is_read_to_its_end() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")

    with server(answer) as url, Economic(url, "demo", "demo", timeout=QUICK) as client:
        assert client.send(WRITE, "k").data == {}


def test_a_connection_closed_while_idle_is_not_used_again() -> None:
    closed = threading.Event()

    def answer(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    with server(answer) as url, Economic(url, "demo", "demo", timeout=QUICK) as client:
        for _ in range(20):
            assert client.send(WRITE, "k").status == 201
            assert closed.wait(5)
            closed.clear()
