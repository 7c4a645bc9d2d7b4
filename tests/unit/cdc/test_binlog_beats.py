"""Signs of life between transactions: how far behind the reading is must be told also while it catches up."""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Iterator

from cdc import binlog_events as events
from cdc.binlog import BinlogReader
from cdc.binlog_filter import Run, Seen
from cdc.binlog_rows import RowsSeen
from cdc.binlog_stream import Stream
from cdc.position import Committed, Heartbeat, LogPlace, Position
from cdc.server import ServerFacts
from cdc.watch import WatchedTable, WatchList

ORDER = WatchedTable(name="sales_order", kind="order", key="entity_id", own=True)
COMMITTED_AT = 1_700_000_000


def event(kind: int, body: bytes, end: int) -> bytes:
    head = struct.pack("<IBIIIH", COMMITTED_AT, kind, 1, 19 + len(body) + 4, end, 0)
    return head + body + zlib.crc32(head + body).to_bytes(4, "little")


class Busy(BinlogReader):
    """Reads a log that has one order behind the other."""

    def _ready(self, position: Position) -> ServerFacts:
        return ServerFacts(version="10.11.1-MariaDB", mariadb=True, gtid_mode=True, clock_offset=0, variables={})

    def _seen(self, stream: Stream) -> Iterator[Seen | None]:
        for number in range(1, 4):
            begin = event(events.MARIADB_GTID, struct.pack("<QIB", number, 0, 0) + bytes(6), number * 100)
            yield Run([begin], [RowsSeen(ORDER, {number: 0})], event(events.XID, bytes(8), number * 100 + 50))


def test_a_reader_that_catches_up_says_how_far_behind_it_is() -> None:
    reader = Busy("mysql+pymysql://u:p@127.0.0.1:1/shop", WatchList(tables={}), heartbeat=0)
    came = list(reader.transactions(Position("", LogPlace("bin.000001", 4)), threading.Event()))
    assert [type(one) for one in came] == [Committed, Heartbeat] * 3
    for item, beat in zip(came[::2], came[1::2], strict=True):
        assert isinstance(beat, Heartbeat)
        assert beat.position == item.position
        assert beat.lag_seconds > 0
        assert not beat.caught_up
