"""A Magento shop as its database shows it: the door through which orders, customers and products are loaded."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from cdc import find, gap
from cdc.connect import Database
from cdc.eav import Eav
from cdc.errors import SchemaMissing
from cdc.gap import Who
from cdc.keys import Key, Kind
from cdc.layout import Layout, detect_layout, left_behind
from cdc.load_customer import load_customer
from cdc.load_order import load_order
from cdc.load_product import load_product, load_products
from cdc.models import Customer, Order, Product, Store
from cdc.models_fields import FieldFacts
from cdc.names import ShopNames, latest_increments, load_names
from cdc.pool import Pool
from cdc.position import TransactionStart
from cdc.product_fields import load_facts
from cdc.schedules import versions_turned
from cdc.shared_numbers import OrderHead, SharedNumber, find_shared_number
from cdc.snapshot import LogOf, Snapshot, Snapshots, open_session
from cdc.stores import References, load_references, load_stores
from cdc.version import described

T = TypeVar("T")

KEEP_LAYOUT = 300.0
"""Seconds after which columns are looked up again, so that a module's new one is seen."""

KEEP_REFERENCES = 10.0
"""Seconds for which settings, store views, groups and tax classes are kept."""


class Shop:
    """Loads entities, each in one consistent snapshot that is over when the call returns. Serves many threads.

    `database_url` is ``mysql+pymysql://user:password@host:port/database``. `log` says whose binlog the transactions
    given as `reached` were read from: this server's (``here``), its primary's when `database_url` is a replica
    (``primary``), a replica's of it (``replica``: nothing to wait for), or another server's of the same replication
    (``elsewhere``: waits by GTID if it must). `sales`: see `detect_layout`. Time-outs are seconds. Connections are
    opened when first needed.

    Every method raises the errors of `cdc.errors`: `DatabaseUnreachable`, `LoginRefused`, `SchemaMissing` (naming table
    and column), and where `reached` is taken `NotReached`.
    """

    def __init__(
        self,
        database_url: str,
        prefix: str = "",
        tls_ca: str | None = None,
        pool_size: int = 8,
        *,
        log: LogOf = "here",
        connect_timeout: int = 5,
        read_timeout: float = 30,
        reach_timeout: float = 0.5,
        sales: str = "",
    ) -> None:
        self._database = Database.parse(database_url, tls_ca=tls_ca)
        self._prefix = prefix
        self._sales = sales
        self._pool = Pool(
            lambda: open_session(self._database, connect_timeout=connect_timeout, read_timeout=read_timeout),
            pool_size,
            wait=read_timeout,
        )
        self._snapshots = Snapshots(self._pool, self._database, log=log, wait=reach_timeout)
        self._eav = Eav()
        self._layout: tuple[float, Layout] | None = None
        self._references: tuple[float, References] | None = None

    def __repr__(self) -> str:
        return f"Shop({self._database})"

    @property
    def layout(self) -> Layout:
        """Which Magento this is and which tables and columns it has. Raises `SchemaMissing` when some are missing."""
        return self._snapshots.read(self._layout_in)

    def described(self) -> str:
        """The layout in one line, for people."""
        return self._snapshots.read(lambda snapshot: described(snapshot, self._layout_in(snapshot)))

    def left_behind(self) -> str:
        """The database with newer sales tables than those that are read; see `cdc.layout`."""
        return self._load(left_behind)

    def order(self, entity_id: int | str, reached: Sequence[TransactionStart] = ()) -> Order | None:
        """The order with this entity id; None when the snapshot, having reached `reached`, does not hold it."""
        key = _number(entity_id)
        return self._load(
            lambda snapshot, layout: self._referring(
                snapshot,
                layout,
                lambda references: load_order(snapshot, layout, references, key),
                lambda order: bool(order.store.code and order.customer_group.code),
            ),
            reached,
        )

    def customer(self, entity_id: int | str, reached: Sequence[TransactionStart] = ()) -> Customer | None:
        """The customer account with this entity id; None when there is none."""
        key = _number(entity_id)
        return self._load(
            lambda snapshot, layout: self._referring(
                snapshot,
                layout,
                lambda references: load_customer(snapshot, layout, references, self._eav, key),
                lambda customer: bool(customer.store.code and customer.group.code),
            ),
            reached,
        )

    def product(self, entity_id: int | str, reached: Sequence[TransactionStart] = ()) -> Product | None:
        """The product with this entity id; None when there is none."""
        key = _number(entity_id)
        return self._load(
            lambda snapshot, layout: load_product(
                snapshot, layout, self._references_in(snapshot, layout), self._eav, key
            ),
            reached,
        )

    def products(self, entity_ids: Collection[int]) -> dict[int, Product]:
        """The products with these entity ids, without their stock; those that are gone are left out."""
        keys = sorted(set(entity_ids))
        return self._load(
            lambda snapshot, layout: load_products(
                snapshot, layout, self._references_in(snapshot, layout), self._eav, keys, with_stock=False
            )
        )

    def find_order(self, ref: str) -> int | None:
        """The entity id of the order with this increment id or ``id:N``.

        Raises `AmbiguousReference` when several stores use the increment id; it names them.
        """
        return self._load(lambda snapshot, layout: find.find_order(snapshot, layout, ref))

    def find_customer(self, ref: str) -> int | None:
        """The entity id of the customer with this e-mail or ``id:N``. Raises `AmbiguousReference`."""
        return self._load(lambda snapshot, layout: find.find_customer(snapshot, layout, ref))

    def find_product(self, ref: str) -> int | None:
        """The entity id of the product with exactly this SKU or ``id:N``. Raises `AmbiguousReference`."""
        return self._load(lambda snapshot, layout: find.find_product(snapshot, layout, ref))

    def changed_since(self, since: datetime, kinds: Collection[Kind]) -> Iterator[list[Key]]:
        """Keys whose rows say that they changed at or after `since` (aware UTC), page by page, for a gap in the binlog.

        A key may come more than once.
        """
        for source in gap.SOURCES:
            if source.kind in kinds:
                yield from self._pages(source.kind, 0, partial(_changed, source, since))

    def newer_than(self, kind: Kind, known: int) -> Iterator[list[Key]]:
        """Keys of a kind with greater ids than a known one, page by page: what came into being since."""
        yield from self._pages(kind, known, lambda snapshot, layout, after: gap.newer(snapshot, layout, kind, after))

    def _pages(self, kind: Kind, after: int, read: Callable[[Snapshot, Layout, int], list[int]]) -> Iterator[list[Key]]:
        while True:
            ids = self._load(lambda snapshot, layout: read(snapshot, layout, after))  # noqa: B023
            if ids:
                yield [Key(kind, str(number)) for number in ids]
            if len(ids) < gap.PAGE:
                return
            after = ids[-1]

    def orders_there(self, ids: Collection[int]) -> dict[int, Who]:
        """Who the orders with these ids are; one that is gone is left out."""
        return self._load(lambda snapshot, layout: gap.orders_there(snapshot, layout, ids))

    def versions_turned(self, since: int | None) -> tuple[int, list[int]] | None:
        """Of a shop with scheduled updates, the server's time and the products that they changed since then.

        Times are epoch seconds; see `cdc.schedules`. None where products have no versions.
        """
        return self._load(lambda snapshot, layout: versions_turned(snapshot, layout, since) if layout.row_id else None)

    def stores(self) -> tuple[Store, ...]:
        """The store views by id, without Magento's own ``admin``."""
        return self._load(load_stores)

    def names(self) -> ShopNames:
        """The codes of methods, groups, websites, attributes and columns that a profile may name."""
        return self._load(
            lambda snapshot, layout: load_names(snapshot, layout, self._references_in(snapshot, layout), self._eav)
        )

    def product_fields(self, codes: Collection[str]) -> FieldFacts:
        """The product attributes with these codes, those that there are, and what store views share."""
        return self._load(lambda snapshot, layout: load_facts(snapshot, layout, codes))

    def latest_increments(self) -> dict[str, str]:
        """The latest order's increment id by store view's code; store views without orders are left out."""
        return self._load(
            lambda snapshot, layout: latest_increments(snapshot, layout, self._references_in(snapshot, layout))
        )

    def shared_number(self, mark: Callable[[str], str], counts: Callable[[OrderHead], bool]) -> SharedNumber:
        """Orders of several store views whose increment ids are the same behind the same mark.

        `mark` gives a store view's prefix by its code, that of deleted ones by ""; `counts` says which orders matter.
        Takes 10 seconds at most.
        """
        return self._load(
            lambda snapshot, layout: find_shared_number(
                snapshot, layout, self._references_in(snapshot, layout), mark, counts
            )
        )

    def forget(self) -> None:
        """Drop what is kept of layout, settings, stores, groups and attributes: they have changed."""
        self._layout = self._references = None
        self._eav.forget()

    def close(self) -> None:
        """Close all connections, those in use when their load ends."""
        self._pool.close()

    def _load(self, work: Callable[[Snapshot, Layout], T], reached: Sequence[TransactionStart] = ()) -> T:
        def in_snapshot(snapshot: Snapshot) -> T:
            return work(snapshot, self._layout_in(snapshot))

        kept = self._layout is not None
        try:
            return self._snapshots.read(in_snapshot, reached)
        except SchemaMissing:
            if not kept:
                raise
        self.forget()  # a column or table may have gone since the layout was looked up
        return self._snapshots.read(in_snapshot, reached)

    def _referring(
        self,
        snapshot: Snapshot,
        layout: Layout,
        load: Callable[[References], T | None],
        complete: Callable[[T], bool],
    ) -> T | None:
        """Load, and load again with fresh references when a kept one lacks the entity's store view or group."""
        entity = load(self._references_in(snapshot, layout))
        kept = self._references
        if entity is not None and kept is not None and kept[0] < snapshot.started and not complete(entity):
            self._references = None
            entity = load(self._references_in(snapshot, layout))
        return entity

    def _layout_in(self, snapshot: Snapshot) -> Layout:
        kept = self._layout
        if kept is None or snapshot.started - kept[0] > KEEP_LAYOUT:
            kept = self._layout = (time.monotonic(), detect_layout(snapshot, self._prefix, self._sales))
        return kept[1]

    def _references_in(self, snapshot: Snapshot, layout: Layout) -> References:
        kept = self._references
        if kept is None or snapshot.started - kept[0] > KEEP_REFERENCES:
            kept = self._references = (time.monotonic(), load_references(snapshot, layout))
        return kept[1]


def _changed(source: gap.Source, since: datetime, snapshot: Snapshot, layout: Layout, after: int) -> list[int]:
    seconds = math.ceil((datetime.now(UTC) - since).total_seconds())
    return gap.changed(snapshot, layout, source, seconds, after)


def _number(entity_id: int | str) -> int:
    return int(entity_id)
