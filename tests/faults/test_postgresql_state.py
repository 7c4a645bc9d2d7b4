"""The whole service with its state in PostgreSQL, and what happens to a PostgreSQL server."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.demo.mariadb import PrivateMariaDB
from tests.faults.books import assert_equal
from tests.faults.scale import of
from tests.faults.traffic import Traffic
from tests.integration.state.postgresql import PrivatePostgreSQL, a_postgresql
from tests.world import World, a_schema, a_world, until

ORDERS = of(60, 12)


@pytest.fixture(scope="module")
def own() -> Iterator[PrivatePostgreSQL]:
    """A server that may be broken."""
    with a_postgresql() as server:
        yield server


@pytest.fixture
def world(mariadb: PrivateMariaDB, own: PrivatePostgreSQL, tmp_path: Path) -> Iterator[World]:
    with (
        a_schema(mariadb) as schema,
        a_world(mariadb, schema, tmp_path) as made,
        own.database(f"state_{os.getpid()}_{schema}") as url,
    ):
        made.environment["STATE_DATABASE_URL"] = url
        yield made
        for service in made.services:
            service.kill()


def test_a_service_lives_through_all_that_happens_to_its_postgresql(world: World, own: PrivatePostgreSQL) -> None:
    own.stop()
    service = world.service().start(ready=False)
    until("it waits for its state", lambda: "trying again" in service.tail(), 20)
    own.start()
    until("it is ready", service.ready, 30)
    database = world.environment["STATE_DATABASE_URL"].rpartition("/")[2]
    with Traffic(world, ORDERS, seed=70) as traffic:
        traffic.allow(ORDERS)
        assert own.end_sessions(database)
        traffic.allow(ORDERS)
        service.kill()
        service.start()
        own.stop()
        until("it says so", lambda: any("the state" in why for why in service.reasons()), 20)
        assert service.process is not None
        assert service.process.poll() is None
        own.start()
        traffic.allow(ORDERS)
        until("it is ready again", service.ready, 30)
        own.send(signal.SIGSTOP)
        try:
            until("it says so", lambda: any("has not answered" in why for why in service.reasons()), 30)
        finally:
            own.send(signal.SIGCONT)
    until("everything is delivered", world.settled, 90, every=0.2)
    until("it is ready again", service.ready, 30)
    assert world.json("status")["capture"]["connected"]
    assert service.stop() == 0
    assert "Traceback" not in service.log.read_text()
    assert assert_equal(world) == ORDERS
