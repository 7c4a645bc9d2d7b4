"""One dump of the binlog, asked for by mysql-replication: the only place where its reader is made."""

from __future__ import annotations

from typing import Any

import pymysqlreplication

from cdc.binlog_connection import DumpAsked, Opener
from cdc.binlog_packets import Packets, StreamLost
from cdc.connect import CONNECT_TIMEOUT_SECONDS, Database
from cdc.position import LogPlace

_library: Any = pymysqlreplication  # it has no types


class Stream:
    """A dump from a place, or from a GTID set when one is given (MariaDB: `mariadb` and a set, empty for the oldest).

    `heartbeat` in seconds makes the server send a sign of life when it has nothing else, and wait for what comes;
    without one the stream ends at the end of the log. Connects at `packets`; `Opener.close` closes.
    """

    def __init__(
        self,
        database: Database,
        opener: Opener,
        server_id: int,
        place: LogPlace,
        *,
        gtid_set: str | None = None,
        mariadb: bool = False,
        heartbeat: float | None = None,
        read_timeout: float = 30,
    ) -> None:
        options = database.options(connect_timeout=CONNECT_TIMEOUT_SECONDS, read_timeout=read_timeout)
        options.pop("database")  # selecting it would ask for rights on it
        self._opener = opener
        by_gtid = mariadb or bool(gtid_set)
        self._reader = _library.BinLogStreamReader(
            connection_settings=options,
            server_id=server_id,
            log_file=None if by_gtid else place.file,
            log_pos=None if by_gtid else place.offset,
            auto_position=(gtid_set or "") if by_gtid else None,
            is_mariadb=mariadb,
            resume_stream=True,
            blocking=heartbeat is not None,
            pymysql_wrapper=opener,
            slave_heartbeat=heartbeat,
            enable_logging=False,
        )

    def packets(self) -> Packets:
        """Connect, ask for the stream, and give what it brings. Raises `StreamLost` and pymysql's errors."""
        try:
            self._reader.fetchone()
        except DumpAsked:
            return Packets(self._opener.socket())
        except OSError as error:
            raise StreamLost(str(error)) from error
        raise StreamLost("the library did not ask for the stream")
