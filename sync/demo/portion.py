"""The part of an order row that an invoice or credit memo takes.

Source: Magento_Sales Model/Order/Invoice and Creditmemo: the last part takes what is left, every earlier one is
rounded and carries what rounding took to the next amount of the same document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sync.demo.tables import Row
from sync.demo.tax import ZERO, cents


@dataclass(frozen=True, slots=True)
class Taken:
    """What is already on earlier documents: the column of the order row for each amount, without base_."""

    quantity: str
    row: str
    discount: str
    tax: str
    compensation: str


INVOICED = Taken(
    "qty_invoiced", "row_invoiced", "discount_invoiced", "tax_invoiced", "discount_tax_compensation_invoiced"
)
REFUNDED = Taken(
    "qty_refunded", "amount_refunded", "discount_refunded", "tax_refunded", "discount_tax_compensation_refunded"
)


class Carry:
    """Rounds the amounts of one document in one currency; a discount's carry counts against the others'."""

    def __init__(self) -> None:
        self._delta = ZERO

    def round(self, amount: Decimal, *, negative: bool = False) -> Decimal:
        """Rounded to cents with the carry."""
        if not amount:
            return ZERO
        exact = amount + (-self._delta if negative else self._delta)
        rounded = cents(exact)
        self._delta = -(exact - rounded) if negative else exact - rounded
        return rounded


@dataclass(frozen=True, slots=True)
class Part:
    """A row's part in both currencies: keys are invoice item columns, base_ ones included."""

    item: Mapping[str, Any]
    quantity: Decimal
    amounts: Row

    def amount(self, column: str) -> Decimal:
        """One amount, nothing where the row has none."""
        value = self.amounts.get(column)
        return value if isinstance(value, Decimal) else ZERO


def split(
    rows: Sequence[tuple[Mapping[str, Any], Decimal, bool]], taken: Taken, whole: Taken | None = None
) -> list[Part]:
    """The parts of `rows` (order row, quantity, whether it is priced). `whole` names where the whole stands.

    An invoice takes from what was ordered (None), a credit memo from what was invoiced.
    """
    parts = [Part(item, quantity, {}) for item, quantity, _ in rows]
    counted = [part for part, (_, _, priced) in zip(parts, rows, strict=True) if priced]
    for base in ("", "base_"):
        carry = Carry()
        for part in counted:
            part.amounts[f"{base}row_total"] = _share(part, base, "row_total", taken, whole, carry)
            full = part.item[f"{base}row_total_incl_tax"] or ZERO
            part.amounts[f"{base}row_total_incl_tax"] = cents(full / part.item["qty_ordered"] * part.quantity)
        for part in counted:
            part.amounts[f"{base}discount_amount"] = _share(part, base, "discount_amount", taken, whole, carry)
        for part in counted:
            for column in ("tax_amount", "discount_tax_compensation_amount"):
                part.amounts[f"{base}{column}"] = _share(part, base, column, taken, whole, carry)
    return parts


_ORDERED = Taken("qty_ordered", "row_total", "discount_amount", "tax_amount", "discount_tax_compensation_amount")
_FIELD = {
    "row_total": "row",
    "discount_amount": "discount",
    "tax_amount": "tax",
    "discount_tax_compensation_amount": "compensation",
}


def _share(part: Part, base: str, column: str, taken: Taken, whole: Taken | None, carry: Carry) -> Decimal:
    item, source = part.item, whole or _ORDERED
    name = _FIELD[column]
    rest = _value(item, base, getattr(source, name)) - _value(item, base, getattr(taken, name))
    available = Decimal(item[source.quantity] - item[taken.quantity])
    canceled = item["qty_canceled"] if whole is None else ZERO
    if part.quantity >= available - canceled and not canceled:
        return rest
    return carry.round(rest / available * part.quantity, negative=column == "discount_amount")


def _value(item: Mapping[str, Any], base: str, column: str) -> Decimal:
    return Decimal(item[f"{base}{column}"] or 0)
