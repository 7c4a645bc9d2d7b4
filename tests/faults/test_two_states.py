"""Two processes with state files of their own take turns: what the other has made is found, not made again."""

from __future__ import annotations

import random
import time
from pathlib import Path

from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.people import random_person
from tests.faults.proxy import Proxy
from tests.faults.test_stop import says
from tests.world import a_world, until


def test_an_order_that_the_other_process_delivered_is_adopted(
    mariadb: PrivateMariaDB, schema: str, tmp_path: Path
) -> None:
    with a_world(mariadb, schema, tmp_path) as world, world.shop() as shop:
        other = {"STATE_DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"}
        # the other one was the active one once: its position lies before the order, and it will see the INSERT
        assert world.service(**other).start().stop() == 0
        first = world.service().start()
        order = shop.place_order(Cart(items=(CartItem(BY_SKU["007"]),)), random_person(random.Random(3)))
        until("the draft order", lambda: world.by_reference("/orders/drafts").get(order.increment_id))
        assert first.stop() == 0

        second = world.service(**other).start()
        until("the order is linked", lambda: world.json("status", **other)["links"]["order_draft"])
        until("nothing waits", lambda: not any(world.json("status", **other)["tasks"].values()))
        assert len(world.by_reference("/orders/drafts")[order.increment_id]) == 1
        shop.invoice_and_ship(order)
        until("the invoice", lambda: world.booked(order.increment_id))
        assert second.stop() == 0
        assert order.increment_id not in world.by_reference("/orders/drafts")
        assert len(world.all("/customers")) == 1


def test_what_the_shop_commits_between_a_death_and_the_take_over_by_a_new_state_is_delivered(
    mariadb: PrivateMariaDB, schema: str, tmp_path: Path
) -> None:
    with a_world(mariadb, schema, tmp_path) as world, world.shop() as shop:
        other = {"STATE_DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"}
        first = world.service().start()
        second = world.service(**other).start(ready=False)
        until("the second stands by", lambda: says(second, "standby"), 20)
        until("it knows where to begin", lambda: world.json("status", **other)["capture"]["position"])
        first.kill()
        since = time.monotonic()
        order = shop.place_order(Cart(items=(CartItem(BY_SKU["007"]),)), random_person(random.Random(4)))
        until("the second is the active one", second.ready, 30)
        assert time.monotonic() - since < 10
        until("the draft order", lambda: world.by_reference("/orders/drafts").get(order.increment_id))
        assert second.stop() == 0


def test_a_holder_that_is_cut_off_loses_the_shop(mariadb: PrivateMariaDB, schema: str, tmp_path: Path) -> None:
    with a_world(mariadb, schema, tmp_path) as world, Proxy(mariadb.port) as way, world.shop() as shop:
        url = world.environment["MAGENTO_DATABASE_URL"].replace(f":{mariadb.port}/", f":{way.port}/")
        first = world.service(MAGENTO_DATABASE_URL=url).start()
        second = world.service(STATE_DATABASE_URL=f"sqlite:///{tmp_path / 'other.db'}").start(ready=False)
        until("the second stands by", lambda: says(second, "standby"), 20)
        way.be("stall")
        since = time.monotonic()
        until("the second is the active one", second.ready, 30)
        assert time.monotonic() - since < 10
        order = shop.place_order(Cart(items=(CartItem(BY_SKU["007"]),)), random_person(random.Random(5)))
        until("the draft order", lambda: world.by_reference("/orders/drafts").get(order.increment_id))
        assert not first.ready()
        assert first.reasons()
        way.be("open")
        until("the first stands by", lambda: says(first, "standby"), 30)
        assert (first.stop(), second.stop()) == (0, 0)
        assert len(world.by_reference("/orders/drafts")[order.increment_id]) == 1
