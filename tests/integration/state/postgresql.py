"""A private PostgreSQL server from Debian's package, for the tests that run on both databases."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from sync.demo.mariadb import free_port

USER = "state"


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

    def empty(self) -> None:
        """Leave the tables, if they are there, without rows."""
        with self.connect() as connection:
            for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
                if row[0] != "alembic_version":
                    connection.execute(f'DELETE FROM "{row[0]}"')

    def __enter__(self) -> Self:
        data = self._home / "data"
        self._run([self._bin / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"])
        self._log = (self._home / "log").open("wb")
        options = [f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self._home}"]
        options += ["fsync=off", "shared_buffers=16MB", "max_connections=120"]
        self._process = subprocess.Popen(
            [str(self._bin / "postgres"), "-D", str(data), *(part for option in options for part in ("-c", option))],
            user=self._user,
            cwd=self._home,
            stdout=self._log,
            stderr=self._log,
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                with self.connect("postgres") as connection:
                    connection.execute("CREATE DATABASE state")
                    return self
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.05)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._log.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def _run(self, command: Sequence[object]) -> None:
        subprocess.run(
            [str(part) for part in command], user=self._user, cwd=self._home, check=True, capture_output=True
        )
