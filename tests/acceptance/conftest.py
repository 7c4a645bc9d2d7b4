"""One world for each file of tests that asks for it: its tests share it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync.demo.mariadb import PrivateMariaDB
from tests.world import World, a_schema, a_world


@pytest.fixture(scope="module")
def world(mariadb: PrivateMariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The file's world, without a service."""
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path_factory.mktemp("world")) as made:
        yield made
