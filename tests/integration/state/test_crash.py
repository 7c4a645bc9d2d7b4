"""kill -9 of a writing process: what it said was stored is stored, and nothing is torn."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sync.state import State
from tests.integration.state.given import order

WRITER = """
import sys
from datetime import UTC, datetime
from cdc.keys import Key
from cdc.position import Committed, LogPlace, Position, Touch, TransactionStart
from econ_client.requests import WriteRequest
from sync.outcome import Done
from sync.state import Link, State

state = State.open(sys.argv[1], "shop")
number = 0
while True:
    number += 1
    key = Key("order", str(number))
    place = LogPlace("bin.000001", number)
    position = Position(f"0-1-{number}", place)
    touched = {key: Touch(), Key("product", str(number)): Touch()}
    state.record([Committed(position=position, start=TransactionStart(None, place),
                            committed_at=datetime.now(UTC), touches=touched)], position)
    claim = state.claim("writer", 600, kinds=["order"])
    intent = state.open_intent(claim, "order", WriteRequest("POST", "/orders/drafts", b"{}"), "key", key)
    with state.work(claim) as work:
        work.save_link(Link(entity=key, role="order", document="order_draft", number=str(number)))
        work.close_intent(intent)
        work.finish(Done())
    print(number, flush=True)
"""


@pytest.fixture
def url(file: Path) -> str:
    """Files are what this is about."""
    return f"sqlite:///{file}"


@pytest.mark.parametrize("after", [1, 7, 40])
def test_a_killed_writer_loses_nothing(url: str, after: int) -> None:
    process = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        said = 0
        while said < after:
            said = int(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGKILL)
        said = max([said, *(int(line) for line in process.stdout.read().split())])
        process.stdout.close()
        process.wait(10)
    with State.open(url, "shop", busy_timeout=1) as state:
        assert not state.restored
        position = state.position()
        assert position is not None
        assert position.place.offset in (said, said + 1)
        # never the position ahead of the tasks: each of its transactions has its product's task
        assert state.counts()["waiting"] >= position.place.offset
        links = state.links_by_kind()["order_draft"]
        assert links in (said, said + 1)
        # link, intent and outcome went together
        assert len(state.open_intents()) <= 1
        for intent in state.open_intents():
            assert state.links(intent.entity) == {}
        for number in range(1, links + 1):
            assert state.task(order(number)) is None
        state.take_over()
        unfinished = state.tasks(kind="order")
        assert len(unfinished) == position.place.offset - links
        assert {row.state for row in unfinished} <= {"waiting"}
