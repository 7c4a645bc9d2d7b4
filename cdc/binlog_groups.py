"""Where transactions begin and end, and what each of them touched.

A group ends at XID, at XA_PREPARE, at a QUERY that says COMMIT or ROLLBACK, or with the single QUERY of a standalone
group: MariaDB flags those in the GTID event; on MySQL it is a first QUERY that opens nothing. A CREATE TABLE ... SELECT
puts its CREATE in the middle of a group. Groups of MEMORY and MyISAM tables end with QUERY COMMIT.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from cdc import binlog_events as events
from cdc.binlog_events import Event, Gtid
from cdc.binlog_filter import Run
from cdc.binlog_rows import DELETED, INSERTED, RowKey, RowsSeen
from cdc.binlog_statements import read_statement
from cdc.errors import BadServerSettings, PositionLost, UnreadableEvent
from cdc.gtid import GtidSet
from cdc.keys import Key, Kind
from cdc.position import (
    Anchor,
    Committed,
    LogPlace,
    Position,
    RestockFact,
    Touch,
    TransactionStart,
    XaStep,
)
from cdc.watch import LookUp, Place, WatchList

CHUNK = 1_000
MAX_RAISED = 10_000

Resolve = Callable[[LookUp, Sequence[int]], Mapping[int, int | str]]
"""Answers a look-up for many numbers; what does not exist is left out. Raises the errors of `cdc.errors`."""

Touched = dict[tuple[Kind, LookUp | None], dict[RowKey, int]]
"""What a transaction touched: of each kind and way to look it up, numbers as rows have them and INSERTED | DELETED."""

_TOUCHES = {flags: Touch(bool(flags & INSERTED), bool(flags & DELETED)) for flags in range((INSERTED | DELETED) + 1)}
_XA = re.compile(r"XA\s+(START|BEGIN|END|PREPARE|COMMIT|ROLLBACK)\s+(.*)", re.I | re.S)
_XID = re.compile(r"X'([0-9a-f]*)'\s*,\s*X'([0-9a-f]*)'\s*,\s*(\d+)", re.I)


@dataclass(slots=True)
class _Group:
    """A transaction that is being read."""

    start: TransactionStart
    started: Event
    gtid: str | None
    standalone: bool = False
    opened: bool = False
    xa: XaStep | None = None
    touches: Touched = field(default_factory=dict)
    raised: dict[str, None] = field(default_factory=dict)
    memos: list[tuple[int, int]] = field(default_factory=list)
    ddl: dict[Place, None] = field(default_factory=dict)
    layout: dict[Place, None] = field(default_factory=dict)
    handed_on: bool = False


class Groups:
    """Follows one stream from `position`; `position` moves only at the end of a group.

    `last_commit` is when the last whole transaction was committed, `read_up_to` when the one being read was.
    `clock_offset` is the server's clock minus this machine's, in seconds. `gtids` is the whole set read so far, or
    None where the server has no GTIDs.
    """

    def __init__(
        self,
        position: Position,
        gtids: GtidSet | None,
        watch: WatchList,
        resolve: Resolve,
        *,
        clock_offset: float = 0.0,
        chunk: int = CHUNK,
    ) -> None:
        self.position = position
        self.last_commit: datetime | None = None
        self.read_up_to: datetime | None = None
        self.transactions = 0
        self._gtids = gtids
        self._watch = watch
        self._resolve = resolve
        self._offset = round(clock_offset)
        self._second, self._moment = -1, datetime.now(UTC)
        self._chunk = chunk
        self._file = position.place.file
        self._end = position.place.offset
        self._group: _Group | None = None

    def run(self, run: Run) -> Committed | None:
        """Follow whole transactions; gives the last one when it touched something.

        The same as events one by one would give, without what only unusual transactions need.
        """
        first, end = events.decode(run.gtids[-1]), events.decode(run.end)
        gtid = None if first.type == events.ANONYMOUS_GTID else _gtid(first).gtid
        start = TransactionStart(gtid, LogPlace(self._file, first.start if first.end else self._end))
        if self._gtids is not None and gtid is not None:
            for name in (*run.names(), gtid):
                self._gtids.add(name)
        self.position = position = self._behind(first, end)
        self.transactions += len(run.gtids)
        self.last_commit = self.read_up_to = when = self._time(max(end.timestamp, first.timestamp))
        if not run.rows:
            return None
        touches: Touched = {}
        memos: list[tuple[int, int]] = []
        raised: dict[str, None] = {}
        for seen in run.rows:
            _merge(seen, touches, memos, raised)
        if not touches and not memos:
            return None
        return Committed(
            position=position,
            start=start,
            committed_at=when,
            touches=self._resolved(touches),
            restocked=_restocked(memos, raised),
        )

    @property
    def inside(self) -> bool:
        """Whether a transaction has begun and not ended yet."""
        return self._group is not None

    def rows(self, seen: RowsSeen) -> Committed | None:
        """Add the keys of a row event; gives a chunk when a thousand have come together."""
        group = self._group
        if group is None:
            raise UnreadableEvent(f"Rows of {seen.table.name} came outside of a transaction, after {self._file}")
        _merge(seen, group.touches, group.memos, group.raised)
        return self._hand_on(group) if sum(map(len, group.touches.values())) >= self._chunk else None

    def control(self, event: Event) -> Committed | None:
        """Follow any other event; gives the transaction when this one ends it.

        Raises `PositionLost` for an INCIDENT, `UnreadableEvent` for a change logged as a statement.
        """
        kind = event.type
        if kind == events.ROTATE:
            self._file = events.rotate(event)
            self._end = int.from_bytes(event.body[:8], "little")
            return None
        if kind == events.FORMAT_DESCRIPTION:
            self._new_file(event)
            return None
        if kind in (events.HEARTBEAT, events.HEARTBEAT_V2, events.MARIADB_GTID_LIST):
            return None
        if kind == events.INCIDENT:
            raise PositionLost(
                f"The server wrote an INCIDENT event in {self._file}: changes are missing from its binlog",
                hint="Look at the server's error log. `on_gap` says what happens now.",
            )
        return self._in_group(event)

    def _in_group(self, event: Event) -> Committed | None:
        kind = event.type
        if kind in (events.MARIADB_GTID, events.MYSQL_GTID, events.ANONYMOUS_GTID, events.TAGGED_GTID):
            if kind == events.TAGGED_GTID:
                self._gtids = None  # no set without tags holds this one: from here on file and offset count
            anonymous = kind in (events.ANONYMOUS_GTID, events.TAGGED_GTID)
            self._begin(event, Gtid(None) if anonymous else _gtid(event))
        elif kind == events.XID:
            return self._finish(event)
        elif kind == events.XA_PREPARE:
            return self._prepared(event)
        elif kind == events.QUERY:
            return self._query(event)
        elif kind == events.EXECUTE_LOAD_QUERY:
            self._statement_change(event.body.decode("utf-8", "replace"))
        return None

    def _new_file(self, event: Event) -> None:
        if not events.checksummed(event):
            raise BadServerSettings(
                f"The binlog file {self._file} was written with binlog_checksum=NONE",
                hint="SET GLOBAL binlog_checksum='CRC32'; and the same line in my.cnf. Then `magento-economic capture "
                "adopt` goes on behind that file.",
            )
        self._group = None  # a crash leaves a last group without an end: it was never committed
        place = LogPlace(self._file, event.end)
        if event.end and event.timestamp and place.order() > self.position.place.order():
            self.position = replace(self.position, place=place, anchor=anchor_of(event))

    def _begin(self, event: Event, gtid: Gtid) -> None:
        self.read_up_to = self._time(event.timestamp)
        place = LogPlace(self._file, event.start if event.end else self._end)
        xa = XaStep("prepared", gtid.xid) if gtid.flags & events.PREPARED_XA else None
        self._group = _Group(
            TransactionStart(gtid.gtid, place),
            event,
            gtid.gtid,
            standalone=bool(gtid.flags & events.STANDALONE),
            opened=event.type == events.MARIADB_GTID and not gtid.flags & events.STANDALONE,
            xa=xa,
        )

    def _prepared(self, event: Event) -> Committed | None:
        one_phase, xid = events.xa_prepare(event)
        if self._group is not None:
            step = XaStep("committed" if one_phase else "prepared", xid)
            self._group.xa = None if one_phase and not self._group.handed_on else step
        return self._finish(event)

    def _query(self, event: Event) -> Committed | None:
        schema, text = events.query(event)
        if self._group is None:
            self._begin(event, Gtid(None))
        group = self._group
        assert group is not None  # noqa: S101  (just begun)
        word = text.strip().rstrip(";").upper()
        if word in ("COMMIT", "ROLLBACK"):
            return self._finish(event)
        if word == "BEGIN":
            group.opened = True
            return None
        if word.startswith(("SAVEPOINT", "ROLLBACK TO", "RELEASE SAVEPOINT")):
            return None
        if found := _XA.match(text.strip()):
            return self._xa_query(event, group, found[1].upper(), found[2])
        self._statement(group, text, schema)
        if word.endswith("START TRANSACTION"):  # MySQL 8.0.21: CREATE TABLE ... SELECT in one atomic group
            group.opened = True
        return None if group.opened and not group.standalone else self._finish(event)

    def _xa_query(self, event: Event, group: _Group, verb: str, rest: str) -> Committed | None:
        found = _XID.search(rest)
        xid = f"X'{found[1].lower()}',X'{found[2].lower()}',{found[3]}" if found else rest.strip()
        if verb in ("START", "BEGIN"):
            group.opened = True
            group.xa = XaStep("prepared", xid)
        if verb in ("COMMIT", "ROLLBACK"):
            group.xa = XaStep("committed" if verb == "COMMIT" else "rolled_back", xid)
            return self._finish(event)
        return None

    def _statement(self, group: _Group, text: str, schema: str) -> None:
        statement = read_statement(text, schema)
        if statement.kind == "dml":
            self._statement_change(text, statement.tables)
            return
        watched = self._watch.tables
        group.ddl.update((place, None) for place in watched if place[0] == statement.schema_dropped)
        named = group.layout if statement.kind == "layout" else group.ddl
        named.update((place, None) for place in statement.tables if place in watched)

    def _statement_change(self, text: str, changed: Sequence[Place] = ()) -> None:
        words = set(re.findall(r"[\w$]+", text.lower()))
        places = {(schema.lower(), name.lower()) for schema, name in changed}
        for schema, name in self._watch.tables:
            if (schema.lower(), name.lower()) in places if places else name.lower() in words:
                raise UnreadableEvent(
                    f"A change of {name} was logged as a statement, not as rows, in {self._file}",
                    hint="Set binlog_format=ROW, also in the sessions of applications that set it themselves. "
                    "`magento-economic capture adopt` goes on behind this change.",
                )

    def _hand_on(self, group: _Group) -> Committed:
        group.handed_on = True
        return self._item(group, None, group.started)

    def _item(self, group: _Group, position: Position | None, last: Event) -> Committed:
        item = Committed(
            position=position,
            start=group.start,
            committed_at=self._time(max(last.timestamp, group.started.timestamp)),
            touches=self._resolved(group.touches),
            xa=group.xa,
        )
        group.touches.clear()
        return item

    def _time(self, timestamp: int) -> datetime:
        if timestamp != self._second:  # transactions of one second follow one another
            self._second, self._moment = timestamp, datetime.fromtimestamp(timestamp - self._offset, UTC)
        return self._moment

    def _resolved(self, touched: Touched) -> dict[Key, Touch]:
        touches: dict[Key, int] = {}
        for (kind, via), numbers in touched.items():
            if via is None:
                for number, flags in numbers.items():
                    key = Key(kind, str(number))
                    touches[key] = touches.get(key, 0) | flags
                continue
            asked = [number for number in numbers if isinstance(number, int)]
            found = self._resolve(via, asked)
            if len(found) < len(asked) and len(asked) < self._chunk:
                time.sleep(0.05)  # with semi-synchronous replication an event arrives before its row can be seen
                found = self._resolve(via, asked)
            for number, name in found.items():
                key = Key(kind, str(name))
                touches[key] = touches.get(key, 0) | numbers[number]
        return {key: _TOUCHES[flags] for key, flags in touches.items()}

    def _finish(self, event: Event) -> Committed | None:
        group = self._group
        if group is None:
            self._begin(event, Gtid(None))
            group = self._group
        assert group is not None  # noqa: S101  (just begun)
        position = self._after(group, event)
        ddl = tuple(group.ddl)
        changed = tuple({**group.ddl, **group.layout}) if group.layout else ddl
        matters = group.touches or group.handed_on or changed or group.xa or group.memos
        item = self._item(group, position, event) if matters else None
        if item is not None and (group.memos or changed):
            item = replace(
                item,
                restocked=_restocked(group.memos, group.raised),
                ddl_tables=tuple(self._watch.tables[place].name for place in changed),
                ddl_kinds=self._watch.kinds(ddl),
            )
        self._group = None
        self.position = position
        self.transactions += 1
        self.last_commit = self.read_up_to = self._time(max(event.timestamp, group.started.timestamp))
        return item

    def _after(self, group: _Group, event: Event) -> Position:
        if self._gtids is not None and group.gtid is not None:
            self._gtids.add(group.gtid)
        return self._behind(group.started, event)

    def _behind(self, first: Event, end: Event) -> Position:
        """The position behind a transaction, by its first and last event."""
        last = end if end.end else first
        place = LogPlace(self._file, last.end or self._end)
        self._end = place.offset
        return Position(
            None if self._gtids is None else str(self._gtids),
            place,
            anchor_of(last) if last.end else self.position.anchor,
        )


def _gtid(event: Event) -> Gtid:
    return events.mariadb_gtid(event) if event.type == events.MARIADB_GTID else events.mysql_gtid(event)


def _merge(seen: RowsSeen, touches: Touched, memos: list[tuple[int, int]], raised: dict[str, None]) -> None:
    """Add what one row event says to what its transaction has touched so far."""
    table = seen.table
    if table.kind is not None and seen.touches:
        numbers = touches.setdefault((table.kind, table.via), {})
        for number, flags in seen.touches.items():
            numbers[number] = numbers.get(number, 0) | flags
    if seen.memos:
        memos.extend(seen.memos)
    if seen.raised and len(raised) < MAX_RAISED:
        raised.update((f"{table.raises}:{key}", None) for key in seen.raised)


def _restocked(memos: Sequence[tuple[int, int]], raised: Mapping[str, None]) -> tuple[RestockFact, ...]:
    names = tuple(raised)
    return tuple(RestockFact(str(order), str(memo), names) for order, memo in memos) if names else ()


def anchor_of(event: Event) -> Anchor:
    """The anchor that an event makes."""
    return Anchor(event.timestamp, event.envelope or event.type, event.length, event.crc)
