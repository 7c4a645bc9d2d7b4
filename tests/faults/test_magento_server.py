"""What happens to Magento's server happens on a server of its own: restarts, killed sessions, new logs, big bulks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pymysql
import pytest

from sync.demo.mariadb import PrivateMariaDB
from sync.state.tasks import TaskRow, TaskState
from tests.faults.books import assert_equal
from tests.faults.scale import of
from tests.faults.traffic import Traffic
from tests.servers import dialect, private_server
from tests.world import Service, World, a_schema, a_world, until

LIMIT_MB = 150
DURABLE = "--innodb-flush-log-at-trx-commit=1"
"""A server that is killed must not forget what it has committed, and shown in its log."""

BULK, NOISE = of(50_000, 15_000), of(200_000, 60_000)
"""Rows of a watched table that change at once, and of one that nobody watches."""
USER = "sidecar"


@pytest.fixture(scope="module")
def own() -> Iterator[PrivateMariaDB]:
    """Big enough for transactions of 200,000 rows."""
    with private_server(("--max-binlog-size=1G", "--innodb-buffer-pool-size=96M", DURABLE)) as server:
        yield server


@pytest.fixture
def world(own: PrivateMariaDB, tmp_path: Path) -> Iterator[World]:
    """A world on the file's own server."""
    with a_schema(own) as schema, a_world(own, schema, tmp_path) as made:
        yield made


class Sampled:
    """The most memory that a service had while the block lasted, in MB."""

    def __init__(self) -> None:
        self.most = 0.0


@contextmanager
def sampling(service: Service) -> Iterator[Sampled]:
    """Sample VmRSS every 20 ms."""
    sampled, over = Sampled(), threading.Event()

    def sample() -> None:
        while not over.wait(0.02):
            sampled.most = max(sampled.most, service.memory_mb())

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield sampled
    finally:
        over.set()
        thread.join()


def metric(service: Service, name: str) -> float:
    """One figure of /metrics."""
    text = service.ask("/metrics").text
    return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith(f"{name} "))


@pytest.mark.parametrize("kill", [False, True], ids=["restarted", "crashed"])
def test_magento_server_restarted_in_the_middle_of_the_stream(world: World, own: PrivateMariaDB, kill: bool) -> None:
    service = world.service().start()
    for seed in (1, 2):
        with Traffic(world, 15, seed=seed):
            pass
        own.stop(kill=kill)
        until("the service says so", lambda: any("binlog is not being read" in why for why in service.reasons()), 20)
        own.start()
        with Traffic(world, 10, seed=seed + 10):
            pass
    until("everything is delivered", world.settled, 60, every=0.2)
    until("it is ready again", service.ready, 30)
    assert service.stop() == 0
    assert assert_equal(world) == 50


def test_every_session_killed_and_the_log_flushed_in_the_middle_of_the_stream(world: World) -> None:
    service = world.service(MAGENTO_DATABASE_URL=world.user(USER, "geheim")).start()
    with Traffic(world, 60, seed=3) as traffic:
        for turn in range(10):
            traffic.allow(15)
            if turn % 2:
                world.sql("FLUSH BINARY LOGS")
            else:
                until("its log's and its lock's sessions are there", lambda: len(sessions(world)) > 1, 30)
                kill_sessions(world)
    until("everything is delivered", world.settled, 60, every=0.2)
    assert service.stop() == 0
    assert assert_equal(world) == 60


def sessions(world: World) -> list[int]:
    """The service's sessions: the one that reads the log, the lock's, those that load."""
    return [row[0] for row in world.sql("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = %s", USER)]


def kill_sessions(world: World) -> None:
    """KILL them all."""
    for number in sessions(world):
        with suppress(pymysql.MySQLError):  # it has ended meanwhile
            world.sql(f"KILL {number}")


@pytest.mark.slow
def test_many_rows_in_an_unwatched_and_in_a_watched_table_under_150_mb(world: World) -> None:
    columns = "state, status, store_id, customer_is_guest, customer_email, increment_id, created_at"
    world.sql(
        f"INSERT INTO sales_order ({columns}) SELECT 'complete', 'complete', 1, 1, 'old@example.com', "
        "CONCAT('OLD', seq), '1999-06-01 12:00:00' FROM "
        f"{numbers(world, BULK)}"
    )
    service = world.service().start()
    with Traffic(world, 5, seed=4):
        pass
    until("everything is delivered", world.settled, 30, every=0.2)
    with sampling(service) as sampled:
        world.sql("UPDATE sales_order SET customer_note = 'bulk' WHERE increment_id LIKE 'OLD%'")
        world.sql(
            "INSERT INTO report_event (event_type_id, object_id, subject_id, subtype, store_id) "
            f"SELECT 1, seq, seq, 0, 1 FROM {numbers(world, NOISE)}"
        )
        with Traffic(world, 5, seed=5):
            pass
        until("the end of the log is reached", lambda: caught_up(world), 60, every=0.2)
        until("lag is 0 again", lambda: metric(service, "magento_economic_capture_lag_seconds") == 0, 10)
        until("the new orders went before the bulk", lambda: not live(world), 60, every=1)
        waiting = counts(world)["waiting"]
        assert waiting > BULK / 5
        until("some of the bulk were looked at", lambda: counts(world)["waiting"] < waiting - BULK / 25, 60, every=0.5)
    assert sampled.most < LIMIT_MB
    assert service.stop() == 0
    assert {row.reason for row in world.tasks("skipped")} == {"before_go_live"}
    assert assert_equal(world, but=frozenset(f"OLD{n}" for n in range(1, BULK + 1))) == BULK + 10


def counts(world: World) -> dict[TaskState, int]:
    """Tasks by state."""
    with world.state() as state:
        return state.counts()


def numbers(world: World, last: int) -> str:
    with world.server.connect() as connection:
        return dialect.numbers(connection, last)


def live(world: World) -> list[TaskRow]:
    """The tasks that came after the bulk."""
    with world.state() as state:
        return [task for task in state.tasks(["waiting", "running", "retry"], limit=100_000) if int(task.key.id) > BULK]


def caught_up(world: World) -> bool:
    """Whether the stored position is the log's end."""
    with world.state() as state:
        return world.read(state.position())
