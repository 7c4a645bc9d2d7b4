"""One world for each file of tests: they share it, so each test takes orders of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sync.demo.mariadb import PrivateMariaDB
from tests.faults.proxy import Proxy
from tests.faults.wires import Wires
from tests.world import World, a_schema, a_world


@pytest.fixture(scope="module")
def world(mariadb: PrivateMariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The file's world, without a service."""
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture
def wires(mariadb: PrivateMariaDB, tmp_path: Path) -> Iterator[Wires]:
    """A world for each test, behind proxies."""
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path) as world:
        port = urlsplit(world.sandbox.url).port
        assert port is not None
        with Proxy(mariadb.port, seed=1) as magento, Proxy(port, seed=2) as economic:
            yield Wires(world, magento, economic)
