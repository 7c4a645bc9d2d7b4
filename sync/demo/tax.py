"""Magento's tax arithmetic for prices that include tax: total-based rounding, discounts before tax.

Source: Magento_Tax Model/Calculation (AbstractAggregateCalculator, TotalBaseCalculator), with tax/calculation
settings price_includes_tax, shipping_includes_tax, discount_tax and apply_after_discount all on.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

CENT = Decimal("0.01")
ZERO = Decimal(0)
HUNDRED = Decimal(100)

_FIRST_DELTA = Decimal("0.000001")
"""Magento starts its carry here, so that halves of binary fractions round upwards."""


def cents(amount: Decimal) -> Decimal:
    """Rounded to two decimals, halves away from zero as PHP's round does."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class TaxedRow:
    """One row's amounts. `tax` is after discount; `compensation` is the tax that the discount took with it."""

    price: Decimal
    price_incl: Decimal
    row: Decimal
    row_incl: Decimal
    tax: Decimal
    compensation: Decimal


class TotalBase:
    """Rounds tax row by row and carries what rounding took to the next row of the same rate.

    One instance per currency: the rows of a quote come first, its shipping last, in one calculation.
    """

    def __init__(self, home: Decimal, destination: Decimal) -> None:
        self.home = home
        self.destination = destination
        self._deltas: dict[str, Decimal] = {}

    def price_incl(self, unit: Decimal) -> Decimal:
        """The unit price including the destination's tax; `unit` includes the home country's."""
        price = cents(unit)
        if self.home == self.destination:
            return price
        net = price - price * self.home / (HUNDRED + self.home)
        return cents(net + net * self.destination / HUNDRED)

    def row(self, unit: Decimal, quantity: Decimal, discount: Decimal = ZERO) -> TaxedRow:
        """Tax of `quantity` pieces at `unit` (home tax included) less `discount` (destination's tax included)."""
        price_incl = self.price_incl(unit)
        row_incl = price_incl * quantity
        full_tax = self._tax(row_incl, "before_discount")
        row = row_incl - full_tax
        tax = self._tax(max(row_incl - discount, ZERO), "regular") if discount else full_tax
        return TaxedRow(cents(row / quantity), price_incl, row, row_incl, tax, full_tax - tax)

    def _tax(self, including: Decimal, kind: Literal["before_discount", "regular"]) -> Decimal:
        exact = including * self.destination / (HUNDRED + self.destination)
        if not exact:
            return ZERO
        exact += self._deltas.get(kind, _FIRST_DELTA)
        rounded = cents(exact)
        self._deltas[kind] = exact - rounded
        return rounded
