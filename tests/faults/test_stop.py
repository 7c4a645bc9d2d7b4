"""SIGTERM with calls in flight, and a standby that takes over from a process that is stopped."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from cdc.lock import lock_name
from sync.demo.mariadb import PrivateMariaDB
from tests.faults.books import assert_equal
from tests.faults.traffic import Traffic
from tests.world import Service, World, a_schema, a_world, until

STOP_TIMEOUT = 4
LONG = 9


@pytest.fixture
def world(mariadb: PrivateMariaDB, tmp_path: Path) -> Iterator[World]:
    """A world for each test."""
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path) as made:
        yield made


@pytest.mark.parametrize("seconds", [0.3, 1, LONG], ids=["soon answered", "answered in time", "never answered in time"])
def test_sigterm_ends_with_0_within_its_deadline_with_calls_in_flight(world: World, seconds: float) -> None:
    service = world.service(STOP_TIMEOUT=str(STOP_TIMEOUT)).start()
    world.faults({"fault": "latency", "method": "POST", "seconds": seconds})
    with Traffic(world, 12, seed=1):
        pass
    until("calls are in flight", lambda: in_flight(world) > 1, 20)
    began = time.monotonic()
    assert service.stop() == 0
    assert time.monotonic() - began < STOP_TIMEOUT + 2  # a busy machine takes a second to end a process
    log = service.log.read_text()
    assert "Traceback" not in log
    world.faults()
    if seconds == LONG:
        # the requests that are still on their way have their effect after the process has gone
        assert "stopping without" in log
        until("they have arrived", lambda: not in_flight(world), 20, every=0.5)
    service.start()
    until("everything is delivered", world.settled, 60, every=0.2)
    assert service.stop() == 0
    assert assert_equal(world) == 12


def in_flight(world: World) -> int:
    """Writes that are not answered yet."""
    return sum(1 for request in world.requests() if request["method"] != "GET" and request["status"] is None)


def test_standby_takes_over_within_10_s_from_a_process_that_is_stopped(world: World) -> None:
    first = world.service().start()
    second = world.service().start(ready=False)
    until("the second stands by", lambda: says(second, "standby"), 20)
    world.faults({"fault": "latency", "method": "POST", "seconds": 0.2})
    with Traffic(world, 20, seed=1):
        pass
    until("calls are in flight", lambda: in_flight(world) > 0, 20)
    stop_between_writes(world, first)
    holder = lock_holder(world)
    until("another session holds the shop's lock", lambda: lock_holder(world) not in (None, holder), 10)
    until("the second is active", second.ready, 40)
    with Traffic(world, 10, seed=2):
        pass
    until("everything is delivered", world.settled, 60, every=0.2)
    assert assert_equal(world) == 30
    # the first wakes up: it writes nothing more and stands by
    send(first, signal.SIGCONT)
    until("the first has noticed", lambda: says(first, "standby"), 20)
    with Traffic(world, 10, seed=3):
        pass
    until("everything is delivered", world.settled, 60, every=0.2)
    assert first.stop() == 0
    assert second.stop() == 0
    assert assert_equal(world) == 40


def lock_holder(world: World) -> int | None:
    """The session on Magento's server that holds the shop's lock."""
    name = lock_name(world.schema, "default")
    ((holder,),) = world.sql("SELECT IS_USED_LOCK(%s)", name)
    return None if holder is None else int(holder)


def send(service: Service, number: signal.Signals) -> None:
    """Send a signal."""
    assert service.process is not None
    service.process.send_signal(number)


def stopped(service: Service) -> bool:
    """Whether SIGSTOP has reached every thread: it takes effect some time after it was sent."""
    assert service.process is not None
    threads = Path(f"/proc/{service.process.pid}/task").iterdir()
    return all("State:\tT" in (thread / "status").read_text() for thread in threads)


def stop_between_writes(world: World, service: Service) -> None:
    """SIGSTOP. A process that is stopped in the middle of a commit keeps SQLite's lock, whoever takes over."""
    for _ in range(50):
        send(service, signal.SIGSTOP)
        until("every thread has stopped", lambda: stopped(service), 10, every=0.005)
        with closing(sqlite3.connect(world.folder / "state.db", timeout=0)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.rollback()
            except sqlite3.OperationalError:
                send(service, signal.SIGCONT)
                time.sleep(0.02)  # the process goes on and ends its commit
            else:
                return
    raise AssertionError("it writes all the time")


def test_two_with_separate_state_files_exclude_each_other(world: World) -> None:
    first = world.service().start()
    second = world.service(STATE_DATABASE_URL=f"sqlite:///{world.folder / 'other.db'}").start(ready=False)
    until("the second stands by", lambda: says(second, "standby"), 20)
    with Traffic(world, 10, seed=1):
        pass
    until("everything is delivered", world.settled, 60, every=0.2)
    assert says(second, "another process is the shop's active one")
    assert second.stop() == 0
    assert first.stop() == 0
    assert assert_equal(world) == 10


def says(service: Service, word: str) -> bool:
    """Whether a word is among the reasons why it is not ready."""
    try:
        return any(word in why for why in service.reasons())
    except httpx.HTTPError:  # not up yet
        return False
