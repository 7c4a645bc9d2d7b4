"""The whole service with the binlog of a replica and the primary for everything else, through a promotion."""

from __future__ import annotations

import random
from contextlib import closing
from decimal import Decimal
from pathlib import Path

from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU
from sync.demo.people import random_person
from sync.demo.placing import PlacedOrder
from tests.servers import by_gtid, dialect, private_server, thorough
from tests.world import World, a_world, until

MUG = "007"


def place(world: World) -> PlacedOrder:
    with world.shop() as shop:
        cart = Cart(items=(CartItem(BY_SKU[MUG], Decimal(1)),))
        return shop.place_order(cart, random_person(random.Random()))


@thorough
@by_gtid
def test_the_binlog_of_a_replica_and_stock_on_the_primary(tmp_path: Path) -> None:
    other = ("--server-id=2", "--log-bin=other-bin", "--log-slave-updates=ON")
    with private_server() as primary, private_server(other) as replica, closing(replica.connect()) as follower:
        with closing(primary.connect()) as connection:
            dialect.new_database(connection, "shop")
        dialect.follow(follower, primary.port)
        with a_world(primary, "shop", tmp_path) as world:
            world.product(MUG, 40)
            with closing(primary.connect()) as connection:
                dialect.wait_executed(follower, dialect.executed(connection))
            world.environment["MAGENTO_BINLOG_URL"] = replica.url("shop")
            world.command("pull", "stock", "--accept")
            service = world.service().start()
            order = place(world)
            until("it is delivered", lambda: world.by_reference("/orders/drafts").get(order.increment_id), 30)
            world.stock(MUG, 31)
            world.command("pull", "stock", code=None)
            sql = "SELECT quantity FROM inventory_source_item WHERE source_code='default' AND sku=%s"
            until("stock is on the primary", lambda: world.sql(sql, MUG)[0][0] != 40, 30)

            dialect.pause(follower)  # the replica falls behind, the primary has the order already
            late = place(world)
            dialect.go_on(follower)
            until(
                "what came late is delivered", lambda: world.by_reference("/orders/drafts").get(late.increment_id), 30
            )

            with closing(primary.connect()) as connection:  # the primary is lost, and the replica takes over
                dialect.wait_executed(follower, dialect.executed(connection))
            primary.stop(kill=True)
            dialect.unfollow(follower)
            service.kill()
            world.server = replica
            world.environment["MAGENTO_DATABASE_URL"] = replica.url("shop")
            del world.environment["MAGENTO_BINLOG_URL"]
            world.service().start()
            after = place(world)
            until("it goes on", lambda: world.by_reference("/orders/drafts").get(after.increment_id), 30)
            drafts = world.by_reference("/orders/drafts")
            assert {one.increment_id: len(drafts[one.increment_id]) for one in (order, late, after)} == {
                one.increment_id: 1 for one in (order, late, after)
            }
