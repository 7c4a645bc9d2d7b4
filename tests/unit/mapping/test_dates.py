"""The day on which a document is booked: Magento's, the shipment's, or the first open one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from cdc.models import Order, Shipment, SubLine
from mapping.agreement import Agreement, Period
from mapping.dates import day_to_book
from mapping.order import plan_order
from mapping.profile import Profile
from tests.unit.mapping.builders import AGREEMENT, Shop, invoice, line, order, row

A, B = line("A", row="100", vat="25"), line("B", id=2, row="100", vat="25")
OPEN = "dates: {closed_period: first_open_day}\n"


def month(number: int, *, is_open: bool = True, year: int = 2026) -> Period:
    after = date(year + number // 12, number % 12 + 1, 1)
    return Period(date(year, number, 1), date.fromordinal(after.toordinal() - 1), is_open)


def agreed(*closed: int) -> Agreement:
    """The year 2026 with these months closed."""
    return replace(AGREEMENT, periods=tuple(month(n, is_open=n not in closed) for n in range(1, 13)))


def of(one: Order, profile: Profile, agreement: Agreement = AGREEMENT) -> list[date]:
    plan = plan_order(one, profile, agreement)
    assert not plan.parked, plan.parked
    return [document.body.date for document in plan.documents]


def shipment(day: int, *lines: int, number: int = 1) -> Shipment:
    rows = tuple(
        SubLine(id=900 + n, order_item_id=n, product_id=100 + n, sku="", name="", qty=A.qty_ordered) for n in lines
    )
    at = datetime(2026, 3, day, 23, 30, tzinfo=UTC)
    return Shipment(id=number, increment_id=f"30000000{number}", created_at=at, lines=rows)


def test_the_first_shipment_gives_the_date_if_the_profile_says_so(sandbox: Profile, shop: Shop) -> None:
    billed = invoice(row(A, qty="1", net="100", vat="25"))
    one = order(A, state="complete", invoices=(billed,), shipments=(shipment(9, 1, number=2), shipment(7, 1)))
    assert of(one, sandbox) == [date(2026, 3, 5)]
    assert of(one, shop("dates: {invoice: shipment}")) == [date(2026, 3, 8)]  # 23:30 UTC is the next day
    assert of(replace(one, shipments=()), shop("dates: {invoice: shipment}")) == [date(2026, 3, 5)]
    placed = replace(one, state="processing", invoices=())
    assert of(placed, shop("dates: {invoice: shipment}")) == [date(2026, 3, 2)]


def test_each_invoice_has_the_shipment_of_its_own_goods(shop: Shop) -> None:
    first, second = (invoice(row(line_, qty="1", net="100", vat="25"), id=line_.id) for line_ in (A, B))
    one = order(A, B, state="complete", invoices=(first, second), shipments=(shipment(7, 2), shipment(9, 1, number=2)))
    profile = shop("dates: {invoice: shipment}\ninvoices: per_magento_invoice")
    assert of(one, profile) == [date(2026, 3, 10), date(2026, 3, 8)]


def test_a_bundle_is_shipped_as_its_parts(shop: Shop) -> None:
    parent = replace(line("SET", row="100", vat="25", product_type="bundle", role="bundle_fixed"), carries_stock=False)
    part = line("PART", id=2, parent_id=1, rate="0", role="bundle_child", carries_money=False)
    billed = invoice(row(parent, qty="1", net="100", vat="25"))
    one = order(parent, part, state="complete", invoices=(billed,), shipments=(shipment(7, 2),))
    assert of(one, shop("dates: {invoice: shipment}")) == [date(2026, 3, 8)]


def test_a_date_in_a_closed_period_parks(sandbox: Profile) -> None:
    plan = plan_order(order(A), sandbox, agreed(1, 2, 3))
    assert plan.parked[0].reason == "closed_period"
    assert "2026-03-02" in plan.parked[0].advice
    assert of(order(A), sandbox, agreed(1, 2)) == [date(2026, 3, 2)]


def test_or_takes_the_first_open_day_with_its_own_date_in_the_notes(shop: Shop) -> None:
    plan = plan_order(order(A), shop(OPEN), agreed(1, 2, 3, 5))
    body = plan.documents[0].body
    assert body.date == date(2026, 4, 1)
    assert body.notes is not None
    assert body.notes.text_line1 == "Oprindelig dato 02-03-2026"
    assert of(order(A, state="complete"), shop(OPEN), agreed(3, 4)) == [date(2026, 5, 1)]


def test_the_date_finds_room_beside_what_the_profile_says(shop: Shop) -> None:
    texts = OPEN + f"fields: {{document: {{text1: '{'x' * 995}', text2: {{text: 'Tak', long: cut}}}}}}"
    notes = plan_order(order(A), shop(texts), agreed(3)).documents[0].body.notes
    assert notes is not None
    assert notes.text_line2 == "Tak\nOprindelig dato 02-03-2026"
    full = OPEN + f"fields: {{document: {{text1: '{'x' * 1000}', text2: '{'y' * 1000}'}}}}"
    notes = plan_order(order(A), shop(full), agreed(3)).documents[0].body.notes
    assert notes is not None
    assert notes.text_line2 is not None
    assert notes.text_line2.endswith("…\nOprindelig dato 02-03-2026")
    assert len(notes.text_line2) <= 1000
    own = OPEN.replace("}", ", note: 'Faktureret {{ original_date.isoformat() }}, bogført {{ date.isoformat() }}'}")
    notes = plan_order(order(A), shop(own), agreed(3)).documents[0].body.notes
    assert notes is not None
    assert notes.text_line1 == "Faktureret 2026-03-02, bogført 2026-04-01"


@pytest.mark.parametrize("closed", ["park", "first_open_day"])
def test_a_date_after_the_last_year_parks_with_what_to_do(shop: Shop, closed: str) -> None:
    late = order(A, created_at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    plan = plan_order(late, shop(f"dates: {{closed_period: {closed}}}"), agreed())
    assert plan.parked[0].reason == "accounting_year"
    assert "2026-12-31" in plan.parked[0].advice
    assert "2027-01-01" in plan.parked[0].advice


def test_a_date_before_the_first_year(shop: Shop, sandbox: Profile) -> None:
    early = order(A, created_at=datetime(2025, 5, 1, tzinfo=UTC))
    assert plan_order(early, sandbox, agreed()).parked[0].reason == "accounting_year"
    assert of(early, shop(OPEN), agreed(1)) == [date(2026, 2, 1)]


def test_nothing_open_later_parks(shop: Shop) -> None:
    assert plan_order(order(A), shop(OPEN), agreed(*range(3, 13))).parked[0].reason == "closed_period"


def test_periods_that_are_not_known_bar_nothing() -> None:
    assert day_to_book(date(1999, 1, 1), None, "park") == date(1999, 1, 1)
