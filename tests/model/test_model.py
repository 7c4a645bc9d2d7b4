"""Some hundred random runs of each layout; ``python -m tests.model --runs 20000`` makes many more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from cdc.models_stock import Demand, Reservation
from mapping import stock
from mapping.inflight import NOTHING, InFlight
from mapping.stock import Known, Seen, Since, Taken
from tests.model.run import Result, run
from tests.model.shop import LAYOUTS

RUNS = 300


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_offered_twice_and_all_is_equal_when_quiet(layout: str) -> None:
    results = [run(layout, seed) for seed in range(RUNS)]
    for result in results:
        assert not result.wrong, f"{layout}, seed {result.seed}:\n" + "\n".join(result.story)
    assert sum(result.writes for result in results) > RUNS
    assert sum(result.late for result in results) < RUNS / 8


def test_a_run_can_be_repeated() -> None:
    assert run("plain", 5) == run("plain", 5)


def first_broken(layout: str) -> Result | None:
    return next((result for seed in range(RUNS) if (result := run(layout, seed)).wrong), None)


@pytest.mark.parametrize("layout", ["plain", "magento1"])
def test_the_model_finds_checkouts_that_are_not_held(monkeypatch: pytest.MonkeyPatch, layout: str) -> None:
    def nothing(known: InFlight, gap: Decimal, **_: object) -> InFlight:
        return NOTHING

    monkeypatch.setattr(stock, "holding", nothing)
    assert first_broken(layout) is not None


@pytest.mark.parametrize("layout", ["msi_default", "msi_source"])
def test_the_model_finds_reservations_of_checkouts_added(monkeypatch: pytest.MonkeyPatch, layout: str) -> None:
    def whole(one: Reservation, ordered: Mapping[int, Decimal], known: Mapping[int, Known]) -> Decimal:
        return one.quantity

    monkeypatch.setattr(stock, "_counted", whole)
    assert first_broken(layout) is not None


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_model_finds_bookings_that_count_too_early(monkeypatch: pytest.MonkeyPatch, layout: str) -> None:
    taken = stock._taken

    def whenever(demands: Sequence[Demand], seen: Seen, known: Mapping[int, Known], since: Since) -> tuple[Taken, ...]:
        return taken(demands, replace(seen, asked_at=seen.asked_at + timedelta(days=1)), known, since)

    monkeypatch.setattr(stock, "_taken", whenever)
    assert first_broken(layout) is not None


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_model_finds_shipped_taken_for_booked(monkeypatch: pytest.MonkeyPatch, layout: str) -> None:
    still_open = stock._open

    def unshipped(demand: Demand, seen: Seen, known: Known, since: Since) -> Decimal:
        return min(still_open(demand, seen, known, since), demand.ordered - demand.cancelled - demand.shipped)

    monkeypatch.setattr(stock, "_open", unshipped)
    assert first_broken(layout) is not None
