"""Money: splitting, rounding, and the pair that closes a VAT gap."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mapping.money import VatRounding, discounted, line_net, split, total
from mapping.problems import CannotMap
from mapping.rounding import close
from mapping.settings import RoundingKeys
from mapping.vat import Taxed, vat_by_rate
from tests.unit.mapping.arithmetic import MODES

D = Decimal
LIMITS = RoundingKeys()
RATES = [D(25), D(12), D(6), D(0)]


@pytest.mark.parametrize(
    ("quantity", "net", "parts"),
    [
        ("1", "39.98", [("1.00", "39.98")]),
        ("3", "79.99", [("2.00", "26.66"), ("1.00", "26.67")]),
        ("3", "80.01", [("3.00", "26.67")]),
        ("7", "0.05", [("2.00", "0.00"), ("5.00", "0.01")]),
        ("3", "-0.07", [("1.00", "-0.03"), ("2.00", "-0.02")]),
        ("4", "0", [("4.00", "0.00")]),
        ("0.33", "10.00", [("0.33", "30.30")]),
    ],
)
def test_splitting(quantity: str, net: str, parts: list[tuple[str, str]]) -> None:
    assert [(str(p.quantity), str(p.unit_net_price)) for p in split(D(quantity), D(net))] == parts


@given(st.integers(1, 99_999), st.integers(-10_000_000, 10_000_000))
def test_parts_add_up_exactly(hundredths: int, in_cents: int) -> None:
    quantity, net = D(hundredths) / 100, D(in_cents) / 100
    parts = split(quantity, net)
    assert sum(p.quantity for p in parts) == quantity
    assert sum(line_net(p.quantity, p.unit_net_price) for p in parts) == net
    assert all(p.quantity > 0 for p in parts)
    assert len(parts) <= 2
    if hundredths % 100 == 0 and len(parts) == 2:
        assert abs(parts[0].unit_net_price - parts[1].unit_net_price) == D("0.01")


def test_nothing_cannot_cost() -> None:
    with pytest.raises(ValueError, match="above zero"):
        split(D(0), D(1))


@pytest.mark.parametrize(
    ("quantity", "before", "percent", "after", "exact"),
    [
        ("2", "200", "10", "180.00", True),
        ("3", "79.99", "10", "71.99", False),
        ("1", "0.25", "10", "0.23", False),
        ("1", "99.99", "12.5", "87.49", True),
        ("1", "100", "33.333", "66.67", False),
        ("1", "100", "100", "0.00", False),
    ],
)
def test_percentages_stand_only_where_exact(quantity: str, before: str, percent: str, after: str, exact: bool) -> None:
    assert (discounted(D(quantity), D(before), D(percent), D(after)) is not None) is exact


@pytest.mark.parametrize(
    ("mode", "nets", "vat"),
    [
        ("document/half_up", ["39.98"], "10.00"),
        ("document/half_even", ["39.98"], "10.00"),
        ("document/half_even", ["0.02"], "0.00"),
        ("document/half_up", ["0.02"], "0.01"),
        ("document/half_up", ["0.02", "0.02"], "0.01"),
        ("line/half_up", ["0.02", "0.02"], "0.02"),
        ("line/half_even", ["0.02", "0.02"], "0.00"),
        ("document/half_up", ["-39.98"], "-10.00"),
    ],
)
def test_what_economic_computes(mode: VatRounding, nets: list[str], vat: str) -> None:
    assert vat_by_rate([Taxed(D(25), D(n)) for n in nets], mode) == {D(25): D(vat)}


@given(
    st.sampled_from(MODES),
    st.lists(st.tuples(st.sampled_from(RATES), st.integers(-5_000, 500_000)), min_size=1, max_size=9),
    st.integers(-20, 20),
)
def test_a_closed_gap_is_closed(mode: VatRounding, sold: list[tuple[Decimal, int]], off: int) -> None:
    lines = [Taxed(rate, D(c) / 100) for rate, c in sold]
    wanted = vat_by_rate(lines, mode)
    rate = max(wanted)
    assume(rate != 0)
    wanted[rate] += D(off) / 100
    net = total(line.net for line in lines)
    closing = close(lines, wanted, net, mode, RoundingKeys(gap=D(1), line=D(5)))
    after = [*lines, *(Taxed(r, a) for r, a in closing.taxed.items()), Taxed(D(0), closing.untaxed)]
    assert {r: v for r, v in vat_by_rate(after, mode).items() if v or r in wanted} == {
        r: v for r, v in {D(0): D(0), **wanted}.items() if v or r in wanted
    }
    assert total(line.net for line in after) == net
    if off == 0:
        assert not closing.taxed


def test_gaps_have_limits() -> None:
    lines = [Taxed(D(25), D(100))]
    with pytest.raises(CannotMap, match=r"Magento charged 24\.40 and e-conomic would compute 25\.00"):
        close(lines, {D(25): D("24.40")}, D(100), "document/half_up", LIMITS)
    closing = close(lines, {D(25): D("24.40")}, D(100), "document/half_up", LIMITS, units=D(50))
    assert closing.taxed == {D(25): D("-2.40")}
    with pytest.raises(CannotMap, match=r"net_gap"):
        close(lines, {D(25): D(25)}, D("100.06"), "document/half_up", LIMITS)
    assert close(lines, {D(25): D(25)}, D("100.05"), "document/half_up", LIMITS).untaxed == D("0.05")
