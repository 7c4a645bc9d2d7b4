"""Whoever takes a shop over is the only one that stores anything, wherever the one before it stands."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from cdc.keys import Key
from sync.outcome import Done
from sync.state import Delivery, Klass, Link, NotActive, State, StateError
from tests.integration.state.given import NOW, POST, at, changed, committed, order, taken
from tests.integration.state.postgresql import PrivatePostgreSQL


def test_what_another_process_has_taken_over_is_not_written_any_more(state: State, url: str) -> None:
    state.take_over()
    changed(state, order(1))
    claim = taken(state)
    with closing(State.open(url, "shop")) as second, closing(State.open(url, "other shop")) as other:
        other.take_over()
        state.put("still", "ours")
        assert second.take_over() == 1
        with pytest.raises(NotActive):
            state.record([committed(20, order(2))], at(20))
        with pytest.raises(NotActive):
            state.set_position(at(30))
        with pytest.raises(NotActive):
            state.enqueue([order(3)], Klass.ORDER)
        with pytest.raises(NotActive):
            state.finish(claim, Done())
        with pytest.raises(NotActive), state.work(None) as work:
            work.save_link(Link(entity=order(1), role="order", document="order_draft", number="1"))
        with pytest.raises(NotActive), state.work(claim) as work:
            work.open_intent("order", POST, "key", order(1))
        assert (second.position(), second.counts()["waiting"], second.links(order(1))) == (at(10), 1, {})
        # what is true whoever holds the shop is still told
        state.log_call(Delivery(at=NOW, method="GET", path="/self", status=200, milliseconds=1))
        state.flush_calls()
        assert len(second.deliveries()) == 1
        state.pause("pull", by="somebody")
        assert "pull" in second.paused()
        # and it is the active one again as soon as it takes over
        state.take_over()
        state.record([committed(20, order(2))], at(20))
        with pytest.raises(NotActive):
            second.set_position(at(30))


def test_nothing_is_stored_while_the_lock_may_be_lost(state: State) -> None:
    held = True
    state.take_over(lambda: held)
    changed(state, order(1))

    def loses_it() -> None:
        nonlocal held
        with state.work(None) as work:
            work.enqueue([order(2)], Klass.ORDER)
            held = False

    with pytest.raises(NotActive):
        loses_it()
    assert [task.key for task in state.tasks()] == [order(1)]
    held = True
    state.enqueue([order(2)], Klass.ORDER)


def test_a_take_over_waits_for_a_commit_that_is_under_way(state: State, url: str) -> None:
    state.take_over()
    began, may_end, order_of = threading.Event(), threading.Event(), list[str]()

    def write() -> None:
        with state.work(None) as work:
            work.enqueue([order(1)], Klass.ORDER)
            began.set()
            may_end.wait(10)
            order_of.append("the first's commit")

    writer = threading.Thread(target=write)
    writer.start()
    assert began.wait(10)
    with closing(State.open(url, "shop")) as second:

        def take() -> None:
            second.take_over()
            order_of.append("the second has taken over")

        taker = threading.Thread(target=take)
        taker.start()
        taker.join(0.3)
        assert taker.is_alive()
        may_end.set()
        taker.join(10)
        writer.join(10)
        assert order_of == ["the first's commit", "the second has taken over"]
        assert [task.key for task in second.tasks()] == [order(1)]


def test_a_process_that_stops_within_a_transaction_loses_it_before_the_shop_is_lost(
    postgresql: PrivatePostgreSQL,
) -> None:
    postgresql.empty()
    with closing(State.open(postgresql.url, "shop")) as state, closing(State.open(postgresql.url, "shop")) as second:
        state.take_over()

        def stops() -> None:
            with state.work(None) as work:
                work.enqueue([Key("order", "1")], Klass.ORDER)
                second.take_over()  # waits until the server has ended the other's session

        with pytest.raises(StateError) as caught:
            stops()
        assert caught.value.retryable
        assert second.tasks() == []
