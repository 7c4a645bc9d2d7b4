"""How fast e-conomic's stock reaches Magento's rows, and what a sweep of a large catalog costs."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import httpx

from econ_client.sandbox import SandboxServer
from econ_client.sandbox.seed import new_inventory
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB, free_port
from sync.demo.process import COMMAND, ServiceProcess
from sync.demo.tables import Tables
from sync.state import State, StockRow
from tests.bench.world import TOKEN, until
from tests.integration.pull.customers import Customers
from tests.integration.pull.till import Till

SECRET = "the-secret-of-the-bench"
CUSTOMERS_FOR = 10.0
POLL = 5
"""Seconds between two polls in the bench; the usual 15 only add to the wait."""


@dataclass(slots=True)
class Stock:
    """Milliseconds and more.

    `webhook` and `poll` are from e-conomic's change to the row's commit; within `held_p99` of them 99% of the writes
    beside busy checkouts let the row go. A sweep found nothing to write; `sweep_mb` is the peak of the whole process.
    """

    webhook: list[float] = field(default_factory=list)
    poll: list[float] = field(default_factory=list)
    per_second: float = 0.0
    written: int = 0
    products: int = 0
    sweep_calls: int = 0
    sweep_seconds: float = 0.0
    sweep_mb: float = 0.0
    pulled_per_second: float = 0.0
    held_p99: float = 0.0
    held_writes: int = 0
    checkouts: float = 0.0


class Shelves:
    """A shop with many simple products beside the sandbox, and what a command needs to know of both."""

    def __init__(self, everything: ExitStack, server: PrivateMariaDB, name: str, products: int) -> None:
        self.folder = Path(everything.enter_context(tempfile.TemporaryDirectory(prefix="magento-economic-bench-")))
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        install(server, name)
        self.connection = everything.enter_context(server.connect(name))
        self.sandbox = SandboxServer("demo")
        everything.callback(self.sandbox.stop)
        self.server, self.name = server, name
        self.skus = [f"BENCH-{number:06}" for number in range(products)]
        _stocked(Tables(self.connection), self.skus)
        for sku in self.skus:
            self.add(sku, 10)
        (self.folder / "profile.yaml").write_text(f"extends: sandbox\npull: {{every: {POLL}}}\n", encoding="utf-8")
        self.port = free_port()
        self.environment = {
            "MAGENTO_DATABASE_URL": server.url(name),
            "ECONOMIC_API_URL": self.sandbox.url,
            "ECONOMIC_APP_SECRET_TOKEN": TOKEN,
            "ECONOMIC_AGREEMENT_GRANT_TOKEN": TOKEN,
            "PROFILE": str(self.folder / "profile.yaml"),
            "STATE_DATABASE_URL": f"sqlite:///{self.folder / 'state.db'}",
            "HTTP_PORT": str(self.port),
            "WEBHOOK_SECRET": SECRET,
        }

    def add(self, sku: str, in_stock: int) -> None:
        """A product in e-conomic."""
        agreement = self.sandbox.agreement
        document = {"productNumber": sku, "name": sku, "productGroup": {"productGroupNumber": 1}, "barred": False}
        inventory = new_inventory() | {"inStock": Decimal(in_stock)}
        stamp = agreement.clock.stamp(minutes=True)
        agreement.products.put(sku, document | {"lastUpdated": stamp, "inventory": inventory})

    def command(self, *arguments: str) -> float:
        """Run a command; the peak of its memory in MB."""
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            env={**kept, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _peak(process.pid))
            time.sleep(0.05)  # nothing tells of the peak before the end, and after it the figure is gone
        assert process.returncode == 0, f"{arguments} ended with {process.returncode}"
        return peak

    def set_all(self, in_stock: int) -> None:
        """Change every product's stock in e-conomic at once, without telling webhooks."""
        for sku in self.skus:
            self.sandbox.agreement.stock.write(sku, {"inStock": Decimal(in_stock)})
        self.sandbox.agreement.changes.clear()

    def arrives(self, sku: str, in_stock: int) -> float:
        """Change one product's stock; milliseconds until Magento's row is committed."""
        began = time.monotonic()
        self.tell(sku, in_stock)
        until("the row is written", lambda: self.row(sku) == in_stock, 0.001)
        return (time.monotonic() - began) * 1000

    def row(self, sku: str) -> int:
        """What Magento's source holds."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT quantity FROM inventory_source_item WHERE source_code='default' AND sku=%s", (sku,))
            found = cursor.fetchone()
        return -1 if found is None else int(found[0])

    def calls(self) -> int:
        """GETs of products that reached e-conomic."""
        return sum(1 for one in self.sandbox.app.journal.shown() if one["path"].startswith("/products"))

    def tell(self, sku: str, in_stock: int) -> None:
        """Change one product's stock as e-conomic does, with its webhooks."""
        body = {"inStock": in_stock}
        httpx.put(f"{self.sandbox.url}/_sandbox/stock/{sku}", json=body, trust_env=False).raise_for_status()


