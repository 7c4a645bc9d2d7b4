"""The way to keep stock that was accepted: another one stops the pull until a person says that it is right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cdc.errors import StockKeptOtherwise
from cdc.stock import StockTables
from sync import commands
from sync.demo.mariadb import PrivateMariaDB
from sync.pull.acceptance import WAY
from sync.status import forget_service, status
from tests.acceptance.test_pull import MUG, held, line, order, product, stock
from tests.integration.pull.test_command import a_service, pull
from tests.integration.pull.test_stock_checks import about, settings
from tests.world import Service, World, a_schema, a_world, until


@pytest.fixture
def world(mariadb: PrivateMariaDB, tmp_path: Path) -> Iterator[World]:
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path) as made:
        product(made, MUG, "40")
        yield made


@contextmanager
def running(world: World) -> Iterator[Service]:
    """The service, which ends well."""
    service = world.service().start()
    try:
        yield service
    finally:
        assert service.stop() == 0


def way(world: World) -> str | None:
    with world.state() as state:
        return state.get(WAY)


def test_a_shop_that_seems_to_keep_stock_otherwise_is_not_written_until_that_is_accepted(world: World) -> None:
    order(world, MUG, 3)
    pull(world, accept=True)
    assert (way(world), held(world, MUG)) == ("msi_default default", "40")
    world.sql("CREATE TABLE kept AS SELECT * FROM inventory_reservation")
    world.sql("DELETE FROM inventory_reservation")  # as after the modules were switched off
    stock(world, MUG, "50")
    with pytest.raises(StockKeptOtherwise, match="in the source default, and now it keeps it without sources") as told:
        pull(world)
    assert "pull stock --accept" in told.value.hint
    assert held(world, MUG) == "40"
    assert "nothing is written until" in about(commands.checks(settings(world)), "stock tables")[1][1]
    assert line(pull(world, dry_run=True), MUG)[:3] == ("differs", "40", "47")
    with a_service(world):
        pull(world, accept=True)
    with world.state() as state:
        forget_service(state)
    assert way(world) == "plain"
    assert line(pull(world, MUG, dry_run=True), MUG)[:2] == ("same", "47")
    world.sql("INSERT INTO inventory_reservation SELECT * FROM kept")
    with pytest.raises(StockKeptOtherwise):
        pull(world)
    pull(world, accept=True)
    assert line(pull(world, MUG, dry_run=True), MUG)[:2] == ("same", "50")


def test_what_nothing_tells_any_more_is_as_it_was(world: World) -> None:
    placed = order(world, MUG, 3)
    url = world.environment["MAGENTO_DATABASE_URL"]
    reserving, plain = StockTables(url), StockTables(url, agreed=lambda: "plain")
    assert (reserving.way(), plain.way()) == ("msi_default default", "msi_default default"), "the order tells"
    with world.shop() as shop:
        shop.ship(placed)
    assert (reserving.way(), plain.way()) == ("msi_default default", "plain")
    assert "no open order to tell by" in " ".join(reserving.layout.warnings)
    assert plain.layout.warnings == ()


def test_a_service_rests_and_says_why_until_the_other_way_is_accepted(world: World) -> None:
    order(world, MUG, 3)
    pull(world, accept=True)
    world.sql("DELETE FROM inventory_reservation")
    with running(world) as service:

        def resting() -> str:
            with world.state() as state:
                return str(status(state)["pull"]["resting"])

        until("the reason to rest is told", lambda: "keeps it without sources" in resting(), 30)
        stock(world, MUG, "50")
        pull(world, accept=True)
        until("the pull goes on", lambda: resting() == "", 30)
        assert service.log.read_text().count("and now it keeps it without sources") == 1
