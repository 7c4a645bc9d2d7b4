"""A small pool of connections to Magento's database, for many threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeAlias

import pymysql
import pymysql.cursors

from cdc.errors import DatabaseUnreachable

Connection: TypeAlias = "pymysql.Connection[Any]"


class Pool:
    """At most `size` connections, opened when needed, the last returned first out.

    `wait` is how many seconds a thread waits for a free one before `DatabaseUnreachable` is raised.
    """

    def __init__(self, opener: Callable[[], Connection], size: int, *, wait: float) -> None:
        self._opener = opener
        self._wait = wait
        self._size = size
        self._free = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[Connection] = []
        self._closed = False

    def take(self) -> tuple[Connection, bool]:
        """A connection, and whether it was opened just now. Give it back or drop it."""
        if not self._free.acquire(timeout=self._wait):
            raise DatabaseUnreachable(
                f"all {self._size} connections to Magento's database have been busy for {self._wait:g} s",
                hint="look for slow queries on the server (SHOW PROCESSLIST)",
            )
        try:
            idle = self._pop()
            return (idle, False) if idle is not None else (self._opener(), True)
        except BaseException:
            self._free.release()
            raise

    def _pop(self) -> Connection | None:
        with self._lock:
            if self._closed:
                raise DatabaseUnreachable("the connections to Magento's database are closed")
            return self._idle.pop() if self._idle else None

    def give(self, connection: Connection) -> None:
        """Return a connection that is in order."""
        with self._lock:
            keep = not self._closed
            if keep:
                self._idle.append(connection)
        if not keep:
            shut(connection)
        self._free.release()

    def drop(self, connection: Connection) -> None:
        """Close a connection whose state is not known, instead of returning it."""
        shut(connection)
        self._free.release()

    def clear(self) -> None:
        """Close what is idle: after one connection was lost the others are likely to be."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            shut(connection)

    def close(self) -> None:
        """Close what is idle, and everything else when it comes back."""
        with self._lock:
            self._closed = True
        self.clear()


def shut(connection: Connection) -> None:
    """Close a connection that may be broken already."""
    try:
        if connection.open:
            connection.close()
    except (pymysql.MySQLError, OSError):
        pass
