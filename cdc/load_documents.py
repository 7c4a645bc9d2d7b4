"""An order's invoices, shipments and credit memos, and the totals that all of them share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Literal

from cdc.columns import columns_to_read
from cdc.layout import Layout, Reader
from cdc.models import CreditMemo, Invoice, OrderLine, Shipment, SubLine, Totals
from cdc.rows import NO_MONEY, Row, attributes, base_amounts, moment, money, text, whole, whole_or_none

_INVOICE_STATES: dict[int, Literal["open", "paid", "canceled"]] = {1: "open", 2: "paid", 3: "canceled"}
_MEMO_STATES: dict[int, Literal["open", "refunded", "canceled"]] = {1: "open", 2: "refunded", 3: "canceled"}


_BASE_COMPENSATION = "shipping_discount_tax_compensation_amnt"
"""How Magento names the base column of shipping_discount_tax_compensation_amount."""


def build_totals(row: Row, weee: Decimal, *, adjusted: bool = False, base: str = "") -> Totals:
    """The totals of an order, invoice or credit memo row; with `base` ``base_`` those in the shop's base currency.

    `weee` is the sum of the lines' fixed taxes. Whether Magento counted it in the subtotal is a setting that may have
    changed since, so it stands in the totals only where the identity then leaves less over. `adjusted` says that the
    row's adjustments are part of its own total; a sales_order row repeats those of its credit memos, which are not.
    """

    def named(column: str) -> Decimal:
        return money(row, f"{base}{column}")

    compensation = _BASE_COMPENSATION if base else "shipping_discount_tax_compensation_amount"

    def of(amount: Decimal) -> Totals:
        return Totals(
            subtotal=named("subtotal"),
            shipping=named("shipping_amount"),
            shipping_tax=named("shipping_tax_amount"),
            shipping_incl_tax=named("shipping_incl_tax"),
            shipping_discount=named("shipping_discount_amount"),
            tax=named("tax_amount"),
            discount=named("discount_amount"),
            discount_tax_compensation=named("discount_tax_compensation_amount"),
            shipping_discount_tax_compensation=named(compensation),
            weee=amount,
            adjustment_positive=named("adjustment_positive") if adjusted else NO_MONEY,
            adjustment_negative=named("adjustment_negative") if adjusted else NO_MONEY,
            grand_total=named("grand_total"),
        )

    without = of(NO_MONEY)
    if not weee:
        return without
    beside = of(weee)
    return beside if abs(beside.residue) < abs(without.residue) else without


def load_invoices(reader: Reader, layout: Layout, order_id: int, lines: Sequence[OrderLine]) -> tuple[Invoice, ...]:
    """The order's invoices, oldest first."""
    headers, third_party = _headers(reader, layout, "sales_invoice", order_id)
    sub_lines = _sub_lines(reader, layout, "sales_invoice", order_id) if headers else {}
    return tuple(
        Invoice(
            id=int(row["entity_id"]),
            increment_id=text(row, "increment_id"),
            state=_INVOICE_STATES.get(whole(row, "state", 1), "open"),
            created_at=moment(row, "created_at"),
            totals=build_totals(row, _weee(sub_lines.get(int(row["entity_id"]), ()), lines)),
            lines=sub_lines.get(int(row["entity_id"]), ()),
            base_totals=build_totals(
                row, _weee(sub_lines.get(int(row["entity_id"]), ()), lines, base=True), base="base_"
            ),
            attributes=attributes(row, third_party),
        )
        for row in headers
    )


def load_shipments(reader: Reader, layout: Layout, order_id: int) -> tuple[Shipment, ...]:
    """The order's shipments, oldest first."""
    headers, _ = _headers(reader, layout, "sales_shipment", order_id)
    sub_lines = _sub_lines(reader, layout, "sales_shipment", order_id) if headers else {}
    return tuple(
        Shipment(
            id=int(row["entity_id"]),
            increment_id=text(row, "increment_id"),
            created_at=moment(row, "created_at"),
            lines=sub_lines.get(int(row["entity_id"]), ()),
        )
        for row in headers
    )


