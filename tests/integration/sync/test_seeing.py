"""What changed in e-conomic is seen by polls, sweeps and names, within the day's calls; over real HTTP."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cdc.errors import DatabaseUnreachable, StockKeptOtherwise
from econ_client.sandbox import SandboxServer
from sync.pull.seeing import CURSOR, OVERLAP
from sync.pull.sweep import NOTE, read_note
from sync.status import note_service, status
from tests.integration.sync.desk import Desk
from tests.integration.sync.puller import PullDesk, Puller

POLL = 16
HOUR = 3601


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer("empty") as server:
        yield server


@pytest.fixture
def desk(sandbox: SandboxServer, tmp_path: Path) -> Iterator[PullDesk]:
    sandbox.clock.ahead = 0
    desk = PullDesk(tmp_path, sandbox)
    desk.http.post("/_sandbox/reset").raise_for_status()
    yield desk
    desk.close()


@pytest.fixture
def puller(desk: Desk) -> Puller:
    """Three products, seen by the first sweep and no longer in the overlap of polls."""
    return started(desk)


def started(desk: Desk, *, limit: int = 15_000) -> Puller:
    made = Puller(desk, limit=limit)
    made.put("A", "B", "C")
    made.idle()
    for _ in range(3):
        desk.pass_time(OVERLAP.total_seconds())
        made.idle()
    made.calls()
    return made


def moved_silently(desk: Desk, number: str, stock: str) -> None:
    """Stock moves, and `lastUpdated` does not."""
    desk.http.put("/_sandbox/agreement", json={"stock_moves_last_updated": "off"}).raise_for_status()
    desk.http.put(f"/_sandbox/stock/{number}", json={"inStock": int(stock)}).raise_for_status()


def test_the_first_poll_begins_with_all_products(desk: Desk) -> None:
    puller = Puller(desk)
    puller.put("A", "B")
    assert desk.state.get(CURSOR) is None
    assert {"A", "B"} <= set(puller.idle())
    first, then = puller.calls()
    assert "filter" not in first
    assert "filter=lastUpdated" in then
    assert puller.engine.swept == 1


def test_answers_carry_the_time_before_their_request(desk: Desk) -> None:
    puller = Puller(desk)
    puller.put("A")
    desk.faults({"method": "GET", "path": "/products", "fault": "latency", "seconds": 0.2, "times": 1})
    before = desk.now()
    puller.idle()
    asked_at = puller.engine.took[0].asked_at
    assert before <= asked_at < before + timedelta(seconds=0.15)


def test_a_poll_sees_what_moved_and_nothing_else(puller: Puller) -> None:
    puller.move("B", "7")
    assert puller.idle() == [], "not due yet"
    puller.desk.pass_time(POLL)
    assert puller.idle() == ["B"]
    assert puller.engine.seen["B"] == Decimal(7)
    assert len(puller.calls()) == 1


def test_a_change_that_lists_show_late_is_seen(puller: Puller) -> None:
    desk = puller.desk
    desk.http.put("/_sandbox/agreement", json={"list_delay": 100}).raise_for_status()
    puller.move("B", "7")
    desk.pass_time(POLL)
    puller.move("A", "3")
    for _ in range(8):
        desk.pass_time(POLL)
        puller.idle()
    assert (puller.engine.seen["B"], puller.engine.seen["A"]) == (Decimal(7), Decimal(3))


def test_what_was_touched_long_ago_is_not_asked_for_for_ever(puller: Puller) -> None:
    puller.move("B", "7")
    puller.desk.pass_time(POLL)
    assert puller.idle() == ["B"]
    puller.desk.pass_time(POLL)
    assert puller.idle() == ["B"], "within the overlap the answer comes again"
    puller.desk.pass_time(OVERLAP.total_seconds() + 60)
    puller.idle()
    puller.desk.pass_time(POLL)
    assert puller.idle() == []


@pytest.mark.parametrize("hours", [3, -3])
def test_a_clock_of_ours_that_is_set_wrong_hides_nothing(puller: Puller, hours: int) -> None:
    puller.skew = timedelta(hours=hours)
    puller.desk.ahead += puller.skew
    puller.idle()
    puller.move("B", "7")
    puller.desk.pass_time(POLL)
    assert "B" in puller.idle()


def test_polls_go_on_where_an_earlier_process_ended(puller: Puller) -> None:
    puller.move("B", "7")
    puller.desk.pass_time(1800)
    puller.new_thread()
    assert puller.idle() == ["B"], "no sweep, and no poll without a filter"


def test_a_page_that_the_engine_could_not_take_comes_again(puller: Puller) -> None:
    puller.move("B", "7")
    puller.desk.pass_time(POLL)
    puller.engine.fails = DatabaseUnreachable("Magento's database is away")
    assert puller.idle() == []
    puller.engine.fails = None
    puller.desk.pass_time(OVERLAP.total_seconds() + 60)
    assert puller.idle() == ["B"]


def test_one_product_that_the_engine_fails_at_keeps_no_other_back(
    puller: Puller, caplog: pytest.LogCaptureFixture
) -> None:
    puller.engine.poison = "B"
    for number in "ABC":
        puller.move(number, "4")
    puller.desk.pass_time(POLL)
    assert puller.idle() == ["A", "C"]
    assert "KeyError" in caplog.text


def test_a_product_that_cannot_be_read_keeps_no_other_back(puller: Puller, caplog: pytest.LogCaptureFixture) -> None:
    agreement = puller.desk.sandbox.agreement
    doc = agreement.products.get("B")
    assert doc is not None
    agreement.products.put("B", {**doc, "name": 5, "lastUpdated": agreement.clock.stamp()})
    puller.move("C", "4")
    for _ in range(2):
        puller.desk.pass_time(POLL)
        assert puller.idle() == ["C"]
    assert caplog.text.count("is left out") == 1


def test_a_sweep_finds_what_no_poll_can_see_and_comes_more_often(
    puller: Puller, caplog: pytest.LogCaptureFixture
) -> None:
    desk = puller.desk
    desk.pass_time(HOUR)
    puller.idle()
    moved_silently(desk, "B", "7")
    desk.pass_time(POLL)
    assert puller.idle() == []
    desk.pass_time(HOUR)
    with caplog.at_level(logging.INFO, "magento_economic.pull"):
        assert "B" in puller.idle()
        note = read_note(desk.state)
        assert (note.unannounced, note.interval) == (1, 1800)
        for stock in ("6", "5", "4", "3"):
            moved_silently(desk, "B", stock)
            desk.pass_time(1801)
            puller.idle()
    assert read_note(desk.state).interval == 300
    assert caplog.text.count("a sweep found") == 1
    assert status(desk.state)["pull"]["unannounced"] == 5
    for _ in range(25):
        desk.pass_time(HOUR)
        puller.idle()
    assert read_note(desk.state).interval is None


def test_what_a_poll_is_about_to_see_is_not_unannounced(puller: Puller) -> None:
    desk = puller.desk
    for _ in range(3):
        desk.pass_time(HOUR)
        puller.move("B", str(int(time.monotonic() * 1000) % 90))
        puller.idle()
    assert read_note(desk.state).unannounced == 0


def test_what_a_webhook_named_a_moment_ago_is_not_unannounced(puller: Puller) -> None:
    desk = puller.desk
    desk.http.put("/_sandbox/agreement", json={"list_delay": 60}).raise_for_status()
    moved_silently(desk, "B", "7")
    puller.webhook("B")
    assert puller.idle() == ["B"]
    assert puller.engine.seen["B"] == Decimal(7)
    desk.pass_time(10)
    puller.thread._work().sweeps.asked = True
    desk.state.put(NOTE, json.dumps({"began": "2026-01-01T00:00:00+00:00", "ended": "2026-01-01T00:00:01+00:00"}))
    puller.idle()
    assert puller.engine.swept == 2
    assert read_note(desk.state).unannounced == 0


def test_products_that_go_in_the_middle_of_a_sweep_hide_no_other(desk: Desk) -> None:
    puller = Puller(desk)
    numbers = [f"P{n:05}" for n in range(1500)]
    puller.put(*numbers)
    while not puller.engine.took:
        puller.thread.turn(puller.stop)
    for number in numbers[:3]:
        desk.http.delete(f"/products/{number}").raise_for_status()
    puller.put("P00000-1")
    assert set(numbers) <= set(puller.idle()) | {one.number for one in puller.engine.took}
    assert puller.engine.swept == 1


def test_a_large_sweep_is_a_page_at_a_time(desk: Desk) -> None:
    puller = Puller(desk)
    puller.put(*(f"P{n:05}" for n in range(1990)))
    puller.idle()
    swept = [call for call in puller.calls() if "filter" not in call]
    assert len(swept) == 2, "1,000 products with each call"
    assert puller.engine.largest <= 1000


def test_polls_after_a_mass_change_are_further_apart(desk: Desk) -> None:
    puller = Puller(desk)
    puller.put(*(f"P{n:05}" for n in range(6001)))
    puller.idle()
    desk.pass_time(POLL)
    puller.calls()
    puller.idle()
    assert puller.calls() == []
    desk.pass_time(POLL)
    puller.idle()
    assert len(puller.calls()) == 7


def test_pages_of_later_sweeps_are_spread(desk: Desk) -> None:
    puller = Puller(desk)
    puller.put(*(f"P{n:05}" for n in range(1500)))
    puller.idle()
    desk.pass_time(HOUR)
    puller.idle()
    assert puller.engine.swept == 1, "the second page comes later"
    puller.move("P00000", "3")
    desk.pass_time(POLL)
    assert "P00000" in puller.idle(), "polls go on meanwhile"
    desk.pass_time(900)
    puller.idle()
    assert puller.engine.swept == 2


def test_a_sweep_that_was_cut_begins_anew_but_not_at_once(desk: Desk) -> None:
    puller = Puller(desk)
    puller.put(*(f"P{n:05}" for n in range(1500)))
    puller.thread.turn(puller.stop)
    assert len(puller.calls()) == 1
    puller.new_thread()
    puller.idle()
    assert puller.calls() == []
    desk.pass_time(6)
    puller.idle()
    assert puller.engine.swept == 1


def test_the_days_calls_are_never_exceeded_and_last(desk: Desk) -> None:
    puller = started(desk, limit=100)
    day = desk.now().date()
    while desk.now().date() == day:
        desk.pass_time(900)
        puller.idle()
    assert len(puller.calls()) <= 100
    desk.pass_time(3 * 3600)
    puller.idle()
    calls: list[int] = []
    for _ in range(20):
        desk.pass_time(3600)
        puller.idle()
        calls.append(len(puller.calls()))
    assert sum(calls) <= 100
    assert all(calls), "polls are stretched over the day"


def test_a_day_without_calls_left_asks_nothing_until_midnight(puller: Puller) -> None:
    desk = puller.desk
    desk.state.put("pull:calls", f"{desk.now().date()} 15000")
    puller.webhook("B", "nobody")
    puller.engine.again = ["A"]
    desk.pass_time(POLL)
    if desk.now().date().isoformat() in (desk.state.get("pull:calls") or ""):
        puller.idle()
        assert puller.calls() == []
        assert puller.engine.drained > 0
        assert "used up" in puller.thread.resting
    desk.pass_time(86_400)
    assert "A" in puller.idle()


def test_refused_tokens_halt_the_pull_and_everybody(puller: Puller) -> None:
    puller.desk.faults({"method": "GET", "path": "/self", "fault": "500_before", "times": 1})
    puller.desk.economic._http.headers["X-AgreementGrantToken"] = "wrong"
    puller.desk.pass_time(POLL)
    puller.idle()
    closed = puller.gate.closed
    assert closed is not None
    assert closed.refused
    puller.calls()
    puller.desk.pass_time(600)
    puller.idle()
    assert puller.calls() == []
    assert "tokens" in puller.thread.resting


def test_a_limit_holds_the_pull_back_as_long_as_asked(puller: Puller) -> None:
    puller.desk.faults({"method": "GET", "path": "/products", "fault": "429", "seconds": 30, "times": 1})
    puller.desk.pass_time(POLL)
    puller.idle()
    assert puller.gate.closed is None
    assert len(puller.calls()) == 1
    puller.idle()
    assert puller.calls() == []


def test_a_poll_that_broke_off_is_made_anew_however_far_the_next_one_is(puller: Puller) -> None:
    puller.thread._work()._every = 1800.0
    puller.desk.pass_time(1801)
    puller.move("B", "7")
    puller.desk.faults({"method": "GET", "path": "/products", "fault": "500_before", "times": 1})
    assert puller.idle() == []
    puller.desk.pass_time(POLL)
    assert puller.idle() == ["B"]


def test_a_product_that_the_engine_wants_again_is_asked_for_at_once(puller: Puller) -> None:
    puller.engine.again = ["C"]
    assert puller.idle() == ["C"]
    assert puller.calls() == ["/products/C"]


def test_nothing_is_asked_while_the_pull_rests_and_why_is_said_once(
    puller: Puller, caplog: pytest.LogCaptureFixture
) -> None:
    puller.why = "it is paused"
    puller.webhook("B")
    with caplog.at_level(logging.INFO, "magento_economic.pull"):
        for _ in range(3):
            puller.desk.pass_time(HOUR)
            assert puller.idle() == []
    assert caplog.text.count("the pull rests: it is paused") == 1
    assert puller.calls() == []
    assert puller.engine.drained < 20
    puller.why = ""
    assert "B" in puller.idle(), "what was named meanwhile is looked at"


def test_what_stands_in_the_way_for_long_is_the_reason_to_rest_and_is_said_once(
    puller: Puller, caplog: pytest.LogCaptureFixture
) -> None:
    puller.engine.fails = StockKeptOtherwise("stock is kept without sources", hint="accept it")
    for quantity in "12345":
        puller.move("B", quantity)
        puller.desk.pass_time(70)
        puller.idle()
        assert "stock is kept without sources" in puller.thread.resting
    assert caplog.text.count("stock is kept without sources") == 1
    assert "the pull goes on" not in caplog.text
    puller.engine.fails = None
    puller.desk.pass_time(70)
    puller.idle()
    assert puller.thread.resting == ""


def test_status_tells_of_polls_and_sweeps(puller: Puller) -> None:
    desk = puller.desk
    said = status(desk.state)["pull"]
    assert said["last_poll"] is not None
    assert said["last_poll"].endswith("+00:00")
    assert said["last_sweep"] is not None
    assert (said["applied"], said["accepted"]) == (0, False)
    assert said["resting"] == "no service runs"
    note_service(desk.state, connected=True, lag_seconds=0, standby=False, pull=puller.thread.note())
    if desk.ahead < timedelta(seconds=5):
        assert status(desk.state)["pull"]["resting"] == ""
    assert said["calls"]["today"] > 0
