"""Which Magento a database holds, which of its tables and columns are there, and how it spells them.

Everywhere above, tables and columns go by Magento 2's names; a `Layout` turns them into the database's own.

Facts: Adobe Commerce with content staging keys product rows by `row_id`; Magento 1 and OpenMage keep their orders in
`sales_flat_order` and their store views in `core_store` (`cdc.spelling`; a shop that began before 1.4.1 may still have
an empty `sales_order`); MSI (multi-source inventory, 2.3 and later) brings `inventory_source_item`. Commerce can keep
its sales tables in a database of their own (split database, deprecated), under the same prefix. A MySQL user sees in
information_schema only what it may use, so a missing grant looks like a missing table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from cdc.columns import READS, VALUES_IN_MAGENTO_1
from cdc.errors import SchemaMissing, WrongPrefix
from cdc.spelling import is_split_off, magento1_column, magento1_table, magento2_column
from cdc.stock_columns import STOCK_TABLES

Edition = Literal["magento2", "commerce", "magento1"]

_MARKS = ("inventory_reservation",)
"""Tables that tell an edition, beside those that are read."""

LOOKED_UP = frozenset({*READS, *STOCK_TABLES, *_MARKS})
"""The tables of which a `Layout` says whether they are there."""


_UPGRADED: Mapping[Edition, str] = {
    "magento1": "is this the Magento 1 database (1.6 or later, or OpenMage), and have its upgrade scripts run?",
    **dict.fromkeys(("magento2", "commerce"), "is this the Magento 2 database, and has setup:upgrade run?"),
}


class Reader(Protocol):
    """Something that answers a SELECT with rows as dicts."""

    def rows(self, sql: str, args: object = ()) -> list[dict[str, Any]]:
        """The rows, column names as the statement gives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What was found. Tables and columns go by Magento 2's names, without the prefix, whatever the database calls them:
    `tables[name]` maps column to data type.

    `row_id` says that product values hang on `row_id` (Commerce) instead of `entity_id`. Only tables that are read or
    written, or that tell an edition, are listed. `elsewhere` names the schema of each table that is not in `schema`.
    """

    edition: Edition
    prefix: str
    schema: str
    msi: bool
    row_id: bool
    tables: Mapping[str, Mapping[str, str]]
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    @property
    def schemas(self) -> tuple[str, ...]:
        """The databases that its tables are in, the connection's own first."""
        return (self.schema, *sorted(set(self.elsewhere.values()) - {self.schema}))

    @property
    def title(self) -> str:
        """The edition in words."""
        words = {
            "magento1": "Magento 1 / OpenMage",
            "commerce": "Adobe Commerce (row_id)",
            "magento2": "Magento 2",
        }[self.edition]
        return f"{words} with MSI" if self.msi else words

    def has(self, table: str, column: str | None = None) -> bool:
        """Whether a table, or one of its columns, is there."""
        columns = self.tables.get(table)
        return columns is not None and (column is None or column in columns)

    def name(self, table: str) -> str:
        """A table's name in the database, with its prefix."""
        return f"{self.prefix}{own_table(self.edition, table)}"

    def place(self, table: str) -> tuple[str, str]:
        """Schema and name of a table in the database, whether it is there or not."""
        return self.elsewhere.get(table, self.schema), self.name(table)

    def quoted(self, table: str) -> str:
        """A table's name ready for a statement, its schema in front where it is not the connection's own.

        Raises `SchemaMissing` when it is not there.
        """
        if table not in self.tables:
            raise table_missing(*self.place(table))
        return self.spelled(table)

    def spelled(self, table: str) -> str:
        """A table's name ready for a statement, whether it is there or not."""
        schema, name = self.place(table)
        return quote(name) if schema == self.schema else f"{quote(schema)}.{quote(name)}"

    def column(self, column: str) -> str:
        """A column's name ready for a statement."""
        return quote(own_column(self.edition, column))

    def selected(self, columns: Iterable[str], alias: str = "") -> str:
        """The list of a SELECT with arguments: columns under Magento 2's names. `alias` is that of their table."""
        of = f"{alias}." if alias else ""
        spelled = ((self.column(column), quote(column)) for column in columns)
        listed = ", ".join(f"{of}{own}" if own == name else f"{of}{own} AS {name}" for own, name in spelled)
        return listed.replace("%", "%%")

    @property
    def product_key(self) -> str:
        """The column by which product values, and parents in catalog_product_relation, are keyed."""
        return "row_id" if self.row_id else "entity_id"


