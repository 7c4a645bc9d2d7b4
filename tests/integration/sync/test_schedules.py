"""Scheduled updates of Adobe Commerce: what turned is looked at, once, whatever ran meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import pytest

from sync.context import Context
from sync.errors import Fenced
from sync.outcome import Unchanged
from sync.schedules import FIRST, Schedules
from sync.state.changes import BULK, Klass
from tests.integration.sync.desk import Desk

DeskWith = Callable[..., Desk]


class Turning:
    """A shop whose products change by time; `at` is its server's clock."""

    def __init__(self, **turns: Iterable[int]) -> None:
        self.at = 5000
        self.turns = {int(name.removeprefix("t")): list(ids) for name, ids in turns.items()}

    def versions_turned(self, since: int | None) -> tuple[int, list[int]]:
        """As `Shop.versions_turned`."""
        spans = [] if since is None else [ids for at, ids in self.turns.items() if since < at <= self.at]
        return self.at, sorted({one for ids in spans for one in ids})


def schedules(desk: Desk, shop: Turning, active: bool = True) -> Schedules:
    context = Context(
        desk.state, cast(Any, shop), desk.economic, desk.context.profile, desk.context.agreement, observe=False
    )
    context.active = lambda: active
    return Schedules(context, lambda: True)


def enqueued(desk: Desk) -> set[str]:
    return {task.key.id for task in desk.state.tasks()}


def test_what_turned_before_the_first_start_is_left(desk: Desk) -> None:
    shop = Turning(t4000=[1], t4990=[2], t5100=[3])
    looking = schedules(desk, shop)
    assert looking.look()
    assert enqueued(desk) == set()
    assert looking.look()
    assert enqueued(desk) == {"2"}  # a delivery may have been in the seconds before
    assert FIRST == 60
    shop.at = 5100
    looking.look()
    assert enqueued(desk) == {"2", "3"}


def test_what_turned_while_nothing_ran_is_found(desk: Desk) -> None:
    shop = Turning(t5010=[1], t9000=[2])
    first = schedules(desk, shop)
    first.look()
    shop.at = 5010
    first.look()
    desk.restart()
    claim = desk.state.claim("desk", 60)
    assert claim is not None
    assert (claim.key.kind, claim.reason) == ("product", "scheduled_update")
    desk.state.finish(claim, Unchanged())
    shop.at = 90_000
    schedules(desk, shop).look()
    assert enqueued(desk) == {"2"}


def test_who_lost_the_shop_stores_nothing(desk: Desk) -> None:
    shop = Turning(t5010=[1])
    schedules(desk, shop).look()
    shop.at = 6000
    with pytest.raises(Fenced):
        schedules(desk, shop, active=False).look()
    assert enqueued(desk) == set()
    schedules(desk, shop).look()
    assert enqueued(desk) == {"1"}


def test_a_sale_of_the_whole_catalog_lets_orders_go_first(desk: Desk) -> None:
    shop = Turning(t5010=range(1, BULK + 1), t6000=[7000])
    looking = schedules(desk, shop)
    for shop.at in (5000, 5010, 6000):
        looking.look()
    classes = {task.key.id: task.klass for task in desk.state.tasks(limit=BULK + 10)}
    assert (classes["1"], classes["7000"]) == (Klass.BACKFILL, Klass.ENTITY)
