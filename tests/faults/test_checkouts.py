"""Customers at the same rows: hundreds of checkouts a second while stock is written, each paid seconds later."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pymysql
import pytest

from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from tests.integration.pull.till import Checkout, Layout, Till
from tests.world import World, a_schema, a_world, until

SECRET = "a-secret-of-the-shop"

SECONDS = 6.0
A_SECOND = 200
LONGEST_PAYMENT = 5.0


@pytest.fixture(params=["plain", "msi_default"])
def layout(request: pytest.FixtureRequest) -> Layout:
    found: Layout = request.param
    return found


@pytest.fixture
def world(mariadb: PrivateMariaDB, tmp_path: Path, layout: Layout) -> Iterator[World]:
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path, msi=layout != "plain") as made:
        yield made


class Customers:
    """Threads that buy one or two pieces again and again, and others that let the payments come through."""

    def __init__(self, world: World, till: Till, threads: int = 3) -> None:
        self.world, self.till = world, till
        self.sold = Decimal(0)
        self.errors: list[str] = []
        self.begun = 0
        self._paying: list[tuple[float, Checkout]] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self.done = threading.Event()
        self._pause = threading.Event()
        self._buyers = [threading.Thread(target=self._buy, args=(threads, n)) for n in range(threads)]
        self._bank = threading.Thread(target=self._pay)

    def start(self) -> None:
        for thread in (*self._buyers, self._bank):
            thread.start()

    def stop(self) -> None:
        """No more checkouts; every payment comes through."""
        self._stop.set()
        for thread in self._buyers:
            thread.join(20)
        self.done.set()
        self._bank.join(20)

    def _buy(self, threads: int, number: int) -> None:
        chance = random.Random(number)
        with closing(self.world.server.connect(self.world.schema)) as connection:
            till = self.till.seen_by(Tables(connection))
            due = time.monotonic()
            while not self._stop.wait(max(0.0, due - time.monotonic())):
                due += threads / A_SECOND
                try:
                    made = till.buy(chance.randint(1, 2))
                except pymysql.MySQLError as error:
                    self.errors.append(str(error))
                    continue
                self.begun += 1
                if made is not None:
                    with self._lock:
                        self._paying.append((time.monotonic() + chance.uniform(0, LONGEST_PAYMENT), made))

    def _pay(self) -> None:
        with closing(self.world.server.connect(self.world.schema)) as connection:
            till = self.till.seen_by(Tables(connection))
            while True:
                now = time.monotonic()
                with self._lock:
                    due = [one for one in self._paying if one[0] <= now]
                    self._paying = [one for one in self._paying if one[0] > now]
                    left = len(self._paying)
                for _, checkout in due:
                    till.arrives(checkout)
                    self.sold += checkout.quantity
                if self.done.is_set() and not left and not due:
                    return
                self._pause.wait(0.02)


def test_nothing_is_sold_twice_and_no_checkout_waits(world: World, layout: Layout) -> None:
    with closing(world.server.connect(world.schema)) as connection:
        till = Till(Tables(connection), layout, 300)
        have = 300
        world.product(till.sku, have)
        world.command("pause", "--deliver")
        world.command("pull", "stock", "--accept")
        service = world.service(WEBHOOK_SECRET=SECRET).start()
        world.hooks(service, SECRET, "stock_updated")
        customers = Customers(world, till)
        customers.start()
        until_ = time.monotonic() + SECONDS
        chance = random.Random(1)
        while time.monotonic() < until_:
            have += chance.choice((20, 60, 0))
            world.stock(till.sku, have)
            customers.done.wait(0.1)
        customers.stop()
        assert customers.errors == []
        assert customers.begun > SECONDS * A_SECOND * 0.7
        assert customers.sold <= have
        left = have - customers.sold
        until("both sides are equal", lambda: till.offer() == left, 30)
        assert service.metric("magento_economic_pull_writes_total") > 5
        assert service.share_within("magento_economic_pull_held_seconds", 0.025) >= 0.99
