"""Adobe Commerce with a table prefix and its sales in a database of their own, beside the service and its commands."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from econ_client.sandbox import SandboxServer
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.people import random_cart, random_person
from sync.demo.stock import Stockroom
from sync.demo.tables import Tables
from tests import commerce
from tests.world import World, a_schema, until

PROFILE = """extends: sandbox
products:
  sync: catalog
  update: [name, sales_price]
  barred: on
fields:
  product:
    sales_price: {expr: product.net_price}
"""
PREFIX = "m2_"


@pytest.fixture(scope="module")
def world(mariadb: PrivateMariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_schema(mariadb) as schema, a_schema(mariadb) as sales:
        install(mariadb, schema, prefix=PREFIX)
        with closing(mariadb.connect(schema)) as connection:
            commerce.make_commerce(Tables(connection, PREFIX))
            commerce.split_sales(Tables(connection, PREFIX), sales)
        made = World(mariadb, schema, SandboxServer("demo"), tmp_path_factory.mktemp("commerce"))
        profile = made.folder / "shop.yaml"
        profile.write_text(PROFILE, encoding="utf-8")
        made.environment |= {"MAGENTO_TABLE_PREFIX": PREFIX, "PROFILE": str(profile)}
        made.environment["MAGENTO_DATABASE_URL"] = made.user(f"commerce_{schema}", "pw")
        made.environment["SALES"] = sales
        yield made
        made.close()


def test_a_scheduled_update_reaches_e_conomic_when_it_begins(world: World) -> None:
    def product(number: str) -> dict[str, Any]:
        return {row["productNumber"]: row for row in world.all("/products")}.get(number, {})

    def price(number: str) -> Decimal:
        return Decimal(str(product(number).get("salesPrice", 0)))

    with closing(world.server.connect(world.schema)) as connection:
        tables = Tables(connection, PREFIX)
        # saved before the service first ran: no event will ever tell of it
        commerce.schedule(tables, 2, _now(world) + 5, price=Decimal(10))
        service = world.service().start()
        commerce.set_values(tables, commerce.SHIFT + 1, price=Decimal("62.50"))
        until("the product was made", lambda: price("007") == 50)
        commerce.schedule(tables, 1, _now(world) + 3, name="Kaffekrus, tilbud", price=Decimal("31.25"))
        commerce.schedule(tables, 3, _now(world) + 3600, name="Senere")
        until("the update began", lambda: price("007") == 25, 20)
        assert product("007")["name"] == "Kaffekrus, tilbud"
        until("what was scheduled before we came has begun", lambda: price("1E5") == 8, 20)
        assert [r["path"] for r in world.requests() if r["method"] == "PUT"] == ["/products/007"]
        _orders(world)
        assert "Senere" not in {row["name"] for row in world.all("/products")}
        assert service.stop() == 0


def _now(world: World) -> int:
    [(now,)] = world.sql("SELECT UNIX_TIMESTAMP()")
    return int(now)


def _orders(world: World) -> None:
    """An order, its invoice and its credit memo reach e-conomic from the other database."""
    rng = random.Random(5)
    with world.shop(prefix=PREFIX) as shop:
        shop.tables = commerce.SplitTables(shop.connection, PREFIX, world.environment["SALES"])
        shop.stockroom = Stockroom(shop.tables, msi=True)
        order = shop.place_order(random_cart(rng), random_person(rng))
        until("the order stands", lambda: world.by_reference("/orders/drafts").get(order.increment_id))
        shop.cancel(order)
        until("it is taken back", lambda: not world.by_reference("/orders/drafts").get(order.increment_id))


def test_check_says_what_it_found(world: World) -> None:
    (layout,) = (check for check in world.json("check") if check["name"] == "layout")
    assert layout["found"] == (
        f"Adobe Commerce (row_id) with MSI, tables as of 2.4.8 or later, table prefix m2_, database {world.schema},"
        f" sales in database {world.environment['SALES']}"
    )
