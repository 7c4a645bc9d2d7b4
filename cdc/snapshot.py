"""Consistent snapshots of Magento's database that have reached what the binlog announced.

Autocommit reads of an order and its items can be torn by a commit between them, and a session that never ends its
transaction repeats its first snapshot for ever; so every load is one START TRANSACTION WITH CONSISTENT SNAPSHOT,
READ ONLY, ended before its result is used. It needs REPEATABLE READ: at READ COMMITTED the server ignores the clause.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Literal, TypeVar, cast

import pymysql
import pymysql.cursors
from pymysql.constants import FIELD_TYPE

from cdc.connect import Database, connect, explain
from cdc.errors import NotReached
from cdc.gtid import MariaDbGtids
from cdc.pool import Connection, Pool, shut
from cdc.position import LogPlace, TransactionStart

T = TypeVar("T")

LogOf = Literal["here", "primary", "replica", "elsewhere"]
"""Whose binlog announced a transaction: that of the server loads come from, its primary's, a replica's of it, or that
of another server of the same replication, whichever of the two follows the other."""

_LOST = frozenset({0, 1053, 1158, 1159, 1160, 1161, 1927, 2006, 2013, 2014, 2055, 4031})
"""Error numbers that leave a connection useless: closed, killed, timed out; 0 is PyMySQL's own for a closed socket."""

FIRST_EVENT = 4
"""Where the first event of every binlog file begins."""

_BEGIN = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"