def own_table(edition: Edition, table: str) -> str:
    """What an edition calls a table, without prefix."""
    return magento1_table(table) if edition == "magento1" else table


def own_column(edition: Edition, column: str) -> str:
    """What an edition calls a column of an order, or of one of its documents."""
    return magento1_column(column) if edition == "magento1" else column


def quote(identifier: str) -> str:
    """An identifier in backticks."""
    return "`" + identifier.replace("`", "``") + "`"


def table_missing(schema: str, table: str) -> SchemaMissing:
    """The error for a table that is not there, or not granted."""
    return SchemaMissing(
        f"table {table} is missing in database {schema}, or this user may not read it",
        hint="check MAGENTO_DATABASE_URL and MAGENTO_TABLE_PREFIX; `magento-economic grants` prints the rights needed",
    )


def detect_layout(reader: Reader, prefix: str = "", sales: str = "") -> Layout:
    """Look at the database behind `reader` and say what it holds.

    `sales` names the database of the same server that holds the sales tables, where they are split off; without it that
    database is looked for when the tables are missing. Raises `SchemaMissing`, naming the table (and column) that is
    needed and not there, or `WrongPrefix`.
    """
    layout = visible_layout(reader, prefix, sales)
    _require(reader, layout)
    return layout


def visible_layout(reader: Reader, prefix: str = "", sales: str = "") -> Layout:
    """What of a Magento the connection's user sees, whether it is enough or not; otherwise as `detect_layout`.

    Magento 2 when nothing is seen.
    """
    schema = reader.rows("SELECT DATABASE() AS name")[0]["name"]
    if not schema:
        raise SchemaMissing("the database URL names no database", hint="end it with /<database>")
    names = sorted({f"{prefix}{own}" for table in LOOKED_UP for own in (table, magento1_table(table))})
    present = _columns(reader, schema, names)
    if f"{prefix}sales_flat_order" in present and (
        f"{prefix}core_store" in present or f"{prefix}sales_order" not in present
    ):
        return Layout(
            edition="magento1",
            prefix=prefix,
            schema=schema,
            msi=False,
            row_id=False,
            tables={
                table: {magento2_column(column): kind for column, kind in present[own].items()}
                for table in LOOKED_UP
                if (own := f"{prefix}{magento1_table(table)}") in present
            },
        )
    found = {table: present[f"{prefix}{table}"] for table in LOOKED_UP if f"{prefix}{table}" in present}
    sales = sales or ("" if "sales_order" in found else split_off(reader, schema, prefix))
    elsewhere: dict[str, str] = {}
    if sales and sales != schema:
        sales = _as_stored(reader, sales)
        split = sorted(table for table in LOOKED_UP if is_split_off(table))
        there = _columns(reader, sales, [f"{prefix}{table}" for table in split])
        # what is left of them in the shop's own database is old
        found = {table: columns for table, columns in found.items() if table not in split}
        found |= {table: there[f"{prefix}{table}"] for table in split if f"{prefix}{table}" in there}
        elsewhere = dict.fromkeys(split, sales)
    edition: Edition = "commerce" if "row_id" in found.get("catalog_product_entity", {}) else "magento2"
    return Layout(
        edition=edition,
        prefix=prefix,
        schema=schema,
        msi="inventory_source_item" in found,
        row_id=edition == "commerce",
        tables=found,
        elsewhere=elsewhere,
    )


def _as_stored(reader: Reader, schema: str) -> str:
    """A database's name as the server writes it into its log, which may take upper for lower case in what is asked."""
    rows = reader.rows("SELECT schema_name AS s FROM information_schema.schemata WHERE schema_name = %s", (schema,))
    return str(rows[0]["s"]) if rows else schema


def split_off(reader: Reader, schema: str, prefix: str) -> str:
    """The database of this server that holds sales tables and nothing else of Magento; empty when there is none.

    Raises `SchemaMissing` when there are several: they may be other shops'.
    """
    marks = [f"{prefix}{table}" for table in ("sales_order", "sales_order_item", "store", "catalog_product_entity")]
    there: dict[str, set[str]] = {}
    for row in reader.rows(
        "SELECT table_schema AS s, table_name AS t FROM information_schema.tables WHERE table_name IN %s", (marks,)
    ):
        there.setdefault(row["s"], set()).add(row["t"])
    if not {*marks[2:]} <= there.get(schema, set()):
        return ""
    found = sorted(one for one, tables in there.items() if one != schema and tables == {*marks[:2]})
    if len(found) > 1:
        raise SchemaMissing(
            f"database {schema} has no table {marks[0]}, and several others hold nothing but sales: {', '.join(found)}",
            hint="set MAGENTO_SALES_DATABASE to the one that belongs to this shop",
        )
    return found[0] if found else ""


