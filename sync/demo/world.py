"""The whole throwaway world behind `demo`: database, books, service, and a shop at work, all gone at the end."""

from __future__ import annotations

import contextlib
import random
import secrets
import shlex
import signal
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from econ_client.client import Economic
from econ_client.sandbox.server import SandboxServer
from sync import commands
from sync.demo.board import Board
from sync.demo.container import throwaway_server
from sync.demo.fixture import install
from sync.demo.ledger import Ledger
from sync.demo.mariadb import PrivateMariaDB, free_port
from sync.demo.observer import Figures, Observer
from sync.demo.process import ServiceProcess
from sync.demo.shop import SimulatedShop
from sync.demo.story import Story
from sync.errors import ConfigError
from sync.settings import from_environment

DATABASE = "magento"
TOKEN = "demo"  # noqa: S105  (the sandbox's public token)
PATIENCE = 20.0
"""Seconds that the books may take to follow after the last thing that happened in the shop."""

LOOK_EVERY = 0.3
INTERRUPTED = 130


def run_demo(orders: int, *, keep: bool, seed: int | None, board: Board | None = None) -> int:
    """Play `orders` orders and compare both sides; 0 when all is equal, 1 when not, 130 when interrupted before that.

    `keep` stays up afterwards until Ctrl-C. Raises `ConfigError` when the world cannot be made, `SyncError` when the
    service does not come up. Whatever was started is stopped and removed before this returns.
    """
    if orders < 0:
        raise ConfigError(f"--orders {orders}: a shop takes no fewer than 0 orders")
    board = board or Board()
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    result: int | None = None
    with _Signals() as signals, ExitStack() as everything:
        try:
            world = World(everything, board)
            result = world.play(orders, seed)
            if keep:
                world.stay()
        except BaseException:  # cut off in the middle of a statement, a rollback may fail in the interrupt's place
            if not signals.heard:
                raise
            board.say("stopping" if result is not None else "interrupted")
        finally:
            signals.ignore()
    return INTERRUPTED if result is None else result


