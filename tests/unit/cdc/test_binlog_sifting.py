"""What the filter keeps, as bytes: nothing is passed over on the word of a damaged event, and it grows with nothing."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
import zstandard

from cdc import binlog_events as events
from cdc.binlog_filter import Filter, Run, Seen
from cdc.binlog_packets import Packets, StreamLost
from cdc.errors import UnreadableEvent
from cdc.watch import WatchedTable, WatchList

ORDER = WatchedTable(name="sales_order", kind="order", key="entity_id", own=True)
WATCH = WatchList(tables={("shop", "sales_order"): ORDER})


def event(kind: int, body: bytes) -> bytes:
    head = struct.pack("<IBIIIH", 1_700_000_000, kind, 1, 19 + len(body) + 4, 500, 0)
    return head + body + zlib.crc32(head + body).to_bytes(4, "little")


def table_map(number: int, name: str = "sales_order", columns: int = 1) -> bytes:
    """A table of LONG columns, of which the first is the key."""
    names = b"".join(bytes([len(n)]) + n for n in [b"entity_id", *(b"column_%d" % i for i in range(1, columns))])
    body = b"\x04shop\0" + bytes([len(name)]) + name.encode() + b"\0" + bytes([columns]) + b"\x03" * columns + b"\0"
    body += bytes((columns + 7) // 8) + b"\x01" + bytes([(columns + 7) // 8]) + bytes((columns + 7) // 8)
    return event(events.TABLE_MAP, table_id(number) + body + b"\x04\xfc" + struct.pack("<H", len(names)) + names)


def table_id(number: int) -> bytes:
    return struct.pack("<IHH", number, 0, 1)


def insert(number: int, key: int) -> bytes:
    return event(events.WRITE_V2, table_id(number) + b"\x02\0\x01\x01\0" + struct.pack("<I", key))


def gtid(number: int) -> bytes:
    return event(events.MYSQL_GTID, bytes(17) + struct.pack("<Q", number) + bytes(17))


def xid() -> bytes:
    return event(events.XID, bytes(8))


def inside(plain: bytes) -> bytes:
    """As an event stands in a compressed transaction: without checksum."""
    return plain[:9] + struct.pack("<I", len(plain) - 4) + plain[13:-4]


class Wire:
    """A socket on which events come, one packet each, as they are made."""

    def __init__(self, made: Iterator[bytes]) -> None:
        self._made = made
        self._number = 0
        self._rest = b""

    def recv_into(self, buffer: memoryview, /) -> int:
        if not self._rest:
            one = next(self._made, None)
            if one is None:
                return 0
            self._number += 1
            self._rest = (len(one) + 1).to_bytes(3, "little") + bytes([self._number & 0xFF]) + b"\0" + one
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def sifted(made: Iterator[bytes]) -> Iterator[Seen]:
    try:
        yield from (seen for seen in Filter(WATCH).seen(Packets(Wire(made))) if seen is not None)
    except StreamLost:
        return


def test_a_run_says_which_order_was_inserted() -> None:
    (run,) = sifted(iter([gtid(1), table_map(9), insert(9, 77), xid()]))
    assert isinstance(run, Run)
    assert [seen.touches for seen in run.rows] == [{77: 1}]


@pytest.mark.parametrize("kind", [28, 14])
def test_a_row_event_whose_type_was_garbled_on_the_way_is_not_taken_for_a_harmless_one(kind: int) -> None:
    assert (kind ^ events.WRITE_V2).bit_count() == 1
    row = insert(9, 77)
    with pytest.raises(UnreadableEvent, match="wrong checksum"):
        list(sifted(iter([gtid(1), table_map(9), row[:4] + bytes([kind]) + row[5:], xid()])))


def test_of_a_file_that_is_loaded_as_a_statement_only_the_statement_is_looked_at() -> None:
    parts = [event(kind, bytes(40)) for kind in (17, 9, 9)]
    seen = list(sifted(iter([gtid(1), *parts, event(events.EXECUTE_LOAD_QUERY, b"LOAD DATA ..."), xid()])))
    types = [one.type for one in seen if isinstance(one, events.Event)]
    assert types == [events.MYSQL_GTID, events.EXECUTE_LOAD_QUERY, events.XID]


def test_a_compressed_transaction_is_never_in_the_memory_as_a_whole() -> None:
    note = event(29, bytes(1 << 20))
    packed = zstandard.ZstdCompressor().compress(inside(note) * 64 + inside(xid()))
    payload = b"\x02\x01\0" + b"\x01\x04\xfd" + struct.pack("<I", len(packed))[:3] + b"\0" + packed
    tracemalloc.start()
    try:
        seen = list(sifted(iter([gtid(1), event(events.TRANSACTION_PAYLOAD, payload)])))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [one.type for one in seen if isinstance(one, events.Event)] == [events.MYSQL_GTID, events.XID]
    assert peak < 24 << 20


def test_a_table_that_the_server_opens_over_and_over_again_is_kept_once() -> None:
    opened = (one for n in range(500) for one in (gtid(n), table_map(n, columns=200), xid()))
    packets, kept = Packets(Wire(opened)), Filter(WATCH)
    tracemalloc.start()
    try:
        with pytest.raises(StreamLost):
            list(kept.seen(packets))
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size < 512 << 10
