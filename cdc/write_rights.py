"""The rights that writing into Magento needs, table by table; reading what decides is part of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from cdc import product_fields
from cdc.layout import Edition, Layout, Reader
from cdc.stock_columns import EVERYWHERE, FAMILIES, MAGENTO_1, MAGENTO_2, MSI
from cdc.stock_layout import StockLayout

Pull = Literal["stock", "products"]

QUEUES = ("cataloginventory_stock_cl", "catalog_product_price_cl", "catalogsearch_fulltext_cl")
"""Tables of changes that stock is told to; inventory_cl is filled by a trigger, with Magento's own rights."""

_STOCK: Mapping[str, str] = {
    "cataloginventory_stock_item": "UPDATE",
    "cataloginventory_stock_status": "INSERT, UPDATE, DELETE",
    "inventory_source_item": "UPDATE",
    "indexer_state": "UPDATE",
    **dict.fromkeys(QUEUES, "INSERT"),
}
_STOCK_1: Mapping[str, str] = {
    "cataloginventory_stock_item": "UPDATE",
    "cataloginventory_stock_status": "INSERT, UPDATE",
    "index_process": "UPDATE",
}
_STOCK_INDEX = "INSERT, UPDATE"
"""Of inventory_stock_N, which is written where the indexer does not run by itself."""

NOT_EVERYWHERE = frozenset({*MSI, *FAMILIES, *QUEUES})
"""Tables that a shop may lack: multi-source inventory's, composite products', and those of "Update by Schedule"."""


def pull_rights(pull: Pull, edition: Edition) -> dict[str, str]:
    """By table, all rights that a pull needs beyond what loading does, for every table that such a shop may have."""
    if pull == "products":
        return _product_rights(edition)
    own = MAGENTO_1 if edition == "magento1" else {**MAGENTO_2, **MSI}
    reads = dict.fromkeys((*own, *EVERYWHERE, *FAMILIES), "SELECT")
    writes = _STOCK_1 if edition == "magento1" else _STOCK
    return merged(reads, writes)


def _product_rights(edition: Edition) -> dict[str, str]:
    states = {"indexer_state": "index_process"} if edition == "magento1" else {}
    rights = {states.get(table, table): "SELECT, UPDATE" for table in product_fields.UPDATED}
    rights |= dict.fromkeys(product_fields.INSERTED, "SELECT, INSERT, UPDATE")
    return rights | {
        table: "SELECT" for table in product_fields.READ if edition != "magento1" or table != "mview_state"
    }


def stock_writes(layout: StockLayout) -> dict[str, str]:
    """By table, what this shop's stock is written with, reading left out."""
    if layout.kind == "magento1":
        return dict(_STOCK_1)
    tables = ["inventory_source_item"] if layout.reserves else []
    if layout.kind != "msi_source":
        tables += ["cataloginventory_stock_item", "cataloginventory_stock_status"]
    queues = [table for table in QUEUES if layout.scheduled.get(table.removesuffix("_cl"), False)]
    tables += queues if len(queues) == len(QUEUES) else [*queues, "indexer_state"]
    writes = {table: _STOCK[table] for table in tables}
    indexes = (f"inventory_stock_{stock}" for stock in layout.stocks)
    return writes | {table: _STOCK_INDEX for table in indexes if layout.layout.has(table)}


def product_writes(edition: Edition) -> dict[str, str]:
    """By table, what product fields are written with, reading left out."""
    return {
        table: rights.removeprefix("SELECT, ")
        for table, rights in _product_rights(edition).items()
        if rights != "SELECT"
    }


def stock_index_rights(reader: Reader, layout: Layout) -> dict[str, str]:
    """The rights on the tables inventory_stock_N that are there; number 1 is a view."""
    rows = reader.rows(
        "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = %s AND table_type = 'BASE TABLE'"
        " AND table_name LIKE %s ORDER BY table_name",
        (layout.schema, layout.name("inventory_stock_").replace("\\", "\\\\").replace("_", "\\_") + "%"),
    )
    names = [str(row["t"]).removeprefix(layout.prefix) for row in rows]
    return {name: f"SELECT, {_STOCK_INDEX}" for name in names if name.removeprefix("inventory_stock_").isdigit()}


def merged(*rights: Mapping[str, str]) -> dict[str, str]:
    """Several tables' rights in one, each right once, SELECT first."""
    found: dict[str, str] = {}
    for one in rights:
        for table, words in one.items():
            found[table] = _joined(found.get(table), words)
    return found


def _joined(*rights: str | None) -> str:
    given = {word for words in rights if words for word in words.split(", ")}
    return ", ".join(word for word in ("SELECT", "INSERT", "UPDATE", "DELETE") if word in given)
