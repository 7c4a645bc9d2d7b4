"""The bench's figures as a table for people and as JSON, each beside its target."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench.phases import AtOnce, Calls, Latency, Throughput
from tests.bench.reader import Compared
from tests.bench.stock import POLL, Stock
from tests.bench.world import percentile

COMMIT_TO = "commit to "
LIBRARIES = ("mysql-replication", "PyMySQL", "SQLAlchemy", "httpx", "pydantic")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line. `target` is (`<` or `>=`, limit) in the figure's unit."""

    name: str
    value: float
    unit: str
    target: tuple[str, float] | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        relation, limit = self.target
        return {"<": self.value < limit, "<=": self.value <= limit, ">=": self.value >= limit}[relation]


def figures(instant: AtOnce, delayed: Latency, fast: Throughput) -> list[Figure]:
    """Everything that was measured."""
    return [
        *_latency("answers at once", instant.latency, first_target=("<", 50)),
        *_latency("answers after 100 ms", delayed, first_target=("<", 50)),
        Figure(
            "orders delivered, 100 ms answers",
            fast.per_minute,
            "a minute",
            note=f"{fast.orders} orders placed to booked, {fast.requests / fast.orders:.1f} requests each",
        ),
        Figure(
            "ceiling of the parallelism",
            fast.ceiling,
            "a minute",
            note=f"{fast.parallelism} at once / ({fast.requests / fast.orders:.1f} requests x 0.1 s)",
        ),
        Figure("share of the ceiling", fast.share * 100, "%", (">=", 85)),
        Figure("memory idle", instant.idle_mb, "MB", ("<", 90), "3 s after it was ready"),
        Figure("memory busy", fast.busy_mb, "MB", None, f"while it delivered; peak since its start {fast.peak_mb:.0f}"),
        *_calls("a new guest", instant.guest, 6, 4),
        *_calls("a known customer", instant.customer, 5, 4),
    ]


def stock_figures(measured: Stock) -> list[Figure]:
    """What was measured of stock on its way back."""
    names = {"by webhook": measured.webhook, f"by poll every {POLL} s": measured.poll}
    return [
        *(
            Figure(
                f"stock change to Magento's commit, {name}, {what}",
                percentile(values, share),
                "ms",
                ("<", 100) if (name, what) == ("by webhook", "p50") else None,
                f"{len(values)} changes",
            )
            for name, values in names.items()
            for what, share in (("p50", 0.5), ("p99", 0.99))
        ),
        Figure(
            "time under the row lock while customers buy, p99",
            measured.held_p99,
            "ms",
            ("<=", 20),
            f"{measured.held_writes} writes beside {measured.checkouts:.0f} checkouts a second",
        ),
        Figure("SKUs written by a pull", measured.pulled_per_second, "a second", (">=", 300), "all of 3000 differ"),
        Figure(
            "SKUs written by the service",
            measured.per_second,
            "a second",
            None,
            f"{measured.written} at once, each of which comes back through the binlog meanwhile",
        ),
        Figure(f"sweep of {measured.products} products", measured.sweep_seconds, "s", None, "nothing to write"),
        Figure("calls of a sweep", measured.sweep_calls, "", ("<=", 110)),
        Figure("memory of a sweep", measured.sweep_mb, "MB", None, "peak of the whole process"),
    ]


def reader_figures(measured: Compared) -> list[Figure]:
    """What was measured of the binlog reader."""
    library, bare, ours = measured.library, measured.bare, measured.ours
    assert library.rows == ours.rows, "both must have read the same"
    load = f"{bare.events:,} events, {bare.size / 1e6:.0f} MB, of which {ours.rows:,} rows are watched"
    grown = measured.last_mb - measured.first_mb
    return [
        Figure("CPU of mysql-replication's own filter", library.cpu * 1000, "ms", None, load),
        Figure("CPU of a loop that only receives", bare.cpu * 1000, "ms"),
        Figure("CPU of the reader", ours.cpu * 1000, "ms", None, f"{bare.events / ours.cpu:,.0f} events a second"),
        Figure("mysql-replication / the reader", library.cpu / ours.cpu, "times", (">=", 40)),
        Figure("the reader / only receiving", ours.cpu / bare.cpu, "times", ("<=", 2)),
        Figure("memory of the reader alone", measured.last_mb, "MB", ("<", 70), f"after {measured.gigabytes:.1f} GB"),
        Figure("memory that it gained meanwhile", grown, "MB", ("<", 3), "since the first file"),
    ]


