"""Builds the pull of stock from the parts of a service or a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from cdc.connect import Database
from cdc.lock import ShopLock
from cdc.product_write import ProductTables
from cdc.stock import StockTables
from mapping.profile import Profile
from sync.parts import Parts
from sync.pull.acceptance import agreed_way
from sync.pull.apply import Applier
from sync.pull.budget import Budget
from sync.pull.dry import dry
from sync.pull.ledger import AT_ONCE, Ledger
from sync.pull.matching import Matcher, load_from
from sync.pull.products import ProductPull
from sync.pull.since import Begins
from sync.pull.stock import StockPull
from sync.settings import Settings

_EVER = datetime(2000, 1, 1, tzinfo=UTC)


def open_tables(parts: Parts, lock: ShopLock | None = None) -> StockTables:
    """Magento's stock tables. Nothing is connected yet; `lock` fences each write."""
    return tables_of(parts.settings, parts.profile, lock, agreed=lambda: agreed_way(parts.state))


def tables_of(
    settings: Settings, profile: Profile, lock: ShopLock | None = None, *, agreed: Callable[[], str] = str
) -> StockTables:
    """As `open_tables`, for who has no parts. `agreed` gives the way to keep stock that was accepted."""
    stock = profile.settings.stock
    return StockTables(
        Database.parse(settings.database_url, tls_ca=settings.tls_ca),
        settings.table_prefix,
        source=stock.source,
        outside=stock.outside,
        pool_size=settings.parallelism + 1,
        fence=None if lock is None else lambda: lock.session,
        lock_name="" if lock is None else lock.name,
        agreed=agreed,
        sales=settings.sales_database,
    )


def build(
    parts: Parts, tables: StockTables, *, looks_only: bool = False, may_write: Callable[[], bool] = lambda: True
) -> tuple[StockPull, Budget]:
    """The engine, and the calls that it may make. `looks_only`: nothing is written anywhere, the state included."""
    profile, context = parts.profile, parts.context
    if looks_only:
        context = replace(context, state=dry(context.state, lambda after: _newer(tables, after)))
    begins = Begins(profile, parts.shop)
    matcher = Matcher(tables, profile.for_store(""), load_from(parts.shop))
    ledger = Ledger(context, tables, matcher, begins)
    basis = profile.settings.stock.basis
    applier = Applier(context, tables, ledger, begins, basis, parts.settings.parallelism)
    engine = StockPull(context, tables, matcher, applier, basis, may_write)
    return engine, Budget(context.state, profile.settings.pull.calls, parts.pace)


def build_fields(
    parts: Parts, lock: ShopLock | None = None, *, may_write: Callable[[], bool] = lambda: True
) -> ProductPull:
    """The engine of product fields; without `lock` it only looks. Its `tables` are to be closed.

    It finds products by itself: what is wrong with the shop's stock does not concern it.
    """
    settings, context = parts.settings, parts.context
    tables = ProductTables(
        Database.parse(settings.database_url, tls_ca=settings.tls_ca),
        settings.table_prefix,
        fence=None if lock is None else lambda: lock.session,
        lock_name="" if lock is None else lock.name,
        sales=settings.sales_database,
    )
    matcher = Matcher(tables, parts.profile.for_store(""), load_from(parts.shop))
    return ProductPull(context, tables, matcher, may_write)


def _newer(tables: StockTables, after: int) -> Iterator[int]:
    """Orders beyond an id, whenever they were placed."""
    while orders := tables.orders_since(_EVER, after, AT_ONCE):
        yield from orders
        after = orders[-1]
