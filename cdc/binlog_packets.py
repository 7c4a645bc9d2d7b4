"""The replication stream as bytes: packets are walked in one large buffer, and most events never leave it.

After COM_BINLOG_DUMP the server sends one packet for each event, without being asked again. Numbers are little-endian:

    offset  0  3 bytes   length of the packet behind these four bytes
            3  1         number of the packet, 0 to 255 and again
            4  1         0: an event follows; 0xfe: the end; 0xff: an error
            5  4         time of the event, seconds          \\
            9  1         its type                             |
           10  4         the server that wrote it             |  the common header, 19 bytes
           14  4         its length, this header included     |
           18  4         where it ends in its file            |
           22  2         flags                               /
           24  6         table id (TABLE_MAP and row events only)
           30  2         flags of these
          ...  4         the last four bytes: CRC-32 of the event

An event of 16 MB and more comes in several packets, each but the last of 0xffffff bytes. A TABLE_MAP says which table
an id means, before every group of row events; so what belongs to a table that nobody watches is known by its id alone.

Sources: "Replication Protocol" and "MySQL Packets" in MySQL's Doxygen documentation
(https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication.html and
.../page_protocol_basic_packets.html), ``sql/protocol_classic.cc`` and ``libs/mysql/binlog/event/binlog_event.h``
there; "Replication Protocol" in MariaDB's knowledge base
(https://mariadb.com/kb/en/replication-protocol/, with a page for each event).
"""

from __future__ import annotations

import struct
import time
from collections.abc import Collection, Iterator
from typing import Protocol

from pymysql.err import MySQLError
from pymysql.protocol import MysqlPacket

from cdc import binlog_events as events

TICK_SECONDS = 0.1
BUFFER = 1 << 20
MAX_PACKET = 0xFFFFFF

_HEAD = struct.Struct("<IB4xB14xQ")  # length and number, status, type, table id and flags
_TABLE_EVENTS = frozenset({events.TABLE_MAP, *events.ROWS})


class StreamLost(Exception):
    """The stream ended: connection lost, killed, silent for too long, or the server is going down."""


class Socket(Protocol):
    """What is needed of a connected socket (plain or TLS)."""

    def recv_into(self, buffer: memoryview, /) -> int:
        """Wait for bytes; 0 when the other side has closed."""


class Packets:
    """Reads the events that a server sends on `socket` after a dump request.

    `dropped` counts the events that were passed over.
    """

    def __init__(self, socket: Socket) -> None:
        self.dropped = 0
        self._socket = socket
        self._buffer = bytearray(BUFFER + _HEAD.size)  # a head may be looked at before all of it is there
        self._view = memoryview(self._buffer)
        self._number = 0  # of the packet before; the dump request was number 0

    def events(self, skip: Collection[int] = ()) -> Iterator[tuple[int, bytes] | None]:
        """Each event's type, and its bytes from the header to the CRC; None after each `TICK_SECONDS` of reading.

        TABLE_MAP and row events whose eight bytes of table id and flags are in `skip`, which may grow meanwhile, are
        passed over. Raises `EOFError` at the end of a dump that does not wait, `StreamLost`, and pymysql's errors.
        """
        buffer, view, unpack, table_events, length = (
            self._buffer,
            self._view,
            _HEAD.unpack_from,
            _TABLE_EVENTS,
            MAX_PACKET,
        )
        at = end = 0
        due = time.monotonic() + TICK_SECONDS
        while True:
            number, handed = self._number, 0
            last_head = end - 4
            while at <= last_head:
                head, status, kind, table = unpack(buffer, at)
                stop = at + 4 + (head & length)
                if stop > end:
                    break
                number += 1
                if kind not in table_events or table not in skip or status:
                    if head >> 24 != number & 0xFF:
                        raise _out_of_order(head >> 24)
                    if status:
                        raise _last_words(bytes(view[at + 4 : stop]))
                    handed += 1
                    yield kind, view[at + 5 : stop].tobytes()
                at = stop
            self.dropped += number - self._number - handed
            self._number = number
            buffer[: end - at] = buffer[at:end]
            at, end = 0, end - at
            size = buffer[0] | buffer[1] << 8 | buffer[2] << 16
            if end >= _HEAD.size and size < MAX_PACKET and not buffer[4] and size != 1 + _length(buffer):
                raise StreamLost("a packet and the event in it differ in length: the connection is garbled")
            if end >= _HEAD.size and size > BUFFER - 4:
                event = self._large(end, skip)
                end = 0
                if event is None:
                    self.dropped += 1
                else:
                    yield event[4], event
            else:
                end += self._receive(view[end:BUFFER])
            if time.monotonic() >= due:
                due = time.monotonic() + TICK_SECONDS
                yield None

    def _large(self, end: int, skip: Collection[int]) -> bytes | None:
        """An event that the buffer cannot hold, read to its end; None when it is passed over."""
        head, _, kind, table = _HEAD.unpack_from(self._buffer)
        kept = None if kind in _TABLE_EVENTS and table in skip else bytearray(self._view[5:end])
        left = (head & MAX_PACKET) + 4 - end
        while True:
            self._number += 1
            if head >> 24 != self._number & 0xFF:
                raise _out_of_order(head >> 24)
            while left:
                count = self._receive(self._view[: min(left, BUFFER)])
                left -= count
                if kept is not None:
                    kept += self._view[:count]
            if head & MAX_PACKET < MAX_PACKET:
                return None if kept is None else bytes(kept)
            at = 0
            while at < 4:
                at += self._receive(self._view[at:4])
            head = int.from_bytes(self._view[:4], "little")
            left = head & MAX_PACKET

    def _receive(self, into: memoryview) -> int:
        try:
            count = self._socket.recv_into(into)
        except OSError as error:  # a time-out is one, too: the server's heartbeats did not come
            raise StreamLost(str(error) or type(error).__name__) from error
        if not count:
            raise StreamLost("the server closed the connection")
        return count


def _length(buffer: bytearray) -> int:
    """The length that the first event in the buffer has by its own header."""
    return int.from_bytes(buffer[14:18], "little")


def _out_of_order(number: int) -> StreamLost:
    return StreamLost("the server is shutting down" if number == 0 else "a packet is out of order")


def _last_words(packet: bytes) -> Exception:
    """What the server says instead of an event."""
    if packet[0] != 0xFF:
        return EOFError("the server ended the stream (it is shutting down)")
    try:
        MysqlPacket(packet, "utf8").raise_for_error()
    except MySQLError as error:
        return StreamLost(str(error.args[1])) if error.args[0] in (2006, 2013) else error
    return StreamLost("the server sent an empty error")
