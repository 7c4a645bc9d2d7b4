"""After a gap in the binlog: which keys may have changed since a time, as far as the tables themselves can tell.

`updated_at` moves with most saves, in whole seconds and by the server's clock; address edits, base prices, deletes and
cascades leave no trace there. Ids only grow: what came into being since a known id is found without any clock.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cdc.keys import Kind
from cdc.layout import Layout, Reader
from cdc.rows import moment, text

PAGE = 20_000
"""Ids in one answer: a gap of months must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table whose rows tell by the time in `when` that the key in `column` may have changed."""

    kind: Kind
    table: str
    column: str
    when: str


SOURCES = (
    Source("order", "sales_order", "entity_id", "updated_at"),
    Source("order", "sales_invoice", "order_id", "updated_at"),
    Source("order", "sales_shipment", "order_id", "updated_at"),
    Source("order", "sales_creditmemo", "order_id", "updated_at"),
    Source("order", "sales_order_status_history", "parent_id", "created_at"),
    Source("customer", "customer_entity", "entity_id", "updated_at"),
    Source("customer", "customer_address_entity", "parent_id", "updated_at"),
    Source("product", "catalog_product_entity", "entity_id", "updated_at"),
)

_OWN = {"order": "sales_order", "customer": "customer_entity", "product": "catalog_product_entity"}


@dataclass(frozen=True, slots=True)
class Who:
    """What tells an order from another one that has its id after a restore. `created_at` is aware UTC."""

    increment_id: str
    created_at: datetime


def changed(reader: Reader, layout: Layout, source: Source, seconds: int, after: int) -> list[int]:
    """A page of the ids beyond `after` whose rows in `source` say that they changed in the last `seconds`, sorted.

    The seconds are counted by the server's own clock, which may be another than ours.
    """
    if not layout.has(source.table, source.when):
        return []
    rows = reader.rows(
        f"SELECT DISTINCT {source.column} AS id FROM {layout.quoted(source.table)}"
        f" WHERE {source.when} >= UTC_TIMESTAMP() - INTERVAL %s SECOND AND {source.column} > %s"
        " ORDER BY 1 LIMIT %s",
        (seconds, after, PAGE),
    )
    return [int(row["id"]) for row in rows]


def newer(reader: Reader, layout: Layout, kind: Kind, after: int) -> list[int]:
    """A page of the ids of a kind beyond `after`, sorted."""
    rows = reader.rows(
        f"SELECT DISTINCT entity_id AS id FROM {layout.quoted(_OWN[kind])} WHERE entity_id > %s ORDER BY 1 LIMIT %s",
        (after, PAGE),
    )
    return [int(row["id"]) for row in rows]


def orders_there(reader: Reader, layout: Layout, ids: Collection[int]) -> dict[int, Who]:
    """Who the orders with these ids are; one that is gone is left out."""
    if not ids:
        return {}
    rows = reader.rows(
        f"SELECT entity_id, increment_id, created_at FROM {layout.quoted('sales_order')} WHERE entity_id IN %s",
        (sorted(ids),),
    )
    return {int(row["entity_id"]): Who(text(row, "increment_id"), moment(row, "created_at")) for row in rows}
