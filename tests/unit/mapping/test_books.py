"""Random carts end equal to the øre or parked, in every rounding mode; whole quantities hardly ever park."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapping.order import plan_order
from mapping.plan import WantedDocument
from mapping.profile import Profile, load_profile
from tests.unit.mapping.arithmetic import MODES, Cart, Item, economic, random_cart
from tests.unit.mapping.builders import AGREEMENT


@cache
def profile(mode: str) -> Profile:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "shop.yaml"
        path.write_text(f"extends: sandbox\nvat_rounding: {mode}\n", encoding="utf-8")
        return load_profile(path)


def groups_of(document: WantedDocument) -> dict[str, int]:
    made = {p.number: p.body.product_group.product_group_number for p in document.products if p.body is not None}
    return {**AGREEMENT.products, **made}


def check(cart: Cart, mode: str) -> str:
    """The reason for parking, or '' when the document equals the shop."""
    order = cart.order("complete")
    plan = plan_order(order, profile(mode), AGREEMENT)
    if plan.parked:
        assert not plan.documents
        return plan.parked[0].reason
    (document,) = plan.documents
    totals = order.totals
    magento = (totals.grand_total - totals.tax, totals.tax, totals.grand_total)
    assert economic(document.body, groups_of(document), AGREEMENT, mode) == magento
    assert (document.expected.net, document.expected.vat, document.expected.gross) == magento
    assert document.magento == document.expected
    sold: dict[str, Decimal] = {}
    for line in document.body.lines:
        assert line.product is not None
        if line.product.product_number.startswith("SKU"):
            number = line.product.product_number
            sold[number] = sold.get(number, Decimal(0)) + (line.quantity or 0)
    assert sold == {line.sku: line.qty_ordered for line in order.lines}
    return ""


@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), whole=st.booleans())
def test_random_carts_end_equal_or_parked(mode: str, seed: int, whole: bool) -> None:
    check(random_cart(random.Random(seed), whole=whole), mode)


@pytest.mark.parametrize("mode", MODES)
def test_carts_of_whole_quantities_hardly_ever_park(mode: str) -> None:
    chance = random.Random(mode)
    reasons = Counter(check(random_cart(chance), mode) for _ in range(500))
    parked = sum(n for reason, n in reasons.items() if reason)
    assert parked <= 5, reasons


def test_every_price_including_vat_up_to_fifty_is_met() -> None:
    for price in range(1, 5001, 7):
        cart = Cart([Item(Decimal(price) / 100, Decimal(1), Decimal(25))], including=True, algorithm="row")
        assert check(cart, "document/half_up") == ""