def load_credit_memos(
    reader: Reader, layout: Layout, order_id: int, lines: Sequence[OrderLine]
) -> tuple[CreditMemo, ...]:
    """The order's credit memos, oldest first."""
    headers, third_party = _headers(reader, layout, "sales_creditmemo", order_id)
    sub_lines = _sub_lines(reader, layout, "sales_creditmemo", order_id) if headers else {}
    return tuple(
        CreditMemo(
            id=int(row["entity_id"]),
            increment_id=text(row, "increment_id"),
            state=_MEMO_STATES.get(whole(row, "state", 1), "open"),
            created_at=moment(row, "created_at"),
            invoice_id=whole_or_none(row, "invoice_id"),
            totals=build_totals(row, _weee(sub_lines.get(int(row["entity_id"]), ()), lines), adjusted=True),
            lines=sub_lines.get(int(row["entity_id"]), ()),
            base_totals=build_totals(
                row, _weee(sub_lines.get(int(row["entity_id"]), ()), lines, base=True), adjusted=True, base="base_"
            ),
            attributes=attributes(row, third_party),
        )
        for row in headers
    )


def money_carriers_weee(lines: Iterable[OrderLine], *, base: bool = False) -> Decimal:
    """The order's fixed taxes: those of the lines that carry money."""
    return sum((_charge(line, base) for line in lines if line.carries_money), NO_MONEY)


def _weee(sub_lines: Sequence[SubLine], lines: Sequence[OrderLine], *, base: bool = False) -> Decimal:
    silent = {line.id for line in lines if not line.carries_money}
    return sum((_charge(line, base) for line in sub_lines if line.order_item_id not in silent), NO_MONEY)


def _charge(line: OrderLine | SubLine, base: bool) -> Decimal:
    if not base:
        return line.weee_amount
    return line.base.weee_amount if line.base is not None else NO_MONEY


def _headers(reader: Reader, layout: Layout, table: str, order_id: int) -> tuple[list[dict[str, Any]], list[str]]:
    columns, third_party = columns_to_read(table, layout.tables.get(table, {}))
    rows = reader.rows(
        f"SELECT {layout.selected((*columns, *third_party))} FROM {layout.quoted(table)}"
        " WHERE order_id = %s ORDER BY entity_id",
        (order_id,),
    )
    return rows, third_party


def _sub_lines(reader: Reader, layout: Layout, table: str, order_id: int) -> dict[int, tuple[SubLine, ...]]:
    columns, _ = columns_to_read(f"{table}_item", layout.tables.get(f"{table}_item", {}))
    rows = reader.rows(
        f"SELECT {layout.selected(columns, 'i')} FROM {layout.quoted(table)} p JOIN {layout.quoted(f'{table}_item')} i"
        " ON i.parent_id = p.entity_id WHERE p.order_id = %s ORDER BY i.entity_id",
        (order_id,),
    )
    found: dict[int, list[SubLine]] = {}
    for row in rows:
        found.setdefault(int(row["parent_id"]), []).append(
            SubLine(
                id=int(row["entity_id"]),
                order_item_id=whole(row, "order_item_id"),
                product_id=whole_or_none(row, "product_id"),
                sku=text(row, "sku"),
                name=text(row, "name"),
                qty=money(row, "qty"),
                row_total=money(row, "row_total"),
                discount_amount=money(row, "discount_amount"),
                discount_tax_compensation=money(row, "discount_tax_compensation_amount"),
                tax_amount=money(row, "tax_amount"),
                weee_amount=money(row, "weee_tax_applied_row_amount"),
                base=base_amounts(row),
            )
        )
    return {parent: tuple(lines) for parent, lines in found.items()}
