"""Products that may have stock: by SKU as the server compares them, by id, and page by page.

Facts. A SKU is not unique in the database, and its collation decides what is the same: most take upper for lower case
and letters with for without accents, and ignore spaces at the end (PAD SPACE). Commerce keeps a row for each scheduled
version of a product.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import pymysql

from cdc.layout import Layout, Reader
from cdc.load_product import CURRENT_VERSION
from cdc.models_stock import StockProduct
from cdc.portions import portions
from cdc.rows import BEYOND_CHARSET, Row, text

AT_ONCE = 250
"""Products in one statement."""

TEXTS_AT_ONCE = 100
"""SKUs in one statement: the server opens its table once for each."""


def find_products(reader: Reader, layout: Layout, skus: Collection[str]) -> dict[str, list[StockProduct]]:
    """For each SKU every product that the server takes for it, by entity id; SKUs without any are left out."""
    wanted = list(dict.fromkeys(skus))
    table, versions = layout.quoted("catalog_product_entity"), _versions(layout)
    found = for_each(
        reader,
        wanted,
        lambda mark: f"SELECT {mark} AS mark, entity_id, sku, type_id FROM {table} WHERE sku = %s{versions}",
    )
    return {
        sku: [_product(row) for row in sorted(rows, key=lambda row: int(row["entity_id"]))]
        for sku, rows in found.items()
    }


def load_stock_products(reader: Reader, layout: Layout, ids: Collection[int]) -> dict[int, StockProduct]:
    """The products with these entity ids; those that are gone are left out."""
    rows: list[Row] = []
    for some in portions(sorted(set(ids)), AT_ONCE):
        rows += reader.rows(
            f"SELECT entity_id, sku, type_id FROM {layout.quoted('catalog_product_entity')}"
            f" WHERE entity_id IN %s{_versions(layout)}",
            (some,),
        )
    return {int(row["entity_id"]): _product(row) for row in rows}


def catalog_page(reader: Reader, layout: Layout, after_id: int, limit: int) -> list[StockProduct]:
    """At most `limit` products with a higher entity id, ascending."""
    rows = reader.rows(
        f"SELECT entity_id, sku, type_id FROM {layout.quoted('catalog_product_entity')}"
        f" WHERE entity_id > %s{_versions(layout)} ORDER BY entity_id LIMIT %s",
        (after_id, limit),
    )
    return [_product(row) for row in rows]


def for_each(reader: Reader, texts: Sequence[str], select: Callable[[int], str]) -> dict[str, list[Row]]:
    """The rows that a SELECT with one text as its argument finds for each text, in few statements.

    `select` makes the statement, whose column `mark` is the number given. Which texts are the same is left to the
    server, which one statement with IN (...) would not tell. A text that the column cannot hold finds nothing.
    """
    found: dict[str, list[Row]] = {}
    for some in portions(texts, TEXTS_AT_ONCE):
        for row in _union(reader, some, select):
            found.setdefault(some[int(row["mark"])], []).append(row)
    return found


def _union(reader: Reader, texts: Sequence[str], select: Callable[[int], str]) -> list[Row]:
    marks = range(len(texts))
    try:
        return _ask(reader, texts, marks, select)
    except pymysql.err.OperationalError as error:
        if not error.args or error.args[0] not in BEYOND_CHARSET:
            raise
    return _ask(reader, texts, [mark for mark in marks if max(map(ord, texts[mark]), default=0) <= 0xFFFF], select)


def _ask(reader: Reader, texts: Sequence[str], marks: Sequence[int], select: Callable[[int], str]) -> list[Row]:
    if not marks:
        return []
    sql = " UNION ALL ".join(f"({select(mark)})" for mark in marks)
    return list(reader.rows(sql, tuple(texts[mark] for mark in marks)))


def _versions(layout: Layout) -> str:
    return f" AND {CURRENT_VERSION}" if layout.row_id else ""


def _product(row: Row) -> StockProduct:
    return StockProduct(id=int(row["entity_id"]), sku=text(row, "sku"), type=text(row, "type_id"))
