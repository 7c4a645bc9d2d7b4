"""What of the stream matters: events that begin and end transactions, and the keys of watched rows.

Most of a shop's log is written by carts, cron and indexers. Their tables are known by id after the first TABLE_MAP,
and their transactions, a GTID event and a commit with nothing watched between, are counted and put together: only the
last one's place is worth keeping. Table ids are memory of the running server; they are forgotten at each ROTATE and
FORMAT_DESCRIPTION. With FULL metadata the TABLE_MAP before every group of row events makes up half of the log, so one
that is equal to the table's last is only compared.

Checksums are verified of what is decoded and of what begins or ends a transaction, not of what is passed over.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from uuid import UUID
from zlib import crc32

from cdc import binlog_compressed as compressed
from cdc import binlog_events as events
from cdc.binlog_events import Event
from cdc.binlog_library import LibraryRows
from cdc.binlog_packets import Packets
from cdc.binlog_rows import Projection, RowsSeen
from cdc.binlog_tables import UnknownLayout, parse_table_map, table_name
from cdc.errors import UnreadableEvent
from cdc.watch import WatchedTable, WatchList

log = logging.getLogger(__name__)

_BODY = events.HEADER_LENGTH + 8  # of a TABLE_MAP, behind table id and flags
_AROUND = _BODY + events.CRC_LENGTH
_DUMMY_TABLE = b"\xff\xff\xff\x00\x00\x00"
_CONTROL = frozenset(
    {
        *(events.QUERY, events.ROTATE, events.FORMAT_DESCRIPTION, events.XID, events.XA_PREPARE, events.INCIDENT),
        *(events.MYSQL_GTID, events.ANONYMOUS_GTID, events.TAGGED_GTID),
        *(events.MARIADB_GTID, events.MARIADB_GTID_LIST),
        *(events.HEARTBEAT, events.HEARTBEAT_V2, events.EXECUTE_LOAD_QUERY),
    }
)

_MYSQL_GTIDS = frozenset({events.MYSQL_GTID, events.ANONYMOUS_GTID})
# MariaDB's GTID event: flags of a group that is not an ordinary transaction
_UNUSUAL = events.STANDALONE | events.PREPARED_XA | events.COMPLETED_XA


@dataclass(slots=True)
class Counters:
    """What has been read since the process started.

    `decoded_by_library` counts row events of a layout that only mysql-replication can read.
    """

    events_dropped: int = 0
    rows: int = 0
    rows_unchanged: int = 0
    decoded_by_library: int = 0
    transactions: int = 0
    reconnects: int = 0


@dataclass(slots=True)
class Run:
    """Whole ordinary transactions, one behind the other, of which at most the last touched something watched.

    `gtids` are their first events, `end` is the last one's XID, in bytes from the header to the CRC, which has been
    verified. `rows` is what the last one touched.
    """

    gtids: list[bytes]
    rows: list[RowsSeen]
    end: bytes

    def names(self) -> list[str]:
        """The GTIDs before the last, as few names: of MariaDB the last of each domain, of MySQL ``uuid:3-9``."""
        before = self.gtids[:-1]
        kind = self.gtids[-1][4]
        if not before or kind == events.ANONYMOUS_GTID:
            return []
        if kind == events.MYSQL_GTID:
            return list(_intervals(before))
        latest = {event[27:31]: event for event in before}
        latest.pop(self.gtids[-1][27:31], None)  # the last one's domain, of which only the last one counts
        return [str(events.mariadb_gtid(events.decode(event)).gtid) for event in latest.values()]


def _intervals(gtids: list[bytes]) -> Iterator[str]:
    source, first, last = gtids[0][20:36], 0, -1
    for event in gtids:
        number = int.from_bytes(event[36:44], "little")
        if last < 0:
            first = number
        elif number != last + 1 or event[20:36] != source:
            yield f"{UUID(bytes=source)}:{first}-{last}"
            source, first = event[20:36], number
        last = number
    yield f"{UUID(bytes=source)}:{first}-{last}"


Seen = Event | RowsSeen | Run


def _begin(event: bytes) -> bool:
    """Whether a QUERY event's whole text is BEGIN (see `events.query` for its layout)."""
    text = 19 + 13 + event[27] + 1 + event[30] + (event[31] << 8)
    return event[text : -events.CRC_LENGTH] == b"BEGIN"


