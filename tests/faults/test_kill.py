"""kill -9 of the service, again and again, while the shop goes on."""

from __future__ import annotations

import random
import time
from contextlib import suppress

import pytest

from sync.demo.people import random_cart, random_person
from tests.faults.books import assert_equal
from tests.faults.scale import of
from tests.faults.traffic import Traffic
from tests.world import World, until

KILLS = of(50, 10)
ORDERS = of(300, 70)
STEPS = 15
"""What the shop does between two kills."""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_kill_9_at_random_moments_while_orders_change_state(world: World) -> None:
    rng = random.Random(20)
    service = world.service().start()  # the very first start begins at the log's end of that moment
    service.kill()
    with Traffic(world, ORDERS, seed=20) as traffic:
        for kill in range(KILLS):
            traffic.allow(STEPS)
            # every third dies somewhere in its start, the others at work
            service.start(ready=kill % 3 > 0)
            # a moment that nobody chose is what this test tries
            time.sleep(rng.uniform(0, 0.4) if kill % 3 else rng.uniform(0.3, 1.2))
            service.kill()
        traffic.finish()
        service.start()
        until("everything is delivered", world.settled, 60, every=0.2)
    assert service.stop() == 0
    assert assert_equal(world) == ORDERS


def test_40_orders_of_one_new_guest_at_once_make_one_customer(world: World) -> None:
    rng = random.Random(40)
    guest = random_person(rng)
    with world.shop() as shop:
        world.service().start().kill()
        orders = [shop.place_order(random_cart(rng), guest) for _ in range(40)]
        for order in orders[::2]:
            with suppress(ValueError):  # a service is complete with its invoice
                shop.invoice_and_ship(order)
    service = world.service(DELIVERY_PARALLELISM="16").start()
    until("everything is delivered", world.settled, 60, every=0.2)
    assert service.stop() == 0
    assert len([row for row in world.all("/customers") if row["email"] == guest.email]) == 1
    assert_equal(world)
