"""Two services of one shop, stopped, woken and killed at moments that nobody chose, while orders change state."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.demo.mariadb import PrivateMariaDB
from tests.faults.books import assert_equal
from tests.faults.frozen import send
from tests.faults.scale import FULL
from tests.faults.traffic import Traffic
from tests.integration.state.postgresql import PrivatePostgreSQL
from tests.world import World, a_schema, a_world, until

ROUNDS, ORDERS = 12, 120


@pytest.fixture(params=["postgresql", "one file", "two files"])
def world(
    request: pytest.FixtureRequest, mariadb: PrivateMariaDB, tmp_path: Path
) -> Iterator[tuple[World, dict[str, str]]]:
    """A world, and what the second service's environment says of its state."""
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path) as made:
        if request.param != "postgresql":
            own = {"STATE_DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"}
            yield made, own if request.param == "two files" else {}
            return
        server: PrivatePostgreSQL = request.getfixturevalue("postgresql")
        with server.database(f"random_{os.getpid()}_{schema}") as url:
            made.environment["STATE_DATABASE_URL"] = url
            yield made, {}
            for service in made.services:
                service.kill()


@pytest.mark.skipif(not FULL, reason="make faults runs it")
@pytest.mark.timeout(900)
def test_nothing_is_lost_and_nothing_twice(world: tuple[World, dict[str, str]]) -> None:
    made, other = world
    rng = random.Random(90)
    services = [made.service().start(), made.service(**other).start(ready=False)]
    with Traffic(made, ORDERS, seed=90) as traffic:
        for _ in range(ROUNDS):
            traffic.allow(ORDERS // ROUNDS * 3)
            time.sleep(rng.uniform(0.2, 1))  # a moment that nobody chose is what this test tries
            ready = [one for one in services if one.ready()]
            assert len(ready) < 2
            holder = ready[0] if ready else rng.choice(services)
            if rng.random() < 0.7:
                send(holder, signal.SIGSTOP)
                time.sleep(rng.choice([0.5, 2, 4, 5.5, 6.5, 8]))
                send(holder, signal.SIGCONT)
            else:
                holder.kill()
                holder.start(ready=False)
    until("one of them is the active one", lambda: any(one.ready() for one in services), 40)
    # with two files the other one may still have tasks that it cannot do
    if other:
        until("everything is delivered", lambda: settled(made, other), 120, every=0.5)
    else:
        until("everything is delivered", made.settled, 120, every=0.2)
    for service in services:
        assert service.stop() == 0
        assert "Traceback" not in service.log.read_text()
    assert assert_equal(made) == ORDERS


def settled(made: World, other: dict[str, str]) -> bool:
    """Whether the active one of two with states of their own has done everything that the shop has committed."""
    for environment in ({}, other):
        said = made.json("status", **environment)
        if said["capture"]["connected"]:
            tasks = said["tasks"]
            return not (tasks["waiting"] or tasks["running"] or tasks["retry"])
    return False
