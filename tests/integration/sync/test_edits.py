"""Orders that change: before booking drafts follow; after it amounts park and texts are told; Magento's own edits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cdc.keys import Key
from cdc.models import Order
from sync.outcome import Done, ParkedFor, Retry, SkippedFor, Unchanged
from tests.integration.sync.desk import ORDER, PLACED, Desk
from tests.unit.mapping.builders import address, line, order

COMPLETE: dict[str, Any] = {"state": "complete", "status": "complete"}
EDIT = Key("order", "18")
BOOK_ALL = "when:\n  - {state: [canceled], then: remove}\n  - {then: invoice}\n"


def edit_of(first: Order, **changes: Any) -> Order:
    """The order that takes another's place, as Magento places it."""
    edited = order(line("MUG-1", id=1, qty="3", row="240", vat="60"), ship=("39.20", "9.80"))
    thread = first.original_increment_id or first.increment_id
    return replace(
        edited,
        id=first.id + 1,
        increment_id=f"{thread}-{first.id - 16}",
        original_increment_id=thread,
        relation_parent_id=str(first.id),
        **changes,
    )


def replaced(desk: Desk, **changes: Any) -> None:
    """Magento's second and third transaction: the old order names the new one, and is cancelled."""
    desk.change(relation_child_id="18", **(changes or {"state": "canceled", "status": "canceled"}))


def references(desk: Desk, path: str) -> list[str]:
    return sorted(row["references"]["other"] for row in desk.all(path))


def test_a_changed_address_after_booking_is_told_and_nothing_is_rewritten(desk: Desk) -> None:
    desk.orders.by_id[17] = replace(PLACED, **COMPLETE)
    desk.place()
    (booked,) = desk.all("/invoices/booked")
    desk.forget_journal()
    desk.change(billing=address(city="Odense", postcode="5000"), shipping_description="DAO")
    outcome = desk.deliver()
    assert isinstance(outcome, SkippedFor)
    assert outcome.reason == "changed_after_booking"
    assert "recipient.city" in outcome.advice
    assert "Odense" not in outcome.advice
    assert f"invoice booked {booked['bookedInvoiceNumber']}" in outcome.advice
    assert desk.journal() == []
    task = desk.state.task(ORDER)
    assert task is not None
    assert (task.state, task.advice) == ("skipped", outcome.advice)
    desk.change(billing=PLACED.billing, shipping_description=PLACED.shipping_description)
    assert desk.deliver() == Unchanged()
    assert desk.state.task(ORDER) is None


def test_changed_amounts_after_booking_park(desk: Desk) -> None:
    desk.orders.by_id[17] = replace(PLACED, **COMPLETE)
    desk.place()
    other = order(line("MUG-1", id=1, qty="3", row="240", vat="60"), ship=("39.20", "9.80"))
    desk.change(lines=other.lines, totals=other.totals, billing=address(city="Odense"))
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "booked_differs"
    assert len(desk.all("/invoices/booked")) == 1


def test_another_profile_says_nothing_about_what_is_booked(desk: Desk) -> None:
    desk.orders.by_id[17] = replace(PLACED, **COMPLETE)
    desk.place()
    desk.path.write_text('extends: sandbox\nfields: {document: {heading: "Ordre {{ order.increment_id }}"}}\n')
    desk.restart()
    desk.touch()
    assert desk.deliver() == Unchanged()


def test_a_touched_order_without_magento_invoice_is_not_told_for_its_new_date(desk: Desk) -> None:
    desk.orders.by_id[17] = replace(PLACED, **COMPLETE)
    desk.place()
    desk.change(updated_at=desk.now())
    assert desk.deliver() == Unchanged()


@pytest.mark.parametrize("first", [17, 18])
@pytest.mark.parametrize("state", ["new", "complete"])
def test_an_edited_orders_draft_goes_and_the_new_one_gets_its_own(desk: Desk, first: int, state: str) -> None:
    desk.place()
    desk.orders.by_id[18] = edit_of(PLACED, state=state, status=state)
    desk.orders.by_id[17] = replace(PLACED, relation_child_id="18", state="canceled", status="canceled")
    for number in (first, 35 - first):
        desk.touch(Key("order", str(number)), inserted=number == 18)
        desk.deliver_until(Done)
    assert references(desk, "/orders/drafts") == (["000000017-1"] if state == "new" else [])
    assert references(desk, "/invoices/booked") == ([] if state == "new" else ["000000017-1"])
    assert desk.all("/invoices/drafts") == []
    assert desk.state.links(ORDER) == {}


