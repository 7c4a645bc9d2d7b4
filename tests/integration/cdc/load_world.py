"""Rows of orders and customers as tests need them, put in the way a shop's own code would."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cdc.shop import Shop
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Row, Tables, Value

_numbers = itertools.count(1)


@dataclass
class World:
    """A database with Magento's tables, a connection that writes, and the shop that loads."""

    server: PrivateMariaDB
    schema: str
    tables: Tables
    shop: Shop

    def order(self, **columns: Value) -> int:
        """A sales_order row: 80.00 net + 20.00 VAT + 39.20 shipping + 9.80 VAT on it."""
        row: Row = {
            "increment_id": f"T{next(_numbers):08}",
            "state": "new",
            "status": "pending",
            "store_id": 1,
            "customer_is_guest": 1,
            "customer_group_id": 0,
            "customer_email": "gæst@example.dk",
            "order_currency_code": "DKK",
            "base_currency_code": "DKK",
            "base_to_order_rate": Decimal("1.0000"),
            "subtotal": Decimal("80.0000"),
            "shipping_amount": Decimal("39.2000"),
            "shipping_tax_amount": Decimal("9.8000"),
            "shipping_incl_tax": Decimal("49.0000"),
            "tax_amount": Decimal("29.8000"),
            "discount_amount": Decimal("0.0000"),
            "grand_total": Decimal("149.0000"),
            "base_grand_total": Decimal("149.0000"),
            "created_at": "2026-12-31 23:30:00",
        }
        return self.tables.insert("sales_order", row | columns)

    def item(self, order_id: int, **columns: Value) -> int:
        """A sales_order_item row: one piece at 80.00 net."""
        row: Row = {
            "order_id": order_id,
            "product_id": 1,
            "product_type": "simple",
            "sku": "000123",
            "name": "Kop",
            "qty_ordered": Decimal("1.0000"),
            "price": Decimal("80.0000"),
            "row_total": Decimal("80.0000"),
            "tax_percent": Decimal("25.0000"),
            "tax_amount": Decimal("20.0000"),
        }
        return self.tables.insert("sales_order_item", row | columns)

    def address(self, order_id: int, kind: str = "billing", **columns: Value) -> int:
        """A sales_order_address row."""
        row: Row = {
            "parent_id": order_id,
            "address_type": kind,
            "firstname": "Søren",
            "lastname": "Æbleø",
            "street": "Nørregade 1\n2. tv",
            "city": "København",
            "postcode": "2100",
            "country_id": "DK",
            "email": "gæst@example.dk",
            "telephone": "12345678",
        }
        return self.tables.insert("sales_order_address", row | columns)

    def execute(self, sql: str, *values: Value) -> None:
        """Any statement."""
        self.tables.execute(sql, values)

    def attribute(self, entity_type: int, code: str, backend: str, **columns: Value) -> int:
        """An eav_attribute row; entity types: 1 customer, 2 customer address, 4 product."""
        row: Row = {
            "entity_type_id": entity_type,
            "attribute_code": code,
            "backend_type": backend,
            "is_user_defined": 1,
        }
        return self.tables.insert("eav_attribute", row | columns)

    def option(self, attribute_id: int, **labels: str) -> int:
        """A select option with labels such as ``s0="Rød", s2="Red"`` by store id."""
        option_id = self.tables.insert("eav_attribute_option", {"attribute_id": attribute_id})
        for store, text in labels.items():
            self.tables.insert(
                "eav_attribute_option_value", {"option_id": option_id, "store_id": int(store[1:]), "value": text}
            )
        return option_id

    def value(self, table: str, entity_id: int, attribute_id: int, value: Value, **columns: Any) -> None:
        """A row of a value table."""
        self.tables.execute(
            f"REPLACE INTO {self.tables.name(table)} ({', '.join(['entity_id', 'attribute_id', 'value', *columns])})"
            f" VALUES ({', '.join(['%s'] * (3 + len(columns)))})",
            (entity_id, attribute_id, value, *columns.values()),
        )
