"""Files both ways: PDFs as they come, attachments as forms."""

from __future__ import annotations

import email
import email.policy
import io
import tracemalloc
from collections.abc import Callable, Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from econ_client import multipart, requests
from econ_client.client import Economic
from econ_client.errors import Ambiguous, NotFound, Unsendable
from econ_client.requests import WriteRequest
from tests.unit.econ_client.fake import economic, not_found

PDF = b"%PDF-1.4 \x00\xff a page"
PIECE = b"%PDF-" + b"x" * 65_531


class Pieces(httpx.SyncByteStream):
    """A long answer that is made as it is read; `breaks` off before the end."""

    def __init__(self, count: int, *, breaks: bool = False) -> None:
        self.count = count
        self.breaks = breaks

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(self.count):
            yield PIECE
        if self.breaks:
            raise httpx.ReadError("reset")


class Counter(io.BytesIO):
    """Keeps nothing but how much it was given."""

    taken = 0

    def write(self, piece: object) -> int:
        assert isinstance(piece, bytes)
        self.taken += len(piece)
        return len(piece)


@pytest.mark.parametrize(
    ("ask", "path"),
    [
        (lambda client, into: client.order_draft_pdf(3, into), "/orders/drafts/3/pdf"),
        (lambda client, into: client.invoice_draft_pdf(3, into), "/invoices/drafts/3/pdf"),
        (lambda client, into: client.booked_pdf(3, into), "/invoices/booked/3/pdf"),
        (lambda client, into: client.order_draft_attachment(3, into), "/orders/drafts/3/attachment/file"),
        (lambda client, into: client.invoice_draft_attachment(3, into), "/invoices/drafts/3/attachment/file"),
        (
            lambda client, into: client.voucher_attachment(1, "2026/2027", 3, into),
            "/journals/1/vouchers/2026_6_2027-3/attachment/file",
        ),
    ],
)
def test_each_file_comes_from_its_place(ask: Callable[[Economic, io.BytesIO], int], path: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        return httpx.Response(200, content=PDF, headers={"Content-Type": "application/pdf"})

    into = io.BytesIO()
    assert ask(economic(answer), into) == len(PDF)
    assert into.getvalue() == PDF
    assert asked == [path]


def test_a_large_file_passes_through_little_memory() -> None:
    answer = httpx.Response(200, stream=Pieces(500), headers={"Content-Type": "application/pdf"})
    client = economic(lambda _: answer)
    into = Counter()
    tracemalloc.start()
    try:
        size = client.booked_pdf(7, into)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == into.taken == 500 * len(PIECE)
    assert peak < 2 * 2**20


def test_a_file_that_breaks_off_is_said_to() -> None:
    answer = httpx.Response(200, stream=Pieces(3, breaks=True), headers={"Content-Type": "application/pdf"})
    with pytest.raises(Ambiguous, match="broke off"):
        economic(lambda _: answer).booked_pdf(7, Counter())


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, content=b"<html>Log in</html>", headers={"Content-Type": "text/html"}),
        httpx.Response(200, json={"message": "later"}),
        httpx.Response(200, headers={"Content-Type": "application/pdf"}),
    ],
)
def test_what_is_no_file_is_not_written(answer: httpx.Response) -> None:
    into = io.BytesIO()
    with pytest.raises(Ambiguous, match="not with a file"):
        economic(lambda _: answer).booked_pdf(7, into)
    assert into.getvalue() == b""


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        economic(lambda _: not_found()).booked_pdf(7, io.BytesIO())


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        (requests.attach_to_order_draft(3, "a.pdf", PDF), "/orders/drafts/3/attachment/file"),
        (requests.attach_to_invoice_draft(3, "a.pdf", PDF), "/invoices/drafts/3/attachment/file"),
        (
            requests.attach_to_voucher(1, "2026", 3, "a.png", b"\x89PNG\r\n\x1a\n"),
            "/journals/1/vouchers/2026-3/attachment/file",
        ),
    ],
)
def test_an_attachment_is_sent_as_a_form(request_: WriteRequest, path: str) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(201)

    economic(answer).send(request_, "key")
    assert (asked[0].url.path, asked[0].method) == (path, "POST")
    assert asked[0].headers["content-type"].startswith("multipart/form-data; boundary=")
    assert asked[0].headers["content-type"] == WriteRequest("POST", request_.path, request_.body).content_type


@given(st.text(), st.binary())
def test_a_form_holds_the_file_whole(name: str, content: bytes) -> None:
    body = multipart.form(name, PDF + content, multipart.PDF)
    assert body == multipart.form(name, PDF + content, multipart.PDF)
    head = f"Content-Type: {multipart.content_type(body)}\r\n\r\n".encode()
    [part] = email.message_from_bytes(head + body, policy=email.policy.HTTP).iter_parts()
    assert part.get_content_type() == "application/pdf"
    start = body.index(b"\r\n\r\n") + 4
    assert body[start : start + len(PDF + content)] == PDF + content
    assert body[:start].count(b"\r\n") == 4


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PDF + b"x" * (multipart.LARGEST_FILE - len(PDF) + 1), "9,000,001 bytes"),
        (b"\x89PNG\r\n", "application/pdf"),
        (b"", "application/pdf"),
    ],
)
def test_what_e_conomic_does_not_take_is_not_sent(content: bytes, said: str) -> None:
    with pytest.raises(Unsendable, match=said):
        requests.attach_to_invoice_draft(3, "a.pdf", content)


def test_the_largest_file_is_sent() -> None:
    assert requests.attach_to_invoice_draft(3, "a.pdf", PDF.ljust(multipart.LARGEST_FILE)).body


def test_other_writes_are_json() -> None:
    assert requests.delete_order_draft(3).content_type == "application/json"