def test_at_no_time_are_both_booked(desk_with: Callable[..., Desk]) -> None:
    """The new order is seen before the old one is cancelled: its draft stands, and is booked afterwards only."""
    desk = desk_with(BOOK_ALL)
    desk.state.pause("booking", by="test")
    desk.place()
    assert len(desk.all("/invoices/drafts")) == 1
    desk.state.resume("booking")
    desk.state.skip([ORDER])
    desk.orders.by_id[18] = edit_of(PLACED)
    desk.touch(EDIT, inserted=True)
    outcome = desk.deliver()
    assert isinstance(outcome, Retry)
    assert outcome.reason == "edited_order_open"
    assert "000000017-1 took the place of 000000017" in outcome.advice
    assert len(desk.all("/invoices/drafts")) == 2
    desk.orders.by_id[17] = replace(PLACED, relation_child_id="18", state="canceled", status="canceled")
    desk.pass_time(30)
    outcome = desk.deliver()
    assert isinstance(outcome, Retry)
    assert "still has invoice draft 1" in outcome.advice
    assert desk.all("/invoices/booked") == []
    desk.state.retry([ORDER])
    claim = desk.state.claim("other", 60)
    assert claim is not None
    desk.pass_time(30)
    outcome = desk.deliver()
    assert isinstance(outcome, Retry)
    assert "is being worked on" in outcome.advice
    desk.deliverer.one(claim)
    desk.pass_time(30)
    assert desk.deliver() == Done()
    assert references(desk, "/invoices/booked") == ["000000017-1"]
    assert desk.all("/invoices/drafts") == []


@pytest.mark.parametrize("forget", [False, True])
def test_an_order_that_was_edited_after_its_booking_parks_the_new_one(
    desk_with: Callable[..., Desk], forget: bool
) -> None:
    desk = desk_with(BOOK_ALL)
    desk.place()
    (booked,) = desk.all("/invoices/booked")
    if forget:
        desk.close_state()
        for name in ("state.db", "state.db.epoch"):
            (desk.folder / name).unlink()
        desk.open()
    desk.orders.by_id[17] = replace(PLACED, relation_child_id="18", state="canceled", status="canceled")
    desk.orders.by_id[18] = edit_of(PLACED)
    desk.touch(EDIT, inserted=True)
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "edited_after_booking"
    assert "000000017 is booked" in outcome.advice
    assert f"invoice {booked['bookedInvoiceNumber']}" in outcome.advice
    assert "000000017-1" in outcome.advice
    desk.touch()
    told = desk.deliver()
    assert isinstance(told, ParkedFor)
    assert told.reason == "booked_but_cancelled"
    assert references(desk, "/invoices/booked") == ["000000017"]
    desk.state.retry([EDIT])
    assert desk.deliver() == Done()
    assert references(desk, "/invoices/booked") == ["000000017", "000000017-1"]


def test_the_whole_thread_is_looked_at(desk_with: Callable[..., Desk]) -> None:
    """The first order of the thread is booked, the second was never: the third parks too."""
    desk = desk_with(BOOK_ALL)
    desk.place()
    gone: dict[str, Any] = {"state": "canceled", "status": "canceled"}
    desk.orders.by_id[17] = replace(PLACED, relation_child_id="18", **gone)
    desk.orders.by_id[18] = replace(edit_of(PLACED), relation_child_id="19", **gone)
    desk.orders.by_id[19] = edit_of(desk.orders.by_id[18])
    assert desk.orders.by_id[19].increment_id == "000000017-2"
    desk.touch(Key("order", "19"), inserted=True)
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "edited_after_booking"
    assert "000000017 is booked" in outcome.advice


def test_an_order_that_is_no_edit_reads_nothing_more(desk: Desk) -> None:
    desk.orders.by_id[16] = replace(PLACED, id=16, increment_id="000000016")
    desk.orders.by_id[17] = replace(PLACED, relation_parent_id="16", original_increment_id="000000015", **COMPLETE)
    assert desk.place() == Done()
    assert len(desk.all("/invoices/booked")) == 1
