"""What a coupon takes off each row, as Magento_SalesRule spreads it: prices include tax, so does the discount."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sync.demo.catalog import Coupon
from sync.demo.tax import HUNDRED, ZERO, cents


def discounts(coupon: Coupon | None, rows: Sequence[Decimal], rate: Decimal) -> list[Decimal]:
    """The discount of each row; `rows` are the rows' totals including tax, `rate` turns DKK into their currency.

    A percentage is rounded row by row, what rounding took being carried to the next; an amount off the cart is
    spread by the rows' worth and the last row takes the rest. No row is discounted below zero.
    """
    if coupon is None or not rows:
        return [ZERO for _ in rows]
    if coupon.percent:
        return _percent(coupon.percent, rows)
    return _amount(min(cents(coupon.amount * rate), sum(rows, ZERO)), rows)


def _percent(percent: Decimal, rows: Sequence[Decimal]) -> list[Decimal]:
    taken: list[Decimal] = []
    carry = ZERO
    for row in rows:
        exact = row * percent / HUNDRED + carry
        carry = exact - cents(exact)
        taken.append(min(cents(exact), row))
    return taken


def _amount(amount: Decimal, rows: Sequence[Decimal]) -> list[Decimal]:
    whole = sum(rows, ZERO)
    taken: list[Decimal] = []
    carry = ZERO
    for row in rows[:-1]:
        exact = (amount * row / whole if whole else ZERO) + carry
        carry = exact - cents(exact)
        taken.append(min(cents(exact), row))
    return [*taken, min(amount - sum(taken, ZERO), rows[-1])]
