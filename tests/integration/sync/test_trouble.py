"""The state in trouble for a moment: no worker ends, no key waits longer than the trouble lasts."""

from __future__ import annotations

import sqlite3
import threading
from datetime import datetime
from typing import Any

import pytest

from cdc.errors import BadServerSettings, LoginRefused, MagentoError, SchemaMissing
from sync.deliver import Deliverer
from sync.gate import Gate
from sync.metrics import Metrics
from sync.outcome import Done, Retry
from sync.state.errors import IntentOpen, StateUnreachable
from tests.integration.sync.desk import ORDER, Desk
from tests.unit.mapping.builders import address


def test_an_outcome_waits_for_a_busy_state_and_is_stored(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.state.database, "_busy_timeout", 0.1)
    desk.touch(inserted=True)
    claim = desk.state.claim("desk", 900)
    assert claim is not None
    other = sqlite3.connect(desk.folder / "state.db", isolation_level=None, check_same_thread=False)
    real = desk.state.finish

    def finish(*args: Any, **kept: Any) -> bool:
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.3, other.execute, ("ROLLBACK",)).start()
        monkeypatch.setattr(desk.state, "finish", real)
        return real(*args, **kept)

    monkeypatch.setattr(desk.state, "finish", finish)
    assert desk.deliverer.one(claim) == Done()
    assert desk.state.task(ORDER) is None
    other.close()


def test_a_reconcile_that_finds_the_state_away_is_tried_again_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def links(*_: Any) -> Any:
        raise StateUnreachable("the state does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(desk.state, "links", links)
        outcome = desk.place()
    assert isinstance(outcome, Retry)
    assert (outcome.reason, outcome.counts) == ("state", False)
    desk.pass_time(1)
    assert desk.deliver() == Done()


def test_a_write_that_is_still_open_is_no_reason_to_wait_for_the_lease(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def links(*_: Any) -> Any:
        raise IntentOpen("a write is open already")

    with monkeypatch.context() as patch:
        patch.setattr(desk.state, "links", links)
        outcome = desk.place()
    assert isinstance(outcome, Retry)
    assert outcome.counts
    desk.pass_time(60)
    assert desk.deliver() == Done()


def test_no_worker_ends_when_the_clock_of_the_state_does_not_answer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL is asked for its time; SQLite never fails at that."""
    desk.place()
    desk.faults({"method": "PUT", "path": "*", "fault": "500_before", "times": 1})
    desk.change(shipping=address(city="Odense"))
    claim = desk.state.claim("desk", 900)
    assert claim is not None
    real = desk.economic.send

    def now() -> datetime:
        raise StateUnreachable("the state does not answer")

    def send(*args: Any) -> Any:
        monkeypatch.setattr(desk.state, "now", now)
        return real(*args)

    monkeypatch.setattr(desk.economic, "send", send)
    outcome = desk.deliverer.one(claim)
    assert isinstance(outcome, Retry)
    assert outcome.reason == "outcome_unknown"


@pytest.mark.parametrize("error", [LoginRefused("refused"), SchemaMissing("no table"), BadServerSettings("no right")])
def test_orders_wait_while_magentos_database_refuses_everybody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: MagentoError
) -> None:
    def refuse(*_: Any) -> Any:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(desk.orders, "order", refuse)
        outcome = desk.place()
    assert isinstance(outcome, Retry)
    assert (outcome.reason, outcome.counts) == ("magento_refuses", False)
    desk.pass_time(31)
    assert desk.deliver() == Done()


def test_nothing_is_sent_when_the_shops_lock_is_lost_while_a_write_waits_for_its_turn(desk: Desk) -> None:
    desk.context.active = lambda: not desk.state.open_intents()  # lost as soon as the intent is stored
    assert desk.place() is None
    assert desk.writes() == []
    desk.context.active = lambda: True
    desk.state.take_over()
    desk.deliver_until(Done)
    assert len(desk.all("/orders/drafts")) == len(desk.all("/customers")) == 1


def test_no_worker_ends_whatever_is_raised(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    stop = threading.Event()
    asked: list[int] = []

    def may_work() -> str | None:
        asked.append(1)
        stop.set()
        raise RuntimeError("anna@example.dk")

    Deliverer(desk.context, Gate(), Metrics(), may_work).run("worker", stop)
    assert asked == [1]
    assert "internal error RuntimeError" in caplog.text
    assert "anna" not in caplog.text
