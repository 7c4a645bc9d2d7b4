"""Product attributes of many products read at once, and written in one short transaction per product.

Facts. Magento's own product save updates the row of catalog_product_entity first, always with a new `updated_at`, and
then the value rows that changed. In "Update by Schedule" triggers on these tables tell the indexers, in "Update on
Save" its PHP does. Magento 1 has no triggers, keeps `entity_type_id` in every value row, and moves `updated_at` in PHP.
On Adobe Commerce value rows hang on the row_id of one scheduled version, and the version in force is told by time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

from cdc.connect import Database
from cdc.errors import SchemaMissing
from cdc.layout import Layout, Reader, detect_layout, quote
from cdc.load_product import CURRENT_VERSION
from cdc.models_fields import FieldFacts, Held, HeldProduct, ProductField, Put
from cdc.models_stock import StockProduct
from cdc.pool import Pool
from cdc.product_fields import ENTITY, load_facts
from cdc.rows import Row, text, whole
from cdc.shop import KEEP_LAYOUT
from cdc.stock_products import catalog_page, find_products
from cdc.stock_write import Session, Transactions, open_stock_session

Decide = Callable[[HeldProduct], Sequence[Put]]
"""From what the rows hold under the lock to what is to be written; nothing leaves them. Takes no time and no I/O."""


class ProductTables:
    """Magento's product attributes. Serves many threads; connections are opened when first needed.

    `fence` gives this process's connection id of the shop's lock session, by the name `lock_name`: under the row lock
    it must hold that lock, else `LockLost` is raised and nothing written; None: no fence. `sales`: see `detect_layout`.
    Every method raises the errors of `cdc.errors`.
    """

    def __init__(
        self,
        shop_url: str | Database,
        prefix: str = "",
        tls_ca: str | None = None,
        *,
        pool_size: int = 2,
        fence: Callable[[], int | None] | None = None,
        lock_name: str = "",
        read_timeout: float = 30,
        sales: str = "",
    ) -> None:
        self._database = shop_url if isinstance(shop_url, Database) else Database.parse(shop_url, tls_ca=tls_ca)
        self._prefix = prefix
        self._sales = sales
        self._pool = Pool(
            lambda: open_stock_session(self._database, read_timeout=read_timeout), pool_size, wait=read_timeout
        )
        self._transactions = Transactions(self._pool, self._database, fence, lock_name)
        self._layout: tuple[float, Layout] | None = None
        self._facts: tuple[float, frozenset[str], FieldFacts] | None = None

    def __repr__(self) -> str:
        return f"ProductTables({self._database})"

    def facts(self, codes: Collection[str]) -> FieldFacts:
        """What these attributes are; kept for some minutes, or until `forget`."""
        wanted, kept = frozenset(codes), self._facts
        if kept is not None and kept[1] == wanted and time.monotonic() - kept[0] <= KEEP_LAYOUT:
            return kept[2]
        facts = self._transactions.read(lambda session: load_facts(session, self._layout_in(session), wanted))
        self._facts = (time.monotonic(), wanted, facts)
        return facts

    def find(self, skus: Collection[str]) -> dict[str, list[StockProduct]]:
        """For each SKU every product that the server takes for it; SKUs without any are left out."""
        if not skus:
            return {}
        return self._transactions.read(lambda session: find_products(session, self._layout_in(session), skus))

    def catalog(self, after_id: int, limit: int) -> list[StockProduct]:
        """At most `limit` products with a higher entity id, ascending."""
        return self._transactions.read(lambda session: catalog_page(session, self._layout_in(session), after_id, limit))

    def look(
        self, product_ids: Collection[int], fields: Collection[ProductField], stores: Collection[int]
    ) -> dict[int, HeldProduct]:
        """What the products hold in these attributes, by entity id, unlocked; those that are gone are left out.

        `stores` are the ids of the store views whose own rows are wanted; those of the default scope are there always.
        """
        if not product_ids:
            return {}
        return self._transactions.read(
            lambda session: _read(session, self._layout_in(session), sorted(set(product_ids)), fields, stores)
        )

    def apply(
        self, product_id: int, fields: Collection[ProductField], stores: Collection[int], decide: Decide
    ) -> tuple[Put, ...]:
        """Write what `decide` says of the rows as they are under the lock, in one transaction; what was written.

        `updated_at` moves, and the indexers are told as Magento's own save tells them. A product that is gone is left.
        """
        return self._transactions.write(
            lambda session: _write(session, self._layout_in(session), product_id, fields, stores, decide)
        )

    def forget(self) -> None:
        """Drop what is kept of tables, attributes and settings: they have changed."""
        self._layout = self._facts = None

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _layout_in(self, reader: Reader) -> Layout:
        kept = self._layout
        if kept is None or time.monotonic() - kept[0] > KEEP_LAYOUT:
            kept = self._layout = (time.monotonic(), detect_layout(reader, self._prefix, self._sales))
        return kept[1]


def _read(
    session: Session,
    layout: Layout,
    product_ids: Sequence[int],
    fields: Collection[ProductField],
    stores: Collection[int],
    *,
    lock: bool = False,
) -> dict[int, HeldProduct]:
    """With `lock`, the product's row first, then its value rows, table by table in one order."""
    columns = [one.code for one in fields if one.backend == "static"]
    own = "".join(f", {quote(code)}" for code in columns)
    version = f" AND {CURRENT_VERSION}" if layout.row_id else ""
    key, end = layout.product_key, " FOR UPDATE" if lock else ""
    ask = session.lock if lock else session.rows
    rows = ask(
        f"SELECT entity_id, {key} AS held_by, sku, type_id{own} FROM {layout.quoted(ENTITY)}"
        f" WHERE entity_id IN %s{version} ORDER BY {key}{end}",
        (product_ids,),
    )
    if not rows:
        return {}
    found: dict[int, dict[tuple[str, int], Held]] = {
        int(row["held_by"]): {(code, 0): row[code] for code in columns} for row in rows
    }
    for backend in sorted({one.backend for one in fields} - {"static"}):
        codes = {one.id: one.code for one in fields if one.backend == backend}
        for row in ask(
            f"SELECT {key} AS held_by, attribute_id, store_id, value FROM {layout.quoted(f'{ENTITY}_{backend}')}"
            f" WHERE {key} IN %s AND attribute_id IN %s AND store_id IN %s"
            f" ORDER BY {key}, attribute_id, store_id{end}",
            (tuple(found), tuple(codes), tuple({0, *stores})),
        ):
            found[int(row["held_by"])][codes[int(row["attribute_id"])], int(row["store_id"])] = row["value"]
    websites: dict[int, list[int]] = {}
    for row in session.rows(
        f"SELECT product_id, website_id FROM {layout.quoted('catalog_product_website')} WHERE product_id IN %s"
        " ORDER BY website_id",
        (tuple(int(row["entity_id"]) for row in rows),),
    ):
        websites.setdefault(int(row["product_id"]), []).append(int(row["website_id"]))
    return {
        int(row["entity_id"]): HeldProduct(
            id=int(row["entity_id"]),
            key=int(row["held_by"]),
            sku=text(row, "sku"),
            type=text(row, "type_id"),
            website_ids=tuple(websites.get(int(row["entity_id"]), ())),
            values=found[int(row["held_by"])],
        )
        for row in rows
    }


