"""A whole world for tests: a shop's schema on a real MariaDB, the sandbox over HTTP, the service as a real process."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from cdc.position import Position
from econ_client.sandbox import SandboxServer
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB, free_port
from sync.demo.shop import SimulatedShop
from sync.state import State
from sync.state.tasks import TaskRow
from tests import warm
from tests.plain import plain_client
from tests.servers import dialect

T = TypeVar("T")

_schemas = itertools.count(1)
_HTTP = plain_client(tokens=False, timeout=10)


def until(what: str, look: Callable[[], T | None], timeout: float = 60, every: float = 0.05) -> T:
    """Poll until `look` gives something true; fail with `what` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {timeout:g} s: {what}"
        time.sleep(every)


class Service:
    """`magento-economic run` as a process of its own; its log is kept for failures. `before` is run before it.

    Made `cold`, it imports everything itself; see `tests.warm`.
    """

    cold = False

    def __init__(self, environment: Mapping[str, str], folder: Path, *arguments: str, before: str = "") -> None:
        self.environment = dict(environment)
        self.folder = folder
        self.arguments = ("run", *arguments)
        self.before = before
        self.port = free_port()
        self.process: warm.Process | None = None
        self.log = folder / "service.log"

    def start(self, *, ready: bool = True) -> Service:
        """Start it; with `ready`, wait until it says so."""
        with self.log.open("ab") as log:
            environment = {**self.environment, "HTTP_PORT": str(self.port)}
            self.process = warm.start(
                self.arguments, environment, self.folder, log, log, before=self.before, cold=self.cold
            )
        if ready:
            until(f"the service is ready\n{self.tail()}", self.ready, 30)
        return self

    def ready(self) -> bool:
        """Whether it answers that it is ready."""
        process = self.process
        assert process is not None
        assert process.poll() is None, f"the service ended with {process.returncode}:\n{self.tail()}"
        try:
            return self.ask("/health/ready").status_code == 200
        except httpx.HTTPError:
            return False

    def reasons(self) -> list[str]:
        """Why it is not ready."""
        reasons: list[str] = self.ask("/health/ready").json()["reasons"]
        return reasons

    def ask(self, path: str) -> httpx.Response:
        """GET from its HTTP side. Raises what httpx raises while it is not up."""
        return _HTTP.get(f"http://127.0.0.1:{self.port}{path}")

    def metric(self, name: str, **labels: str) -> float:
        """A figure of its metrics; 0 when it is not there."""
        wanted = name + ("{" + ",".join(f'{k}="{v}"' for k, v in labels.items()) + "}" if labels else "")
        lines = self.ask("/metrics").text.splitlines()
        return next((float(line.rsplit(" ", 1)[1]) for line in lines if line.rsplit(" ", 1)[0] == wanted), 0.0)

    def share_within(self, histogram: str, seconds: float) -> float:
        """Which share of a histogram's observations took no longer; `seconds` is one of its limits."""
        return self.metric(f"{histogram}_bucket", le=str(seconds)) / self.metric(f"{histogram}_count")

    def tail(self, lines: int = 40) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text().splitlines()[-lines:]) if self.log.exists() else ""

    def stop(self) -> int:
        """SIGTERM, and its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def kill(self) -> None:
        """SIGKILL."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)

    def memory_mb(self) -> float:
        """Resident memory."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


class World:
    """A shop, its books, and what a command needs to know of them."""

    def __init__(self, server: PrivateMariaDB, schema: str, sandbox: SandboxServer, folder: Path) -> None:
        self.server = server
        self.schema = schema
        self.sandbox = sandbox
        self.folder = folder
        self.environment = {
            **{k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "PYTHONPATH", "TMPDIR")},
            "MAGENTO_DATABASE_URL": server.url(schema),
            "ECONOMIC_API_URL": sandbox.url,
            "ECONOMIC_APP_SECRET_TOKEN": "demo",
            "ECONOMIC_AGREEMENT_GRANT_TOKEN": "demo",
            "PROFILE": "sandbox",
            "STATE_DATABASE_URL": f"sqlite:///{folder / 'state.db'}",
        }
        self.http = plain_client(sandbox.url)
        self.services: list[Service] = []

    def service(self, *arguments: str, before: str = "", **environment: str) -> Service:
        """A service of this world, not started yet."""
        made = Service({**self.environment, **environment}, self.folder, *arguments, before=before)
        self.services.append(made)
        return made

    def shop(self, **options: Any) -> SimulatedShop:
        """The simulated shop."""
        return SimulatedShop(self.server, self.schema, **options)

    def command(
        self, *arguments: str, code: int | None = 0, before: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command; with `code`, it must end with it. `before` is run before it."""
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            process = warm.start(arguments, {**self.environment, **environment}, self.folder, out, err, before=before)
            try:
                ended = process.wait(120)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
                raise
            out.seek(0)
            err.seek(0)
            done = subprocess.CompletedProcess(arguments, ended, out.read(), err.read())
        if code is not None:
            assert done.returncode == code, f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments: str, **environment: str) -> Any:
        """What a command says with --json."""
        return json.loads(self.command(*arguments, "--json", code=0, **environment).stdout)

    def all(self, path: str) -> list[dict[str, Any]]:
        """Every row of a collection."""
        rows: list[dict[str, Any]] = []
        page = 0
        while True:
            answer = self.http.get(path, params={"pagesize": 1000, "skippages": page}).raise_for_status().json()
            rows += answer["collection"]
            if not answer["pagination"].get("nextPage"):
                return rows
            page += 1

    def by_reference(self, path: str) -> dict[str, list[dict[str, Any]]]:
        """Documents by their reference."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.all(path):
            found.setdefault(row.get("references", {}).get("other", ""), []).append(row)
        return found

    def booked(self, reference: str) -> dict[str, Any] | None:
        """The one booked invoice with a reference; fails when there are several."""
        found = self.by_reference("/invoices/booked").get(reference, [])
        assert len(found) < 2, f"{reference} is booked {len(found)} times"
        return found[0] if found else None

    def requests(self) -> list[dict[str, Any]]:
        """The sandbox's journal."""
        answer: list[dict[str, Any]] = self.http.get("/_sandbox/requests").json()
        return answer

    def hooks(self, service: Service, secret: str, *types: str) -> None:
        """Let e-conomic call the service when something of these types changes."""
        url = f"http://127.0.0.1:{service.port}/webhooks/economic/{secret}"
        hooks = [
            {"type": one, "url": url, "data": '{"old":"[OLDNUMBER]","new":"[NEWNUMBER]","at":"[NUMBER]"}'}
            for one in types
        ]
        self.http.put("/_sandbox/webhooks", json=hooks).raise_for_status()

    def stock(self, number: str, in_stock: float) -> None:
        """Set e-conomic's stock of a product."""
        path = f"/_sandbox/stock/{quote(number, safe='')}"
        self.http.put(path, json={"inStock": in_stock}).raise_for_status()

    def product(self, number: str, in_stock: float, *, group: int = 1) -> None:
        """Make a product in e-conomic."""
        body = {"productNumber": number, "name": number, "productGroup": {"productGroupNumber": group}}
        self.http.post("/products", json=body).raise_for_status()
        self.stock(number, in_stock)

    def faults(self, *faults: Mapping[str, Any]) -> None:
        """Set the sandbox's faults."""
        self.http.put("/_sandbox/faults", json=list(faults)).raise_for_status()

    def sql(self, statement: str, *args: Any) -> list[tuple[Any, ...]]:
        """Run a statement in the shop's schema."""
        with self.server.connect(self.schema) as connection, connection.cursor() as cursor:
            cursor.execute(statement, args or None)
            return list(cursor.fetchall())

    def user(self, name: str, password: str) -> str:
        """A user with the rights that `grants` prints, as a MAGENTO_DATABASE_URL."""
        for statement in self.command("grants", "--user", name).stdout.split(";"):
            if statement.strip():
                self.sql(statement.replace("'change-me'", f"'{password}'"))
        return self.server.url(self.schema, name, password)

    @contextmanager
    def state(self) -> Iterator[State]:
        """The state, beside the service."""
        with State.open(self.environment["STATE_DATABASE_URL"]) as state:
            yield state

    def settled(self) -> bool:
        """Whether everything that the shop has committed was seen, and nothing waits any more."""
        with self.state() as state:
            position, counts = state.position(), state.counts()
        if not self.read(position):
            return False
        return not (counts["waiting"] or counts["running"] or counts["retry"])

    def read(self, position: Position | None) -> bool:
        """Whether a stored position is the end of the shop's log."""
        with self.server.connect() as connection:
            return dialect.at_end(connection, position)

    def tasks(self, *states: Any) -> list[TaskRow]:
        """Tasks, those of some states when they are named."""
        with self.state() as state:
            return state.tasks(states or None)

    def task(self, order: int) -> TaskRow | None:
        """An order's task; None when it has none."""
        return next((task for task in self.tasks() if task.key.id == str(order)), None)

    def close(self) -> None:
        """Stop everything that was started."""
        for service in self.services:
            service.kill()
        self.http.close()
        self.sandbox.stop()


@contextmanager
def a_schema(server: PrivateMariaDB) -> Iterator[str]:
    """A fresh, empty schema, dropped afterwards."""
    name = f"world_{os.getpid()}_{next(_schemas)}"
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    yield name
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


@contextmanager
def a_world(server: PrivateMariaDB, schema: str, folder: Path, *, msi: bool = True, **switches: Any) -> Iterator[World]:
    """A world on a schema, with Magento's tables in it."""
    install(server, schema, msi=msi)
    sandbox = SandboxServer("demo", **switches)
    world = World(server, schema, sandbox, folder)
    try:
        yield world
    finally:
        world.close()
