"""Amounts worked out by hand: lines, discounts, rounding pairs, bundles, charges, and what parks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cdc.models import Order
from mapping.order import plan_order
from mapping.plan import Parked, WantedDocument
from mapping.profile import Profile
from tests.unit.mapping.builders import AGREEMENT, Shop, line, order


def lines_of(document: WantedDocument) -> list[tuple[str, str, str]]:
    return [
        (one.product.product_number, str(one.quantity), str(one.unit_net_price))
        for one in document.body.lines
        if one.product is not None
    ]


def made(one: Order, profile: Profile) -> WantedDocument:
    plan = plan_order(one, profile, AGREEMENT)
    assert not plan.parked
    (document,) = plan.documents
    assert document.expected == document.magento
    return document


def parked(one: Order, profile: Profile) -> Parked:
    plan = plan_order(one, profile, AGREEMENT)
    assert not plan.documents
    (why,) = plan.parked
    return why


def test_49_97_with_vat_gets_the_pair(sandbox: Profile) -> None:
    document = made(order(line(row="39.98", vat="9.99")), sandbox)
    assert lines_of(document) == [
        ("A-1", "1.00", "39.98"),
        ("rounding-vat", "1.00", "-0.02"),
        ("rounding", "1.00", "0.02"),
    ]
    assert (document.expected.net, document.expected.vat, document.expected.gross) == (
        Decimal("39.98"),
        Decimal("9.99"),
        Decimal("49.97"),
    )


def test_79_99_by_three_is_split_a_cent_apart(sandbox: Profile) -> None:
    document = made(order(line(qty="3", row="79.99", vat="20.00")), sandbox)
    assert lines_of(document) == [("A-1", "2.00", "26.66"), ("A-1", "1.00", "26.67")]


def test_33_33_with_vat_less_ten_percent_is_24_plus_6(sandbox: Profile) -> None:
    document = made(order(line(row="26.66", vat="6.00", discount="3.33", comp="0.67", percent="10")), sandbox)
    assert lines_of(document) == [("A-1", "1.00", "24.00")]
    assert document.expected.gross == Decimal("30.00")


def test_an_exact_percentage_stands_on_the_line(sandbox: Profile) -> None:
    document = made(order(line(qty="2", row="200", vat="45", discount="20", percent="10")), sandbox)
    (one,) = document.body.lines
    assert (one.unit_net_price, one.discount_percentage) == (Decimal("100.00"), Decimal("10.00"))
    assert document.expected.net == Decimal("180.00")


def test_per_line_rounding_needs_another_pair(shop: Shop) -> None:
    """Two lines of 9.99: 2.4975 -> 2.50 each, 5.00 in all; Magento's total rounds 4.995 and has, say, 4.99."""
    two = order(line("A", id=1, row="9.99", vat="2.50"), line("B", id=2, row="9.99", vat="2.49"))
    document = made(two, shop("vat_rounding: line/half_up"))
    assert lines_of(document)[2:] == [("rounding-vat", "1.00", "-0.04"), ("rounding", "1.00", "0.04")]


def test_shipping_is_a_line_less_its_discount(sandbox: Profile) -> None:
    document = made(order(line(row="100", vat="25"), ship=("39.20", "4.90", "24.50", "4.90")), sandbox)
    assert lines_of(document)[1] == ("shipping", "1.00", "19.60")
    assert document.body.lines[1].description == "GLS pakkeshop"


def test_shipping_has_a_product_for_its_own_rate(shop: Shop) -> None:
    agreement = replace(
        AGREEMENT,
        vat_rates={**AGREEMENT.vat_rates, (4, 1): Decimal(12)},
        product_groups={**AGREEMENT.product_groups, 4: "Fragt 12"},
        products={**AGREEMENT.products, "shipping-12": 4},
    )
    profile = shop('numbers: {products: {shipping: ["shipping", "shipping-12"]}}')
    for vat, number in (("9.80", "shipping"), ("4.70", "shipping-12")):
        (document,) = plan_order(order(line(row="100", vat="25"), ship=("39.20", vat)), profile, agreement).documents
        assert [n for n, _, _ in lines_of(document)][1] == number
    (parked,) = plan_order(order(line(row="100", vat="25"), ship=("39.20", "7.50")), profile, agreement).parked
    assert parked.reason == "vat_rate"


