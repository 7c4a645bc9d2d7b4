"""Documents that people made by hand with an order's reference are theirs, and waiting costs no calls."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cdc.keys import Key
from sync.outcome import Done, ParkedFor, Retry, Unchanged
from tests.integration.sync.desk import ORDER, PLACED, Desk
from tests.unit.mapping.builders import address


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


def by_hand(desk: Desk, path: str = "/orders/drafts", *, currency: str = "DKK", quantity: int = 1) -> None:
    """A draft that somebody made with the order's reference."""
    body = {
        "date": "2026-03-02",
        "currency": currency,
        "exchangeRate": 100,
        "paymentTerms": {"paymentTermsNumber": 1},
        "layout": {"layoutNumber": 1},
        "customer": {"customerNumber": customer(desk)},
        "recipient": {"name": "Somebody", "vatZone": {"vatZoneNumber": 1}},
        "references": {"other": "000000017"},
        "lines": [
            {"description": "Hour", "product": {"productNumber": "fee"}, "quantity": quantity, "unitNetPrice": 5}
        ],
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


def test_a_debtor_whose_number_went_to_somebody_else_is_not_taken_for_them(desk: Desk) -> None:
    desk.place()
    desk.http.delete("/orders/drafts/1").raise_for_status()
    anna = desk.http.get("/customers/1").json()
    desk.http.delete("/customers/1").raise_for_status()
    bo = anna | {"name": "Bo Berg", "email": "bo@example.dk"}
    assert desk.http.post("/customers", json=bo).json()["customerNumber"] == 1
    desk.orders.by_id[18] = replace(PLACED, id=18, increment_id="000000018", state="complete", status="complete")
    desk.touch(Key("order", "18"), inserted=True)
    assert desk.deliver() == Done()
    (booked,) = desk.all("/invoices/booked")
    assert booked["customer"]["customerNumber"] != 1
    names = {customer["customerNumber"]: customer["name"] for customer in desk.all("/customers")}
    assert names[booked["customer"]["customerNumber"]] == "Anna Åberg"


def test_a_draft_that_somebody_removed_is_made_again_when_a_person_retries(desk: Desk) -> None:
    desk.place()
    desk.http.delete("/orders/drafts/1").raise_for_status()
    desk.change(shipping=address(city="Odense"))
    assert isinstance(desk.deliver(), ParkedFor)
    desk.state.retry([Key("order", "17")])
    assert desk.deliver() == Done()
    assert len(desk.all("/orders/drafts")) == 1


def test_an_invoice_whose_product_group_was_wrong_heals_when_it_is_put_right(desk: Desk) -> None:
    desk.place()
    mug = desk.http.get("/products/MUG-1").json()
    desk.http.put("/products/MUG-1", json=mug | {"productGroup": {"productGroupNumber": 3}}).raise_for_status()
    desk.change(state="complete", status="complete")
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "totals_differ"
    assert desk.all("/orders/drafts") == []
    assert len(desk.all("/invoices/drafts")) == 1
    desk.http.put("/products/MUG-1", json=mug).raise_for_status()
    desk.state.retry([Key("order", "17")])
    assert desk.deliver() == Done()
    assert len(desk.all("/invoices/booked")) == 1
    assert desk.all("/invoices/drafts") == []


def test_a_cost_price_that_somebody_set_on_a_line_stays(desk: Desk) -> None:
    desk.place()
    draft = desk.http.get("/orders/drafts/1").json()
    draft["lines"][0]["unitCostPrice"] = 12
    desk.http.put("/orders/drafts/1", json=draft).raise_for_status()
    desk.change(shipping=address(city="Odense"))
    assert desk.deliver() == Done()
    lines = desk.http.get("/orders/drafts/1").json()["lines"]
    assert Decimal(str(lines[0]["unitCostPrice"])) == 12


def test_a_product_that_was_removed_is_made_again_when_a_person_retries(desk: Desk) -> None:
    desk.place()
    desk.http.delete("/orders/drafts/1").raise_for_status()
    desk.http.delete("/products/MUG-1").raise_for_status()
    desk.orders.by_id[18] = replace(PLACED, id=18, increment_id="000000018")
    desk.touch(Key("order", "18"), inserted=True)
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.error_code == "E07050"
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


@pytest.mark.parametrize(("currency", "quantity"), [("EUR", 1), ("DKK", -1)])
def test_a_write_in_doubt_is_not_taken_for_somebody_elses_document(desk: Desk, currency: str, quantity: int) -> None:
    desk.faults({"method": "POST", "path": "/orders/drafts", "fault": "drop_before", "times": 1})
    desk.touch(inserted=True)
    desk.deliver()
    by_hand(desk, currency=currency, quantity=quantity)
    desk.pass_time(200)
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "reference_taken"
    assert desk.state.link(ORDER, "order") is None
