"""Amounts and dates on the sandbox: fees, the base side, e-conomic's own rate, and periods that are closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cdc.models import Order, Scalar
from sync.books import look_at_dates_again, read_books
from sync.outcome import Done, Outcome, ParkedFor, Unchanged
from tests.integration.sync.desk import ORDER, PLACED, Desk

D = Decimal
COMPLETE = replace(PLACED, state="complete", status="complete")
FEE = "totals: [{name: Gebyr, column: fee, vat_column: fee_tax, product: [fee, fee_untaxed]}]\n"
MARCH = "/_sandbox/accounting-years/2026/3"


def charged(one: Order, gross: str, vat: str, columns: dict[str, Scalar]) -> Order:
    """The order with a fee or a credit in its grand total, and `vat` of it in its tax amount."""
    totals = replace(one.totals, grand_total=one.totals.grand_total + D(gross), tax=one.totals.tax + D(vat))
    return replace(one, totals=totals, attributes=columns)


def only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = rows
    return row


def parked(outcome: Outcome | None, reason: str) -> ParkedFor:
    assert isinstance(outcome, ParkedFor), outcome
    assert outcome.reason == reason
    return outcome


def test_a_fee_and_a_redeemed_card_are_booked_to_the_oere(desk_with: Callable[..., Desk]) -> None:
    """348.99 of goods and shipping, a fee of 20 + 5, less a card of 100 that is made when it is needed: 273.99."""
    cards = "  - {name: Gavekort, column: gift_cards_amount, sign: minus, product: gift_card, group: liability}\n"
    fee = FEE.replace("totals: [", "totals:\n  - ").replace("]}]", "]}").replace("}]", "}")
    desk = desk_with(fee + cards)
    columns: dict[str, Scalar] = {"fee": D("20"), "fee_tax": D("5"), "gift_cards_amount": D("100")}
    desk.orders.by_id[17] = charged(COMPLETE, "-75", "5", columns)
    assert desk.place() == Done()
    booked = only(desk.all("/invoices/booked"))
    assert (booked["netAmount"], booked["vatAmount"], booked["grossAmount"]) == (199.19, 74.8, 273.99)
    product = desk.http.get("/products/gift-card").json()
    assert product["productGroup"]["productGroupNumber"] == 3


def test_an_unexplained_fee_parks_until_the_profile_knows_it(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("")
    desk.orders.by_id[17] = charged(COMPLETE, "25", "5", {"fee": D("20"), "fee_tax": D("5")})
    assert "20.00" in parked(desk.place(), "totals_residue").advice
    desk.path.write_text("extends: sandbox\n" + FEE)
    desk.restart()
    desk.touch()
    assert desk.deliver() == Done()
    assert only(desk.all("/invoices/booked"))["grossAmount"] == 373.99


def test_e_conomics_own_rate_is_for_todays_documents_only(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("exchange_rate: economic\nbooking: off\n")
    now = datetime.now(UTC)
    euro = replace(PLACED, currency="EUR", base_to_order_rate=D("0.1340"))
    desk.orders.by_id[17] = replace(euro, created_at=now - timedelta(days=2))
    assert "today" in parked(desk.place(), "exchange_rate").advice
    desk.change(created_at=now)
    assert desk.deliver() == Done()
    draft = desk.http.get(only(desk.all("/orders/drafts"))["self"]).json()
    assert draft["exchangeRate"] not in (100, 746.268657)
    desk.touch()
    assert desk.deliver() == Unchanged()
    desk.pass_time(2 * 86_400)
    desk.touch()
    assert desk.deliver() == Unchanged()  # what stands keeps its rate and its peace


def test_a_period_that_closes_is_met_by_what_the_profile_says(desk_with: Callable[..., Desk]) -> None:
    """e-conomic refuses the booking; the periods are read again, and the invoice moves to the first open day."""
    desk = desk_with("dates: {closed_period: first_open_day}\n")
    desk.orders.by_id[17] = COMPLETE
    desk.http.put(MARCH, json={"closed": True}).raise_for_status()
    assert parked(desk.place(), "refused").error_code == "E04041"
    assert desk.context.books_doubted.is_set()
    assert desk.all("/invoices/booked") == []
    before = desk.context.agreement
    desk.context.agreement = read_books(desk.economic, desk.context.profile).agreement
    assert look_at_dates_again(desk.state, before, desk.context.agreement) == 1
    assert desk.deliver() == Done()
    booked = only(desk.all("/invoices/booked"))
    assert booked["date"] == "2026-04-01"
    assert "02-03-2026" in booked["notes"]["textLine1"]
    assert look_at_dates_again(desk.state, desk.context.agreement, desk.context.agreement) == 0


def test_a_closed_period_parks_until_it_opens(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("")
    desk.orders.by_id[17] = COMPLETE
    desk.http.put(MARCH, json={"barred": True}).raise_for_status()
    desk.forget_books()
    desk.restart()
    parked(desk.place(), "closed_period")
    assert desk.all("/invoices/drafts") == []
    desk.http.put(MARCH, json={"barred": False}).raise_for_status()
    before, books = desk.context.agreement, read_books(desk.economic, desk.context.profile)
    desk.context.agreement = books.agreement
    assert look_at_dates_again(desk.state, before, books.agreement) == 1
    assert desk.deliver() == Done()
    assert only(desk.all("/invoices/booked"))["date"] == "2026-03-02"
    assert desk.state.task(ORDER) is None


def test_a_refusal_that_no_period_explains_is_not_tried_for_ever(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("")
    desk.orders.by_id[17] = COMPLETE
    desk.http.put(MARCH, json={"closed": True}).raise_for_status()
    parked(desk.place(), "refused")
    assert look_at_dates_again(desk.state, desk.context.agreement, desk.context.agreement) == 0


@pytest.mark.parametrize("closed", ["park", "first_open_day"])
def test_a_date_after_the_last_year_parks(desk_with: Callable[..., Desk], closed: str) -> None:
    desk = desk_with(f"dates: {{closed_period: {closed}}}\n")
    desk.orders.by_id[17] = replace(PLACED, created_at=datetime(2031, 1, 1, tzinfo=UTC))
    assert "create the next year" in parked(desk.place(), "accounting_year").advice
    assert desk.all("/orders/drafts") == []
