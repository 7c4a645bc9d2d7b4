"""Money: two decimals, never a float, and e-conomic's arithmetic on document lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Literal

VatRounding = Literal["document/half_up", "document/half_even", "line/half_up", "line/half_even"]

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
HUNDRED = Decimal(100)


def cents(amount: Decimal) -> Decimal:
    """The amount with two decimals, half away from zero as Magento and e-conomic round."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def round_vat(amount: Decimal, mode: VatRounding) -> Decimal:
    """A VAT amount with two decimals, rounded as the agreement does."""
    return amount.quantize(CENT, ROUND_HALF_EVEN if mode.endswith("half_even") else ROUND_HALF_UP)


def line_net(quantity: Decimal, unit_net_price: Decimal, discount_percentage: Decimal | None = None) -> Decimal:
    """What e-conomic makes of a line: quantity x price less the percentage, two decimals."""
    return cents(quantity * unit_net_price * (HUNDRED - (discount_percentage or ZERO)) / HUNDRED)


def is_tie(amount: Decimal) -> bool:
    """Whether the amount lies exactly between two cents, where ways of rounding part."""
    return (amount * 1000) % 10 == 5 and amount * 1000 == (amount * 1000).to_integral_value()


@dataclass(frozen=True, slots=True)
class Part:
    """A quantity at a net price; parts of one line add up to its net exactly."""

    quantity: Decimal
    unit_net_price: Decimal
    discount_percentage: Decimal | None = None

    @property
    def net(self) -> Decimal:
        """The part's net as e-conomic computes it."""
        return line_net(self.quantity, self.unit_net_price, self.discount_percentage)


def split(quantity: Decimal, net: Decimal) -> tuple[Part, ...]:
    """Parts whose quantities add up to `quantity` and whose nets to `net`, exactly.

    `quantity` is positive with at most two decimals, `net` has two. A whole quantity needs at most two parts with
    prices 0.01 apart. Raises `ValueError` when there is no such division (a quantity of nothing with an amount).
    """
    quantity = quantity.quantize(CENT)
    if quantity <= 0:
        raise ValueError("a quantity above zero is needed")
    if quantity == quantity.to_integral_value():
        return _split_whole(int(quantity), net)
    price = cents(net / quantity)
    if _exact(quantity, price, net):
        return (Part(quantity, price),)
    for candidate in (price - CENT, price + CENT):
        if _exact(quantity, candidate, net):
            return (Part(quantity, candidate),)
    if quantity <= 1:
        raise ValueError(f"no net price with two decimals makes {quantity} cost {net}")
    rest = quantity - 1
    for candidate in (price, price - CENT, price + CENT, price - 2 * CENT, price + 2 * CENT):
        if not is_tie(rest * candidate):
            return Part(rest, candidate), Part(Decimal("1.00"), net - cents(rest * candidate))
    raise ValueError(f"no net price with two decimals makes {quantity} cost {net}")


def discounted(quantity: Decimal, list_net: Decimal, percentage: Decimal, net: Decimal) -> Part | None:
    """One part with a percentage when that is exact: `list_net` before and `net` after the discount."""
    percentage = percentage.normalize()
    if not ZERO < percentage < HUNDRED or percentage != percentage.quantize(CENT) or quantity <= 0:
        return None
    price = list_net / quantity
    if price != price.quantize(CENT):
        return None
    exact = quantity * price * (HUNDRED - percentage) / HUNDRED
    if is_tie(exact) or cents(exact) != net:
        return None
    return Part(quantity.quantize(CENT), price.quantize(CENT), percentage.quantize(CENT))


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, zero with two decimals when there is nothing."""
    return sum(amounts, ZERO)


def _split_whole(count: int, net: Decimal) -> tuple[Part, ...]:
    price_in_cents, dear = divmod(int((net * 100).to_integral_exact()), count)
    price = (Decimal(price_in_cents) / 100).quantize(CENT)
    parts = []
    if count - dear:
        parts.append(Part(Decimal(count - dear).quantize(CENT), price))
    if dear:
        parts.append(Part(Decimal(dear).quantize(CENT), price + CENT))
    return tuple(parts)


def _exact(quantity: Decimal, price: Decimal, net: Decimal) -> bool:
    return not is_tie(quantity * price) and cents(quantity * price) == net
