"""Every check before a start: Magento's server and tables, e-conomic's tokens and numbers. Used by `check` and `run`.

A definite wrong answer refuses; what cannot be asked now is said, and asked again while the service runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdc.columns import NOT_EVERYWHERE, READS
from cdc.connect import Connection, Database, connect
from cdc.errors import DatabaseUnreachable, MagentoError, WrongPrefix
from cdc.grants import PlaceOf, prefixed
from cdc.server import check_filters, check_rights, check_server, server_facts
from cdc.shop import Shop
from cdc.topology import check_topology
from econ_client.client import Economic
from econ_client.errors import EconomicError, NotAuthorised
from mapping.profile import Profile
from sync import attachments, refused
from sync.books import Books, read_books
from sync.check import Check, Verdict, as_check
from sync.namechecks import check_names
from sync.parts import open_profile
from sync.settings import Settings
from sync.storechecks import check_stores

__all__ = ["Check", "Verdict", "check_economic", "check_magento"]


def check_magento(
    settings: Settings, shop: Shop, profile: Profile | None = None, *, ran: bool = False
) -> Iterator[Check]:
    """Logins, server settings, rights and tables, store views and references. What fails twice is told once.

    `profile` is read from the settings when it is not given; `ran` says that it was in use before (`check_names`).
    """
    same = settings.binlog_url == settings.database_url
    try:
        layout, described = shop.layout, shop.described()
    except MagentoError as error:
        failed = _magento_error("Magento database", error)
        yield failed
        if not (same and isinstance(error, DatabaseUnreachable)):
            tables = () if isinstance(error, WrongPrefix) else set(READS) - NOT_EVERYWHERE
            database = Database.parse(settings.database_url).database
            place = prefixed(database, settings.table_prefix, settings.sales_database)
            yield from (
                check for check in _server(settings, same, sorted(tables), place) if check.found != failed.found
            )
        return
    yield Check("layout", "ok", described)
    if newer := shop.left_behind():
        yield Check(
            "sales tables",
            "warning",
            f"database {newer} holds nothing but sales tables, with newer orders than database {layout.schema}",
            fix=f"If they were split off from this shop, set MAGENTO_SALES_DATABASE={newer}.",
        )
    files = attachments.check(profile or open_profile(settings), settings.attachments)
    if files is not None:
        yield files
    yield from _server(settings, same, sorted(name for name in READS if layout.has(name)), layout.place)
    try:
        profile = profile or open_profile(settings)
        yield from check_stores(shop, profile)
        yield from check_names(shop, profile, ran=ran)
    except MagentoError as error:
        yield _magento_error("store views", error)


def _server(settings: Settings, same: bool, tables: list[str], place: PlaceOf) -> Iterator[Check]:
    """The server whose binlog is read, and the rights to read `tables`."""
    try:
        connection = _open(settings.binlog_url, settings)
    except MagentoError as error:
        yield _magento_error("binlog login", error)
        return
    try:
        findings = check_server(
            connection,
            place=place,
            binlog_url_same=same,
            tables=tables if same else (),
            server_id=settings.server_id,
        )
        if (filters := check_filters(connection, sorted({place(table)[0] for table in tables}))) is not None:
            findings.append(filters)
        findings += check_topology(connection, server_facts(connection))
    finally:
        connection.close()
    if not same:
        try:
            other = _open(settings.database_url, settings)
        except MagentoError as error:
            yield _magento_error("Magento login", error)
        else:
            findings += check_rights(other, place=place, tables=tables)
            other.close()
    for finding in findings:
        yield as_check(finding)


def _open(url: str, settings: Settings) -> Connection:
    return connect(Database.parse(url, tls_ca=settings.tls_ca))


def _magento_error(name: str, error: MagentoError) -> Check:
    return Check(name, "unknown" if error.retryable else "wrong", str(error), fix=error.hint)


def check_economic(economic: Economic, profile: Profile) -> tuple[list[Check], Books | None]:
    """The tokens, and every number that the profile names; the books when they could be read."""
    try:
        books = read_books(economic, profile)
    except NotAuthorised as error:
        fix = "Check ECONOMIC_APP_SECRET_TOKEN and ECONOMIC_AGREEMENT_GRANT_TOKEN."
        return [Check("e-conomic login", "wrong", error.message, fix=fix)], None
    except EconomicError as error:
        verdict: Verdict = "unknown" if error.retryable else "wrong"
        return [Check("e-conomic", verdict, str(error))], None
    inventory = "with the inventory module" if books.self_.has_inventory else "without the inventory module"
    checks = [Check("e-conomic login", "ok", f"agreement {books.self_.agreement_number}, {inventory}")]
    checks += [
        Check("profile's numbers", "wrong", problem, fix="Correct the profile, or add it in e-conomic.")
        for problem in books.problems
    ]
    checks += [Check("profile's numbers", "warning", doubt) for doubt in books.doubts]
    if not books.problems:
        checks.append(Check("profile's numbers", "ok", f"{len(profile.numbers())} numbers exist"))
    orders = refused.check(profile, has_inventory=books.self_.has_inventory)
    return [*checks, orders] if orders else checks, books
