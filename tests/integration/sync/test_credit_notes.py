"""Credit notes on the sandbox: made after the invoice is booked, booked, adopted, left to people, followed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cdc.models import CreditMemo
from cdc.position import Committed, LogPlace, Position, RestockFact, TransactionStart
from sync.outcome import Done, ParkedFor, SkippedFor, Unchanged
from tests.integration.sync.desk import GROSS, ORDER, PLACED, Desk
from tests.unit.mapping.builders import invoice as bill
from tests.unit.mapping.builders import row
from tests.unit.mapping.memos import memo

MUG, TEA = PLACED.lines
ONE_MUG = memo(row(MUG, qty="1", net="80", vat="20"), id=1)
THE_REST = memo(
    row(MUG, qty="1", net="80", vat="20"), row(TEA, qty="3", net="79.99", vat="20"), ship=("39.20", "9.80"), id=2
)


def refund(desk: Desk, *memos: CreditMemo, state: str = "complete") -> None:
    """The order is refunded in Magento, and capture tells."""
    desk.change(credit_memos=memos, state=state, status=state)


def invoiced(desk: Desk) -> None:
    """Placed and completed: its invoice is booked, or drafted."""
    desk.place()
    desk.change(state="complete", status="complete")
    desk.deliver_until(Done)


def booked(desk: Desk) -> list[tuple[str, Decimal]]:
    """Reference and gross amount of all that is booked, oldest first."""
    rows = sorted(desk.all("/invoices/booked"), key=lambda one: int(one["bookedInvoiceNumber"]))
    return [(str(one["references"]["other"]), Decimal(str(one["grossAmount"]))) for one in rows]


def restock(desk: Desk, creditmemo: str, *raised: str) -> None:
    """Capture has seen stock rise in the memo's transaction."""
    place = LogPlace("bin.000002", 10)
    position = Position("0-1-1000", place)
    fact = RestockFact(ORDER.id, creditmemo, raised)
    desk.state.record(
        [
            Committed(
                position=position,
                start=TransactionStart(position.gtid_set, place),
                committed_at=desk.now(),
                restocked=(fact,),
            )
        ],
        position,
    )


def test_a_refund_becomes_a_booked_credit_note(desk: Desk) -> None:
    invoiced(desk)
    refund(desk, ONE_MUG)
    assert isinstance(desk.deliver(), Done)
    number = desk.all("/invoices/booked")[0]["bookedInvoiceNumber"]
    assert booked(desk) == [
        ("000000017", GROSS),
        (f"Faktura#{number} 000000017/K000000201", Decimal("-100")),
    ]
    link = desk.state.link(ORDER, "creditmemo:1")
    assert link is not None
    assert link.document == "credit_note_booked"
    assert desk.state.links_by_kind()["credit_note_booked"] == 1
    assert desk.state.open_intents() == []
    desk.touch()
    assert isinstance(desk.deliver(), Unchanged)


def test_what_is_billed_less_what_is_credited_is_what_was_paid(desk: Desk) -> None:
    invoiced(desk)
    refund(desk, ONE_MUG)
    desk.deliver_until(Done)
    refund(desk, ONE_MUG, THE_REST, state="closed")
    desk.deliver_until(Done)
    assert [gross for _, gross in booked(desk)] == [GROSS, Decimal("-100"), Decimal("-248.99")]


def test_an_order_first_seen_closed_gets_its_invoice_and_its_credit_notes(desk: Desk) -> None:
    desk.orders.by_id[17] = replace(PLACED, state="closed", status="closed", credit_memos=(ONE_MUG, THE_REST))
    desk.touch()
    assert isinstance(desk.deliver(), Done)
    assert sum(gross for _, gross in booked(desk)) == 0
    assert len(booked(desk)) == 3


def test_goods_that_came_back_are_in_stock_again(desk: Desk) -> None:
    invoiced(desk)
    before = _stock(desk)
    refund(desk, ONE_MUG)
    restock(desk, "1", "sku:MUG-1")
    desk.deliver_until(Done)
    assert _stock(desk) - before == 1


def test_goods_that_did_not_come_back_are_not(desk: Desk) -> None:
    invoiced(desk)
    before = _stock(desk)
    refund(desk, ONE_MUG)
    desk.deliver_until(Done)
    assert _stock(desk) == before


def _stock(desk: Desk) -> Decimal:
    inventory = desk.http.get("/products/MUG-1").json()["inventory"]
    return Decimal(str(inventory["inStock"]))


