"""One short transaction per SKU: its session, the fence under its locks, and what is tried again.

Facts. Magento's own saves lock the stock tables in several orders, so that some deadlock is unavoidable: the server
undoes one of the two (1213). At READ COMMITTED every statement sees what is committed by then, and a look for a row
that is not there locks nothing; Magento's default, REPEATABLE READ, locks the gap.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol, TypeVar, cast

import pymysql
import pymysql.cursors

from cdc.connect import Database, explain
from cdc.errors import DatabaseUnreachable, LockLost, RowsLocked
from cdc.models_stock import Stocked, StockProduct, Written
from cdc.pool import Connection, Pool, shut
from cdc.snapshot import is_lost, open_session

T = TypeVar("T")

Decide = Callable[[Stocked], Decimal | None]
"""From what the rows hold under the lock to what they shall hold; None leaves them. Takes no time and no I/O."""

Prepare = Callable[[Stocked], None]
"""Is shown, before the lock, what will be `Stocked.before` under it: of products that many orders take."""

LOCK_WAIT = 5
"""Seconds to wait for a row or a table that somebody else has locked."""

OPEN_FOR = 2
"""Seconds after which the server undoes a fenced transaction whose process has stopped between two statements.

Shorter than `cdc.lock.SURE_FOR`: what the process holds is undone before another one takes over.
"""

ATTEMPTS = 5
"""How often one write is begun before its last error is raised."""

_AGAIN = frozenset({1020, 1205, 1213})
"""Changed since it was read, lock wait timed out, deadlock: the same transaction may succeed when it is begun anew."""


class Session:
    """One connection at READ COMMITTED: reads by themselves, or one transaction between `begin` and `commit`."""

    def __init__(self, connection: Connection, fence: Callable[[], int | None] | None = None, lock: str = "") -> None:
        self._connection = connection
        self._fence = fence
        self._lock = lock
        self._locked_at: float | None = None
        self.statements = 0
        self.open = False
        self.committing = False
        self._hurried = False
        self._ours: int | None = None

    def rows(self, sql: str, args: object = ()) -> list[dict[str, Any]]:
        """The rows of a SELECT as dicts."""
        self.statements += 1
        with self._connection.cursor(pymysql.cursors.DictCursor) as cursor:
            cursor.execute(sql, cast("Any", args))
            return cast("list[dict[str, Any]]", list(cursor.fetchall()))

    def run(self, sql: str, args: object = ()) -> int:
        """Run a statement that writes; how many rows it changed."""
        self.statements += 1
        with self._connection.cursor() as cursor:
            return int(cursor.execute(sql, cast("Any", args)))

    def begin(self) -> None:
        """Open the transaction. With a fence the server waits for each next statement for `OPEN_FOR` only."""
        if self._fence is not None and not self._hurried:
            self.run(f"SET SESSION wait_timeout = {OPEN_FOR}")
            self._hurried = True
        self._connection.begin()
        self.open = True

    def lock(self, sql: str, args: object = ()) -> list[dict[str, Any]]:
        """The rows of a SELECT ... FOR UPDATE. From the first one's answer on, the transaction holds others up."""
        found = self.rows(sql, args)
        if self._locked_at is None:
            self._locked_at = time.monotonic()
        return found

    @property
    def fence_sql(self) -> tuple[str, tuple[str, ...]]:
        """An expression for a SELECT under the lock, and its argument: the session that holds the shop's lock."""
        return ("IS_USED_LOCK(%s)", (self._lock,)) if self._fence is not None else ("NULL", ())

    def guard(self, holder: object) -> None:
        """Take the value of `fence_sql`: raises `LockLost` unless this process holds the shop's lock."""
        if self._fence is None:
            return
        ours = self._fence()
        if ours is None or holder is None or int(cast("int", holder)) != ours:
            raise LockLost(
                "the shop's lock is held by another session, or was not confirmed for seconds; nothing was written",
                hint="another process may have taken over: this one waits until it has the lock again",
            )
        self._ours = ours

    def commit(self) -> float:
        """Commit, and say for how many seconds rows were locked.

        Raises `LockLost`, and nothing is written, when the process was held up for so long after `guard` that it may
        have lost the shop's lock.
        """
        since = time.monotonic() if self._locked_at is None else self._locked_at
        if self._fence is not None:
            self.guard(self._ours)
        self.committing = True
        self._connection.commit()
        self.open = self.committing = False
        return time.monotonic() - since

    def rollback(self) -> None:
        """Undo what is open; does nothing when nothing is."""
        if self.open:
            self._connection.rollback()
            self.open = self.committing = False
        self._locked_at = None

    def rest(self) -> None:
        """Let the server wait for the connection's next use as long as it usually does."""
        if self._hurried:
            self.run("SET SESSION wait_timeout = DEFAULT")
            self._hurried = False


