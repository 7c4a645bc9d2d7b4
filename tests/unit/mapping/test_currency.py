"""The side that is booked, the rate of exchange, and currencies without decimals."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cdc.models import Order, RowAmounts
from mapping.order import plan_order
from mapping.plan import WantedDocument
from mapping.profile import Profile
from tests.unit.mapping.arithmetic import economic
from tests.unit.mapping.builders import AGREEMENT, Shop, invoice, line, order, row, totals

D = Decimal
AGREED = replace(AGREEMENT, currencies=AGREEMENT.currencies | {"JPY", "ISK"})


def in_euro() -> Order:
    """3 x 33.33 DKK on an order in EUR: 10.73 + 2.68 there, 79.99 + 20.00 in base, each rounded by itself."""
    base = RowAmounts(
        row_total=D("79.99"), row_total_incl_tax=D("99.99"), discount_amount=D(0), discount_tax_compensation=D(0),
        tax_amount=D("20.00"), weee_amount=D(0), price=D("26.66"), price_incl_tax=D("33.33"),
    )  # fmt: skip
    one = line("A", qty="3", row="10.73", vat="2.68")
    placed = order(one, ship=("5.25", "1.31"), currency="EUR", base_to_order_rate=D("0.1340"))
    plain = totals((line("A", qty="3", row="79.99", vat="20.00"),), "39.20", "9.80")
    return replace(placed, lines=(replace(one, base=base),), base_totals=plain, base_grand_total=plain.grand_total)


def made(one: Order, profile: Profile) -> WantedDocument:
    plan = plan_order(one, profile, AGREED)
    assert not plan.parked, plan.parked
    (document,) = plan.documents
    groups = {p.number: p.body.product_group.product_group_number for p in document.products if p.body is not None}
    wanted = (document.magento.net, document.magento.vat, document.magento.gross)
    assert economic(document.body, {**AGREED.products, **groups}, AGREED, "document/half_up") == wanted
    return document


def test_the_orders_own_currency_is_the_default(sandbox: Profile) -> None:
    document = made(in_euro(), sandbox)
    assert (document.body.currency, document.expected.gross) == ("EUR", D("19.97"))
    assert document.body.exchange_rate == D("746.268657")
    assert document.customer.body.currency == "EUR"


def test_the_base_side_is_read_not_converted(shop: Shop) -> None:
    document = made(in_euro(), shop("amounts: base"))
    assert (document.body.currency, document.body.exchange_rate) == ("DKK", D(100))
    assert (document.expected.net, document.expected.vat, document.expected.gross) == (
        D("119.19"), D("29.80"), D("148.99"),
    )  # fmt: skip
    assert [(str(one.quantity), str(one.unit_net_price)) for one in document.body.lines[:2]] == [
        ("2.00", "26.66"), ("1.00", "26.67"),
    ]  # fmt: skip
    assert document.customer.body.currency == "DKK"


def test_the_base_side_of_an_invoice_with_a_fee(shop: Shop) -> None:
    placed = in_euro()
    billed = row(placed.lines[0], qty="3", net="10.73", vat="2.68")
    made_out = invoice(replace(billed, base=placed.lines[0].base), ship=("5.25", "1.31"))
    base = totals((line("A", qty="3", row="79.99", vat="20.00"),), "39.20", "9.80")
    made_out = replace(
        made_out,
        totals=replace(made_out.totals, grand_total=made_out.totals.grand_total + D("2.68")),
        base_totals=replace(base, grand_total=base.grand_total + D("20")),
        attributes={"fee": D("2.68"), "base_fee": D("20")},
    )
    placed = replace(placed, state="complete", invoices=(made_out,))
    profile = "totals: [{name: Gebyr, column: fee, product: [fee, fee_untaxed]}]\n"
    assert made(placed, shop(profile)).expected.gross == D("22.65")
    document = made(placed, shop(profile + "amounts: base"))
    assert document.expected.gross == D("168.99")
    named = profile.replace("column: fee", "column: fee, base_column: fee_of_base")
    placed = replace(placed, invoices=(replace(made_out, attributes={"fee": D("2.68"), "fee_of_base": D("20")}),))
    assert made(placed, shop(named + "amounts: base")).expected.gross == D("168.99")


def test_an_order_in_the_base_currency_is_as_it_is(shop: Shop) -> None:
    assert made(order(line(row="100", vat="25")), shop("amounts: base")).expected.gross == D("125.00")


def test_conditions_compare_the_amount_that_the_buyer_saw(shop: Shop) -> None:
    rows = "amounts: base\nwhen: [{currency: [EUR], below: 20, then: invoice}, {then: wait, reason: large}]"
    assert made(in_euro(), shop(rows)).body.currency == "DKK"


def test_without_base_amounts_nothing_is_made(shop: Shop) -> None:
    one = replace(in_euro(), base_totals=None)
    assert plan_order(one, shop("amounts: base"), AGREED).parked[0].reason == "base_amounts"
    lines = tuple(replace(one, base=None) for one in in_euro().lines)
    assert plan_order(replace(in_euro(), lines=lines), shop("amounts: base"), AGREED).parked[0].reason == "base_amounts"


@pytest.mark.parametrize(
    ("said", "rate"),
    [
        ("exchange_rate: {map: order.currency, to: {EUR: 746.05}}", "746.05"),
        ("exchange_rate: {expr: '100 / order.base_to_order_rate'}", "746.268657"),
        ("exchange_rate: 745.123456789", "745.123457"),
        ("exchange_rate: magento", "746.268657"),
    ],
)
def test_the_profile_may_give_the_rate(shop: Shop, said: str, rate: str) -> None:
    assert made(in_euro(), shop(said)).body.exchange_rate == D(rate)


def test_e_conomics_own_rate_is_left_to_it(shop: Shop) -> None:
    assert made(in_euro(), shop("exchange_rate: economic")).body.exchange_rate is None
    assert made(order(line(row="100", vat="25")), shop("exchange_rate: economic")).body.exchange_rate == D(100)


@pytest.mark.parametrize("said", ["0", "-7", "often", "{expr: order.coupon_code}", "on"])
def test_a_rate_that_is_none_parks(shop: Shop, said: str) -> None:
    assert plan_order(in_euro(), shop(f"exchange_rate: {said}"), AGREED).parked[0].reason == "exchange_rate"


def test_magentos_rate_needs_the_agreements_currency(sandbox: Profile, shop: Shop) -> None:
    swedish = replace(in_euro(), base_currency="SEK")
    assert plan_order(swedish, sandbox, AGREED).parked[0].reason == "exchange_rate"
    assert made(swedish, shop("exchange_rate: 746.05")).body.exchange_rate == D("746.05")


@pytest.mark.parametrize("currency", ["JPY", "ISK"])
def test_currencies_without_decimals(sandbox: Profile, currency: str) -> None:
    """1,250 with VAT is 1,000 + 250; 999 is 799.20 + 199.80, which Magento and e-conomic both keep."""
    whole = order(line("A", row="1000", vat="250"), currency=currency, base_to_order_rate=D("21.5"))
    assert made(whole, sandbox).expected.gross == D("1250.00")
    broken = order(line("A", qty="3", row="2397.60", vat="599.40"), currency=currency, base_to_order_rate=D("21.5"))
    document = made(broken, sandbox)
    assert (document.expected.net, document.expected.gross) == (D("2397.60"), D("2997.00"))
    assert document.body.exchange_rate == D("4.651163")


def test_a_currency_that_the_agreement_lacks_parks(sandbox: Profile) -> None:
    one = order(line(row="100", vat="25"), currency="CHF", base_to_order_rate=D("0.13"))
    assert plan_order(one, sandbox, AGREED).parked[0].reason == "currency"
