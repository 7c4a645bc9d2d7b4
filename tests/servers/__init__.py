"""The database server that the tests run on, chosen by the environment variable TEST_SERVER.

    mariadb (or unset)      Debian's own, which `make test` takes
    mariadb-11.8            unpacked by `scripts/test-servers`
    mysql                   unpacked by `scripts/test-servers`
    docker:IMAGE            an official image (docker:mysql:8.0, docker:mariadb:10.6) where a Docker engine runs

``+file`` behind a MySQL turns its GTIDs off: it is then followed by file and offset. What is marked `thorough` needs
the variable set, be it to mariadb.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

from sync.demo.container import ContainerMariaDB
from sync.demo.mariadb import PrivateMariaDB
from tests.servers.container import ContainerMySQL
from tests.servers.unpacked import PrivateMySQL, UnpackedMariaDB

CHOSEN, _, _HOW = os.environ.get("TEST_SERVER", "mariadb").partition("+")
IS_MYSQL = "mysql" in CHOSEN
HAS_GTIDS = _HOW != "file"
BY_FILE = ("--gtid-mode=OFF", "--enforce-gtid-consistency=OFF")

mariadb_only = pytest.mark.skipif(IS_MYSQL, reason="MariaDB's own, and TEST_SERVER is a MySQL")
mysql_only = pytest.mark.skipif(not IS_MYSQL, reason="MySQL's own, and TEST_SERVER is a MariaDB")
thorough = pytest.mark.skipif("TEST_SERVER" not in os.environ, reason="`make test-servers` runs it, on every server")
by_gtid = pytest.mark.skipif(not HAS_GTIDS, reason="by GTID, and TEST_SERVER has none")


def private_server(options: Iterable[str] = ()) -> PrivateMariaDB:
    """A server of the chosen kind, not yet started. Raises `ValueError` for a kind that is unknown."""
    options = (*(() if HAS_GTIDS else BY_FILE), *options)
    if not IS_MYSQL and not HAS_GTIDS:
        raise ValueError("TEST_SERVER: MariaDB always has GTIDs, `+file` is for MySQL")
    if CHOSEN == "mariadb":
        return PrivateMariaDB(options)
    if CHOSEN == "mariadb-11.8":
        return UnpackedMariaDB(options)
    if CHOSEN == "mysql":
        return PrivateMySQL(options)
    if CHOSEN.startswith("docker:"):
        image = CHOSEN.removeprefix("docker:")
        return ContainerMySQL(options, image=image) if IS_MYSQL else ContainerMariaDB(options, image=image)
    raise ValueError(f"TEST_SERVER={CHOSEN} is unknown: mariadb, mariadb-11.8, mysql, docker:IMAGE")
