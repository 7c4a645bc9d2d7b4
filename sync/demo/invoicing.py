"""Invoices: one transaction with the number, the invoice, its rows and what they change on the order."""

from __future__ import annotations

from decimal import Decimal

from sync.demo.openorder import OpenOrder, Wanted
from sync.demo.placing import next_increment_id
from sync.demo.portion import INVOICED, Part, split
from sync.demo.tables import Row
from sync.demo.tax import ZERO

_PAID = 2


def write_invoice(order: OpenOrder, wanted: Wanted | None = None) -> tuple[int, str]:
    """Write an invoice inside the open transaction, before the order itself is saved. Returns its id and number.

    Shipping is charged with the first invoice. Raises `ValueError` when there is nothing left to invoice.
    """
    rows = list(order.rows_for(wanted, "invoice"))
    if not rows:
        raise ValueError(f"order {order.row['increment_id']} has nothing left to invoice")
    parts = split([(item, quantity, order.priced(item)) for item, quantity in rows], INVOICED)
    first = not order.row["total_invoiced"]
    increment_id = next_increment_id(order.tables, "invoice", order.row["store_id"])
    totals = _totals(order, parts, with_shipping=first)
    invoice_id = order.tables.insert("sales_invoice", _invoice_row(order, parts, totals, increment_id))
    for part in parts:
        _write_row(order, invoice_id, part)
    grid = grid_row(order) | {"entity_id": invoice_id, "increment_id": increment_id, "state": _PAID}
    grid |= {"subtotal": totals["subtotal"], "shipping_and_handling": totals.get("shipping_amount") or ZERO}
    grid |= {"grand_total": totals["grand_total"], "base_grand_total": totals["base_grand_total"]}
    order.tables.insert("sales_invoice_grid", grid)
    _charge(order, totals)
    return invoice_id, increment_id


def grid_row(order: OpenOrder) -> Row:
    """What the grids of invoices, shipments and credit memos copy from the order."""
    columns = (
        "store_id, customer_name, customer_email, payment_method, billing_name, billing_address, shipping_address, "
        "shipping_information"
    )
    row: Row = order.tables.row("sales_order_grid", columns=columns, entity_id=order.id)
    row |= {"order_id": order.id, "order_increment_id": order.row["increment_id"]}
    row |= {"order_created_at": order.row["created_at"], "customer_group_id": order.row["customer_group_id"]}
    return row


def document_row(order: OpenOrder) -> Row:
    """What invoices and credit memos copy from the order's own row."""
    copied = (
        "store_id",
        "billing_address_id",
        "shipping_address_id",
        "store_currency_code",
        "order_currency_code",
        "base_currency_code",
        "global_currency_code",
        "base_to_order_rate",
        "base_to_global_rate",
        "store_to_order_rate",
        "store_to_base_rate",
        "discount_description",
    )
    return {column: order.row[column] for column in copied} | {"order_id": order.id}


def item_columns(part: Part) -> Row:
    """A row of an invoice or credit memo, without its parent's id."""
    item = part.item
    copied = ("price", "base_price", "price_incl_tax", "base_price_incl_tax", "base_cost", "product_id", "sku", "name")
    row: Row = {column: item[column] for column in copied} if part.amounts else {}
    row |= {column: item[column] for column in ("price", "base_price", "product_id", "sku", "name")}
    row |= {"qty": part.quantity, "order_item_id": item["item_id"]}
    if part.amounts:
        row |= part.amounts | {"weee_tax_applied": "[]"}
    if not part.amounts.get("discount_amount"):
        row |= {"discount_amount": None, "base_discount_amount": None}
    return row


def sums(parts: list[Part], base: str) -> dict[str, Decimal]:
    """The rows' sums in one currency, by the columns of an invoice; `discount_amount` is negative there."""

    def total(column: str) -> Decimal:
        return sum((part.amount(f"{base}{column}") for part in parts), ZERO)

    return {
        "subtotal": total("row_total"),
        "subtotal_incl_tax": total("row_total_incl_tax"),
        "discount_amount": -total("discount_amount"),
        "tax_amount": total("tax_amount"),
        "discount_tax_compensation_amount": total("discount_tax_compensation_amount"),
    }


