"""A shop's till, down to the rows that matter for stock: checkouts with a slow payment, and what follows an order."""

from __future__ import annotations

import itertools
import json
import threading
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sync.demo.tables import Row, Tables

Layout = Literal["plain", "msi_default", "msi_source", "magento1"]
LAYOUTS: tuple[Layout, ...] = ("plain", "msi_default", "msi_source", "magento1")
CREATED = "2026-12-05 10:00:00"
SOURCE, STOCK = "butik", 2
"""The source and the stock of `msi_source`."""

_skus = itertools.count(1)


@dataclass(slots=True)
class Checkout:
    """Goods taken or reserved, and no order yet."""

    increment_id: str
    quantity: Decimal


@dataclass(slots=True)
class Placed:
    """An order of one product."""

    id: int
    increment_id: str
    ordered: Decimal
    cancelled: Decimal = Decimal(0)
    shipped: Decimal = Decimal(0)
    booked: Decimal = Decimal(0)

    @property
    def open(self) -> Decimal:
        """What will still leave e-conomic's number."""
        return self.ordered - self.cancelled - self.booked


class Till:
    """One product of one shop; every method is what Magento's own code does to the rows, commit by commit."""

    def __init__(self, tables: Tables, layout: Layout, quantity: int) -> None:
        self.tables = tables
        self.layout = layout
        self.flat = "sales_flat_" if layout == "magento1" else "sales_"
        number = next(_skus)
        self.sku = f"TILL-{number}"
        self._one_at_a_time = threading.Lock()
        self.increments = itertools.count(900_000_000 + number * 1000)
        self.id = self._product(Decimal(quantity))

    @property
    def msi(self) -> bool:
        """Whether checkouts reserve."""
        return self.layout.startswith("msi")

    @property
    def source(self) -> str:
        """The MSI source."""
        return SOURCE if self.layout == "msi_source" else "default"

    @property
    def stock(self) -> int:
        """The MSI stock."""
        return STOCK if self.layout == "msi_source" else 1

    def row(self) -> Decimal:
        """What the row holds."""
        if self.msi:
            found = self.tables.row("inventory_source_item", source_code=self.source, sku=self.sku)["quantity"]
        else:
            found = self.tables.row("cataloginventory_stock_item", product_id=self.id)["qty"]
        return Decimal(found)

    def offer(self) -> Decimal:
        """What a customer could buy now."""
        if not self.msi:
            return self.row()
        rows = self.tables.rows("inventory_reservation", sku=self.sku, stock_id=self.stock)
        return self.row() + sum((Decimal(one["quantity"]) for one in rows), Decimal(0))

    def checkout(self, quantity: int) -> Checkout | None:
        """Somebody begins to pay; None when there is not enough."""
        wanted = Decimal(quantity)
        if self.offer() < wanted:
            return None
        made = Checkout(str(next(self.increments)), wanted)
        if self.msi:
            self._reserve(made.increment_id, "", -wanted, "order_placed")
        else:
            self.tables.add("cataloginventory_stock_item", "qty", -wanted, product_id=self.id)
        return made

    def buy(self, quantity: int) -> Checkout | None:
        """As `checkout`, for customers who come at the same time: looked at and taken in one.

        Magento's own reservations are not that strict; here they are, so that only the pull can sell a piece twice.
        """
        if self.msi:
            with self._one_at_a_time:
                return self.checkout(quantity)
        taken = self.tables.execute(
            f"UPDATE {self.tables.name('cataloginventory_stock_item')} SET qty = qty - %s"
            " WHERE product_id = %s AND qty >= %s",
            [quantity, self.id, quantity],
        )
        return Checkout(str(next(self.increments)), Decimal(quantity)) if taken else None

    def seen_by(self, tables: Tables) -> Till:
        """The same product on another connection."""
        other = copy(self)
        other.tables = tables
        return other

    def arrives(self, checkout: Checkout) -> Placed:
        """The payment came through: the order is there."""
        with self.tables.transaction():
            order_id = self.tables.insert(
                f"{self.flat}order",
                {
                    "increment_id": checkout.increment_id,
                    "state": "new",
                    "status": "pending",
                    "store_id": 1,
                    "created_at": CREATED,
                },
            )
            self.tables.insert(
                f"{self.flat}order_item",
                {
                    "order_id": order_id,
                    "product_id": self.id,
                    "product_type": "simple",
                    "sku": self.sku,
                    "qty_ordered": checkout.quantity,
                },
            )
        return Placed(order_id, checkout.increment_id, checkout.quantity)

    def fails(self, checkout: Checkout) -> None:
        """The payment failed: what was taken is given back."""
        if self.msi:
            self._reserve(checkout.increment_id, "", checkout.quantity, "order_place_failed")
        else:
            self.tables.add("cataloginventory_stock_item", "qty", checkout.quantity, product_id=self.id)

    def cancel(self, order: Placed) -> None:
        """What was neither sent nor booked is cancelled: stock first, in a commit of its own, then the order."""
        quantity = order.ordered - order.cancelled - max(order.shipped, order.booked)
        if quantity <= 0:
            return
        if self.msi:
            self._reserve(order.increment_id, str(order.id), quantity, "order_canceled")
        else:
            self.tables.add("cataloginventory_stock_item", "qty", quantity, product_id=self.id)
        order.cancelled += quantity
        self.tables.update(f"{self.flat}order_item", {"qty_canceled": order.cancelled}, order_id=order.id)

    def ship(self, order: Placed, quantity: int) -> None:
        """Some of it is sent: source and reservation in one transaction; without MSI no quantity moves."""
        sent = min(Decimal(quantity), order.ordered - order.cancelled - order.shipped)
        if sent <= 0:
            return
        order.shipped += sent
        with self.tables.transaction():
            if self.msi:
                self.tables.add("inventory_source_item", "quantity", -sent, source_code=self.source, sku=self.sku)
                if self.layout == "msi_default":
                    self.tables.add("cataloginventory_stock_item", "qty", -sent, product_id=self.id)
                self._reserve(order.increment_id, str(order.id), sent, "shipment_created")
            self.tables.update(f"{self.flat}order_item", {"qty_shipped": order.shipped}, order_id=order.id)

    def returned(self, order: Placed, quantity: int) -> bool:
        """Sent goods come back and are put into stock by a credit memo; whether there were so many."""
        back = Decimal(quantity)
        if order.shipped < back:
            return False
        with self.tables.transaction():
            if self.msi:
                self.tables.add("inventory_source_item", "quantity", back, source_code=self.source, sku=self.sku)
            if self.layout != "msi_source":
                self.tables.add("cataloginventory_stock_item", "qty", back, product_id=self.id)
            self.tables.execute(
                f"UPDATE {self.tables.name(f'{self.flat}order_item')} SET qty_refunded = qty_refunded + %s"
                " WHERE order_id = %s",
                [back, order.id],
            )
        return True

    def edit(self, by: int) -> None:
        """Somebody changes the quantity by hand."""
        if self.msi:
            self.tables.add("inventory_source_item", "quantity", Decimal(by), source_code=self.source, sku=self.sku)
        if self.layout != "msi_source":
            self.tables.add("cataloginventory_stock_item", "qty", Decimal(by), product_id=self.id)

    def _reserve(self, increment_id: str, order_id: str, quantity: Decimal, event: str) -> None:
        metadata = {
            "event_type": event,
            "object_type": "order",
            "object_id": order_id,
            "object_increment_id": increment_id,
        }
        self.tables.insert(
            "inventory_reservation",
            {
                "stock_id": self.stock,
                "sku": self.sku,
                "quantity": quantity,
                "metadata": json.dumps(metadata, separators=(",", ":")),
            },
        )

    def _product(self, quantity: Decimal) -> int:
        entity: Row = {"sku": self.sku, "type_id": "simple", "attribute_set_id": 4}
        product_id = self.tables.insert("catalog_product_entity", entity)
        there = int(quantity > 0)
        self.tables.insert(
            "cataloginventory_stock_item",
            {
                "product_id": product_id,
                "stock_id": 1,
                "qty": quantity,
                "is_in_stock": there,
                "stock_status_changed_auto": 1 - there,
                "manage_stock": 1,
                "use_config_manage_stock": 1,
            },
        )
        for website in (1, 2) if self.layout == "magento1" else (0,):
            self.tables.insert(
                "cataloginventory_stock_status",
                {
                    "product_id": product_id,
                    "website_id": website,
                    "stock_id": 1,
                    "qty": quantity,
                    "stock_status": there,
                },
            )
        if self.msi:
            for source in {"default", self.source}:
                self.tables.insert(
                    "inventory_source_item",
                    {"source_code": source, "sku": self.sku, "quantity": quantity, "status": there},
                )
        return product_id


def sold_from_the_source(tables: Tables) -> None:
    """Let every website sell from the stock of `msi_source`."""
    tables.execute(f"UPDATE {tables.name('inventory_stock_sales_channel')} SET stock_id = %s", [STOCK])
