"""The names of GTIDs that were put together."""

from __future__ import annotations

import struct
import uuid

from cdc import binlog_events as events
from cdc.binlog_filter import Run

ONE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


def mysql(source: uuid.UUID, number: int) -> bytes:
    return _event(events.MYSQL_GTID, b"\0" + source.bytes + struct.pack("<Q", number) + bytes(17))


def mariadb(domain: int, server: int, number: int) -> bytes:
    return _event(events.MARIADB_GTID, struct.pack("<QIB", number, domain, 0) + bytes(6), server)


def _event(kind: int, body: bytes, server: int = 1) -> bytes:
    return struct.pack("<IBIIIH", 0, kind, server, 23 + len(body), 0, 0) + body + bytes(4)


def test_mysql_names_intervals_however_numbers_come() -> None:
    gtids = (
        [mysql(ONE, n) for n in (5, 6, 7, 9, 8)] + [mysql(OTHER, n) for n in (1, 2)] + [mysql(ONE, 10), mysql(ONE, 11)]
    )
    assert Run(gtids, [], b"").names() == [f"{ONE}:5-7", f"{ONE}:9-9", f"{ONE}:8-8", f"{OTHER}:1-2", f"{ONE}:10-10"]


def test_mariadb_names_the_last_of_each_other_domain() -> None:
    gtids = [mariadb(0, 1, 5), mariadb(3, 2, 70), mariadb(3, 4, 71), mariadb(0, 1, 6), mariadb(0, 1, 7)]
    assert Run(gtids, [], b"").names() == ["3-4-71"]


def test_a_single_transaction_names_nothing_before_it() -> None:
    assert Run([mysql(ONE, 5)], [], b"").names() == []
    assert Run([_event(events.ANONYMOUS_GTID, bytes(25))] * 3, [], b"").names() == []
