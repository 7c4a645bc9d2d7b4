"""Natural keys: one at a time makes a customer, between threads and between processes."""

from __future__ import annotations

import threading

import pytest

from sync.outcome import Done
from sync.state import NaturalKeyBusy, State
from tests.integration.state.given import Clock, changed, order, taken

EMAIL = "email:guest@example.com"


def test_forty_threads_make_one_customer(url: str) -> None:
    made: list[str] = []
    inside: list[int] = []
    together: list[int] = []
    with State.open(url, "shop", busy_timeout=20) as state:
        changed(state, *(order(number) for number in range(40)))

        def work(number: int) -> None:
            claim = taken(state, f"worker {number}")
            with state.lock_natural_key(claim, "customer", EMAIL, 20):
                inside.append(number)
                together.append(len(inside))
                if not made:
                    made.append(claim.key.id)
                inside.remove(number)
            state.finish(claim, Done())

        threads = [threading.Thread(target=work, args=(number,)) for number in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(25)
        assert together == [1] * 40
        assert len(made) == 1
        assert state.sizes()["natural_key"] == 0


def test_another_process_holds_it(state: State, url: str, clock: Clock) -> None:
    changed(state, order(1), order(2))
    with State.open(url, "shop", clock=clock) as other:
        mine, theirs = taken(state), taken(other)
        with other.lock_natural_key(theirs, "customer", EMAIL, 0):
            with pytest.raises(NaturalKeyBusy), state.lock_natural_key(mine, "customer", EMAIL, 0.02):
                pass
            with state.lock_natural_key(mine, "customer", "email:other@example.com", 0):
                pass
        with state.lock_natural_key(mine, "customer", EMAIL, 0):
            pass


def test_it_ends_with_the_lease(state: State, url: str, clock: Clock) -> None:
    changed(state, order(1), order(2))
    with State.open(url, "shop", clock=clock) as other:
        dead = taken(other, lease=60)
        never_left = other.lock_natural_key(dead, "customer", EMAIL, 0)
        never_left.__enter__()
        clock.move(30)
        other.renew(dead, 60)
        mine = taken(state, lease=120)
        clock.move(31)
        with pytest.raises(NaturalKeyBusy), state.lock_natural_key(mine, "customer", EMAIL, 0):
            pass
        clock.move(30)
        with state.lock_natural_key(mine, "customer", EMAIL, 0):
            # the dead one wakes up and gives back what is not its own any more
            never_left.__exit__(None, None, None)
            assert state.sizes()["natural_key"] == 1


def test_it_ends_with_the_claim(state: State) -> None:
    changed(state, order(1), order(2))
    first, second = taken(state), taken(state)
    with state.lock_natural_key(first, "customer", EMAIL, 0):
        state.finish(first, Done())
        assert state.sizes()["natural_key"] == 0
    with state.lock_natural_key(second, "customer", EMAIL, 0):
        pass


def test_it_is_taken_again_for_free_and_only_in_order(state: State) -> None:
    changed(state, order(1))
    claim = taken(state)
    with (
        state.lock_natural_key(claim, "customer", EMAIL, 0),
        state.lock_natural_key(claim, "product", "A", 0),
        state.lock_natural_key(claim, "product", "B", 0),
        state.lock_natural_key(claim, "product", "A", 0),
    ):
        with pytest.raises(ValueError, match="must be locked before"):
            state.lock_natural_key(claim, "product", "AA", 0).__enter__()
        assert state.sizes()["natural_key"] == 3
    assert state.sizes()["natural_key"] == 0


def test_an_error_inside_gives_it_back(state: State) -> None:
    changed(state, order(1))
    claim = taken(state)
    with pytest.raises(RuntimeError), state.lock_natural_key(claim, "customer", EMAIL, 0):
        raise RuntimeError
    assert state.sizes()["natural_key"] == 0
