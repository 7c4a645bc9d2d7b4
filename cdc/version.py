"""Which version of Magento 2 the tables look like, and a layout in one line.

Facts, from the schemas of 2.3.7, 2.4.0, 2.4.4, 2.4.6, 2.4.7 and 2.4.8: customer_entity.session_cutoff came with 2.4.4
at the latest; increment ids have 50 characters since 2.4.6, 32 before; amounts of order lines are DECIMAL(20,4) since
2.4.7, (12,4) before; email_sent is signed since 2.4.8. Mage-OS has Magento's tables. A shop's modules, and what
somebody has altered by hand, can blur each of these.
"""

from __future__ import annotations

from cdc.layout import Layout, Reader
from cdc.stock_columns import MSI
from cdc.stock_sources import reserves_lately

_MARKS = (
    ("2.4.4", "customer_entity", "session_cutoff"),
    ("2.4.6", "sales_order", "increment_id"),
    ("2.4.7", "sales_order_item", "price"),
    ("2.4.8", "sales_order", "email_sent"),
)
_SPANS = {
    "": "2.4.3 or earlier",
    "2.4.4": "2.4.4 or 2.4.5",
    "2.4.6": "2.4.6",
    "2.4.7": "2.4.7",
    "2.4.8": "2.4.8 or later",
}


def version_of(reader: Reader, layout: Layout) -> str:
    """The version that the tables look like, such as ``2.4.4 or 2.4.5``; empty where they do not tell.

    They do not of Magento 1, and where newer marks stand beside older ones.
    """
    if layout.edition == "magento1":
        return ""
    there = [_looks_newer(reader, *layout.place(table), column) for _, table, column in _MARKS]
    count = there.index(False) if False in there else len(there)
    if any(there[count:]):
        return ""
    return _SPANS[_MARKS[count - 1][0] if count else ""]


def _looks_newer(reader: Reader, schema: str, table: str, column: str) -> bool:
    rows = reader.rows(
        "SELECT character_maximum_length AS n, numeric_precision AS p, column_type AS d FROM information_schema.columns"
        " WHERE table_schema = %s AND table_name = %s AND column_name = %s",
        (schema, table, column),
    )
    if not rows or column == "session_cutoff":
        return bool(rows)
    if column == "increment_id":
        return int(rows[0]["n"] or 0) >= 50
    if column == "price":
        return int(rows[0]["p"] or 0) >= 20
    return "unsigned" not in str(rows[0]["d"]).lower()


def described(reader: Reader, layout: Layout) -> str:
    """The layout in one line, for people."""
    version = version_of(reader, layout)
    parts = [
        f"{layout.title}{_about_msi(reader, layout)}",
        f"tables as of {version}" if version else "",
        f"table prefix {layout.prefix}" if layout.prefix else "no table prefix",
        f"database {layout.schema}",
        *(f"sales in database {schema}" for schema in layout.schemas[1:]),
    ]
    return ", ".join(part for part in parts if part)


def _about_msi(reader: Reader, layout: Layout) -> str:
    """What is to be said beyond the title; who may not see all tables of MSI is not told whether it is used."""
    if not layout.msi:
        return "" if layout.edition == "magento1" else " without MSI"
    used = reserves_lately(reader, layout) if all(layout.has(table) for table in MSI) else None
    return ", whose modules look switched off" if used is False else ""
