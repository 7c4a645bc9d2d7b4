"""A shop's stock as its tables hold it: the door through which it is looked at and written."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from cdc.connect import Database
from cdc.errors import SchemaMissing, StockKeptOtherwise
from cdc.layout import detect_layout
from cdc.models_stock import Demand, Stocked, StockProduct, Written
from cdc.pool import Pool
from cdc.stock_demand import load_demands, newest_order, orders_after, orders_since, refunded
from cdc.stock_layout import StockLayout, load_stock_layout, way_in_words
from cdc.stock_magento1 import Magento1Writer
from cdc.stock_magento2 import Magento2Writer
from cdc.stock_products import catalog_page, find_products, load_stock_products
from cdc.stock_write import Decide, Prepare, Session, Transactions, Writer, open_stock_session

T = TypeVar("T")

KEEP_LAYOUT = 300
"""Seconds after which tables, settings, sources and the indexers' modes are looked up again."""


class StockTables:
    """Looks at stock and writes it, one short transaction per product. Serves many threads.

    `shop_url` names the server that Magento writes to. `source` is the MSI source that holds e-conomic's stock, None
    where only one sells; `outside` are sources whose goods e-conomic does not know. `fence` gives the connection id of
    the session that holds the shop's lock `lock_name` for this process, None when it is not held: under every row lock
    it is compared with the server's own answer. Without `fence` nothing is compared. `agreed` gives the
    `StockLayout.way` that was agreed upon, empty where none was: with `fence`, every method but `way` raises
    `StockKeptOtherwise` once the shop keeps stock in another. `sales`: see `detect_layout`.

    Every method raises the errors of `cdc.errors`: `SchemaMissing` and `StockSourceUnclear` say what the shop lacks.
    """

    def __init__(
        self,
        shop_url: str | Database,
        prefix: str = "",
        tls_ca: str | None = None,
        *,
        source: str | None = None,
        outside: Collection[str] = (),
        pool_size: int = 4,
        fence: Callable[[], int | None] | None = None,
        lock_name: str = "",
        agreed: Callable[[], str] = str,
        read_timeout: float = 30,
        sales: str = "",
    ) -> None:
        self._database = shop_url if isinstance(shop_url, Database) else Database.parse(shop_url, tls_ca=tls_ca)
        self._prefix = prefix
        self._source = source
        self._outside = tuple(outside)
        self._pool = Pool(
            lambda: open_stock_session(self._database, read_timeout=read_timeout), pool_size, wait=read_timeout
        )
        self._transactions = Transactions(self._pool, self._database, fence, lock_name)
        self._agreed = agreed
        self._sales = sales
        self._binds = fence is not None
        self._kept: tuple[float, StockLayout, Writer] | None = None

    def __repr__(self) -> str:
        return f"StockTables({self._database})"

    @property
    def layout(self) -> StockLayout:
        """How the shop keeps stock; kept for some minutes."""
        return self._transactions.read(lambda session: self._layout_in(session)[0])

    def way(self) -> str:
        """How the shop keeps stock now, whatever was agreed upon: `StockLayout.way`."""
        return self._transactions.read(lambda session: self._load(session, self._agreed()).way)

    def find(self, skus: Collection[str]) -> dict[str, list[StockProduct]]:
        """For each SKU every product that the server takes for it, by entity id; SKUs without any are left out.

        Its collation may take upper for lower case, letters with for without accents, and ignore spaces at the end.
        """
        return self._read(lambda session, layout, _: find_products(session, layout.layout, skus))

    def products(self, ids: Collection[int]) -> dict[int, StockProduct]:
        """The products with these entity ids; those that are gone are left out."""
        return self._read(lambda session, layout, _: load_stock_products(session, layout.layout, ids))

    def catalog(self, after_id: int, limit: int) -> list[StockProduct]:
        """At most `limit` products with a higher entity id, ascending."""
        return self._read(lambda session, layout, _: catalog_page(session, layout.layout, after_id, limit))

    def look(self, products: Sequence[StockProduct], orders: Mapping[int, Collection[int]]) -> dict[int, Stocked]:
        """What the rows of products hold, without locks, in a handful of statements; by product id.

        `orders` are the orders that may take something, by product id. Those that reservations name are added, unless
        an order's reservations cancel each other out.
        """
        return self._read(lambda session, _, writer: writer.look(session, products, orders))

    def apply(
        self,
        product: StockProduct,
        orders: Collection[int],
        after: int,
        decide: Decide,
        prepare: Prepare = lambda _: None,
    ) -> Written | None:
        """Write a product's stock in one transaction: lock, read again, decide, write all tables, commit.

        What is read again: its rows, what `orders` take, orders with an entity id higher than `after`, and those that
        reservations name. `decide` sees it under the lock, may be called several times, and leaves the rows by None.
        Of many orders what they take is read just before the lock and shown to `prepare`.
        They are left, too, when the product is gone or has another SKU by now. Raises `LockLost` when the shop's lock
        has changed hands, and `RowsLocked` after several deadlocks or waits; nothing is written then. A commit that is
        not answered raises `DatabaseUnreachable` too, and may have happened.
        """
        return self._with_layout(
            lambda: self._transactions.write(
                lambda session: self._layout_in(session)[1].write(session, product, orders, after, decide, prepare)
            )
        )

    def demands(self, order_ids: Collection[int]) -> list[Demand]:
        """What the orders with these entity ids take, per order and product; orders that are gone are left out."""
        return self._read(lambda session, layout, _: load_demands(session, layout.layout, order_ids))

    def orders_since(self, created: datetime, after_id: int, limit: int) -> list[int]:
        """A page of at most `limit` orders with a higher entity id, created at or after `created` (aware UTC)."""
        return self._read(lambda session, layout, _: orders_since(session, layout.layout, created, after_id, limit))

    def orders_after(self, entity_id: int) -> list[int]:
        """The orders with a higher entity id, ascending."""
        return self._read(lambda session, layout, _: orders_after(session, layout.layout, entity_id))

    def refunded(self, order_ids: Collection[int]) -> set[int]:
        """Those of the orders that have credit memos."""
        return self._read(lambda session, layout, _: refunded(session, layout.layout, order_ids))

    def newest_order(self) -> int:
        """The highest entity id of an order, 0 when there is none."""
        return self._read(lambda session, layout, _: newest_order(session, layout.layout))

    def forget(self) -> None:
        """Drop what is kept of the layout: tables, settings or sources have changed."""
        self._kept = None

    def close(self) -> None:
        """Close all connections, those in use when their call ends."""
        self._pool.close()

    def _read(self, work: Callable[[Session, StockLayout, Writer], T]) -> T:
        return self._with_layout(
            lambda: self._transactions.read(lambda session: work(session, *self._layout_in(session)))
        )

    def _with_layout(self, work: Callable[[], T]) -> T:
        kept = self._kept is not None
        try:
            return work()
        except SchemaMissing:
            if not kept:
                raise
        self.forget()  # a table may have gone since, such as a changelog with its indexer's mode
        return work()

    def _load(self, session: Session, usual: str) -> StockLayout:
        layout = detect_layout(session, self._prefix, self._sales)
        return load_stock_layout(session, layout, source=self._source, outside=self._outside, usual=usual)

    def _layout_in(self, session: Session) -> tuple[StockLayout, Writer]:
        kept = self._kept
        if kept is None or time.monotonic() - kept[0] > KEEP_LAYOUT:
            agreed = self._agreed()
            found = self._load(session, agreed)
            if self._binds and agreed and found.way != agreed:
                raise StockKeptOtherwise(
                    f"it was agreed that the shop keeps stock {way_in_words(agreed)}, and now it keeps it"
                    f" {way_in_words(found.way)}: no stock is written",
                    hint="if that is right, `pull stock` shows what would be written and `pull stock --accept` writes"
                    " it; if not, look at stock.source in the profile, and at Magento's modules and sources",
                )
            writer = Magento1Writer(found) if found.kind == "magento1" else Magento2Writer(found)
            kept = self._kept = (time.monotonic(), found, writer)
        return kept[1], kept[2]
