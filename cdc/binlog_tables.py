"""TABLE_MAP events: a table's columns as row events carry them, and how many bytes each value takes.

Layout: ``Table_map_event`` in MySQL's ``libs/mysql/binlog/event/rows_event.h``; MariaDB adds compressed columns
(types 140 and 141). Names and signs come with ``binlog_row_metadata=FULL`` only.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from pymysql.charset import charset_by_id

from cdc.errors import UnreadableEvent

FULL_METADATA = "Set binlog_row_metadata=FULL (SET GLOBAL binlog_row_metadata='FULL'; and the same line in my.cnf)."

TINY, SHORT, LONG, FLOAT, DOUBLE, NULL, TIMESTAMP, LONGLONG, INT24 = 1, 2, 3, 4, 5, 6, 7, 8, 9
DATE, TIME, DATETIME, YEAR, NEWDATE, VARCHAR, BIT, TIMESTAMP2, DATETIME2, TIME2 = 10, 11, 12, 13, 14, 15, 16, 17, 18, 19
BLOB_COMPRESSED, VARCHAR_COMPRESSED, VECTOR, JSON, NEWDECIMAL, ENUM, SET = 140, 141, 242, 245, 246, 247, 248
TINY_BLOB, MEDIUM_BLOB, LONG_BLOB, BLOB, VAR_STRING, STRING, GEOMETRY = 249, 250, 251, 252, 253, 254, 255

_FIXED = {
    **{TINY: 1, SHORT: 2, INT24: 3, LONG: 4, LONGLONG: 8, FLOAT: 4, DOUBLE: 8, NULL: 0},
    **{TIMESTAMP: 4, DATE: 3, NEWDATE: 3, TIME: 3, DATETIME: 8, YEAR: 1},
}
_FRACTIONAL = {TIMESTAMP2: 4, DATETIME2: 5, TIME2: 3}
_BLOBS = frozenset({TINY_BLOB, MEDIUM_BLOB, LONG_BLOB, BLOB, GEOMETRY, JSON, VECTOR, BLOB_COMPRESSED})
_TWO_BYTE_META = frozenset({VARCHAR, VAR_STRING, VARCHAR_COMPRESSED, STRING, ENUM, SET, NEWDECIMAL, BIT})
_ONE_BYTE_META = frozenset({FLOAT, DOUBLE, *_BLOBS, *_FRACTIONAL})
INTEGERS = {TINY: 1, SHORT: 2, INT24: 3, LONG: 4, LONGLONG: 8}
NUMBERS = frozenset({*INTEGERS, NEWDECIMAL, FLOAT, DOUBLE})
TEXTS = frozenset({VARCHAR, VAR_STRING, STRING, TINY_BLOB, MEDIUM_BLOB, LONG_BLOB, BLOB})
_WITH_CHARSET = TEXTS | {VARCHAR_COMPRESSED, BLOB_COMPRESSED}
OLD_TIMES = frozenset({TIMESTAMP, TIME, DATETIME})
_NUMERIC = NUMBERS | {YEAR}
_DIGITS_TO_BYTES = (0, 1, 1, 2, 2, 3, 3, 4, 4, 4)


class UnknownLayout(UnreadableEvent):
    """Values of a table cannot be stepped over or read here; mysql-replication may know how."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column in a row event: a value takes `width` bytes, or, where that is None, `prefix` bytes of length first."""

    name: str
    type: int
    width: int | None
    prefix: int
    unsigned: bool
    charset: str


@dataclass(frozen=True, slots=True)
class TableMap:
    """A table as one TABLE_MAP event describes it."""

    schema: str
    name: str
    columns: tuple[Column, ...]


def table_name(body: bytes) -> tuple[str, str]:
    """Schema and table of a TABLE_MAP body (behind table id and flags)."""
    end = 1 + body[0]
    at = end + 2
    return body[1:end].decode(), body[at : at + body[end + 1]].decode()


def parse_table_map(body: bytes, *, mariadb: bool) -> TableMap:
    """The whole of a TABLE_MAP body (behind table id and flags, without CRC).

    Among the columns that have a character set MariaDB counts GEOMETRY, MySQL counts VECTOR.

    Raises `UnreadableEvent` when names are missing, and `UnknownLayout` when a column's type is not known.
    """
    schema, name = table_name(body)
    at = 1 + body[0] + 1
    at += 1 + body[at] + 1
    count, at = length_encoded(body, at)
    types = body[at : at + count]
    at += count
    meta_length, at = length_encoded(body, at)
    meta = body[at : at + meta_length]
    at += meta_length + (count + 7) // 8
    kinds, metas = _kinds(types, meta)
    names, signs, charsets = _optional(body, at, kinds, _WITH_CHARSET | {GEOMETRY if mariadb else VECTOR})
    if len(names) != count:
        raise UnreadableEvent(
            f"The binlog does not name the columns of {schema}.{name} (written while binlog_row_metadata was not FULL)",
            hint=FULL_METADATA,
        )
    columns = []
    for i, kind in enumerate(kinds):
        width, prefix = _width(kind, metas[i], f"{schema}.{name}.{names[i]}")
        columns.append(Column(names[i], kind, width, prefix, i in signs, charsets.get(i, "utf8")))
    return TableMap(schema, name, tuple(columns))


