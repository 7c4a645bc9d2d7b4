"""Binlog events as bytes: the common header, and the few bodies that say where transactions begin and end.

mysql-replication's own classes for these are not asked: they leave out MariaDB's flags and XA ids, and its QueryEvent
raises on status variables that newer servers add. Layouts: MySQL's ``libs/mysql/binlog/event/*.h`` and MariaDB's
knowledge base, "Replication protocol".
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from uuid import UUID

from cdc.errors import UnreadableEvent

QUERY, STOP, ROTATE, INTVAR, FORMAT_DESCRIPTION, XID, TABLE_MAP = 2, 3, 4, 5, 15, 16, 19
EXECUTE_LOAD_QUERY, INCIDENT, HEARTBEAT = 18, 26, 27
WRITE_V1, UPDATE_V1, DELETE_V1, WRITE_V2, UPDATE_V2, DELETE_V2 = 23, 24, 25, 30, 31, 32
MYSQL_GTID, ANONYMOUS_GTID, PREVIOUS_GTIDS, XA_PREPARE, HEARTBEAT_V2 = 33, 34, 35, 38, 41
MARIADB_GTID, MARIADB_GTID_LIST = 162, 163
PARTIAL_UPDATE, TRANSACTION_PAYLOAD, TAGGED_GTID, QUERY_COMPRESSED = 39, 40, 42, 165

ROWS = frozenset({WRITE_V1, UPDATE_V1, DELETE_V1, WRITE_V2, UPDATE_V2, DELETE_V2})
UPDATES = frozenset({UPDATE_V1, UPDATE_V2})
INSERTS = frozenset({WRITE_V1, WRITE_V2})
ROWS_V2 = frozenset({WRITE_V2, UPDATE_V2, DELETE_V2})

HARMLESS = {
    STOP: "STOP",
    INTVAR: "INTVAR",
    9: "APPEND_BLOCK",
    11: "DELETE_FILE",
    13: "RAND",
    14: "USER_VAR",
    17: "BEGIN_LOAD_QUERY",
    28: "IGNORABLE",
    29: "ROWS_QUERY",
    PREVIOUS_GTIDS: "PREVIOUS_GTIDS",
    36: "TRANSACTION_CONTEXT",
    37: "VIEW_CHANGE",
    160: "ANNOTATE_ROWS",
    161: "BINLOG_CHECKPOINT",
    MARIADB_GTID_LIST: "GTID_LIST",
    164: "START_ENCRYPTION",
}
"""Events that carry no rows and end no transaction. A LOAD DATA as a statement is carried out by EXECUTE_LOAD_QUERY."""

UNREADABLE = {
    PARTIAL_UPDATE: (
        "PARTIAL_UPDATE_ROWS (a JSON column's difference)",
        "Set binlog_row_value_options='' on the MySQL server (no PARTIAL_JSON).",
    ),
    20: ("PRE_GA_WRITE_ROWS", "The binlog was written by MySQL 5.1 before its release."),
    21: ("PRE_GA_UPDATE_ROWS", "The binlog was written by MySQL 5.1 before its release."),
    22: ("PRE_GA_DELETE_ROWS", "The binlog was written by MySQL 5.1 before its release."),
}
"""Events that may carry rows and cannot be decoded: their name, and the setting that causes them."""

IGNORABLE_FLAG = 0x80
CRC_LENGTH = 4
INTACT = 0x2144DF1C
"""The CRC-32 of any data with its own CRC-32 behind it, lowest byte first."""

# MariaDB's flags in its GTID event
STANDALONE, GROUP_COMMIT_ID, PREPARED_XA, COMPLETED_XA = 1, 2, 64, 128

_HEADER = struct.Struct("<IBIIIH")
_MARIADB_GTID = struct.Struct("<QIB")
HEADER_LENGTH = _HEADER.size


@dataclass(slots=True)
class Event:
    """One event as the server sent it. `body` is without the header and without the CRC.

    `end` is the offset behind the event in its file; 0 when the server made the event up, or does not say (MariaDB
    11.4 and later inside a transaction). `envelope` is the type of the compressed event that stands in the file in
    this one's place, 0 when it stands there itself; `length` and `crc` are the former's then.
    """

    timestamp: int
    type: int
    server_id: int
    length: int
    end: int
    flags: int
    body: bytes
    crc: int
    envelope: int = 0

    @property
    def start(self) -> int:
        """The offset of the event's first byte."""
        return self.end - self.length


def intact(event: bytes) -> bytes:
    """The same bytes, from an event's header to its CRC. Raises `UnreadableEvent` when the CRC does not fit."""
    if zlib.crc32(event) != INTACT:
        _, kind, _, _, end, _ = _HEADER.unpack_from(event)
        raise UnreadableEvent(
            f"A binlog event of type {kind} that ends at offset {end} has a wrong checksum",
            hint="Look at the server's error log and its disk; `mariadb-binlog --verify-binlog-checksum` (or "
            "`mysqlbinlog`) shows whether the file itself is damaged.",
        )
    return event


