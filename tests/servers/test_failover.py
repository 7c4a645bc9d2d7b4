"""A primary and its replica: the binlog from one, loads and stock from the other, and a promotion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from cdc.binlog import BinlogReader
from cdc.errors import MagentoError, WrongServer
from cdc.position import Position
from sync.demo.mariadb import PrivateMariaDB
from tests.integration.cdc.binlog_world import Follower, Shop, small_shop
from tests.servers import IS_MYSQL, by_gtid, dialect, private_server, thorough

pytestmark = by_gtid


@dataclass
class Pair:
    """The primary's shop and its replica."""

    primary: Shop
    replica: PrivateMariaDB

    def caught_up(self) -> None:
        """Wait until the replica has executed everything."""
        with closing(self.replica.connect()) as connection:
            dialect.wait_executed(connection, dialect.executed(self.primary.connection))

    def promote(self) -> Shop:
        """The replica as a primary of its own."""
        self.caught_up()
        connection = self.replica.connect("shop")
        dialect.unfollow(connection)
        return Shop(self.replica, "shop", connection, self.primary.watch)


@pytest.fixture
def pair() -> Iterator[Pair]:
    # the replica's files have other names and numbers, as on any second machine
    other = ("--server-id=2", "--log-bin=other-bin", "--log-slave-updates=ON")
    with (
        private_server() as primary,
        private_server(other) as replica,
        closing(primary.connect()) as connection,
        closing(replica.connect()) as follower,
    ):
        dialect.new_database(connection, "shop")
        with small_shop(primary, "shop") as shop:
            dialect.follow(follower, primary.port)
            pair = Pair(shop, replica)
            insert(shop, 1, 5)
            pair.caught_up()
            yield pair


def insert(shop: Shop, first: int, last: int) -> None:
    shop.run(*(f"INSERT INTO sales_order (entity_id) VALUES ({number})" for number in range(first, last + 1)))


def numbers(follower: Follower) -> list[int]:
    return [int(key.id) for key in follower.keys]


def read_up_to(shop: Shop, last: int, position: Position | None = None) -> Position:
    """Follow until an order's number has come; where that leaves the reader."""
    with shop.following(position) as follower:
        if position is None:
            insert(shop, last - 4, last)
        follower.until(lambda: last in numbers(follower))
        return follower.last_position()


def refused(shop: Shop, position: Position) -> MagentoError:
    follower = Follower(BinlogReader(shop.server.url("shop"), shop.watch), position)
    try:
        error = follower.ended()
    finally:
        follower.close()
    assert isinstance(error, MagentoError)
    return error


def test_a_promoted_replica_goes_on_where_the_primary_was_read(pair: Pair) -> None:
    stored = read_up_to(pair.primary, 10)
    insert(pair.primary, 11, 15)
    promoted = pair.promote()
    with closing(promoted.connection):
        pair.primary.server.stop(kill=True)
        insert(promoted, 16, 20)
        with promoted.following(stored) as follower:
            follower.until(lambda: 20 in numbers(follower))
            assert numbers(follower) == list(range(11, 21))
            behind = follower.last_position()
        promoted.run("FLUSH BINARY LOGS")
        insert(promoted, 21, 22)
        with promoted.following(behind) as follower:
            follower.until(lambda: 22 in numbers(follower))
            assert numbers(follower) == [21, 22]


@thorough
def test_a_replica_that_has_not_executed_what_was_read_is_refused(pair: Pair) -> None:
    with closing(pair.replica.connect()) as follower:
        pair.caught_up()
        dialect.unfollow(follower)
    stored = read_up_to(pair.primary, 10)
    lacking = Shop(pair.replica, "shop", pair.replica.connect("shop"), pair.primary.watch)
    with closing(lacking.connection):
        insert(lacking, 100, 130)  # its own transactions, maybe under the numbers that we know
        error = refused(lacking, stored)
    assert isinstance(error, WrongServer)
    assert "adopt" in error.hint


@thorough
def test_a_server_that_has_purged_all_that_was_read_is_not_taken_for_a_promoted_replica(pair: Pair) -> None:
    """A copy of the shop for trials, made later, looks the same."""
    stored = read_up_to(pair.primary, 10)
    insert(pair.primary, 11, 12)
    promoted = pair.promote()
    with closing(promoted.connection):
        dialect.purge(promoted.connection)
        error = refused(promoted, stored)
    assert isinstance(error, WrongServer)
    assert "purged" in str(error)


@thorough
def test_transactions_of_the_replicas_own_do_not_hide_ours(pair: Pair) -> None:
    """An errant transaction, as a careless administrator makes it; ours are all there."""
    with closing(pair.replica.connect("shop")) as careless:
        if not IS_MYSQL:  # in the primary's own domain it would end the replication, by gtid_strict_mode
            dialect.run(careless, "SET SESSION gtid_domain_id=7")
        dialect.run(careless, "INSERT INTO noise (v) VALUES ('errant')")
    stored = read_up_to(pair.primary, 10)
    insert(pair.primary, 11, 12)
    promoted = pair.promote()
    with closing(promoted.connection):
        insert(promoted, 13, 14)
        with promoted.following(stored) as follower:
            follower.until(lambda: 14 in numbers(follower))
            assert numbers(follower) == [11, 12, 13, 14]


def test_the_binlog_is_read_from_the_replica_and_looked_up_at_the_primary(pair: Pair) -> None:
    url = pair.replica.url("shop")
    pair.primary.run("INSERT INTO catalog_product_entity VALUES (4, 'S')")
    pair.caught_up()
    with pair.primary.following(url=url, look_ups=pair.primary.server.url("shop")) as follower:
        pair.primary.run("INSERT INTO cataloginventory_stock_item (product_id, qty) VALUES (4, 1)")
        insert(pair.primary, 11, 12)
        follower.until(lambda: 12 in [int(key.id) for key in follower.keys if key.kind == "order"])
        assert [str(key) for key in follower.keys] == ["stock S", "order 11", "order 12"]
        place = follower.last_position().place
    assert re.match("other-bin", place.file)
