"""Positions and the server they belong to: where the log ends now, and whether a stored position still fits.

An anchor is read again through a short dump of the binlog from the offset where its event begins: that needs no more
than REPLICATION SLAVE, gives the CRC (SHOW BINLOG EVENTS does not), and works for the last event of a file.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator
from contextlib import closing
from typing import Any

import pymysql

from cdc import binlog_events as events
from cdc.binlog_connection import Opener
from cdc.binlog_events import Event
from cdc.binlog_groups import anchor_of
from cdc.binlog_packets import StreamLost
from cdc.binlog_stream import Stream
from cdc.connect import Connection, Database, connect, database_errors, explain
from cdc.errors import DatabaseUnreachable, PositionLost, WrongServer
from cdc.gtid import GtidSet, contains, gtid_set, has_tags
from cdc.position import Anchor, LogPlace, Position
from cdc.server import ServerFacts, master_status, server_facts

FIRST_EVENT = 4
_GTIDS_AND_HEADS = frozenset({events.MARIADB_GTID, events.MYSQL_GTID, events.FORMAT_DESCRIPTION})
ADOPT = "If this is meant to be the shop's server from now on, `magento-economic capture adopt` shows what that means."


class LogReader:
    """Reads single events of the server's binlog files. `server_id` must differ from every replica's."""

    def __init__(self, database: Database, server_id: int, server_version: str) -> None:
        self._database = database
        self._server_id = server_id
        self._version = server_version

    def events(self, place: LogPlace, types: frozenset[int] = frozenset()) -> Generator[Event, None, None]:
        """The events from `place` to the end of the log; close the iterator when they are enough.

        Raises `FileNotFoundError` when the server has no such file, `ValueError` when no event begins there, and
        `DatabaseUnreachable`.
        """
        opener = Opener(self._version)
        try:
            for came in Stream(self._database, opener, self._server_id, place).packets().events():
                if came is None or (types and came[0] not in types):
                    continue
                event = events.parse(came[1])
                if event.end:  # the server's own inventions (ROTATE, a repeated head) have no offset
                    yield event
        except EOFError:
            return
        except StreamLost as error:
            raise DatabaseUnreachable(f"{self._database} ended the connection: {error}") from error
        except pymysql.MySQLError as error:
            if error.args[0] == 1236:
                raise _no_such_place(str(error.args[1]), place) from error
            raise explain(error, self._database) from error
        finally:
            opener.close()

    def first(self, place: LogPlace, count: int = 1) -> list[Event]:
        """Up to `count` events from `place`. Raises as `events` does."""
        with closing(self.events(place)) as found:
            return list(itertools.islice(found, count))

    def anchor(self, anchor: Anchor, end: LogPlace) -> Anchor | None:
        """What stands where the anchor's event stood: equal, another, or None where no event begins.

        Raises `FileNotFoundError` when the file is gone.
        """
        start = LogPlace(end.file, end.offset - anchor.length)
        try:
            found = self.first(start)
        except ValueError:
            return None
        return anchor_of(found[0]) if found and found[0].start == start.offset else None

    def head(self, file: str, *, mariadb: bool) -> tuple[Event, GtidSet]:
        """A file's first event, and what was in the log before it. Raises `FileNotFoundError`."""
        found = self.first(LogPlace(file, FIRST_EVENT), 2)
        before = gtid_set("", mariadb=mariadb)
        for event in found:
            if event.type == events.MARIADB_GTID_LIST:  # it also names former servers of a domain: the highest counts
                for gtid in sorted(events.gtid_list(event), key=lambda g: int(g.split("-")[2])):
                    before.add(gtid)
            elif event.type == events.PREVIOUS_GTIDS:
                for gtid in events.previous_gtids(event):
                    before.add(gtid)
        return found[0], before

    def find_gtid(self, file: str, gtid: str) -> Event | None:
        """The GTID event of a transaction in one file."""
        heads = 0
        with closing(self.events(LogPlace(file, FIRST_EVENT), _GTIDS_AND_HEADS)) as found:
            for event in found:
                heads += event.type == events.FORMAT_DESCRIPTION
                if heads > 1:
                    break
                if event.type != events.FORMAT_DESCRIPTION and gtid_of(event) == gtid:
                    return event
        return None


def gtid_of(event: Event) -> str | None:
    """The GTID that a GTID event gives."""
    return (events.mariadb_gtid(event) if event.type == events.MARIADB_GTID else events.mysql_gtid(event)).gtid


def _no_such_place(text: str, place: LogPlace) -> Exception:
    if "first log file" in text or "not find" in text:
        return FileNotFoundError(place.file)
    return ValueError(text)


