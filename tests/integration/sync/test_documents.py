"""An order's documents: made, updated, made way for, removed and booked, with the fewest calls."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from cdc.keys import Key
from sync.outcome import Done, ParkedFor, Retry, SkippedFor, Unchanged
from tests.integration.sync.desk import GROSS, PLACED, Desk
from tests.unit.mapping.builders import address, line, order


def test_a_placed_order_stands_as_a_draft_order_equal_to_the_oere(desk: Desk) -> None:
    assert desk.place() == Done()
    (draft,) = desk.all("/orders/drafts")
    assert Decimal(str(draft["grossAmount"])) == GROSS
    assert draft["references"]["other"] == "000000017"
    assert desk.all("/invoices/drafts") == desk.all("/invoices/booked") == []


def test_nothing_is_sent_when_nothing_has_changed(desk: Desk) -> None:
    desk.place()
    desk.forget_journal()
    desk.touch()
    assert desk.deliver() == Unchanged()
    assert desk.journal() == []


def test_a_changed_order_updates_its_draft_in_place(desk: Desk) -> None:
    desk.place()
    desk.forget_journal()
    desk.change(shipping=address(city="Odense", postcode="5000"))
    assert desk.deliver() == Done()
    assert desk.writes() == ["PUT /orders/drafts/1"]
    assert desk.http.get("/orders/drafts/1").json()["delivery"]["city"] == "Odense"


def test_a_completed_order_is_booked_and_its_draft_order_makes_way(desk: Desk) -> None:
    desk.place()
    desk.forget_journal()
    desk.change(state="complete", status="complete")
    assert desk.deliver() == Done()
    assert desk.writes() == ["POST /orders/sent", "POST /invoices/drafts", "POST /invoices/booked"]
    (booked,) = desk.all("/invoices/booked")
    assert Decimal(str(booked["grossAmount"])) == GROSS
    assert desk.all("/orders/drafts") == desk.all("/orders/sent") == desk.all("/invoices/drafts") == []
    desk.touch()
    assert desk.deliver() == Unchanged()


def test_a_new_guest_costs_at_most_six_writes_and_four_reads_from_placed_to_booked(desk: Desk) -> None:
    desk.place()
    desk.change(state="complete", status="complete")
    desk.deliver()
    desk.forget_journal()
    desk.orders.by_id[18] = replace(
        PLACED, id=18, increment_id="000000018", customer_email="bo@example.dk", state="new"
    )
    desk.touch(Key("order", "18"), inserted=True)
    desk.deliver()
    desk.orders.by_id[18] = replace(desk.orders.by_id[18], state="complete", status="complete")
    desk.touch(Key("order", "18"))
    desk.deliver()
    writes = desk.writes()
    assert len(desk.all("/invoices/booked")) == 2
    assert len(writes) == 5
    reads = [r for r in desk.journal() if r["method"] == "GET" and r["path"] != "/invoices/booked"]
    assert len(reads) == 4


def test_an_order_that_jumps_to_complete_needs_no_draft_order(desk: Desk) -> None:
    desk.orders.by_id[17] = replace(PLACED, state="complete", status="complete")
    desk.place()
    assert [w for w in desk.writes() if "products" not in w and "customers" not in w] == [
        "POST /invoices/drafts",
        "POST /invoices/booked",
    ]


def test_drafts_only_without_booking(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("booking: off\n")
    desk.place()
    desk.change(state="complete", status="complete")
    desk.deliver()
    assert len(desk.all("/invoices/drafts")) == 1
    assert desk.all("/invoices/booked") == desk.all("/orders/drafts") == []


def test_a_cancelled_order_leaves_no_draft(desk: Desk) -> None:
    desk.place()
    desk.change(state="canceled", status="canceled")
    assert desk.deliver() == Done()
    assert desk.all("/orders/drafts") == []
    assert desk.state.links(Key("order", "17")) == {}


def test_an_order_cancelled_after_booking_is_told_not_touched(desk: Desk) -> None:
    desk.place()
    desk.change(state="complete", status="complete")
    desk.deliver()
    desk.change(state="canceled", status="canceled")
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "booked_but_cancelled"
    assert len(desk.all("/invoices/booked")) == 1


def test_an_order_that_is_opened_again_gets_no_second_document(desk: Desk) -> None:
    desk.place()
    desk.change(state="complete", status="complete")
    desk.deliver()
    desk.change(state="processing", status="processing")
    desk.deliver()
    assert desk.all("/orders/drafts") == []
    assert len(desk.all("/invoices/booked")) == 1


def test_an_order_from_before_the_go_live_line_is_left_alone(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("orders: {since: 2026-03-03}\n")
    assert desk.place() == SkippedFor("before_go_live")
    assert desk.journal() == []


def test_an_order_id_that_stands_for_another_order_is_never_sent(desk: Desk) -> None:
    desk.place()
    desk.forget_journal()
    desk.change(increment_id="000000099")
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "identity_changed"
    assert desk.journal() == []


def test_an_order_deleted_in_magento_parks_with_its_documents_named(desk: Desk) -> None:
    desk.place()
    desk.orders.by_id.clear()
    desk.touch()
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "deleted_in_magento"
    assert "order draft 1" in outcome.advice


def test_a_draft_that_somebody_edited_is_left_as_it_is(desk: Desk) -> None:
    desk.place()
    draft = desk.http.get("/orders/drafts/1").json()
    draft["lines"][0]["unitNetPrice"] = 70
    desk.http.put("/orders/drafts/1", json=draft).raise_for_status()
    for state in ("new", "complete", "canceled"):
        desk.change(state=state, status=state, shipping=address(city=f"By {state}"))
        outcome = desk.deliver()
        assert isinstance(outcome, ParkedFor)
        assert outcome.reason == "edited_in_economic"
        assert "unit_net_price: 80 became 70" in outcome.advice
    assert desk.all("/invoices/drafts") == []


def test_a_draft_that_somebody_removed_is_not_made_again(desk: Desk) -> None:
    desk.place()
    desk.http.delete("/orders/drafts/1").raise_for_status()
    for state in ("new", "complete"):
        desk.change(state=state, status=state, shipping=address(city=f"By {state}"))
        outcome = desk.deliver()
        assert isinstance(outcome, ParkedFor)
        assert outcome.reason == "removed_in_economic"
    assert desk.all("/orders/drafts") == desk.all("/invoices/drafts") == []


def test_a_draft_invoice_that_somebody_booked_is_adopted(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("booking: off\n")
    desk.place()
    desk.change(state="complete", status="complete")
    desk.deliver()
    desk.http.post("/invoices/booked", json={"draftInvoice": {"draftInvoiceNumber": 1}}).raise_for_status()
    desk.change(shipping=address(city="Odense"))
    assert desk.deliver() == Done()
    link = desk.state.link(Key("order", "17"), "invoice")
    assert link is not None
    assert link.document == "invoice_booked"
    assert len(desk.all("/invoices/booked")) == 1


def test_an_invoice_that_somebody_made_out_of_the_draft_order_is_not_doubled(desk: Desk) -> None:
    desk.place()
    upgrade = desk.http.get("/orders/drafts/1/templates/upgrade-instructions/draftInvoice").json()
    body = upgrade.get("draftInvoice", upgrade)
    desk.http.post("/invoices/drafts", json=body).raise_for_status()
    desk.http.delete("/orders/drafts/1").raise_for_status()
    desk.change(state="complete", status="complete")
    desk.deliver()
    assert len(desk.all("/invoices/drafts")) + len(desk.all("/invoices/booked")) == 1


def test_a_document_of_another_currency_with_our_reference_parks(desk: Desk) -> None:
    desk.place()
    draft = desk.http.get("/orders/drafts/1").json()
    desk.http.delete("/orders/drafts/1").raise_for_status()
    desk.http.post("/orders/drafts", json=draft | {"currency": "EUR", "exchangeRate": 745}).raise_for_status()
    desk.state.delete_link(None, Key("order", "17"), "order")
    desk.touch()
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "reference_taken"
    assert "EUR" in outcome.advice


def test_another_rounding_than_the_profile_says_parks_and_names_the_right_one(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(vat_rounding="line/half_up")
    desk.orders.by_id[17] = order(
        line("A", id=1, row="10.02", vat="2.51"), line("B", id=2, row="10.02", vat="2.50"), ship=()
    )
    outcome = desk.place()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "totals_differ"
    assert "vat_rounding: line/half_up" in outcome.advice
    assert desk.all("/invoices/booked") == []


def test_booking_waits_while_it_is_paused_and_goes_on_afterwards(desk: Desk) -> None:
    desk.place()
    desk.state.pause("booking", by="test")
    desk.change(state="complete", status="complete")
    outcome = desk.deliver()
    assert isinstance(outcome, Retry)
    assert outcome.reason == "booking_paused"
    assert desk.all("/invoices/booked") == []
    desk.state.resume("booking")
    assert isinstance(desk.deliver_until(Done), Done)
    assert len(desk.all("/invoices/booked")) == 1


def test_the_booking_limit_holds(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("booking_limit: 1\n")
    desk.place()
    desk.change(state="complete", status="complete")
    desk.deliver()
    desk.orders.by_id[18] = replace(PLACED, id=18, increment_id="000000018", state="complete", status="complete")
    desk.touch(Key("order", "18"), inserted=True)
    outcome = desk.deliver()
    assert isinstance(outcome, Retry)
    assert outcome.reason == "booking_limit"
    assert len(desk.all("/invoices/booked")) == 1


def test_a_refused_order_is_not_sent_again_until_it_changes(desk: Desk) -> None:
    desk.place()
    (customer,) = desk.all("/customers")
    full = desk.http.get(f"/customers/{customer['customerNumber']}").json()
    desk.http.put(f"/customers/{customer['customerNumber']}", json=full | {"barred": True}).raise_for_status()
    desk.change(state="complete", status="complete")
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.error_code == "E06820"
    assert "barred" in outcome.advice.lower()
    desk.forget_journal()
    desk.touch()
    again = desk.deliver()
    assert isinstance(again, ParkedFor)
    assert desk.writes() == []
    desk.http.put(f"/customers/{customer['customerNumber']}", json=full | {"barred": False}).raise_for_status()
    desk.state.retry([Key("order", "17")])
    assert desk.deliver() == Done()
    assert len(desk.all("/invoices/booked")) == 1


def test_observe_sends_nothing(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(observe=True)
    assert desk.place() == SkippedFor("observed")
    assert desk.writes() == []
    assert desk.state.links(Key("order", "17")) == {}


def test_what_observe_finds_in_the_books_is_left_to_a_later_run(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with()
    assert desk.place() == Done()
    desk.close_state()
    (desk.folder / "state.db").unlink()
    (desk.folder / "state.db.epoch").unlink()
    desk.observe = True
    desk.open()
    desk.touch()
    assert desk.deliver() == SkippedFor("observed")
    assert desk.state.links(Key("order", "17")) == {}


def test_observe_names_every_document_with_its_totals(
    desk_with: Callable[..., Desk], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "magento_economic")
    desk = desk_with(observe=True)
    desk.orders.by_id[17] = replace(PLACED, state="complete", status="complete")
    desk.place()
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "would send customer" in said
    assert "would send product MUG-1" in said
    assert f"gross {GROSS}, and book it" in said
    assert "Anna" not in said
