"""A full disk, a locked and a damaged state file: said at once, nothing lost, nothing twice."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sync.demo.mariadb import PrivateMariaDB
from tests.faults.books import assert_equal
from tests.faults.traffic import Traffic
from tests.world import Service, World, a_schema, a_world, until


@pytest.fixture
def world(mariadb: PrivateMariaDB, tmp_path: Path) -> Iterator[World]:
    """A world for each test."""
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path) as made:
        yield made


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB; the write-ahead log alone takes up to 4."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("a disk that can be filled needs the right to mount one")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def says(service: Service, word: str) -> bool:
    """Whether a word is among the reasons why it is not ready."""
    return any(word in why for why in service.reasons())


def test_a_full_disk_is_reported_and_loses_nothing(world: World, disk: Path) -> None:
    world.environment["STATE_DATABASE_URL"] = f"sqlite:///{disk / 'state.db'}"
    service = world.service().start()
    with Traffic(world, 10, seed=1) as traffic:
        traffic.allow(8)
        filler = disk / "filler"
        fill(filler)
        traffic.allow(8)
        until("it says so", lambda: says(service, "full"), 30)
    assert service.process is not None
    assert service.process.poll() is None
    filler.unlink()
    until("everything is delivered", world.settled, 60, every=0.2)
    until("it is ready again", service.ready, 30)
    assert "Traceback" not in service.log.read_text()
    assert service.stop() == 0
    assert assert_equal(world) == 10


def test_a_state_file_that_another_process_locks_is_reported_and_loses_nothing(world: World) -> None:
    service = world.service().start()
    with Traffic(world, 20, seed=2) as traffic:
        traffic.allow(10)
        with closing(sqlite3.connect(world.folder / "state.db", timeout=30)) as other:
            other.execute("BEGIN IMMEDIATE")
            traffic.allow(10)
            until("it says so", lambda: says(service, "locked"), 30)
            other.rollback()
    until("everything is delivered", world.settled, 60, every=0.2)
    until("it is ready again", service.ready, 30)
    assert "Traceback" not in service.log.read_text()
    assert service.stop() == 0
    assert assert_equal(world) == 20


@pytest.mark.parametrize("damage", ["cut off", "overwritten", "emptied"])
def test_a_damaged_state_file_is_refused_with_what_to_do(world: World, damage: str) -> None:
    service = world.service().start()
    with Traffic(world, 5, seed=3):
        pass
    until("everything is delivered", world.settled, 60, every=0.2)
    assert service.stop() == 0
    file = world.folder / "state.db"
    shutil.copy(file, world.folder / "backup.db")
    content = file.read_bytes()
    if damage == "cut off":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "overwritten":
        half = len(content) // 2
        file.write_bytes(content[:4096] + b"\x5a" * (half - 4096) + content[half:])
    else:
        file.write_bytes(b"")
    sent = len(world.requests())
    done = world.command("run", code=2, HTTP_PORT="0")
    assert "Traceback" not in done.stderr
    assert "state.db" in done.stderr
    assert "damaged" in done.stderr
    assert "backup" in done.stderr
    assert len(world.requests()) == sent or all(r["method"] == "GET" for r in world.requests()[sent:])

    # a backup from before: what was sent since is looked up, not sent again
    for leftover in ("state.db-wal", "state.db-shm"):
        (world.folder / leftover).unlink(missing_ok=True)
    shutil.copy(world.folder / "backup.db", file)
    service.start()
    with Traffic(world, 5, seed=4):
        pass
    until("everything is delivered", world.settled, 60, every=0.2)
    assert service.stop() == 0
    assert assert_equal(world) == 10


def test_a_state_file_that_is_removed_while_it_is_in_use_is_written_again(world: World) -> None:
    service = world.service().start()
    with Traffic(world, 12, seed=8) as traffic:
        traffic.allow(10)
        until("something is linked", lambda: links(world) > 2, 30)
        for file in world.folder.glob("state.db*"):
            file.unlink()
        traffic.allow(10)
        assert service.process is not None
        assert service.process.wait(30) == 2
        log = service.log.read_text()
        assert "state.db was removed or exchanged while the service ran; it was written again" in log
        assert "Traceback" not in log
        assert links(world) > 2
        service.start()
    until("everything is delivered", world.settled, 60, every=0.2)
    assert service.stop() == 0
    assert assert_equal(world) == 12


def links(world: World) -> int:
    """How many documents are linked."""
    with world.state() as state:
        return sum(state.links_by_kind().values())


def test_an_older_state_put_back_makes_nothing_twice(world: World) -> None:
    service = world.service().start()
    with Traffic(world, 10, seed=5):
        pass
    until("everything is delivered", world.settled, 60, every=0.2)
    assert service.stop() == 0
    file = world.folder / "state.db"
    shutil.copy(file, world.folder / "backup.db")
    service.start()
    with Traffic(world, 20, seed=6):
        pass
    until("everything is delivered", world.settled, 60, every=0.2)
    service.kill()
    for leftover in ("state.db-wal", "state.db-shm"):
        (world.folder / leftover).unlink(missing_ok=True)
    shutil.copy(world.folder / "backup.db", file)
    service.start()
    with Traffic(world, 5, seed=7):
        pass
    until("everything is delivered", world.settled, 60, every=0.2)
    assert service.stop() == 0
    assert assert_equal(world) == 35


def fill(path: Path) -> None:
    """Write until the disk is full."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return
