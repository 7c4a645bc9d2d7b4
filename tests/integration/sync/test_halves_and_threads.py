"""Payments over halves and parts, edited orders whose state is lost, and waits that cost nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sync.outcome import Done, ParkedFor, Retry
from tests.integration.sync.desk import ORDER, PLACED, Desk
from tests.integration.sync.test_edits import BOOK_ALL, EDIT, edit_of
from tests.integration.sync.test_payments import MUG, RECORD, TEA, capture, entries, paid
from tests.unit.mapping.builders import address, invoice, line, order, row
from tests.unit.mapping.memos import memo

MUGS = invoice(row(MUG, qty="2", net="160", vat="40"), id=1)
TEAS = invoice(row(TEA, qty="3", net="79.99", vat="20"), id=2, ship=("39.20", "9.80"))
COMPLETE: dict[str, Any] = {"state": "complete", "status": "complete"}


def test_a_waits_cheaply(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(BOOK_ALL)
    desk.state.pause("booking", by="test")
    desk.place()
    (draft,) = desk.all("/invoices/drafts")
    desk.state.resume("booking")
    body = desk.http.get(f"/invoices/drafts/{draft['draftInvoiceNumber']}").json()
    body["notes"] = {"heading": "A person works on it"}
    desk.http.put(f"/invoices/drafts/{draft['draftInvoiceNumber']}", json=body).raise_for_status()
    desk.orders.by_id[17] = replace(PLACED, relation_child_id="18", state="canceled", status="canceled")
    desk.orders.by_id[18] = edit_of(PLACED)
    desk.touch()
    first = desk.deliver()
    assert isinstance(first, ParkedFor), first
    desk.touch(EDIT, inserted=True)
    second = desk.deliver()
    assert isinstance(second, Retry), second
    desk.forget_journal()
    runs = 0
    for _ in range(30):
        desk.pass_time(10.5)
        runs += desk.deliver() is not None
    gets = [f"{r['method']} {r['path']}" for r in desk.journal()]
    assert len(gets) <= 3, (runs, len(gets), set(gets))


def test_b_no_hot_loop(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("vat: {two_zones: split}\n")
    desk.place()
    assert len(desk.all("/orders/drafts")) == 1
    desk.http.put("/_sandbox/agreement", json={"orders": "refused"}).raise_for_status()
    plan = line("PLAN", id=3, row="40", vat="0", rate="0", product_type="virtual", is_virtual=True)
    far = address(country="US", postcode="10001")
    new = order(*PLACED.lines, plan, ship=("39.20", "9.80"), billing=far)
    desk.orders.by_id[17] = new
    desk.touch()
    desk.forget_journal()
    said = [desk.deliver() for _ in range(10)]
    posts = desk.writes().count("POST /orders/drafts")
    assert posts <= 2, (posts, said[-1])


def test_c_reduced_refund_goes_to_its_own_invoice(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(RECORD + "invoices: per_magento_invoice\ncredit_notes: {before_booking: reduce}\n")
    back = memo(row(TEA, qty="1", net="26.66", vat="6.67"), id=1, invoice_id=2)
    paid(
        desk,
        capture("200", 1),
        capture("148.99", 2),
        capture("33.33", 1, "refund"),
        invoices=(MUGS, TEAS),
        credit_memos=(back,),
    )
    desk.deliver_until(Done)
    own = desk.state.link(ORDER, "invoice:2")
    refund = [e for e in entries(desk) if e["text"].endswith("/R1")]
    assert own is not None
    assert [str(e["customerInvoice"]) for e in refund] == [own.number], (own, refund)


def test_d_two_captures_over_two_halves(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(RECORD + "vat: {two_zones: split}\n")
    plan = line("PLAN", id=3, row="40", vat="0", rate="0", product_type="virtual", is_virtual=True)
    far = address(country="US", postcode="10001")
    one = order(*PLACED.lines, plan, ship=("39.20", "9.80"), billing=far)
    mug, tea, plan = one.lines
    first = invoice(row(mug, qty="2", net="160", vat="40"), id=4)
    second = invoice(
        row(tea, qty="3", net="79.99", vat="20"), row(plan, qty="1", net="40", vat="0"), id=5, ship=("39.20", "9.80")
    )
    desk.orders.by_id[17] = replace(
        one, captures=(capture("200", 4), capture("188.99", 5)), invoices=(first, second), **COMPLETE
    )
    desk.touch()
    desk.deliver_until(Done)
    gross = {str(b["bookedInvoiceNumber"]): Decimal(str(b["grossAmount"])) for b in desk.all("/invoices/booked")}
    got: dict[str, Decimal] = {}
    for e in entries(desk):
        n = str(e["customerInvoice"])
        got[n] = got.get(n, Decimal(0)) - Decimal(str(e["amount"]))
    assert got == gross


def test_e_edited_after_booking_per_invoice_state_lost(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("invoices: per_magento_invoice\n" + BOOK_ALL)
    desk.orders.by_id[17] = replace(PLACED, invoices=(MUGS,))
    desk.place()
    assert len(desk.all("/invoices/booked")) == 1
    desk.close_state()
    for file in desk.folder.glob("state.db*"):
        file.unlink()
    desk.open()
    desk.orders.by_id[17] = replace(
        PLACED, invoices=(MUGS,), relation_child_id="18", state="canceled", status="canceled"
    )
    desk.orders.by_id[18] = edit_of(PLACED)
    desk.touch(EDIT, inserted=True)
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "edited_after_booking"


PLAN: dict[str, Any] = {"id": 3, "row": "40", "vat": "0", "rate": "0", "product_type": "virtual", "is_virtual": True}
FAR = address(country="US", postcode="10001")


def test_b2_no_hot_loop(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("vat: {two_zones: split}\n")
    both = order(*PLACED.lines, line("PLAN", **PLAN), ship=("39.20", "9.80"), billing=FAR)
    desk.orders.by_id[17] = both
    desk.place()
    assert len(desk.all("/orders/drafts")) == 2
    link = desk.state.link(ORDER, "order:services")
    assert link is not None
    desk.http.delete(f"/orders/drafts/{link.number}").raise_for_status()
    desk.http.put("/_sandbox/agreement", json={"orders": "refused"}).raise_for_status()
    # `tasks retry` after somebody removed one half
    desk.touch()
    with __import__("contextlib").suppress(Exception):
        desk.state.doubt([link])
    desk.deliver()
    desk.state.retry([ORDER])
    desk.forget_journal()
    said = [desk.deliver() for _ in range(10)]
    posts = desk.writes().count("POST /orders/drafts")
    assert posts <= 2, (posts, said[-1])


def test_g_a_persons_retry_survives_a_wait(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(BOOK_ALL)
    desk.place()
    desk.orders.by_id[17] = replace(PLACED, relation_child_id="18", state="canceled", status="canceled")
    desk.orders.by_id[18] = edit_of(PLACED)
    desk.touch(EDIT, inserted=True)
    assert isinstance(desk.deliver(), ParkedFor)
    desk.state.pause("booking", by="test")
    desk.state.retry([EDIT])
    assert isinstance(desk.deliver(), Retry)
    desk.state.resume("booking")
    desk.pass_time(61)
    out = desk.deliver()
    assert out == Done(), out


def test_h_one_half_booked_by_hand_then_the_other(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(RECORD + "booking: off\nvat: {two_zones: split}\n")
    one = order(*PLACED.lines, line("PLAN", **PLAN), ship=("39.20", "9.80"), billing=FAR)
    mug, tea, plan = one.lines
    whole = invoice(
        row(mug, qty="2", net="160", vat="40"),
        row(tea, qty="3", net="79.99", vat="20"),
        row(plan, qty="1", net="40", vat="0"),
        id=4,
        ship=("39.20", "9.80"),
    )
    desk.orders.by_id[17] = replace(one, captures=(capture("388.99", 4),), invoices=(whole,), **COMPLETE)
    desk.touch()
    desk.deliver_until(Done)
    for role in ("invoice", "invoice:services"):
        link = desk.state.link(ORDER, role)
        assert link is not None
        desk.http.post(
            "/invoices/booked", json={"draftInvoice": {"draftInvoiceNumber": int(link.number)}}
        ).raise_for_status()
        desk.state.doubt([link])
        desk.touch()
        desk.deliver()
    total = -sum(Decimal(str(e["amount"])) for e in entries(desk))
    assert total == Decimal("388.99"), [(e["customerInvoice"], e["amount"], e["text"]) for e in entries(desk)]
