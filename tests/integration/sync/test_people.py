"""Documents that people made by hand with an order's reference are theirs, and waiting costs no calls."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cdc.keys import Key
from sync.outcome import Done, ParkedFor, Retry, Unchanged
from tests.integration.sync.desk import PLACED, Desk


def customer(desk: Desk, **changes: Any) -> int:
    """A debtor that somebody made."""
    body = {
        "name": "Somebody",
        "currency": "DKK",
        "customerGroup": {"customerGroupNumber": 1},
        "vatZone": {"vatZoneNumber": 1},
        "paymentTerms": {"paymentTermsNumber": 1},
    }
    made = desk.http.post("/customers", json=body | changes).raise_for_status()
    return int(made.json()["customerNumber"])


def by_hand(desk: Desk, path: str = "/orders/drafts") -> None:
    """A draft that somebody made with the order's reference."""
    body = {
        "date": "2026-03-02",
        "currency": "DKK",
        "exchangeRate": 100,
        "paymentTerms": {"paymentTermsNumber": 1},
        "layout": {"layoutNumber": 1},
        "customer": {"customerNumber": customer(desk)},
        "recipient": {"name": "Somebody", "vatZone": {"vatZoneNumber": 1}},
        "references": {"other": "000000017"},
        "lines": [{"description": "Hour", "product": {"productNumber": "fee"}, "quantity": 1, "unitNetPrice": 5}],
    }
    desk.http.post(path, json=body).raise_for_status()


@pytest.mark.parametrize("state", ["complete", "canceled"])
def test_a_draft_order_made_by_hand_is_not_deleted(desk: Desk, state: str) -> None:
    by_hand(desk)
    desk.orders.by_id[17] = replace(PLACED, state=state, status=state)
    desk.touch()
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "reference_taken"
    assert len(desk.all("/orders/drafts")) == 1
    assert desk.all("/invoices/drafts") == desk.all("/invoices/booked") == []


def test_a_draft_invoice_made_by_hand_is_not_deleted_with_its_order(desk: Desk) -> None:
    by_hand(desk, "/invoices/drafts")
    desk.orders.by_id[17] = replace(PLACED, state="canceled", status="canceled")
    desk.touch()
    assert isinstance(desk.deliver(), ParkedFor)
    assert len(desk.all("/invoices/drafts")) == 1


def test_our_own_draft_order_makes_way_also_when_the_state_was_lost(desk: Desk) -> None:
    desk.place()
    desk.close_state()
    for file in desk.folder.glob("state.db*"):
        file.unlink()
    desk.open()
    desk.change(state="complete", status="complete")
    desk.deliver_until(Done)
    assert desk.all("/orders/drafts") == []
    assert len(desk.all("/invoices/booked")) == 1


@pytest.mark.parametrize("path", ["/customers/1", "/products/MUG-1"])
def test_a_debtor_or_product_that_was_removed_is_made_again_when_a_person_retries(desk: Desk, path: str) -> None:
    desk.place()
    desk.http.delete("/orders/drafts/1").raise_for_status()
    desk.http.delete(path).raise_for_status()
    desk.orders.by_id[18] = replace(PLACED, id=18, increment_id="000000018")
    desk.touch(Key("order", "18"), inserted=True)
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.error_code in ("E07060", "E07050")
    desk.state.retry([Key("order", "18")])
    assert desk.deliver() == Done()


def test_a_completed_order_that_is_touched_costs_no_call(desk: Desk) -> None:
    desk.place()
    desk.change(state="complete", status="complete")
    desk.deliver()
    desk.forget_journal()
    desk.touch()
    assert desk.deliver() == Unchanged()
    assert desk.journal() == []


def test_waiting_for_a_brake_costs_no_call(desk: Desk) -> None:
    desk.place()
    desk.state.pause("booking", by="test")
    desk.change(state="complete", status="complete")
    desk.deliver()
    desk.forget_journal()
    desk.pass_time(20)
    assert desk.deliver() is None  # nobody asks Magento either
    desk.touch()
    desk.pass_time(20)
    assert isinstance(desk.deliver(), Retry)
    assert desk.journal() == []
    desk.state.resume("booking")
    assert desk.deliver() == Done()
