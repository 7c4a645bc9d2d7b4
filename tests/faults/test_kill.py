"""SIGKILL, SIGSTOP and SIGTERM for the service, again and again, while the shop goes on."""

from __future__ import annotations

import random
import signal
import time
from contextlib import suppress

import pytest

from sync.demo.people import random_cart, random_person
from tests.faults.books import assert_equal
from tests.faults.scale import of
from tests.faults.traffic import Traffic
from tests.world import Service, World, until

KILLS = of(50, 8)
ORDERS = of(300, 70)
STEPS = 15
"""What the shop does between two kills."""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_signals_at_random_moments_while_orders_change_state(world: World) -> None:
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
            _strike(service, rng)
        traffic.finish()
        service.start()
        until("everything is delivered", world.settled, 60, every=0.2)
    assert service.stop() == 0
    assert assert_equal(world) == ORDERS


def _strike(service: Service, rng: random.Random) -> None:
    """SIGKILL; some are stopped for a while before it, in the full run past the lock's end, and some asked to go."""
    assert service.process is not None
    if rng.random() < 0.3:
        service.process.send_signal(signal.SIGSTOP)
        time.sleep(rng.choice((0.2, 1, of(7.5, 1.0))))
        service.process.send_signal(signal.SIGCONT)
    if rng.random() < 0.3:
        assert service.stop() in (0, -signal.SIGTERM)  # before Python has begun, nobody listens
    service.kill()


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
