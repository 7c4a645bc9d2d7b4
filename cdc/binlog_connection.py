"""The connection under mysql-replication, which logs in and asks for the stream but reads nothing of it.

`BinLogStreamReader` opens its connections through `pymysql_wrapper`; the one given here hands over its socket at the
moment when the first packet of the stream would be read.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from typing import Any

from pymysql.constants.COMMAND import COM_BINLOG_DUMP
from pymysql.protocol import MysqlPacket

from cdc.connect import ServerConnection

COM_BINLOG_DUMP_GTID = 0x1E


class DumpAsked(Exception):
    """The dump has been asked for, and its first packet is about to be read: the library's part ends here."""


# The overridden methods and the attributes they use are PyMySQL's private parts, which have no types.
_Connection: Any = ServerConnection


class DumpConnection(_Connection):  # type: ignore[misc]
    """A connection that reads nothing of what a dump request brings, but raises `DumpAsked` instead."""

    _dumping = False

    def _write_bytes(self, data: bytes) -> None:
        # A command is packet number 0; a login's later ones may begin with any byte, as an encrypted password does
        command = data[4] if len(data) > 4 and data[3] == 0 else None
        self._dumping = self._dumping or command in (COM_BINLOG_DUMP, COM_BINLOG_DUMP_GTID)
        super()._write_bytes(data)

    def _read_packet(self, packet_type: Any = MysqlPacket) -> Any:
        if self._dumping:
            raise DumpAsked
        return super()._read_packet(packet_type)


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
    """The `pymysql_wrapper`: opens connections, remembers them, closes them all."""

    def __init__(self, server_version: str) -> None:
        self._version = server_version
        self._open: list[DumpConnection] = []

    def __call__(self, **options: Any) -> Any:
        """Called by the library in place of `pymysql.connect`, for the stream and for its second connection."""
        if options.get("db") == "information_schema":
            return _ControlStub(self._version)
        connection = DumpConnection(**options)
        self._open.append(connection)
        return connection

    def socket(self) -> socket.socket:
        """The socket of the connection that was opened last; a read on it waits no longer than `read_timeout`."""
        connection = self._open[-1]
        connection._sock.settimeout(connection._read_timeout)
        return connection._sock  # type: ignore[no-any-return]

    def interrupt(self) -> None:
        """Wake a blocked read, from another thread: it ends with `StreamLost`."""
        for connection in list(self._open):
            with contextlib.suppress(OSError, AttributeError):
                connection._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close every connection at once, without asking the server."""
        while self._open:
            self._open.pop()._force_close()
