"""Compressed events, opened: MariaDB packs the rows of one event, MySQL a whole transaction.

A session or the server may switch compression on at any time (MariaDB `log_bin_compress`, MySQL
`binlog_transaction_compression`), so it is met in the stream, whatever the settings say.

MariaDB (``sql/log_event.cc``, ``row_log_event_uncompress``): everything behind the column bitmaps, or the text of a
QUERY, is one byte 1aaalll0 .. (bits 4-6: algorithm, 0 is zlib; bits 0-2: how many bytes of length follow), the
length, highest byte first, and the packed bytes. MySQL (``libs/mysql/binlog/event/codecs/binary.cpp``,
"Transaction_payload_event"): fields of type, length and value, all numbers length-encoded, then the packed events,
which have no checksums and no places of their own.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import IO

from cdc import binlog_events as events
from cdc.binlog_events import CRC_LENGTH, HEADER_LENGTH, Event
from cdc.binlog_tables import length_encoded
from cdc.errors import UnreadableEvent

PLAIN_ROWS = {
    166: events.WRITE_V1,
    167: events.UPDATE_V1,
    168: events.DELETE_V1,
    169: events.WRITE_V2,
    170: events.UPDATE_V2,
    171: events.DELETE_V2,
}
"""MariaDB's compressed row events, and what they are when opened."""

_END, _SIZE, _METHOD, _UNPACKED_SIZE = range(4)
_ZSTD, _STORED = 0, 255
MAX_EVENT = 1 << 30
"""Bytes; the largest `max_allowed_packet` that servers take."""


def open_rows(event: bytes) -> bytes:
    """A compressed row event as the plain one, from header to CRC. Raises `UnreadableEvent`."""
    kind = PLAIN_ROWS[event[4]]
    at = HEADER_LENGTH + 8  # behind table id and flags
    if kind in events.ROWS_V2:
        at += event[at] | event[at + 1] << 8
    columns, at = length_encoded(event, at)
    at += (columns + 7) // 8 * (2 if kind in events.UPDATES else 1)
    return _as(kind, event[:at] + _inflated(event, at), event)


def open_query(event: bytes) -> Event:
    """A QUERY_COMPRESSED event as a QUERY, whose length and CRC stay those in the file. Raises `UnreadableEvent`."""
    body = HEADER_LENGTH
    schema, status = event[body + 8], event[body + 11] | event[body + 12] << 8
    at = body + 13 + status + schema + 1
    raw = events.parse(event)
    opened = events.parse(_as(events.QUERY, event[:at] + _inflated(event, at), event))
    return replace(opened, length=raw.length, crc=raw.crc, envelope=raw.type)


def open_transaction(event: bytes) -> Iterator[bytes]:
    """The events of a TRANSACTION_PAYLOAD, each from header to a CRC of its own. Raises `UnreadableEvent`."""
    at = HEADER_LENGTH
    method, size = _STORED, 0
    while True:
        field, at = length_encoded(event, at)
        if field == _END:
            break
        length, at = length_encoded(event, at)
        value, _ = length_encoded(event, at)
        at += length
        if field == _METHOD:
            method = value
        elif field == _SIZE:
            size = value
    packed = BytesIO(event[at : at + size])
    try:
        with _stream(method, packed) as opened:
            while head := _exactly(opened, HEADER_LENGTH, at_end=True):
                length = int.from_bytes(head[9:13], "little")
                if not HEADER_LENGTH <= length <= MAX_EVENT:
                    raise _damaged(event)
                plain = head + _exactly(opened, length - HEADER_LENGTH)
                yield plain + zlib.crc32(plain).to_bytes(CRC_LENGTH, "little")
    except EOFError:
        raise _damaged(event) from None


def inside(event: bytes, payload: bytes, *, last: bool) -> Event:
    """An event of a transaction as it stands in the log: the last one ends where the whole TRANSACTION_PAYLOAD does."""
    opened = replace(events.parse(event), end=0)
    if not last:
        return opened
    raw = events.parse(payload)
    return replace(opened, timestamp=raw.timestamp, end=raw.end, length=raw.length, crc=raw.crc, envelope=raw.type)


def _stream(method: int, packed: BytesIO) -> IO[bytes]:
    if method == _STORED:
        return packed
    if method != _ZSTD:
        raise UnreadableEvent(
            f"A transaction is compressed by method {method}, which is unknown",
            hint="Set binlog_transaction_compression=OFF on the MySQL server, also in sessions that set it themselves.",
        )
    import zstandard  # loaded where it is needed: few servers compress

    return zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)


def _exactly(stream: IO[bytes], count: int, *, at_end: bool = False) -> bytes:
    """So many bytes; nothing at the end when that is allowed, else `EOFError`."""
    parts: list[bytes] = []
    while count and (part := stream.read(count)):
        parts.append(part)
        count -= len(part)
    if count and (parts or not at_end):
        raise EOFError
    return b"".join(parts)


def _inflated(event: bytes, at: int) -> bytes:
    head = event[at]
    width = head & 7
    if head & 0xF0 != 0x80 or not 1 <= width <= 4:
        raise _damaged(event)
    size = int.from_bytes(event[at + 1 : at + 1 + width], "big")
    try:
        opened = zlib.decompress(event[at + 1 + width : -CRC_LENGTH], bufsize=size)
    except zlib.error:
        raise _damaged(event) from None
    if len(opened) != size:
        raise _damaged(event)
    return opened


def _as(kind: int, plain: bytes, event: bytes) -> bytes:
    """Plain bytes under the header of the event they come from, with a CRC that fits."""
    head = event[:4] + bytes([kind]) + event[5:9] + struct.pack("<I", len(plain) + CRC_LENGTH) + event[13:19]
    whole = head + plain[HEADER_LENGTH:]
    return whole + zlib.crc32(whole).to_bytes(CRC_LENGTH, "little")


def _damaged(event: bytes) -> UnreadableEvent:
    end = int.from_bytes(event[13:17], "little")
    return UnreadableEvent(
        f"A compressed binlog event of type {event[4]} that ends at offset {end} cannot be opened",
        hint="Set log_bin_compress=OFF (MariaDB) or binlog_transaction_compression=OFF (MySQL) and report this.",
    )
