"""A private MariaDB server in a temporary folder, gone without a trace when it is stopped."""

from __future__ import annotations

import atexit
import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import pymysql
import pymysql.cursors

BINLOG_SETTINGS = (
    "--log-bin=mysql-bin",
    "--binlog-format=ROW",
    "--binlog-row-image=FULL",
    "--binlog-row-metadata=FULL",
    "--binlog-checksum=CRC32",
    "--gtid-strict-mode=1",
    "--server-id=1",
)

COMMON_SETTINGS = (
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_general_ci",
    "--sync-binlog=0",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-buffer-pool-size=32M",
    "--innodb-file-per-table=0",  # Magento's tables are created and dropped twice as fast
    "--performance-schema=OFF",
)


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def in_memory(need: int = 4 * 1024**3) -> str | None:
    """A folder in memory with room for a server's files, if there is one: no statement waits for a disk there."""
    folder = Path("/dev/shm")  # noqa: S108 -- mkdtemp makes the name
    if "TMPDIR" in os.environ or not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < need:
        return None
    return str(folder)


def _found(program: str) -> str | None:
    """Where a program is; Debian keeps the server in /usr/sbin, which is not in the path of ordinary users."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")


def run_whole(command: list[str], *, given: bytes = b"") -> None:
    """Run a program to its end, `given` as its input; interrupted, it ends with all that it has started.

    mariadb-install-db is a script: killed alone, the server that it has started would go on writing files. Raises
    `RuntimeError` with the end of its complaints when it fails.
    """
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        out, err = process.communicate(given)
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()  # the pipes close when the last of them has ended
        raise
    if process.returncode:
        said = (err or out).decode(errors="replace")[-800:]
        raise RuntimeError(f"{Path(command[0]).name} failed:\n{said}")


class PrivateMariaDB:
    """Debian's mariadbd on a free loopback port, data in a temporary folder, root without a password.

    The folder is in memory where /dev/shm has 4 GB to spare, unless TMPDIR names another place.

    `options` go to mariadbd after the binlog settings, so they win. Raises `FileNotFoundError` when mariadb-server is
    not installed, and `RuntimeError` with the end of the server's log when it cannot be set up or does not come up.
    """

    def __init__(self, options: Iterable[str] = (), *, port: int | None = None) -> None:
        self.options = tuple(options)
        self.port = port or free_port()
        self.home = Path(tempfile.mkdtemp(prefix="magento-economic-db-", dir=in_memory()))
        self.socket = self.home / "s"
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self._remove_at_exit, os.getpid())
        self._user = f"--user={getpass.getuser() if os.geteuid() else 'root'}"
        try:
            self._initialise()
        except BaseException:
            self.remove()
            raise

    def _initialise(self) -> None:
        """Make the data folder."""
        for program in ("mariadb-install-db", "mariadbd"):
            if _found(program) is None:
                raise FileNotFoundError(f"{program} is missing: apt-get install mariadb-server")
        run_whole(
            [
                _found("mariadb-install-db") or "mariadb-install-db",
                "--no-defaults",
                self._user,
                f"--datadir={self.home / 'data'}",
                f"--tmpdir={self.home}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
            ]
        )

    def _command(self) -> list[str]:
        """The server's program and its settings; where its files and its port are comes behind."""
        return [_found("mariadbd") or "mariadbd", "--no-defaults", *COMMON_SETTINGS, *BINLOG_SETTINGS]

    def start(self, timeout: float = 30) -> Self:
        """Start the server and wait until it answers."""
        self._process = subprocess.Popen(
            [
                *self._command(),
                self._user,
                f"--datadir={self.home / 'data'}",
                f"--tmpdir={self.home}",  # what a killed server leaves there goes with it
                f"--socket={self.socket}",
                f"--pid-file={self.home / 'pid'}",
                f"--log-error={self.home / 'error.log'}",
                f"--port={self.port}",
                "--bind-address=127.0.0.1",
                *self.options,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is for the command, which stops the server itself
        )
        self._wait(timeout)
        return self

    def connect(
        self, database: str | None = None, *, autocommit: bool = True
    ) -> pymysql.Connection[pymysql.cursors.Cursor]:
        """A connection as root."""
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user="root",
            database=database,
            charset="utf8mb4",
            autocommit=autocommit,
            init_command="SET time_zone='+00:00', sql_mode=''",  # as Magento connects
        )

    def url(self, database: str, user: str = "root", password: str = "") -> str:
        """The database as a MAGENTO_DATABASE_URL."""
        login = f"{user}:{password}" if password else user
        return f"mysql+pymysql://{login}@127.0.0.1:{self.port}/{database}"

    def stop(self, *, kill: bool = False) -> None:
        """Stop the server but keep its data, so that `start` goes on where it was."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        self._process.wait(60)
        self._process = None

    def remove(self) -> None:
        """Stop the server and delete its data. Happens by itself when the interpreter exits."""
        self.stop(kill=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def _wait(self, timeout: float) -> None:
        """Wait until the server answers. Raises `RuntimeError` with the end of its log when it does not."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                self.connect().close()
            except pymysql.MySQLError:
                log = self._failed()
                if log is not None or time.monotonic() > deadline:
                    self.stop()
                    raise RuntimeError(f"the private MariaDB did not start:\n{log or 'no answer in time'}") from None
                time.sleep(0.02)  # a starting server tells nobody when it is ready
            else:
                return

    def _failed(self) -> str | None:
        """The end of the log of a server that has ended by itself; None while it runs."""
        if self._process is None or self._process.poll() is None:
            return None
        return (self.home / "error.log").read_text(errors="replace")[-800:]

    def _remove_at_exit(self, owner: int) -> None:
        if os.getpid() == owner:  # a forked child leaves its parent's server alone
            self.remove()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.remove()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()
