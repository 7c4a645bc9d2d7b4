"""The pull's calls of a day are counted before they are made, and last until midnight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from econ_client.pace import FAIR_USE, Pace
from sync.pull.budget import BURST, Budget, OutOfCalls, used_today
from sync.state import State

MORNING = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


@dataclass
class World:
    """A state and a pace at a time that a test sets."""

    folder: Path
    at: datetime = MORNING
    opened: list[State] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def budget(self, limit: int = 1000, *, made: int = 0) -> Budget:
        """A budget as after a start, where so many calls were made by all."""
        state = State.open(f"sqlite:///{self.folder / 'state.db'}", clock=self.now)
        self.opened.append(state)
        pace = Pace(counted=(self.at.date(), made), now=self.now)
        return Budget(state, limit, pace, lambda: self.at.timestamp())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    for state in made.opened:
        state.close()


def test_a_restart_makes_no_room(world: World) -> None:
    world.budget(10).take(7)
    again = world.budget(10)
    assert again.left() == 3
    again.take(3)
    with pytest.raises(OutOfCalls, match="10 calls of today"):
        again.take()
    assert used_today(again.state, world.at) == 10


def test_calls_that_do_not_all_fit_are_not_begun(world: World) -> None:
    budget = world.budget(10)
    budget.take(8)
    with pytest.raises(OutOfCalls):
        budget.take(3)
    assert budget.left() == 2


def test_midnight_brings_new_calls(world: World) -> None:
    budget = world.budget(10)
    budget.take(10)
    world.at = datetime(2026, 12, 1, 23, 59, 59, tzinfo=UTC)
    assert budget.left() == 0
    world.at += timedelta(seconds=1)
    assert budget.left() == 10
    budget.take()


def test_what_everybody_used_of_fair_use_counts_too(world: World) -> None:
    assert world.budget(15_000, made=FAIR_USE - 5).left() == 5
    with pytest.raises(OutOfCalls, match="fair use"):
        world.budget(15_000, made=FAIR_USE).take()


def test_polls_are_as_often_as_wanted_while_the_calls_last(world: World) -> None:
    assert world.budget(15_000).between_polls(15) == 15


def test_polls_are_stretched_over_the_rest_of_the_day(world: World) -> None:
    budget = world.budget(1000)
    assert budget.between_polls(15) == pytest.approx(18 * 3600 / 1000)
    budget.take(900)
    assert budget.between_polls(15) == pytest.approx(18 * 3600 / 100)
    assert budget.between_polls(15, sweeps=5) == pytest.approx(18 * 3600 / 10)
    budget.take(100)
    assert budget.between_polls(15) == 18 * 3600, "not before midnight"


def test_sweeps_take_half_of_what_is_left_at_most(world: World) -> None:
    budget = world.budget(15_000)
    assert budget.between_sweeps(3600, 100) == 3600
    budget.take(13_000)
    assert budget.between_sweeps(3600, 100) == pytest.approx(18 * 3600 / 10)


def test_calls_out_of_turn_come_back_slowly(world: World) -> None:
    budget = world.budget(15_000)
    assert all(budget.spare() for _ in range(BURST))
    assert not budget.spare()
    world.at += timedelta(seconds=60)
    assert sum(budget.spare() for _ in range(BURST)) == int(60 * 15_000 / 2 / (18 * 3600))


def test_webhooks_take_a_small_part_of_few_calls(world: World) -> None:
    budget = world.budget(100)
    assert sum(budget.spare() for _ in range(BURST)) == 5
