"""kill -9 of the service at moments that nobody chose, while stock is counted, bought and booked."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from pymysql.cursors import Cursor

from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.people import random_person
from sync.demo.placing import PlacedOrder
from sync.demo.tables import Tables
from tests.faults.books import documents
from tests.faults.scale import FULL, of
from tests.integration.pull.till import Checkout, Layout, Till
from tests.world import Service, World, a_schema, a_world, until

WRITES = "magento_economic_pull_writes_total"
SECRET = "a-secret-of-the-shop-0123456789"
KILLS = of(6, 4)
SKUS, BOUGHT = 60, 40
"""The others nobody buys: all of their rows are the pull's own."""
SOLD_OUT = 10
"""So many begin with nothing in stock."""
LONGEST_PAYMENT = 3.0
IN_FLIGHT = "import datetime, mapping.inflight\nmapping.inflight.LONGEST = datetime.timedelta(seconds=9)"
"""Without MSI, what a killed process was about to write may be held like a checkout: here 9 seconds, not 15 minutes."""
DELIVERED = ("007", "AB 12/34", "00042", "LAMPE-1")
"""Articles whose orders are complete and reach e-conomic."""


@pytest.fixture(params=["plain", "msi_default"] if FULL else ["plain"])
def layout(request: pytest.FixtureRequest) -> Layout:
    found: Layout = request.param
    return found


@pytest.fixture
def world(mariadb: PrivateMariaDB, tmp_path: Path, layout: Layout) -> Iterator[World]:
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path, msi=layout != "plain") as made:
        yield made


