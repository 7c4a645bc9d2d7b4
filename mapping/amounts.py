"""The side of an order that is booked: its amounts in the order's currency, or in the shop's base currency.

Magento keeps each amount twice and rounds each side by itself, so nothing is ever converted here: the base side is read
from the base columns. Of a column of `totals` the base side is `base_<column>`, unless the row names another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from cdc.models import CreditMemo, Invoice, Order, OrderLine, Scalar, SubLine
from mapping.case import Case
from mapping.problems import CannotMap
from mapping.settings.amounts import AmountsOf
from mapping.settings.totals import TotalRow

_Row = TypeVar("_Row", OrderLine, SubLine)
_Bill = TypeVar("_Bill", Invoice, CreditMemo)


def in_books(case: Case) -> Case:
    """The case with its order on the side that the profile books. Raises `CannotMap` (``base_amounts``)."""
    settings = case.rules.settings
    order = booked_side(case.order, settings.amounts, settings.totals)
    return case if order is case.order else replace(case, order=order, scope={**case.scope, "order": order})


def booked_side(order: Order, amounts: AmountsOf, rows: Sequence[TotalRow] = ()) -> Order:
    """The order with the amounts of its rows, invoices and credit memos in the currency that `amounts` says.

    `rows` are the profile's `totals`. Raises `CannotMap` (``base_amounts``) when Magento has none in the base currency.
    """
    if amounts == "order" or order.currency == order.base_currency:
        return order
    if order.base_totals is None:
        raise _missing("the order's totals")
    return replace(
        order,
        currency=order.base_currency,
        base_to_order_rate=Decimal(1),
        totals=order.base_totals,
        shipping_canceled=order.base_shipping_canceled,
        lines=tuple(_row(line) for line in order.lines),
        invoices=tuple(_bill(one, rows) for one in order.invoices),
        credit_memos=tuple(_bill(one, rows) for one in order.credit_memos),
        attributes=_base_columns(order.attributes, rows),
    )


def _row(line: _Row) -> _Row:
    base = line.base
    if base is None:
        raise _missing(f"the amounts of {line.sku}")
    changed = replace(
        line,
        row_total=base.row_total,
        discount_amount=base.discount_amount,
        discount_tax_compensation=base.discount_tax_compensation,
        tax_amount=base.tax_amount,
        weee_amount=base.weee_amount,
    )
    if isinstance(changed, OrderLine):
        return replace(
            changed,
            price=base.price,
            price_incl_tax=base.price_incl_tax,
            row_total_incl_tax=base.row_total_incl_tax,
        )
    return changed


def _bill(bill: _Bill, rows: Sequence[TotalRow]) -> _Bill:
    if bill.base_totals is None:
        raise _missing(f"the totals of {bill.increment_id}")
    return replace(
        bill,
        totals=bill.base_totals,
        lines=tuple(_row(line) for line in bill.lines),
        attributes=_base_columns(bill.attributes, rows),
    )


def _base_columns(attributes: Mapping[str, Scalar], rows: Sequence[TotalRow]) -> Mapping[str, Scalar]:
    """The attributes with the columns of `totals` in the base currency; a column without a base side is left out."""
    changed = dict(attributes)
    for row in rows:
        pairs = ((row.column, row.base_column), (row.vat_column, row.base_vat_column))
        for column, base in pairs:
            if column is not None and changed.pop(column, None) is not None:
                named = base or f"base_{column}"
                if named in attributes:
                    changed[column] = attributes[named]
    return changed


def _missing(what: str) -> CannotMap:
    return CannotMap(
        "base_amounts", f"Magento does not hold {what} in the shop's base currency, which `amounts: base` asks for"
    )
