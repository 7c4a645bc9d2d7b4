"""A holder that stops in the worst moments: the standby takes over, and whoever wakes up afterwards writes nothing."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cdc.lock import lock_name
from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.people import random_person
from sync.state import State, schema
from tests.faults.books import assert_equal
from tests.faults.frozen import Place, arm, freezing, send, until_stopped
from tests.faults.scale import FULL
from tests.faults.test_stop import says
from tests.integration.state.postgresql import PrivatePostgreSQL
from tests.world import World, a_schema, a_world, until

WITHIN = 10.0
"""Seconds in which the standby is the active one."""

SKU = "AB 12/34"
PLACES: list[tuple[Place, str]] = [
    ("a capture commit", "one state"),
    ("a stock write", "two states"),
    ("a POST that goes out", "one state"),
]
MORE: list[tuple[Place, str]] = [
    ("a capture commit", "two states"),
    ("a stock write", "one state"),
    ("a stock row's lock", "one state"),
    ("a stock row's lock", "two states"),
    ("a POST that goes out", "two states"),
    ("a link's commit", "one state"),
    ("a link's commit", "two states"),
]


@pytest.fixture
def world(mariadb: PrivateMariaDB, tmp_path: Path) -> Iterator[World]:
    with a_schema(mariadb) as schema_, a_world(mariadb, schema_, tmp_path, msi=False) as made:
        yield made


@pytest.fixture(params=[*PLACES, *(MORE if FULL else ())], ids=lambda case: f"{case[0]}, {case[1]}")
def case(request: pytest.FixtureRequest) -> tuple[Place, str]:
    found: tuple[Place, str] = request.param
    return found


@pytest.fixture
def other(case: tuple[Place, str], world: World, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """What the second service's environment says of its state: its own file, or the same PostgreSQL."""
    if case[1] == "two states":
        yield {"STATE_DATABASE_URL": f"sqlite:///{world.folder / 'other.db'}"}
        return
    server: PrivatePostgreSQL = request.getfixturevalue("postgresql")
    with server.database(f"standby_{os.getpid()}_{random.randrange(10**9)}") as url:
        world.environment["STATE_DATABASE_URL"] = url
        yield {}


def place_order(world: World, seed: int) -> str:
    """A guest orders; the increment id."""
    with world.shop(msi=False) as shop:
        cart = Cart(items=(CartItem(BY_SKU["007"], Decimal(1)),))
        return shop.place_order(cart, random_person(random.Random(seed))).increment_id


def quantity(world: World, sku: str) -> Decimal:
    """What the shop's row says is there."""
    ((found,),) = world.sql(
        "SELECT i.qty FROM cataloginventory_stock_item i JOIN catalog_product_entity e ON e.entity_id = i.product_id "
        "WHERE e.sku = %s",
        sku,
    )
    return Decimal(found)


def raise_by_hand(world: World, sku: str) -> None:
    """Somebody raises a quantity in Magento, which is put back as soon as the binlog tells."""
    world.sql(
        "UPDATE cataloginventory_stock_item i JOIN catalog_product_entity e ON e.entity_id = i.product_id "
        "SET i.qty = i.qty + 5 WHERE e.sku = %s",
        sku,
    )


def memory(url: str) -> list[Any]:
    """What a state remembers of position, links and writes."""
    with State.open(url) as state, state.database.read() as transaction:
        rows: list[Any] = []
        for table in (schema.position, schema.link, schema.intent):
            rows += [tuple(row) for row in transaction.connection.execute(select(table).order_by(*table.primary_key))]
        return rows


def holder(world: World) -> int | None:
    """The session on Magento's server that holds the shop's lock."""
    ((session,),) = world.sql("SELECT IS_USED_LOCK(%s)", lock_name(world.schema, "default"))
    return None if session is None else int(session)


def test_a_holder_that_stops_and_wakes_writes_nothing(
    world: World, case: tuple[Place, str], other: dict[str, str]
) -> None:
    place, _ = case
    stock = "stock" in place
    if stock:
        world.product(SKU, 40)
        world.command("pull", "stock", "--accept")
        if other:
            world.command("pull", "stock", "--accept", code=0, **other)
    first = world.service(before=freezing(place)).start()
    second = world.service(**other).start(ready=False)
    until("the second stands by", lambda: says(second, "standby"), 20)
    assert "from 127.0.0.1" in " ".join(second.reasons())
    done = place_order(world, 1)
    until("the first works", lambda: world.by_reference("/orders/drafts").get(done))
    until("all is stored", world.settled, 20)

    before = holder(world)
    arm(world, place)
    if stock:
        raise_by_hand(world, SKU)
    else:
        place_order(world, 2)
    until_stopped(first)
    until("the second holds the lock", lambda: holder(world) not in (None, before), WITHIN)
    until("the second is the active one", second.ready, WITHIN)
    place_order(world, 3)
    if stock:
        world.stock(SKU, 21)
        raise_by_hand(world, SKU)
        until("the second writes stock", lambda: quantity(world, SKU) == 21, 60)
    numbers = [row[0] for row in world.sql("SELECT increment_id FROM sales_order")]
    until("the second delivers", lambda: not set(numbers) - set(world.by_reference("/orders/drafts")), 60, every=0.2)
    environment = {**world.environment, **other}
    until("nothing waits", lambda: world.json("status", **other)["tasks"]["waiting"] == 0, 20)
    if not other:
        until("the second has read everything", world.settled, 20, every=0.1)

    remembered, sent = memory(world.environment["STATE_DATABASE_URL"]), writes(world)
    assert memory(environment["STATE_DATABASE_URL"])
    send(first, signal.SIGCONT)
    until("the first has noticed", lambda: says(first, "standby: another process"), 30)
    assert memory(world.environment["STATE_DATABASE_URL"]) == remembered
    assert writes(world) == sent
    if stock:
        assert quantity(world, SKU) == 21
    assert first.stop() == 0
    assert second.stop() == 0
    if not stock:
        assert assert_equal(world) == len(numbers)
    drafts = world.by_reference("/orders/drafts")
    assert {number: len(drafts.get(number, ())) for number in numbers} == dict.fromkeys(numbers, 1)
    assert "Traceback" not in first.log.read_text()


def writes(world: World) -> list[tuple[str, str]]:
    """Every write that e-conomic got."""
    return [(one["method"], one["path"]) for one in world.requests() if one["method"] != "GET"]
