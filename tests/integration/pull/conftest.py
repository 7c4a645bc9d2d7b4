from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from econ_client.sandbox import SandboxServer
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from tests import magento1
from tests.integration.pull.pulldesk import PullDesk
from tests.integration.pull.till import LAYOUTS, SOURCE, Layout, sold_from_the_source


@pytest.fixture(scope="session")
def schemas(mariadb: PrivateMariaDB) -> Iterator[dict[Layout, str]]:
    """A schema for each way to keep stock, made when first asked for."""
    names = {layout: f"pull_{layout}_{os.getpid()}" for layout in LAYOUTS}
    yield names
    with mariadb.connect() as connection, connection.cursor() as cursor:
        for name in names.values():
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")


def shop_of(mariadb: PrivateMariaDB, schemas: dict[Layout, str], layout: Layout) -> str:
    """The schema of a layout, with Magento's tables."""
    name = schemas[layout]
    with mariadb.connect() as connection, connection.cursor() as cursor:
        if cursor.execute("SHOW DATABASES LIKE %s", (name,)):
            return name
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    if layout == "magento1":
        magento1.install(mariadb, name)
        return name
    install(mariadb, name, msi=layout != "plain")
    if layout == "msi_source":
        with closing(mariadb.connect(name)) as connection:
            sold_from_the_source(Tables(connection))
    return name


@pytest.fixture
def layout(request: pytest.FixtureRequest) -> Layout:
    """The layout of the test; parametrise indirectly."""
    return getattr(request, "param", "plain")


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    server = SandboxServer("demo")
    yield server
    server.stop()


@pytest.fixture
def url(mariadb: PrivateMariaDB, schemas: dict[Layout, str], layout: Layout) -> str:
    """The shop's address."""
    return mariadb.url(shop_of(mariadb, schemas, layout))


@pytest.fixture
def tables(mariadb: PrivateMariaDB, schemas: dict[Layout, str], layout: Layout) -> Iterator[Tables]:
    """The shop's tables, as Magento's own code uses them."""
    with closing(mariadb.connect(shop_of(mariadb, schemas, layout))) as connection:
        yield Tables(connection)


@pytest.fixture
def desk(tmp_path: Path, url: str, sandbox: SandboxServer, layout: Layout) -> Iterator[PullDesk]:
    """The pull, accepted."""
    made = PullDesk(tmp_path, url, sandbox, source=SOURCE if layout == "msi_source" else None)
    yield made
    made.close()
