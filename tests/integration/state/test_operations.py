"""Brakes, budgets, requests, the delivery log: small things that outlive the process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from sync.outcome import Done
from sync.state import Delivery, State, StateBusy
from tests.integration.state.given import NOW, Clock, changed, order, taken


def call(path: str = "/orders/drafts", at: datetime = NOW, status: int | None = 201) -> Delivery:
    return Delivery(
        at=at, method="POST", path=path, status=status, milliseconds=12, log_id="log", error_code="", key=order(1)
    )


def test_brakes_are_durable_and_say_since_when_and_by_whom(url: str, clock: Clock) -> None:
    with State.open(url, "shop", clock=clock) as state:
        state.pause("booking", "Anna")
        clock.move(60)
        state.pause("booking", "the booking limit")
        state.pause("pull", "Bo")
    with State.open(url, "shop", clock=clock) as state:
        paused = state.paused()
        assert set(paused) == {"booking", "pull"}
        assert (paused["booking"].since, paused["booking"].by) == (NOW, "Anna")
        assert state.resume("booking")
        assert not state.resume("booking")
        assert set(state.paused()) == {"pull"}
    with State.open(url, "other", clock=clock) as other:
        assert other.paused() == {}


def test_bookings_of_the_last_hour_are_counted(state: State, clock: Clock) -> None:
    assert state.first_booking() is None
    state.note_booking()
    clock.move(1_800)
    state.note_booking()
    state.note_booking(backfill=True)
    assert (state.bookings(), state.bookings(backfill=True)) == (2, 1)
    clock.move(1_801)
    assert (state.bookings(), state.bookings(timedelta(days=1))) == (1, 2)
    assert state.first_booking() == NOW


def test_calls_are_stored_with_the_next_commit_of_a_reconcile(state: State) -> None:
    changed(state, order(1))
    claim = taken(state)
    state.log_call(call("/customers?filter=email$eq:guest@example.com"))
    state.log_call(call(status=None))
    assert state.deliveries() == []
    assert state.calls_today(NOW) == 2
    state.finish(claim, Done())
    stored = state.deliveries(order(1))
    assert [(line.path, line.status) for line in stored] == [("/orders/drafts", None), ("/customers", 201)]
    assert state.deliveries(order(2)) == []
    assert state.calls_today(NOW) == 2
    assert state.calls_today(NOW + timedelta(days=1)) == 0


def test_calls_are_kept_when_they_cannot_be_stored(state: State) -> None:
    def refuse(*_args: object) -> None:
        raise StateBusy("busy")

    state.log_call(call())
    event.listen(state.database.engine, "begin", refuse)
    with pytest.raises(StateBusy):
        state.flush_calls()
    event.remove(state.database.engine, "begin", refuse)
    state.flush_calls()
    state.flush_calls()
    assert len(state.deliveries()) == 1
    assert state.calls_today(NOW) == 1


def test_closing_stores_the_calls_that_wait(url: str) -> None:
    with State.open(url, "shop") as state:
        state.log_call(call(at=datetime.now(UTC)))
    with State.open(url, "shop") as state:
        assert state.calls_today() == 1


def test_a_request_is_asked_followed_and_done(state: State, url: str) -> None:
    with State.open(url, "shop") as command:
        number = command.ask("backfill", {"from": "2026-01-01", "refs": ["000000001"]})
        (request,) = state.open_requests()
        assert (request.id, request.verb, request.arguments["refs"]) == (number, "backfill", ["000000001"])
        state.tell(number, {"done": 1, "of": 2})
        followed = command.request(number)
        assert followed is not None
        assert (followed.progress, followed.done_at) == ({"done": 1, "of": 2}, None)
        assert followed.started_at == NOW
        state.finish_request(number, error="the period holds booked invoices")
        ended = command.request(number)
        assert ended is not None
        assert (ended.error, ended.done_at, ended.progress) == (
            "the period holds booked invoices",
            NOW,
            {"done": 1, "of": 2},
        )
        assert state.open_requests() == []
        assert command.request(999) is None


def test_small_values_survive(state: State) -> None:
    assert state.get("last_poll") is None
    state.put("last_poll", "2026-11-24T12:00:00Z")
    state.put("last_poll", "2026-11-24T13:00:00Z", by="poller")
    assert state.get("last_poll") == "2026-11-24T13:00:00Z"


def test_what_is_old_goes(state: State, clock: Clock) -> None:
    state.log_call(call())
    state.flush_calls()
    state.note_booking()
    state.finish_request(state.ask("relink", {}))
    state.ask("still", {})
    clock.move(91 * 86_400)
    state.log_call(call(at=clock.now))
    state.flush_calls()
    gone = state.purge(timedelta(days=90))
    assert (gone["delivery"], gone["booking"], gone["request"]) == (1, 1, 1)
    assert len(state.deliveries()) == 1
    assert [request.verb for request in state.open_requests()] == ["still"]
    assert state.calls_today(NOW) == 0


def test_sizes_are_told(state: State) -> None:
    changed(state, order(1))
    sizes = state.sizes()
    assert sizes["task"] == 1
    assert sizes["file_bytes"] > 0
    assert ("wal_bytes" in sizes) is state.database.sqlite