def shipping_columns(order: OpenOrder, base: str) -> dict[str, Decimal]:
    """The order's shipping in one currency, by the columns of an invoice; its discount is positive."""
    suffix = "amnt" if base else "amount"
    return {
        "shipping_amount": order.row[f"{base}shipping_amount"] or ZERO,
        "shipping_incl_tax": order.row[f"{base}shipping_incl_tax"] or ZERO,
        "shipping_tax_amount": order.row[f"{base}shipping_tax_amount"] or ZERO,
        "shipping_discount_amount": order.row[f"{base}shipping_discount_amount"] or ZERO,
        "compensation": order.row[f"{base}shipping_discount_tax_compensation_{suffix}"] or ZERO,
    }


def _totals(order: OpenOrder, parts: list[Part], *, with_shipping: bool) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for base in ("", "base_"):
        amounts = sums(parts, base)
        compensation = ZERO
        if with_shipping:
            shipping = shipping_columns(order, base)
            compensation = shipping.pop("compensation")
            amounts["discount_amount"] -= shipping.pop("shipping_discount_amount")
            amounts["tax_amount"] += shipping["shipping_tax_amount"]
            amounts |= shipping
            suffix = "amnt" if base else "amount"
            amounts[f"shipping_discount_tax_compensation_{suffix}"] = compensation
        amounts["grand_total"] = (
            amounts["subtotal"]
            + amounts["discount_amount"]
            + amounts["tax_amount"]
            + amounts["discount_tax_compensation_amount"]
            + amounts.get("shipping_amount", ZERO)
            + compensation
        )
        totals |= {f"{base}{column}": value for column, value in amounts.items()}
    return totals


def _invoice_row(order: OpenOrder, parts: list[Part], totals: dict[str, Decimal], increment_id: str) -> Row:
    quantity = sum((part.quantity for part in parts), ZERO)
    own: Row = {"total_qty": quantity, "state": _PAID, "can_void_flag": 0, "increment_id": increment_id}
    return document_row(order) | own | totals


def _write_row(order: OpenOrder, invoice_id: int, part: Part) -> None:
    order.tables.insert("sales_invoice_item", {"parent_id": invoice_id, **item_columns(part)})
    item = next(item for item in order.items if item["item_id"] == part.item["item_id"])
    order.add_item(item, qty_invoiced=part.quantity)
    for base in ("", "base_"):
        compensation = part.amount(f"{base}discount_tax_compensation_amount")
        order.add_item(item, **{f"{base}discount_tax_compensation_invoiced": compensation})
        if part.amounts:
            order.add_item(
                item,
                **{
                    f"{base}tax_invoiced": part.amount(f"{base}tax_amount"),
                    f"{base}discount_invoiced": part.amount(f"{base}discount_amount"),
                    f"{base}row_invoiced": part.amount(f"{base}row_total"),
                },
            )
    order.save_item(item)


def _charge(order: OpenOrder, totals: dict[str, Decimal]) -> None:
    for base in ("", "base_"):
        grand, shipping = totals[f"{base}grand_total"], totals.get(f"{base}shipping_amount", ZERO)
        order.add(
            **{
                f"{base}discount_invoiced": totals[f"{base}discount_amount"],
                f"{base}shipping_invoiced": shipping,
                f"{base}subtotal_invoiced": totals[f"{base}subtotal"],
                f"{base}tax_invoiced": totals[f"{base}tax_amount"],
                f"{base}discount_tax_compensation_invoiced": totals[f"{base}discount_tax_compensation_amount"],
                f"{base}total_invoiced": grand,
                f"{base}total_paid": grand,
                f"{base}total_due": -grand,
            }
        )
        order.add_payment(**{f"{base}amount_paid": grand, f"{base}shipping_captured": shipping})