def left_behind(reader: Reader, layout: Layout) -> str:
    """The database to which the sales tables may have been split off after those that are read; empty for none.

    It holds nothing but sales, and newer orders.
    """
    if layout.elsewhere or layout.edition == "magento1":
        return ""
    try:
        other = split_off(reader, layout.schema, layout.prefix)
    except SchemaMissing:
        return ""  # several: other shops'
    if not other:
        return ""
    here, there = (
        reader.rows(f"SELECT MAX(entity_id) AS id FROM {quote(schema)}.{quote(layout.name('sales_order'))}")[0]["id"]
        for schema in (layout.schema, other)
    )
    return other if int(there or 0) > int(here or 0) else ""


def _columns(reader: Reader, schema: str, names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Of those of the named tables that are there, the columns and their data types."""
    found: dict[str, dict[str, str]] = {}
    wanted = tuple(names)
    for row in reader.rows(
        "SELECT table_name AS t, column_name AS c, data_type AS d FROM information_schema.columns"
        " WHERE table_schema = %s AND table_name IN %s ORDER BY table_name, ordinal_position",
        (schema, wanted),
    ):
        found.setdefault(row["t"], {})[row["c"]] = str(row["d"]).lower()
    return found


def _require(reader: Reader, layout: Layout) -> None:
    for table, reads in READS.items():
        if not layout.has(table):
            if reads.optional:
                continue
            error = table_missing(*layout.place(table))
            if table == "sales_order":
                _explain(reader, layout, error)
            raise error
        values = VALUES_IN_MAGENTO_1.get(table, frozenset()) if layout.edition == "magento1" else frozenset()
        for column in reads.needed:
            if not layout.has(table, column) and column not in values:
                name = f"{layout.name(table)}.{own_column(layout.edition, column)}"
                raise SchemaMissing(
                    f"column {name} is missing in database {layout.place(table)[0]}, or this user may not read it",
                    hint=_UPGRADED[layout.edition],
                )


def _explain(reader: Reader, layout: Layout, error: SchemaMissing) -> None:
    """Raise what says better why there are no orders, if something does."""
    if others := _other_prefixes(reader, layout.schema, layout.prefix):
        raise WrongPrefix(str(error), hint=_prefix_hint(others))
    if layout.elsewhere:
        raise SchemaMissing(
            str(error),
            hint="MAGENTO_SALES_DATABASE names the database of the sales tables, under the same table prefix and on the"
            " server of MAGENTO_DATABASE_URL; grant this user SELECT there",
        )
    if layout.has("store") and layout.has("catalog_product_entity"):
        raise SchemaMissing(
            f"{error}; everything else of Magento is there, as where its sales are split off into a database of their"
            " own",
            hint="on the same server, set MAGENTO_SALES_DATABASE to its name and grant this user SELECT there; sales on"
            " another server cannot be read, because orders, customers and stock are loaded in one snapshot",
        )


def _other_prefixes(reader: Reader, schema: str, prefix: str) -> list[str]:
    """Prefixes, shortest first, under which Magento's order tables are there."""
    rows = reader.rows(
        "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = %s"
        " AND (table_name LIKE %s OR table_name LIKE %s)",
        (schema, "%sales\\_%order", "%sales\\_%order\\_item"),
    )
    names = {row["t"] for row in rows}
    found = {
        name.removesuffix(order)
        for name in names
        for order in ("sales_order", "sales_flat_order")
        if name.endswith(order) and f"{name}_item" in names
    }
    return sorted(found - {prefix}, key=lambda other: (len(other), other))[:3]


def _prefix_hint(prefixes: list[str]) -> str:
    if prefixes == [""]:
        return "the database's tables have no prefix: unset MAGENTO_TABLE_PREFIX"
    known = " or ".join(f"the prefix {other!r}" if other else "no prefix" for other in prefixes)
    fix = f"set MAGENTO_TABLE_PREFIX={prefixes[0]}" if len(prefixes) == 1 else "set or unset MAGENTO_TABLE_PREFIX"
    return f"the database has tables with {known}: {fix}"
