"""Magento's server under the pull: restarted in the middle of writes, and the shop's lock lost before one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from cdc.lock import lock_name
from sync.demo.mariadb import PrivateMariaDB
from sync.status import status
from tests.servers import private_server
from tests.shelf import Shelf
from tests.world import Service, World, a_schema, a_world, until

SECRET = "a-secret-of-the-shop-0123456789"


@pytest.fixture(scope="module")
def own() -> Iterator[PrivateMariaDB]:
    """A server of the file's own that loses nothing that it has committed."""
    with private_server(("--innodb-flush-log-at-trx-commit=1",)) as server:
        yield server


@pytest.fixture(scope="module", params=["plain", "msi"])
def shelf(
    own: PrivateMariaDB, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Shelf]:
    """60 products that were accepted."""
    msi, folder = request.param == "msi", tmp_path_factory.mktemp("world")
    with a_schema(own) as schema, a_world(own, schema, folder, msi=msi) as world:
        made = Shelf(world, 60, 10, msi=msi)
        world.command("pull", "stock", "--accept")
        yield made


@pytest.fixture(scope="module")
def world(shelf: Shelf) -> World:
    return shelf.world


@pytest.fixture(scope="module")
def service(world: World) -> Service:
    """It writes what webhooks name."""
    made = world.service(WEBHOOK_SECRET=SECRET).start()
    with world.state() as state:
        until("it has swept and polled", lambda: status(state)["pull"]["last_poll"], 20)
    world.hooks(made, SECRET, "stock_updated")
    return made


def hold(shelf: Shelf, sku: str) -> str:
    """A statement that locks a product's first row, as a shipment does."""
    if shelf.msi:
        return f"SELECT quantity FROM inventory_source_item WHERE source_code = 'default' AND sku = '{sku}' FOR UPDATE"
    return (
        "SELECT i.qty FROM cataloginventory_stock_item i WHERE i.product_id ="
        f" (SELECT entity_id FROM catalog_product_entity WHERE sku = '{sku}') FOR UPDATE"
    )


def waits(world: World) -> bool:
    """Whether somebody waits for a row. The server answers the same as long as it is asked ten times a second."""
    return bool(world.sql("SELECT 1 FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'"))


def test_a_server_that_restarts_in_the_middle_of_writes_gets_the_rest(
    world: World, own: PrivateMariaDB, shelf: Shelf, service: Service
) -> None:
    shelf.hush()
    wanted = {sku: number % 25 + 11 for number, sku in enumerate(shelf.skus)} | {shelf.skus[3]: 0}
    with closing(own.connect(world.schema, autocommit=False)) as connection, connection.cursor() as cursor:
        cursor.execute(hold(shelf, shelf.skus[40]))
        shelf.count(wanted)
        until("some are written, and one cannot be", lambda: len(shelf.heard()) > 5 and waits(world), 20, every=0.2)
        own.stop(kill=not shelf.msi)
    own.start()
    assert shelf.held()[shelf.skus[40]] != wanted[shelf.skus[40]]
    assert shelf.torn() == []
    until("the others are written", lambda: shelf.held() == wanted, 30, every=0.2)
    until("our own writes were seen", shelf.echoed, 30, every=0.2)
    assert shelf.held() == wanted
    assert shelf.torn() == []
    assert max(map(len, shelf.heard().values())) == 1, "none is written twice"


def test_who_lost_the_shops_lock_between_look_and_write_writes_nothing(
    world: World, own: PrivateMariaDB, shelf: Shelf, service: Service
) -> None:
    shelf.hush()
    name, sku = lock_name(world.schema, "default"), shelf.skus[0]
    wanted = shelf.held()[sku] + 4
    with (
        closing(own.connect(world.schema, autocommit=False)) as connection,
        connection.cursor() as cursor,
        closing(own.connect()) as other,
        other.cursor() as rival,
    ):
        cursor.execute(hold(shelf, sku))
        world.stock(sku, wanted)
        until("its write waits for the row", lambda: waits(world), 20, every=0.2)
        ((holder,),) = world.sql(f"SELECT IS_USED_LOCK('{name}')")
        world.sql(f"KILL {holder}")
        rival.execute("SELECT GET_LOCK(%s, 5)", (name,))
        assert rival.fetchone() == (1,)
        connection.rollback()
        until("it says so", lambda: "lock is held by another session" in service.log.read_text(), 20)
        until("it stands by", lambda: "standby: another process" in service.log.read_text(), 20)
        assert shelf.heard() == {}
    until("it writes when the lock is its own again", lambda: shelf.held()[sku] == wanted, 30)
    assert shelf.heard() == {sku: [wanted]}