class Day:
    """A thread in which goods arrive, customers pay after a while, and orders are sent: a small step at a time."""

    def __init__(self, world: World, layout: Layout) -> None:
        self.world, self.layout = world, layout
        self.chance = random.Random(60)
        self.connection = world.server.connect(world.schema)
        tables = Tables(self.connection)
        self.tills = [Till(tables, layout, 0 if number < SOLD_OUT else 20) for number in range(SKUS)]
        self.have = {till.sku: 0 if number < SOLD_OUT else 20 for number, till in enumerate(self.tills)}
        self.sold = dict.fromkeys(self.have, 0)
        self.oversold: list[str] = []
        self.paying: list[tuple[float, Till, Checkout]] = []
        self.unsent: list[PlacedOrder] = []
        self.placed: list[PlacedOrder] = []
        self.bought: list[str] = []
        self.error: BaseException | None = None
        self._counting = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="day", daemon=True)
        for sku, quantity in self.have.items():
            world.product(sku, quantity)
        for sku in DELIVERED:
            world.product(sku, 1000)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Every payment comes through, and every order is sent. Raises what went wrong in the shop."""
        self._over.set()
        self._thread.join(30)
        if self.error is not None:
            raise self.error
        assert not self._thread.is_alive()

    def count(self, sku: str, quantity: int) -> None:
        """Count a product anew in e-conomic."""
        with self._counting:
            self.have[sku] = quantity
            self.world.stock(sku, quantity)

    def left(self) -> dict[str, Decimal]:
        """What may be offered of each product."""
        return {sku: Decimal(self.have[sku] - self.sold[sku]) for sku in self.have}

    def offers(self) -> dict[str, Decimal]:
        """What is offered."""
        with closing(self.world.server.connect(self.world.schema)) as connection:
            tables = Tables(connection)
            return {till.sku: till.seen_by(tables).offer() for till in self.tills}

    def _run(self) -> None:
        try:
            with self.world.shop(msi=self.layout != "plain") as shop:
                while not self._over.wait(0.01):
                    self._step()
                    if self.chance.random() < 0.04:
                        self.bought.append(self.chance.choice(DELIVERED))
                        cart = Cart(items=(CartItem(BY_SKU[self.bought[-1]], Decimal(2)),))
                        self.placed.append(shop.place_order(cart, random_person(self.chance)))
                        self.unsent.append(self.placed[-1])
                    if len(self.unsent) > 2:
                        shop.invoice_and_ship(self.unsent.pop(0))
                while self.paying:
                    self._paid(self.paying[0])
                while self.unsent:
                    shop.invoice_and_ship(self.unsent.pop())
        except BaseException as error:  # noqa: BLE001  (told by `end`)
            self.error = error

    def _step(self) -> None:
        what = self.chance.random()
        if what < 0.6:
            which = self.chance.randrange(SKUS)
            sku = self.tills[which].sku
            # what was counted downward after it was sold is nothing that the pull could prevent
            self.count(sku, self.have[sku] + self.chance.randint(1, 9) if which < BOUGHT else self.chance.randint(0, 9))
        elif what < 0.75:
            till = self.chance.choice(self.tills[:BOUGHT])
            checkout = till.buy(self.chance.randint(1, 3))
            if checkout is not None:
                self.paying.append((time.monotonic() + self.chance.uniform(0, LONGEST_PAYMENT), till, checkout))
                taken = sum(int(one.quantity) for _, other, one in self.paying if other is till)
                if self.sold[till.sku] + taken > self.have[till.sku]:
                    self.oversold.append(till.sku)
        for one in [one for one in self.paying if one[0] <= time.monotonic()]:
            self._paid(one)

    def _paid(self, one: tuple[float, Till, Checkout]) -> None:
        self.paying.remove(one)
        _, till, checkout = one
        till.arrives(checkout)
        self.sold[till.sku] += int(checkout.quantity)


def torn(day: Day, cursor: Cursor) -> list[str]:
    """Products whose rows do not agree with each other. Without MSI a checkout moves one of the rows alone."""
    skus = [till.sku for till in day.tills]
    if day.layout == "plain":
        source, skus = "SELECT product_id, qty, is_in_stock AS status FROM cataloginventory_stock_item", skus[BOUGHT:]
    else:
        source = (
            "SELECT p.entity_id AS product_id, quantity AS qty, status FROM inventory_source_item i"
            " JOIN catalog_product_entity p ON p.sku = i.sku WHERE i.source_code = 'default'"
        )
    cursor.execute(
        f"SELECT p.sku FROM catalog_product_entity p JOIN ({source}) s ON s.product_id = p.entity_id"
        " JOIN cataloginventory_stock_item i ON i.product_id = p.entity_id"
        " LEFT JOIN cataloginventory_stock_status t ON t.product_id = p.entity_id AND t.website_id = 0"
        " WHERE p.sku IN %s AND (s.qty <> i.qty OR s.status <> i.is_in_stock OR t.qty IS NULL"
        " OR s.qty <> t.qty OR s.status <> t.stock_status OR s.status <> (s.qty > 0))",
        (skus,),
    )
    return [row[0] for row in cursor.fetchall()]


@contextmanager
def watched(day: Day) -> Iterator[None]:
    """As long as the block lasts, nobody ever sees rows that do not agree."""
    found: list[str] = []
    over = threading.Event()

    def watch() -> None:
        with closing(day.world.server.connect(day.world.schema)) as connection, connection.cursor() as cursor:
            while not over.wait(0.002):
                found.extend(torn(day, cursor))

    thread = threading.Thread(target=watch, name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)
    assert found == []


def at_work(day: Day, service: Service, chance: random.Random) -> None:
    """It dies at a moment that nobody chose."""
    until("it writes", lambda: nothing_held(day) and service.metric(WRITES) > 0, 20, every=0.02)
    time.sleep(chance.uniform(0, 0.3))  # this is what the test tries
    service.kill()


def between_writes(day: Day, service: Service, chance: random.Random) -> None:
    """It dies when one product of many waits for a row, and others are written."""
    skus = [till.sku for till in day.tills[BOUGHT:]]
    table, row = ("inventory_source_item", "sku = %s")
    if day.layout == "plain":
        table = "cataloginventory_stock_item"
        row = "product_id = (SELECT entity_id FROM catalog_product_entity WHERE sku = %s)"
    with closing(day.world.server.connect(day.world.schema, autocommit=False)) as connection:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE {row} FOR UPDATE", (skus[-1],))
        for sku in skus:
            day.count(sku, 0)
        waiting = "SELECT 1 FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'"
        until("it waits", lambda: day.world.sql(waiting), 20, every=0.2)  # asked more often, the server tells old news
        service.kill()


def starting(day: Day, service: Service, chance: random.Random) -> None:
    """It dies somewhere in its start."""
    time.sleep(chance.uniform(0.2, 1.2))  # this is what the test tries
    service.kill()


KINDS = (at_work, between_writes, starting)


def nothing_held(day: Day) -> bool:
    """True; fails when something that nobody buys is taken for a checkout."""
    with day.world.state() as state:
        rows = state.stock_rows(skus=[till.sku for till in day.tills[BOUGHT:]])
    assert [row.sku for row in rows if row.pieces] == []
    return True


def test_kill_9_while_stock_moves(world: World, layout: Layout) -> None:
    chance = random.Random(6)
    day = Day(world, layout)
    world.command("pull", "stock", "--accept")
    service = world.service(WEBHOOK_SECRET=SECRET, before=IN_FLIGHT).start()
    world.hooks(service, SECRET, "stock_updated")
    until("it has pulled", lambda: service.metric("magento_economic_pull_calls_today") > 1, 20)
    day.begin()
    with watched(day):
        for kill in range(KILLS):
            KINDS[kill % len(KINDS)](day, service, chance)
            service.start(ready=KINDS[(kill + 1) % len(KINDS)] is not starting)
        day.end()
        service.kill()
    service.start()
    left = day.left()
    assert day.oversold == []
    assert sum(day.sold.values()) > 20
    until("both sides are equal", lambda: nothing_held(day) and day.offers() == left, 30, every=0.2)
    until("everything is delivered", world.settled, 60, every=0.2)
    assert day.offers() == left
    there = documents(world)
    assert [paths for paths in there.values() if any(len(rows) > 1 for rows in paths.values())] == []
    assert all(len(there[order.increment_id]["/invoices/booked"]) == 1 for order in day.placed)
    assert len(day.placed) > 5
    stock = {row["productNumber"]: row["inventory"]["inStock"] for row in world.all("/products")}
    for sku in DELIVERED:
        assert stock[sku] == offered(world, sku) == 1000 - 2 * day.bought.count(sku)
    assert service.stop() == 0


def offered(world: World, sku: str) -> int:
    """What Magento offers of an article whose orders are all sent."""
    [(quantity,)] = world.sql(
        "SELECT i.qty FROM cataloginventory_stock_item i JOIN catalog_product_entity p ON p.entity_id = i.product_id"
        " WHERE p.sku = %s",
        sku,
    )
    return int(quantity)
