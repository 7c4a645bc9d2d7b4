"""What people did in e-conomic is noticed by its lists, without a change of the order in Magento."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sync.drift import BOOKED_EVERY, DRAFTS_EVERY, Drift
from sync.outcome import Done, ParkedFor, Unchanged
from tests.integration.sync.desk import ORDER, Desk

HOUR = DRAFTS_EVERY.total_seconds() + 1
PENDING = "booking: off\n"


@pytest.fixture
def desk(desk_with: Callable[..., Desk]) -> Desk:
    """An order with its draft order in e-conomic, an hour ago."""
    desk = desk_with(PENDING)
    Drift(desk.context, lambda: True).look()
    assert isinstance(desk.place(), Done)
    desk.pass_time(HOUR)
    return desk


def looked(desk: Desk) -> int:
    """How many keys a look finds."""
    return Drift(desk.context, lambda: True).look()


def draft(desk: Desk) -> dict[str, object]:
    """The one draft order, as it is written."""
    [row] = desk.all("/orders/drafts")
    whole: dict[str, object] = desk.http.get(f"/orders/drafts/{row['orderNumber']}").json()
    return whole


def test_nothing_touched_costs_two_lists(desk: Desk) -> None:
    desk.forget_journal()
    assert looked(desk) == 0
    assert [r["path"] for r in desk.journal()] == ["/invoices/booked", "/orders/drafts"]
    assert looked(desk) == 0, "not due again"
    assert len(desk.journal()) == 2


def test_an_edited_draft_is_parked_with_the_difference(desk: Desk) -> None:
    body = draft(desk)
    body["notes"] = {"heading": "Ring to the buyer first"}
    desk.http.put(f"/orders/drafts/{body['orderNumber']}", json=body).raise_for_status()
    assert looked(desk) == 1
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "edited_in_economic"
    desk.pass_time(HOUR)
    assert looked(desk) == 0, "people know of it"


def test_a_line_edit_that_leaves_the_totals_is_seen_by_its_time(desk: Desk) -> None:
    body = draft(desk)
    lines = body["lines"]
    assert isinstance(lines, list)
    lines[0]["description"] = "A blue one"
    desk.http.put(f"/orders/drafts/{body['orderNumber']}", json=body).raise_for_status()
    assert looked(desk) == 1
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "edited_in_economic"


def test_a_removed_draft_is_said_and_not_made_again(desk: Desk) -> None:
    desk.http.delete(f"/orders/drafts/{draft(desk)['orderNumber']}").raise_for_status()
    desk.forget_journal()
    assert looked(desk) == 1
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "removed_in_economic"
    assert desk.writes() == []


def test_a_touch_that_changed_nothing_is_looked_at_once(desk: Desk) -> None:
    body = draft(desk)
    desk.http.put(f"/orders/drafts/{body['orderNumber']}", json=body).raise_for_status()
    assert looked(desk) == 1
    assert isinstance(desk.deliver(), Done | Unchanged)
    desk.pass_time(HOUR)
    assert looked(desk) == 0


def test_a_draft_invoice_that_people_booked_is_followed_within_minutes(desk: Desk) -> None:
    desk.change(state="complete", status="complete")
    assert isinstance(desk.deliver(), Done)
    desk.pass_time(BOOKED_EVERY.total_seconds() + 1)
    [row] = desk.all("/invoices/drafts")
    number = {"draftInvoice": {"draftInvoiceNumber": row["draftInvoiceNumber"]}}
    desk.http.post("/invoices/booked", json=number).raise_for_status()
    assert looked(desk) == 1
    desk.deliver()
    link = desk.context.state.link(ORDER, "invoice")
    assert link is not None
    assert link.document == "invoice_booked"
    desk.pass_time(HOUR)
    assert looked(desk) == 0


def test_it_waits_while_nothing_may_be_sent_and_says_nothing_when_it_only_observes(desk: Desk) -> None:
    desk.http.delete(f"/orders/drafts/{draft(desk)['orderNumber']}").raise_for_status()
    desk.context.observe = True
    looked(desk)
    assert desk.context.state.task(ORDER) is None
