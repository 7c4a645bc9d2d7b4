"""Writes and reads per order from placed to booked, counted from the sandbox's journal."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU, DELIVERIES
from sync.demo.people import random_person
from sync.demo.placing import PlacedOrder
from sync.demo.shop import SimulatedShop
from sync.state.queue import CLOCKS
from tests.faults.books import assert_equal
from tests.world import Service, World, until

CART = Cart(items=(CartItem(BY_SKU["007"]), CartItem(BY_SKU["STOF-METER"])), delivery=DELIVERIES["flatrate_flatrate"])
Course = Callable[[World, SimulatedShop, PlacedOrder], None]


@pytest.fixture(scope="module", autouse=True)
def service(world: World) -> Iterator[Service]:
    """One service; a first order makes the products known."""
    running = world.service().start()
    started = time.monotonic()
    until("what is captured is newer than the start", lambda: time.monotonic() - started > 2 * CLOCKS.total_seconds())
    with world.shop() as shop:
        shop.place_order(CART, random_person(random.Random(0)))
    until("the products are known", world.settled)
    yield running
    assert running.stop() == 0
    assert_equal(world)


def in_steps(world: World, shop: SimulatedShop, order: PlacedOrder) -> None:
    """Each change is delivered before the next one happens: the most calls that there can be."""
    for step in (shop.invoice, shop.ship):
        until("it is delivered", world.settled)
        step(order)
    until("it is delivered", world.settled)


def at_once(world: World, shop: SimulatedShop, order: PlacedOrder) -> None:
    """Sent and invoiced in one click."""
    until("it is delivered", world.settled)
    shop.invoice_and_ship(order)
    until("it is delivered", world.settled)


@pytest.mark.parametrize("course", [in_steps, at_once])
def test_at_most_6_writes_and_4_reads_for_a_new_guest(world: World, course: Course) -> None:
    writes, reads = calls(world, course, lambda shop: shop.place_order(CART, random_person(random.Random())))
    assert writes <= 6
    assert reads <= 4


@pytest.mark.parametrize("course", [in_steps, at_once])
def test_at_most_5_writes_and_4_reads_for_a_known_customer(world: World, course: Course) -> None:
    guest = random_person(random.Random())
    with world.shop() as shop:
        shop.place_order(CART, guest)
    until("the guest is known", world.settled)
    writes, reads = calls(world, course, lambda shop: shop.place_order(CART, guest))
    assert writes <= 5
    assert reads <= 4


def calls(world: World, course: Course, place: Callable[[SimulatedShop], PlacedOrder]) -> tuple[int, int]:
    """How many writes and reads an order took until it was booked."""
    before = len(world.requests())
    with world.shop() as shop:
        order = place(shop)
        course(world, shop, order)
    seen: list[dict[str, Any]] = world.requests()[before:]
    assert world.booked(order.increment_id)
    writes = [request["path"] for request in seen if request["method"] != "GET"]
    reads = [f"{request['path']}?{request['query']}" for request in seen if request["method"] == "GET"]
    return len(writes), len(reads)