def _latency(when: str, measured: Latency, *, first_target: tuple[str, float]) -> list[Figure]:
    names = {
        "first request": measured.first_request,
        "draft order's POST": measured.order,
        "invoice's POST": measured.invoice,
        "booking's POST": measured.booking,
    }
    return [
        Figure(
            f"{COMMIT_TO}{name}, {when}, {what}",
            percentile(values, share),
            "ms",
            first_target if (name, what) == ("first request", "p50") else None,
            str(len(values)),
        )
        for name, values in names.items()
        for what, share in (("p50", 0.5), ("p99", 0.99))
    ]


def _calls(who: str, calls: Calls, writes: int, reads: int) -> list[Figure]:
    def mean(values: Sequence[int]) -> str:
        return f"mean {sum(values) / len(values):.2f} of {len(values)} orders"

    return [
        Figure(f"most writes for an order of {who}", max(calls.writes), "", ("<=", writes), mean(calls.writes)),
        Figure(f"most reads for an order of {who}", max(calls.reads), "", ("<=", reads), mean(calls.reads)),
    ]


def machine(server: str) -> dict[str, Any]:
    """Where it was measured. `load` is the machine's load average of the last minute, before the bench began."""
    model = ""
    cpus = Path("/proc/cpuinfo")
    if cpus.exists():
        lines = cpus.read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {
        "cpu": model or platform.processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "server": server,
        "sqlite": sqlite3.sqlite_version,
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def as_json(where: dict[str, Any], seconds: float, found: Sequence[Figure]) -> dict[str, Any]:
    """Everything as JSON values."""
    return {
        "machine": where,
        "seconds": round(seconds, 1),
        "figures": [
            {
                "name": one.name,
                "value": round(one.value, 2),
                "unit": one.unit,
                "target": None if one.target is None else f"{one.target[0]} {one.target[1]:g}",
                "met": one.met,
                "note": one.note,
            }
            for one in found
        ],
    }


def show(console: Console, where: dict[str, Any], seconds: float, found: Sequence[Figure]) -> None:
    """Everything as a table."""
    libraries = ", ".join(f"{name} {number}" for name, number in where["libraries"].items())
    console.print(f"{where['cpu']}, {where['cores']} cores, load {where['load']}; {where['system']}")
    console.print(f"Python {where['python']}, {where['server']}, SQLite {where['sqlite']}; {libraries}")
    timed = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    timed.add_column("milliseconds from commit to")
    for name in ("p50", "p99", "samples"):
        timed.add_column(name, justify="right", no_wrap=True)
    timed.add_column("target", no_wrap=True)
    rows: dict[str, list[Figure]] = {}
    for one in found:
        if one.name.startswith(COMMIT_TO):
            rows.setdefault(one.name.removeprefix(COMMIT_TO).rpartition(", ")[0], []).append(one)
    for name, (half, nearly_all) in rows.items():
        timed.add_row(name, f"{half.value:.1f}", f"{nearly_all.value:.1f}", half.note, _target(half, "p50 "))
    if rows:
        console.print(timed)
    others = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    others.add_column("")
    others.add_column("", justify="right", no_wrap=True)
    others.add_column("target", no_wrap=True)
    others.add_column("how", style="dim")
    for one in found:
        if not one.name.startswith(COMMIT_TO):
            value = f"{one.value:.0f}" if one.unit == "" else f"{one.value:.1f} {one.unit}"
            others.add_row(one.name, value, _target(one), one.note)
    console.print(others)
    console.print(f"measured in {seconds:.0f} s; milliseconds by the clock of the machine that commits")


def _target(one: Figure, what: str = "") -> str:
    if one.target is None:
        return ""
    verdict = "[green]met[/]" if one.met else "[bold red]MISSED[/]"
    return f"{what}{one.target[0]} {one.target[1]:g} {verdict}"
