"""The simulated checkout's arithmetic: what must hold for every cart, and the awkward ones by hand."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from sync.demo.cart import Amounts, Cart, CartItem, OrderTotals, PricedCart, PricedLine
from sync.demo.catalog import ARTICLES, BY_SKU, COUPONS, DELIVERIES
from sync.demo.discount import discounts
from sync.demo.people import random_cart, random_person
from sync.demo.tax import cents

D = Decimal


def _cart(*items: tuple[str, int], coupon: str = "", delivery: str = "flatrate_flatrate") -> Cart:
    return Cart(
        items=tuple(CartItem(BY_SKU[sku], D(quantity)) for sku, quantity in items),
        coupon=COUPONS.get(coupon),
        delivery=DELIVERIES[delivery],
    )


def _rows(priced: PricedCart, base: bool) -> list[Amounts]:
    return [line.base if base else line.order for line in priced.lines if line.priced]


@pytest.mark.parametrize(("currency", "country"), [("DKK", "DK"), ("EUR", "DE"), ("SEK", "SE"), ("DKK", "NO")])
def test_every_cart_adds_up_in_both_currencies(currency: str, country: str) -> None:
    rng = random.Random(f"{currency} {country}")
    for _ in range(150):
        priced = PricedCart(random_cart(rng), currency, country)
        for base, totals in ((False, priced.totals), (True, priced.base_totals)):
            _adds_up(priced, totals, _rows(priced, base))


def _adds_up(priced: PricedCart, totals: OrderTotals, rows: list[Amounts]) -> None:
    assert totals.subtotal == sum(row.row for row in rows)
    gross = sum(row.row_incl - row.discount for row in rows) + totals.shipping_incl - totals.shipping_discount
    assert totals.grand == gross
    net = sum(row.row - row.discount + row.compensation for row in rows)
    net += totals.shipping - totals.shipping_discount + totals.shipping_compensation
    assert net + totals.tax == totals.grand
    assert totals.grand == cents(totals.grand)
    assert abs(totals.tax - totals.grand * priced.tax_percent / (100 + priced.tax_percent)) <= D("0.02")


def test_an_uneven_price_is_never_price_times_quantity() -> None:
    (line,) = PricedCart(_cart(("1E5", 3))).lines
    assert (line.order.price, line.order.row, line.order.tax) == (D("26.66"), D("79.99"), D("20.00"))
    assert line.order.price * 3 != line.order.row


def test_what_rounding_took_is_carried_to_shipping() -> None:
    cart = _cart(("1E5", 3))
    totals = PricedCart(cart, "EUR").totals
    assert (totals.subtotal, totals.shipping, totals.tax, totals.grand) == (
        D("10.73"),
        D("5.25"),
        D("4.00"),
        D("19.98"),
    )
    assert PricedCart(cart, "EUR").base_totals.grand == D("148.99")


def test_a_configurable_carries_the_money_and_its_child_the_stock() -> None:
    cart = Cart(items=(CartItem(BY_SKU["TSHIRT"], D(2), "TSHIRT-L"),))
    parent, child = PricedCart(cart).lines
    assert (parent.sku, child.sku, child.parent) == ("TSHIRT-L", "TSHIRT-L", 0)
    assert (parent.order.row_incl, child.order) == (D("318.00"), Amounts())
    assert PricedCart(cart).totals.subtotal_incl == D("318.00")


def test_a_dynamic_bundle_repeats_its_children() -> None:
    parent, *children = PricedCart(_cart(("GAVEÆSKE", 2), coupon="SOMMER10")).lines
    assert [child.quantity for child in children] == [D(4), D(2)]
    for column in ("row", "row_incl", "tax"):
        assert getattr(parent.order, column) == sum(getattr(child.order, column) for child in children)
    assert parent.order.discount == 0
    assert all(child.order.discount for child in children)
    assert not parent.priced


def test_a_fixed_bundle_carries_the_money_itself() -> None:
    parent, *children = PricedCart(_cart(("KONTORPAKKE", 1))).lines
    assert parent.order.row_incl == D("89.00")
    assert [(child.sku, child.quantity, child.order.row) for child in children] == [
        ("00042", D(3), D(0)),
        ("007", D(1), D(0)),
    ]


def test_everything_free_including_shipping() -> None:
    totals = PricedCart(_cart(("007", 1), ("LAMPE-1", 1), coupon="GRATIS")).totals
    assert (totals.grand, totals.tax, totals.shipping, totals.shipping_compensation) == (
        D(0),
        D(0),
        D("39.20"),
        D("9.80"),
    )


def test_a_service_is_not_delivered() -> None:
    priced = PricedCart(_cart(("OPSÆTNING", 1)))
    assert priced.cart.virtual
    assert (priced.totals.shipping_incl, priced.totals.grand) == (D(0), D("625.00"))


def test_abroad_without_vat_the_price_loses_it() -> None:
    totals = PricedCart(_cart(("TØRKLÆDE-RØD", 1)), country="NO").totals
    assert (totals.subtotal, totals.tax, totals.shipping) == (D("159.20"), D(0), D("39.20"))


def test_an_amount_off_the_cart_is_spread_to_the_cent() -> None:
    assert discounts(COUPONS["FAST50"], [D("149.00"), D("198.75")], D(1)) == [D("21.42"), D("28.58")]
    assert discounts(COUPONS["FAST50"], [D("10.00"), D("20.00")], D(1)) == [D("10.00"), D("20.00")]
    assert discounts(None, [D("10.00")], D(1)) == [D(0)]


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(LookupError):
        _ = PricedCart(_cart(("007", 1)), "USD").totals


def test_people_and_carts_repeat_with_their_seed() -> None:
    assert random_person(random.Random(7), business=True) == random_person(random.Random(7), business=True)
    assert random_cart(random.Random(7)) == random_cart(random.Random(7))
    assert len({random_person(rng).email for rng in [random.Random(1)] for _ in range(300)}) == 300
    assert {article.id for article in ARTICLES} == set(range(1, len(ARTICLES) + 1))


def test_lines_name_their_parents_before_their_children() -> None:
    rng = random.Random(3)
    for _ in range(50):
        lines: tuple[PricedLine, ...] = PricedCart(random_cart(rng)).lines
        assert all(line.parent is None or line.parent < index for index, line in enumerate(lines))
