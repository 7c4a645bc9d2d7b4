"""Customers at the same rows: hundreds of checkouts a second while stock is written, each paid seconds later."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from tests.faults.scale import of
from tests.integration.pull.customers import A_SECOND, Customers
from tests.integration.pull.till import Layout, Till
from tests.world import World, a_schema, a_world, until

SECRET = "a-secret-of-the-shop"

SECONDS = of(6, 4)
LONGEST = 30
WRITES = 20
HELD = "magento_economic_pull_held_seconds"


@pytest.fixture(params=["plain", "msi_default"])
def layout(request: pytest.FixtureRequest) -> Layout:
    found: Layout = request.param
    return found


@pytest.fixture
def world(mariadb: PrivateMariaDB, tmp_path: Path, layout: Layout) -> Iterator[World]:
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path, msi=layout != "plain") as made:
        yield made


def test_nothing_is_sold_twice_and_no_checkout_waits(world: World, layout: Layout) -> None:
    with closing(world.server.connect(world.schema)) as connection:
        till = Till(Tables(connection), layout, 300)
        have = 300
        world.product(till.sku, have)
        world.command("pause", "--deliver")
        world.command("pull", "stock", "--accept")
        service = world.service(WEBHOOK_SECRET=SECRET).start()
        world.hooks(service, SECRET, "stock_updated")
        customers = Customers(lambda: world.server.connect(world.schema), till)
        customers.start()
        began, chance = time.monotonic(), random.Random(1)

        def enough() -> bool:
            """So many writes that one of them is no twentieth: a busy machine takes longer for them."""
            past = time.monotonic() - began
            return past > LONGEST or (past > SECONDS and service.metric(HELD + "_count") >= WRITES)

        while not enough():
            have += chance.choice((20, 60, 0))
            world.stock(till.sku, have)
            customers.done.wait(0.1)
        took = time.monotonic() - began
        customers.stop()
        assert customers.errors == []
        assert customers.begun > took * A_SECOND / 8  # what a busy machine lets through
        assert customers.sold <= have
        left = have - customers.sold
        until("both sides are equal", lambda: till.offer() == left, 30)
        assert service.metric("magento_economic_pull_writes_total") > 5
        # p99 under 20 ms is measured by the bench, on a machine that does nothing else
        assert service.share_within(HELD, 0.25) >= 0.95
