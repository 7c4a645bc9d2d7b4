"""The rights on Magento's server: the least as SQL, and whether those that a pull writes with are there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from cdc import columns, write_rights
from cdc.connect import Database, connect
from cdc.errors import MagentoError
from cdc.grants import Grants, PlaceOf, grants_sql, prefixed
from cdc.layout import LOOKED_UP, Layout, own_table, visible_layout
from cdc.layout import Edition as Edition
from cdc.server import Level, check_rights, grants_of, is_mariadb
from cdc.snapshot import Snapshot
from cdc.stock_columns import MSI
from cdc.write_rights import Pull as Pull
from cdc.write_rights import merged, pull_rights, stock_index_rights
from sync.check import Check, as_check
from sync.settings import Settings

_READ_ONLY = (
    "-- To read only: nothing in Magento can be changed. Pulling stock needs `--pull stock` too, pulling product fields"
    " `--pull products`.\n"
)
_UNSEEN = (
    "-- {why} whether these tables are there, which not every shop has: {tables}.\n"
    "-- The last lines are theirs. Error 1146 there does no harm; with `--force` the client goes on behind it.\n"
)
_AGAIN = (
    "-- Run this again when an indexer is set to Update by Schedule, or a stock is added: each brings a table of its"
    " own.\n"
)


@dataclass(frozen=True, slots=True)
class _Shop:
    """What the user of MAGENTO_DATABASE_URL sees; `everything`: what it does not see is not there.

    `mariadb`: whose server it is.
    """

    layout: Layout
    stock_indexes: Mapping[str, str]
    everything: bool
    mariadb: bool


def grants(
    settings: Settings,
    user: str | None,
    host: str,
    *,
    mariadb: bool,
    pulls: Collection[Pull] = (),
    edition: Edition = "magento2",
) -> str:
    """The least rights, as SQL: to read, and for each of `pulls` to write.

    `edition` and `mariadb` count where the shop cannot be seen.
    """
    url = urlsplit(settings.database_url)
    shop = _look(settings)
    edition = shop.layout.edition if shop is not None else edition
    certain, doubtful = _wanted(shop, edition, pulls)
    told = "" if pulls else _READ_ONLY
    if "stock" in pulls:
        told += _AGAIN
    if doubtful:
        why = (
            "The shop's database could not be asked" if shop is None else "The user of MAGENTO_DATABASE_URL cannot see"
        )
        told += _UNSEEN.format(why=why, tables=", ".join(doubtful))
    return told + grants_sql(
        user=user or unquote(url.username or "") or "magento_economic",
        host=host,
        rights={**certain, **doubtful},
        place=shop.layout.place if shop is not None else _unseen(settings, edition),
        mariadb=shop.mariadb if shop is not None else mariadb,
    )


def check_writing(
    settings: Settings, place: PlaceOf, writes: Mapping[str, str], purpose: str, *, needed: bool
) -> Iterator[Check]:
    """Whether the user of MAGENTO_DATABASE_URL has the rights `writes`, by Magento 2's table names.

    What is missing is wrong when `needed`; before, only where some of it was granted already. Raises the errors of
    `cdc.errors`.
    """
    where = Database.parse(settings.database_url, tls_ca=settings.tls_ca)
    with closing(connect(where)) as connection:
        if not needed and not _begun(grants_of(connection), place, writes):
            yield Check(f"rights to {purpose}", "ok", "not granted, and not needed yet")
            return
        level: Level = "refuse" if needed else "warn"
        for finding in check_rights(connection, place=place, writes=writes, purpose=purpose, level=level):
            yield as_check(finding)


def _begun(found: Grants, place: PlaceOf, writes: Mapping[str, str]) -> bool:
    """Whether any of the rights is granted."""
    return any(found.has(right, *place(table)) for table, rights in writes.items() for right in rights.split(", "))


def _unseen(settings: Settings, edition: Edition) -> PlaceOf:
    """Where tables are, by the settings alone."""
    schema = unquote(urlsplit(settings.database_url).path.strip("/")) or "magento"
    of = prefixed(schema, settings.table_prefix, settings.sales_database)
    return lambda table: of(own_table(edition, table))


def _wanted(shop: _Shop | None, edition: Edition, pulls: Collection[Pull]) -> tuple[dict[str, str], dict[str, str]]:
    """The rights on tables that are there, or have to be, and on those of which nobody knows."""
    loading = dict.fromkeys(columns.READS, "SELECT")
    pulling = merged(*(pull_rights(pull, edition) for pull in pulls))
    indexes = shop.stock_indexes if shop is not None and "stock" in pulls else {}
    rights = merged(loading, pulling, indexes)
    unseen = {table for table in rights if table in LOOKED_UP and (shop is None or not shop.layout.has(table))}
    doubtful = unseen & (columns.NOT_EVERYWHERE | write_rights.NOT_EVERYWHERE)
    absent: Collection[str] = ()
    if shop is not None and shop.everything:
        absent = unseen
    elif edition == "magento1":
        absent = unseen & MSI.keys()
    return (
        {table: rights[table] for table in sorted(rights) if table not in doubtful and table not in absent},
        {table: rights[table] for table in sorted(doubtful) if table not in absent},
    )


def _look(settings: Settings) -> _Shop | None:
    """What there is; None when the database cannot be asked."""
    if not settings.database_url:
        return None
    try:
        with closing(connect(Database.parse(settings.database_url, tls_ca=settings.tls_ca))) as connection:
            reader = Snapshot(connection)
            layout = visible_layout(reader, settings.table_prefix, settings.sales_database)
            if not layout.tables:
                return None
            found = grants_of(connection)
            everything = all(found.has("SELECT", schema, "any table at all") for schema in layout.schemas)
            mariadb = is_mariadb(str(connection.get_server_info()))  # type: ignore[no-untyped-call]
            return _Shop(layout, stock_index_rights(reader, layout), everything, mariadb)
    except MagentoError:
        return None