def test_without_booking_it_waits_for_the_person_who_books_the_invoice(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("booking: off\n")
    invoiced(desk)
    refund(desk, ONE_MUG)
    assert desk.deliver() == SkippedFor("waits_for_invoice")
    (draft,) = desk.all("/invoices/drafts")
    body = {"draftInvoice": {"draftInvoiceNumber": draft["draftInvoiceNumber"]}}
    desk.http.post("/invoices/booked", json=body).raise_for_status()
    _doubt(desk)
    assert isinstance(desk.deliver(), Done)
    (note,) = desk.all("/invoices/drafts")
    assert note["grossAmount"] == -100
    link = desk.state.link(ORDER, "creditmemo:1")
    assert link is not None
    assert link.document == "credit_note_draft"


def _doubt(desk: Desk) -> None:
    """What the look at e-conomic's lists does when it finds that an invoice was booked there."""
    desk.state.doubt(list(desk.state.links(ORDER).values()))
    desk.touch()


def test_a_draft_follows_its_memo_until_it_is_booked(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("credit_notes: {book: off}\n")
    invoiced(desk)
    refund(desk, ONE_MUG)
    desk.deliver_until(Done)
    refund(desk, replace(ONE_MUG, totals=memo(*ONE_MUG.lines, plus="25").totals))
    desk.deliver_until(Done)
    (draft,) = desk.all("/invoices/drafts")
    assert draft["grossAmount"] == -125
    refund(desk, replace(ONE_MUG, state="canceled"))
    desk.deliver_until(Done)
    assert desk.all("/invoices/drafts") == []
    assert desk.state.link(ORDER, "creditmemo:1") is None


def test_peoples_work_on_a_draft_is_left_alone(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("credit_notes: {book: off}\n")
    invoiced(desk)
    refund(desk, ONE_MUG)
    desk.deliver_until(Done)
    (draft,) = desk.all("/invoices/drafts")
    path = f"/invoices/drafts/{draft['draftInvoiceNumber']}"
    body = desk.http.get(path).json()
    body["lines"][0]["unitNetPrice"] = 70
    desk.http.put(path, json=body).raise_for_status()
    refund(desk, replace(ONE_MUG, totals=memo(*ONE_MUG.lines, plus="25").totals))
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "edited_in_economic"
    assert desk.http.get(path).json()["grossAmount"] == -87.5


def test_a_draft_that_somebody_removed_is_not_made_again(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("credit_notes: {book: off}\n")
    invoiced(desk)
    refund(desk, ONE_MUG)
    desk.deliver_until(Done)
    (draft,) = desk.all("/invoices/drafts")
    desk.http.delete(f"/invoices/drafts/{draft['draftInvoiceNumber']}").raise_for_status()
    _doubt(desk)
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "removed_in_economic"


def test_with_the_state_lost_it_is_found_by_its_reference(desk: Desk) -> None:
    invoiced(desk)
    refund(desk, ONE_MUG)
    desk.deliver_until(Done)
    _lose_the_state(desk)
    desk.touch()
    desk.deliver_until(Done)
    assert len(booked(desk)) == 2
    link = desk.state.link(ORDER, "creditmemo:1")
    assert link is not None
    assert link.document == "credit_note_booked"


def _lose_the_state(desk: Desk) -> None:
    desk.close_state()
    for file in desk.folder.glob("state.db*"):
        file.unlink()
    desk.open()


def test_a_document_with_its_reference_and_the_other_sign_is_not_taken_for_it(desk: Desk) -> None:
    invoiced(desk)
    (there,) = desk.all("/invoices/booked")
    invoice = desk.http.get(f"/invoices/booked/{there['bookedInvoiceNumber']}").json()
    names = ("date", "currency", "customer", "recipient", "paymentTerms", "layout", "lines")
    body: dict[str, Any] = {name: invoice[name] for name in names}
    body["references"] = {"other": "000000017/K000000201"}
    desk.http.post("/invoices/drafts", json=body).raise_for_status()
    _lose_the_state(desk)
    refund(desk, ONE_MUG)
    outcome = desk.deliver_until(ParkedFor)
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "reference_taken"
    assert len(booked(desk)) == 1


def test_one_memo_that_parks_does_not_hold_up_another(desk: Desk) -> None:
    invoiced(desk)
    strange = replace(memo(row(MUG, qty="1", net="80", vat="20"), id=3), totals=memo(plus="7").totals)
    refund(desk, strange, replace(ONE_MUG, id=4, increment_id="000000204"))
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert [gross for _, gross in booked(desk)] == [GROSS, Decimal("-100")]


def test_a_memo_that_is_cancelled_after_its_credit_note_is_booked_is_told(desk: Desk) -> None:
    invoiced(desk)
    refund(desk, ONE_MUG)
    desk.deliver_until(Done)
    refund(desk, replace(ONE_MUG, state="canceled"))
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "credit_memo_cancelled"


def test_left_to_people_it_is_listed(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("credit_notes: {create: off}\n")
    invoiced(desk)
    refund(desk, ONE_MUG)
    assert desk.deliver() == SkippedFor("credit_note_by_hand")
    assert len(booked(desk)) == 1


def test_the_brakes_hold_credit_notes_too(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("booking_limit: 1\n")
    invoiced(desk)
    refund(desk, ONE_MUG)
    outcome = desk.deliver()
    assert getattr(outcome, "reason", "") == "booking_limit"
    desk.pass_time(3700)
    desk.deliver_until(Done)
    assert len(booked(desk)) == 2


@pytest.mark.parametrize("mode", ["document/half_up", "document/half_even", "line/half_up", "line/half_even"])
def test_equal_in_every_way_of_rounding(desk_with: Callable[..., Desk], mode: str) -> None:
    desk = desk_with(f"vat_rounding: {mode}\n", vat_rounding=mode)
    invoiced(desk)
    refund(desk, replace(ONE_MUG, totals=memo(*ONE_MUG.lines, plus="0.33").totals), THE_REST, state="closed")
    desk.deliver_until(Done)
    assert [gross for _, gross in booked(desk)] == [GROSS, Decimal("-100.33"), Decimal("-248.99")]


REDUCE = "credit_notes: {before_booking: reduce}\n"


def test_a_refund_before_booking_reduces_the_draft_and_one_after_it_is_a_credit_note(
    desk_with: Callable[..., Desk],
) -> None:
    desk = desk_with("booking: off\n" + REDUCE)
    invoiced(desk)
    refund(desk, ONE_MUG)
    desk.deliver_until(Done)
    (draft,) = desk.all("/invoices/drafts")
    assert Decimal(str(draft["grossAmount"])) == GROSS - 100
    _book_by_hand(desk, draft["draftInvoiceNumber"])
    refund(desk, ONE_MUG, THE_REST, state="closed")
    desk.deliver_until(Done)
    assert [gross for _, gross in booked(desk)] == [GROSS - 100]
    (note,) = desk.all("/invoices/drafts")
    assert Decimal(str(note["grossAmount"])) == Decimal("-248.99")
    assert desk.state.link(ORDER, "creditmemo:1") is None


def _book_by_hand(desk: Desk, draft: int) -> None:
    body = {"draftInvoice": {"draftInvoiceNumber": draft}}
    desk.http.post("/invoices/booked", json=body).raise_for_status()
    desk.state.doubt(list(desk.state.links(ORDER).values()))


def test_a_full_refund_before_booking_removes_the_draft(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("booking: off\n" + REDUCE)
    invoiced(desk)
    refund(desk, ONE_MUG, THE_REST, state="closed")
    desk.deliver_until(Done)
    assert desk.all("/invoices/drafts") == desk.all("/invoices/booked") == desk.all("/orders/drafts") == []
    desk.touch()
    assert desk.deliver() == SkippedFor("nothing_left")
    assert desk.all("/invoices/drafts") == desk.all("/orders/drafts") == []


@pytest.mark.parametrize("memos", [(ONE_MUG,), (ONE_MUG, THE_REST)])
def test_an_invoice_that_somebody_booked_whole_is_credited_though_its_draft_was_to_be_reduced(
    desk_with: Callable[..., Desk], memos: tuple[CreditMemo, ...]
) -> None:
    desk = desk_with("booking: off\n" + REDUCE)
    invoiced(desk)
    (draft,) = desk.all("/invoices/drafts")
    body = {"draftInvoice": {"draftInvoiceNumber": draft["draftInvoiceNumber"]}}
    desk.http.post("/invoices/booked", json=body).raise_for_status()
    refund(desk, *memos, state="complete" if len(memos) == 1 else "closed")
    desk.deliver_until(Done)
    assert sum(Decimal(str(one["grossAmount"])) for one in desk.all("/invoices/drafts")) == -sum(
        one.totals.grand_total for one in memos
    )
    assert len(desk.all("/invoices/drafts")) == len(memos)


def test_each_magento_invoice_has_its_own_credit_note(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("invoices: per_magento_invoice\n")
    bills = (
        bill(row(MUG, qty="2", net="160", vat="40"), id=4),
        bill(row(TEA, qty="3", net="79.99", vat="20"), id=5, ship=("39.20", "9.80")),
    )
    memos = (replace(ONE_MUG, invoice_id=4), memo(row(TEA, qty="1", net="26.66", vat="6.67"), id=2, invoice_id=5))
    desk.orders.by_id[17] = replace(PLACED, state="complete", invoices=bills, credit_memos=memos)
    desk.touch()
    desk.deliver_until(Done)
    made = dict(booked(desk))
    first, second = (
        one["bookedInvoiceNumber"]
        for one in sorted(desk.all("/invoices/booked"), key=lambda one: int(one["bookedInvoiceNumber"]))[:2]
    )
    assert made[f"Faktura#{first} 000000017/K000000201"] == -100
    assert made[f"Faktura#{second} 000000017/K000000202"] == Decimal("-33.33")
