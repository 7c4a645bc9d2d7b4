"""A fixture shop whose stock is written: its products, its indexers' modes, and what its rows hold."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cdc.models_stock import StockProduct, Written
from cdc.stock import StockTables
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables, Value

VIEWS = ("cataloginventory_stock", "inventory", "catalog_product_price", "catalogsearch_fulltext")

_numbers = itertools.count(1)

# As Magento 2.4.6 makes them: a table's trigger for each event, one line per subscribed view
_TRIGGERS = {
    "cataloginventory_stock_item": ("cataloginventory_stock_cl", "product_id", ("qty", "is_in_stock", "manage_stock")),
    "inventory_source_item": ("inventory_cl", "source_item_id", ("quantity", "status")),
}


@dataclass
class StockShop:
    """A database with Magento's tables and a connection that writes as the shop does."""

    server: PrivateMariaDB
    schema: str
    tables: Tables
    closing: ExitStack
    scheduled: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    def stock(self, **options: Any) -> StockTables:
        """The door to its stock, closed at the end of the test."""
        given = {"prefix": self.tables.prefix, **self.options, **options}
        tables = StockTables(self.server.url(self.schema), **given)
        self.closing.callback(tables.close)
        return tables

    def schedule(self, *views: str) -> None:
        """Have these views updated by schedule, with their triggers, and all others on save."""
        self.tables.execute(f"UPDATE {self.tables.name('mview_state')} SET mode = 'disabled'")
        for view in views:
            self.tables.update("mview_state", {"mode": "enabled"}, view_id=view)
        for table, (changelog, column, watched) in _TRIGGERS.items():
            trigger = f"{self.tables.prefix}trg_{table}_after_update"
            self.tables.execute(f"DROP TRIGGER IF EXISTS `{trigger}`")
            if changelog.removesuffix("_cl") in views and self.rows_of(table):
                differs = " OR ".join(f"NOT(NEW.`{one}` <=> OLD.`{one}`)" for one in watched)
                self.tables.execute(
                    f"CREATE TRIGGER `{trigger}` AFTER UPDATE ON {self.tables.name(table)} FOR EACH ROW BEGIN"
                    f" IF ({differs}) THEN INSERT IGNORE INTO {self.tables.name(changelog)} (`entity_id`)"
                    f" VALUES (NEW.`{column}`); END IF; END"
                )

    def rows_of(self, table: str) -> bool:
        """Whether a table is there."""
        return bool(self.tables.execute("SHOW TABLES LIKE %s", (f"{self.tables.prefix}{table}",)))

    def product(
        self,
        quantity: Decimal | int | None = 5,
        *,
        kind: str = "simple",
        sku: str | None = None,
        source: str | None = "default",
        parents: Iterable[StockProduct] = (),
        **item: Value,
    ) -> StockProduct:
        """A product with its stock row and its source's; `item` are columns of the former."""
        number = next(_numbers)
        sku = f"STOCK-{number}" if sku is None else sku
        product_id = self.tables.insert("catalog_product_entity", {"sku": sku, "type_id": kind, "attribute_set_id": 4})
        in_stock = item.get("is_in_stock", 1)
        self.tables.insert(
            "cataloginventory_stock_item",
            {"product_id": product_id, "stock_id": 1, "qty": quantity, "is_in_stock": in_stock, **item},
        )
        self.tables.insert(
            "cataloginventory_stock_status",
            {"product_id": product_id, "website_id": 0, "stock_id": 1, "qty": quantity or 0, "stock_status": in_stock},
        )
        if source and kind == "simple" and self.rows_of("inventory_source_item"):
            self.tables.insert(
                "inventory_source_item",
                {"source_code": source, "sku": sku, "quantity": quantity, "status": in_stock},
            )
        for parent in parents:
            self.link(parent, product_id)
        return StockProduct(id=product_id, sku=sku, type=kind)

    def link(self, parent: StockProduct, child_id: int, *, option: int | None = None) -> None:
        """Make a product a part of a composite one."""
        self.tables.insert("catalog_product_relation", {"parent_id": parent.id, "child_id": child_id})
        if parent.type == "configurable":
            self.tables.insert("catalog_product_super_link", {"parent_id": parent.id, "product_id": child_id})
        elif parent.type == "grouped":
            self.tables.insert(
                "catalog_product_link", {"product_id": parent.id, "linked_product_id": child_id, "link_type_id": 3}
            )
        elif option is not None:
            self.tables.insert(
                "catalog_product_bundle_selection",
                {"option_id": option, "parent_product_id": parent.id, "product_id": child_id},
            )

    def option(self, bundle: StockProduct, *, required: bool) -> int:
        """An option of a bundle."""
        return self.tables.insert(
            "catalog_product_bundle_option", {"parent_id": bundle.id, "required": int(required), "type": "select"}
        )

    def reserve(
        self, product: StockProduct, quantity: int, increment_id: str, *, stock: int = 1, metadata: str | None = None
    ) -> None:
        """A reservation of an order that has this increment id or will have it."""
        told = {"event_type": "order_placed", "object_type": "order", "object_id": ""}
        self.tables.insert(
            "inventory_reservation",
            {
                "stock_id": stock,
                "sku": product.sku,
                "quantity": quantity,
                "metadata": metadata
                if metadata is not None
                else json.dumps({**told, "object_increment_id": increment_id}, separators=(",", ":")),
            },
        )

    def order(self, product: StockProduct, quantity: int, increment_id: str, **columns: Value) -> int:
        """An order of one line."""
        order_id = self.tables.insert(
            "sales_order", {"increment_id": increment_id, "state": "new", "store_id": 1, **columns}
        )
        self.tables.insert(
            "sales_order_item",
            {
                "order_id": order_id,
                "product_id": product.id,
                "product_type": "simple",
                "sku": product.sku,
                "qty_ordered": quantity,
            },
        )
        return order_id

    def item(self, product: StockProduct) -> dict[str, Any]:
        """Its row of cataloginventory_stock_item."""
        return self.tables.row("cataloginventory_stock_item", product_id=product.id)

    def flags(self, product: StockProduct) -> tuple[Decimal, int, int]:
        """(qty, is_in_stock, stock_status_changed_auto)."""
        row = self.item(product)
        return row["qty"], row["is_in_stock"], row["stock_status_changed_auto"]

    def source(self, product: StockProduct, code: str = "default") -> tuple[Decimal, int]:
        """(quantity, status) of a source."""
        row = self.tables.row("inventory_source_item", sku=product.sku, source_code=code)
        return row["quantity"], row["status"]

    def status(self, product: StockProduct) -> tuple[Decimal, int] | None:
        """(qty, stock_status) of the default stock, None without a row."""
        rows = self.tables.rows("cataloginventory_stock_status", product_id=product.id)
        return (rows[0]["qty"], rows[0]["stock_status"]) if rows else None

    def queued(self, changelog: str, *products: StockProduct) -> list[bool]:
        """Which of the products stand in a changelog."""
        ids = {row["entity_id"] for row in self.tables.rows(changelog)}
        return [product.id in ids for product in products]

    def indexers(self) -> dict[str, str]:
        """The indexers' status."""
        return {row["indexer_id"]: row["status"] for row in self.tables.rows("indexer_state")}


def write(stock: StockTables, product: StockProduct, quantity: Decimal | int | str) -> Written:
    """Write a quantity, whatever the rows hold."""
    written = stock.apply(product, [], stock.newest_order(), lambda _: Decimal(quantity))
    assert written is not None
    return written