@dataclass(slots=True)
class Filter:
    """Follows one stream; `file` is the binlog file that is being read.

    A transaction of more than `hold` rows is handed on while it is being read, not as a part of a `Run`.
    """

    watch: WatchList
    counters: Counters = field(default_factory=Counters)
    hold: int = 1_000
    file: str = ""
    _mariadb: bool = False
    _skip: set[int] = field(default_factory=set)
    _unwatched: set[bytes] = field(default_factory=set)
    _watched: dict[bytes, Rows] = field(default_factory=dict)
    _bodies: dict[bytes, bytes] = field(default_factory=dict)
    _known: dict[bytes, Rows] = field(default_factory=dict)

    def seen(self, packets: Packets) -> Iterator[Seen | None]:
        """What matters, in the server's order; None when nothing did for a tick of reading.

        Raises `UnreadableEvent` for an event that may bear rows and is not understood, or has a wrong checksum, and
        what `Packets.events` raises.
        """
        xid, intact, mariadb, table_map = events.XID, events.INTACT, events.MARIADB_GTID, events.TABLE_MAP
        gtids: list[bytes] = []  # of the run; the last one's transaction may still be open
        rows: list[RowsSeen] = []
        end = begin = b""
        opened = False
        held = 0
        for came in packets.events(self._skip):
            if came is None:
                self.counters.events_dropped += packets.dropped
                packets.dropped = 0
                ended = gtids[:-1] if opened else gtids
                yield Run(ended, [], end) if ended else None
                gtids = gtids[-1:] if opened else []
                continue
            kind, event = came
            if opened:
                if kind == xid:
                    if crc32(event) != intact:
                        events.intact(event)
                    end = event
                    opened = False
                    begin = b""
                    if rows:
                        yield Run(gtids, rows, end)
                        gtids, rows, held = [], [], 0
                    continue
                if kind == events.QUERY and not begin and not rows and _begin(event):
                    begin = events.intact(event)
                    continue
            elif not event[31] & _UNUSUAL if kind == mariadb else kind in _MYSQL_GTIDS:
                if crc32(event) != intact:
                    events.intact(event)
                gtids.append(event)
                opened = True
                continue
            if kind == table_map:
                self._table_map(event)
                continue
            seen = None if kind == events.TRANSACTION_PAYLOAD else self._one(kind, event)
            if seen is None and kind != events.TRANSACTION_PAYLOAD:
                continue
            if opened and isinstance(seen, RowsSeen) and held + seen.rows <= self.hold:
                rows.append(seen)
                held += seen.rows
                continue
            # An unusual end, too many rows or compression: from here on it is handed on event by event.
            last = gtids.pop() if opened else b""
            if gtids:
                yield Run(gtids, [], end)
            if opened:
                yield events.decode(last)
                if begin:
                    yield events.decode(begin)
                yield from rows
            gtids, rows, held, opened, begin = [], [], 0, False, b""
            if seen is None:
                yield from self._unpacked(events.intact(event))
            else:
                yield seen

    def _one(self, kind: int, event: bytes) -> Seen | None:
        """What an event holds, or None when it cannot matter."""
        if kind in events.ROWS or kind in compressed.PLAIN_ROWS:
            return self._rows(kind, event)
        if kind == events.TABLE_MAP:
            self._table_map(event)
            return None
        if kind in _CONTROL:
            control = events.parse(event)
            if kind == events.ROTATE:
                self.file = events.rotate(control)
                self._forget()
            elif kind == events.FORMAT_DESCRIPTION:
                self._mariadb = b"MariaDB" in control.body
                self._forget()
            return control
        if kind == events.QUERY_COMPRESSED:
            return compressed.open_query(event)
        if kind == events.PARTIAL_UPDATE and event[19:25] in self._unwatched:
            return None
        if kind in events.HARMLESS or (kind not in events.UNREADABLE and event[17] & events.IGNORABLE_FLAG):
            events.intact(event)  # one flipped bit makes such an event of a row event
            return None
        raise events.unreadable(kind, self._place(event))

    def _unpacked(self, payload: bytes) -> Iterator[Seen]:
        """What matters of a compressed transaction; its last event ends where the transaction does."""
        before = b""
        for event in chain(compressed.open_transaction(payload), [b""]):
            if before and before[4] in _CONTROL:
                yield compressed.inside(before, payload, last=not event)
            elif before and (seen := self._one(before[4], before)) is not None:
                yield seen
            before = event

    def _place(self, event: bytes) -> str:
        return f"{self.file}:{int.from_bytes(event[13:17], 'little')}"

    def _forget(self) -> None:
        self._skip.clear()
        self._unwatched.clear()
        self._watched.clear()
        self._bodies.clear()
        self._known.clear()

    def _table_map(self, event: bytes) -> None:
        number = event[19:25]
        known = self._bodies.get(number)
        if known is not None and len(known) == len(event) - _AROUND and event.startswith(known, _BODY):
            return
        if number not in self._unwatched:
            watched = self.watch.tables.get(table_name(events.intact(event)[_BODY:]))
            if watched is not None:
                reader = self._known.get(event[_BODY : -events.CRC_LENGTH])
                if reader is None:
                    reader = Rows(watched, event, mariadb=self._mariadb)
                    self._known[reader.body] = reader
                self._watched[number] = reader
                self._bodies[number] = reader.body
                return
            self._unwatched.add(number)
        self._pass_over(event)

    def _pass_over(self, event: bytes) -> None:
        """From now on such an event of this table is not even looked at. The flags behind the id differ by event."""
        self._skip.add(int.from_bytes(event[19:27], "little"))
        self.counters.events_dropped += 1

    def _rows(self, kind: int, event: bytes) -> RowsSeen | None:
        number = event[19:25]
        reader = self._watched.get(number)
        if reader is None:
            if number in self._unwatched:
                self._pass_over(event)
                return None
            if number == _DUMMY_TABLE:
                return None
            raise UnreadableEvent(f"A row event at {self._place(event)} comes without its table's description")
        event = events.intact(event)
        if kind in compressed.PLAIN_ROWS:
            kind, event = compressed.PLAIN_ROWS[kind], compressed.open_rows(event)
        seen = reader.read(kind, event, self.counters)
        self.counters.rows += seen.rows
        self.counters.rows_unchanged += seen.unchanged
        return seen


