"""A private PostgreSQL server from Debian's package, for the tests that run on both databases."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
import pytest

from sync.demo.mariadb import free_port

USER = "state"


@contextmanager
def a_postgresql() -> Iterator[PrivatePostgreSQL]:
    """A server of one's own; skips the test when PostgreSQL is not installed."""
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with PrivatePostgreSQL(found) as server:
        yield server


def programs() -> Path | None:
    """Where the newest installed server's programs are; None when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    return found[-1].parent if found else None


class PrivatePostgreSQL:
    """PostgreSQL on a free loopback port, data in a temporary folder, without a password."""

    def __init__(self, bin_folder: Path) -> None:
        self._bin = bin_folder
        self._home = Path(tempfile.mkdtemp(prefix="magento-economic-pg-"))
        self.port = free_port()
        # the server refuses to run as root; Debian's package made a user for it
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self._home, self._user)

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/state"

    def connect(self, database: str = "state") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host="127.0.0.1", port=self.port, user=USER, dbname=database, autocommit=True)

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """A database of its own, by its URL; dropped afterwards, whoever is still connected."""
        with self.connect("postgres") as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        yield f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"
        with self.connect("postgres") as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def end_sessions(self, database: str = "state") -> int:
        """End every session of a database; how many."""
        with self.connect("postgres") as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database]
            )
            return ended.rowcount

    def empty(self) -> None:
        """Leave the tables, if they are there, without rows."""
        with self.connect() as connection:
            for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
                if row[0] != "alembic_version":
                    connection.execute(f'DELETE FROM "{row[0]}"')

    def __enter__(self) -> Self:
        data = self._home / "data"
        self._run([self._bin / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"])
        self.start()
        with self.connect("postgres") as connection:
            connection.execute("CREATE DATABASE state")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = [f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self._home}"]
        options += ["fsync=off", "shared_buffers=16MB", "max_connections=120"]
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._home / "data", *(p for one in options for p in ("-c", one))],
                user=self._user,
                cwd=self._home,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End it as an administrator does who does not wait for its clients."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the server and to every process of its sessions."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for pid in (self._process.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _run(self, command: Sequence[object]) -> None:
        subprocess.run(
            [str(part) for part in command], user=self._user, cwd=self._home, check=True, capture_output=True
        )
