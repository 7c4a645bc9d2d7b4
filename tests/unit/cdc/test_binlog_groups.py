"""MySQL's ways of beginning and ending a transaction, as bytes; MariaDB's are shown on a real server."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from cdc import binlog_events as events
from cdc.binlog_events import Event
from cdc.binlog_groups import Groups
from cdc.binlog_rows import INSERTED, RowsSeen
from cdc.errors import BadServerSettings, PositionLost, UnreadableEvent
from cdc.gtid import MySqlGtids
from cdc.keys import Key
from cdc.position import LogPlace, Position, Touch, XaStep
from cdc.watch import LookUp, WatchedTable, WatchList

SERVER = uuid.UUID("3e11fa47-71ca-11e1-9e33-c80aa9429562")
ORDER = WatchedTable(name="sales_order", kind="order", key="entity_id", own=True)
ADDRESS = WatchedTable(name="address_text", kind="customer", key="entity_id", via="address_customer")
WATCH = WatchList(tables={("shop", "p_sales_order"): ORDER, ("shop", "p_address_text"): ADDRESS})


class Log:
    """Events one behind the other, as a server writes them."""

    def __init__(self, groups: Groups) -> None:
        self.groups = groups
        self.end = 200

    def add(self, kind: int, body: bytes = b"", timestamp: int = 1_700_000_000) -> Any:
        length = 19 + len(body) + 4
        self.end += length
        return self.groups.control(Event(timestamp, kind, 1, length, self.end, 0, body, 77))

    def gtid(self, number: int) -> None:
        self.add(events.MYSQL_GTID, b"\0" + SERVER.bytes + struct.pack("<Q", number))

    def query(self, text: str, schema: str = "shop") -> Any:
        body = struct.pack("<IIBHH", 1, 0, len(schema), 0, 3) + b"xyz" + schema.encode() + b"\0" + text.encode()
        return self.add(events.QUERY, body)

    def rows(self, *keys: int, table: WatchedTable = ORDER) -> Any:
        return self.groups.rows(RowsSeen(table, dict.fromkeys(keys, INSERTED if table.own else 0), rows=len(keys)))


def resolve(via: LookUp, numbers: Sequence[int]) -> Mapping[int, int | str]:
    assert via == "address_customer"
    return {number: number + 100 for number in numbers if number < 50}


@pytest.fixture
def log() -> Log:
    position = Position(f"{SERVER}:1-4", LogPlace("bin.000009", 200))
    return Log(Groups(position, MySqlGtids(f"{SERVER}:1-4"), WATCH, resolve, chunk=3, clock_offset=2.2))


def test_begin_rows_xid_is_one_transaction(log: Log) -> None:
    log.gtid(5)
    start = log.end - 48
    assert log.query("BEGIN") is None
    assert log.rows(1, 2) is None
    item = log.add(events.XID, b"\0" * 8, timestamp=1_700_000_007)
    assert log.groups.position.gtid_set == f"{SERVER}:1-5"
    assert item is not None
    assert item.touches == {Key("order", "1"): Touch(inserted=True), Key("order", "2"): Touch(inserted=True)}
    assert item.start.place == LogPlace("bin.000009", start)
    assert item.committed_at.timestamp() == 1_700_000_005


def test_a_first_query_that_opens_nothing_stands_alone(log: Log) -> None:
    log.gtid(5)
    assert log.query("GRANT SELECT ON *.* TO x") is None
    assert not log.groups.inside
    assert log.groups.position.gtid_set == f"{SERVER}:1-5"
    log.gtid(6)
    item = log.query("TRUNCATE p_sales_order")
    assert item.ddl_tables == ("sales_order",)
    log.gtid(7)
    assert log.query("DROP DATABASE shop").ddl_kinds == ("order", "customer")


def test_an_atomic_create_select_goes_on_until_its_xid(log: Log) -> None:
    log.gtid(5)
    assert log.query("CREATE TABLE copy (a int) START TRANSACTION") is None
    assert log.groups.inside
    log.rows(1)
    assert log.add(events.XID) is not None


def test_groups_end_with_commit_or_rollback_queries_too(log: Log) -> None:
    for number, word in enumerate(("COMMIT", "ROLLBACK"), 5):
        log.gtid(number)
        log.query("BEGIN")
        log.query("SAVEPOINT `a`")
        log.query("ROLLBACK TO `a`")
        assert log.groups.inside
        assert log.query(word) is None
        assert not log.groups.inside
    assert log.groups.position.gtid_set == f"{SERVER}:1-6"


def test_an_xa_transaction_names_its_steps_from_the_first_chunk_on(log: Log) -> None:
    xid = "X'6162',X'',1"
    log.gtid(5)
    log.query(f"XA START {xid}")
    chunk = log.rows(1, 2, 3)
    assert chunk.position is None
    assert chunk.xa == XaStep("prepared", xid)
    log.query(f"XA END {xid}")
    prepared = log.add(events.XA_PREPARE, b"\0" + struct.pack("<III", 1, 2, 0) + b"ab")
    assert prepared.xa == XaStep("prepared", xid)
    log.gtid(6)
    assert log.query(f"XA COMMIT {xid}").xa == XaStep("committed", xid)


def test_a_huge_transaction_comes_in_chunks_and_moves_the_position_once(log: Log) -> None:
    before = log.groups.position
    log.gtid(5)
    log.query("BEGIN")
    chunks = [log.rows(n, n + 1, n + 2) for n in (1, 4, 7)]
    assert [len(chunk.touches) for chunk in chunks] == [3, 3, 3]
    assert all(chunk.position is None for chunk in chunks)
    assert log.groups.position == before
    last = log.add(events.XID)
    assert last.position == log.groups.position
    assert not last.touches


def test_look_ups_turn_numbers_into_keys_and_drop_what_is_gone(log: Log) -> None:
    log.gtid(5)
    log.query("BEGIN")
    log.rows(1, 60, table=ADDRESS)
    item = log.add(events.XID)
    assert list(item.touches) == [Key("customer", "101")]


def test_an_incident_is_a_gap(log: Log) -> None:
    with pytest.raises(PositionLost, match="INCIDENT"):
        log.add(events.INCIDENT)


def test_a_watched_change_logged_as_a_statement_stops_and_another_does_not(log: Log) -> None:
    log.gtid(5)
    log.query("BEGIN")
    assert log.query("DELETE FROM p_other") is None
    with pytest.raises(UnreadableEvent, match="p_sales_order"):
        log.query("UPDATE `p_sales_order` SET state='x'")


def test_a_statement_that_only_reads_a_watched_table_does_not_stop(log: Log) -> None:
    log.gtid(5)
    log.query("BEGIN")
    # pt-table-checksum sets binlog_format=STATEMENT
    checksums = "REPLACE INTO `tools`.`checksums` (db, n) SELECT 'shop', COUNT(*) FROM `shop`.`p_sales_order`"
    assert log.query(checksums) is None
    assert log.query("UPDATE p_sales_order SET state='x'", schema="copy_of_the_shop") is None
    with pytest.raises(UnreadableEvent, match="p_sales_order"):
        log.query("INSERT INTO P_SALES_ORDER (entity_id) SELECT 1 FROM other", schema="SHOP")


def test_a_group_cut_off_by_a_crash_is_dropped_and_a_new_file_moves_the_position(log: Log) -> None:
    log.gtid(5)
    log.query("BEGIN")
    log.rows(1)
    log.add(events.ROTATE, struct.pack("<Q", 4) + b"bin.000010", timestamp=0)
    log.end = 4
    log.add(events.FORMAT_DESCRIPTION, b"\0" * 90 + b"\x01")
    assert not log.groups.inside
    assert log.groups.position.place == LogPlace("bin.000010", log.end)
    assert log.groups.position.gtid_set == f"{SERVER}:1-4"


def test_a_file_without_checksums_is_refused(log: Log) -> None:
    with pytest.raises(BadServerSettings, match="binlog_checksum"):
        log.add(events.FORMAT_DESCRIPTION, b"\0" * 91)


def test_previous_gtids_are_read_with_and_without_room_for_tags() -> None:
    interval = struct.pack("<QQQ", 1, 1, 8)
    plain = struct.pack("<Q", 1) + SERVER.bytes + interval
    roomy = b"\1" + struct.pack("<Q", 1)[:6] + b"\1" + SERVER.bytes + b"\0" + interval
    for body in (plain, roomy):
        assert events.previous_gtids(Event(0, events.PREVIOUS_GTIDS, 1, 0, 0, 0, body, 0)) == [f"{SERVER}:1-7"]
    tagged = b"\1" + struct.pack("<Q", 1)[:6] + b"\1" + SERVER.bytes + b"\x08" + b"tag1" + interval
    with pytest.raises(UnreadableEvent, match="tags"):
        events.previous_gtids(Event(0, events.PREVIOUS_GTIDS, 1, 0, 0, 0, tagged, 0))
