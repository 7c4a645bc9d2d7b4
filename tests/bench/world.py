"""What is measured: the real service beside a real database, and a sandbox that does not share its interpreter."""

from __future__ import annotations

import math
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path

import httpx

from sync import commands
from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import ARTICLES
from sync.demo.container import throwaway_server
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB, free_port
from sync.demo.people import random_person
from sync.demo.placing import Account
from sync.demo.process import COMMAND, ServiceProcess
from sync.demo.shop import SimulatedShop
from sync.settings import from_environment
from tests.bench.journal import Request

TOKEN = "demo"
PATIENCE = 60.0


@contextmanager
def database() -> Iterator[PrivateMariaDB]:
    """The shop's server, for all phases."""
    with throwaway_server() as server:
        yield server


class Sandbox:
    """`magento-economic sandbox` in a process of its own, answering each call `latency` seconds late."""

    def __init__(self, everything: ExitStack) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        port = self.url.rpartition(":")[2]
        process = subprocess.Popen([*COMMAND, "sandbox", "--port", port], stdout=subprocess.DEVNULL)
        everything.callback(process.wait)
        everything.callback(process.terminate)
        headers = {"X-AppSecretToken": TOKEN, "X-AgreementGrantToken": TOKEN}
        client = httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)
        self.http = everything.enter_context(client)
        until("the sandbox answers", self._answers)

    def answer_after(self, seconds: float) -> None:
        """Let every call wait from now on."""
        faults = [{"fault": "latency", "seconds": seconds}] if seconds else []
        self.http.put("/_sandbox/faults", json=faults).raise_for_status()

    def journal(self) -> list[Request]:
        """Every request since the journal was last cleared, those of this client left out."""
        answer = self.http.get("/_sandbox/requests").raise_for_status()
        return [one for one in map(Request.of, answer.json()) if "pagesize=1&" not in f"{one.query}&"]

    def clear(self) -> None:
        """Forget the requests so far."""
        self.http.delete("/_sandbox/requests").raise_for_status()

    def count(self, path: str) -> int:
        """How many documents a collection holds."""
        answer = self.http.get(path, params={"pagesize": 1}).raise_for_status()
        return int(answer.json()["pagination"]["results"])

    def bookings(self) -> dict[str, float]:
        """When each order's booking had arrived, by reference: time.monotonic() of this machine."""
        rows = self.http.get("/invoices/booked", params={"pagesize": 1000}).raise_for_status().json()["collection"]
        arrived = {
            entry["body"]["draftInvoice"]["draftInvoiceNumber"]: float(entry["at_monotonic"])
            for entry in self.http.get("/_sandbox/requests").raise_for_status().json()
            if (entry["method"], entry["path"], entry["status"]) == ("POST", "/invoices/booked", 201)
        }
        return {
            row["references"]["other"]: arrived[row["orderNumber"]] for row in rows if row["orderNumber"] in arrived
        }

    def _answers(self) -> bool:
        try:
            return self.http.get("/_sandbox/faults").is_success
        except httpx.TransportError:
            return False


class World:
    """A fresh shop, fresh books and a fresh service."""

    def __init__(self, everything: ExitStack, server: PrivateMariaDB, name: str) -> None:
        folder = Path(everything.enter_context(tempfile.TemporaryDirectory(prefix="magento-economic-bench-")))
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        install(server, name)
        self.sandbox = Sandbox(everything)
        environment = {
            "MAGENTO_DATABASE_URL": server.url(name),
            "ECONOMIC_API_URL": self.sandbox.url,
            "ECONOMIC_APP_SECRET_TOKEN": TOKEN,
            "ECONOMIC_AGREEMENT_GRANT_TOKEN": TOKEN,
            "PROFILE": "sandbox",
            "STATE_DATABASE_URL": f"sqlite:///{folder / 'state.db'}",
            "HTTP_PORT": str(free_port()),
        }
        self.settings = from_environment(environment)
        self.service = ServiceProcess(environment, folder)
        everything.callback(self.service.stop)
        self.service.start()
        self.shop = everything.enter_context(SimulatedShop(server, name))
        self.service.wait_ready()

    def memory_mb(self, what: str = "VmRSS") -> float:
        """The service's resident memory now, or its peak (`VmHWM`)."""
        status = Path(f"/proc/{self.service.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in status.splitlines() if line.startswith(what)).split()[1]) / 1024

    def warm_up(self, rng: random.Random) -> Account:
        """A regular customer buys every article, so that debtor and products are known; the account."""
        account = self.shop.register_customer(random_person(rng))
        items = [
            CartItem(article, Decimal(1), next(iter(article.parts)) if article.type == "configurable" else "")
            for article in ARTICLES
            if article.visible
        ]
        others = [(a, sku) for a in ARTICLES if a.type == "configurable" for sku in list(a.parts)[1:]]
        items += [CartItem(article, Decimal(1), sku) for article, sku in others]
        order = self.shop.place_order(Cart(items=tuple(items)), account)
        self.shop.invoice_and_ship(order)
        until("the first order is booked", lambda: self.sandbox.count("/invoices/booked") == 1)
        self.rest()
        self.sandbox.clear()
        return account

    def rest(self) -> None:
        """Wait until no task waits."""

        def idle() -> bool:
            tasks = commands.status(self.settings)["tasks"]
            assert not tasks["parked"], self.service.tail()
            return not (tasks["waiting"] or tasks["running"] or tasks["retry"])

        until("no task waits", idle)

    def hold(self) -> None:
        """Deliver nothing until `release`."""
        commands.pause(self.settings, ["deliver"])
        time.sleep(0.6)  # the service looks at its brakes four times a second

    def release(self) -> None:
        """Deliver again."""
        commands.resume(self.settings, ["deliver"])


def until(what: str, look: Callable[[], bool], every: float = 0.02, timeout: float = PATIENCE) -> None:
    """Poll until `look` is true. Raises `TimeoutError`."""
    deadline = time.monotonic() + timeout
    while not look():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {timeout:.0f} s: {what}")
        time.sleep(every)  # the sandbox and the state can only be asked


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]
