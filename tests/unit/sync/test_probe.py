"""The gate is opened by one probe of /self, and says meanwhile what is wrong."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from econ_client.errors import Ambiguous, EconomicError, NotAuthorised, Unavailable
from sync import trouble
from sync.gate import Gate
from sync.keeper import Keeper
from sync.outcome import Retry
from sync.state.bell import Bell


def keeper_that_asks(answers: list[EconomicError | None]) -> Keeper:
    """A keeper whose /self answers so, one after another."""

    def self_() -> None:
        answer = answers.pop(0)
        if answer is not None:
            raise answer

    keeper = Keeper.__new__(Keeper)
    keeper.gate = Gate()
    keeper.books_at = None
    parts: Any = SimpleNamespace(
        books=object(),
        economic=SimpleNamespace(self_=self_),
        state=SimpleNamespace(bell=Bell()),
        context=SimpleNamespace(books_doubted=threading.Event()),
    )
    keeper.parts = parts
    return keeper


def probe(keeper: Keeper) -> None:
    """The time of the probe has come."""
    keeper.gate._next_probe = 0.0
    keeper._probe()


def test_refused_tokens_are_probed_each_minute_until_they_are_taken() -> None:
    refused = NotAuthorised("e-conomic answered 401.", advice="Check ECONOMIC_APP_SECRET_TOKEN.")
    keeper = keeper_that_asks([refused, Unavailable(), refused, None])
    keeper.gate.close("not_authorised", str(refused), refused=True)
    assert 40 < (keeper.gate.probe_in() or 0) <= 60
    keeper._probe()  # not due: nothing is asked
    reasons = []
    for _ in range(3):
        probe(keeper)
        closed = keeper.gate.closed
        assert closed is not None
        reasons.append((closed.reason, closed.refused, "ECONOMIC_APP_SECRET_TOKEN" in closed.message))
    refusal, away = ("not_authorised", True, True), ("economic_unreachable", False, False)
    assert reasons == [refusal, away, refusal]
    assert 40 < (keeper.gate.probe_in() or 0) <= 60
    heard = keeper.parts.state.bell.rings
    probe(keeper)
    assert keeper.gate.closed is None
    assert keeper.parts.state.bell.rings > heard, "the workers are woken"
    keeper._probe()  # open: nothing is asked


def test_a_refusal_is_not_forgotten_over_an_outage_of_others() -> None:
    gate = Gate()
    gate.close("economic_unreachable", "away")
    gate.close("not_authorised", "refused", refused=True)
    gate.close("economic_unreachable", "away")
    assert gate.closed is not None
    assert gate.closed.reason == "not_authorised"


@pytest.mark.parametrize("attempts", range(12))
def test_what_is_tried_again_waits_longer_each_time_with_jitter(attempts: int) -> None:
    waits = {trouble.backoff(attempts) for _ in range(50)}
    longest = timedelta(seconds=min(60.0, 2.0**attempts))
    assert max(waits) <= longest
    assert min(waits) >= longest * 0.7
    assert len(waits) > 1
    now = datetime(2026, 12, 1, tzinfo=UTC)
    outcome = trouble.outcome_of(Ambiguous(), attempts=attempts, now=now, wanted="")
    assert isinstance(outcome, Retry)
    assert now < outcome.due_at <= now + longest
