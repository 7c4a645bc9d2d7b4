"""The shop's own PDF on the draft invoice, before it is booked: once, the right one, and never from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cdc.keys import Key
from econ_client.multipart import LARGEST_FILE
from mapping.profile import load_profile
from sync import attachments
from sync.outcome import Done, ParkedFor, Retry, Unchanged
from tests.integration.sync.desk import ORDER, PLACED, Desk
from tests.integration.sync.test_invoices import of_all

COMPLETE: dict[str, Any] = {"state": "complete", "status": "complete"}
BOOKS = 'attachments: {invoice: "{{ order.increment_id }}.pdf"}\n'
DRAFTS = "booking: off\n" + BOOKS
PDF = b"%PDF-1.4\nfaktura\n%%EOF\n"
UPLOAD = "POST /invoices/drafts/1/attachment/file"


@pytest.fixture
def shop(desk_with: Callable[..., Desk], tmp_path: Path) -> Callable[..., Desk]:
    """A desk with a finished order, and the folder `files`."""
    folder = tmp_path / "files"
    folder.mkdir()

    def make(profile: str, content: bytes | None = PDF) -> Desk:
        desk = desk_with(profile)
        if content is not None:
            (folder / "000000017.pdf").write_bytes(content)
        desk.orders.by_id[17] = replace(PLACED, **COMPLETE)
        desk.context.attachments = folder
        return desk

    return make


def again(desk: Desk) -> None:
    """A restart, with the folder that the environment names."""
    folder = desk.context.attachments
    desk.restart()
    desk.context.attachments = folder


def attached(desk: Desk, number: int = 1) -> bytes:
    answer = desk.http.get(f"/invoices/drafts/{number}/attachment/file")
    return answer.content if answer.status_code == 200 else b""


def test_a_file_is_attached_once_and_before_booking(shop: Callable[..., Desk]) -> None:
    desk = shop(BOOKS)
    assert desk.place() == Done()
    assert [write for write in desk.writes() if "invoices" in write] == [
        "POST /invoices/drafts",
        UPLOAD,
        "POST /invoices/booked",
    ]


def test_a_draft_that_is_not_booked_has_its_file_and_nothing_is_sent_again(shop: Callable[..., Desk]) -> None:
    desk = shop(DRAFTS)
    assert desk.place() == Done()
    assert attached(desk) == PDF
    for _ in range(2):
        again(desk)
        desk.forget_journal()
        desk.touch()
        assert desk.deliver() == Unchanged()
        assert desk.journal() == []


def test_another_file_takes_the_place_of_the_first(shop: Callable[..., Desk]) -> None:
    desk = shop(DRAFTS)
    desk.place()
    other = PDF.replace(b"faktura", b"kopi")
    (desk.folder / "files" / "000000017.pdf").write_bytes(other)
    desk.touch()
    assert desk.deliver() == Done()
    assert attached(desk) == other


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("fault", ["drop_before", "drop_mid", "drop_after", "500_before", "500_after", "429"])
def test_one_file_whatever_happens_to_the_answer(shop: Callable[..., Desk], fault: str, restart: bool) -> None:
    desk = shop(BOOKS)
    desk.faults({"method": "POST", "path": "/invoices/drafts/*/attachment/file", "fault": fault, "times": 1})
    desk.touch(inserted=True)
    desk.deliver()
    if restart:
        again(desk)
    desk.deliver_until(Done)
    assert len(desk.all("/invoices/booked")) == 1
    assert desk.all("/invoices/drafts") == []
    link = desk.state.link(ORDER, attachments.role_of("invoice"))
    assert link is not None
    assert link.fingerprint == attachments.File("", PDF).mark


@pytest.mark.parametrize("fault", ["drop_after", "500_after", "drop_before"])
def test_a_file_in_the_place_of_another_whatever_happens_to_the_answer(shop: Callable[..., Desk], fault: str) -> None:
    desk = shop(DRAFTS)
    desk.place()
    other = PDF.replace(b"faktura", b"kopi")
    (desk.folder / "files" / "000000017.pdf").write_bytes(other)
    for method in ("DELETE", "POST"):
        desk.faults({"method": method, "path": "/invoices/drafts/*/attachment/file", "fault": fault, "times": 1})
        desk.touch()
        desk.deliver()
        again(desk)
        desk.pass_time(200)
        desk.deliver()
    desk.pass_time(200)
    desk.deliver()
    assert attached(desk) == other


@pytest.mark.parametrize("content", [None, b"", PDF.replace(b"%%EOF", b"")])
def test_an_invoice_waits_for_its_file(shop: Callable[..., Desk], content: bytes | None) -> None:
    desk = shop(BOOKS, content)
    outcome = desk.place()
    assert isinstance(outcome, Retry)
    assert outcome.reason == "attachment_missing"
    assert "000000017.pdf" in outcome.advice
    assert len(desk.all("/invoices/drafts")) == 1
    assert desk.all("/invoices/booked") == []
    assert desk.deliver() is None
    (desk.folder / "files" / "000000017.pdf").write_bytes(PDF)
    desk.pass_time(61)
    assert desk.deliver() == Done()
    assert len(desk.all("/invoices/booked")) == 1


def test_an_invoice_goes_on_without_its_file_if_the_profile_says_so(shop: Callable[..., Desk]) -> None:
    desk = shop(BOOKS.replace('}.pdf"}', '}.pdf", missing: ignore}'), None)
    assert desk.place() == Done()
    assert len(desk.all("/invoices/booked")) == 1
    assert UPLOAD not in desk.writes()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("../secret.pdf", PDF, "outside"),
        ("/etc/hostname", PDF, "outside"),
        ("link.pdf", PDF, "outside"),
        ("large.pdf", PDF + b" " * LARGEST_FILE, "bytes"),
        ("text.pdf", b"hello", "no PDF"),
    ],
)
def test_what_may_not_be_attached_parks(shop: Callable[..., Desk], name: str, content: bytes, said: str) -> None:
    desk = shop(f"attachments: {{invoice: {name}}}\n", None)
    (desk.folder / "secret.pdf").write_bytes(PDF)
    if name == "link.pdf":
        (desk.folder / "files" / name).symlink_to(desk.folder / "secret.pdf")
    elif "/" not in name:
        (desk.folder / "files" / name).write_bytes(content)
    outcome = desk.place()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "attachment"
    assert said in outcome.advice
    assert desk.all("/invoices/booked") == []
    assert UPLOAD not in desk.writes()


def test_a_file_that_somebody_attached_stays(shop: Callable[..., Desk]) -> None:
    desk = shop(DRAFTS, None)
    assert isinstance(desk.place(), Retry)
    theirs = PDF.replace(b"faktura", b"deres")
    form = {"file": ("deres.pdf", theirs, "application/pdf")}
    desk.http.post("/invoices/drafts/1/attachment/file", files=form).raise_for_status()
    (desk.folder / "files" / "000000017.pdf").write_bytes(PDF)
    desk.pass_time(61)
    assert desk.deliver() == Done()
    assert attached(desk) == theirs
    desk.touch()
    assert desk.deliver() == Unchanged()


def test_a_draft_that_is_made_anew_gets_the_file_again(shop: Callable[..., Desk]) -> None:
    desk = shop(DRAFTS)
    desk.place()
    desk.change(state="canceled", status="canceled")
    desk.deliver()
    assert desk.state.links(ORDER) == {}
    desk.change(**COMPLETE)
    assert desk.deliver() == Done()
    assert attached(desk, 2) == PDF


def test_files_are_not_kept_in_the_state(shop: Callable[..., Desk]) -> None:
    desk = shop(DRAFTS)
    desk.place()
    desk.close_state()
    stored = b"".join(path.read_bytes() for path in desk.folder.glob("state.db*"))
    desk.open()
    assert b"000000017" in stored
    with desk.state.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT body FROM intent WHERE path LIKE '%/attachment/file'").all()
    assert rows == [(b"",)]


def test_without_the_folder_check_says_so_and_orders_park(shop: Callable[..., Desk], tmp_path: Path) -> None:
    desk = shop(BOOKS)
    profile = desk.context.profile
    assert attachments.check(load_profile("sandbox"), None) is None
    wrong = [attachments.check(profile, None), attachments.check(profile, tmp_path / "nowhere")]
    assert [check.verdict for check in wrong if check is not None] == ["wrong", "wrong"]
    right = attachments.check(profile, tmp_path)
    assert right is not None
    assert right.verdict == "ok"
    desk.context.attachments = None
    outcome = desk.place()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "attachment"
    assert "ATTACHMENTS" in outcome.advice


def test_an_order_of_its_own_for_each_magento_invoice_has_its_own_file(shop: Callable[..., Desk]) -> None:
    desk = shop('attachments: {invoice: "{{ magento_invoice.increment_id }}.pdf"}\ninvoices: per_magento_invoice\n')
    (desk.folder / "files" / "000000101.pdf").write_bytes(PDF)
    desk.orders.by_id[17] = replace(PLACED, invoices=(of_all(),), **COMPLETE)
    assert desk.place() == Done()
    assert desk.state.link(Key("order", "17"), "file:invoice:1") is not None
