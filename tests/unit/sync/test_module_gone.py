"""An inventory module that was switched off in e-conomic is noticed when it is switched on again."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sync.pull import serve
from sync.pull.serve import ASK_AGAIN, ModuleGone


class Clock:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(serve, "time", moved)
    return moved


def context(*, module: bool, accepted: str | None) -> Any:
    return SimpleNamespace(
        agreement=SimpleNamespace(has_inventory=module),
        state=SimpleNamespace(get=lambda _flag: accepted),
        books_doubted=threading.Event(),
    )


def looked_at(clock: Clock, about: Any, *, after: float) -> bool:
    module = ModuleGone(cast(Any, about))
    clock.now += after
    module.look()
    return bool(about.books_doubted.is_set())


def test_the_lists_are_read_again_while_they_name_no_module(clock: Clock) -> None:
    about = context(module=False, accepted="yes")
    module = ModuleGone(about)
    for _ in range(3):
        about.books_doubted.clear()
        clock.now += ASK_AGAIN - 1
        module.look()
        assert not about.books_doubted.is_set()
        clock.now += 2
        module.look()
        assert about.books_doubted.is_set()


@pytest.mark.parametrize(("module", "accepted"), [(True, "yes"), (False, None)])
def test_nothing_is_read_for_a_module_that_is_there_or_that_nobody_asked_for(
    clock: Clock, module: bool, accepted: str | None
) -> None:
    assert not looked_at(clock, context(module=module, accepted=accepted), after=ASK_AGAIN * 3)
    assert looked_at(clock, context(module=False, accepted="yes"), after=ASK_AGAIN * 3)
