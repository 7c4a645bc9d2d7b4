"""Row events as mysql-replication decodes them, whole: for layouts that the fast path (`cdc.binlog_rows`) cannot read.

That is a key that is no integer or text (a DECIMAL, an ENUM), an amount of stock that is no DECIMAL, or a column type
whose values cannot be stepped over. It takes some hundred times as long, so `Counters.decoded_by_library` tells of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pymysql.protocol import MysqlPacket
from pymysqlreplication.packet import BinLogPacketWrapper
from pymysqlreplication.row_event import DeleteRowsEvent, TableMapEvent, UpdateRowsEvent, WriteRowsEvent

from cdc.binlog_events import INSERTS, UPDATES
from cdc.binlog_rows import DELETED, INSERTED, RowKey, RowsSeen
from cdc.binlog_tables import UnknownLayout
from cdc.errors import UnreadableEvent
from cdc.watch import WatchedTable

_packet_wrapper: Any = BinLogPacketWrapper  # it has no types
_OUTSIDE = 23  # header and CRC
_WHOLE = frozenset({TableMapEvent, WriteRowsEvent, UpdateRowsEvent, DeleteRowsEvent})


class _Asked:
    """What the library asks its second connection while it decodes."""

    charset = "utf8mb4"

    def __init__(self, dbms: str) -> None:
        self._dbms = dbms

    def _get_dbms(self) -> str:
        return self._dbms


def _table_id(event: bytes) -> int:
    return int.from_bytes(event[19:25], "little")


class LibraryRows:
    """Reads the row events of one watched table as one TABLE_MAP event (its bytes, header to CRC) describes it.

    `why` says what the fast path does not know about it.
    """

    def __init__(self, table: WatchedTable, table_map: bytes, why: UnknownLayout, *, mariadb: bool) -> None:
        self.table = table
        self._why = why
        self._asked = _Asked("mariadb" if mariadb else "mysql")
        self._tables: dict[int, Any] = {}
        self._table_map = table_map

    def read(self, event_type: int, event: bytes) -> RowsSeen:
        """The rows of an event, its bytes from the header to the CRC.

        Raises `UnreadableEvent`, with the reason of the fast path, when the library cannot read them either.
        """
        try:
            if not self._tables:
                self._decoded(self._table_map)
            self._tables = {_table_id(event): table for table in self._tables.values()}
            decoded = self._decoded(event)
            rows = decoded.rows
            whole = decoded.packet.read_bytes == len(event) - _OUTSIDE
        except Exception as error:
            raise self._unreadable(f"mysql-replication cannot read it either ({type(error).__name__})") from error
        if not whole:
            raise self._unreadable("mysql-replication does not read it to its end either")
        seen = RowsSeen(self.table, rows=len(rows))
        for row in rows:
            if event_type in UPDATES:
                self._update(seen, row["before_values"], row["after_values"])
            else:
                self._other(seen, row["values"], inserted=event_type in INSERTS)
        return seen

    def _decoded(self, event: bytes) -> Any:
        """The library's event. Its packet begins with the OK byte."""
        wrapper = _packet_wrapper(
            MysqlPacket(b"\0" + event, "utf8"),
            self._tables,  # a TABLE_MAP event adds itself
            self._asked,
            (0, 0, 0),
            True,
            _WHOLE,
            None,
            None,
            None,
            None,
            False,
            False,
            False,
            True,
            False,
        )
        return wrapper.event

    def _update(self, seen: RowsSeen, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        table = self.table
        old, new = self._key(before), self._key(after)
        if table.quantity and new is not None:
            was, now = self._amount(before, table.quantity), self._amount(after, table.quantity)
            if now is not None and (now > 0 if was is None else now > was):
                seen.raised.append(new)
        if all(after[name] == value for name, value in before.items() if name not in table.ignorable):
            seen.unchanged += 1
            return
        if table.kind is None:
            return
        for key in (new, old):
            if key is not None:
                seen.touches.setdefault(key, 0)

    def _other(self, seen: RowsSeen, values: Mapping[str, Any], *, inserted: bool) -> None:
        table = self.table
        key = self._key(values)
        if key is None:
            return
        if table.kind is not None:
            flag = (INSERTED if inserted else DELETED) if table.own else 0
            seen.touches[key] = seen.touches.get(key, 0) | flag
        if not inserted:
            return
        if table.memo:
            memo = values.get(table.memo)
            if memo is not None and isinstance(key, int):
                seen.memos.append((key, self._integer(table.memo, memo)))
        elif table.raises:
            amount = self._amount(values, table.quantity or table.signed_quantity)
            if amount is not None and amount > 0:
                seen.raised.append(key)

    def _key(self, values: Mapping[str, Any]) -> RowKey | None:
        value = values[self.table.key]
        if value is None:
            return None
        if not self.table.text:
            return self._integer(self.table.key, value)
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

    def _amount(self, values: Mapping[str, Any], name: str | None) -> Decimal | None:
        value = values.get(name) if name else None
        return None if value is None or name is None else self._number(name, value)

    def _integer(self, name: str, value: Any) -> int:
        number = self._number(name, value)
        if number != int(number):
            raise self._no_number(name)
        return int(number)

    def _number(self, name: str, value: Any) -> Decimal:
        try:
            return Decimal(value.decode("ascii") if isinstance(value, bytes) else value)
        except (InvalidOperation, TypeError, ValueError) as error:
            raise self._no_number(name) from error

    def _no_number(self, name: str) -> UnreadableEvent:
        return self._unreadable(f"a value of {self.table.name}.{name} is not the number that it should be")

    def _unreadable(self, what: str) -> UnreadableEvent:
        return UnreadableEvent(f"{self._why}; {what}", hint=self._why.hint)
