"""The brakes: pause and resume, `--observe`, the booking limit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU, DELIVERIES
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.people import random_person
from sync.demo.placing import PlacedOrder
from tests.faults.books import assert_equal
from tests.world import World, a_schema, a_world, until


@pytest.fixture
def world(mariadb: PrivateMariaDB, tmp_path: Path) -> Iterator[World]:
    """A world for each test: brakes are durable."""
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path) as made:
        yield made


def place(world: World, number: int = 1, *, complete: bool = False) -> list[PlacedOrder]:
    """Orders of new guests, one mug each."""
    rng = random.Random()
    cart = Cart(items=(CartItem(BY_SKU["007"]),), delivery=DELIVERIES["flatrate_flatrate"])
    with world.shop() as shop:
        orders = [shop.place_order(cart, random_person(rng)) for _ in range(number)]
        for order in orders if complete else ():
            shop.invoice_and_ship(order)
    return orders


def writes(world: World) -> list[dict[str, Any]]:
    """What was sent to e-conomic that changes anything."""
    return [request for request in world.requests() if request["method"] != "GET"]


def test_pause_holds_all_deliveries_and_resume_lets_them_go(world: World) -> None:
    service = world.service().start()
    assert "deliver" in world.command("pause", "--deliver").stdout
    until("the service has seen the brake", lambda: service.ask("/health/ready").json()["paused"] == ["deliver"])
    place(world, 3, complete=True)
    until("the orders wait", lambda: len(world.tasks("waiting")) == 3)
    service.kill()
    service.start()  # the brake is durable
    until("the service looks about", lambda: world.json("status")["capture"]["connected"])
    assert world.json("status")["paused"] == ["deliver"]
    assert not writes(world)
    world.command("resume", "--deliver")
    until("everything is delivered", world.settled)
    assert service.stop() == 0
    assert_equal(world)


def test_pause_booking_lets_drafts_through_and_books_nothing(world: World) -> None:
    service = world.service().start()
    world.command("pause", "--booking")
    (order,) = place(world, complete=True)
    task = until("it waits for booking", lambda: waiting_for(world, "booking_paused"))[0]
    assert task["reference"] == order.increment_id
    assert "resume --booking" in task["advice"]
    assert list(world.by_reference("/invoices/drafts")) == [order.increment_id]
    assert not world.all("/invoices/booked")
    world.command("resume", "--booking")
    until("it is booked", lambda: world.booked(order.increment_id), 20)
    until("everything is delivered", world.settled)
    assert service.stop() == 0
    assert_equal(world)


def test_observe_writes_nothing_and_shows_what_it_would(world: World) -> None:
    service = world.service("--observe").start()
    place(world, 2)
    place(world, 2, complete=True)
    until("the orders were looked at", lambda: len(world.tasks("skipped")) == 4)
    assert {task.reason for task in world.tasks()} == {"observed"}
    with world.state() as state:
        assert not state.open_intents()
        assert not state.links_by_kind()
    assert not writes(world)
    assert "would send" in service.log.read_text()
    assert service.stop() == 0
    # what was only observed is delivered by the next start without it
    service = world.service().start()
    until("everything is delivered", world.settled)
    assert service.stop() == 0
    assert assert_equal(world) == 4


def test_booking_limit_holds_and_says_so(world: World) -> None:
    profile = world.folder / "shop.yaml"
    profile.write_text("extends: sandbox\nbooking_limit: 3\n")
    world.command("pause", "--deliver")
    service = world.service(PROFILE=str(profile), DELIVERY_PARALLELISM="10").start()
    place(world, 8, complete=True)
    world.faults({"fault": "latency", "method": "POST", "path": "/invoices/booked", "seconds": 0.3})
    world.command("resume", "--deliver")  # all eight come to their booking at once
    until("five are held", lambda: len(waiting_for(world, "booking_limit")) == 5)
    held = waiting_for(world, "booking_limit")
    assert "booking_limit" in held[0]["advice"]
    assert "3" in held[0]["advice"]
    until("three are booked", lambda: len(world.all("/invoices/booked")) == 3)
    assert len(world.all("/invoices/drafts")) == 5
    assert service.stop() == 0
    # raised by a person, the rest goes
    profile.write_text("extends: sandbox\nbooking_limit: 10\n")
    service = world.service(PROFILE=str(profile)).start()
    world.command("tasks", "retry", "--reason", "booking_limit")
    until("everything is delivered", world.settled)
    assert service.stop() == 0
    assert_equal(world)


def waiting_for(world: World, reason: str) -> list[dict[str, Any]]:
    """The tasks that wait for a reason."""
    found: list[dict[str, Any]] = [task.as_json() for task in world.tasks("retry") if task.reason == reason]
    return found