def parse(event: bytes) -> Event:
    """An event from its bytes, header to CRC. Raises `UnreadableEvent` when the CRC does not fit."""
    return decode(intact(event))


def decode(event: bytes) -> Event:
    """An event whose CRC was verified, from its bytes."""
    crc = int.from_bytes(event[-CRC_LENGTH:], "little")
    timestamp, kind, server_id, length, end, flags = _HEADER.unpack_from(event)
    return Event(timestamp, kind, server_id, length, end, flags, event[HEADER_LENGTH:-CRC_LENGTH], crc)


def unreadable(event_type: int, place: str) -> UnreadableEvent:
    """The error for an event type that is not known to be harmless."""
    name, fix = UNREADABLE.get(
        event_type, (f"of type {event_type}", "The server is newer than this program knows: look for an update.")
    )
    return UnreadableEvent(f"A binlog event at {place} cannot be decoded: {name}", hint=fix)


@dataclass(slots=True)
class Gtid:
    """A GTID event: the transaction's name, and MariaDB's flags (0 on MySQL)."""

    gtid: str | None
    flags: int = 0
    xid: str = ""


def mariadb_gtid(event: Event) -> Gtid:
    """MariaDB's GTID event: sequence (8), domain (4), flags (1), [group commit id (8)], [XA id]."""
    sequence, domain, flags = _MARIADB_GTID.unpack_from(event.body)
    xid = ""
    if flags & (PREPARED_XA | COMPLETED_XA):
        at = 13 + (8 if flags & GROUP_COMMIT_ID else 0)
        fmt, gtrid, bqual = struct.unpack_from("<iBB", event.body, at)
        xid = xa_id(fmt, event.body[at + 6 :], gtrid, bqual)
    return Gtid(f"{domain}-{event.server_id}-{sequence}", flags, xid)


def mysql_gtid(event: Event) -> Gtid:
    """MySQL's GTID event: flags (1), UUID (16), number (8)."""
    return Gtid(f"{UUID(bytes=event.body[1:17])}:{int.from_bytes(event.body[17:25], 'little')}")


def xa_id(format_id: int, data: bytes, gtrid: int, bqual: int) -> str:
    """An XA id as text, as the server writes it in ``XA COMMIT X'..',X'..',1``."""
    return f"X'{data[:gtrid].hex()}',X'{data[gtrid : gtrid + bqual].hex()}',{format_id}"


def xa_prepare(event: Event) -> tuple[bool, str]:
    """An XA_PREPARE event: whether it is a one-phase commit, and the XA id."""
    one_phase, fmt, gtrid, bqual = struct.unpack_from("<BIII", event.body)
    return bool(one_phase), xa_id(fmt, event.body[13:], gtrid, bqual)


def query(event: Event) -> tuple[str, str]:
    """A QUERY event: its default schema and its text.

    Body: thread (4), seconds (4), schema length (1), error (2), status length (2), status, schema, 0, text.
    """
    schema_length, _, status_length = struct.unpack_from("<BHH", event.body, 8)
    at = 13 + status_length
    schema = event.body[at : at + schema_length].decode("utf-8", "replace")
    return schema, event.body[at + schema_length + 1 :].decode("utf-8", "replace")


def rotate(event: Event) -> str:
    """The file that follows."""
    return event.body[8:].decode()


def checksummed(event: Event) -> bool:
    """Whether a FORMAT_DESCRIPTION event announces CRC32 checksums (its last byte before its own CRC)."""
    return event.body[-1] == 1


def gtid_list(event: Event) -> list[str]:
    """MariaDB's GTID_LIST: the last GTID of each domain and server before this file."""
    count = int.from_bytes(event.body[:4], "little") & 0x0FFFFFFF
    found = []
    for i in range(count):
        domain, server, sequence = struct.unpack_from("<IIQ", event.body, 4 + 16 * i)
        found.append(f"{domain}-{server}-{sequence}")
    return found


def previous_gtids(event: Event) -> list[str]:
    """MySQL's PREVIOUS_GTIDS: everything before this file, as UUIDs with intervals (the end is exclusive).

    MySQL 8.3 and later may write a tag's length behind each UUID; the first and last of the leading eight bytes are 1
    then. Raises `UnreadableEvent` when there is a tag.
    """
    body = event.body
    with_tags = body[7] == 1
    servers = int.from_bytes(body[1:7] if with_tags else body[:8], "little")
    at = 8
    found = []
    for _ in range(servers):
        uuid = UUID(bytes=body[at : at + 16])
        at += 16
        if with_tags:
            if body[at]:
                raise UnreadableEvent(
                    "The server's binlog holds GTIDs with tags: whether it goes on where we were cannot be told",
                    hint="Follow the server from before, or adopt this one: `magento-economic capture adopt`.",
                )
            at += 1
        (intervals,) = struct.unpack_from("<Q", body, at)
        at += 8
        for _ in range(intervals):
            first, behind = struct.unpack_from("<QQ", body, at)
            found.append(f"{uuid}:{first}-{behind - 1}")
            at += 16
    return found