def test_everything_free_still_moves_the_goods(sandbox: Profile) -> None:
    free = order(line(row="136", vat="0", discount="170", comp="34", percent="100"), ship=("39.20", "0", "49", "9.80"))
    document = made(free, sandbox)
    assert lines_of(document) == [("A-1", "1.00", "0.00")]
    assert document.expected.gross == 0


def test_goods_and_shipping_without_vat_go_to_products_without_vat(sandbox: Profile) -> None:
    document = made(order(line(row="100", vat="0", rate="0"), ship=("40", "0")), sandbox)
    assert [n for n, _, _ in lines_of(document)] == ["A-1", "shipping-untaxed"]
    groups = [p.body.product_group.product_group_number for p in document.products if p.body is not None]
    assert groups == [3, 3]
    assert document.expected.vat == 0


def test_a_configurable_is_one_line_with_the_childs_product(sandbox: Profile) -> None:
    parent = line("T-RED-M", id=1, row="100", vat="25", product_type="configurable", role="configurable")
    parent = replace(parent, stock_product_id=77)
    child = line("T-RED-M", id=2, parent_id=1, role="configurable_child", carries_money=False, carries_stock=False)
    document = made(order(parent, child), sandbox)
    assert lines_of(document) == [("T-RED-M", "1.00", "100.00")]
    assert document.products[0].magento_id == 77


def test_a_dynamic_bundle_is_its_children(sandbox: Profile) -> None:
    parent = line("B", id=1, row="209.56", vat="52.39", product_type="bundle", role="bundle_dynamic")
    parent = replace(parent, carries_money=False, carries_stock=False)
    one = line("C1", id=2, parent_id=1, row="193.60", vat="48.40", role="bundle_child")
    two = line("C2", id=3, parent_id=1, row="15.96", vat="3.99", role="bundle_child")
    document = made(order(parent, one, two), sandbox)
    assert lines_of(document) == [("C1", "1.00", "193.60"), ("C2", "1.00", "15.96")]


def test_a_fixed_bundle_is_its_parent_and_its_parts_at_nothing(sandbox: Profile) -> None:
    parent = line("B", id=1, qty="2", row="200", vat="50", product_type="bundle", role="bundle_fixed")
    parent = replace(parent, carries_stock=False)
    part = line("C1", id=2, parent_id=1, qty="6", rate="0", role="bundle_child", carries_money=False)
    document = made(order(parent, part), sandbox)
    assert lines_of(document) == [("B", "2.00", "100.00"), ("C1", "6.00", "0.00")]
    without = plan_order(order(parent, part), sandbox, replace(AGREEMENT, has_inventory=False)).documents[0]
    assert lines_of(without) == [("B", "2.00", "100.00")]


def test_a_taxed_environmental_charge_is_part_of_the_line(sandbox: Profile) -> None:
    document = made(order(line(row="100", vat="27.50", weee_amount=Decimal(10))), sandbox)
    assert lines_of(document) == [("A-1", "1.00", "110.00")]


def test_an_untaxed_environmental_charge_needs_a_product(sandbox: Profile, shop: Shop) -> None:
    charged = order(line(row="100", vat="25", weee_amount=Decimal(10)))
    assert parked(charged, sandbox).reason == "weee"
    document = made(charged, shop('numbers: {products: {weee: "rounding"}}'))
    assert lines_of(document) == [("A-1", "1.00", "100.00"), ("rounding", "1.00", "10.00")]


def test_a_length_of_cloth_keeps_its_quantity(sandbox: Profile) -> None:
    document = made(order(line(qty="2.50", row="79.99", vat="20.00")), sandbox)
    assert sum(one.quantity or 0 for one in document.body.lines) == Decimal("2.50")