def stock(server: PrivateMariaDB, changes: int, products: int) -> Stock:
    """Single changes by webhook and by poll, everything at once, and sweeps of `products`."""
    measured = Stock(products=products)
    with ExitStack() as everything:
        _arriving(Shelves(everything, server, "stock", 2000), everything, changes, measured)
    with ExitStack() as everything:
        _by_command(Shelves(everything, server, "pulled", 3000), measured)
    with ExitStack() as everything:
        _beside_customers(Shelves(everything, server, "customers", 10), everything, measured)
    with ExitStack() as everything:
        shelves = Shelves(everything, server, "sweep", products)
        shelves.command("pull", "stock", "--accept")
        before = shelves.calls()
        began = time.monotonic()
        measured.sweep_mb = shelves.command("pull", "stock")
        measured.sweep_seconds = time.monotonic() - began
        measured.sweep_calls = shelves.calls() - before
    return measured


def _serving(shelves: Shelves, everything: ExitStack) -> None:
    """A service that e-conomic tells of each change of stock."""
    shelves.command("pull", "stock", "--accept")
    service = ServiceProcess(shelves.environment, shelves.folder)
    everything.callback(service.stop)
    service.start()
    service.wait_ready()
    hook = {
        "type": "stock_updated",
        "url": f"http://127.0.0.1:{shelves.port}/webhooks/economic/{SECRET}",
        "data": '{"number":"[NUMBER]"}',
    }
    shelves.sandbox.app.webhooks.put([hook])


def _beside_customers(shelves: Shelves, everything: ExitStack, measured: Stock) -> None:
    till = Till(Tables(shelves.connection), "msi_default", 300)
    shelves.add(till.sku, 300)
    shelves.command("pause", "--deliver")
    _serving(shelves, everything)
    customers = Customers(lambda: shelves.server.connect(shelves.name), till)
    customers.start()
    began, have = time.monotonic(), 300
    while time.monotonic() - began < CUSTOMERS_FOR:
        have += 20
        shelves.tell(till.sku, have)
        customers.done.wait(0.1)
    customers.stop()
    assert not customers.errors, customers.errors[0]
    assert customers.sold <= have
    measured.checkouts = customers.begun / CUSTOMERS_FOR
    text = httpx.get(f"http://127.0.0.1:{shelves.port}/metrics", trust_env=False).text
    name = "magento_economic_pull_held_seconds"
    counts = dict(re.findall(rf'^{name}_bucket{{le="([^"]+)"}} (\S+)$', text, re.MULTILINE))
    measured.held_writes = int(float(counts["+Inf"]))
    measured.held_p99 = 1000 * min(
        (float(limit) for limit, count in counts.items() if float(count) >= 0.99 * measured.held_writes), default=0
    )


def _by_command(shelves: Shelves, measured: Stock) -> None:
    """Everything changes, and one pull writes it, without a service."""
    shelves.command("pull", "stock", "--accept")
    shelves.set_all(700)
    shelves.command("pull", "stock")
    with State.open(shelves.environment["STATE_DATABASE_URL"]) as state:
        times = sorted(row.written_at for row in _pages(state) if row.written_at is not None)
    measured.pulled_per_second = len(times) / max(0.001, (times[-1] - times[0]).total_seconds())


def _arriving(shelves: Shelves, everything: ExitStack, changes: int, measured: Stock) -> None:
    _serving(shelves, everything)
    shelves.arrives(shelves.skus[0], 11)
    measured.webhook = [shelves.arrives(shelves.skus[n], 20 + n) for n in range(1, changes + 1)]
    shelves.sandbox.app.webhooks.put([])
    measured.poll = [shelves.arrives(shelves.skus[n], 500 + n) for n in range(1, max(4, changes // 8) + 1)]
    shelves.set_all(1000)
    until("all rows are written", lambda: all(shelves.row(sku) == 1000 for sku in shelves.skus[-50:]), 0.2)
    until("the last row is written", lambda: _rows(shelves, 1000) >= len(shelves.skus), 0.2)
    with State.open(shelves.environment["STATE_DATABASE_URL"]) as state:
        times = sorted(row.written_at for row in _pages(state) if row.written_at is not None)
    measured.written = len(times)
    # a poll that was under way saw some of them only the next time: the wait in between is nobody's work
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    measured.per_second = len(times) / max(0.001, sum(gap for gap in gaps if gap < 1))


def _peak(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


def _pages(state: State) -> list[StockRow]:
    found: list[StockRow] = []
    after = ""
    while page := state.stock_pages(after):
        found += page
        after = page[-1].number
    return found


def _rows(shelves: Shelves, quantity: int) -> int:
    with shelves.connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM inventory_source_item WHERE quantity=%s", (quantity,))
        found = cursor.fetchone()
    return 0 if found is None else int(found[0])


def _stocked(tables: Tables, skus: Sequence[str]) -> None:
    first = 100_000
    for start in range(0, len(skus), 5000):
        some = list(enumerate(skus[start : start + 5000], first + start))
        tables.insert_many(
            "catalog_product_entity",
            [{"entity_id": i, "attribute_set_id": 4, "type_id": "simple", "sku": sku} for i, sku in some],
        )
        tables.insert_many(
            "cataloginventory_stock_item",
            [{"product_id": i, "stock_id": 1, "qty": 10, "is_in_stock": 1, "manage_stock": 1} for i, _ in some],
        )
        tables.insert_many(
            "cataloginventory_stock_status",
            [{"product_id": i, "website_id": 0, "stock_id": 1, "qty": 10, "stock_status": 1} for i, _ in some],
        )
        tables.insert_many(
            "inventory_source_item",
            [{"source_code": "default", "sku": sku, "quantity": 10, "status": 1} for _, sku in some],
        )
