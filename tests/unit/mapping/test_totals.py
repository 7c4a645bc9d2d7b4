"""Fees, wrapping, gift cards, credit and points: what stands in a grand total beside goods and shipping."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cdc.models import Order, Scalar
from mapping.order import plan_order
from mapping.plan import Parked, WantedDocument
from mapping.profile import Profile, ProfileError
from tests.unit.mapping.arithmetic import economic
from tests.unit.mapping.builders import AGREEMENT, Shop, invoice, line, order, row

D = Decimal
FEE = "totals: [{name: Gebyr, column: fee, vat_column: fee_tax, product: [fee, fee_untaxed]}]\n"
A = line("A", row="100", vat="25")


def with_more(
    one: Order, gross: str, vat: str = "0", columns: dict[str, Scalar] | None = None, **changes: Any
) -> Order:
    """The order with more in its grand total, `vat` of it in its tax amount, and columns of another module."""
    totals = one.totals
    totals = replace(totals, grand_total=totals.grand_total + D(gross), tax=totals.tax + D(vat))
    return replace(one, totals=totals, attributes=columns or {}, **changes)


def made(one: Order, profile: Profile) -> WantedDocument:
    plan = plan_order(one, profile, AGREEMENT)
    assert not plan.parked, plan.parked
    (document,) = plan.documents
    groups = {p.number: p.body.product_group.product_group_number for p in document.products if p.body is not None}
    wanted = (document.magento.net, document.magento.vat, document.magento.gross)
    assert economic(document.body, {**AGREEMENT.products, **groups}, AGREEMENT, "document/half_up") == wanted
    return document


def parked(one: Order, profile: Profile) -> Parked:
    plan = plan_order(one, profile, AGREEMENT)
    assert not plan.documents
    (why,) = plan.parked
    return why


def lines_of(document: WantedDocument) -> list[tuple[str, str, str]]:
    return [
        (one.product.product_number, str(one.unit_net_price), one.description or "")
        for one in document.body.lines
        if one.product is not None
    ]


def amounts(document: WantedDocument) -> tuple[Decimal, Decimal, Decimal]:
    return document.expected.net, document.expected.vat, document.expected.gross


def test_a_fee_whose_vat_lies_in_magentos_tax(shop: Shop) -> None:
    """100 + 20 net, 25 + 5 VAT: the module put its 5.00 into tax_amount, so 20.00 is left over."""
    one = with_more(order(A), "25", "5", {"fee": D("20"), "fee_tax": D("5")})
    document = made(one, shop(FEE))
    assert lines_of(document)[1] == ("fee", "20.00", "Gebyr")
    assert amounts(document) == (D("120.00"), D("30.00"), D("150.00"))


def test_a_fee_whose_vat_lies_beside_magentos_tax(shop: Shop) -> None:
    """The same fee of a module that leaves tax_amount alone: 25.00 is left over, and the VAT is 30.00 all the same."""
    document = made(with_more(order(A), "25", "0", {"fee": D("20"), "fee_tax": D("5")}), shop(FEE))
    assert amounts(document) == (D("120.00"), D("30.00"), D("150.00"))


@pytest.mark.parametrize("in_tax", ["5", "0"])
def test_a_fee_that_is_kept_with_its_vat(shop: Shop, in_tax: str) -> None:
    profile = shop(FEE.replace("vat_column", "includes_vat: on, vat_column"))
    document = made(with_more(order(A), "25", in_tax, {"fee": D("25"), "fee_tax": D("5")}), profile)
    assert lines_of(document)[1][:2] == ("fee", "20.00")
    assert amounts(document) == (D("120.00"), D("30.00"), D("150.00"))


def test_a_fee_without_a_column_for_its_vat_has_what_no_line_carries(shop: Shop) -> None:
    profile = shop("totals: [{name: Gebyr, column: fee, product: [fee, fee_untaxed]}]")
    taxed = made(with_more(order(A), "25", "5", {"fee": D("20")}), profile)
    assert (lines_of(taxed)[1][0], amounts(taxed)) == ("fee", (D("120.00"), D("30.00"), D("150.00")))
    free = made(with_more(order(A), "20", "0", {"fee": D("20")}), profile)
    assert (lines_of(free)[1][0], amounts(free)) == ("fee-untaxed", (D("120.00"), D("25.00"), D("145.00")))


def test_a_fee_without_vat_goes_to_the_product_without(shop: Shop) -> None:
    document = made(with_more(order(A), "20", "0", {"fee": "20.0000", "fee_tax": None}), shop(FEE))
    assert lines_of(document)[1][:2] == ("fee-untaxed", "20.00")
    assert document.products[-1].body is not None


def test_a_fee_at_a_rate_that_no_product_has_parks(shop: Shop) -> None:
    why = parked(with_more(order(A), "22.40", "2.40", {"fee": D("20"), "fee_tax": D("2.40")}), shop(FEE))
    assert why.reason == "vat_rate"
    assert "Gebyr" in why.advice


def test_what_no_row_explains_parks_with_its_amount(shop: Shop) -> None:
    why = parked(with_more(order(A), "20", "0", {"fee": D("19.50"), "fee_tax": D("0")}), shop(FEE))
    assert why.reason == "totals_residue"
    assert "20.00" in why.advice
    assert "19.50" in why.advice


def test_a_column_that_is_no_part_of_the_total_is_nothing(shop: Shop) -> None:
    assert len(made(with_more(order(A), "0", "0", {"fee": D("20"), "fee_tax": D("5")}), shop(FEE)).body.lines) == 1
    assert len(made(order(A), shop(FEE)).body.lines) == 1


def test_commerces_own_columns_need_no_row(sandbox: Profile) -> None:
    """125 for goods, wrapping of 16 + 4, less a card of 50, credit of 30 and points of 10: 55 is left to pay."""
    columns: dict[str, Scalar] = {
        "gw_price": D("16"), "gw_tax_amount": D("4"), "gift_cards_amount": D("50"),
        "customer_balance_amount": D("30"), "reward_currency_amount": D("10"),
    }  # fmt: skip
    document = made(with_more(order(A), "-70", "4", columns), sandbox)
    assert lines_of(document)[1:] == [
        ("gift-card", "-50.00", "Gavekort"),
        ("store-credit", "-30.00", "Butikskredit"),
        ("reward-points", "-10.00", "Bonuspoint"),
        ("fee", "16.00", "Gaveindpakning"),
    ]
    assert amounts(document) == (D("26.00"), D("29.00"), D("55.00"))
    groups = [p.body.product_group.product_group_number for p in document.products if p.body is not None]
    assert 3 in groups


def test_an_order_paid_by_a_card_alone_comes_to_nothing(sandbox: Profile) -> None:
    document = made(with_more(order(A), "-125", "0", {"gift_cards_amount": D("125")}), sandbox)
    assert amounts(document) == (D("-25.00"), D("25.00"), D("0.00"))


def test_less_than_nothing_parks(sandbox: Profile) -> None:
    assert parked(with_more(order(A), "-130", "0", {"gift_cards_amount": D("130")}), sandbox).reason == "negative_total"


def test_a_card_without_a_product_for_it_parks(shop: Shop) -> None:
    paid = with_more(order(A), "-50", "0", {"gift_cards_amount": D("50")})
    why = parked(paid, shop("numbers: {products: {gift_card: null}}"))
    assert why.reason == "totals_product"
    assert "numbers.products.gift_card" in why.advice
    why = parked(paid, shop("numbers: {product_groups: {liability: null}}"))
    assert why.reason == "totals_product"
    assert "liability" in why.advice


def test_a_charge_for_wrapping_does_not_hide_a_fixed_tax(shop: Shop) -> None:
    """A fee of 29 beside a fixed tax of 10 that the subtotal holds: the smaller residue would mislead."""
    taxed = line("A", row="100", vat="27.50", weee_amount=D(10))
    one = order(taxed)
    totals = replace(one.totals, subtotal=D("110"), weee=D("10"), grand_total=D("137.50") + D("29"))
    one = replace(one, totals=totals, attributes={"fee": D("29"), "fee_tax": D("0")})
    assert totals.residue == D("19")
    document = made(one, shop(FEE))
    assert amounts(document) == (D("139.00"), D("27.50"), D("166.50"))


def test_each_invoice_has_the_fee_that_magento_gave_it(shop: Shop) -> None:
    """Two pieces in two invoices; the fee stands on the first in its own column."""
    two = line("A", qty="2", row="200", vat="50")
    first = invoice(row(two, qty="1", net="100", vat="25"), id=1)
    totals = replace(first.totals, grand_total=first.totals.grand_total + 25, tax=first.totals.tax + 5)
    first = replace(first, totals=totals, attributes={"fee": D("20"), "fee_tax": D("5")})
    second = invoice(row(two, qty="1", net="100", vat="25"), id=2, attributes={"fee": D("0"), "fee_tax": D("0")})
    one = with_more(order(two, state="complete"), "25", "5", {"fee": D("20"), "fee_tax": D("5")})
    one = replace(one, invoices=(first, second))
    plan = plan_order(one, shop(FEE + "invoices: per_magento_invoice"), AGREEMENT)
    assert [(d.expected.net, d.expected.gross) for d in plan.documents] == [(D(120), D(150)), (D(100), D(125))]
    assert amounts(made(one, shop(FEE))) == (D("220.00"), D("55.00"), D("275.00"))


def test_an_invoice_without_the_column_has_the_orders_amount_where_it_is_short_of_it(shop: Shop) -> None:
    two = line("A", qty="2", row="200", vat="50")
    first = invoice(row(two, qty="1", net="100", vat="25"), id=1)
    first = replace(first, totals=replace(first.totals, grand_total=D("150"), tax=D("30")))
    second = invoice(row(two, qty="1", net="100", vat="25"), id=2)
    one = with_more(order(two, state="complete"), "25", "5", {"fee": D("20"), "fee_tax": D("5")})
    one = replace(one, invoices=(first, second))
    plan = plan_order(one, shop(FEE + "invoices: per_magento_invoice"), AGREEMENT)
    assert [len(d.body.lines) for d in plan.documents] == [2, 1]
    assert sum(d.expected.gross for d in plan.documents) == D("275.00")


def test_a_fee_on_a_partly_cancelled_order_parks(shop: Shop) -> None:
    two = line("A", qty="2", row="200", vat="50", qty_canceled=D(1))
    why = parked(with_more(order(two), "25", "5", {"fee": D("20"), "fee_tax": D("5")}), shop(FEE))
    assert why.reason == "totals_residue"
    assert "Gebyr" in why.advice


def test_gift_cards_sold_are_a_liability(sandbox: Profile, shop: Shop) -> None:
    card = line("CARD-500", row="500", vat="0", rate="0", product_type="giftcard", is_virtual=True)
    (product,) = made(order(card), sandbox).products
    assert product.body is not None
    assert product.body.product_group.product_group_number == 3
    other = shop("numbers: {product_groups: {liability: null, untaxed: 3}}")
    assert made(order(card), other).expected.vat == 0
    taxed = line("CARD-500", row="400", vat="100", product_type="giftcard", is_virtual=True)
    assert made(order(taxed), sandbox).products[0].number == "CARD-500"


def test_a_discount_that_belongs_to_no_line(sandbox: Profile) -> None:
    """A module took 40 net and its VAT of 10 off the order, not off its row: 60 + 15."""
    one = order(A)
    totals = replace(one.totals, discount=D("-40"), tax=D("15"), grand_total=D("75"))
    document = made(replace(one, totals=totals), sandbox)
    assert lines_of(document)[1][:2] == ("discount", "-40.00")
    assert amounts(document) == (D("60.00"), D("15.00"), D("75.00"))


def test_a_discount_that_leaves_vat_alone_is_a_line_without_vat(sandbox: Profile) -> None:
    one = order(A)
    document = made(replace(one, totals=replace(one.totals, discount=D("-40"), grand_total=D("85"))), sandbox)
    assert lines_of(document)[1][:2] == ("discount-untaxed", "-40.00")
    assert amounts(document) == (D("60.00"), D("25.00"), D("85.00"))


def test_a_row_that_misses_more_than_the_discount_parks(sandbox: Profile) -> None:
    one = order(A)
    totals = replace(one.totals, subtotal=D("60"), grand_total=D("85"))
    assert parked(replace(one, totals=totals), sandbox).reason == "net_gap"


def test_vat_before_the_discount(sandbox: Profile) -> None:
    """ "Apply customer tax: before discount": 80 + 20, less 10 on the price with VAT: 70 net, VAT still 20."""
    document = made(order(line("A", row="80", vat="20", discount="10", percent="10")), sandbox)
    assert lines_of(document) == [("A", "80.00", "Vare A"), ("discount-untaxed", "-10.00", "discount-untaxed")]
    assert amounts(document) == (D("70.00"), D("20.00"), D("90.00"))


def test_shipping_whose_vat_is_before_its_discount(sandbox: Profile) -> None:
    document = made(order(A, ship=("40", "10", "20", "0")), sandbox)
    assert [line[:2] for line in lines_of(document)[1:]] == [("shipping", "40.00"), ("discount-untaxed", "-20.00")]
    assert amounts(document) == (D("120.00"), D("35.00"), D("155.00"))


@pytest.mark.parametrize(
    ("row_", "message"),
    [
        ("{column: fee, product: fee}", "name"),
        ("{name: Gebyr, column: 'fee; drop', product: fee}", "column"),
        ("{name: Gebyr, column: fee, product: fee, group: liablity}", "liability"),
        ("{name: Gebyr, column: fee, product: fee, sign: down}", "minus"),
        ("{name: Gebyr, column: fee}", "product"),
    ],
)
def test_mistakes_in_a_row_are_told(shop: Shop, row_: str, message: str) -> None:
    with pytest.raises(ProfileError) as error:
        shop(f"totals: [{row_}]")
    assert message in str(error.value)