def test_more_than_two_decimals_of_stock_park(sandbox: Profile) -> None:
    assert parked(order(line(qty="0.125", row="10", vat="2.50")), sandbox).reason == "quantity_decimals"
    service = order(line(qty="0.125", row="10", vat="2.50", product_type="virtual", is_virtual=True))
    document = made(service, sandbox)
    assert lines_of(document) == [("A-1", "1.00", "10.00")]
    assert document.body.lines[0].description == "0.125 × Vare A-1"


def test_a_residue_parks_with_its_amount(sandbox: Profile) -> None:
    fee = order(line(row="100", vat="25"))
    fee = replace(fee, totals=replace(fee.totals, grand_total=Decimal("154.00")))
    why = parked(fee, sandbox)
    assert why.reason == "totals_residue"
    assert "29.00" in why.advice


def test_a_gap_beyond_the_limit_parks_with_both_sides(sandbox: Profile) -> None:
    why = parked(order(line(row="100", vat="24.00")), sandbox)
    assert why.reason == "vat_gap"
    assert "24.00" in why.advice
    assert "25.00" in why.advice


@pytest.mark.parametrize(("rate", "vat"), [("19", "19"), ("0", "0")])
def test_a_rate_that_does_not_fit_parks_naming_both(sandbox: Profile, rate: str, vat: str) -> None:
    abroad = order(line(row="100", vat=vat, rate=rate))
    assert abroad.shipping is not None
    german = replace(abroad.shipping, country="DE")
    why = parked(replace(abroad, billing=german, shipping=german), sandbox)
    assert why.reason == "vat_rate"
    assert f"{rate}%" in why.advice
    assert "25%" in why.advice


def test_a_product_that_exists_keeps_the_group_it_has_there(sandbox: Profile) -> None:
    plan = plan_order(order(line(row="100", vat="25")), sandbox, AGREEMENT, {"A-1": 3})
    assert plan.parked[0].reason == "vat_rate"
    untaxed = plan_order(order(line(row="100", vat="0", rate="0")), sandbox, AGREEMENT, {"A-1": 1})
    assert untaxed.parked[0].reason == "vat_rate"


def test_a_group_without_an_account_in_the_zone_parks(sandbox: Profile) -> None:
    bare = replace(AGREEMENT, vat_rates={(2, 1): Decimal(25)})
    why = plan_order(order(line(row="100", vat="25")), sandbox, bare).parked[0]
    assert why.reason == "vat_account"
    assert "1 (Varer)" in why.advice


def test_one_product_at_two_rates_parks(sandbox: Profile) -> None:
    mixed = order(line(row="100", vat="25"), line(id=2, row="50", vat="0", rate="0"))
    assert parked(mixed, sandbox).reason == "vat_rate"


def test_mixed_rates_are_met_rate_by_rate(shop: Shop) -> None:
    agreement = replace(
        AGREEMENT,
        vat_rates={**AGREEMENT.vat_rates, (4, 1): Decimal(12), (5, 1): Decimal(12)},
        product_groups={**AGREEMENT.product_groups, 4: "Mad", 5: "Afrunding 12"},
        products={**AGREEMENT.products, "rounding-12": 5},
    )
    profile = shop('numbers: {products: {rounding_vat: ["rounding-vat", "rounding-12"]}}')
    both = order(line("A", row="39.98", vat="9.99"), line("B", id=2, row="9.95", vat="1.20", rate="12"))
    (document,) = plan_order(both, profile, agreement, {"B": 4}).documents
    assert document.expected == document.magento
    assert [n for n, _, _ in lines_of(document)] == ["A", "B", "rounding-12", "rounding-vat", "rounding"]


@pytest.mark.parametrize(("sku", "reason"), [("", "sku_missing"), ("X" * 26, "sku_too_long")])
def test_a_sku_that_cannot_be_a_number_parks(sandbox: Profile, sku: str, reason: str) -> None:
    assert parked(order(line(sku, row="100", vat="25")), sandbox).reason == reason


@pytest.mark.parametrize("sku", ["007", "1E5", "0x1A", "AB  12/34", "日本-01", "50%_off", "0"])
def test_odd_skus_stay_what_they_are(sandbox: Profile, sku: str) -> None:
    document = made(order(line(sku, row="100", vat="25")), sandbox)
    assert lines_of(document)[0][0] == sku
    assert document.products[0].number == sku
