"""A shop in a fresh schema, the recordings of real shops where they are at hand, and the binlog as plain lists."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pymysql.cursors
import pytest

from sync.demo import fixture
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.shop import SimulatedShop

Transaction = list[tuple[str, str]]
"""(insert | update | delete, table) for each rows event."""

_SHARED = Path(__file__).resolve().parents[4] / "shared" / "magento"
_databases = itertools.count(1)
_TABLE = re.compile(r"\((\w+)\.(\w+)\)")
_EVENTS = {"Write_rows_v1": "insert", "Update_rows_v1": "update", "Delete_rows_v1": "delete"}


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real shops' schemas, rows and recordings."""
    if not _SHARED.is_dir():
        pytest.skip("the real shops' schemas and recordings are not beside this checkout")
    return _SHARED


@pytest.fixture(scope="module")
def database(mariadb: PrivateMariaDB) -> Iterator[str]:
    """A schema with a shop that the tests of one module share."""
    name = f"busy_{os.getpid()}_{next(_databases)}"
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        fixture.install(mariadb, name)
        yield name
        cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture
def shop(mariadb: PrivateMariaDB, database: str) -> Iterator[SimulatedShop]:
    """A cashier of the module's shop."""
    with SimulatedShop(mariadb, database) as cashier:
        yield cashier


@pytest.fixture
def transactions(mariadb: PrivateMariaDB, database: str) -> Callable[[], list[Transaction]]:
    """Gives the transactions of the module's shop since it was asked before, or since the test began."""
    place = _place(mariadb)

    def since() -> list[Transaction]:
        nonlocal place
        found = _read(mariadb, place, database)
        place = _place(mariadb)
        return found

    return since


def _place(server: PrivateMariaDB) -> tuple[str, int]:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW MASTER STATUS")
        file, offset, *_ = cursor.fetchone() or ()
    return str(file), int(offset)


def _read(server: PrivateMariaDB, place: tuple[str, int], schema: str) -> list[Transaction]:
    found: list[Transaction] = []
    with server.connect() as connection, connection.cursor(pymysql.cursors.DictCursor) as cursor:
        cursor.execute("SHOW BINLOG EVENTS IN %s FROM %s", place)
        current: Transaction = []
        table = ""
        for event in cursor.fetchall():
            kind = str(event["Event_type"])
            if kind == "Gtid":
                current = []
            elif kind == "Table_map":
                match = _TABLE.search(str(event["Info"]))
                assert match is not None
                table = match[2] if match[1] == schema else ""
            elif kind in _EVENTS and table:
                current.append((_EVENTS[kind], table))
            elif kind == "Xid" and current:
                found.append(current)
    return found