def _write(
    session: Session,
    layout: Layout,
    product_id: int,
    fields: Collection[ProductField],
    stores: Collection[int],
    decide: Decide,
) -> tuple[Put, ...]:
    session.begin()
    held = _read(session, layout, [product_id], fields, stores, lock=True).get(product_id)
    puts = tuple(decide(held)) if held is not None else ()
    if held is None or not puts:
        return ()
    expression, args = session.fence_sql
    session.guard(session.rows(f"SELECT {expression} AS holder", args)[0]["holder"])
    known = {one.code: one for one in fields}
    columns: dict[str, Held] = {}
    for put in sorted(puts, key=lambda one: (known[one.code].backend, known[one.code].id or 0, one.store_id)):
        if known[put.code].backend == "static":
            columns[put.code] = put.value
        else:
            _put(session, layout, held, known[put.code], put)
    own = "".join(f", {quote(code)} = %s" for code in columns)
    session.run(
        f"UPDATE {layout.quoted(ENTITY)} SET updated_at = UTC_TIMESTAMP(){own} WHERE {layout.product_key} = %s",
        (*columns.values(), held.key),
    )
    _tell_indexers(session, layout, {indexer for put in puts for indexer in known[put.code].indexers})
    session.commit()
    return puts


def _put(session: Session, layout: Layout, held: HeldProduct, field: ProductField, put: Put) -> None:
    table, key = layout.quoted(f"{ENTITY}_{field.backend}"), layout.product_key
    if (put.code, put.store_id) in held.values:
        session.run(
            f"UPDATE {table} SET value = %s WHERE {key} = %s AND attribute_id = %s AND store_id = %s",
            (put.value, held.key, field.id, put.store_id),
        )
        return
    row: dict[str, Any] = {key: held.key, "attribute_id": field.id, "store_id": put.store_id, "value": put.value}
    if layout.edition == "magento1":
        row["entity_type_id"] = _entity_type(session, layout)
    session.run(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})"
        " ON DUPLICATE KEY UPDATE value = VALUES(value)",
        tuple(row.values()),
    )


def _entity_type(session: Session, layout: Layout) -> int:
    rows: list[Row] = list(
        session.rows(
            f"SELECT entity_type_id FROM {layout.quoted('eav_entity_type')} WHERE entity_type_code = 'catalog_product'"
        )
    )
    if not rows:
        raise SchemaMissing(f"{layout.name('eav_entity_type')} has no row for catalog_product")
    return whole(rows[0], "entity_type_id")


def _tell_indexers(session: Session, layout: Layout, indexers: Collection[str]) -> None:
    """Ask for a new index where no trigger does: Magento 1, and Magento 2's indexers in "Update on Save"."""
    if not indexers:
        return
    if layout.edition == "magento1":
        session.run(
            f"UPDATE {layout.quoted('index_process')} SET status = 'require_reindex'"
            " WHERE indexer_code IN %s AND status <> 'require_reindex'",
            (tuple(sorted(indexers)),),
        )
        return
    scheduled = {
        text(row, "view_id")
        for row in session.rows(
            f"SELECT view_id FROM {layout.quoted('mview_state')} WHERE view_id IN %s AND mode = 'enabled'",
            (tuple(sorted(indexers)),),
        )
    }
    on_save = tuple(sorted(set(indexers) - scheduled))
    if on_save:
        session.run(
            f"UPDATE {layout.quoted('indexer_state')} SET status = 'invalid', updated = UTC_TIMESTAMP()"
            " WHERE indexer_id IN %s AND status NOT IN ('invalid', 'suspended')",
            (on_save,),
        )
