"""What the shop's staff does to orders besides invoicing, shipping and refunding."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sync.demo.openorder import OpenOrder
from sync.demo.stock import Stockroom
from sync.demo.tables import Tables, Value
from sync.demo.tax import ZERO, cents


def cancel(tables: Tables, stockroom: Stockroom, order_id: int) -> float:
    """Stock first, one commit per SKU; then the order in its own transaction. Returns when that was committed.

    What is invoiced stays: an order of which a part is invoiced goes on as processing or complete. Raises `ValueError`
    when nothing is left to cancel.
    """
    with tables.transaction():
        before = OpenOrder(tables, order_id)
    rows = list(before.rows_for(None, "cancel"))
    if not rows:
        raise ValueError(f"order {before.row['increment_id']} has nothing left to cancel")
    stockroom.cancel(order_id, before.row["increment_id"], before.stock_of(rows))
    with tables.transaction():
        order = OpenOrder(tables, order_id)
        quantities = {item["item_id"]: quantity for item, quantity in rows}
        for item in order.items:
            quantity = quantities.get(item["item_id"])
            if quantity is None or not (order.priced(item) or item["parent_item_id"] is None):
                continue
            share = quantity / item["qty_ordered"]
            tax, compensation = item["tax_amount"] or ZERO, item["discount_tax_compensation_amount"] or ZERO
            order.add_item(
                item,
                qty_canceled=quantity,
                tax_canceled=cents(tax * share),
                discount_tax_compensation_canceled=cents(compensation * share),
            )
        for base in ("", "base_"):
            for part, whole in (
                ("subtotal", "subtotal"),
                ("shipping", "shipping_amount"),
                ("tax", "tax_amount"),
                ("discount", "discount_amount"),
            ):
                left = (order.row[f"{base}{whole}"] or ZERO) - (order.row[f"{base}{part}_invoiced"] or ZERO)
                order.set(**{f"{base}{part}_canceled": left})
            paid = order.row[f"{base}total_paid"] or ZERO
            order.set(**{f"{base}total_canceled": order.row[f"{base}grand_total"] - paid})
        if order.row["total_invoiced"]:
            order.settle_state()
        else:
            order.set(state="canceled", status="canceled")
        order.save()
    return time.monotonic()


def hold(tables: Tables, order_id: int) -> float:
    """Put an order on hold; its state is kept in hold_before_state."""
    with tables.transaction():
        order = OpenOrder(tables, order_id)
        before: dict[str, Value] = {column: order.row[column] for column in ("state", "status")}
        order.set(
            state="holded",
            status="holded",
            hold_before_state=before["state"],
            hold_before_status=before["status"],
        )
        order.save()
    return time.monotonic()


def unhold(tables: Tables, order_id: int) -> float:
    """Give a held order its state back. Raises `ValueError` when it is not on hold."""
    with tables.transaction():
        order = OpenOrder(tables, order_id)
        if order.row["state"] != "holded":
            raise ValueError(f"order {order.row['increment_id']} is not on hold")
        order.set(
            state=order.row["hold_before_state"],
            status=order.row["hold_before_status"],
            hold_before_state=None,
            hold_before_status=None,
        )
        order.save()
    return time.monotonic()


def comment(tables: Tables, order_id: int, text: str, status: str | None = None) -> float:
    """A comment on the order; its own row changes only when `status` does."""
    with tables.transaction():
        row = tables.row("sales_order", entity_id=order_id)
        tables.insert(
            "sales_order_status_history",
            {
                "parent_id": order_id,
                "is_customer_notified": 0,
                "comment": text,
                "status": status or row["status"],
                "entity_name": "order",
            },
        )
        if status and status != row["status"]:
            tables.update("sales_order", {"status": status}, entity_id=order_id)
            tables.update("sales_order_grid", {"status": status}, entity_id=order_id)
    return time.monotonic()


def edit_address(tables: Tables, order_id: int, kind: str, changes: dict[str, Value]) -> float:
    """Change an order address, then the grids, each by itself; sales_order is not touched."""
    tables.update("sales_order_address", changes, parent_id=order_id, address_type=kind)
    committed_at = time.monotonic()
    row = tables.row("sales_order_address", parent_id=order_id, address_type=kind)
    flat = ",".join((row["street"] or "", row["city"] or "", row["postcode"] or ""))
    tables.update("sales_order_grid", {f"{kind}_address": flat}, entity_id=order_id)
    for grid in ("sales_invoice_grid", "sales_shipment_grid", "sales_creditmemo_grid"):
        tables.update(grid, {f"{kind}_address": flat}, order_id=order_id)
    return committed_at


def mass_update(tables: Tables, order_ids: Sequence[int] | None, changes: dict[str, Value]) -> float:
    """One statement over many orders, as third-party modules and people with SQL do; None: over all of them."""
    setting = ", ".join(f"{column} = %s" for column in changes)
    values = list(changes.values())
    sql = f"UPDATE {tables.name('sales_order')} SET {setting}"
    if order_ids is not None:
        if not order_ids:
            return time.monotonic()
        sql += f" WHERE entity_id IN ({', '.join(['%s'] * len(order_ids))})"
        values += list(order_ids)
    tables.execute(sql, values)
    return time.monotonic()
