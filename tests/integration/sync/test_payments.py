"""Vouchers for captures and online refunds on the sandbox: one each, against the booked document, whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest

from cdc.models import Capture
from econ_client.client import Economic
from econ_client.sandbox import SandboxServer
from mapping.profile import ProfileError, load_profile
from sync.books import read_books
from sync.outcome import Done, ParkedFor, Unchanged
from tests.integration.sync.desk import GROSS, ORDER, PLACED, Desk
from tests.unit.mapping.builders import invoice, row
from tests.unit.mapping.memos import memo

RECORD = """
payments:
  record: on
  journal: 1
  accounts: {map: order.payment.method, to: {checkmo: 5820, banktransfer: null}}
  sign: credit
  text: "Betaling {{ payment.method }}"
"""
MUG, TEA = PLACED.lines
MEMO = memo(row(MUG, qty="1", net="80", vat="20"), id=1)
ALL = invoice(
    row(MUG, qty="2", net="160", vat="40"), row(TEA, qty="3", net="79.99", vat="20"), id=4, ship=("39.20", "9.80")
)


def capture(
    amount: str = "348.99", number: int = 4, kind: Literal["capture", "refund"] = "capture", **changes: Any
) -> Capture:
    """Money for Magento invoice 4, shortly before midnight in Copenhagen's winter."""
    base = Capture(
        id=number,
        kind=kind,
        method="checkmo",
        amount=Decimal(amount),
        base_amount=Decimal(amount),
        at=datetime(2026, 3, 5, 23, 30, tzinfo=UTC),
    )
    return replace(base, **changes)


def paid(desk: Desk, *captures: Capture, **changes: Any) -> None:
    """The order is complete and paid in Magento."""
    told: dict[str, Any] = {"state": "complete", "status": "complete", "invoices": (ALL,), **changes}
    desk.orders.by_id[17] = replace(PLACED, captures=captures, **told)
    desk.touch()


def entries(desk: Desk) -> list[dict[str, Any]]:
    return desk.all("/journals/1/entries")


def numbers(desk: Desk) -> list[int]:
    """What is booked, oldest first."""
    return sorted(int(one["bookedInvoiceNumber"]) for one in desk.all("/invoices/booked"))


def test_off_unless_said(desk: Desk) -> None:
    paid(desk, capture())
    desk.deliver_until(Done)
    assert entries(desk) == []


