"""Whether a stream that is silent is silent because nothing happens.

Facts. A server whose log is reset (RESET MASTER, RESET BINARY LOGS AND GTIDS) while it is being read may go on reading
the deleted file, when the new one has the same name: it sends heartbeats and nothing else, for ever. A heartbeat says
where the reading has come to: the file in its body, the offset in its header.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from cdc.binlog_events import HEARTBEAT, Event
from cdc.binlog_packets import StreamLost
from cdc.connect import Connection, Database, connect, database_errors
from cdc.position import LogPlace
from cdc.server import master_status

EVERY_SECONDS = 10.0


@dataclass(slots=True)
class Watchdog:
    """Compares heartbeats with the end of the server's log, on a connection of its own, every `every` seconds."""

    database: Database
    every: float = EVERY_SECONDS
    _connection: Connection | None = None
    _asked: float | None = None
    _ahead_of: LogPlace | None = None

    def beat(self, event: Event) -> None:
        """A heartbeat came.

        Raises `StreamLost` when the log ends before what was read, or went on between two looks while the reading did
        not; a new connection then proves the position. Raises the errors of `cdc.errors`.
        """
        now = time.monotonic()
        if event.type != HEARTBEAT or (self._asked is not None and now - self._asked < self.every):
            return
        place = LogPlace(event.body.decode("utf-8", "replace"), event.end)
        first, self._asked = self._asked is None, now
        if first or not place.offset:
            return
        end = self._end()
        if end.order() < place.order():
            raise StreamLost(
                f"the log ends at {end.file}:{end.offset}, before {place.file}:{place.offset} that was read"
            )
        ahead = end.order() > place.order()
        if ahead and place == self._ahead_of:
            raise StreamLost(f"the log goes on to {end.file}:{end.offset}, but nothing comes behind {place.offset}")
        self._ahead_of = place if ahead else None

    def _end(self) -> LogPlace:
        if self._connection is None:
            self._connection = connect(self.database, read_timeout=5)
        with database_errors(self.database):
            return master_status(self._connection)[0]

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection._force_close()  # type: ignore[attr-defined]
            self._connection = None
