"""Servers that were unpacked into a folder instead of installed: each runs through its own loader and libraries."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from sync.demo.mariadb import BINLOG_SETTINGS, COMMON_SETTINGS, PrivateMariaDB, run_whole

MYSQL_SETTINGS = (
    *(setting for setting in COMMON_SETTINGS if "file-per-table" not in setting),
    *(setting for setting in BINLOG_SETTINGS if "strict" not in setting and "format" not in setting),
    "--gtid-mode=ON",
    "--enforce-gtid-consistency=ON",
    "--mysqlx=0",
    "--innodb-redo-log-capacity=8M",
    "--innodb-doublewrite=OFF",
    "--cte-max-recursion-depth=1000000",
    "--loose-restrict-fk-on-non-standard-key=OFF",  # 8.4 and later; Magento's own tables need it
)
COLLATION = "SET GLOBAL default_collation_for_utf8mb4 = 'utf8mb4_general_ci'"
"""MySQL's own default compares spaces at the end, Magento's collation does not."""

_EVERYWHERE = "CREATE USER root@'%'; GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;"
_BOOTSTRAP = (
    *("mariadb_system_tables", "mariadb_performance_tables", "mariadb_system_tables_data", "fill_help_tables"),
    *("maria_add_gis_sp_bootstrap", "mariadb_sys_schema"),
)


def cache() -> Path:
    """Where `scripts/test-servers` unpacks to: $TEST_SERVERS_CACHE, else a folder of the user's cache."""
    if given := os.environ.get("TEST_SERVERS_CACHE"):
        return Path(given)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "magento-economic" / "servers"


class _Unpacked(PrivateMariaDB):
    """A server under a folder of the cache. Its data folder is made once, kept beside it, and copied."""

    NAME: str
    SERVER: str

    @property
    def usr(self) -> Path:
        """The unpacked /usr."""
        return cache() / self.NAME / "usr"

    def program(self, name: str) -> list[str]:
        """The command that runs one of its programs, such as ``bin/mysqlbinlog``."""
        loader = next(self.usr.glob("lib/*/ld-linux-*.so.*"), None)
        if loader is None:
            raise FileNotFoundError(f"{self.NAME} is not in {cache()}: run `make test-servers` or scripts/test-servers")
        return [str(loader), "--library-path", str(loader.parent), str(self.usr / name)]

    def _initialise(self) -> None:
        self.program(self.SERVER)
        template = cache() / f"{self.NAME}-data"
        with (cache() / f".{self.NAME}-data.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not template.exists():
                making = Path(tempfile.mkdtemp(prefix=f".{self.NAME}-data-", dir=cache()))
                try:
                    self._make(making / "data")
                    (making / "data").rename(template)
                finally:
                    shutil.rmtree(making)
        shutil.copytree(template, self.home / "data")

    def _make(self, data: Path) -> None:
        """Make a data folder with root without a password."""
        raise NotImplementedError


class UnpackedMariaDB(_Unpacked):
    """MariaDB 11.8."""

    NAME = "mariadb-11.8"
    SERVER = "sbin/mariadbd"

    def _paths(self) -> list[str]:
        share = self.usr / "share"
        return [
            *self.program(self.SERVER),
            "--no-defaults",
            f"--basedir={self.usr}",
            f"--lc-messages-dir={share / 'mysql'}",
            f"--character-sets-dir={share / 'mysql' / 'charsets'}",
            f"--plugin-dir={self.usr / 'lib' / 'mysql' / 'plugin'}",
        ]

    def _command(self) -> list[str]:
        return [*self._paths(), *COMMON_SETTINGS, *BINLOG_SETTINGS]

    def _make(self, data: Path) -> None:
        data.mkdir()
        folder = next(self.usr.glob("share/*/mariadb_system_tables.sql")).parent
        sql = ["create database mysql;", "use mysql;", "SET @auth_root_socket=NULL;", "SET @skip_auth_anonymous=1;"]
        sql += [(folder / f"{name}.sql").read_text() for name in _BOOTSTRAP]
        run_whole([*self._paths(), self._user, "--bootstrap", f"--datadir={data}"], given="\n".join(sql).encode())


class PrivateMySQL(_Unpacked):
    """MySQL as Debian sid has it, with GTIDs unless `options` turn them off."""

    NAME = "mysql"
    SERVER = "sbin/mysqld"

    def _paths(self) -> list[str]:
        share = self.usr / "share" / "mysql"
        return [
            *self.program(self.SERVER),
            "--no-defaults",
            f"--basedir={self.usr}",
            f"--lc-messages-dir={share}",
            f"--character-sets-dir={share / 'charsets'}",
            f"--plugin-dir={self.usr / 'lib' / 'mysql' / 'plugin'}",
            "--secure-file-priv=NULL",
        ]

    def _command(self) -> list[str]:
        return [*self._paths(), *MYSQL_SETTINGS]

    def start(self, timeout: float = 30) -> PrivateMySQL:
        """Start the server and wait until it answers."""
        super().start(timeout)
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(COLLATION)
        return self

    def _make(self, data: Path) -> None:
        statements = data.parent / "root.sql"
        statements.write_text(_EVERYWHERE + "\n")
        run_whole(
            [
                *self._paths(),
                self._user,
                f"--datadir={data}",
                f"--init-file={statements}",
                "--innodb-redo-log-capacity=8M",
                "--initialize-insecure",
            ]
        )
        (data / "auto.cnf").unlink(missing_ok=True)  # each copy makes a UUID of its own
