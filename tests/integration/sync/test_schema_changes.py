"""Magento's tables change under the running service: a rule waits for its column, everything else goes on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU, DELIVERIES
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.people import random_person
from sync.demo.placing import PlacedOrder
from sync.state.tasks import TaskRow
from tests.world import World, a_schema, a_world, until

PROFILE = """extends: sandbox
fields:
  document:
    heading: "Rute {{ order.attributes.route }}"
stores:
  en:
    fields:
      document:
        heading: "Kod {{ order.coupon_code }}"
"""


@pytest.fixture(scope="module")
def world(mariadb: PrivateMariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with a_schema(mariadb) as schema, a_world(mariadb, schema, folder) as made:
        made.environment["PROFILE"] = profile(folder)
        made.sql("ALTER TABLE sales_order ADD COLUMN route varchar(20) NOT NULL DEFAULT 'nord'")
        yield made


def profile(folder: Path) -> str:
    (folder / "shop.yaml").write_text(PROFILE)
    return str(folder / "shop.yaml")


def place(world: World, store: str = "default") -> PlacedOrder:
    cart = Cart(items=(CartItem(BY_SKU["007"]),), delivery=DELIVERIES["flatrate_flatrate"])
    with world.shop() as shop:
        return shop.place_order(cart, random_person(random.Random()), store=store)


def drafted(world: World, order: PlacedOrder) -> bool:
    return len(world.by_reference("/orders/drafts").get(order.increment_id, [])) == 1


def parked(world: World, order: PlacedOrder) -> TaskRow | None:
    task = world.task(order.entity_id)
    return task if task is not None and task.state == "parked" else None


def test_a_mapped_column_that_goes_missing_parks_its_rule_until_it_is_back(world: World) -> None:
    service = world.service().start()
    first = place(world)
    until("it stands", lambda: drafted(world, first))

    world.sql("ALTER TABLE sales_order CHANGE route delivery_route varchar(20) NOT NULL DEFAULT 'nord'")
    waits, goes = place(world), place(world, "en")
    task = until("the rule's order waits", lambda: parked(world, waits))
    assert task.reason == "column_missing"
    assert "sales_order.route" in task.advice
    assert "shop.yaml:4" in task.advice
    until("another rule's order goes on", lambda: drafted(world, goes))
    assert service.ready()

    assert service.stop() == 0
    service.start()  # a restart does not refuse what the shop has lost since
    until("it waits still", lambda: parked(world, waits))
    world.sql("ALTER TABLE sales_order ADD COLUMN route varchar(20) NOT NULL DEFAULT 'syd'")
    until("it goes on by itself", lambda: drafted(world, waits))
    assert world.by_reference("/orders/drafts")[waits.increment_id][0]["notes"]["heading"] == "Rute syd"

    world.sql("ALTER TABLE sales_order CHANGE coupon_code coupon_used varchar(255)")
    waits, goes = place(world, "en"), place(world)
    task = until("a rule that names one of Magento's own columns waits too", lambda: parked(world, waits))
    assert (task.reason, "sales_order.coupon_code" in task.advice) == ("column_missing", True)
    assert "shop.yaml:9" in task.advice
    until("the others go on", lambda: drafted(world, goes))
    world.sql("ALTER TABLE sales_order CHANGE coupon_used coupon_code varchar(255)")
    until("it goes on by itself", lambda: drafted(world, waits))

    world.sql("ALTER TABLE sales_order CHANGE subtotal subtotal_old decimal(20,4)")
    named = until("it is said", lambda: [one for one in service.reasons() if "sales_order.subtotal" in one])
    assert "nothing can be loaded" in named[0]
    waits = place_without_subtotal(world, first)
    world.sql("ALTER TABLE sales_order CHANGE subtotal_old subtotal decimal(20,4)")
    until("it heals", service.ready, 30)
    until("all of it was seen", world.settled)
    assert drafted(world, waits)

    world.sql("RENAME TABLE sales_order_payment TO aside")
    until("a table that is gone is named", lambda: any("sales_order_payment" in one for one in service.reasons()))
    world.sql("RENAME TABLE aside TO sales_order_payment")
    until("it heals", service.ready, 30)
    last = place(world)
    until("work goes on", lambda: drafted(world, last))
    assert service.stop() == 0


def place_without_subtotal(world: World, like: PlacedOrder) -> PlacedOrder:
    """An order changes meanwhile: nothing of it is lost."""
    world.sql("UPDATE sales_order SET state = 'holded', status = 'holded' WHERE entity_id = %s", like.entity_id)
    world.sql("UPDATE sales_order SET state = 'new', status = 'pending' WHERE entity_id = %s", like.entity_id)
    return like
