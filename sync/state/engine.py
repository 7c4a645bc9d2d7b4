"""The state's database: opening it, its transactions, its clock, its errors.

SQLite: write-ahead log, `synchronous=FULL` (a commit survives a power cut), writes begin with BEGIN IMMEDIATE so that
two of them cannot deadlock on upgrading their locks. SQLite's own waiting sleeps up to 100 ms between tries, so the
threads of one process take a lock of their own first.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sync.state import holder, postgresql
from sync.state.errors import (
    NotActive,
    StateBusy,
    StateDamaged,
    StateError,
    StateFull,
    StateRefused,
    StateUnreachable,
)
from sync.state.rescue import Guard
from sync.state.schema import EPOCH

Clock = Callable[[], datetime]

_BEGIN = "state_begin"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction in progress: its connection, the shop it speaks for and the database's time at its beginning."""

    connection: Connection
    shop: str
    now: datetime

    @property
    def postgresql(self) -> bool:
        """Whether this is PostgreSQL, where rows are locked one by one; SQLite locks the whole file."""
        return self.connection.dialect.name == "postgresql"

    def upsert(self, table: Table) -> Any:
        """An INSERT that has `on_conflict_do_update`; both dialects speak it alike."""
        if not self.postgresql:
            return sqlite_insert(table)
        from sqlalchemy.dialects.postgresql import insert  # 2 MB that SQLite never needs

        return insert(table)


