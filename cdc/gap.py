"""After a gap in the binlog: which keys may have changed since a time, as far as the tables themselves can tell.

`updated_at` moves with most saves, in whole seconds; address edits, comments and deletes leave no trace there.
"""

from __future__ import annotations

from datetime import UTC, datetime

from cdc.keys import Key, Kind
from cdc.layout import Layout, Reader

_SOURCES: tuple[tuple[Kind, str, str, str], ...] = (
    ("order", "sales_order", "entity_id", "updated_at"),
    ("order", "sales_invoice", "order_id", "updated_at"),
    ("order", "sales_shipment", "order_id", "updated_at"),
    ("order", "sales_creditmemo", "order_id", "updated_at"),
    ("customer", "customer_entity", "entity_id", "updated_at"),
    ("customer", "customer_address_entity", "parent_id", "updated_at"),
    ("product", "catalog_product_entity", "entity_id", "updated_at"),
)


def changed_since(reader: Reader, layout: Layout, since: datetime) -> list[Key]:
    """Orders, customers and products whose rows say that they changed at or after `since` (aware UTC)."""
    at = since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    keys: dict[Key, None] = {}
    for kind, table, column, when in _SOURCES:
        if not layout.has(table):
            continue
        rows = reader.rows(
            f"SELECT DISTINCT {column} AS id FROM {layout.quoted(table)} WHERE {when} >= %s ORDER BY 1", (at,)
        )
        keys.update({Key(kind, str(row["id"])): None for row in rows if row["id"] is not None})
    return list(keys)
