"""When documents come and go: by status, by time alone, and what becomes of a cancelled order's draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cdc.keys import Key
from sync.outcome import Done, ParkedFor, SkippedFor, Unchanged
from tests.integration.sync.desk import ORDER, PLACED, Desk

BY_STATUS = """
when:
  - {status: [Pending], then: order}
  - {status: [Complete], then: invoice}
"""


def aged(then: str, otherwise: str) -> str:
    return f"when:\n  - {{older_than: 2h, then: {then}}}\n  - {{{otherwise}}}\n"


def placed_now(desk: Desk) -> datetime:
    """The order is placed at this moment, to whole seconds as Magento stores them."""
    at = desk.now().replace(microsecond=0)
    desk.orders.by_id[17] = replace(PLACED, created_at=at, updated_at=at)
    return at


def drafts_of(desk: Desk) -> list[dict[str, Any]]:
    return desk.all("/orders/drafts") + desk.all("/invoices/drafts")


def test_an_order_at_pending_an_invoice_at_complete(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(BY_STATUS)
    desk.orders.by_id[17] = replace(PLACED, status="Pending")
    assert desk.place() == Done()
    assert [draft["references"]["other"] for draft in desk.all("/orders/drafts")] == ["000000017"]
    desk.change(state="processing", status="Packed")
    assert desk.deliver() == SkippedFor("no_rule")
    desk.change(state="complete", status="Complete")
    assert desk.deliver() == Done()
    assert len(desk.all("/invoices/booked")) == 1
    assert drafts_of(desk) == []


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("otherwise", ["then: wait, reason: young", "then: order"])
def test_time_alone_makes_an_order_due(desk_with: Callable[..., Desk], restart: bool, otherwise: str) -> None:
    desk = desk_with(aged("invoice", otherwise))
    at = placed_now(desk)
    outcome = desk.place()
    assert isinstance(outcome, SkippedFor | Done)
    assert outcome.look_again_at is not None
    assert (outcome.look_again_at - at).total_seconds() == 7200
    assert desk.deliver() is None
    desk.pass_time(7000)
    if restart:
        desk.restart()
    assert desk.deliver() is None
    assert desk.all("/invoices/booked") == []
    desk.pass_time(201)
    if restart:
        desk.restart()
    assert desk.deliver() == Done()
    assert len(desk.all("/invoices/booked")) == 1
    assert desk.state.task(ORDER) is None


def test_what_time_makes_due_was_not_late(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(aged("invoice", "then: order"))
    placed_now(desk)
    desk.place()
    desk.pass_time(7200)
    claim = desk.state.claim("desk", 60)
    assert claim is not None
    assert (desk.now() - claim.first_seen).total_seconds() < 60


def test_a_change_meanwhile_is_seen_at_once_and_the_age_is_kept(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(aged("remove", "then: order"))
    placed_now(desk)
    desk.place()
    desk.pass_time(3600)
    desk.touch()
    outcome = desk.deliver()
    assert isinstance(outcome, Unchanged)
    assert outcome.look_again_at is not None
    assert len(drafts_of(desk)) == 1
    desk.pass_time(3600)
    assert desk.deliver() == Done()
    assert drafts_of(desk) == []


def test_a_parked_order_is_looked_at_when_time_alone_changes_what_is_wanted(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(aged("skip", "then: order"))
    placed_now(desk)
    desk.orders.by_id[17] = replace(desk.orders.by_id[17], currency="XXX")
    outcome = desk.place()
    assert isinstance(outcome, ParkedFor)
    desk.pass_time(3600)
    assert desk.deliver() is None
    desk.restart()
    desk.pass_time(3600)
    assert desk.deliver() == SkippedFor("skipped_by_profile")


def test_an_order_whose_draft_somebody_edited_is_looked_at_again_by_its_age(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(aged("keep", "then: order"))
    placed_now(desk)
    desk.place()
    draft = desk.http.get("/orders/drafts/1").json()
    draft["lines"][0]["unitNetPrice"] = 70
    desk.http.put("/orders/drafts/1", json=draft).raise_for_status()
    desk.change(coupon_code="X", shipping_description="DAO")
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "edited_in_economic"
    desk.pass_time(7200)
    assert desk.deliver() == SkippedFor("kept")


CANCEL = "when:\n  - {state: [canceled], then: %s}\n  - {state: [complete], then: invoice}\n  - {then: order}\n"


@pytest.mark.parametrize("state", ["new", "complete"])
def test_a_cancelled_orders_draft_is_kept_if_the_profile_says_so(desk_with: Callable[..., Desk], state: str) -> None:
    desk = desk_with("booking: off\n" + CANCEL % "keep")
    desk.orders.by_id[17] = replace(PLACED, state=state)
    desk.place()
    before = drafts_of(desk)
    desk.change(state="canceled", status="canceled")
    assert desk.deliver() == SkippedFor("kept")
    assert drafts_of(desk) == before
    assert len(before) == 1


@pytest.mark.parametrize("state", ["new", "complete"])
def test_a_cancelled_orders_draft_is_marked_once_and_unmarked_when_it_lives_again(
    desk_with: Callable[..., Desk], state: str
) -> None:
    desk = desk_with("booking: off\n" + CANCEL % "mark")
    desk.orders.by_id[17] = replace(PLACED, state=state)
    desk.place()
    (before,) = drafts_of(desk)
    desk.change(state="canceled", status="canceled")
    assert desk.deliver() == Done()
    (marked,) = drafts_of(desk)
    assert marked["notes"]["heading"] == "Annulleret i webshoppen: Webordre 000000017"
    assert {**marked, "notes": before["notes"], "lastUpdated": 0} == {**before, "lastUpdated": 0}
    whole = desk.http.get(marked["self"]).json()
    assert len(whole["lines"]) == 4
    desk.forget_journal()
    desk.touch()
    assert desk.deliver() == Unchanged()
    desk.restart()
    desk.touch()
    assert desk.deliver() == Unchanged()
    assert desk.writes() == []
    desk.change(state=state, status=state)
    assert desk.deliver() == Done()
    (again,) = drafts_of(desk)
    assert again["notes"]["heading"] == before["notes"]["heading"]


def test_a_draft_that_somebody_edited_is_not_marked(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(CANCEL % "mark")
    desk.place()
    draft = desk.http.get("/orders/drafts/1").json()
    draft["lines"][0]["unitNetPrice"] = 70
    desk.http.put("/orders/drafts/1", json=draft).raise_for_status()
    desk.forget_journal()
    desk.change(state="canceled", status="canceled")
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "edited_in_economic"
    assert desk.writes() == []


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_before", "500_after"])
def test_a_mark_is_written_whatever_happens_to_the_answer(desk_with: Callable[..., Desk], fault: str) -> None:
    desk = desk_with(CANCEL % "mark")
    desk.place()
    desk.faults({"method": "PUT", "path": "/orders/drafts/*", "fault": fault, "times": 1})
    desk.change(state="canceled", status="canceled")
    desk.deliver_until(Done)
    (marked,) = drafts_of(desk)
    assert marked["notes"]["heading"] == "Annulleret i webshoppen: Webordre 000000017"


def test_a_draft_is_found_and_marked_without_the_state(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(CANCEL % "mark")
    desk.place()
    desk.close_state()
    for name in ("state.db", "state.db.epoch"):
        (desk.folder / name).unlink()
    desk.open()
    desk.change(state="canceled", status="canceled")
    assert desk.deliver() == Done()
    (marked,) = drafts_of(desk)
    assert marked["notes"]["heading"].startswith("Annulleret i webshoppen")


@pytest.mark.parametrize("then", ["keep", "mark", "remove"])
def test_an_order_cancelled_after_booking_is_told(desk_with: Callable[..., Desk], then: str) -> None:
    desk = desk_with(CANCEL % then)
    desk.orders.by_id[17] = replace(PLACED, state="complete")
    desk.place()
    desk.change(state="canceled", status="canceled")
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "booked_but_cancelled"


def test_a_row_holds_booking_back_until_another_row_matches(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(
        "when:\n  - {payment: [invoice], status: [complete], then: invoice, book: off}\n  - {then: invoice}\n"
    )
    desk.orders.by_id[17] = replace(PLACED, status="complete", payment=replace(PLACED.payment, method="invoice"))  # type: ignore[type-var]
    desk.place()
    assert len(desk.all("/invoices/drafts")) == 1
    assert desk.all("/invoices/booked") == []
    desk.change(status="approved")
    assert desk.deliver() == Done()
    assert len(desk.all("/invoices/booked")) == 1


def test_an_age_counts_from_the_orders_own_time(desk_with: Callable[..., Desk]) -> None:
    """An order that is seen late, as by a backfill, is as old as it is."""
    desk = desk_with(aged("invoice", "then: order"))
    desk.orders.by_id[17] = replace(PLACED, created_at=datetime(2026, 3, 2, 10, 0, tzinfo=UTC))
    desk.touch(Key("order", "17"))
    assert desk.deliver() == Done()
    assert len(desk.all("/invoices/booked")) == 1
