"""Random carts end equal to the øre or parked, in every rounding mode; whole quantities hardly ever park."""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdc.models import Order
from mapping.order import plan_order
from mapping.plan import WantedDocument
from mapping.profile import Profile, load_profile
from tests.unit.mapping.arithmetic import (
    ALGORITHMS,
    MODES,
    Cart,
    Item,
    charged,
    economic,
    in_invoices,
    random_cart,
    vats_of,
)
from tests.unit.mapping.builders import AGREEMENT

EXAMPLES = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 2**32)


@cache
def profile(mode: str, more: str = "") -> Profile:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "shop.yaml"
        path.write_text(f"extends: sandbox\nvat_rounding: {mode}\n{more}", encoding="utf-8")
        return load_profile(path)


def groups_of(document: WantedDocument) -> dict[str, int]:
    made = {p.number: p.body.product_group.product_group_number for p in document.products if p.body is not None}
    return {**AGREEMENT.products, **made}


def reason(order: Order, mode: str) -> str:
    """The reason for parking, or '' when the document equals the shop."""
    plan = plan_order(order, profile(mode), AGREEMENT)
    if plan.parked:
        assert not plan.documents
        return plan.parked[0].reason
    (document,) = plan.documents
    magento = charged(order)
    assert economic(document.body, groups_of(document), AGREEMENT, mode) == magento
    assert (document.expected.net, document.expected.vat, document.expected.gross) == magento
    assert document.magento == document.expected
    assert sum(vats_of(document.body, groups_of(document), AGREEMENT, mode).values(), Decimal(0)) == magento[1]
    sold: dict[str, Decimal] = {}
    for line in document.body.lines:
        assert line.product is not None
        if line.product.product_number.startswith("SKU"):
            number = line.product.product_number
            sold[number] = sold.get(number, Decimal(0)) + (line.quantity or 0)
    assert sold == quantities(order)
    return ""


def quantities(order: Order) -> dict[str, Decimal]:
    """What the shop sold, by SKU: on its invoices, or ordered."""
    if not order.invoices:
        return {line.sku: line.qty_ordered for line in order.lines}
    found: dict[str, Decimal] = defaultdict(Decimal)
    for invoice in order.invoices:
        for row in invoice.lines:
            found[row.sku] += row.qty
    return dict(found)


def check(cart: Cart, mode: str) -> str:
    return reason(cart.order("complete"), mode)


@pytest.mark.parametrize("mode", MODES)
@EXAMPLES
@given(seed=SEEDS, whole=st.booleans(), after_tax=st.booleans())
def test_random_carts_end_equal_or_parked(mode: str, seed: int, whole: bool, after_tax: bool) -> None:
    check(random_cart(random.Random(seed), whole=whole, after_tax=after_tax), mode)


@pytest.mark.parametrize("mode", MODES)
@EXAMPLES
@given(seed=SEEDS, whole=st.booleans(), parts=st.integers(1, 3))
def test_carts_in_several_invoices_end_equal_or_parked(mode: str, seed: int, whole: bool, parts: int) -> None:
    chance = random.Random(seed)
    reason(in_invoices(random_cart(chance, whole=whole).order("complete"), chance, parts), mode)


@pytest.mark.parametrize("currency", ["EUR", "USD", "SEK"])
@EXAMPLES
@given(seed=SEEDS)
def test_carts_in_other_currencies_end_equal_or_parked(currency: str, seed: int) -> None:
    rate = Decimal(random.Random(seed).randint(100, 20_000)) / 10_000
    order = random_cart(random.Random(seed)).order("complete", currency=currency, base_to_order_rate=rate)
    assert reason(order, MODES[seed % 4]) in {"", "vat_gap"}


@pytest.mark.parametrize("after_tax", [False, True])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("mode", MODES)
def test_carts_of_whole_quantities_hardly_ever_park(mode: str, algorithm: str, after_tax: bool) -> None:
    chance = random.Random(f"{mode} {algorithm} {after_tax}")
    carts = [random_cart(chance, algorithm=algorithm, after_tax=after_tax) for _ in range(150)]
    reasons = Counter(check(cart, mode) for cart in carts)
    parked = sum(n for why, n in reasons.items() if why)
    when = "after" if after_tax else "before"
    sys.stdout.write(f"{mode:20}{algorithm:6}discount {when} VAT: {parked} of {len(carts)} {dict(reasons)}\n")
    assert parked * 100 <= len(carts), reasons


@pytest.mark.parametrize("mode", MODES)
def test_partial_invoices_of_whole_quantities_hardly_ever_park(mode: str) -> None:
    chance = random.Random(mode)
    reasons = Counter(
        reason(in_invoices(random_cart(chance).order("complete"), chance, chance.randint(1, 3)), mode)
        for _ in range(300)
    )
    assert sum(n for why, n in reasons.items() if why) <= 3, reasons


MIXED = replace(
    AGREEMENT,
    vat_rates={**AGREEMENT.vat_rates, (4, 1): Decimal(12), (5, 1): Decimal(6)},
    product_groups={**AGREEMENT.product_groups, 4: "Mad", 5: "Bøger"},
    products={**AGREEMENT.products, "rounding-12": 4, "rounding-6": 5},
)
"""As a Swedish agreement: three rates and none."""


@pytest.mark.parametrize("mode", MODES)
@EXAMPLES
@given(seed=SEEDS)
def test_carts_at_mixed_rates_are_met_rate_by_rate(mode: str, seed: int) -> None:
    chance = random.Random(seed)
    cart = random_cart(chance)
    cart.items = [replace(item, rate=Decimal(chance.choice([25, 12, 6, 0]))) for item in cart.items]
    order = cart.order("complete")
    groups = {line.sku: {25: 1, 12: 4, 6: 5, 0: 3}[int(line.tax_percent)] for line in order.lines}
    plan = plan_order(order, profile(mode, _ROUNDING), MIXED, groups)
    assert plan.documents or plan.parked
    for document in plan.documents:
        known = {**groups_of(document), **MIXED.products, **groups}
        found = vats_of(document.body, known, MIXED, mode)
        wanted: dict[Decimal, Decimal] = defaultdict(Decimal)
        for line in order.lines:
            wanted[line.tax_percent] += line.tax_amount
        wanted[Decimal(25)] += order.totals.shipping_tax
        assert {rate: vat for rate, vat in found.items() if vat} == {rate: vat for rate, vat in wanted.items() if vat}
        assert economic(document.body, known, MIXED, mode) == charged(order)


_ROUNDING = "numbers: {products: {rounding_vat: [rounding-vat, rounding-12, rounding-6]}}"


def test_every_price_including_vat_up_to_fifty_is_met() -> None:
    for price in range(1, 5001, 7):
        cart = Cart([Item(Decimal(price) / 100, Decimal(1), Decimal(25))], including=True, algorithm="row")
        assert check(cart, "document/half_up") == ""
