"""The packet filter under mysql-replication: what cannot matter is dropped before any object is built.

`BinLogStreamReader` opens its connections through `pymysql_wrapper`; the one given here looks at each packet's type
byte and table id. Table ids are memory of the running server: they are forgotten at each ROTATE and
FORMAT_DESCRIPTION. TABLE_MAP events, which come before every row event and make up half of the log with FULL metadata,
are compared as bytes with the last one of their table.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import pymysql
from pymysql.constants.COMMAND import COM_BINLOG_DUMP
from pymysql.protocol import MysqlPacket

from cdc import binlog_events as events
from cdc.binlog_events import Event
from cdc.binlog_rows import Projection, RowsSeen
from cdc.binlog_tables import parse_table_map, table_name
from cdc.errors import UnreadableEvent
from cdc.watch import WatchList

COM_BINLOG_DUMP_GTID = 0x1E
TICK_SECONDS = 0.5
READ_BUFFER = 1 << 18
MAX_PACKET = 0xFFFFFF

_DUMMY_TABLE = b"\xff\xff\xff\x00\x00\x00"
_CONTROL = frozenset(
    {
        *(events.QUERY, events.ROTATE, events.FORMAT_DESCRIPTION, events.XID, events.XA_PREPARE, events.INCIDENT),
        *(events.MYSQL_GTID, events.ANONYMOUS_GTID, events.MARIADB_GTID, events.MARIADB_GTID_LIST),
        *(events.HEARTBEAT, events.HEARTBEAT_V2, events.EXECUTE_LOAD_QUERY),
    }
)
# What mysql-replication is shown instead of an event: an OK byte and a header of type 0, which it does not look into.
_BLANK = b"\0" + struct.pack("<IBIIIH", 0, 0, 0, events.HEADER_LENGTH + 4, 0, 0) + b"\0" * 8


class StreamLost(Exception):
    """The stream ended: connection lost, killed, silent for too long, or the server is going down.

    Not one of pymysql's errors on purpose: the library answers those by reconnecting at the place where it started.
    """


@dataclass(slots=True)
class Counters:
    """What has been read since the process started."""

    events_dropped: int = 0
    rows: int = 0
    rows_unchanged: int = 0
    transactions: int = 0
    reconnects: int = 0


Seen = Event | RowsSeen
TICK = None


class Packets(Protocol):
    """Decides what of the stream is handed on."""

    def take(self, packet: bytes) -> Seen | None:
        """What a packet holds, or None when it cannot matter."""

    def wants(self, packet: bytes) -> bool:
        """Whether the rest of a packet of more than 16 MB must be kept, told by its beginning."""


@dataclass(slots=True)
class PacketFilter:
    """Turns packets into what matters: control events and the keys of watched rows."""

    watch: WatchList
    counters: Counters = field(default_factory=Counters)
    file: str = ""
    _skipped: set[bytes] = field(default_factory=set)
    _watched: dict[bytes, Projection] = field(default_factory=dict)
    _bodies: dict[bytes, bytes] = field(default_factory=dict)
    _known: dict[bytes, Projection] = field(default_factory=dict)

    def take(self, packet: bytes) -> Seen | None:
        """What a packet holds, or None when it cannot matter.

        Raises `UnreadableEvent` for an event that may bear rows and is not understood.
        """
        kind = packet[5]
        if kind == events.TABLE_MAP:
            self._table_map(packet)
            return None
        if kind in events.ROWS:
            table_id = packet[20:26]
            if table_id in self._skipped:
                self.counters.events_dropped += 1
                return None
            return self._rows(kind, table_id, packet)
        if kind in _CONTROL:
            event = events.parse(packet)
            if kind == events.ROTATE:
                self.file = events.rotate(event)
                self._forget()
            elif kind == events.FORMAT_DESCRIPTION:
                self._forget()
            return event
        if kind in events.HARMLESS or (kind not in events.UNREADABLE and packet[18] & events.IGNORABLE_FLAG):
            return None
        raise events.unreadable(kind, self._place(packet))

    def wants(self, packet: bytes) -> bool:
        """Whether the rest of a packet of more than 16 MB must be kept, told by its beginning."""
        return not (packet[5] in events.ROWS and packet[20:26] in self._skipped)

    def _place(self, packet: bytes) -> str:
        return f"{self.file}:{int.from_bytes(packet[14:18], 'little')}"

    def _forget(self) -> None:
        self._skipped.clear()
        self._watched.clear()
        self._bodies.clear()
        self._known.clear()

    def _table_map(self, packet: bytes) -> None:
        table_id = packet[20:26]
        if table_id in self._skipped:
            return
        body = packet[28 : -events.CRC_LENGTH]
        if self._bodies.get(table_id) == body:
            return
        table = self.watch.tables.get(table_name(body))
        if table is None:
            self._skipped.add(table_id)
            return
        events.parse(packet)
        projection = self._known.get(body)
        if projection is None:
            projection = self._known[body] = Projection(table, parse_table_map(body))
        self._watched[table_id] = projection
        self._bodies[table_id] = body

    def _rows(self, kind: int, table_id: bytes, packet: bytes) -> RowsSeen | None:
        projection = self._watched.get(table_id)
        if projection is None:
            if table_id == _DUMMY_TABLE:
                return None
            raise UnreadableEvent(f"A row event at {self._place(packet)} comes without its table's description")
        seen = projection.read(kind, events.parse(packet).body)
        self.counters.rows += seen.rows
        self.counters.rows_unchanged += seen.unchanged
        return seen


class Shown(MysqlPacket):
    """A packet as mysql-replication is shown it; `seen` is what it really held (None: a tick, nothing happened)."""

    __slots__ = ("seen",)

    def __init__(self, data: bytes, seen: Seen | None) -> None:
        super().__init__(data, "utf8")
        self.seen = seen


# The overridden methods and the attributes they use are PyMySQL's private parts, which have no types.
_Connection: Any = pymysql.Connection


class FilteredConnection(_Connection):  # type: ignore[misc]
    """A connection that filters what comes after a dump request, and hands over control every half second at least."""

    _rfile: Any
    _current_timeout: Any
    _next_seq_id: int

    def __init__(self, packets: Packets, **options: Any) -> None:
        self._packets = packets
        self._dumping = False
        super().__init__(**options)

    def _write_bytes(self, data: bytes) -> None:
        if len(data) > 4 and data[4] in (COM_BINLOG_DUMP, COM_BINLOG_DUMP_GTID):
            self._rfile.close()
            self._rfile = self._sock.makefile("rb", READ_BUFFER)
            self._dumping = True
        super()._write_bytes(data)

    def _read_packet(self, packet_type: Any = MysqlPacket) -> Any:
        if not self._dumping:
            return super()._read_packet(packet_type)
        try:
            return self._next_that_matters()
        except pymysql.err.OperationalError as error:
            if error.args[0] in (2006, 2013):
                raise StreamLost(str(error.args[1])) from error
            raise

    def _next_that_matters(self) -> Any:
        if self._current_timeout != self._read_timeout:
            self._sock.settimeout(self._read_timeout)
            self._current_timeout = self._read_timeout
        due = time.monotonic() + TICK_SECONDS
        dropped = 0
        while True:
            data = self._whole_packet()
            if data[0] != 0:
                packet = MysqlPacket(data, "utf8")
                if packet.is_error_packet():
                    packet.raise_for_error()
                return packet
            seen = self._packets.take(data)
            if seen is not None:
                library_needs = isinstance(seen, Event) and seen.type in (events.ROTATE, events.FORMAT_DESCRIPTION)
                return Shown(data if library_needs else _BLANK, seen)
            dropped += 1
            if dropped & 0x7F == 0 and time.monotonic() >= due:
                return Shown(_BLANK, TICK)

    def _whole_packet(self) -> bytes:
        length, data = self._part()
        if length < MAX_PACKET:
            return data
        parts = [data]
        keep = self._packets.wants(data)
        while length == MAX_PACKET:
            length, data = self._part()
            if keep:
                parts.append(data)
        return b"".join(parts)

    def _part(self) -> tuple[int, bytes]:
        header = self._read_bytes(4)
        if header[3] != self._next_seq_id:
            raise StreamLost("the server is shutting down" if header[3] == 0 else "a packet is out of order")
        self._next_seq_id = (self._next_seq_id + 1) % 256
        length = header[0] | header[1] << 8 | header[2] << 16
        return length, self._read_bytes(length)


class _ControlStub:
    """Stands in for the library's second connection, whose only question is answered by `cdc.server` already."""

    charset = "utf8mb4"

    def __init__(self, server_version: str) -> None:
        self._version = server_version
        self._get_dbms: Callable[[], str] | None = None

    def get_server_info(self) -> str:
        return self._version

    def cursor(self) -> _ControlStub:
        return self

    def execute(self, statement: str) -> None:
        """SHOW VARIABLES LIKE 'BINLOG_ROW_METADATA'."""

    def fetchone(self) -> dict[str, str]:
        return {"Value": "FULL"}

    def close(self) -> None:
        """Nothing is open."""


class Opener:
    """The `pymysql_wrapper`: opens filtered connections, remembers them, closes them all."""

    def __init__(self, packets: Packets, server_version: str) -> None:
        self._packets = packets
        self._version = server_version
        self._open: list[FilteredConnection] = []

    def __call__(self, **options: Any) -> Any:
        """Called by the library in place of `pymysql.connect`, for the stream and for its second connection."""
        if options.get("db") == "information_schema":
            return _ControlStub(self._version)
        connection = FilteredConnection(self._packets, **options)
        self._open.append(connection)
        return connection

    def interrupt(self) -> None:
        """Wake a blocked read, from another thread: it ends with `StreamLost`."""
        for connection in list(self._open):
            with contextlib.suppress(OSError, AttributeError):
                connection._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close every connection at once, without asking the server."""
        while self._open:
            self._open.pop()._force_close()
