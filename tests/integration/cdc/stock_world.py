"""What tests of stock put into a fixture shop, and a reader to look with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from cdc.connect import Database
from cdc.layout import Layout, detect_layout
from cdc.snapshot import Snapshot
from cdc.stock_layout import StockLayout, load_stock_layout
from cdc.stock_write import open_stock_session
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Row, Tables


@contextmanager
def reading(server: PrivateMariaDB, schema: str, prefix: str = "") -> Iterator[tuple[Snapshot, Layout]]:
    """A reader on a connection as stock has it, and the layout."""
    connection = open_stock_session(Database.parse(server.url(schema)))
    try:
        reader = Snapshot(connection)
        yield reader, detect_layout(reader, prefix)
    finally:
        connection.close()


def stock_layout(
    server: PrivateMariaDB, schema: str, prefix: str = "", source: str | None = None, outside: tuple[str, ...] = ()
) -> StockLayout:
    """How the shop keeps stock."""
    with reading(server, schema, prefix) as (reader, layout):
        return load_stock_layout(reader, layout, source=source, outside=outside)


def waiting_order(tables: Tables, increment_id: str, *, reserved: bool, product_id: int = 1) -> int:
    """An order of one piece that waits to be sent, with its reservation or, as without MSI, without."""
    sku = str(tables.row("catalog_product_entity", entity_id=product_id)["sku"])
    if reserved:
        named = {
            "event_type": "order_placed",
            "object_type": "order",
            "object_id": "",
            "object_increment_id": increment_id,
        }
        metadata = json.dumps(named, separators=(",", ":")).replace("/", "\\/")
        tables.insert(
            "inventory_reservation", {"stock_id": 1, "sku": sku, "quantity": Decimal(-1), "metadata": metadata}
        )
    order_id = tables.insert("sales_order", {"increment_id": increment_id, "state": "new", "store_id": 1})
    row: Row = {"order_id": order_id, "product_id": product_id, "product_type": "simple", "sku": sku}
    tables.insert("sales_order_item", {**row, "qty_ordered": Decimal(1)})
    return order_id
