"""An order that the shop's staff works on: its rows as they are, and what changes before it is saved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sync.demo.tables import Row, Tables, Value
from sync.demo.tax import ZERO

Item = dict[str, Any]
Wanted = Mapping[str, Decimal | int]
"""Quantities by SKU of an order's top rows (a configurable's row has its child's SKU)."""


_PAYMENT = (
    "entity_id, amount_paid, base_amount_paid, shipping_captured, base_shipping_captured, "
    "amount_refunded, base_amount_refunded, shipping_refunded, base_shipping_refunded"
)


class OpenOrder:
    """One order locked inside a transaction. Raises `LookupError` when there is no such order."""

    def __init__(self, tables: Tables, order_id: int) -> None:
        self.tables = tables
        self.row = tables.row("sales_order", entity_id=order_id, lock=True)
        self.items: list[Item] = tables.rows("sales_order_item", order_id=order_id, order="item_id")
        self.payment = tables.row("sales_order_payment", columns=_PAYMENT, parent_id=order_id)
        self._changes: dict[str, Row] = {"order": {}, "payment": {}, "grid": {}}
        self._item_changes: dict[int, Row] = {}
        self._history: Row = {}

    @property
    def id(self) -> int:
        """entity_id."""
        return int(self.row["entity_id"])

    def set(self, **changes: Value) -> None:
        """Change columns of sales_order; status and the totals of the grid follow."""
        self.row.update(changes)
        self._changes["order"].update(changes)
        for column in ("status", "total_paid", "base_total_paid", "total_refunded"):
            if column in changes:
                self._changes["grid"][column] = changes[column]

    def add(self, **amounts: Decimal) -> None:
        """Add to columns of sales_order, NULL counting as nothing."""
        self.set(**{column: (self.row[column] or ZERO) + amount for column, amount in amounts.items()})

    def add_payment(self, **amounts: Decimal) -> None:
        """Add to columns of sales_order_payment."""
        for column, amount in amounts.items():
            self.payment[column] = self._changes["payment"][column] = (self.payment[column] or ZERO) + amount

    def add_item(self, item: Item, **amounts: Decimal) -> None:
        """Add to columns of one sales_order_item row."""
        changes = self._item_changes.setdefault(item["item_id"], {})
        for column, amount in amounts.items():
            item[column] = changes[column] = (item[column] or ZERO) + amount

    def note(self, history: Row) -> None:
        """Write a sales_order_status_history row when the order is saved."""
        self._history = history

    def save_item(self, item: Item) -> None:
        """Write one row's changes now."""
        changes = self._item_changes.pop(item["item_id"], None)
        if changes:
            self.tables.update("sales_order_item", changes, item_id=item["item_id"])

    def save(self) -> None:
        """Write what changed: the order, its rows, its payment, a history row, its grid."""
        if self._changes["order"]:
            self.tables.update("sales_order", self._changes["order"], entity_id=self.id)
        for item in self.items:
            self.save_item(item)
        if self._changes["payment"]:
            self.tables.update("sales_order_payment", self._changes["payment"], entity_id=self.payment["entity_id"])
        if self._history:
            self.tables.insert("sales_order_status_history", self._history)
        if self._changes["grid"]:
            self.tables.update("sales_order_grid", self._changes["grid"], entity_id=self.id)
        self._changes, self._history = {"order": {}, "payment": {}, "grid": {}}, {}

    def tops(self) -> list[Item]:
        """The rows without a parent."""
        return [item for item in self.items if item["parent_item_id"] is None]

    def children(self, item: Item) -> list[Item]:
        """The rows below one."""
        return [child for child in self.items if child["parent_item_id"] == item["item_id"]]

    def priced(self, item: Item) -> bool:
        """Whether totals count this row: a dynamic bundle's children instead of it, every other parent itself."""
        parent = next((other for other in self.items if other["item_id"] == item["parent_item_id"]), None)
        if parent is not None:
            return _dynamic(parent)
        return not _dynamic(item)

    def rows_for(self, wanted: Wanted | None, left: str) -> Iterator[tuple[Item, Decimal]]:
        """Rows with a quantity, children following their parents. `wanted` None: all that is `left` (see there)."""
        for top in self.tops():
            open_quantity = getattr(self, f"left_to_{left}")(top)
            quantity = open_quantity if wanted is None else Decimal(wanted.get(top["sku"], 0))
            if quantity > open_quantity:
                raise ValueError(f"{top['sku']}: only {open_quantity:f} left to {left}")
            if quantity > 0:
                yield top, quantity
                for child in self.children(top):
                    yield child, quantity * child["qty_ordered"] / top["qty_ordered"]

    def left_to_invoice(self, item: Item) -> Decimal:
        """Ordered, neither invoiced nor cancelled."""
        return Decimal(item["qty_ordered"] - item["qty_invoiced"] - item["qty_canceled"])

    def left_to_ship(self, item: Item) -> Decimal:
        """Ordered, neither shipped, refunded nor cancelled; nothing of a virtual row."""
        if item["is_virtual"]:
            return ZERO
        gone = max(item["qty_shipped"] + item["qty_canceled"], item["qty_refunded"] + item["qty_canceled"])
        return Decimal(item["qty_ordered"] - gone)

    def left_to_refund(self, item: Item) -> Decimal:
        """Invoiced and not refunded."""
        return Decimal(item["qty_invoiced"] - item["qty_refunded"])

    def left_to_cancel(self, item: Item) -> Decimal:
        """What can still be cancelled: neither invoiced nor shipped."""
        to_invoice = self.left_to_invoice(item)
        return to_invoice if item["is_virtual"] else max(min(to_invoice, self.left_to_ship(item)), ZERO)

    def stock_of(self, rows: list[tuple[Item, Decimal]]) -> dict[str, Decimal]:
        """The quantity per SKU whose stock the rows move."""
        quantities: dict[str, Decimal] = {}
        for item, quantity in rows:
            if item["product_type"] == "simple":
                quantities[item["sku"]] = quantities.get(item["sku"], ZERO) + quantity
        return quantities

    def settle_state(self) -> None:
        """Move the state as Magento's state handler does after an invoice, shipment or credit memo."""
        open_invoice = any(self.left_to_invoice(top) > 0 for top in self.tops())
        open_shipment = any(self.left_to_ship(top) > 0 for top in self.tops())
        open_refund = any(self.left_to_refund(top) > 0 for top in self.tops())
        refunded = any(top["qty_refunded"] > 0 for top in self.tops())
        if self.row["state"] in ("new", "processing", "complete") and refunded and not (open_invoice or open_refund):
            self.set(state="closed", status="closed")
        elif self.row["state"] in ("new", "processing") and not (open_invoice or open_shipment):
            self.set(state="complete", status="complete")
        elif self.row["state"] == "new":
            self.set(state="processing", status="processing")


def _dynamic(item: Item) -> bool:
    if item["product_type"] != "bundle":
        return False
    return bool(json.loads(item["product_options"])["product_calculations"] == 0)
