"""A fixture shop to load from: the demo's tables with rows that a test puts there itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from cdc.shop import Shop
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from tests.integration.cdc.load_world import World
from tests.integration.cdc.stock_shop import VIEWS, StockShop
from tests.world import a_schema


@pytest.fixture(scope="session")
def _load_schema(mariadb: PrivateMariaDB) -> Iterator[str]:
    with a_schema(mariadb) as name:
        install(mariadb, name)
        yield name


@pytest.fixture
def world(mariadb: PrivateMariaDB, _load_schema: str) -> Iterator[World]:
    """The shared fixture shop, with MSI and without a prefix. Tests add rows under ids of their own."""
    with closing(mariadb.connect(_load_schema)) as connection, closing(Shop(mariadb.url(_load_schema))) as shop:
        yield World(mariadb, _load_schema, Tables(connection), shop)


@pytest.fixture
def own_world(mariadb: PrivateMariaDB, schema: str, request: pytest.FixtureRequest) -> Iterator[World]:
    """A fixture shop of the test's own, whose tables it may alter; parametrise with (prefix, msi)."""
    prefix, msi = getattr(request, "param", ("", True))
    install(mariadb, schema, prefix=prefix, msi=msi)
    with (
        closing(mariadb.connect(schema)) as connection,
        closing(Shop(mariadb.url(schema), prefix=prefix)) as shop,
    ):
        yield World(mariadb, schema, Tables(connection, prefix), shop)


@pytest.fixture(scope="session")
def _stock_schema(mariadb: PrivateMariaDB) -> Iterator[str]:
    with a_schema(mariadb) as name:
        install(mariadb, name)
        yield name


@pytest.fixture
def stock_shop(mariadb: PrivateMariaDB, _stock_schema: str) -> Iterator[StockShop]:
    """The shared shop with MSI, every indexer updated by schedule. Tests add products of their own."""
    with closing(mariadb.connect(_stock_schema)) as connection, ExitStack() as stack:
        shop = StockShop(mariadb, _stock_schema, Tables(connection), stack, options={"source": "default"})
        shop.schedule(*VIEWS)
        yield shop


@pytest.fixture
def own_stock_shop(mariadb: PrivateMariaDB, schema: str, request: pytest.FixtureRequest) -> Iterator[StockShop]:
    """A shop of the test's own, whose tables it may alter; parametrise with (prefix, msi)."""
    prefix, msi = getattr(request, "param", ("", True))
    install(mariadb, schema, prefix=prefix, msi=msi)
    with closing(mariadb.connect(schema)) as connection, ExitStack() as stack:
        yield StockShop(mariadb, schema, Tables(connection, prefix), stack)
