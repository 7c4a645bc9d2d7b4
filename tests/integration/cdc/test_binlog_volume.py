"""Huge transactions stream through in seconds and leave no mark on memory."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cdc.binlog import BinlogReader
from cdc.position import Committed, Position
from cdc.watch import watched_tables
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB
from tests.integration.cdc.binlog_world import Follower, Shop, facts, small_shop
from tests.servers import dialect


def resident() -> float:
    """Resident memory of this process in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


class Weighed(Follower):
    """A follower that keeps no items, only how many keys came and the most memory that was used."""

    seen = 0
    chunks = 0
    largest = 0
    peak = 0.0

    def _run(self) -> None:
        try:
            for item in self.reader.transactions(self.position, self.stop):
                self.peak = max(self.peak, resident())
                if isinstance(item, Committed):
                    self.seen += len(item.touches)
                    self.largest = max(self.largest, len(item.touches))
                    self.chunks += item.position is None
                if item.position is not None:
                    self.position = item.position
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            self.error = error


@pytest.fixture
def shop(mariadb: PrivateMariaDB, schema: str) -> Iterator[Shop]:
    with small_shop(mariadb, schema) as made:
        yield made


def test_two_hundred_thousand_unwatched_rows_leave_memory_flat(shop: Shop) -> None:
    position = shop.reader().position()
    shop.run("INSERT INTO noise (v) SELECT REPEAT('x', 100) FROM " + dialect.numbers(shop.connection, 200_000))
    end = shop.end()
    gc.collect()
    before, began = resident(), time.monotonic()
    follower = Weighed(shop.reader(), position)
    try:
        follower.until(lambda: follower.at(end))
    finally:
        follower.close()
    assert time.monotonic() - began < 10
    assert follower.peak - before < 20
    assert follower.seen == 0


def test_fifty_thousand_orders_come_in_chunks_with_memory_flat(mariadb: PrivateMariaDB, schema: str) -> None:
    install(mariadb, schema)
    with closing(mariadb.connect(schema)) as connection, connection.cursor() as cursor:
        cursor.execute("SET unique_checks=0, foreign_key_checks=0")
        cursor.execute(
            "INSERT INTO sales_order (entity_id, state, status, increment_id, store_id, customer_email, grand_total,"
            " shipping_description) SELECT seq, 'new', 'pending', seq, 1, 'a@example.test', seq, REPEAT('s', 60)"
            f" FROM {dialect.numbers(connection, 50_000)}"
        )
        reader = BinlogReader(mariadb.url(schema), watched_tables(facts(schema)))
        position = reader.position()
        cursor.execute("UPDATE sales_order SET status='held', grand_total=grand_total+1")
        end = Position(dialect.executed(connection) or None, dialect.end_of_log(connection))
        gc.collect()
        before, began = resident(), time.monotonic()
        follower = Weighed(reader, position)
        try:
            follower.until(lambda: follower.at(end), timeout=60)
        finally:
            follower.close()
    took = time.monotonic() - began
    assert follower.seen == 50_000
    assert follower.chunks >= 45
    assert follower.largest < 1_200
    assert follower.peak - before < 20
    assert took < 20