def _kinds(types: bytes, meta: bytes) -> tuple[list[int], list[bytes]]:
    """Each column's type and its own metadata. ENUM and SET travel as STRING with their type in the metadata."""
    kinds, metas = [], []
    at = 0
    for kind in types:
        size = 2 if kind in _TWO_BYTE_META else 1 if kind in _ONE_BYTE_META else 0
        own = meta[at : at + size]
        at += size
        kinds.append(own[0] if kind == STRING and own[0] in (ENUM, SET) else kind)
        metas.append(own)
    return kinds, metas


def length_encoded(data: bytes, at: int) -> tuple[int, int]:
    """A length-encoded integer and the offset behind it."""
    first = data[at]
    if first < 251:
        return first, at + 1
    size = {252: 2, 253: 3, 254: 8}[first]
    return int.from_bytes(data[at + 1 : at + 1 + size], "little"), at + 1 + size


def _optional(
    body: bytes, at: int, types: list[int], with_charset: frozenset[int]
) -> tuple[list[str], set[int], dict[int, str]]:
    """Names, unsigned columns and character sets out of the metadata blocks (type, length, value)."""
    names: list[str] = []
    unsigned: set[int] = set()
    charsets: dict[int, str] = {}
    texts = [i for i, kind in enumerate(types) if kind in with_charset]
    while at < len(body):
        block = body[at]
        size, at = length_encoded(body, at + 1)
        value = body[at : at + size]
        at += size
        if block == 1:
            numeric = [i for i, kind in enumerate(types) if kind in _NUMERIC]
            if (len(numeric) + 7) // 8 != size:
                numeric = [i for i in numeric if types[i] != YEAR]
            unsigned = {i for n, i in enumerate(numeric) if value[n // 8] & (0x80 >> n % 8)}
        elif block in (2, 3):
            charsets = _charsets(block, value, texts)
        elif block == 4:
            place = 0
            while place < size and len(names) < len(types):
                length, place = length_encoded(value, place)
                names.append(value[place : place + length].decode())
                place += length
    return names, unsigned, charsets


def _charsets(block: int, value: bytes, texts: list[int]) -> dict[int, str]:
    numbers = []
    place = 0
    while place < len(value):
        number, place = length_encoded(value, place)
        numbers.append(number)
    if block == 2:  # a default, then (which of the text columns, its collation) where it differs
        default, pairs = numbers[0], dict(zip(numbers[1::2], numbers[2::2], strict=False))
        numbers = [pairs.get(n, default) for n in range(len(texts))]
    return {i: _encoding(number) for i, number in zip(texts, numbers, strict=False)}


def _encoding(collation: int) -> str:
    """The name in Python of a collation's character set.

    PyMySQL lists the collations that a client may speak. Those it leaves out are newer and of utf8mb4, or of wide
    characters, which no client speaks: MySQL's ``strings/ctype-ucs2.cc`` and ``ctype-uca.cc`` number them. MariaDB adds
    1024 to a collation without padding, and numbers its UCA-1400 collations from 2048 on, 256 to a character set.
    """
    if collation >= 2048:
        return ("utf8", "utf8", "utf-16-be", "utf-16-be", "utf-32-be")[min(collation - 2048 >> 8, 4)]
    collation &= 1023
    for encoding, numbers in _WIDE.items():
        if any(collation in some for some in numbers):
            return encoding
    try:
        found = str(charset_by_id(collation).encoding)
    except KeyError:
        return "utf8"
    return "utf8" if found == "binary" else found


_WIDE = {
    "utf-16-be": (range(35, 36), range(54, 56), range(90, 91), range(101, 125), range(128, 152), range(159, 160)),
    "utf-16-le": (range(56, 57), range(62, 63)),
    "utf-32-be": (range(60, 62), range(160, 184)),
}


def _width(kind: int, meta: bytes, where: str) -> tuple[int | None, int]:
    """(bytes of a value, 0), or (None, bytes of its length)."""
    if kind in _FIXED:
        return _FIXED[kind], 0
    if kind in _FRACTIONAL:
        return _FRACTIONAL[kind] + (meta[0] + 1) // 2, 0
    if kind in _BLOBS:
        return None, meta[0]
    if kind in (VARCHAR, VAR_STRING, VARCHAR_COMPRESSED):
        return None, 2 if struct.unpack("<H", meta)[0] > 255 else 1
    if kind == NEWDECIMAL:
        return decimal_width(meta[0], meta[1]), 0
    if kind == BIT:
        return meta[1] + (1 if meta[0] else 0), 0
    if kind in (ENUM, SET):
        return meta[1], 0
    if kind == STRING:
        # two bits of a CHAR's length are kept, inverted, in the byte of its type
        length = meta[1] | ((meta[0] & 0x30) ^ 0x30) << 4
        return None, 2 if length > 255 else 1
    raise UnknownLayout(
        f"The column {where} has the type {kind}, whose values cannot be skipped",
        hint="Rebuild the table with a current column type (ALTER TABLE ... FORCE), or look for an update.",
    )


def decimal_width(precision: int, scale: int) -> int:
    """Bytes of a DECIMAL(precision, scale): nine digits in four bytes, the rest as few as will do."""
    whole = precision - scale
    return whole // 9 * 4 + _DIGITS_TO_BYTES[whole % 9] + scale // 9 * 4 + _DIGITS_TO_BYTES[scale % 9]
