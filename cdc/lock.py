"""One active process per shop: a named lock on Magento's own server, held by a session that dies with its holder."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import threading
import time
from collections.abc import Callable

import pymysql
import pymysql.cursors

from cdc.connect import Connection
from cdc.errors import DatabaseUnreachable, MagentoError

WAIT_TIMEOUT = 6
"""Seconds after which the server ends a session that says nothing: a stopped holder loses the lock by it."""

PING_INTERVAL = 1.0

POLL_INTERVAL = 0.5
"""Seconds between two looks of a standby."""

SURE_FOR = 3.0
"""Seconds after a ping in which the lock cannot be lost for as many seconds again."""


def _clock() -> float:
    """Seconds that also pass while the machine is suspended, where the system counts them: the server's do."""
    return time.clock_gettime(_BOOT) if _BOOT is not None else time.monotonic()


_BOOT: int | None = getattr(time, "CLOCK_BOOTTIME", None)


def _whose(cursor: pymysql.cursors.Cursor, session: int) -> str:
    """What the server says of a session: a user sees at least its own sessions."""
    cursor.execute("SELECT host FROM information_schema.PROCESSLIST WHERE id = %s", (session,))
    row = cursor.fetchone()
    return f"session {session} on Magento's server" + (f", from {row[0]}" if row and row[0] else "")


def lock_name(schema: str, shop: str) -> str:
    """The lock's name. MySQL allows 64 characters; schema and shop are hashed so that any name fits."""
    digest = hashlib.sha256(f"{schema}\0{shop}".encode()).hexdigest()[:40]
    return f"magento-economic:{digest}"


class ShopLock:
    """The shop's lock as one process sees it.

    `connect` opens a fresh autocommit connection to the server that Magento writes to. `held` is true only while the
    last ping lies less than the session's time-out back by this process's own monotonic clock, so that a process which
    was stopped and wakes up sees at once that it may have lost the lock.
    """

    def __init__(self, connect: Callable[[], Connection], name: str) -> None:
        self.name = name
        self._connect = connect
        self._connection: Connection | None = None
        self._pinged = 0.0
        self._lost = False
        self._asked: tuple[Connection, float] | None = None

    @property
    def held(self) -> bool:
        """Whether this process may write."""
        return self._confirmed_within(WAIT_TIMEOUT - 1)

    def _confirmed_within(self, seconds: float) -> bool:
        return self._connection is not None and not self._lost and _clock() - self._pinged < seconds

    @property
    def session(self) -> int | None:
        """The id of the session that holds the lock; None unless the lock will be held for `SURE_FOR` seconds more."""
        connection = self._connection
        if connection is None or not self._confirmed_within(SURE_FOR):
            return None
        return int(connection.thread_id())  # type: ignore[no-untyped-call]  # PyMySQL leaves it untyped

    def acquire(
        self,
        stop: threading.Event,
        waiting: Callable[[str], None],
        behind: Callable[[], float] = lambda: 0.0,
    ) -> bool:
        """Block until the lock is ours (True) or `stop` is set (False).

        `waiting` is called while another session holds it, with what can be told of that one. `behind` is how many
        seconds a free lock is left to others first. Raises `MagentoError` when the server cannot be reached.
        """
        connection = self._connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET SESSION wait_timeout={WAIT_TIMEOUT}, interactive_timeout={WAIT_TIMEOUT}")
                while not stop.is_set():
                    self._asked = connection, _clock()
                    cursor.execute("SELECT IS_USED_LOCK(%s)", (self.name,))
                    row = cursor.fetchone()
                    if row == (None,):
                        self._asked = None
                        stop.wait(behind())
                        began = _clock()
                        self._asked = connection, began
                        cursor.execute("SELECT GET_LOCK(%s, 0)", (self.name,))
                        if cursor.fetchone() == (1,):
                            self._connection, self._pinged, self._lost = connection, began, False
                            return True
                    elif row is not None:
                        told = _whose(cursor, int(row[0]))
                        self._asked = None
                        waiting(told)
                    stop.wait(POLL_INTERVAL)
        except pymysql.MySQLError as error:
            raise DatabaseUnreachable(f"the session that waits for the shop's lock ended: {error.args[0]}") from error
        finally:
            self._asked = None
        connection.close()
        return False

    def ping(self) -> None:
        """Keep the session alive and prove that the lock is still ours. Raises `MagentoError` when it is not."""
        connection = self._connection
        if connection is None or self._lost:
            raise MagentoError("the shop's lock is not held")
        if not self.held:
            # others may have held it meanwhile, and what was refused in that time waits for a new beginning
            self._lost = True
            raise MagentoError(f"this process was held up for {_clock() - self._pinged:.0f} s")
        began = _clock()
        self._asked = connection, began
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT IS_USED_LOCK(%s) = CONNECTION_ID()", (self.name,))
                row = cursor.fetchone()
        except pymysql.MySQLError as error:
            self._lost = True
            raise DatabaseUnreachable(f"the session that holds the shop's lock ended: {error.args[0]}") from error
        finally:
            self._asked = None
        if row != (1,):
            self._lost = True
            raise MagentoError("another process holds the shop's lock")
        self._pinged = began

    def keep(self, done: threading.Event, lost: Callable[[MagentoError], None]) -> None:
        """Ping until `done` is set; when the lock is not ours any more, tell `lost` why, and return."""
        while not done.wait(PING_INTERVAL):
            try:
                self.ping()
            except MagentoError as error:
                lost(error)
                return

    def interrupt(self, after: float) -> None:
        """Wake the thread whose question the server has not answered for `after` seconds: it ends with an error."""
        asked = self._asked
        if asked is not None and _clock() - asked[1] > after:
            with contextlib.suppress(OSError, AttributeError):
                asked[0]._sock.shutdown(socket.SHUT_RDWR)  # type: ignore[attr-defined]

    def release(self) -> None:
        """Give the lock back by ending its session."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except pymysql.MySQLError:
                return
