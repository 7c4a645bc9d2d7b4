"""Recordings of real shops, where they are at hand: the database before, and every transaction in its order."""

from __future__ import annotations

import csv
import gzip
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from cdc.watch import WatchList
from sync.demo.mariadb import PrivateMariaDB

FOLDER = Path(__file__).parents[3] / "shared" / "magento" / "recordings"
ABSENT = f"no recordings of real shops in {FOLDER}"
ORDERS = ("sales_order", "sales_flat_order")

_END = b"/*!*/;\n"
_TABLE = re.compile(rb"Table_map: `[^`]*`\.`([^`]*)` mapped to number")
_NOT_PLAYED = re.compile(rb"/\*M?!\d+ SET @@session\.(gtid_domain_id|gtid_seq_no|server_id)=|/\*!\\C ")
"""Places in the log, which are the playing server's own, and a command to the client."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One committed transaction, or a statement that stands alone: what a server has to be told, in order.

    `tables` are those whose rows it names, without their schema.
    """

    scenario: str
    statements: tuple[bytes, ...]
    tables: frozenset[str]


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording: its name (`magento2`, `openmage`) and all of its transactions."""

    name: str
    transactions: tuple[Transaction, ...]

    @classmethod
    def read(cls, name: str) -> Recording:
        """Read one. Raises what `mariadb-binlog` and the disk raise."""
        folder = FOLDER / name
        found: list[Transaction] = []
        with (folder / "traces" / "INDEX.tsv").open() as index:
            for file, scenario in csv.reader(index, delimiter="\t"):
                found += _transactions(scenario, folder / "binlog" / file)
        return cls(name, tuple(found))

    def install(self, server: PrivateMariaDB) -> str:
        """Make the database as it was before the first transaction; its name."""
        with closing(server.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE IF NOT EXISTS magento CHARACTER SET utf8mb4")
            client = ["mariadb", "--no-defaults", "-uroot", "-S", str(server.socket), "--default-character-set=utf8mb4"]
            seed = gzip.decompress((FOLDER / self.name / "seed.sql.gz").read_bytes())
            subprocess.run([*client, "magento"], input=seed, check=True, capture_output=True)
            cursor.execute("SELECT table_schema FROM information_schema.tables WHERE table_name IN %s", (ORDERS,))
            ((schema,),) = cursor.fetchall()
            return str(schema)

    def places(self, watch: WatchList) -> list[int]:
        """After how many transactions something that is watched may have changed."""
        tables = {name for _, name in watch.tables}
        return [n for n, one in enumerate(self.transactions, 1) if one.tables & tables]


class Player:
    """Plays transactions into a server, one connection for all: the server must know each file's format event."""

    def __init__(self, server: PrivateMariaDB, schema: str, transactions: Sequence[Transaction]) -> None:
        self._connection = server.connect(schema)
        self._left = iter(transactions)
        with self._connection.cursor() as cursor:
            cursor.execute("SET @@session.pseudo_slave_mode=1")

    def play(self, count: int | None = None) -> int:
        """Play the next `count`, or all that are left; how many there were."""
        played = 0
        with self._connection.cursor() as cursor:
            while played != count and (one := next(self._left, None)) is not None:
                for statement in one.statements:
                    cursor.execute(statement)  # type: ignore[call-overload]  # DDL of any character set
                played += 1
        return played

    def end(self) -> int:
        """The sequence number of the newest transaction in the server's log: not every statement makes one."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT @@gtid_binlog_pos")
            ((place,),) = cursor.fetchall()
        return sequence(place)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()


def sequence(gtid: str | None) -> int:
    """The sequence number of the one GTID of a place."""
    return int((gtid or "0-0-0").split("-")[2])


def _transactions(scenario: str, file: Path) -> Iterator[Transaction]:
    dump = subprocess.run(["mariadb-binlog", str(file)], capture_output=True, check=True).stdout
    _, _, dump = dump.partition(b"DELIMITER /*!*/;\n")
    dump, _, _ = dump.rpartition(b"DELIMITER ;\n")
    before: list[bytes] = []
    tables: set[str] = set()
    open_one = False
    for piece in dump.split(_END):
        tables.update(name.decode() for name in _TABLE.findall(piece))
        statement = b"\n".join(line for line in piece.split(b"\n") if not line.startswith(b"#")).strip()
        if not statement or _NOT_PLAYED.match(statement):
            continue
        before.append(statement)
        word = statement.split(None, 1)[0].upper()
        if word in (b"START", b"BEGIN"):
            open_one = True
        elif word in (b"COMMIT", b"ROLLBACK") or (not open_one and not _sets_the_scene(word)):
            open_one = False
            yield Transaction(scenario, tuple(before), frozenset(tables))
            before, tables = [], set()


def _sets_the_scene(word: bytes) -> bool:
    return word in (b"BINLOG", b"SET", b"USE") or word.startswith(b"/*")
