"""Servers for the tests: a real database (TEST_SERVER chooses), one for each worker, a fresh schema for each test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from sync.demo.mariadb import PrivateMariaDB, in_memory
from tests.servers import private_server

if TYPE_CHECKING:
    from tests.integration.state.postgresql import PrivatePostgreSQL

_schemas = itertools.count(1)

if memory := in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", memory)  # no commit to a state waits for a disk there


@pytest.fixture(scope="session")
def mariadb() -> Iterator[PrivateMariaDB]:
    """One private server per test process. Tests that restart or break a server start their own."""
    with private_server() as server:
        yield server


@pytest.fixture
def schema(mariadb: PrivateMariaDB) -> Iterator[str]:
    """A fresh, empty schema, dropped afterwards."""
    name = f"shop_{os.getpid()}_{next(_schemas)}"
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    yield name
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PrivatePostgreSQL]:
    """One private server per test process, started when the first test asks."""
    from tests.integration.state.postgresql import a_postgresql  # the driver, for those who need it

    with a_postgresql() as server:
        yield server
