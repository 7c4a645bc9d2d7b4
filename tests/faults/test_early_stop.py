"""SIGTERM while the service is not up yet, and what a stop says."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sync.demo.mariadb import PrivateMariaDB
from tests.world import World, a_schema, a_world, until


@pytest.fixture
def world(mariadb: PrivateMariaDB, tmp_path: Path) -> Iterator[World]:
    """A world for each test."""
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path) as made:
        yield made


@contextmanager
def silent() -> Iterator[int]:
    """A port that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server.getsockname()[1]


def serves(world: World, **environment: str) -> int:
    """Start it, wait until its start-up checks have begun, stop it; its exit code."""
    service = world.service(**environment).start(ready=False)

    def live() -> bool:
        try:
            return service.ask("/health/live").status_code == 200
        except httpx.HTTPError:
            return False

    until("it serves", live, 20)
    return service.stop()


@pytest.mark.parametrize("hung", ["MAGENTO_DATABASE_URL", "MAGENTO_BINLOG_URL", "ECONOMIC_API_URL"])
def test_a_stop_during_the_first_checks_ends_with_0_and_complains_of_nothing(world: World, hung: str) -> None:
    with silent() as port:
        url = f"http://127.0.0.1:{port}" if hung == "ECONOMIC_API_URL" else f"mysql+pymysql://u:p@127.0.0.1:{port}/shop"
        assert serves(world, STOP_TIMEOUT="2", **{hung: url}) == 0
    log = (world.folder / "service.log").read_text()
    assert "WARNING" not in log
    assert "ERROR" not in log
    assert "Traceback" not in log
    assert log.splitlines()[-1].endswith("stopped")


def test_a_stop_is_no_loss_of_the_binlog(world: World) -> None:
    service = world.service().start()
    for _ in range(3):
        assert service.stop() == 0
        service.start()
    assert service.stop() == 0
    assert "binlog connection lost" not in service.log.read_text()


def test_a_pause_leaves_it_ready_and_is_named(world: World) -> None:
    service = world.service().start()
    assert service.ask("/health/ready").json() == {"ready": True, "reasons": [], "paused": []}
    world.command("pause", "--booking")
    until("it is named", lambda: service.ask("/health/ready").json()["paused"] == ["booking"])
    answer = service.ask("/health/ready")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    world.command("resume", "--booking")
    until("it has gone", lambda: service.ask("/health/ready").json()["paused"] == [])
    assert service.stop() == 0
