"""The address that e-conomic's webhooks are sent to, over real sockets."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from sync import patience
from sync.metrics import Metrics
from sync.pull.names import KEPT, Inbox
from sync.web import WebServer, create_app
from sync.webhook import LARGEST_BODY, Webhooks

SECRET = "0123456789abcdef-and-more"
PATH = f"/webhooks/economic/{SECRET}"


class Side:
    """The service's HTTP side."""

    def __init__(self, secret: str = SECRET, *, longest: float = 10.0) -> None:
        self.inbox = Inbox()
        self.metrics = Metrics()
        app = create_app(list, dict, self.metrics)
        self.server = WebServer(Webhooks(app, secret, self.inbox.put, longest=longest), "127.0.0.1", 0)
        self.server.start()
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.server.port}", trust_env=False, timeout=10)

    def close(self) -> None:
        self.http.close()
        self.server.stop()

    def connect(self, sent: bytes) -> socket.socket:
        """A client of our own making."""
        made = socket.create_connection(("127.0.0.1", self.server.port), timeout=10)
        made.sendall(sent)
        return made


def ended(client: socket.socket) -> bool:
    """Whether the other side ends the connection, without a word."""
    try:
        return client.recv(10) == b""
    except ConnectionResetError:
        return True


@pytest.fixture(scope="module")
def served() -> Iterator[Side]:
    with closing(Side()) as made:
        yield made


@pytest.fixture
def side(served: Side) -> Side:
    """Nothing has come yet."""
    served.inbox.take()
    served.inbox.received = 0
    return served


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"number": "A-1"}'),
        ("application/json", b'{"a": [{"b": {"c": ["x", "A-1"]}}]}'),
        ("application/json; charset=utf-16", '["A-1"]'.encode("utf-16")),
        ("application/x-www-form-urlencoded", b"type=stock&number=A-1"),
        ("application/x-www-form-urlencoded", b"A%2D1"),
        ("application/x-www-form-urlencoded", b'{"OLDNUMBER":"A-1","NEWNUMBER":""}'),
        ("application/json", b"A-1"),
        ("text/plain; charset=nonsense", b"changed: B-2, A-1; C-3"),
        ("", b"\xef\xbb\xbfA-1\r\n"),
        ("image/png", b"<n>A-1</n>"),
    ],
)
def test_a_number_is_found_whatever_the_template(side: Side, content_type: str, body: bytes) -> None:
    answer = side.http.post(PATH, content=body, headers={"Content-Type": content_type} if content_type else {})
    assert (answer.status_code, answer.content) == (204, b"")
    assert "A-1" in side.inbox.take().texts


def test_numbers_stay_as_they_are_written(side: Side) -> None:
    side.http.post(PATH, content=b'{"n": [7.10, 1E5, true], "m": "007", "s": "A B+C/1"}')
    assert {"7.10", "1E5", "007", "A B+C/1"} <= set(side.inbox.take().texts)
    side.http.post(PATH, data={"n": "Æ Ø/Å&1+2"})
    assert "Æ Ø/Å&1+2" in side.inbox.take().texts


@pytest.mark.parametrize(
    "garbage", [b"", b"\x00\xff" * 900, b"[" * 60_000, b'{"a":' * 9_000, b"%" * 60_000, b"&" * 60_000]
)
def test_garbage_is_taken_for_what_it_is(side: Side, garbage: bytes, caplog: pytest.LogCaptureFixture) -> None:
    assert side.http.post(PATH, content=garbage).status_code == 204
    assert side.inbox.take().came
    assert caplog.records == []


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/economic/wrong-wrong-wrong-wrong",
        f"/webhooks/economic/{SECRET}/",
        f"/webhooks/economic/{SECRET[:-1]}",
        "/webhooks/economic/",
        "/webhooks/economic",
        "/webhooks/economic/%F0%9F%8D%84%FF",
        f"/x{PATH}",
    ],
)
def test_without_the_secret_there_is_no_such_address(side: Side, path: str) -> None:
    for method in ("GET", "POST", "HEAD", "OPTIONS"):
        answer, nowhere = side.http.request(method, path), side.http.request(method, "/nowhere")
        assert answer.status_code == nowhere.status_code == 404
        assert answer.content == nowhere.content
        assert set(answer.headers) == set(nowhere.headers)
    assert not side.inbox.take().came


def test_without_a_secret_in_the_settings_there_is_no_such_address() -> None:
    with closing(Side("")) as side:
        for path in ("/webhooks/economic/", "/webhooks/economic/x", PATH):
            assert side.http.post(path, content=b"A-1").status_code == 404
        assert not side.inbox.take().came


def test_only_post_is_taken(side: Side) -> None:
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        assert side.http.request(method, PATH).status_code == 405
    assert not side.inbox.take().came


def test_large_bodies_are_refused_with_and_without_a_length(side: Side) -> None:
    most = b"A" * LARGEST_BODY
    assert side.http.post(PATH, content=most).status_code == 204
    assert side.http.post(PATH, content=most + b"A").status_code == 413
    pieces = (b"A" * 1000 for _ in range(70))
    assert side.http.post(PATH, content=pieces).status_code == 413
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"
    with side.connect(head.encode()) as client:
        assert b" 413 " in client.recv(1000)


def test_clients_that_drip_keep_nobody_waiting() -> None:
    with closing(Side(longest=0.3)) as side:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nA"
        slow = [side.connect(head.encode()) for _ in range(100)]
        began = time.monotonic()
        assert side.http.post(PATH, content=b"B-2").status_code == 204
        assert time.monotonic() - began < 0.25
        assert all(b" 408 " in client.recv(1000) for client in slow)
        for client in slow:
            client.close()


def test_clients_that_say_nothing_are_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SILENT", 0.1)
    monkeypatch.setattr(patience, "MOST", 20)
    with closing(Side()) as side:
        silent = [side.connect(b"POST /webhooks/eco") for _ in range(40)]
        assert all(ended(client) for client in silent)
        assert side.http.post(PATH, content=b"A-1").status_code == 204
        for client in silent:
            client.close()


def test_the_secret_is_told_nowhere(side: Side, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    with side.connect(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nA".encode()):
        pass
    for content in (b"A-1", b"A" * (LARGEST_BODY + 1)):
        side.http.post(PATH, content=content)
    side.http.get(PATH)
    with side.connect(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: nonsense\r\n\r\n".encode()) as client:
        assert b" 400 " in client.recv(1000)
    assert SECRET not in caplog.text
    assert SECRET not in side.http.get("/metrics").text


def test_a_burst_is_bounded_and_answered_at_once(side: Side) -> None:
    request = b"".join(
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\nP{n:06}".encode() for n in range(5000)
    )
    with side.connect(b"") as client:
        began = time.monotonic()
        client.sendall(request)
        answered = 0
        while answered < 5000:
            answered += client.recv(1 << 16).count(b" 204 ")
        took = time.monotonic() - began
    assert side.inbox.waiting() <= KEPT
    taken = side.inbox.take()
    assert taken.flooded
    assert side.inbox.received == 5000
    assert took < 10