def open_session(where: Database, *, connect_timeout: int = 5, read_timeout: float = 30) -> Connection:
    """A connection fit for snapshots: UTC, repeatable reads, exact numbers, on Galera reads that wait for the cluster.

    Raises the errors of `cdc.errors`.
    """
    connection = connect(where, connect_timeout=connect_timeout, read_timeout=read_timeout)
    # A FLOAT or DOUBLE column of another vendor's must not become a float
    decoders = cast("dict[int, Callable[[str], object]]", connection.decoders)
    decoders[FIELD_TYPE.FLOAT] = decoders[FIELD_TYPE.DOUBLE] = Decimal
    try:
        _execute(connection, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with connection.cursor() as cursor:
            cursor.execute("SHOW VARIABLES LIKE 'wsrep_on'")
            row = cursor.fetchone()
        if row is not None and row[1] == "ON":
            _execute(connection, "SET SESSION wsrep_sync_wait = 1")
    except (pymysql.MySQLError, OSError) as error:
        shut(connection)
        raise explain(error, where) from error
    return connection


def is_lost(error: BaseException) -> bool:
    """Whether the connection is gone, so that a new one may succeed."""
    if isinstance(error, OSError | pymysql.err.InterfaceError):
        return True
    return isinstance(error, pymysql.MySQLError) and bool(error.args) and error.args[0] in _LOST


class Snapshot:
    """One open snapshot; statements see the database as of its start. `started` is by the monotonic clock."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.started = time.monotonic()
        self.statements = 0

    def rows(self, sql: str, args: object = ()) -> list[dict[str, Any]]:
        """The rows of a SELECT as dicts."""
        self.statements += 1
        with self._connection.cursor(pymysql.cursors.DictCursor) as cursor:
            cursor.execute(sql, cast("Any", args))
            return cast("list[dict[str, Any]]", list(cursor.fetchall()))

    def row(self, sql: str, args: object = ()) -> dict[str, Any] | None:
        """The first row, or None."""
        rows = self.rows(sql, args)
        return rows[0] if rows else None


class Snapshots:
    """Opens snapshots on pooled connections.

    `log` says whose binlog the transactions given as `reached` come from; `wait` is how many seconds a replica may
    take to execute them before `NotReached` is raised.

    MariaDB and Percona Server say inside the snapshot how far it sees; MySQL waits by GTID. MySQL without GTIDs tells
    neither: there a snapshot counts as having reached what its own binlog announced.
    """

    def __init__(self, pool: Pool, where: Database, *, log: LogOf = "here", wait: float = 0.5) -> None:
        self._pool = pool
        self._where = where
        self._log = log
        self._wait = wait

    def read(self, work: Callable[[Snapshot], T], reached: Sequence[TransactionStart] = ()) -> T:
        """Run `work` in one snapshot that shows every transaction in `reached`, and end it before returning.

        A pooled connection that turns out to be lost is replaced once, and `work` run again from its beginning.
        Raises `NotReached`, and every database error as a `MagentoError`.
        """
        while True:
            connection, new = self._pool.take()
            try:
                self._begin(connection, reached)
                result = work(Snapshot(connection))
                connection.commit()
            except (pymysql.MySQLError, OSError) as error:
                self._pool.drop(connection)
                if new or not is_lost(error):
                    raise explain(error, self._where) from error
                self._pool.clear()
            except Exception:  # whatever went wrong: the snapshot ends, the connection stays good
                self._end(connection)
                raise
            except BaseException:  # between a statement and its answer
                self._pool.drop(connection)
                raise
            else:
                self._pool.give(connection)
                return result

    def _end(self, connection: Connection) -> None:
        try:
            connection.rollback()
        except (pymysql.MySQLError, OSError):
            self._pool.drop(connection)
        else:
            self._pool.give(connection)

    def _begin(self, connection: Connection, reached: Sequence[TransactionStart]) -> None:
        starts = () if self._log == "replica" else tuple(reached)
        maria = "mariadb" in str(connection.get_server_info()).lower()  # type: ignore[no-untyped-call]
        by_gtid = bool(starts) and (self._log != "here" or not maria) and all(start.gtid for start in starts)
        if by_gtid and self._log == "elsewhere" and maria:
            self._wait_until_current(connection, starts)
        elif by_gtid:
            self._wait_for(connection, starts, maria)
        elif starts and self._log == "primary":
            self._wait_for_place(connection, starts)
        _execute(connection, _BEGIN)
        if not starts or self._log != "here" or by_gtid:
            return
        shown = snapshot_place(connection)
        if shown is not None:
            ahead = [start for start in starts if start.place.order() >= shown.order()]
            if (
                maria
                and ahead
                and all(start.gtid and _of_another_server(connection, start.place, shown) for start in ahead)
            ):
                connection.rollback()
                self._wait_until_current(connection, ahead)
                _execute(connection, _BEGIN)
            else:
                _must_be_beyond(ahead, shown)
        elif maria:
            connection.rollback()
            self._wait_for(connection, starts, maria)
            _execute(connection, _BEGIN)

    def _wait_for(self, connection: Connection, starts: Sequence[TransactionStart], maria: bool) -> None:
        if maria:
            sql = "SELECT MASTER_GTID_WAIT(%s, %s)"
            # MASTER_GTID_WAIT takes one GTID for each replication domain
            last: dict[str, tuple[int, str]] = {}
            for gtid in (start.gtid for start in starts if start.gtid):
                domain, sequence = gtid.split("-")[0], int(gtid.split("-")[2])
                last[domain] = max(last.get(domain, (0, "")), (sequence, gtid))
            wanted = ",".join(gtid for _, gtid in last.values())
        else:
            sql = "SELECT WAIT_FOR_EXECUTED_GTID_SET(%s, %s)"
            wanted = ",".join(sorted({start.gtid for start in starts if start.gtid}))
        # MySQL takes 0 for "for ever"
        if not wanted or _one(connection, sql, (wanted, max(self._wait, 0.01))) != 0:
            raise NotReached(f"the server has not executed {wanted or 'a transaction without GTID'} yet")

    def _wait_until_current(self, connection: Connection, starts: Sequence[TransactionStart]) -> None:
        # gtid_current_pos is what a server has executed, its own transactions and replicated ones alike
        deadline = time.monotonic() + self._wait
        while True:
            current = MariaDbGtids(str(_one(connection, "SELECT @@global.gtid_current_pos", ()) or ""))
            lacking = [start.gtid for start in starts if start.gtid and not current.contains(MariaDbGtids(start.gtid))]
            if not lacking:
                return
            if time.monotonic() >= deadline:
                raise NotReached(f"the server has not executed {lacking[0]} yet")
            time.sleep(0.01)  # the variable moves unseen: it can only be asked

    def _wait_for_place(self, connection: Connection, starts: Sequence[TransactionStart]) -> None:
        place = max((start.place for start in starts), key=LogPlace.order)
        # Executed positions are ends of transactions: one byte beyond the start means this one's end
        answer = _one(connection, "SELECT MASTER_POS_WAIT(%s, %s, %s)", (place.file, place.offset + 1, self._wait))
        if answer is None or int(cast("int", answer)) < 0:
            raise NotReached(f"the replica has not executed {place.file}:{place.offset} yet")


def snapshot_place(connection: Connection) -> LogPlace | None:
    """Up to where in the server's own binlog the open snapshot sees: MariaDB and Percona say it in status variables.

    None where the server does not tell, or has no binlog.
    """
    with connection.cursor(pymysql.cursors.Cursor) as cursor:
        cursor.execute("SHOW STATUS LIKE 'binlog_snapshot%'")
        status = {str(name).lower(): str(value) for name, value in cursor.fetchall()}
    file, offset = status.get("binlog_snapshot_file", ""), status.get("binlog_snapshot_position", "")
    return LogPlace(file, int(offset)) if file and offset.isdigit() else None


def _must_be_beyond(ahead: Sequence[TransactionStart], shown: LogPlace) -> None:
    for start in ahead:
        raise NotReached(
            f"the snapshot shows the log up to {shown.file}:{shown.offset},"
            f" the change stands at {start.place.file}:{start.place.offset}"
        )


def _of_another_server(connection: Connection, place: LogPlace, shown: LogPlace) -> bool:
    """Whether the server's log has no such place: the change was read from the one that it has taken over from.

    `shown` is where the open snapshot sees to. BINLOG_GTID_POS gives NULL for a file that is not there, for an offset
    beyond its end, and for every place behind an event of more than max_allowed_packet.
    """
    if _gtid_pos(connection, place) is not None:
        return False
    if _gtid_pos(connection, LogPlace(place.file, FIRST_EVENT)) is None:
        return True
    return place.file == shown.file and _gtid_pos(connection, shown) is not None


def _gtid_pos(connection: Connection, place: LogPlace) -> object:
    return _one(connection, "SELECT BINLOG_GTID_POS(%s, %s)", (place.file, place.offset))


def _execute(connection: Connection, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _one(connection: Connection, sql: str, args: tuple[object, ...]) -> object:
    with connection.cursor(pymysql.cursors.Cursor) as cursor:
        cursor.execute(sql, args)
        row = cursor.fetchone()
    return row[0] if row else None