class Writer(Protocol):
    """Reads and writes stock as one kind of Magento keeps it."""

    def look(
        self, session: Session, products: Sequence[StockProduct], orders: Mapping[int, Collection[int]]
    ) -> dict[int, Stocked]:
        """What the rows hold, unlocked, by product id; products that are gone are left out."""

    def write(
        self,
        session: Session,
        product: StockProduct,
        orders: Collection[int],
        after: int,
        decide: Decide,
        prepare: Prepare,
    ) -> Written | None:
        """One attempt: begin, lock, read, decide, write, commit. None when nothing is to be written: rolled back.

        Errors of the server are let through as PyMySQL raises them; the caller rolls back and may call again.
        """


class Transactions:
    """Runs reads and writes on pooled connections. Serves many threads, each call on a connection of its own."""

    def __init__(self, pool: Pool, where: Database, fence: Callable[[], int | None] | None, lock_name: str) -> None:
        self._pool = pool
        self._where = where
        self._fence = fence
        self._lock_name = lock_name

    def read(self, work: Callable[[Session], T]) -> T:
        """Run reads, each of which sees what is committed when it begins. Raises the errors of `cdc.errors`."""
        return self._run(work, 1)

    def write(self, work: Callable[[Session], T]) -> T:
        """Run one transaction, from its beginning again after a deadlock or a lock that was not to be had.

        Raises the errors of `cdc.errors`: what was not committed is undone by the server, as with `RowsLocked` when no
        attempt got its locks. A commit whose answer got lost raises `DatabaseUnreachable`: it may have happened or not.
        """
        return self._run(work, ATTEMPTS)

    def _run(self, work: Callable[[Session], T], attempts: int) -> T:
        attempt = 0
        while True:
            attempt += 1
            connection, new = self._pool.take()
            session = Session(connection, self._fence, self._lock_name)
            try:
                result = work(session)
                session.rollback()
            except (pymysql.MySQLError, OSError) as error:
                locked = bool(error.args) and error.args[0] in _AGAIN
                again = locked and attempt < attempts
                committing = session.committing
                if again:
                    self._end(connection, session)
                    pause = random.randint(2, 10) * 2**attempt / 1000
                    time.sleep(pause)  # the other side of a deadlock goes first; nothing tells when it has ended
                    continue
                self._pool.drop(connection)
                if is_lost(error):
                    self._pool.clear()
                    if committing:
                        raise DatabaseUnreachable(
                            f"{self._where} did not answer a commit: it may be written or not",
                            hint="it is read again before anything else is written",
                        ) from error
                    if not new and attempt <= attempts:
                        continue
                if locked and attempts > 1:
                    raise RowsLocked(
                        f"{self._where}: rows stay locked ({error.args[1]})",
                        hint="look who holds them (SHOW ENGINE INNODB STATUS)",
                    ) from error
                raise explain(error, self._where) from error
            except Exception:  # what `work` itself raised: the connection is as good as before
                self._end(connection, session)
                raise
            except BaseException:  # between a statement and its answer
                self._pool.drop(connection)
                raise
            else:
                self._end(connection, session)
                return result

    def _end(self, connection: Connection, session: Session) -> None:
        try:
            session.rollback()
            session.rest()
        except (pymysql.MySQLError, OSError):
            self._pool.drop(connection)
        else:
            self._pool.give(connection)


def open_stock_session(where: Database, *, read_timeout: float = 30) -> Connection:
    """A connection fit for writing stock: UTC, READ COMMITTED, short waits, and no quantity cut to what fits a column.

    Raises the errors of `cdc.errors`.
    """
    connection = open_session(where, read_timeout=read_timeout)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
            cursor.execute(
                f"SET SESSION innodb_lock_wait_timeout = {LOCK_WAIT}, lock_wait_timeout = {LOCK_WAIT},"
                " sql_mode = 'STRICT_TRANS_TABLES'"
            )
    except (pymysql.MySQLError, OSError) as error:
        shut(connection)
        raise explain(error, where) from error
    return connection