def test_a_capture_is_one_voucher_against_its_invoice(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(RECORD)
    paid(desk, capture())
    desk.deliver_until(Done)
    (entry,) = entries(desk)
    assert Decimal(str(entry["amount"])) == -GROSS
    assert entry["customerInvoice"] == numbers(desk)[0]
    assert entry["contraAccount"]["accountNumber"] == 5820
    assert entry["date"] == "2026-03-06"
    assert entry["text"] == "Betaling checkmo · 000000017/P4"
    link = desk.state.link(ORDER, "payment:4")
    assert link is not None
    assert (link.document, link.number) == ("voucher", "1/2026-1")
    desk.touch()
    assert isinstance(desk.deliver(), Unchanged)
    assert len(entries(desk)) == 1


@pytest.mark.parametrize(("sign", "switch"), [("credit", "minus"), ("debit", "plus")])
def test_with_the_right_sign_the_booked_journal_settles_invoice_and_credit_note(
    desk_with: Callable[..., Desk], sign: str, switch: str
) -> None:
    desk = desk_with(RECORD.replace("credit", sign), payment_sign=switch)
    paid(desk, capture(), capture("100", 1, "refund"), credit_memos=(MEMO,))
    desk.deliver_until(Done)
    amounts = sorted(abs(Decimal(str(one["amount"]))) for one in entries(desk))
    assert amounts == [Decimal(100), GROSS]
    desk.http.post("/_sandbox/journals/1/book").raise_for_status()
    assert entries(desk) == []
    assert [one["remainder"] for one in desk.all("/invoices/booked")] == [0, 0]
    desk.touch()
    assert isinstance(desk.deliver(), Unchanged)


def test_several_captures_are_a_voucher_each(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(RECORD)
    paid(desk, capture("200", 4), capture("148.99", 5))
    desk.deliver_until(Done)
    assert [(one["amount"], one["text"].split()[-1]) for one in entries(desk)] == [
        (-200, "000000017/P4"),
        (-148.99, "000000017/P5"),
    ]


def test_it_waits_until_the_invoice_is_booked(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("booking: off\n" + RECORD)
    paid(desk, capture())
    desk.deliver_until(Done)
    assert entries(desk) == []
    (draft,) = desk.all("/invoices/drafts")
    body = {"draftInvoice": {"draftInvoiceNumber": draft["draftInvoiceNumber"]}}
    desk.http.post("/invoices/booked", json=body).raise_for_status()
    desk.state.doubt(list(desk.state.links(ORDER).values()))
    desk.touch()
    desk.deliver_until(Done)
    assert len(entries(desk)) == 1


def test_a_method_without_a_clearing_account_makes_none(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(RECORD)
    assert PLACED.payment is not None
    paid(desk, capture(method="banktransfer"), payment=replace(PLACED.payment, method="banktransfer"))
    desk.deliver_until(Done)
    assert entries(desk) == []


def test_a_method_that_the_profile_does_not_know_parks(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(RECORD)
    assert PLACED.payment is not None
    paid(desk, capture(method="new"), payment=replace(PLACED.payment, method="new"))
    outcome = desk.deliver_until(ParkedFor)
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "profile_expression"
    assert len(numbers(desk)) == 1


def test_an_offline_refund_makes_none(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(RECORD)
    paid(desk, capture(), credit_memos=(MEMO,))
    desk.deliver_until(Done)
    assert len(numbers(desk)) == 2
    assert len(entries(desk)) == 1


def test_what_somebody_has_registered_already_is_not_registered_again(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with()
    paid(desk, capture())
    desk.deliver_until(Done)
    desk.http.put(f"/_sandbox/payments/{numbers(desk)[0]}", json={"remainder": 0}).raise_for_status()
    desk.path.write_text("extends: sandbox\n" + RECORD)
    desk.restart()
    desk.touch()
    assert isinstance(desk.deliver(), Unchanged)
    assert entries(desk) == []


def test_a_voucher_that_the_bookkeeper_removed_is_not_made_again(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(RECORD)
    paid(desk, capture())
    desk.deliver_until(Done)
    (entry,) = entries(desk)
    desk.http.delete(f"/journals/1/entries/{entry['journalEntryNumber']}").raise_for_status()
    desk.touch()
    assert isinstance(desk.deliver(), Unchanged)
    assert entries(desk) == []


@pytest.mark.parametrize("booked", [False, True])
def test_with_the_state_lost_it_is_found_by_its_text(desk_with: Callable[..., Desk], booked: bool) -> None:
    desk = desk_with(RECORD)
    paid(desk, capture("200"))
    desk.deliver_until(Done)
    if booked:
        desk.http.post("/_sandbox/journals/1/book").raise_for_status()
    before = len(entries(desk))
    desk.close_state()
    for file in desk.folder.glob("state.db*"):
        file.unlink()
    desk.open()
    desk.touch()
    desk.deliver_until(Done)
    assert len(entries(desk)) == before
    link = desk.state.link(ORDER, "payment:4")
    assert link is not None
    assert link.number == "1/2026-1"


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "drop_mid", "500_before", "500_after", "429"])
def test_one_voucher_whatever_happens_to_the_answer(desk_with: Callable[..., Desk], fault: str) -> None:
    desk = desk_with(RECORD)
    desk.faults({"method": "POST", "path": "/journals/*", "fault": fault, "times": 2})
    paid(desk, capture())
    desk.deliver_until(Done)
    assert len(entries(desk)) == 1
    assert desk.state.open_intents() == []
    assert desk.state.link(ORDER, "payment:4") is not None


@pytest.mark.parametrize("sent", [True, False])
def test_one_voucher_when_the_process_dies_around_its_write(
    desk_with: Callable[..., Desk], sent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    desk = desk_with(RECORD)
    real = desk.economic.send

    def dying(request: Any, key: str) -> Any:
        if request.path.startswith("/journals/"):
            if sent:
                real(request, key)
            raise Killed
        return real(request, key)

    monkeypatch.setattr(desk.economic, "send", dying)
    paid(desk, capture())
    with pytest.raises(Killed):
        desk.deliver()
    desk.restart()
    desk.deliver_until(Done)
    assert len(entries(desk)) == 1
    assert desk.state.open_intents() == []


def test_one_voucher_when_errors_are_remembered_and_lists_are_late(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(RECORD, cache_errors=True, list_delay=0.3)
    desk.faults({"method": "POST", "path": "/journals/*", "fault": "500_after", "times": 1})
    paid(desk, capture())
    desk.deliver_until(Done)
    desk.pass_time(5)
    assert len(entries(desk)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (RECORD.replace("journal: 1", "journal: 77"), "no 77 among its journals"),
        (RECORD.replace("5820", "5999"), "no 5999 among its accounts"),
    ],
)
def test_what_the_agreement_lacks_is_told_at_the_check(tmp_path: Path, wrong: str, said: str) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text("extends: sandbox\n" + wrong)
    sandbox = SandboxServer("demo")
    try:
        with closing(Economic(sandbox.url, "demo", "demo")) as economic:
            (problem,) = read_books(economic, load_profile(path)).problems
    finally:
        sandbox.stop()
    assert said in problem
    assert "payments" in problem


@pytest.mark.parametrize("lacking", ["journal", "accounts"])
def test_vouchers_need_a_journal_and_accounts(tmp_path: Path, lacking: str) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text("extends: sandbox\n" + "\n".join(one for one in RECORD.splitlines() if f"{lacking}:" not in one))
    with pytest.raises(ProfileError, match=f"payments.{lacking}. is not set"):
        load_profile(path)
