"""A Magento server that takes connections and answers nothing more: the service still ends in time."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.demo.mariadb import PrivateMariaDB
from tests.servers import private_server
from tests.world import World, a_schema, a_world, until

STOP_TIMEOUT = 4


@pytest.fixture
def server() -> Iterator[PrivateMariaDB]:
    """A server of its own, which may be stopped."""
    with private_server() as started:
        yield started


@pytest.fixture
def world(server: PrivateMariaDB, tmp_path: Path) -> Iterator[World]:
    with a_schema(server) as schema, a_world(server, schema, tmp_path) as made:
        yield made


def test_sigterm_ends_the_service_in_time_when_the_server_hangs(world: World, server: PrivateMariaDB) -> None:
    service = world.service(STOP_TIMEOUT=str(STOP_TIMEOUT)).start()
    pid = int(server_pid(world))
    os.kill(pid, signal.SIGSTOP)
    try:
        until("the service has noticed", lambda: not service.ready(), 30)
        began = time.monotonic()
        assert service.stop() == 0
        assert time.monotonic() - began < STOP_TIMEOUT + 1
    finally:
        os.kill(pid, signal.SIGCONT)


def server_pid(world: World) -> str:
    """The server's process id."""
    file = str(world.sql("SELECT @@pid_file")[0][0])
    folder = str(world.sql("SELECT @@datadir")[0][0])
    return (Path(folder) / file).read_text().strip()
