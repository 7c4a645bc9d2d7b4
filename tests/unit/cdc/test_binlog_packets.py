"""Packets as bytes: cut anywhere, larger than the buffer, out of order, and dropped by table id."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator

import pymysql
import pytest

from cdc import binlog_events as events
from cdc.binlog_packets import BUFFER, MAX_PACKET, Packets, StreamLost

WATCHED, NOISE = 7, 8


def event(kind: int, body: bytes, end: int = 500) -> bytes:
    head = struct.pack("<IBIIIH", 1_700_000_000, kind, 1, 19 + len(body) + 4, end, 0)
    return head + body + zlib.crc32(head + body).to_bytes(4, "little")


def table_event(kind: int, table: int, size: int) -> bytes:
    return event(kind, struct.pack("<Q", table | 1 << 48) + random.Random(size).randbytes(size))


class Wire:
    """A socket that gives what it was filled with, a few bytes at a time; numbers packets as a server does."""

    def __init__(self, step: int = 1 << 30) -> None:
        self._sent = bytearray()
        self._number = 0
        self._step = step
        self._at = 0

    def packet(self, payload: bytes) -> Wire:
        while True:
            part, payload = payload[:MAX_PACKET], payload[MAX_PACKET:]
            self._number = self._number + 1 & 0xFF
            self._sent += len(part).to_bytes(3, "little") + bytes([self._number]) + part
            if len(part) < MAX_PACKET:
                return self

    def event(self, one: bytes) -> Wire:
        return self.packet(b"\0" + one)

    def eof(self) -> Wire:
        return self.packet(b"\xfe\0\0\2\0")

    def lost(self) -> Wire:
        """One packet that the reader never gets."""
        self._number = self._number + 1 & 0xFF
        return self

    def recv_into(self, buffer: memoryview, /) -> int:
        count = min(len(buffer), self._step, len(self._sent) - self._at)
        buffer[:count] = self._sent[self._at : self._at + count]
        self._at += count
        return count


def read(packets: Packets, skip: set[int] | None = None) -> Iterator[bytes]:
    for came in packets.events(skip or set()):
        if came is not None:
            assert came[0] == came[1][4]
            yield came[1]


@pytest.mark.parametrize("step", [1, 3, 31, 33, 1_000, 1 << 30])
def test_events_come_whole_however_they_are_cut(step: int) -> None:
    sent = [event(events.XID, bytes(n % 60)) for n in range(700)]
    wire = Wire(step)
    for one in sent:
        wire.event(one)
    reading = read(Packets(wire.eof()))
    assert [next(reading) for _ in sent] == sent
    with pytest.raises(EOFError):
        next(reading)


def test_what_is_skipped_is_counted_and_the_rest_stays_in_order() -> None:
    rng = random.Random(5)
    sent = [
        table_event(rng.choice((events.TABLE_MAP, events.WRITE_V1)), rng.choice((WATCHED, NOISE)), rng.randrange(9_000))
        for _ in range(2_000)
    ]
    wire = Wire(50_001)
    for one in sent:
        wire.event(one)
    packets = Packets(wire)
    reading = read(packets, {NOISE | 1 << 48})
    expected = [one for one in sent if one[19] == WATCHED]
    assert [next(reading) for _ in expected] == expected
    with pytest.raises(StreamLost, match="closed"):
        next(reading)
    assert packets.dropped == len(sent) - len(expected)


@pytest.mark.parametrize(
    "payload", [BUFFER - 5, BUFFER - 4, BUFFER - 3, BUFFER + 1, MAX_PACKET - 1, MAX_PACKET, 20_000_000]
)
@pytest.mark.parametrize("table", [WATCHED, NOISE])
def test_events_that_no_buffer_holds(payload: int, table: int) -> None:
    large, small = table_event(events.WRITE_V1, table, payload - 1 - 19 - 8 - 4), event(events.XID, bytes(8))
    packets = Packets(Wire(600_000).event(small).event(large).event(small).event(large).event(small).eof())
    reading = read(packets, {NOISE | 1 << 48})
    expected = [small, large, small, large, small] if table == WATCHED else [small, small, small]
    assert [next(reading) for _ in expected] == expected
    assert packets.dropped == 5 - len(expected)


def test_a_missing_packet_is_noticed() -> None:
    small = event(events.XID, bytes(8))
    reading = read(Packets(Wire().event(small).lost().event(small)))
    next(reading)
    with pytest.raises(StreamLost, match="out of order"):
        next(reading)


def test_a_missing_packet_among_skipped_ones_is_noticed_behind_them() -> None:
    noise, small = table_event(events.WRITE_V1, NOISE, 50), event(events.XID, bytes(8))
    wire = Wire().event(small).event(noise).lost().event(noise).event(small)
    reading = read(Packets(wire), {NOISE | 1 << 48})
    next(reading)
    with pytest.raises(StreamLost, match="out of order"):
        next(reading)


def test_a_garbled_length_does_not_wait_for_what_never_comes() -> None:
    wire = Wire().event(event(events.XID, bytes(40)))
    wire._sent[1] ^= 0x40
    with pytest.raises(StreamLost, match="garbled"):
        next(read(Packets(wire)))


def test_a_closed_connection_and_an_error_of_the_server() -> None:
    with pytest.raises(StreamLost, match="closed"):
        next(read(Packets(Wire())))
    with pytest.raises(pymysql.MySQLError, match="purged"):
        next(read(Packets(Wire().packet(b"\xff\xd4\x04#HY000purged"))))
