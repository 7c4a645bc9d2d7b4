"""Stock as Magento moves it: reservations with multi source inventory, quantities at checkout without."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal

from sync.demo.cart import PricedLine
from sync.demo.catalog import BY_SKU
from sync.demo.tables import Tables

Quantities = Mapping[str, Decimal]


def stocked(lines: Iterable[PricedLine]) -> dict[str, Decimal]:
    """The quantity of each SKU whose stock the lines move: not of configurables, bundles and services."""
    quantities: dict[str, Decimal] = {}
    for line in lines:
        if line.article.type == "simple":
            quantities[line.sku] = quantities.get(line.sku, Decimal(0)) + line.quantity
    return quantities


class Stockroom:
    """The stock tables of one shop."""

    def __init__(self, tables: Tables, *, msi: bool) -> None:
        self.tables = tables
        self.msi = msi

    def take(self, increment_id: str, lines: Iterable[PricedLine]) -> None:
        """Before the order exists, in commits of its own: reserve with MSI, subtract without."""
        quantities = stocked(lines)
        if not self.msi:
            with self.tables.transaction():
                self._move({sku: -quantity for sku, quantity in quantities.items()})
        else:
            self.reserve("order_placed", "", increment_id, {sku: -quantity for sku, quantity in quantities.items()})

    def give_back_unplaced(self, increment_id: str, lines: Iterable[PricedLine]) -> None:
        """The order's transaction failed: compensate what `take` took."""
        if not self.msi:
            with self.tables.transaction():
                self._move(stocked(lines))
        else:
            self.reserve("order_place_failed", "", increment_id, stocked(lines))

    def reserve(self, event: str, order_id: int | str, increment_id: str, quantities: Quantities) -> None:
        """Append reservations and tell the queue: three statements, autocommits outside a transaction."""
        if not quantities:
            return
        metadata = json.dumps(
            {
                "event_type": event,
                "object_type": "order",
                "object_id": str(order_id),
                "object_increment_id": increment_id,
            },
            separators=(",", ":"),
        )
        self.tables.insert_many(
            "inventory_reservation",
            [
                {"stock_id": 1, "sku": sku, "quantity": quantity, "metadata": metadata}
                for sku, quantity in quantities.items()
            ],
        )
        self.tell_queue(quantities)

    def tell_queue(self, skus: Iterable[str]) -> None:
        """Queue the recount of what can be sold."""
        message = self.tables.insert(
            "queue_message",
            {
                "topic_name": "inventory.reservations.updateSalabilityStatus",
                "body": json.dumps({"skus": list(skus), "stock": 1}),
            },
        )
        self.tables.insert("queue_message_status", {"queue_id": 1, "message_id": message, "status": 2})

    def ship(self, order_id: int, increment_id: str, quantities: Quantities) -> None:
        """Goods leave, inside the shipment's transaction: source, stock item, status, and the reservation ends."""
        if self.msi and quantities:
            self._move_sources({sku: -quantity for sku, quantity in quantities.items()})
            self.reserve("shipment_created", order_id, increment_id, quantities)

    def cancel(self, order_id: int, increment_id: str, quantities: Quantities) -> None:
        """Goods that will not be sent: one commit per SKU before the order's own transaction."""
        for sku, quantity in quantities.items():
            if self.msi:
                self.reserve("order_canceled", order_id, increment_id, {sku: quantity})
            else:
                with self.tables.transaction():
                    self._move({sku: quantity})

    def take_back(self, order_id: int, increment_id: str, shipped: Quantities, unshipped: Quantities) -> None:
        """Refunded goods return, inside the credit memo's transaction; with MSI the unsent ones were only reserved."""
        if not self.msi:
            together = dict(shipped)
            for sku, quantity in unshipped.items():
                together[sku] = together.get(sku, Decimal(0)) + quantity
            self._move(together)
            return
        self._move_sources(shipped)
        if unshipped:
            self.reserve("creditmemo_created", order_id, increment_id, unshipped)
        elif shipped:
            self.tell_queue([])

    def _move_sources(self, quantities: Quantities) -> None:
        for sku, quantity in quantities.items():
            self.tables.add("inventory_source_item", "quantity", quantity, source_code="default", sku=sku)
        for sku, quantity in quantities.items():
            self.tables.add("cataloginventory_stock_item", "qty", quantity, product_id=BY_SKU[sku].id, website_id=0)
        for sku, quantity in quantities.items():
            self.tables.add("cataloginventory_stock_status", "qty", quantity, product_id=BY_SKU[sku].id, stock_id=1)

    def _move(self, quantities: Quantities) -> None:
        if not quantities:
            return
        table = self.tables.name("cataloginventory_stock_item")
        ids = sorted(BY_SKU[sku].id for sku in quantities)
        marks = ", ".join(["%s"] * len(ids))
        self.tables.execute(f"SELECT qty FROM {table} WHERE product_id IN ({marks}) ORDER BY item_id FOR UPDATE", ids)
        cases = " ".join(["WHEN %s THEN qty + %s"] * len(quantities))
        values = [value for sku, quantity in quantities.items() for value in (BY_SKU[sku].id, quantity)]
        self.tables.execute(
            f"UPDATE {table} SET qty = CASE product_id {cases} ELSE qty END WHERE product_id IN ({marks})",
            [*values, *ids],
        )
