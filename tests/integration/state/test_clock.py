"""A clock that is set back holds nothing up."""

from __future__ import annotations

from datetime import timedelta

from cdc.keys import Key
from sync.outcome import Retry
from sync.state import State
from sync.state.changes import Klass
from tests.integration.state.given import Clock

KEY = Key("order", "17")


def test_what_waits_moves_with_a_clock_that_is_set_back(state: State, clock: Clock) -> None:
    state.follow_clock()
    state.enqueue([KEY], Klass.ORDER)
    claim = state.claim("worker", 900)
    assert claim is not None
    state.finish(claim, Retry("outcome_unknown", clock() + timedelta(seconds=30)))
    clock.now -= timedelta(hours=2)
    assert state.next_due() == clock() + timedelta(hours=2, seconds=30)
    assert state.follow_clock() == timedelta(hours=2)
    assert state.next_due() == clock() + timedelta(seconds=30)
    clock.now += timedelta(seconds=31)
    assert state.follow_clock() == timedelta()
    assert state.claim("worker", 900) is not None


def test_a_clock_that_is_corrected_or_goes_on_moves_nothing(state: State, clock: Clock) -> None:
    state.follow_clock()
    state.enqueue([KEY], Klass.ORDER)
    clock.now -= timedelta(seconds=4)
    assert state.follow_clock() == timedelta()
    clock.now += timedelta(days=3)
    assert state.follow_clock() == timedelta()
    assert state.claim("worker", 900) is not None
