"""`demo` as a person runs it: equal books, an honest exit code, nothing left behind."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from sync.demo.board import Board
from sync.demo.container import engine_runs
from sync.demo.world import TOKEN, World

COMMAND = [sys.executable, "-c", "import cli; cli.main()"]
MARK = "LC_DEMO_MARK"
HEADERS = {"X-AppSecretToken": TOKEN, "X-AgreementGrantToken": TOKEN}


class Demo:
    """A `demo` command; what it started is recognised by a variable in its environment."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.mark = uuid.uuid4().hex
        self.folder = folder
        self.process = subprocess.Popen(
            [*COMMAND, "demo", *arguments],
            env={**os.environ, MARK: self.mark, "TMPDIR": str(folder), **environment},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said: list[str] = []

    def until(self, what: str) -> str:
        """Read until a line holds `what`; everything said so far."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if what in line:
                return "".join(self.said)
        raise AssertionError(f"`{what}` was never said:\n{''.join(self.said)}")

    def end(self) -> tuple[int, str]:
        """Its exit code and everything it said."""
        rest = (
            "" if self.process.stdout is None or self.process.stdout.closed else self.process.communicate(timeout=60)[0]
        )
        return self.process.returncode, "".join(self.said) + rest

    def left(self) -> list[str]:
        """Processes and files that are still there; on a busy machine an ended process takes a moment to go."""
        deadline = time.monotonic() + 10
        while (found := self._left()) and time.monotonic() < deadline:
            time.sleep(0.05)  # processes of others end without telling
        return found

    def _left(self) -> list[str]:
        found = [str(path) for path in self.folder.iterdir()]
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return found


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    demos: list[Demo] = []

    def start(*arguments: str, **environment: str) -> Demo:
        demos.append(Demo(tmp_path, *arguments, **environment))
        return demos[-1]

    yield start
    for demo in demos:
        if demo.process.poll() is None:
            demo.process.terminate()
        demo.end()


def test_everything_ends_equal(started: Callable[..., Demo]) -> None:
    demo = started("--orders", "12", "--seed", "7")
    code, said = demo.end()
    assert code == 0, said
    assert "\x1b" not in said
    assert re.search(r"^orders +12 in .*, 1 cancelled$", said, re.MULTILINE), said
    assert re.search(r"^documents +11: 9 invoices, 2 draft orders$", said, re.MULTILINE), said
    assert re.search(r"^credit notes +2$", said, re.MULTILINE), said
    assert re.search(r"^differences +0$", said, re.MULTILINE), said
    assert said.count(" equal") == 12
    assert not demo.left()


def test_keep_shows_how_to_look_around_until_ctrl_c(started: Callable[..., Demo]) -> None:
    demo = started("--orders", "1", "--keep")
    said = demo.until("log        ")
    settings = dict(re.findall(r"^export (\w+)=(\S+)$", said, re.MULTILINE))
    for command in re.findall(r"^magento-economic (.+)$", said, re.MULTILINE):
        done = subprocess.run(
            [*COMMAND, *command.split()], env={**os.environ, **settings}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    for url in re.findall(r"http://[0-9.]+:\d+/\S*", said):
        assert httpx.get(url, headers=HEADERS, trust_env=False).is_success, url
    os.kill(demo.process.pid, signal.SIGINT)
    code, said = demo.end()
    assert code == 0, said
    assert not demo.left()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl_c", "sigterm"])
@pytest.mark.parametrize("moment", ["starting a private MariaDB", "creating Magento's tables", "starting the service"])
def test_interrupted_anywhere_leaves_nothing_behind(
    number: signal.Signals, moment: str, started: Callable[..., Demo]
) -> None:
    demo = started(PYTHONUNBUFFERED="1")
    demo.until(moment)
    time.sleep(0.3)  # into the middle of what was announced
    os.kill(demo.process.pid, number)
    code, said = demo.end()
    assert code == 130, said
    assert "Traceback" not in said
    assert not demo.left()


@pytest.mark.skipif(engine_runs(), reason="a Docker engine runs, so no mariadb-server is needed")
def test_says_what_is_missing(started: Callable[..., Demo]) -> None:
    demo = started(PATH="/nowhere")
    code, said = demo.end()
    assert code == 2
    assert "apt-get install mariadb-server" in said
    assert "Docker" in said
    assert "Traceback" not in said
    assert not demo.left()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with ExitStack() as everything:
        made = World(everything, Board(Console(file=io.StringIO(), width=80)))
        assert made.play(12, 7) == 0
        yield made


def test_the_books_are_really_looked_at(world: World) -> None:
    with httpx.Client(base_url=world.sandbox.url, headers=HEADERS, trust_env=False) as http:
        booked = http.get("/invoices/booked").json()["collection"][0]
        draft, other = http.get("/orders/drafts").json()["collection"][:2]
        body = {
            "date": booked["date"],
            "currency": "DKK",
            "customer": {"customerNumber": booked["customer"]["customerNumber"]},
            "paymentTerms": {"paymentTermsNumber": 1},
            "layout": {"layoutNumber": 1},
            "recipient": {"name": "Nobody", "vatZone": {"vatZoneNumber": 1}},
        }
        for reference in (booked["references"]["other"], "4711"):
            made = http.post("/invoices/drafts", json={**body, "references": {"other": reference}})
            assert made.status_code == 201, made.text
        assert http.delete(f"/orders/drafts/{draft['orderNumber']}").is_success
        changed = {**body, "references": {"other": other["references"]["other"]}}
        assert http.put(f"/orders/drafts/{other['orderNumber']}", json=changed).is_success
        customer = {
            "name": "Nobody",
            "currency": "DKK",
            "email": "nobody@example.com",
            "customerGroup": {"customerGroupNumber": 1},
            "paymentTerms": {"paymentTermsNumber": 1},
            "vatZone": {"vatZoneNumber": 1},
        }
        for _ in range(2):
            assert http.post("/customers", json=customer).status_code == 201
    figures = world.observer.figures(())
    said = {row.order.increment_id: row.problem for row in figures.balance.rows if row.problem}
    twice = said.pop(booked["references"]["other"])
    assert re.fullmatch(rf"2 documents: draft invoice \d+, invoice {booked['bookedInvoiceNumber']}", twice)
    assert said == {
        draft["references"]["other"]: "no draft order",
        other["references"]["other"]: "amounts differ",
    }
    assert [stray.reference for stray in figures.balance.strays] == ["4711"]
    assert "2 customers for one person" in figures.wrong
    assert "a customer who never ordered" in figures.wrong
    assert figures.differences == 3 + 1 + len(figures.wrong)
    for width in (60, 80, 114, 160):
        screen = io.StringIO()
        Board(Console(file=screen, width=width)).final(figures.balance)
        told = screen.getvalue()
        assert sum(line.startswith("WRONG") for line in told.splitlines()) == 4
        assert len(re.findall(r"WRONG *$", told, re.MULTILINE)) == 3
        assert "…" not in told or width < 80
