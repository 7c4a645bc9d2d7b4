"""Capture and loading together: a load that has reached a transaction's start never shows the time before it."""

from __future__ import annotations

import threading
import time
from contextlib import closing

import pytest

from cdc.binlog import BinlogReader
from cdc.errors import NotReached
from cdc.models import Order
from cdc.position import Committed, LogPlace, TransactionStart
from cdc.watch import watched_tables
from tests.integration.cdc.load_world import World
from tests.servers import IS_MYSQL, by_gtid, dialect

CHANGES = 60


def test_what_the_binlog_announced_is_seen(world: World) -> None:
    order_id = world.order(status="0")
    reader = BinlogReader(world.server.url(world.schema), watched_tables(world.shop.layout))
    position, stop = reader.position(), threading.Event()

    def write() -> None:
        for count in range(1, CHANGES + 1):
            world.tables.update("sales_order", {"status": str(count)}, entity_id=order_id)

    writer = threading.Thread(target=write)
    writer.start()
    seen = 0
    try:
        for event in reader.transactions(position, stop):
            if not isinstance(event, Committed) or not any(key.id == str(order_id) for key in event.touches):
                continue
            seen += 1
            assert int(_load(world, order_id, event.start).status) >= seen
            if seen == CHANGES:
                stop.set()
                reader.interrupt()
    finally:
        stop.set()
        writer.join()
    assert seen == CHANGES


def _load(world: World, order_id: int, start: TransactionStart) -> Order:
    deadline = time.monotonic() + 5
    while True:
        try:
            order = world.shop.order(order_id, reached=[start])
        except NotReached:
            assert time.monotonic() < deadline
        else:
            assert order is not None
            return order


@by_gtid
def test_a_change_read_from_the_server_before_a_failover_is_reached_by_its_gtid(world: World) -> None:
    """The other server's file is not this one's, whatever its number; only the GTID is known to both."""
    order_id = world.order(status="1")
    with closing(world.server.connect()) as connection:
        gtid = dialect.last(connection) if IS_MYSQL else dialect.executed(connection)
    for file in ("other-bin.009999", "binlog.009999"):
        assert world.shop.order(order_id, reached=[TransactionStart(gtid, LogPlace(file, 4))]) is not None
    server, mark, number = gtid.rpartition(":" if IS_MYSQL else "-")
    later = TransactionStart(f"{server}{mark}{int(number) + 1000}", LogPlace("other-bin.009999", 4))
    with pytest.raises(NotReached):
        world.shop.order(order_id, reached=[later])
