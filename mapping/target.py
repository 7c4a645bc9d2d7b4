"""The amounts that a document stands for: Magento's own invoices, or what was ordered less what was cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cdc.models import CreditMemo, Invoice, Order, OrderLine, SubLine, Totals
from mapping.charges import Charge, explained, merged
from mapping.money import ZERO, cents, total
from mapping.plan import Amounts
from mapping.problems import CannotMap
from mapping.settings.totals import TotalRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLine:
    """An order line's share in the document. `list_net` is before and `net` after the discount; all two decimals."""

    line: OrderLine
    quantity: Decimal
    list_net: Decimal
    net: Decimal
    vat: Decimal
    weee: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the document must come to. Shipping is net after its discount of `shipping_discount` net; `charges` are what
    `totals` maps.

    `loose_discount` is what Magento's total discount has over that of the lines and of shipping.
    """

    lines: tuple[TargetLine, ...]
    shipping: Decimal
    shipping_vat: Decimal
    amounts: Amounts
    shipping_discount: Decimal = ZERO
    charges: tuple[Charge, ...] = ()
    loose_discount: Decimal = ZERO


def active_invoices(order: Order) -> tuple[Invoice, ...]:
    """The order's Magento invoices that are not cancelled."""
    return tuple(i for i in order.invoices if i.state != "canceled")


def ordered(order: Order, rows: Sequence[TotalRow] = ()) -> Target:
    """What was ordered, less what was cancelled; `rows` are the profile's `totals`.

    Raises `CannotMap` (``totals_residue``).
    """
    totals = order.totals
    found = explained(totals, order.attributes, rows, weee=_weee(order.lines))
    lines = tuple(_ordered_line(line) for line in order.lines)
    whole = all(line.qty_canceled == 0 for line in order.lines) and order.shipping_canceled == 0
    left = totals.shipping - order.shipping_canceled
    part = left / totals.shipping if totals.shipping else Decimal(1)
    shipping = cents((totals.shipping - totals.shipping_discount + totals.shipping_discount_tax_compensation) * part)
    shipping_vat = cents(totals.shipping_tax * part)
    if whole:
        gross, vat = cents(totals.grand_total), cents(totals.tax) + found.vat_beside
    elif found.charges:
        raise CannotMap(
            "totals_residue",
            "part of the order was cancelled, and Magento does not say how much is left of "
            f"{', '.join(rows[charge.row].name for charge in found.charges)}; invoice the rest in Magento, or book it "
            "by hand",
        )
    else:
        money = [t for t in lines if t.line.carries_money]
        vat = total(t.vat for t in money) + shipping_vat
        gross = total(t.net + t.weee for t in money) + shipping + vat
    return Target(
        lines=lines,
        shipping=shipping,
        shipping_discount=cents(left) - shipping,
        shipping_vat=shipping_vat,
        amounts=Amounts(gross - vat, vat, gross),
        charges=found.charges,
        loose_discount=_loose(totals, order.lines, totals.shipping_discount) if whole else ZERO,
    )


def invoiced(order: Order, invoices: Sequence[Invoice | CreditMemo], rows: Sequence[TotalRow] = ()) -> Target:
    """The sum of Magento invoices, or of credit memos; `rows` are the profile's `totals`.

    Raises `CannotMap` (``totals_residue``).
    """
    silent = {line.id for line in order.lines if not line.carries_money}
    found = merged(
        explained(
            invoice.totals,
            invoice.attributes,
            rows,
            weee=_weee(row for row in invoice.lines if row.order_item_id not in silent),
            of_order=order.attributes,
        )
        for invoice in invoices
    )
    billed: dict[int, list[SubLine]] = {}
    for invoice in invoices:
        for row in invoice.lines:
            billed.setdefault(row.order_item_id, []).append(row)
    by_id = {line.id: line for line in order.lines}
    lines = tuple(_invoiced_line(line, billed, by_id) for line in order.lines)
    gross = cents(total(i.totals.grand_total for i in invoices))
    vat = cents(total(i.totals.tax for i in invoices)) + found.vat_beside
    shipping = _invoiced_shipping(order, invoices, lines, gross - vat - total(c.net for c in found.charges))
    return Target(
        lines=lines,
        shipping=shipping,
        shipping_discount=cents(total(i.totals.shipping for i in invoices)) - shipping,
        shipping_vat=cents(total(i.totals.shipping_tax for i in invoices)),
        amounts=Amounts(gross - vat, vat, gross),
        charges=found.charges,
        loose_discount=total(
            _loose(i.totals, [row for row in i.lines if row.order_item_id not in silent], i.totals.shipping_discount)
            for i in invoices
        )
        if order.totals.shipping_discount == 0
        else ZERO,
    )


def _ordered_line(line: OrderLine) -> TargetLine:
    """What is left of a line, in proportion: Magento keeps `tax_canceled` in the base currency on orders in another."""
    quantity = line.qty_ordered - line.qty_canceled
    whole = line.qty_canceled == 0 or line.qty_ordered == 0
    share = Decimal(1) if whole else quantity / line.qty_ordered
    return TargetLine(
        line=line,
        quantity=quantity,
        list_net=cents(line.row_total * share),
        net=cents(line.net * share),
        vat=cents(line.tax_amount * share),
        weee=cents(line.weee_amount * share),
    )


def _invoiced_line(line: OrderLine, rows: dict[int, list[SubLine]], by_id: dict[int, OrderLine]) -> TargetLine:
    own = rows.get(line.id, [])
    quantity = total(r.qty for r in own)
    parent = by_id.get(line.parent_id) if line.parent_id is not None else None
    if not quantity and not line.carries_money and parent is not None and parent.qty_ordered:
        quantity = line.qty_ordered * total(r.qty for r in rows.get(parent.id, [])) / parent.qty_ordered
    return TargetLine(
        line=line,
        quantity=quantity,
        list_net=cents(total(r.row_total for r in own)),
        net=cents(total(r.net for r in own)),
        vat=cents(total(r.tax_amount for r in own)),
        weee=cents(total(r.weee_amount for r in own)),
    )


def _invoiced_shipping(
    order: Order, invoices: Sequence[Invoice | CreditMemo], lines: Sequence[TargetLine], net: Decimal
) -> Decimal:
    """Shipping net after its discount.

    sales_invoice has no column for the discount on shipping; it is what the invoice's discount has over its lines'.
    `net` is the document's without charges.
    """
    before = total(i.totals.shipping + i.totals.shipping_discount_tax_compensation for i in invoices)
    known = total(i.totals.shipping_discount for i in invoices)
    if known or order.totals.shipping_discount == 0:
        return cents(before - known)
    left = net - total(t.net + t.weee for t in lines if t.line.carries_money)
    return left if ZERO <= left <= cents(before) else cents(before)


def _loose(totals: Totals, lines: Iterable[OrderLine | SubLine], shipping: Decimal) -> Decimal:
    money = [line for line in lines if not isinstance(line, OrderLine) or line.carries_money]
    return max(ZERO, cents(-totals.discount - shipping - total(line.discount_amount for line in money)))


def no_debt(target: Target) -> None:
    """Refuse what comes to less than nothing: e-conomic would book it as a credit note.

    Raises `CannotMap` (``negative_total``).
    """
    if target.amounts.gross < 0:
        raise CannotMap(
            "negative_total",
            f"the document would come to {target.amounts.gross:.2f}, which e-conomic would book as a credit note; look "
            "at it in Magento, and book it by hand",
        )


def _weee(lines: Iterable[OrderLine | SubLine]) -> Decimal:
    return total(line.weee_amount for line in lines if not isinstance(line, OrderLine) or line.carries_money)
