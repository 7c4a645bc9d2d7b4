"""Whole transactions at once say the same as their events one by one, and positions stay exact over what is dropped."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from cdc.binlog_connection import Opener
from cdc.binlog_events import Event
from cdc.binlog_filter import Filter, Run
from cdc.binlog_groups import Groups
from cdc.binlog_rows import RowsSeen
from cdc.binlog_stream import Stream
from cdc.connect import Database
from cdc.gtid import gtid_set
from cdc.position import Committed, Position
from sync.demo.mariadb import PrivateMariaDB
from tests.integration.cdc.binlog_world import Shop, small_shop
from tests.servers import HAS_GTIDS, IS_MYSQL, mariadb_only


@pytest.fixture
def shop(mariadb: PrivateMariaDB, schema: str) -> Iterator[Shop]:
    with small_shop(mariadb, schema) as made:
        yield made


def read(shop: Shop, begin: Position, *, hold: int, chunk: int = 1_000) -> tuple[list[Committed], Position, int, int]:
    """Everything after a place: items (chunks joined), last position, transactions, `Run`s."""
    opener = Opener(shop.connection.get_server_info())
    gtids = gtid_set(begin.gtid_set or "", mariadb=not IS_MYSQL) if HAS_GTIDS else None
    groups = Groups(begin, gtids, shop.watch, lambda _, numbers: {n: f"key {n}" for n in numbers}, chunk=chunk)
    database = Database.parse(shop.server.url(shop.schema))
    items: list[Committed] = []
    runs = 0
    try:
        stream = Stream(database, opener, 4_000_003, begin.place).packets()
        for seen in Filter(shop.watch, hold=hold).seen(stream):
            item = None
            if isinstance(seen, Run):
                item = groups.run(seen)
                runs += 1
            elif isinstance(seen, RowsSeen):
                item = groups.rows(seen)
            elif isinstance(seen, Event):
                item = groups.control(seen)
            if item is not None:
                if items and items[-1].position is None:
                    item = replace(item, touches={**items.pop().touches, **item.touches})
                items.append(item)
    except EOFError:
        pass
    finally:
        opener.close()
    return items, groups.position, groups.transactions, runs


def busy(shop: Shop, rng: random.Random) -> None:
    """Transactions of every size and end, with noise between."""
    orders = [0]
    for _ in range(60):
        for _ in range(rng.randrange(6)):
            shop.run("INSERT INTO noise (v) VALUES ('x')")
        orders.append(orders[-1] + rng.randrange(1, 7))
        new = ", ".join(f"({n}, 'new')" for n in range(orders[-2] + 1, orders[-1] + 1))
        statements = [
            f"INSERT INTO sales_order (entity_id, state) VALUES {new}",
            f"UPDATE sales_order SET state='held{rng.random()}' WHERE entity_id > {orders[-1] - 4}",
            f"UPDATE sales_order SET email_sent={rng.randrange(9)}",
            f"INSERT INTO sales_order_item (order_id, sku) VALUES ({orders[-1]}, 'A'), (7, 'B')",
            f"UPDATE sales_order_item SET order_id=order_id+{rng.randrange(1, 3)} LIMIT 3",
            f"INSERT INTO sales_creditmemo (order_id) VALUES ({orders[-1]})",
            f"INSERT INTO inventory_reservation (sku, quantity) VALUES ('S{orders[-1]}', {rng.randrange(-1, 2)})",
            f"REPLACE INTO cataloginventory_stock_item (item_id, product_id, qty) VALUES (1, 4, {rng.randrange(9)})",
            "SAVEPOINT a",
            "INSERT INTO noise (v) VALUES ('y')",
        ]
        rest = rng.sample(statements[1:], rng.randrange(len(statements)))
        shop.run("BEGIN", statements[0], *rest, rng.choice(("COMMIT", "COMMIT", "ROLLBACK")))
        if rng.random() < 0.1:
            shop.run(
                rng.choice(
                    ("FLUSH BINARY LOGS", "ALTER TABLE sales_order MODIFY note varchar(299)", "ANALYZE TABLE noise")
                )
            )


@pytest.mark.parametrize("seed", range(3))
def test_runs_say_the_same_as_events_one_by_one(shop: Shop, seed: int) -> None:
    begin = shop.end()
    busy(shop, random.Random(seed))
    shop.run("INSERT INTO sales_order (state) VALUES ('last')")  # what is quiet waits for a tick, which no end gives
    items, end, transactions, runs = read(shop, begin, hold=1_000)
    one_by_one = read(shop, begin, hold=-1)
    assert (items, end, transactions) == one_by_one[:3]
    assert len(items) > 25
    assert end.gtid_set == shop.end().gtid_set
    assert end.place.file == shop.end().place.file
    assert shop.end().place.offset - end.place.offset in (0, 43)  # MariaDB notes a checkpoint whenever it comes to it
    assert runs > 30
    for hold in (1, 3):
        assert read(shop, begin, hold=hold)[:3] == (items, end, transactions)
        chunked = read(shop, begin, hold=hold, chunk=hold)
        assert [set(item.touches) for item in chunked[0]] == [set(item.touches) for item in items]
        assert chunked[1:3] == (end, transactions)


@pytest.mark.parametrize("rows", [2, 3, 4])
def test_a_transaction_of_about_a_chunk_loses_no_key(shop: Shop, rows: int) -> None:
    with shop.following(chunk=3) as follower:
        values = ", ".join(f"({n}, 'A')" for n in range(1, rows + 1))
        shop.run(
            f"INSERT INTO sales_order_item (order_id, sku) VALUES {values}",
            "UPDATE sales_order_item SET order_id=order_id+10",
        )
        numbers = {str(n + shift) for n in range(1, rows + 1) for shift in (0, 10)}
        follower.until(lambda: {key.id for key in follower.keys} == numbers)


@mariadb_only
def test_quiet_transactions_of_several_domains_are_all_in_the_position(shop: Shop) -> None:
    with shop.following() as follower:
        for domain in (0, 7, 0, 9, 7):
            shop.run(f"SET SESSION gtid_domain_id={domain}", *(["INSERT INTO noise (v) VALUES ('x')"] * 3))
        shop.run("SET SESSION gtid_domain_id=0", "INSERT INTO sales_order (state) VALUES ('new')")
        shop.run("SET SESSION gtid_domain_id=9", "INSERT INTO noise (v) VALUES ('x')", "SET SESSION gtid_domain_id=0")
        end = shop.end()
        follower.until(
            lambda: set((follower.last_position().gtid_set or "").split(",")) == set((end.gtid_set or "").split(","))
        )
        [item] = follower.committed
        assert item.position is not None
        assert len((item.position.gtid_set or "").split(",")) == 3