def current_position(database: Database | str, *, server_id: int) -> Position:
    """Where the log ends now, anchored by the head of its file (whose time and CRC are the file's own).

    Raises `BadServerSettings` when the binlog is off or a right is missing, and the connection's errors.
    """
    where = Database.parse(database) if isinstance(database, str) else database
    connection = connect(where)
    try:
        with database_errors(where):
            facts = server_facts(connection)
            before = _one(connection, "SELECT @@global.gtid_binlog_pos") if facts.mariadb else None
            place, executed = master_status(connection)
            gtids = None
            if facts.gtid_mode and not facts.mariadb and not has_tags(executed):
                gtids = str(gtid_set(executed, mariadb=False))
            if facts.mariadb:
                # NULL when the file has an event larger than max_allowed_packet
                exact = _one(connection, "SELECT BINLOG_GTID_POS(%s, %s)", (place.file, place.offset))
                gtids = before if exact is None else exact
    finally:
        connection.close()
    head = LogReader(where, server_id, facts.version).first(LogPlace(place.file, FIRST_EVENT))[0]
    anchor = Anchor(head.timestamp, head.type, head.length, head.crc, LogPlace(place.file, head.end))
    return Position(gtids, place, anchor)


def verify_position(connection: Connection, reader: LogReader, position: Position, facts: ServerFacts) -> None:
    """Prove that the server's log is the one that was read up to `position`.

    Raises `WrongServer` when another log stands there, `PositionLost` when what comes next was purged. A server
    without our file is accepted only when its GTIDs contain ours: after a purge, when its oldest file begins exactly
    where we stopped; another server, when its log holds our last transaction, with the same time.
    """
    anchor = position.anchor
    if anchor is None:
        return
    end = anchor.ends_at or position.place
    try:
        found = reader.anchor(anchor, end)
    except FileNotFoundError:
        _without_file(connection, reader, position, anchor, end, facts)
        return
    if found != Anchor(anchor.timestamp, anchor.event_type, anchor.length, anchor.crc):
        raise WrongServer(
            f"The server's binlog is not the one that was read: another event ends at {end.file}:{end.offset} "
            "(the binlog was reset, the server restored from a backup, or it is another server)",
            hint=ADOPT,
        )


def _without_file(
    connection: Connection, reader: LogReader, position: Position, anchor: Anchor, end: LogPlace, facts: ServerFacts
) -> None:
    files = binary_logs(connection)
    first = LogPlace(files[0], 0) if files else LogPlace("", 0)
    purged = _base(first.file) == _base(end.file) and end.order() < first.order()
    if position.gtid_set is None:
        raise _lost(end) if purged else _lacks(end, "there are no GTIDs to go by")
    ours = gtid_set(position.gtid_set, mariadb=facts.mariadb)
    if purged:
        _continues(reader.head(first.file, mariadb=facts.mariadb)[1], ours, end)
    else:
        _holds(reader, ours, anchor, files, end, facts.mariadb)


def _continues(before: GtidSet, ours: GtidSet, end: LogPlace) -> None:
    """The same server after a purge: its oldest file must begin exactly where we stopped."""
    if not contains(ours, before):
        raise _lost(end)
    if not contains(before, ours):
        raise _lacks(end, f"its oldest file begins after {before or 'nothing'}, which does not hold {ours}")


def _holds(reader: LogReader, ours: GtidSet, anchor: Anchor, files: list[str], end: LogPlace, mariadb: bool) -> None:
    """Another server: our last transactions must be in its log, one of them at the anchor's time.

    The numbers alone prove nothing: after RESET MASTER the same server gives them out again, under the same name.
    """
    times = []
    for gtid in ours.latest():
        one = gtid_set(gtid, mariadb=mariadb)
        file = next((f for f in reversed(files) if not contains(reader.head(f, mariadb=mariadb)[1], one)), None)
        if file is None:
            continue  # purged long ago: a domain or server that has not written since
        found = reader.find_gtid(file, gtid)
        if found is None:
            raise _lacks(end, f"it does not hold {gtid}")
        times.append(found.timestamp)
    if not times:
        raise _lacks(end, f"it has purged all of {ours}, so nothing shows that it is no copy of the shop")
    if anchor.event_type == events.FORMAT_DESCRIPTION or all(abs(t - anchor.timestamp) > 1 for t in times):
        raise _lacks(end, f"what it calls {ours} was committed at another time")


def _lost(end: LogPlace) -> PositionLost:
    return PositionLost(
        f"The server has purged its binlog beyond the stored position {end.file}:{end.offset}",
        hint="Keep the binlog longer: SET GLOBAL binlog_expire_logs_seconds=604800 (expire_logs_days=7 before). "
        "`on_gap` says what happens now.",
    )


def _lacks(end: LogPlace, why: str) -> WrongServer:
    return WrongServer(f"The server has no binlog {end.file} and is not the one that was read: {why}", hint=ADOPT)


def _base(file: str) -> str:
    return file.rpartition(".")[0]


def binary_logs(connection: Connection) -> list[str]:
    """The server's binlog files, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW BINARY LOGS")
        return [str(row[0]) for row in cursor.fetchall()]


def _one(connection: Connection, sql: str, args: tuple[object, ...] = ()) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        row = cursor.fetchone()
    return row[0] if row else None
