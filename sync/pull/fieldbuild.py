"""Builds the pull of product fields from the parts of a service or a command."""

from __future__ import annotations

from collections.abc import Callable

from cdc.connect import Database
from cdc.lock import ShopLock
from cdc.product_write import ProductTables
from sync.parts import Parts
from sync.pull.matching import Matcher, load_from
from sync.pull.products import ProductPull


def build_products(
    parts: Parts, lock: ShopLock | None = None, *, may_write: Callable[[], bool] = lambda: True
) -> ProductPull:
    """The engine; `engine.tables.close()` when it is done. Nothing is connected yet; `lock` fences each write."""
    settings = parts.settings
    tables = ProductTables(
        Database.parse(settings.database_url, tls_ca=settings.tls_ca),
        settings.table_prefix,
        fence=None if lock is None else lambda: lock.session,
        lock_name="" if lock is None else lock.name,
    )
    matcher = Matcher(tables, parts.profile.for_store(""), load_from(parts.shop))
    return ProductPull(parts.context, tables, matcher, may_write)
