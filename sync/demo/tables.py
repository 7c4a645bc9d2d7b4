"""Writing rows into Magento's tables the way its resource models do: by column name, one statement per row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import pymysql
import pymysql.cursors

Value = str | int | Decimal | datetime | bytes | None
Row = dict[str, Value]


class Tables:
    """One connection to one shop's database, table names given without the shop's prefix.

    Outside `transaction` every statement commits by itself, as Magento's statements do.
    """

    def __init__(self, connection: pymysql.Connection[pymysql.cursors.Cursor], prefix: str = "") -> None:
        self.connection = connection
        self.prefix = prefix
        self._cursor = connection.cursor(pymysql.cursors.DictCursor)

    def name(self, table: str) -> str:
        """The table's name in the database, quoted."""
        return f"`{self.prefix}{table}`"

    def insert(self, table: str, row: Mapping[str, Value]) -> int:
        """Insert one row; None is left to the column's default. Returns the auto-increment value, or 0."""
        given = {column: value for column, value in row.items() if value is not None}
        columns = ", ".join(given)
        marks = ", ".join(["%s"] * len(given))
        self._cursor.execute(f"INSERT INTO {self.name(table)} ({columns}) VALUES ({marks})", list(given.values()))
        return int(self._cursor.lastrowid or 0)

    def insert_many(self, table: str, rows: Sequence[Mapping[str, Value]]) -> None:
        """Insert rows that name the same columns with one statement."""
        if rows:
            columns = ", ".join(rows[0])
            marks = ", ".join(["%s"] * len(rows[0]))
            self._cursor.executemany(
                f"INSERT INTO {self.name(table)} ({columns}) VALUES ({marks})", [list(row.values()) for row in rows]
            )

    def update(self, table: str, changes: Mapping[str, Value], **where: Value) -> int:
        """Set columns of the rows that `where` names; returns how many rows changed."""
        setting = ", ".join(f"{column} = %s" for column in changes)
        return self._run(f"UPDATE {self.name(table)} SET {setting}", list(changes.values()), where)

    def add(self, table: str, column: str, amount: Decimal, **where: Value) -> int:
        """Add to a column without reading it first, as Magento moves stock."""
        return self._run(f"UPDATE {self.name(table)} SET {column} = {column} + %s", [amount], where)

    def delete(self, table: str, **where: Value) -> int:
        """Delete the rows that `where` names."""
        return self._run(f"DELETE FROM {self.name(table)}", [], where)

    def rows(self, table: str, *, order: str = "", lock: bool = False, **where: Value) -> list[dict[str, Any]]:
        """The rows that `where` names, as dictionaries."""
        tail = (f" ORDER BY {order}" if order else "") + (" FOR UPDATE" if lock else "")
        self._run(f"SELECT * FROM {self.name(table)}", [], where, tail)
        return list(self._cursor.fetchall())

    def row(self, table: str, *, columns: str = "*", lock: bool = False, **where: Value) -> dict[str, Any]:
        """The one row that `where` names. Raises `LookupError` when there is none."""
        self._run(f"SELECT {columns} FROM {self.name(table)}", [], where, " FOR UPDATE" if lock else "")
        found = self._cursor.fetchall()
        if not found:
            raise LookupError(f"no row in {table} where {where}")
        return dict(found[0])

    def execute(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Any other statement; returns how many rows it touched."""
        return int(self._cursor.execute(sql, values or None))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction: committed at the end of the block, rolled back when it raises."""
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    def _run(self, sql: str, values: list[Value], where: Mapping[str, Value], tail: str = "") -> int:
        if where:
            sql += " WHERE " + " AND ".join(f"{column} = %s" for column in where)
        return int(self._cursor.execute(sql + tail, [*values, *where.values()]))
