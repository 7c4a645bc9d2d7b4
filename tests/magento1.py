"""A Magento 1 shop's tables, as far as stock goes: two websites, and products and orders that a test puts there."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from decimal import Decimal

from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables, Value

STOCK_TABLES = (
    """CREATE TABLE {p}core_website (
      website_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, code VARCHAR(32) UNIQUE, name VARCHAR(64),
      sort_order SMALLINT UNSIGNED NOT NULL DEFAULT 0, default_group_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      is_default SMALLINT UNSIGNED DEFAULT 0)""",
    """CREATE TABLE {p}core_store (
      store_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, code VARCHAR(32) UNIQUE,
      website_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, group_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      name VARCHAR(255) NOT NULL, sort_order SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      is_active SMALLINT UNSIGNED NOT NULL DEFAULT 0)""",
    """CREATE TABLE {p}core_config_data (
      config_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, scope VARCHAR(8) NOT NULL DEFAULT 'default',
      scope_id INT NOT NULL DEFAULT 0, path VARCHAR(255) NOT NULL DEFAULT 'general', value TEXT,
      UNIQUE KEY (scope, scope_id, path))""",
    """CREATE TABLE {p}catalog_product_entity (
      entity_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, entity_type_id SMALLINT UNSIGNED NOT NULL DEFAULT 4,
      attribute_set_id SMALLINT UNSIGNED NOT NULL DEFAULT 4, type_id VARCHAR(32) NOT NULL DEFAULT 'simple',
      sku VARCHAR(64), has_options SMALLINT NOT NULL DEFAULT 0, required_options SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      created_at TIMESTAMP NULL, updated_at TIMESTAMP NULL, KEY (sku))""",
    """CREATE TABLE {p}catalog_product_relation (
      parent_id INT UNSIGNED NOT NULL, child_id INT UNSIGNED NOT NULL, PRIMARY KEY (parent_id, child_id),
      KEY (child_id))""",
    """CREATE TABLE {p}cataloginventory_stock (
      stock_id SMALLINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, stock_name VARCHAR(255))""",
    """CREATE TABLE {p}cataloginventory_stock_item (
      item_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, product_id INT UNSIGNED NOT NULL DEFAULT 0,
      stock_id SMALLINT UNSIGNED NOT NULL DEFAULT 0, qty DECIMAL(12,4) NOT NULL DEFAULT 0,
      min_qty DECIMAL(12,4) NOT NULL DEFAULT 0, use_config_min_qty SMALLINT UNSIGNED NOT NULL DEFAULT 1,
      is_qty_decimal SMALLINT UNSIGNED NOT NULL DEFAULT 0, backorders SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      use_config_backorders SMALLINT UNSIGNED NOT NULL DEFAULT 1, is_in_stock SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      low_stock_date TIMESTAMP NULL, notify_stock_qty DECIMAL(12,4),
      use_config_notify_stock_qty SMALLINT UNSIGNED NOT NULL DEFAULT 1,
      manage_stock SMALLINT UNSIGNED NOT NULL DEFAULT 0, use_config_manage_stock SMALLINT UNSIGNED NOT NULL DEFAULT 1,
      {auto} SMALLINT UNSIGNED NOT NULL DEFAULT 0, UNIQUE KEY (product_id, stock_id), KEY (stock_id))""",
    """CREATE TABLE {p}cataloginventory_stock_status (
      product_id INT UNSIGNED NOT NULL, website_id SMALLINT UNSIGNED NOT NULL, stock_id SMALLINT UNSIGNED NOT NULL,
      qty DECIMAL(12,4) NOT NULL DEFAULT 0, stock_status SMALLINT UNSIGNED NOT NULL,
      PRIMARY KEY (product_id, website_id, stock_id), KEY (stock_id), KEY (website_id))""",
    """CREATE TABLE {p}index_process (
      process_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, indexer_code VARCHAR(32) NOT NULL UNIQUE,
      status VARCHAR(15) NOT NULL DEFAULT 'pending', started_at TIMESTAMP NULL, ended_at TIMESTAMP NULL,
      mode VARCHAR(9) NOT NULL DEFAULT 'real_time')""",
    """CREATE TABLE {p}sales_flat_order (
      entity_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, state VARCHAR(32), status VARCHAR(32),
      store_id SMALLINT UNSIGNED, increment_id VARCHAR(50) UNIQUE, created_at TIMESTAMP NULL, updated_at TIMESTAMP NULL,
      KEY (created_at))""",
    """CREATE TABLE {p}sales_flat_order_item (
      item_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, order_id INT UNSIGNED NOT NULL DEFAULT 0,
      parent_item_id INT UNSIGNED, product_id INT UNSIGNED, product_type VARCHAR(255), sku VARCHAR(255),
      qty_ordered DECIMAL(12,4) DEFAULT 0, qty_canceled DECIMAL(12,4) DEFAULT 0, qty_invoiced DECIMAL(12,4) DEFAULT 0,
      qty_shipped DECIMAL(12,4) DEFAULT 0, qty_refunded DECIMAL(12,4) DEFAULT 0, KEY (order_id))""",
    """CREATE TABLE {p}sales_flat_creditmemo (
      entity_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, order_id INT UNSIGNED NOT NULL, increment_id VARCHAR(50),
      state INT, created_at TIMESTAMP NULL, KEY (order_id))""",
    """CREATE TABLE {p}catalog_product_super_link (
      link_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, product_id INT UNSIGNED NOT NULL DEFAULT 0,
      parent_id INT UNSIGNED NOT NULL DEFAULT 0, UNIQUE KEY (product_id, parent_id), KEY (parent_id))""",
    """CREATE TABLE {p}catalog_product_link (
      link_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, product_id INT UNSIGNED NOT NULL DEFAULT 0,
      linked_product_id INT UNSIGNED NOT NULL DEFAULT 0, link_type_id SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      KEY (product_id), KEY (linked_product_id))""",
    """CREATE TABLE {p}catalog_product_bundle_option (
      option_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, parent_id INT UNSIGNED NOT NULL,
      required SMALLINT UNSIGNED NOT NULL DEFAULT 0, position INT UNSIGNED NOT NULL DEFAULT 0, type VARCHAR(255),
      KEY (parent_id))""",
    """CREATE TABLE {p}catalog_product_bundle_selection (
      selection_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, option_id INT UNSIGNED NOT NULL,
      parent_product_id INT UNSIGNED NOT NULL, product_id INT UNSIGNED NOT NULL,
      position INT UNSIGNED NOT NULL DEFAULT 0, is_default SMALLINT UNSIGNED NOT NULL DEFAULT 0, KEY (option_id),
      KEY (product_id))""",
)
"""The columns that Magento 1.9 and OpenMage give these tables, without those that say nothing of stock."""


@dataclass
class Magento1:
    """The shop's rows. `auto` is the column that says by whom a product was taken out of stock."""

    tables: Tables
    auto: str = "stock_status_changed_auto"
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(100000001))

    def product(self, sku: str, quantity: str = "0", *, kind: str = "simple", parent: int = 0, **item: Value) -> int:
        """A product on both websites, in stock when its quantity is above 0; a variant of `parent` if given."""
        product_id = self.tables.insert("catalog_product_entity", {"sku": sku, "type_id": kind})
        there = item.get("is_in_stock", int(Decimal(quantity) > 0 or kind != "simple"))
        stocked: dict[str, Value] = {
            "product_id": product_id,
            "stock_id": 1,
            "qty": Decimal(quantity),
            "is_in_stock": there,
        }
        self.tables.insert("cataloginventory_stock_item", {**stocked, **item})
        for website in (1, 2):
            self.tables.insert(
                "cataloginventory_stock_status",
                {
                    "product_id": product_id,
                    "website_id": website,
                    "stock_id": 1,
                    "qty": Decimal(quantity),
                    "stock_status": there,
                },
            )
        if parent:
            self.tables.insert("catalog_product_relation", {"parent_id": parent, "child_id": product_id})
            self.tables.insert("catalog_product_super_link", {"parent_id": parent, "product_id": product_id})
        return product_id

    def order(self, *lines: tuple[int, str], **columns: Value) -> int:
        """An order of simple products: ids and quantities. What it takes of their stock is not done here."""
        row: dict[str, Value] = {
            "state": "new",
            "status": "pending",
            "store_id": 1,
            "increment_id": str(next(self._numbers)),
            "created_at": "2026-12-01 10:00:00",
        }
        order_id = self.tables.insert("sales_flat_order", row | columns)
        for product_id, quantity in lines:
            self.item(order_id, product_id=product_id, qty_ordered=Decimal(quantity))
        return order_id

    def item(self, order_id: int, **columns: Value) -> int:
        """A row of an order."""
        row: dict[str, Value] = {"order_id": order_id, "product_type": "simple", "sku": f"S{columns['product_id']!s}"}
        return self.tables.insert("sales_flat_order_item", row | columns)

    def status(self, product_id: int) -> list[tuple[int, Decimal, int]]:
        """Website, quantity and status of its index rows."""
        rows = self.tables.rows("cataloginventory_stock_status", order="website_id", product_id=product_id)
        return [(int(row["website_id"]), row["qty"], int(row["stock_status"])) for row in rows]


def install(server: PrivateMariaDB, schema: str, prefix: str = "", auto: str = "stock_status_changed_auto") -> None:
    """Create the tables, with two websites and the indexers at rest, in an empty database."""
    with server.connect(schema) as connection:
        tables = Tables(connection, prefix)
        tables.execute("SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
        for statement in STOCK_TABLES:
            tables.execute(statement.format(p=prefix, auto=auto))
        for website_id, code in ((0, "admin"), (1, "base"), (2, "se")):
            tables.insert("core_website", {"website_id": website_id, "code": code})
            tables.insert(
                "core_store",
                {"store_id": website_id, "code": code, "website_id": website_id, "name": code, "is_active": 1},
            )
        tables.insert("cataloginventory_stock", {"stock_id": 1, "stock_name": "Default"})
        for code in ("cataloginventory_stock", "catalog_product_price", "catalogsearch_fulltext"):
            tables.insert("index_process", {"indexer_code": code})
