"""What becomes of a webhook: a product is read, an order of ours looked at again, anything else is polled for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cdc.keys import Key
from econ_client.errors import Unavailable
from econ_client.sandbox import SandboxServer
from sync.pull.budget import BURST
from sync.pull.names import KEPT
from sync.pull.seeing import OVERLAP
from sync.state.links import Link
from tests.integration.sync.puller import PullDesk, Puller


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer("empty") as server:
        yield server


@pytest.fixture
def puller(sandbox: SandboxServer, tmp_path: Path) -> Iterator[Puller]:
    """Products, seen and no longer in the overlap of polls."""
    sandbox.clock.ahead = 0
    desk = PullDesk(tmp_path, sandbox)
    desk.http.post("/_sandbox/reset").raise_for_status()
    puller = Puller(desk)
    puller.put("A", "B", "C", "Æ/1", *(f"P{n:03}" for n in range(300)))
    for _ in range(3):
        puller.idle()
        desk.pass_time(OVERLAP.total_seconds())
    puller.idle()
    puller.calls()
    yield puller
    desk.close()


def link(puller: Puller, document: str, number: str, *, order: str = "17") -> None:
    made = Link(entity=Key("order", order), role="order", document=document, number=number, fingerprint="f")
    puller.desk.state.save_link(None, made)


def test_a_product_that_is_named_is_read_by_itself(puller: Puller) -> None:
    puller.webhook('{"number": "B", "type": "stock_updated"}', "Æ/1")
    assert sorted(puller.idle()) == ["B", "Æ/1"]
    assert set(puller.calls()) == {"/products/B", "/products/%C3%86_6_1"}


def test_a_webhook_wakes_the_thread_at_once(puller: Puller) -> None:
    puller.inbox.ring = puller.desk.state.stock_bell.ring
    thread = threading.Thread(target=puller.thread.run, args=(puller.stop,))
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while puller.thread.resting and time.monotonic() < deadline:
            time.sleep(0.01)
        before, began = len(puller.engine.took), time.monotonic()
        puller.webhook("B")
        while len(puller.engine.took) == before and time.monotonic() < deadline:
            time.sleep(0.002)
        assert puller.engine.took[-1].number == "B"
        assert time.monotonic() - began < 0.5, "long before the next poll"
    finally:
        puller.stop.set()
        puller.desk.state.wake()
        thread.join(5)
    assert not thread.is_alive()


def test_what_nobody_knows_makes_the_next_poll_come_at_once(puller: Puller) -> None:
    puller.put("NEW")
    puller.desk.pass_time(2)
    puller.webhook('{"OLDNUMBER": "", "NEWNUMBER": "NEW"}')
    assert puller.idle() == ["NEW"]
    assert len(puller.calls()) == 1


def test_a_product_that_was_renumbered_is_found_under_its_new_number(puller: Puller) -> None:
    puller.desk.http.delete("/products/B").raise_for_status()
    puller.put("B-2")
    puller.desk.pass_time(2)
    puller.calls()
    puller.webhook("old=B&new=B-2")
    assert puller.idle() == ["B-2"]
    assert [call.partition("?")[0] for call in puller.calls()] == ["/products/B", "/products"]


def test_more_products_are_read_by_a_filter(puller: Puller) -> None:
    named = [f"P{n:03}" for n in range(50)]
    puller.webhook(*named)
    assert sorted(puller.idle()) == named
    calls = puller.calls()
    assert len(calls) == 3
    assert all("%24or%3A" in call for call in calls)


def test_a_burst_becomes_one_poll_and_one_sweep(puller: Puller) -> None:
    swept = puller.engine.swept
    for n in range(10_000):
        puller.webhook(f"P{n % 300:03}", f"X{n}")
    puller.desk.pass_time(2)
    puller.idle()
    polls = puller.calls()
    assert len(polls) <= 2
    assert puller.engine.swept == swept + 1
    puller.webhook(*(f"Z{n}" for n in range(KEPT + 10)))
    puller.desk.pass_time(2)
    puller.idle()
    assert puller.engine.swept == swept + 1, "no sweep right after one"
    assert len(puller.calls()) == 1


def test_webhooks_without_end_leave_calls_for_polls(puller: Puller) -> None:
    now = puller.desk.now()
    puller.desk.pass_time(86_400 + 300 - (now.hour * 3600 + now.minute * 60 + now.second))  # calls flow by what is left
    puller.idle()
    puller.calls()
    for n in range(200):
        puller.webhook(f"P{n:03}")
        puller.idle()
        puller.desk.pass_time(0.2)
    named = [call for call in puller.calls() if "filter=lastUpdated" not in call]
    assert len(named) <= BURST + 15
    puller.desk.pass_time(600)
    puller.idle()
    assert puller.thread.note()["waiting"] == 0, "what waited was read at last"


def test_what_could_not_be_read_is_read_later(puller: Puller) -> None:
    puller.desk.faults({"method": "GET", "path": "/products/*", "fault": "500_before", "times": 1})
    puller.webhook("B")
    assert puller.idle() == []
    puller.desk.pass_time(3)
    assert puller.idle() == ["B"]
    puller.engine.fails = Unavailable("as an outage")
    puller.engine.again = ["C"]
    puller.idle()
    puller.engine.fails = None
    puller.gate.open()
    assert "C" in puller.idle()


def test_an_order_of_ours_is_looked_at_again(puller: Puller) -> None:
    state = puller.desk.state
    link(puller, "order_draft", "30017")
    link(puller, "invoice_booked", "40017", order="18")
    puller.webhook("30017")
    puller.idle()
    assert state.task(Key("order", "17")) is None, "a moment ago it was written by us"
    puller.desk.pass_time(120)
    puller.idle()
    puller.calls()
    puller.desk.pass_time(2)
    puller.webhook('{"OLDNUMBER": 30017, "NEWNUMBER": 30017}', "INVOICENO=40017")
    puller.idle()
    assert puller.calls() == []
    for order in ("17", "18"):
        task = state.task(Key("order", order))
        assert task is not None
        assert task.state == "waiting"
    [draft] = state.links_numbered(["order_draft"], ["30017"])
    [booked] = state.links_numbered(["invoice_booked"], ["40017"])
    assert (draft.fingerprint, booked.fingerprint) == ("", "f"), "only what can change is read again"


def test_the_last_calls_of_a_day_are_not_held_up_by_what_takes_more(puller: Puller) -> None:
    desk = puller.desk
    morning = desk.now().replace(hour=10, minute=0) + timedelta(days=1)
    desk.pass_time((morning - desk.now()).total_seconds())
    puller.idle()
    desk.state.put("pull:calls", f"{desk.now().date()} {puller.limit - 2}")
    puller.engine.again = [f"P{n:03}" for n in range(6)]
    desk.pass_time(4 * 3600)  # polls are due by then, sweeps are not
    puller.idle()
    puller.calls()
    puller.webhook("A")
    assert puller.idle() == ["A"], "others wait, one fits"
