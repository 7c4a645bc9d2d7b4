"""`python -m tests.bench.reader`: the binlog reader, mysql-replication's own filter, and a loop that only receives.

Each reads the same binlog file in a process of its own. What is compared is CPU seconds (user and system) from the
dump request to the log's end; wall time says more about the server and the machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import struct
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pymysqlreplication
from pymysqlreplication.row_event import DeleteRowsEvent, UpdateRowsEvent, WriteRowsEvent

from cdc.binlog import BinlogReader
from cdc.binlog_connection import Opener
from cdc.binlog_stream import Stream
from cdc.connect import Database
from cdc.layout import Layout
from cdc.position import LogPlace, Position
from cdc.watch import WatchList, watched_tables
from sync.demo.mariadb import PrivateMariaDB

_library: Any = pymysqlreplication  # it has no types
ROUNDS = 3
TABLES = ("sales_order", "sales_order_item", "catalog_product_entity_varchar")


@dataclass(frozen=True, slots=True)
class Log:
    """What is read: a server's binlog from `begin` (GTIDs `gtid_set`) to the GTIDs `end`."""

    url: str
    file: str
    offset: int
    gtid_set: str
    end: str


@dataclass(frozen=True, slots=True)
class Read:
    """How a reading went. `rows`, `events` and bytes (`size`) are 0 where nobody counts them; MB of resident memory."""

    cpu: float
    peak_mb: float
    rows: int = 0
    events: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Compared:
    """One file read three ways, and `gigabytes` of it read by ours in one process."""

    server: str
    library: Read
    bare: Read
    ours: Read
    gigabytes: float
    first_mb: float
    last_mb: float


def cpu() -> float:
    """Seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def memory(what: str = "VmRSS") -> float:
    """Resident MB of this process, or its peak (`VmHWM`)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith(what)).split()[1]) / 1024


def library(log: Log) -> Read:
    """mysql-replication with its own filter: three tables, row events only."""
    database = Database.parse(log.url)
    began, rows = cpu(), 0
    reader = _library.BinLogStreamReader(
        connection_settings={"host": database.host, "port": database.port, "user": database.user},
        server_id=4_000_011,
        log_file=log.file,
        log_pos=log.offset,
        resume_stream=True,
        only_events=[WriteRowsEvent, UpdateRowsEvent, DeleteRowsEvent],
        only_tables=list(TABLES),
        only_schemas=[database.database],
    )
    for event in reader:
        rows += len(event.rows)
    return Read(cpu() - began, memory("VmHWM"), rows)


def bare(log: Log) -> Read:
    """A loop that receives into a large buffer and looks at each packet's head, no more."""
    opener = Opener("10.11")
    Stream(Database.parse(log.url), opener, 4_000_012, LogPlace(log.file, log.offset)).packets()
    receive, began = opener.socket().recv_into, cpu()
    buffer = bytearray(1 << 20)
    view, unpack = memoryview(buffer), struct.Struct("<IB4xBIII").unpack_from
    at = end = events = size = 0
    status = 0
    while status == 0:
        while end - at >= 9:
            head, status, _kind, _server, _length, _place = unpack(buffer, at)
            stop = at + 4 + (head & 0xFFFFFF)
            if stop > end or status:
                break
            events += 1
            at = stop
        buffer[: end - at] = buffer[at:end]
        at, end = 0, end - at
        if status == 0:
            count = receive(view[end:-22])
            end += count
            size += count
    taken = cpu() - began
    opener.close()
    return Read(taken, memory("VmHWM"), events=events, size=size)


def ours(log: Log) -> Read:
    """The reader as the service runs it."""
    position = Position(log.gtid_set, LogPlace(log.file, log.offset))
    reader = BinlogReader(log.url, watch(log.url))
    connected = 0.0
    packets: Any = Stream.packets

    def asked(stream: Stream) -> Any:
        nonlocal connected
        found = packets(stream)
        connected = cpu()
        return found

    patched: Any = Stream
    patched.packets = asked
    try:
        for item in reader.transactions(position, threading.Event()):
            if item.position is not None and item.position.gtid_set == log.end:
                break
    finally:
        patched.packets = packets
    return Read(cpu() - connected, memory("VmHWM"), reader.status.counters.rows)


def again_and_again(log: Log, size: int, gigabytes: float) -> tuple[float, float, float]:
    """Read the file (`size` bytes) until so many GB have been read: those, and MB after the first and the last time."""
    ours(log)
    first, read = memory(), size
    while read < gigabytes * 1e9:
        ours(log)
        read += size
    return read / 1e9, first, memory()


def watch(url: str) -> WatchList:
    """Everything that the service watches in a Magento 2 shop."""
    schema = Database.parse(url).database
    return watched_tables(Layout(edition="magento2", prefix="", schema=schema, msi=True, row_id=False, tables={}))


def compare(server: str, log: Log, gigabytes: float) -> Compared:
    """Everything once, the quick ones several times in turn; the median counts."""
    turns = [(_apart("bare", log), _apart("ours", log)) for _ in range(ROUNDS)]
    quick = [statistics.median_low([turn[i]["cpu"] for turn in turns]) for i in (0, 1)]
    receiving, reading = (Read(**next(turn[i] for turn in turns if turn[i]["cpu"] == quick[i])) for i in (0, 1))
    long = _apart("again", log, receiving.size, gigabytes)
    return Compared(server, Read(**_apart("library", log)), receiving, reading, **long)


def _apart(what: str, log: Log, *numbers: float) -> dict[str, Any]:
    """What one reader measured, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.reader", "--only", what, json.dumps(asdict(log)), *map(str, numbers)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def _only(what: str, log: Log, size: float, gigabytes: float) -> dict[str, Any]:
    if what == "again":
        read, first, last = again_and_again(log, int(size), gigabytes)
        return {"gigabytes": read, "first_mb": first, "last_mb": last}
    return asdict({"library": library, "bare": bare, "ours": ours}[what](log))


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="reader", description=__doc__)
    parser.add_argument("--orders", type=int, default=5_000, help="orders in the log; 5,000 are one usual file")
    parser.add_argument("--gigabytes", type=float, default=1.0, help="how much one process reads to show flat memory")
    parser.add_argument("--only", choices=("library", "bare", "ours", "again"), help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs="*", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.only:
        log, *numbers = asked.rest
        size, gigabytes = (float(number) for number in (*numbers, "0", "0")[:2])
        print(json.dumps(_only(asked.only, Log(**json.loads(log)), size, gigabytes)))  # noqa: T201
        return 0
    from rich.console import Console  # the readers' own processes stay small

    from tests.bench import report
    from tests.bench.world import database

    console, began = Console(highlight=False), time.monotonic()
    with database() as server:
        with Console(stderr=True).status("a shop's binlog is written and read"):
            compared = measure(server, asked.orders, asked.gigabytes)
        report.show(console, report.machine(compared.server), time.monotonic() - began, report.reader_figures(compared))
    return 0


def measure(server: PrivateMariaDB, orders: int, gigabytes: float) -> Compared:
    """Write the load and compare."""
    from tests.bench import binlog_load

    load = binlog_load.write_load(server, "bench", orders)
    log = Log(
        server.url("bench"),
        load.begin.place.file,
        load.begin.place.offset,
        load.begin.gtid_set or "",
        load.end.gtid_set or "",
    )
    return compare(load.version, log, gigabytes)


if __name__ == "__main__":
    sys.exit(main())