class World:
    """Everything started; `everything` takes it down again."""

    def __init__(self, everything: ExitStack, board: Board) -> None:
        self._everything = everything
        self._board = board
        folder = Path(everything.enter_context(tempfile.TemporaryDirectory(prefix="magento-economic-demo-")))
        with board.working("starting a private MariaDB"):
            self.server = _database(everything)
        with board.working("creating Magento's tables"):
            with self.server.connect() as connection, connection.cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")
            install(self.server, DATABASE)
        self.sandbox = everything.enter_context(SandboxServer("demo"))
        self.environment = {
            "MAGENTO_DATABASE_URL": self.server.url(DATABASE),
            "ECONOMIC_API_URL": self.sandbox.url,
            "ECONOMIC_APP_SECRET_TOKEN": TOKEN,
            "ECONOMIC_AGREEMENT_GRANT_TOKEN": TOKEN,
            "PROFILE": "sandbox",
            "STATE_DATABASE_URL": f"sqlite:///{folder / 'state.db'}",
            "HTTP_PORT": str(free_port()),
        }
        self._settings = from_environment(self.environment)
        self.service = ServiceProcess(self.environment, folder)
        everything.callback(self.service.stop)
        with board.working("starting the service"):
            self.service.start()
            self._shop = everything.enter_context(SimulatedShop(self.server, DATABASE))
            eyes = everything.enter_context(contextlib.closing(self.server.connect(DATABASE)))
            books = everything.enter_context(Economic(self.sandbox.url, TOKEN, TOKEN))
            self.observer = Observer(eyes, Ledger(books))
            self.service.wait_ready()

    def play(self, count: int, seed: int) -> int:
        """Let the story run while the board shows it; the demo's exit code."""
        began = time.monotonic()
        story = Story(self._shop, count, random.Random(seed))
        self._everything.callback(story.close)
        story.open()
        with self._board.live():
            self._watch(story)
        seconds = time.monotonic() - began
        figures = self.observer.figures(story.acts)
        self._board.final(figures.balance)
        trouble = list(figures.wrong)
        if not self.service.alive:
            trouble.append("the service ended by itself")
        elif not self._at_rest():
            trouble.append("the service still has work to do")
        self._summarise(figures, trouble, seconds, seed)
        return 1 if figures.differences or trouble else 0

    def stay(self) -> None:
        """Say how to look around, and wait for Ctrl-C, which ends this as `KeyboardInterrupt`."""
        say = self._board.say
        first = next((row.order.increment_id for row in self.observer.look(()).rows), "000000001")
        say("\nEverything stays up until Ctrl-C. To look around from another terminal:\n", "bold")
        for name, value in self.environment.items():
            say(f"export {name}={shlex.quote(value)}")
        say("")
        for command in ("status", "tasks list", f"preview order {first}", "check", "pull stock"):
            say(f"magento-economic {command}")
        say(f"\nservice    http://127.0.0.1:{self.environment['HTTP_PORT']}/  (also /health/ready and /metrics)")
        say(f"e-conomic  curl -H 'X-AppSecretToken: {TOKEN}' -H 'X-AgreementGrantToken: {TOKEN}' \\")
        say(f"             {self.sandbox.url}/invoices/booked")
        say(f"journal    {self.sandbox.url}/_sandbox/requests")
        say(f"Magento    mariadb -h 127.0.0.1 -P {self.server.port} -u root {DATABASE}")
        say(f"log        {self.service.log}")
        while self.service.alive:
            time.sleep(0.5)  # until Ctrl-C, or the service ends
        say(f"the service ended by itself:\n{self.service.tail()}", "bold red")

    def _watch(self, story: Story) -> None:
        """Until the story is over and both sides are at rest and equal, or patience ends."""
        deadline: float | None = None
        while self.service.alive:
            over = story.over.is_set()  # asked first: what happens after a look is seen by the next one
            balance = self.observer.look(story.acts)
            placed, booked = len(balance.rows), self.observer.booked
            self._board.show(balance, f"{placed} of {len(story.acts)} orders placed, {booked} booked")
            if over:
                if story.failure is not None:
                    raise story.failure
                deadline = deadline or time.monotonic() + PATIENCE
                if time.monotonic() > deadline or (balance.equal and self._at_rest()):
                    return
                time.sleep(LOOK_EVERY)  # both databases are asked; neither tells
            else:
                story.over.wait(LOOK_EVERY)

    def _at_rest(self) -> bool:
        tasks = commands.status(self._settings)["tasks"]
        return not (tasks["waiting"] or tasks["running"] or tasks["retry"])

    def _summarise(self, figures: Figures, trouble: list[str], seconds: float, seed: int) -> None:
        say = self._board.say
        for one in trouble:
            say(f"WRONG  {one}", "bold red")
        rows = figures.balance.rows
        kinds = [row.document.kind for row in rows if row.document is not None]
        differences = figures.differences + len(trouble) - len(figures.wrong)
        say(f"orders       {len(rows)} in {seconds:.1f} s, {sum(row.order.wanted is None for row in rows)} cancelled")
        say(f"documents    {len(kinds)}: {kinds.count('invoice')} invoices, {kinds.count('draft order')} draft orders")
        say(f"credit notes {sum(len(row.notes) for row in rows)}")
        say(f"customers    {figures.debtors}")
        say(f"products     {figures.products}")
        say(f"differences  {differences}", "bold red" if differences else "green")
        if figures.milliseconds:
            half, nearly_all = figures.percentile(0.5), figures.percentile(0.99)
            say(f"booked       {half:.0f} ms after the commit (p50), {nearly_all:.0f} ms (p99)")
        if differences:
            self._explain()
        say(f"again        --seed {seed} --orders {len(rows)}", "dim")

    def _explain(self) -> None:
        """What the service itself says of keys that are not done."""
        for task in commands.tasks(self._settings, None, None, None):
            said = ": ".join(part for part in (task.reason, task.advice) if part)
            self._board.say(f"task         {task.key} {task.reference} {task.state} {said}")
        self._board.say(f"the end of its log:\n{self.service.tail()}")


class _Signals:
    """Lets SIGTERM and a closed terminal end things as Ctrl-C does; `ignore` while everything is taken down."""

    _HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    heard = False
    """Whether one of them came."""

    def __enter__(self) -> _Signals:
        self._before = {number: signal.signal(number, self._interrupt) for number in self._HEARD}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def ignore(self) -> None:
        """From now on none of them interrupts."""
        for number in self._HEARD:
            signal.signal(number, signal.SIG_IGN)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.heard = True
        raise KeyboardInterrupt


def _database(everything: ExitStack) -> PrivateMariaDB:
    try:
        return everything.enter_context(throwaway_server())
    except FileNotFoundError as error:
        raise ConfigError(str(error), hint="a running Docker engine will do instead") from error
    except Exception as error:  # a container engine's library raises what it likes
        raise ConfigError(f"the private MariaDB did not start: {error}") from error
