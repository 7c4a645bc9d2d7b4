"""PDFs and attachments."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.integration.sandbox.conftest import book, line, new_draft

PDF = ("order.pdf", b"%PDF-1.4 anything", "application/pdf")
PICTURE = ("a.png", b"\x89PNG\r\n\x1a\n--x\r\n\r\ny", "image/png")


def shape(pdf: bytes) -> None:
    """A PDF whose cross-reference table is right."""
    assert pdf.startswith(b"%PDF-1.")
    assert pdf.endswith(b"%%EOF\n")
    start = int(re.findall(rb"startxref\n(\d+)\n", pdf)[-1])
    assert pdf[start:].startswith(b"xref\n")
    offsets = [int(entry) for entry in re.findall(rb"(\d{10}) 00000 n", pdf[start:])]
    assert offsets
    for number, offset in enumerate(offsets, start=1):
        assert pdf[offset:].startswith(b"%d 0 obj" % number)


@pytest.mark.usefixtures("customer")
def test_documents_can_be_had_as_pdf(api: httpx.Client) -> None:
    api.post("/invoices/drafts", json=new_draft(line(description="Æble (rødt)\\")))
    api.post("/orders/drafts", json=new_draft())
    booked = book(api).json()
    for url in ("/invoices/drafts/1/pdf", "/orders/drafts/1/pdf", booked["pdf"]["download"]):
        answer = api.get(url)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        shape(answer.content)
    for url in ("/invoices/drafts/9/pdf", "/orders/sent/1/pdf", "/invoices/booked/1/pdf"):
        assert api.get(url).status_code == 404


@pytest.mark.usefixtures("customer")
@pytest.mark.parametrize("home", ["/orders/drafts/1", "/invoices/drafts/1"])
def test_a_draft_takes_one_pdf(api: httpx.Client, home: str) -> None:
    api.post(home.removesuffix("/1"), json=new_draft())
    url = f"{home}/attachment/file"
    assert api.get(url).status_code == 404
    made = api.post(url, files={"file": PDF})
    assert made.status_code == 201
    assert api.get(made.headers["location"]).content == PDF[1]
    assert api.get(url).headers["content-type"] == "application/pdf"
    assert api.post(url, files={"file": PDF}).status_code == 400
    assert api.delete(url).status_code == 204
    again = api.delete(url)
    assert (again.status_code, again.json()["errorCode"]) == (404, "E06000")


@pytest.mark.usefixtures("customer")
def test_what_a_draft_does_not_take(api: httpx.Client) -> None:
    api.post("/invoices/drafts", json=new_draft())
    url = "/invoices/drafts/1/attachment/file"
    assert api.post(url, json={}).status_code == 415
    assert api.post(url, content=PDF[1], headers={"Content-Type": "application/pdf"}).status_code == 415
    assert api.post(url, files={"file": PICTURE}).status_code == 400
    assert api.post(url, files={"file": ("a.pdf", b"", "application/pdf")}).status_code == 400
    assert api.post("/invoices/drafts/9/attachment/file", files={"file": PDF}).status_code == 404
    assert api.patch(url, files={"file": PDF}).status_code == 405
    large = b"%PDF-" + bytes(9 * 1024 * 1024)
    assert api.post(url, files={"file": ("a.pdf", large, "application/pdf")}).status_code == 400
    assert api.post(url, files={"file": ("a.pdf", large[:-5], "application/pdf")}).status_code == 201
    assert len(api.get(url).content) == 9 * 1024 * 1024


@pytest.mark.usefixtures("customer")
def test_a_file_goes_with_its_draft(api: httpx.Client) -> None:
    api.post("/orders/drafts", json=new_draft())
    api.post("/orders/drafts/1/attachment/file", files={"file": PDF}).raise_for_status()
    api.post("/orders/sent", json=api.get("/orders/drafts/1").json()).raise_for_status()
    assert api.get("/orders/sent/1/attachment/file").content == PDF[1]
    assert api.get("/orders/drafts/1").status_code == 404
    api.delete("/orders/sent/1")
    assert api.get("/orders/sent/1/attachment/file").status_code == 404


@pytest.mark.usefixtures("customer")
def test_vouchers_take_pictures_and_more_pages(api: httpx.Client) -> None:
    body = {
        "accountingYear": {"year": "2026"},
        "entries": {"customerPayments": [{"date": "2026-03-31", "amount": -1, "customer": {"customerNumber": 1}}]},
    }
    home = api.post("/journals/1/vouchers", json=body).json()[0]["self"]
    url = f"{home}/attachment/file"
    assert api.patch(url, files={"file": PICTURE}).status_code == 404
    assert api.post(url, files={"file": PICTURE}).status_code == 201
    assert api.post(url, files={"file": PICTURE}).status_code == 400
    assert api.patch(url, files={"file": PDF}).status_code == 200
    assert api.get(f"{home}/attachment").json()["pages"] == 2
    assert api.get(url).headers["content-type"] == "image/png"
    three = PDF[1] + b"<</Type /Pages /Count 3>>" + 3 * b"<</Type /Page /Parent 1 0 R>>"
    assert api.patch(url, files={"file": ("a.pdf", three, "application/pdf")}).json()["pages"] == 5
    assert api.delete(url).status_code == 204
    assert api.delete(url).status_code == 404
