"""From what people type to an entity id: an increment id, an e-mail, a SKU, or ``id:17``.

Facts: an increment id is unique per store view only, an e-mail per website where accounts are per website, and a SKU
not at all in the database, whose collation also takes upper for lower case and ignores trailing spaces.
"""

from __future__ import annotations

import re
from typing import Any

from cdc.errors import AmbiguousReference
from cdc.layout import Layout, Reader
from cdc.load_product import CURRENT_VERSION
from cdc.rows import matching

_BY_ID = re.compile(r"id:\s*([0-9]{1,10})", re.ASCII)


def find_order(reader: Reader, layout: Layout, ref: str) -> int | None:
    """The order with this increment id, or ``id:N``. Raises `AmbiguousReference` naming the stores that share it."""
    order = layout.quoted("sales_order")
    if (order_id := _id(ref)) is not None:
        return _existing(reader, order, order_id)
    rows = matching(
        reader,
        f"SELECT o.entity_id AS id, o.increment_id AS found, s.code AS place FROM {order} o"
        f" LEFT JOIN {layout.quoted('store')} s ON s.store_id = o.store_id"
        " WHERE o.increment_id = %s ORDER BY o.entity_id",
        ref.strip(),
    )
    return _only(ref, rows, "order", "store view")


def find_customer(reader: Reader, layout: Layout, ref: str) -> int | None:
    """The customer with this e-mail, or ``id:N``. Raises `AmbiguousReference` naming the websites that share it."""
    customer = layout.quoted("customer_entity")
    if (customer_id := _id(ref)) is not None:
        return _existing(reader, customer, customer_id)
    rows = matching(
        reader,
        f"SELECT c.entity_id AS id, w.code AS place FROM {customer} c"
        f" LEFT JOIN {layout.quoted('store_website')} w ON w.website_id = c.website_id"
        " WHERE c.email = %s ORDER BY c.entity_id",
        ref.strip(),
    )
    return _only(ref, rows, "customer", "website")


def find_product(reader: Reader, layout: Layout, ref: str) -> int | None:
    """The product with exactly this SKU, byte for byte, or ``id:N``. Raises `AmbiguousReference` for doubles.

    A SKU that looks like ``id:17`` is found by its id only.
    """
    product = layout.quoted("catalog_product_entity")
    current = f" AND {CURRENT_VERSION}" if layout.row_id else ""
    if (product_id := _id(ref)) is not None:
        return _existing(reader, product, product_id, current)
    rows = matching(
        reader,
        f"SELECT entity_id AS id, sku AS found, type_id AS place FROM {product}"
        f" WHERE sku = %s{current} ORDER BY entity_id",
        ref,
    )
    return _only(ref, [row for row in rows if row["found"] == ref], "product", "product")


def _id(ref: str) -> int | None:
    match = _BY_ID.fullmatch(ref.strip())
    return int(match[1]) if match else None


def _existing(reader: Reader, table: str, entity_id: int, more: str = "") -> int | None:
    found = reader.rows(f"SELECT entity_id FROM {table} WHERE entity_id = %s{more}", (entity_id,))
    return entity_id if found else None


def _only(ref: str, rows: list[dict[str, Any]], kind: str, place: str) -> int | None:
    if len(rows) < 2:
        return int(rows[0]["id"]) if rows else None
    places = ", ".join(f"{row['place'] or 'none'} (id:{row['id']})" for row in rows)
    raise AmbiguousReference(
        f"{ref!r} names {len(rows)} {kind}s: {place} {places}",
        hint=f"say which one with id:, for example id:{rows[0]['id']}",
        ids=tuple(int(row["id"]) for row in rows),
    )