class Rows:
    """Reads the row events of one watched table: by the fast path, or where that knows no way by the library.

    `body` is its TABLE_MAP behind table id and flags, without CRC.

    Raises `UnreadableEvent` when the key's column is missing, or the columns have no names.
    """

    def __init__(self, table: WatchedTable, table_map: bytes, *, mariadb: bool) -> None:
        self.body = table_map[_BODY : -events.CRC_LENGTH]
        self._table = table
        self._table_map = table_map
        self._mariadb = mariadb
        self._fast: Projection | None = None
        self._library: LibraryRows | None = None
        try:
            self._fast = Projection(table, parse_table_map(self.body, mariadb=mariadb))
        except UnknownLayout as unknown:
            self._library = self._by_library(unknown)

    def read(self, kind: int, event: bytes, counters: Counters) -> RowsSeen:
        """The rows of an event, whose checksum was verified. Raises `UnreadableEvent`."""
        if self._fast is not None:
            try:
                return self._fast.read(kind, event)
            except UnknownLayout as unknown:
                self._library = self._library or self._by_library(unknown)
        assert self._library is not None  # noqa: S101  (either of both is there)
        counters.decoded_by_library += 1
        return self._library.read(kind, event)

    def _by_library(self, unknown: UnknownLayout) -> LibraryRows:
        log.warning("%s: read by mysql-replication, which is slower", unknown)
        return LibraryRows(self._table, self._table_map, unknown, mariadb=self._mariadb)
