"""The sandbox drops connections, answers 500 and 429, before and after the effect, while orders change state."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from sync.demo.mariadb import PrivateMariaDB
from sync.demo.people import random_cart, random_person
from tests.faults.books import assert_equal
from tests.faults.scale import of
from tests.faults.traffic import Traffic
from tests.faults.weather import Weather, struck
from tests.world import World, a_schema, a_world, until

ORDERS = of(300, 100)
ANY = ("drop_after", "drop_mid", "drop_before", "500_after", "500_before", "429")
AFTER = ("drop_after", "drop_mid", "500_after")


@pytest.fixture
def fresh(mariadb: PrivateMariaDB, tmp_path: Any, request: pytest.FixtureRequest) -> Iterator[World]:
    """A world of the test's own; its parameter is the sandbox's switches."""
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path, **getattr(request, "param", {})) as made:
        yield made


@pytest.mark.slow
def test_drops_500_and_429_on_writes_while_orders_change_state(fresh: World) -> None:
    service = fresh.service().start()
    with Weather(fresh, ANY, seed=5), Traffic(fresh, ORDERS, seed=5) as traffic:
        traffic.finish()
        until("enough was struck", lambda: struck(fresh) > ORDERS / 5 or fresh.settled(), 60, every=0.5)
    until("everything is delivered", fresh.settled, 90, every=0.2)
    assert service.stop() == 0
    assert struck(fresh) > ORDERS / 10
    assert assert_equal(fresh) == ORDERS


@pytest.mark.slow
@pytest.mark.parametrize("fresh", [{"cache_errors": "on", "list_delay": 1.5}], indirect=True)
def test_kept_errors_and_late_lists(fresh: World) -> None:
    # e-conomic's lists are trusted two minutes after a send; here they are 1.5 s late, so the wait is scaled to 4 s
    service = fresh.service(before="import datetime, sync.writer; sync.writer.SETTLE = datetime.timedelta(seconds=4)")
    service.start()
    with Weather(fresh, ANY, seed=6, every=0.1), Traffic(fresh, 60, seed=6) as traffic:
        traffic.finish()
        until("enough was struck", lambda: struck(fresh) > 20 or fresh.settled(), 60, every=0.5)
    until("everything is delivered", fresh.settled, 90, every=0.2)
    assert service.stop() == 0
    assert struck(fresh) > 10
    last = time.monotonic()
    until("the lists show everything", lambda: time.monotonic() - last > 2)
    assert assert_equal(fresh) == 60


@pytest.mark.slow
def test_kills_between_lying_answers(fresh: World) -> None:
    rng = random.Random(7)
    service = fresh.service().start()
    with Weather(fresh, AFTER, seed=7, every=0.05, at_once=3), Traffic(fresh, 60, seed=7) as traffic:
        for _ in range(of(8, 4)):
            traffic.allow(15)
            until("some calls", _calls(fresh, rng.randint(5, 25)), 30, every=0.01)
            service.kill()
            service.start()
        traffic.finish()
    until("everything is delivered", fresh.settled, 90, every=0.2)
    assert service.stop() == 0
    assert assert_equal(fresh) == 60


def test_40_orders_of_one_new_guest_make_one_customer_though_every_answer_is_lost_at_first(fresh: World) -> None:
    rng = random.Random(8)
    guest = random_person(rng)
    service = fresh.service(DELIVERY_PARALLELISM="16").start()
    fresh.faults(
        {"fault": "drop_after", "method": "POST", "path": "/customers", "times": 2},
        {"fault": "500_after", "method": "POST", "path": "/orders/drafts", "times": 10},
        {"fault": "drop_mid", "method": "POST", "path": "/invoices/*", "times": 6},
    )
    with fresh.shop() as shop:
        for number in range(40):
            placed = shop.place_order(random_cart(rng), guest)
            if number % 2:
                with suppress(ValueError):  # a service is complete with its invoice
                    shop.invoice_and_ship(placed)
    until("everything is delivered", fresh.settled, 60, every=0.2)
    assert service.stop() == 0
    assert len(fresh.all("/customers")) == 1
    assert_equal(fresh)


def _calls(world: World, more: int) -> Any:
    wanted = len(world.requests()) + more
    return lambda: len(world.requests()) >= wanted or world.settled()
