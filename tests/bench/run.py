"""`python -m tests.bench.run`: how fast the whole service is, on this machine, in one run."""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from dataclasses import dataclass

from rich.console import Console

from tests.bench import phases, reader, report
from tests.bench.stock import stock
from tests.bench.world import database


@dataclass(frozen=True, slots=True)
class Size:
    """How many orders each phase takes, how many changes of stock, how many products a sweep reads,
    and how many orders the binlog holds that is read."""

    at_once: int = 100
    late: int = 80
    throughput: int = 100
    stock: int = 60
    products: int = 100_000
    log: int = 5_000

    def scaled(self, factor: float) -> Size:
        """More or fewer of everything, at least six."""
        counts = (self.at_once, self.late, self.throughput, self.stock, self.products, self.log)
        return Size(*(max(6, round(count * factor)) for count in counts))


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 when `--strict` and a target is missed."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--scale", type=float, default=1.0, help="take that many times the usual orders")
    parser.add_argument("--seed", type=int, default=1, help="draw other orders")
    parser.add_argument("--strict", action="store_true", help="end with 1 when a target is missed")
    asked = parser.parse_args(arguments)
    size, rng = Size().scaled(asked.scale), random.Random(asked.seed)
    progress = Console(stderr=True)
    began = time.monotonic()
    with database() as server:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT VERSION()")
            row = cursor.fetchone()
        where = report.machine(f"MariaDB {row[0] if row else ''}")
        with progress.status(f"{size.at_once} orders one by one, answers at once"):
            instant = phases.at_once(server, size.at_once, rng)
        with progress.status(f"{size.late} orders at a steady pace, answers take 100 ms"):
            delayed = phases.late(server, size.late, rng)
        with progress.status(f"{size.throughput} orders as fast as it goes, answers take 100 ms"):
            fast = phases.throughput(server, size.throughput, rng)
        with progress.status(f"{size.stock} changes of stock, and a sweep of {size.products} products"):
            pulled = stock(server, size.stock, size.products)
        with progress.status("a shop's binlog, written and read"):
            compared = reader.measure(server, size.log, 1.0)
    seconds = time.monotonic() - began
    found = [
        *report.figures(instant, delayed, fast),
        *report.stock_figures(pulled),
        *report.reader_figures(compared),
    ]
    if asked.json:
        print(json.dumps(report.as_json(where, seconds, found), indent=2))  # noqa: T201
    else:
        report.show(Console(highlight=False), where, seconds, found)
    return 1 if asked.strict and any(one.met is False for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
