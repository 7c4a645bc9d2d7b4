"""One dump of the binlog through mysql-replication: the only place where its reader is made."""

from __future__ import annotations

from typing import Any

import pymysqlreplication
from pymysqlreplication.event import FormatDescriptionEvent, NotImplementedEvent, RotateEvent

from cdc.binlog_connection import Opener, Seen, StreamLost
from cdc.connect import CONNECT_TIMEOUT_SECONDS, Database
from cdc.position import LogPlace

_library: Any = pymysqlreplication  # it has no types


class Stream:
    """Events from a place, or from a GTID set when one is given (MariaDB: `mariadb` and a set, empty for the oldest).

    `heartbeat` in seconds makes the server send a sign of life when it has nothing else, and `next` wait for what
    comes; without one the stream ends at the end of the log. Connects at the first `next`; `Opener.close` closes.
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
            only_events=[NotImplementedEvent, RotateEvent, FormatDescriptionEvent],
            filter_non_implemented_events=False,
            pymysql_wrapper=opener,
            slave_heartbeat=heartbeat,
            enable_logging=False,
        )

    def next(self) -> Seen | None:
        """What comes next; None is a tick without news.

        Raises `EOFError` at the end of a stream without heartbeat or when the server is going down, `StreamLost`,
        and pymysql's errors.
        """
        try:
            event = self._reader.fetchone()
        except OSError as error:
            raise StreamLost(str(error)) from error
        if event is None:
            raise EOFError("the server ended the stream (it is shutting down)")
        seen: Seen | None = event.packet.packet.seen
        return seen
