"""Random carts with fees and cards in their totals, and on Magento's base side: equal to the øre, or parked."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdc.models import Order, RowAmounts, Scalar
from mapping.order import plan_order
from tests.unit.mapping.arithmetic import MODES, Cart, cent, charged, economic, random_cart
from tests.unit.mapping.builders import AGREEMENT
from tests.unit.mapping.test_books import groups_of, profile

EXAMPLES = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 2**32)
TOTALS = """totals:
  - {name: Gebyr, column: fee, vat_column: fee_tax, product: [fee, fee_untaxed]}
  - {name: Kort, column: card_fee, vat_column: card_fee_tax, includes_vat: on, product: [fee, fee_untaxed]}
  - {name: Gavekort, column: gift_cards_amount, sign: minus, product: gift_card, group: liability}
  - {name: Kredit, column: customer_balance_amount, sign: minus, product: store_credit, group: liability}
"""


def with_charges(order: Order, chance: random.Random) -> tuple[Order, tuple[Decimal, Decimal, Decimal]]:
    """The order with fees and credits of modules that keep VAT as they like, and what the shop charged in all."""
    gross, vat, in_tax = order.totals.grand_total, order.totals.tax, Decimal(0)
    columns: dict[str, Scalar] = {}
    for name, includes in (("fee", False), ("card_fee", True)):
        if chance.random() < 0.6:
            net = Decimal(chance.randint(1, 9_999)) / 100
            tax = cent(net / 4) if chance.random() < 0.7 else Decimal(0)
            columns |= {name: net + tax if includes else net, f"{name}_tax": tax}
            gross, vat = gross + net + tax, vat + tax
            in_tax += tax if chance.random() < 0.5 else 0
    for name in ("gift_cards_amount", "customer_balance_amount"):
        if chance.random() < 0.4:
            amount = cent(gross * chance.randint(1, 60) / 100)
            columns[name] = amount
            gross -= amount
    totals = replace(order.totals, grand_total=gross, tax=order.totals.tax + in_tax)
    return replace(order, totals=totals, attributes=columns), (gross - vat, vat, gross)


@pytest.mark.parametrize("mode", MODES)
@EXAMPLES
@given(seed=SEEDS)
def test_carts_with_fees_and_cards_end_equal_or_parked(mode: str, seed: int) -> None:
    chance = random.Random(seed)
    order, magento = with_charges(random_cart(chance).order("complete"), chance)
    plan = plan_order(order, profile(mode, TOTALS), AGREEMENT)
    assert len(plan.documents) + len(plan.parked) == 1
    for document in plan.documents:
        assert economic(document.body, groups_of(document), AGREEMENT, mode) == magento


@pytest.mark.parametrize("mode", MODES)
def test_fees_and_cards_hardly_ever_park_a_cart(mode: str) -> None:
    chance = random.Random(mode)
    reasons: Counter[str] = Counter()
    for _ in range(200):
        order, _ = with_charges(random_cart(chance).order("complete"), chance)
        reasons.update(parked.reason for parked in plan_order(order, profile(mode, TOTALS), AGREEMENT).parked)
    assert sum(reasons.values()) <= 2, reasons


def on_two_sides(cart: Cart, rate: Decimal) -> tuple[Order, Order]:
    """An order in EUR whose base side is the cart's own, and that side alone; each is rounded by itself."""
    euro = replace(cart, items=[replace(i, price=cent(i.price * rate) + Decimal("0.01")) for i in cart.items])
    own, other = cart.order("complete"), euro.order("complete", currency="EUR", base_to_order_rate=rate)
    lines = tuple(
        replace(
            line,
            base=RowAmounts(
                row_total=base.row_total, row_total_incl_tax=base.row_total_incl_tax,
                discount_amount=base.discount_amount, discount_tax_compensation=base.discount_tax_compensation,
                tax_amount=base.tax_amount, weee_amount=base.weee_amount, price=base.price,
                price_incl_tax=base.price_incl_tax,
            ),
        )
        for line, base in zip(other.lines, own.lines, strict=True)
    )  # fmt: skip
    return replace(other, lines=lines, base_totals=own.totals, base_grand_total=own.totals.grand_total), own


@pytest.mark.parametrize("mode", MODES)
@EXAMPLES
@given(seed=SEEDS)
def test_the_base_side_ends_equal_or_parked(mode: str, seed: int) -> None:
    chance = random.Random(seed)
    order, own = on_two_sides(random_cart(chance), Decimal(chance.randint(100, 20_000)) / 10_000)
    for amounts, side in (("base", own), ("order", order)):
        plan = plan_order(order, profile(mode, f"amounts: {amounts}\n"), AGREEMENT)
        assert len(plan.documents) + len(plan.parked) == 1
        for document in plan.documents:
            assert document.body.currency == ("DKK" if amounts == "base" else "EUR")
            assert economic(document.body, groups_of(document), AGREEMENT, mode) == charged(side)
