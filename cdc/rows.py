"""Values of a database row as the models want them: defaults for NULL, money with four decimals, times in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

import pymysql

from cdc.layout import Reader
from cdc.models import RowAmounts, Scalar

Row: TypeAlias = Mapping[str, Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a time that is NULL or 0000-00-00 where a model needs one."""

NO_MONEY = Decimal("0.0000")
_CENT_OF_A_CENT = Decimal("0.0001")


def text(row: Row, column: str) -> str:
    """The value as a string; NULL or a missing column is the empty string."""
    value = row.get(column)
    return "" if value is None else str(value)


def money(row: Row, column: str) -> Decimal:
    """The value with at least four decimals, never a float; NULL or a missing column is 0.0000."""
    value = row.get(column)
    if value is None:
        return NO_MONEY
    amount = value if isinstance(value, Decimal) else Decimal(str(value))
    exponent = amount.as_tuple().exponent
    return amount.quantize(_CENT_OF_A_CENT) if isinstance(exponent, int) and exponent > -4 else amount


def base_amounts(row: Row) -> RowAmounts:
    """A row's amounts in the base currency."""
    return RowAmounts(
        row_total=money(row, "base_row_total"),
        row_total_incl_tax=money(row, "base_row_total_incl_tax"),
        discount_amount=money(row, "base_discount_amount"),
        discount_tax_compensation=money(row, "base_discount_tax_compensation_amount"),
        tax_amount=money(row, "base_tax_amount"),
        weee_amount=money(row, "base_weee_tax_applied_row_amnt"),
        price=money(row, "base_price"),
        price_incl_tax=money(row, "base_price_incl_tax"),
    )


def whole(row: Row, column: str, default: int = 0) -> int:
    """The value as an int; NULL or a missing column is `default`."""
    value = row.get(column)
    return default if value is None else int(value)


def whole_or_none(row: Row, column: str) -> int | None:
    """The value as an int, None for NULL, 0 or a missing column: Magento's ids begin at 1."""
    value = row.get(column)
    return int(value) if value else None


def time_of(value: object) -> datetime | None:
    """A DATETIME or TIMESTAMP of a session in UTC as an aware time; None for NULL and for zero dates.

    PyMySQL hands a date that does not exist, such as 0000-00-00, out as a string.
    """
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return None


def moment(row: Row, column: str) -> datetime:
    """The time in a column, `EPOCH` when there is none."""
    return time_of(row.get(column)) or EPOCH


def scalar(value: object) -> Scalar:
    """A value for `attributes`: times aware, dates as ISO text, numbers exact, everything else as text."""
    if value is None or isinstance(value, str | int | Decimal):
        if isinstance(value, str) and value.startswith("0000-00-00"):
            return None
        return value
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return Decimal(str(value))
    return str(value)


def attributes(row: Row, columns: Iterable[str]) -> dict[str, Scalar]:
    """Third-party columns by name."""
    return {column: scalar(row.get(column)) for column in columns}


BEYOND_CHARSET = (1267, 3854)
"""Error numbers of MariaDB, and of MySQL 8.0.22 and later, for a text that the column's character set cannot hold."""


def matching(reader: Reader, sql: str, value: str) -> list[dict[str, Any]]:
    """The rows of a statement that compares a column with one text.

    A text beyond the column's character set (an emoji and utf8mb3) matches nothing; servers answer it with an error.
    """
    try:
        return reader.rows(sql, (value,))
    except pymysql.err.OperationalError as error:
        if error.args and error.args[0] in BEYOND_CHARSET:
            return []
        raise
