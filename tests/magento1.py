"""A Magento 1 shop: two websites, and products, customers and orders that a test puts there, by their own names."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from decimal import Decimal

from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables, Value
from tests.magento1_tables import TABLES

TYPES = {"customer": 1, "customer_address": 2, "catalog_category": 3, "catalog_product": 4}
_TABLE_SOURCE = "eav/entity_attribute_source_table"
_ATTRIBUTES = (
    *((code, "customer", "varchar", "text") for code in ("prefix", "firstname", "middlename", "lastname", "suffix")),
    *((code, "customer", "varchar", "text") for code in ("taxvat", "password_hash", "ean_nummer")),
    *((code, "customer", "int", "text") for code in ("default_billing", "default_shipping")),
    ("gender", "customer", "int", "select"),
    ("branche", "customer", "int", "select"),
    ("email", "customer", "static", "text"),
    *(
        (code, "customer_address", "varchar", "text")
        for code in ("prefix", "firstname", "lastname", "company", "city", "country_id", "region", "postcode")
    ),
    *((code, "customer_address", "varchar", "text") for code in ("telephone", "fax", "vat_id")),
    ("street", "customer_address", "text", "multiline"),
    ("vat_is_valid", "customer_address", "int", "text"),
    ("name", "catalog_category", "varchar", "text"),
    ("name", "catalog_product", "varchar", "text"),
    ("price", "catalog_product", "decimal", "price"),
    ("status", "catalog_product", "int", "select"),
    ("tax_class_id", "catalog_product", "int", "select"),
)
"""Code, entity type, type of values and input of the attributes that every shop has, and of two that merchants add."""


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
        for statement in TABLES:
            tables.execute(statement.format(p=prefix, auto=auto))
        for website_id, code in ((0, "admin"), (1, "base"), (2, "se")):
            tables.insert("core_website", {"website_id": website_id, "code": code})
            tables.insert(
                "core_store",
                {"store_id": website_id, "code": code, "website_id": website_id, "name": code, "is_active": 1},
            )
        for code, type_id in TYPES.items():
            tables.insert("eav_entity_type", {"entity_type_id": type_id, "entity_type_code": code})
            tables.insert(
                "eav_attribute_set",
                {"attribute_set_id": type_id, "entity_type_id": type_id, "attribute_set_name": "Default"},
            )
        for number, (code, kind, backend, shown) in enumerate(_ATTRIBUTES, 101):
            source = _TABLE_SOURCE if code in ("gender", "branche") else "x/y" if shown == "select" else None
            tables.insert(
                "eav_attribute",
                {
                    "attribute_id": number,
                    "entity_type_id": TYPES[kind],
                    "attribute_code": code,
                    "backend_type": backend,
                    "frontend_input": shown,
                    "source_model": source,
                },
            )
        tables.insert_many(
            "tax_class",
            [
                {"class_id": 2, "class_name": "Taxable Goods", "class_type": "PRODUCT"},
                {"class_id": 3, "class_name": "Retail Customer", "class_type": "CUSTOMER"},
            ],
        )
        for group_id, code in enumerate(("NOT LOGGED IN", "General", "Erhverv")):
            tables.insert(
                "customer_group", {"customer_group_id": group_id, "customer_group_code": code, "tax_class_id": 3}
            )
        tables.insert("core_config_data", {"path": "currency/options/base", "value": "DKK"})
        tables.insert("core_config_data", {"path": "tax/calculation/price_includes_tax", "value": "1"})
        tables.insert("cataloginventory_stock", {"stock_id": 1, "stock_name": "Default"})
        for code in ("cataloginventory_stock", "catalog_product_price", "catalogsearch_fulltext"):
            tables.insert("index_process", {"indexer_code": code})
