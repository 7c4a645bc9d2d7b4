"""The day's fair use: counted, shown, and kept for live orders by backfills; refused tokens stop everybody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from cdc.keys import Key
from econ_client.client import Economic
from econ_client.pace import FAIR_USE, Pace
from sync.deliver import BACKFILL_SHARE, Deliverer
from sync.metrics import Metrics
from sync.outcome import Done, ParkedFor, Retry
from sync.state.changes import Klass
from sync.status import status
from tests.integration.sync.desk import ORDER, Desk


def spent(desk: Desk, calls: int) -> None:
    """The day has gone on elsewhere: so many calls are counted already."""
    pace = desk.economic.pace = Pace(counted=(desk.now().date(), calls))
    assert pace.calls_today == calls


def turn(desk: Desk) -> None:
    """One turn of a worker that finds the bell already rung."""
    stop = threading.Event()
    desk.deliverer = Deliverer(desk.context, desk.deliverer.gate, Metrics(), lambda: None)
    desk.deliverer._turn("worker", stop)


def test_backfills_stop_at_their_share_of_the_days_calls_and_live_orders_go_on(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    spent(desk, int(FAIR_USE * BACKFILL_SHARE))
    desk.state.enqueue([ORDER], Klass.BACKFILL, reason="backfill", admitted=True)
    turn(desk)
    assert desk.journal() == []
    assert desk.state.task(ORDER) is not None
    assert "backfills wait" in caplog.text
    desk.touch()
    turn(desk)
    assert desk.state.task(ORDER) is None
    assert len(desk.all("/orders/drafts")) == 1


def test_a_backfill_goes_on_while_there_is_room(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    spent(desk, int(FAIR_USE * BACKFILL_SHARE) - 1)
    desk.state.enqueue([ORDER], Klass.BACKFILL, reason="backfill", admitted=True)
    turn(desk)
    assert desk.state.task(ORDER) is None
    assert "backfills wait" not in caplog.text


def test_calls_are_counted_and_shown(desk: Desk) -> None:
    before = status(desk.state)["calls"]
    assert before["limit"] == FAIR_USE
    assert desk.place() == Done()
    asked = len(desk.journal())
    assert desk.economic.pace.calls_today >= asked
    assert desk.economic.pace.room_today() == FAIR_USE - desk.economic.pace.calls_today


@pytest.mark.parametrize("status_", [401, 403])
def test_refused_tokens_halt_deliveries_and_say_so(desk: Desk, status_: int) -> None:
    """401 anywhere, and 403 on /self, are about the tokens: nothing more is tried for any key until the probe is."""
    refuse(desk, lambda request: httpx.Response(status_, json={"httpStatusCode": status_, "errorCode": "E02250"}))
    outcome = desk.place()
    assert isinstance(outcome, Retry)
    assert (outcome.reason, outcome.counts) == ("not_authorised", False)
    closed = desk.deliverer.gate.closed
    assert closed is not None
    assert closed.refused
    assert "ECONOMIC_APP_SECRET_TOKEN" in closed.message
    assert 40 < (desk.deliverer.gate.probe_in() or 0) <= 60
    assert desk.state.open_intents() == []


def test_a_missing_role_parks_the_order_and_stops_nobody(desk: Desk) -> None:
    body = {"httpStatusCode": 403, "errorCode": "AccessDenied", "message": "No."}
    refuse(desk, lambda request: httpx.Response(403, json=body))
    outcome = desk.place()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "forbidden"
    assert "role" in outcome.advice
    assert desk.deliverer.gate.closed is None
    assert desk.state.task(Key("order", "17")) is not None


def refuse(desk: Desk, answer: Callable[[httpx.Request], httpx.Response]) -> None:
    """From now on e-conomic answers so."""
    changed: Any = desk.context
    changed.economic = Economic("https://api.example", "demo", "demo", transport=httpx.MockTransport(answer))
