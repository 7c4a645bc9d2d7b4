"""A shop, its books and the pull, driven at random: nothing is sold twice, and in quiet both sides are equal.

`STOCK_RUNS` sets how many random runs there are for each way to keep stock. What no program can prevent is left out
here: goods that vanish from the shelf (a count downward in e-conomic) or that somebody types into Magento.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from econ_client.sandbox import SandboxServer
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from sync.pull.seen import SeenProduct
from sync.state.intents import Intent
from sync.state.links import Link
from tests.integration.pull.conftest import shop_of
from tests.integration.pull.pulldesk import Bookkeeping, PullDesk
from tests.integration.pull.till import LAYOUTS, SOURCE, Checkout, Layout, Placed, Till

RUNS = int(os.environ.get("STOCK_RUNS", "4"))
STEPS = 40
PIECES = st.integers(min_value=1, max_value=3)
_folders = itertools.count(1)


class Machine(RuleBasedStateMachine):
    """One product from going live on."""

    make: Callable[[], PullDesk]
    tables: Tables
    layout: Layout

    def __init__(self) -> None:
        super().__init__()
        self.desk = type(self).make()
        self.paying: list[Checkout] = []
        self.orders: list[Placed] = []
        self.booking: list[tuple[Placed, Decimal, Intent, Link, bool]] = []
        self.answer: SeenProduct | None = None
        self.returns: list[Decimal] = []

    @initialize(quantity=st.integers(min_value=0, max_value=6))
    def go_live(self, quantity: int) -> None:
        self.till = Till(self.tables, self.layout, quantity)
        self.desk.product(self.till.sku, quantity)
        self.books = Bookkeeping(self.desk, self.till.sku)
        self.desk.poll(self.till.sku)

    @rule(quantity=PIECES)
    def checkout(self, quantity: int) -> None:
        made = self.till.checkout(quantity)
        if made is not None:
            self.paying.append(made)
            self._told(stock=True)

    @precondition(lambda self: self.paying)
    @rule(which=st.integers(min_value=0), told=st.booleans())
    def paid(self, which: int, told: bool) -> None:
        order = self.till.arrives(self.paying.pop(which % len(self.paying)))
        self.orders.append(order)
        if told:
            self._told(order)

    @precondition(lambda self: self.paying)
    @rule(which=st.integers(min_value=0))
    def payment_fails(self, which: int) -> None:
        self.till.fails(self.paying.pop(which % len(self.paying)))
        self._told(stock=True)

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(min_value=0))
    def cancel(self, which: int) -> None:
        order = self.orders[which % len(self.orders)]
        if not any(one is order for one, *_ in self.booking):
            self.till.cancel(order)
            self._told(order, stock=True)

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(min_value=0), quantity=PIECES)
    def ship(self, which: int, quantity: int) -> None:
        order = self.orders[which % len(self.orders)]
        self.till.ship(order, quantity)
        self._told(order, stock=True)

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(min_value=0), quantity=PIECES)
    def goods_return(self, which: int, quantity: int) -> None:
        order = self.orders[which % len(self.orders)]
        if order.booked >= quantity and self.till.returned(order, quantity):
            order.shipped -= quantity
            self.returns.append(Decimal(quantity))
            self._told(order, stock=True)

    @precondition(lambda self: self.returns)
    @rule()
    def credit(self) -> None:
        self.books.effect(-self.returns.pop())

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(min_value=0), quantity=PIECES)
    def booking_begins(self, which: int, quantity: int) -> None:
        order = self.orders[which % len(self.orders)]
        quantity_ = min(Decimal(quantity), order.open)
        if quantity_ > 0 and not any(one is order for one, *_ in self.booking):
            number = sum(1 for _ in self.desk.state.links(self.books.key(order.id)))
            intent, draft = self.books.begin(order.id, quantity_, f"invoice:{number + 1}")
            self.booking.append((order, quantity_, intent, draft, False))

    @precondition(lambda self: self.booking)
    @rule()
    def booking_goes_on(self) -> None:
        order, quantity, intent, draft, booked = self.booking.pop(0)
        if booked:
            self.books.answered(intent, draft)
        else:
            self.books.effect(quantity)
            order.booked += quantity
            self.booking.append((order, quantity, intent, draft, True))

    @rule(quantity=PIECES)
    def purchase(self, quantity: int) -> None:
        self.books.effect(Decimal(-quantity))

    @rule()
    def edited_downward(self) -> None:
        if self.till.row() > 0:
            self.till.edit(-1)
            self._told(stock=True)

    @rule()
    def ask(self) -> None:
        self.answer = self.desk.ask(self.till.sku)

    @precondition(lambda self: self.answer is not None)
    @rule()
    def take(self) -> None:
        assert self.answer is not None
        self.desk.take(self.answer)
        self.answer = None

    @rule()
    def capture_is_worked_on(self) -> None:
        self.desk.drain()

    @rule(after=st.booleans())
    def crash(self, after: bool) -> None:
        """The process ends at the next commit in Magento, if one comes."""
        self.desk.crash_before, self.desk.crash_after = not after, after
        self.desk.take(self.desk.ask(self.till.sku))
        self.desk.crash_before = self.desk.crash_after = False
        self.answer = None

    @rule()
    def restart(self) -> None:
        self.desk.restart()
        self.answer = None

    @rule()
    def time_passes(self) -> None:
        if not self.paying:  # payments end within a quarter of an hour
            self.desk.ahead += timedelta(minutes=16)

    @rule()
    def quiet(self) -> None:
        """Payments end, bookings end, and what lacks for a quarter of an hour is nobody's checkout."""
        while self.paying:
            self.paid(0, told=True)
        while self.booking:
            self.booking_goes_on()
        self._told(*self.orders, stock=True)
        self.desk.poll(self.till.sku)
        self.desk.ahead += timedelta(minutes=16)
        self.desk.poll(self.till.sku)
        assert self.till.offer() == self.left()

    @invariant()
    def nothing_is_sold_twice(self) -> None:
        if hasattr(self, "till"):
            assert self.left() - sum(one.quantity for one in self.paying) >= 0

    def left(self) -> Decimal:
        """What e-conomic has that no order will take."""
        return self.desk.in_stock(self.till.sku) - sum((one.open for one in self.orders), Decimal(0))

    def _told(self, *orders: Placed, stock: bool = False) -> None:
        self.desk.changed(*(one.id for one in orders), skus=(self.till.sku,) if stock else ())

    def teardown(self) -> None:
        self.desk.close()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_sold_twice_and_quiet_sides_are_equal(
    mariadb: PrivateMariaDB, schemas: dict[Layout, str], sandbox: SandboxServer, tmp_path: Path, layout: Layout
) -> None:
    name = shop_of(mariadb, schemas, layout)
    source = SOURCE if layout == "msi_source" else None

    def make() -> PullDesk:
        folder = tmp_path / str(next(_folders))
        folder.mkdir()
        return PullDesk(folder, mariadb.url(name), sandbox, source=source)

    with closing(mariadb.connect(name)) as connection:
        own: Any = type("Own", (Machine,), {"make": staticmethod(make), "tables": Tables(connection), "layout": layout})
        run_state_machine_as_test(
            own,
            settings=settings(
                max_examples=RUNS,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=RUNS < 20,
                database=None,
                phases=(Phase.generate, Phase.shrink) if RUNS >= 20 else (Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )
