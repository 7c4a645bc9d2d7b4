"""Committed transactions from the binlog: connect, follow, reconnect.

mysql-replication connects and asks for the stream; everything after that is read by `cdc.binlog_packets`, sifted by
`cdc.binlog_filter` and put together by `cdc.binlog_groups`. The library never reconnects by itself: it would begin
again where it started, or wait for ever.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pymysql

from cdc import binlog_events as events
from cdc.binlog_anchor import ADOPT, LogReader, current_position, verify_position
from cdc.binlog_connection import Opener
from cdc.binlog_filter import Counters, Filter, Run, Seen
from cdc.binlog_groups import CHUNK, Groups
from cdc.binlog_packets import StreamLost
from cdc.binlog_rows import RowsSeen
from cdc.binlog_stream import Stream
from cdc.binlog_watchdog import EVERY_SECONDS, Watchdog
from cdc.connect import Connection, Database, connect, database_errors, explain
from cdc.errors import DatabaseUnreachable, MagentoError, PositionLost, WrongServer
from cdc.gtid import gtid_set
from cdc.position import Committed, Heartbeat, Position
from cdc.server import ServerFacts, refuse_bad_settings, server_facts
from cdc.watch import LookUp, WatchList

__all__ = ["BinlogReader", "CaptureStatus", "current_position", "random_server_id"]

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 0.8
READ_TIMEOUT_SECONDS = 5.0
CAUGHT_UP_SECONDS = 2.0
MEASURE_EVERY_SECONDS = 0.1
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0


def random_server_id() -> int:
    """A replication server id that is unlikely to be taken; two readers with one id throw each other out."""
    return random.SystemRandom().randint(1 << 30, (1 << 32) - 2)


@dataclass(slots=True)
class CaptureStatus:
    """How capture is doing, for health and metrics; read from any thread.

    `lag_seconds` is 0 at the end of the log. `last_commit` is the commit time of the last transaction read.
    """

    connected: bool = False
    caught_up: bool = False
    last_error: str = ""
    lag_seconds: float = 0.0
    last_commit: datetime | None = None
    counters: Counters = field(default_factory=Counters)


class BinlogReader:
    """Follows one server's binlog from a position.

    `database` is MAGENTO_BINLOG_URL (a URL, or `Database` with the TLS CA); `look_ups` the server that answers
    look-ups of keys (default the same). `server_id` is random unless given; `watchdog` is how many seconds lie between
    two looks whether a silent stream is stuck. Only one thread may iterate.
    """

    def __init__(
        self,
        database: Database | str,
        watch: WatchList,
        *,
        look_ups: Database | str | None = None,
        server_id: int | None = None,
        heartbeat: float = HEARTBEAT_SECONDS,
        chunk: int = CHUNK,
        watchdog: float = EVERY_SECONDS,
    ) -> None:
        self._database = Database.parse(database) if isinstance(database, str) else database
        other = Database.parse(look_ups) if isinstance(look_ups, str) else look_ups
        self._look_ups = LookUps(other or self._database, watch)
        self._watch = watch
        self._given_id = server_id
        self._server_id = server_id or random_server_id()
        self._heartbeat = heartbeat
        self._chunk = chunk
        self._watchdog = watchdog
        self._opener: Opener | None = None
        self.status = CaptureStatus()

    def position(self) -> Position:
        """Where the log ends now, for a first start. Raises the errors of `cdc.errors`."""
        return current_position(self._database, server_id=self._server_id)

    def interrupt(self) -> None:
        """Wake a blocked `transactions` from another thread, after its `stop` has been set."""
        if self._opener is not None:
            self._opener.interrupt()

    def transactions(self, position: Position, stop: threading.Event) -> Iterator[Committed | Heartbeat]:
        """What was committed after `position`, as it comes, until `stop` is set.

        Transactions that touched nothing watched are not handed on: their position comes with the next heartbeat.
        Reconnects by itself, from the last whole transaction that was yielded, with growing pauses; meanwhile the
        heartbeats say why (a connect that hangs holds them up for its time-out, 5 s). After a reconnect the chunks of
        an unfinished transaction come again. Raises `PositionLost`, `WrongServer`, `UnreadableEvent`,
        `BadServerSettings`, `LoginRefused` and, from look-ups, `SchemaMissing`: none of them heals by waiting.
        """
        pause = FIRST_PAUSE
        try:
            while not stop.is_set():
                try:
                    for item in self._session(position, stop):
                        position = item.position or position
                        pause = FIRST_PAUSE
                        yield item
                except (StreamLost, DatabaseUnreachable) as error:
                    if stop.is_set():
                        return
                    self._lost(str(error))
                except MagentoError as error:
                    self.status.last_error = str(error)
                    raise
                else:
                    return  # only `stop` ends a session without an error
                yield from self._wait(position, stop, pause * random.uniform(0.5, 1.0))
                pause = min(pause * 2, LONGEST_PAUSE)
        finally:
            self.status.connected = False
            self._look_ups.close()

    def _lost(self, why: str) -> None:
        self.status.connected = False
        self.status.caught_up = False
        self.status.last_error = why
        self.status.counters.reconnects += 1
        log.warning("binlog connection lost: %s", why)

    def _wait(self, position: Position, stop: threading.Event, seconds: float) -> Iterator[Heartbeat]:
        until = time.monotonic() + seconds
        yield self._beat(position)
        while (left := until - time.monotonic()) > 0 and not stop.wait(min(left, 1.0)):
            yield self._beat(position)

    def _beat(self, position: Position) -> Heartbeat:
        status = self.status
        return Heartbeat(
            position=position,
            caught_up=status.caught_up,
            lag_seconds=status.lag_seconds,
            connected=status.connected,
            error="" if status.connected else status.last_error,
        )

    def _session(self, position: Position, stop: threading.Event) -> Iterator[Committed | Heartbeat]:
        facts = self._ready(position)
        if not facts.gtid_mode and position.gtid_set is not None:
            position = replace(position, gtid_set=None)  # MySQL's gtid_mode was turned off: file and offset still hold
        opener = self._opener = Opener(facts.version)
        groups = Groups(
            position,
            gtid_set(position.gtid_set or "", mariadb=facts.mariadb) if facts.mariadb or position.gtid_set else None,
            self._watch,
            self._look_ups.resolve,
            clock_offset=facts.clock_offset,
            chunk=self._chunk,
        )
        watchdog = Watchdog(self._database, self._watchdog)
        try:
            stream = Stream(
                self._database,
                opener,
                self._server_id,
                position.place,
                gtid_set=position.gtid_set,
                mariadb=facts.mariadb,
                heartbeat=self._heartbeat,
                read_timeout=max(READ_TIMEOUT_SECONDS, 3 * self._heartbeat),
            )
            beaten = measured = time.monotonic()
            done = self.status.counters.transactions
            for seen in self._seen(stream):
                if stop.is_set():
                    return
                item, at_end = None, False
                if isinstance(seen, RowsSeen):
                    item = groups.rows(seen)
                elif isinstance(seen, Run):
                    item = groups.run(seen)
                elif seen is not None:
                    item = groups.control(seen)
                    at_end = seen.type in (events.HEARTBEAT, events.HEARTBEAT_V2) and not groups.inside
                    if at_end:
                        watchdog.beat(seen)
                self._progress(groups, done)
                now = time.monotonic()
                beat = at_end or now - beaten >= self._heartbeat
                if beat or (item is not None and now - measured >= MEASURE_EVERY_SECONDS):
                    measured = now
                    self._measure(groups.read_up_to, at_end=at_end)
                if item is not None:
                    yield item
                if beat:
                    beaten = now
                    yield self._beat(groups.position)
        finally:
            opener.close()
            watchdog.close()

    def _progress(self, groups: Groups, before: int) -> None:
        status = self.status
        status.connected = True
        status.counters.transactions = before + groups.transactions
        status.last_commit = groups.last_commit or status.last_commit

    def _measure(self, read_up_to: datetime | None, *, at_end: bool) -> None:
        """How far behind the server the reading is. Between two heartbeats of an idle server nothing is known yet."""
        status = self.status
        age = None if read_up_to is None else max(0.0, (datetime.now(UTC) - read_up_to).total_seconds())
        status.lag_seconds = 0.0 if at_end or age is None else age
        status.caught_up = at_end or (age is not None and age < CAUGHT_UP_SECONDS)

    def _ready(self, position: Position) -> ServerFacts:
        """Check the server anew: a restart may have changed its settings, a switch the server itself."""
        connection = connect(self._database, read_timeout=READ_TIMEOUT_SECONDS * 2)
        try:
            with database_errors(self._database):
                facts = server_facts(connection)
                refuse_bad_settings(facts)
                reader = LogReader(self._database, self._server_id, facts.version)
                verify_position(connection, reader, position, facts)
        finally:
            connection.close()
        return facts

    def _seen(self, stream: Stream) -> Iterator[Seen | None]:
        try:
            yield from Filter(self._watch, self.status.counters, self._chunk).seen(stream.packets())
        except EOFError as error:
            raise StreamLost(str(error)) from error
        except pymysql.MySQLError as error:
            raise self._refused(error) from error

    def _refused(self, error: pymysql.MySQLError) -> Exception:
        """What the server's answer to the dump request means. Texts: MySQL's ``sql/rpl_binlog_sender.cc``, MariaDB's
        ``sql/sql_repl.cc``; the number is 1236 for nearly all of them."""
        code, text = (*error.args, "")[:2]
        where = self._database
        if code == 4052 or (code == 1236 and "same server_" in text):
            if self._given_id is not None:
                return StreamLost(f"another reader uses BINLOG_SERVER_ID {self._given_id}: {text}")
            self._server_id = random_server_id()
            return StreamLost(text)
        if code != 1236:
            return explain(error, where)
        low = text.lower()
        purged = (
            "purged",
            "could not find first log",
            "could not find gtid state",
            "truncated in the middle",
            "crc check",
        )
        foreign = ("not in the master's binlog", "more gtids than", "position > file size", "impossible position")
        inside = ("max_allowed_packet", "bogus data", "unknown error reading log event")
        if any(part in low for part in foreign + inside):
            return WrongServer(f"{where} does not know what was read: {text}", hint=ADOPT)
        if any(part in low for part in purged):
            return PositionLost(
                f"{where} no longer has the binlog that comes next: {text}",
                hint="Keep the binlog longer (binlog_expire_logs_seconds). `on_gap` says what happens now.",
            )
        return StreamLost(text)


class LookUps:
    """Turns row numbers into keys by SQL, on a connection of its own that is opened when it is first needed."""

    def __init__(self, database: Database, watch: WatchList) -> None:
        self._database = database
        self._watch = watch
        self._connection: Connection | None = None

    def resolve(self, via: LookUp, numbers: Sequence[int]) -> Mapping[int, int | str]:
        """The keys of these numbers; what does not exist is left out. Raises the errors of `cdc.errors`."""
        if not numbers:
            return {}
        try:
            return self._ask(via, numbers)
        except MagentoError as error:
            self.close()
            if not error.retryable:
                raise
            return self._ask(via, numbers)  # an idle connection that the server closed

    def _ask(self, via: LookUp, numbers: Sequence[int]) -> Mapping[int, int | str]:
        if self._connection is None:
            self._connection = connect(self._database, read_timeout=READ_TIMEOUT_SECONDS * 2)
        with database_errors(self._database), self._connection.cursor() as cursor:
            cursor.execute(self._watch.look_ups[via], (list(numbers),))
            return {int(number): key for number, key in cursor.fetchall() if key is not None}

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection._force_close()  # type: ignore[attr-defined]
            self._connection = None
