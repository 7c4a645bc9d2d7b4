"""Goods and services of one order in two VAT zones: parked by default, two documents where the profile says so."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cdc.models import Address, Order, OrderLine
from mapping.order import plan_order
from mapping.plan import WantedDocument
from mapping.profile import Profile
from tests.unit.mapping.builders import AGREEMENT, Shop, address, invoice, line, order, row

HOME, FAR = address(), address(country="US", postcode="10001", region="New York")
MUG = line("MUG", id=1, row="100", vat="25")
PLAN = line("PLAN", id=2, row="40", vat="0", rate="0", product_type="virtual", is_virtual=True)
SPLIT = "vat: {two_zones: split}"


def mixed(*, billing: Address = FAR, shipping: Address = HOME, plan: OrderLine = PLAN, state: str = "new") -> Order:
    """A mug to Denmark with its shipping, and a service billed to America."""
    return order(MUG, plan, ship=("39.20", "9.80"), billing=billing, shipping=shipping, state=state)


def zone(document: WantedDocument) -> int:
    return document.body.recipient.vat_zone.vat_zone_number


def test_two_zones_park_and_both_rows_and_lines_are_named(sandbox: Profile) -> None:
    (parked,) = plan_order(mixed(), sandbox, AGREEMENT).parked
    assert parked.reason == "vat_two_zones"
    assert "goods (MUG) fall in VAT zone 1 (Indland) by row `domestic`" in parked.advice
    assert "services (PLAN) fall in VAT zone 3 (Udland) by row `rest of the world`" in parked.advice


def test_one_zone_is_one_document_whatever_the_profile_says(shop: Shop) -> None:
    taxed = replace(PLAN, tax_percent=Decimal(25), tax_amount=Decimal(10))
    (document,) = plan_order(mixed(billing=HOME, plan=taxed), shop(SPLIT), AGREEMENT).documents
    assert document.role == "order"
    assert [choice.supply for choice in document.vat] == ["goods", "services"]
    far = replace(MUG, tax_percent=Decimal(0), tax_amount=Decimal(0))
    (document,) = plan_order(
        order(far, PLAN, billing=FAR, shipping=address(country="NO")), shop(SPLIT), AGREEMENT
    ).documents
    assert zone(document) == 3
    assert [choice.row.name for choice in document.vat] == ["Norway", "rest of the world"]


@pytest.mark.parametrize(("state", "role"), [("new", "order"), ("complete", "invoice")])
def test_split_makes_two_documents_that_are_the_order_together(shop: Shop, state: str, role: str) -> None:
    one = mixed(state=state)
    plan = plan_order(one, shop(SPLIT), AGREEMENT)
    assert not plan.parked
    goods, services = plan.documents
    assert (goods.role, services.role) == (role, f"{role}:services")
    assert goods.kind == services.kind == f"{role}_draft"
    assert (goods.reference, services.reference) == ("000000017", "000000017/S")
    assert (zone(goods), zone(services)) == (1, 3)
    assert [origin.sku or origin.source for origin in goods.origins] == ["MUG", "shipping"]
    assert [origin.sku or origin.source for origin in services.origins] == ["PLAN"]
    assert goods.expected == goods.magento
    assert services.expected == services.magento
    assert (services.expected.net, services.expected.vat) == (Decimal(40), Decimal(0))
    assert goods.expected.gross + services.expected.gross == one.totals.grand_total
    assert goods.expected.vat + services.expected.vat == one.totals.tax
    expected = () if role == "order" else ("order", "order:services")
    assert plan.removals == expected


def test_each_magento_invoice_is_split_by_itself(shop: Shop) -> None:
    one = mixed(state="complete")
    one = replace(
        one,
        invoices=(
            invoice(row(MUG, qty="1", net="100", vat="25"), id=1, ship=("39.20", "9.80")),
            invoice(row(PLAN, qty="1", net="40", vat="0"), id=2),
        ),
    )
    plan = plan_order(one, shop(f"{SPLIT}\ninvoices: per_magento_invoice"), AGREEMENT)
    assert not plan.parked
    assert [(d.role, d.reference, zone(d)) for d in plan.documents] == [
        ("invoice:1", "000000017/F000000101", 1),
        ("invoice:2", "000000017/F000000102", 3),
    ]
    together = replace(
        one,
        invoices=(
            invoice(
                row(MUG, qty="1", net="100", vat="25"), row(PLAN, qty="1", net="40", vat="0"), ship=("39.20", "9.80")
            ),
        ),
    )
    plan = plan_order(together, shop(f"{SPLIT}\ninvoices: per_magento_invoice"), AGREEMENT)
    assert [(d.role, d.reference) for d in plan.documents] == [
        ("invoice:1", "000000017/F000000101"),
        ("invoice:1:services", "000000017/F000000101/S"),
    ]


def test_half_an_order_is_not_made_when_the_other_half_parks(shop: Shop) -> None:
    one = mixed(plan=replace(PLAN, tax_percent=Decimal(25), tax_amount=Decimal(10)))
    one = order(*one.lines, ship=("39.20", "9.80"), billing=FAR, shipping=HOME)
    plan = plan_order(one, shop(SPLIT), AGREEMENT)
    assert not plan.documents
    assert [parked.reason for parked in plan.parked] == ["vat_rate"]


def test_a_cancelled_orders_halves_go(shop: Shop) -> None:
    cancelled = mixed(state="canceled")
    assert plan_order(cancelled, shop(SPLIT), AGREEMENT).removals == (
        "order",
        "invoice",
        "order:services",
        "invoice:services",
    )
    plain = order(MUG, state="canceled")
    assert plan_order(plain, shop(SPLIT), AGREEMENT).removals == ("order", "invoice")


def test_a_free_service_asks_for_no_zone(sandbox: Profile) -> None:
    free = replace(PLAN, row_total=Decimal(0), price=Decimal(0))
    one = order(MUG, free, billing=FAR, shipping=HOME)
    (document,) = plan_order(one, sandbox, AGREEMENT).documents
    assert zone(document) == 1


def test_shipping_of_services_goes_with_them(sandbox: Profile) -> None:
    one = order(PLAN, ship=("20", "0"), billing=FAR, shipping=None, is_virtual=True)
    (document,) = plan_order(one, sandbox, AGREEMENT).documents
    assert zone(document) == 3