class Database:
    """One state database, used by many threads.

    `busy_timeout` is in seconds. `clock` replaces the database's clock in tests.
    """

    def __init__(self, url: str, shop: str, *, busy_timeout: float = 5.0, clock: Clock | None = None) -> None:
        self.shop = shop
        self.url = parse_url(url)
        self._busy_timeout = busy_timeout
        self._clock = clock
        self._writing = threading.Lock()
        self._token: str | None = None
        self._active: Callable[[], bool] = lambda: True
        self.engine = self._create_engine()
        self._guard: Guard | None = None

    @property
    def file(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        return Path(str(self.url.database)) if self.sqlite else None

    @property
    def sqlite(self) -> bool:
        """Whether the state is an SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def name(self) -> str:
        """What the state is called in messages: its file, or its URL without the password."""
        return str(self.file) if self.sqlite else self.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Close all connections, those of PostgreSQL when no other shop of this process uses them."""
        if self._guard is not None:
            self._guard.close()
        if self.sqlite:
            self.engine.dispose()
        else:
            postgresql.give_back(self.engine)

    def guard(self) -> None:
        """From now on notice when the SQLite file is removed or exchanged."""
        if self.file is not None:
            self._guard = Guard(self.file)

    def rescue(self) -> str:
        """When the SQLite file was removed or exchanged: write it again and store nothing more; what became of it."""
        guard = self._guard
        if guard is None or not guard.is_gone():
            return ""
        self._writing.acquire()  # for good
        try:
            return guard.rescue()
        except (sqlite3.Error, OSError) as error:
            return f"it could not be written again ({error})"

    def held_by(self, token: str, active: Callable[[], bool]) -> None:
        """From now on a write is stored only while the state names `token` as its holder, and `active()` is true."""
        self._token, self._active = token, active

    def holds(self) -> bool:
        """Whether the state names the token that `held_by` was told."""
        with self.read() as transaction:
            return self._token is not None and holder.is_named(transaction.connection, self.shop, self._token)

    @contextmanager
    def write(self, *, anyone: bool = False) -> Iterator[Transaction]:
        """A transaction that is committed at the end, or rolled back when the body raises.

        Raises `NotActive` when `held_by` was told what does not hold any more. `anyone`: what every process may store,
        whoever is the shop's active one.
        """
        with self._begun() as transaction:
            token = None if anyone else self._token
            if token is not None and not holder.is_held(transaction.connection, transaction.shop, token):
                raise NotActive("another process has taken over the shop; nothing was stored")
            yield transaction
            if token is not None and not self._active():
                raise NotActive("this process may have lost the shop's lock; nothing was stored")

    @contextmanager
    def _begun(self) -> Iterator[Transaction]:
        if not self.sqlite:
            with self.translated(), self.engine.begin() as connection:
                yield Transaction(connection, self.shop, self._now(connection))
            return
        if not self._writing.acquire(timeout=self._busy_timeout):
            # whoever holds the lock may itself wait for another process
            raise StateBusy(
                f"the state {self.name} was locked for {self._busy_timeout:g} s", hint="see who has the file open"
            )
        try:
            with self.translated(), self.engine.connect() as pooled:
                connection = pooled.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
                with connection.begin():
                    yield Transaction(connection, self.shop, self._now(connection))
        finally:
            self._writing.release()

    def now(self) -> datetime:
        """The database's time, aware UTC."""
        if self._clock is not None:
            return self._clock()
        if self.sqlite:
            return _utc_now()
        with self.read() as transaction:
            return transaction.now

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that sees one snapshot and changes nothing. Keep it short: it holds back the WAL."""
        with self.translated(), self.engine.connect() as connection:
            yield Transaction(connection, self.shop, self._now(connection))

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn the driver's errors into the state's."""
        try:
            yield
        except DBAPIError as error:
            raise self.translate(error.orig or error) from error
        except sqlite3.Error as error:
            raise self.translate(error) from error
        except PoolTimeout as error:
            raise StateBusy(f"no free connection to the state {self.name}") from error

    def translate(self, error: BaseException) -> StateError:
        """The state's word for a driver's error."""
        code = getattr(error, "sqlite_errorcode", None)
        if code is not None:
            return _sqlite_error(int(code), str(error), self.name)
        if isinstance(error, sqlite3.DatabaseError):
            return StateUnreachable(f"the state {self.name} cannot be used: {error}")
        return postgresql.translate(error, self.name)

    def _now(self, connection: Connection) -> datetime:
        if self._clock is not None:
            return self._clock()
        if self.sqlite:
            return _utc_now()
        micros = connection.exec_driver_sql(
            "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
        ).scalar_one()
        return EPOCH + timedelta(microseconds=int(micros))

    def _create_engine(self) -> Engine:
        if not self.sqlite:
            return postgresql.engine(self.url, self.name, busy_timeout=self._busy_timeout)
        folder = Path(str(self.url.database)).absolute().parent
        if not folder.is_dir():
            raise StateRefused(
                f"the folder {folder} of the state file does not exist",
                hint="create it, mount the volume there, or change STATE_DATABASE_URL",
            )
        engine = create_engine(
            self.url,
            hide_parameters=True,  # bodies with people's data
            pool_size=8,
            max_overflow=40,
            pool_timeout=self._busy_timeout,
            connect_args={"timeout": self._busy_timeout, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine


def parse_url(url: str) -> URL:
    """Read STATE_DATABASE_URL. Raises StateRefused for anything but an SQLite file or PostgreSQL."""
    allowed = "sqlite:///<file> or postgresql://<user>:<password>@<host>/<database>"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StateRefused("STATE_DATABASE_URL is not a URL", hint=f"write it as {allowed}") from error
    backend = parsed.drivername.partition("+")[0]
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise StateRefused(f"STATE_DATABASE_URL begins with `{parsed.drivername}`", hint=f"write it as {allowed}")
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise StateRefused("STATE_DATABASE_URL names no file", hint="the state has to survive a restart: " + allowed)
    return parsed


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # the driver's own BEGIN is switched off: it would begin lazily and never IMMEDIATE
    connection.isolation_level = None
    cursor = connection.cursor()
    mode = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
    if mode != "wal":
        raise StateRefused(
            f"the state file cannot have a write-ahead log (its journal mode is {mode})",
            hint="put it on a local disk, not on a network file system",
        )


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


def damaged(name: str, what: str) -> StateDamaged:
    """The error for a state file that is not what was written to it."""
    return StateDamaged(
        f"the state file {name} is damaged: {what}",
        hint="stop the service, keep a copy of the file (with its -wal and .epoch), then restore a backup, "
        "or move it away: a new one begins at the binlog's present end, and documents are found again by "
        "their reference",
    )


def _sqlite_error(code: int, text: str, name: str) -> StateError:
    match code & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StateBusy(f"the state {name} is locked by another process", hint="see who has the file open")
        case sqlite3.SQLITE_FULL:
            return StateFull(
                f"the disk of the state {name} is full; nothing was stored, nothing is lost",
                hint="make room; work goes on by itself",
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(name, text)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_AUTH:
            return StateRefused(
                f"the state file {name} cannot be opened for writing: {text}",
                hint="give the service's user the right to write the file and its folder",
            )
        case _:
            return StateUnreachable(f"the state {name} cannot be used: {text}")
