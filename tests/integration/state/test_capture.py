"""Tasks and position in one commit, and never the position ahead of the tasks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event

from cdc.keys import Key
from cdc.position import Anchor, Committed, LogPlace, Position, RestockFact, Touch, TransactionStart, XaStep
from sync.outcome import Done, ParkedFor, SkippedFor
from sync.state import Klass, Link, State
from tests.integration.state.given import NOW, Clock, at, changed, committed, order, start, taken


@contextmanager
def commits_of(state: State) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Connection) -> None:
        seen.append("commit")

    event.listen(state.database.engine, "commit", note)
    yield seen
    event.remove(state.database.engine, "commit", note)


def test_a_fresh_state_has_no_position(state: State) -> None:
    assert state.position() is None
    assert state.claim("worker", 60) is None


def test_tasks_and_position_are_one_commit(state: State) -> None:
    with commits_of(state) as commits:
        state.record([committed(10, order(1), order(2)), committed(20, order(1))], at(20))
    assert len(commits) == 1
    assert state.position() == at(20)
    assert state.counts()["waiting"] == 2


def test_a_failure_in_between_leaves_neither(state: State) -> None:
    class Torn(Exception):
        pass

    def tear(*args: object) -> None:
        if "INSERT INTO position" in str(args[2]):
            raise Torn

    changed(state, order(1), offset=10)
    event.listen(state.database.engine, "before_cursor_execute", tear)
    with pytest.raises(Torn):
        state.record([committed(20, order(2))], at(20))
    event.remove(state.database.engine, "before_cursor_execute", tear)
    assert state.position() == at(10)
    assert state.task(order(2)) is None


def test_the_position_never_moves_backwards(state: State) -> None:
    changed(state, order(1), offset=20)
    state.record([committed(10, order(2))], at(10))
    assert state.position() == at(20)
    assert state.task(order(2)) is not None
    state.set_position(at(10))
    assert state.position() == at(10)


@pytest.mark.parametrize(
    ("stored", "new", "moves"),
    [
        ("0-1-5,1-1-7", "0-2-6,1-1-7", True),
        ("0-1-5,1-1-7", "0-1-6", False),
        ("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5", "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-9", True),
        ("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:8", "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-6", False),
    ],
)
def test_gtid_sets_decide_after_a_failover(state: State, stored: str, new: str, moves: bool) -> None:
    state.set_position(Position(stored, LogPlace("primary.000009", 900)))
    position = Position(new, LogPlace("standby.000002", 4))
    state.record([], position)
    assert (state.position() == position) is moves


def test_without_gtids_file_numbers_decide(state: State) -> None:
    state.set_position(Position(None, LogPlace("bin.999999", 900)))
    later = Position(None, LogPlace("bin.1000000", 4))
    state.record([], later)
    assert state.position() == later


def test_a_position_keeps_its_anchor_and_the_last_good_commit_time(state: State, clock: Clock) -> None:
    anchor = Anchor(1, 2, 3, 4, LogPlace("bin.000001", 7))
    position = Position("0-1-10", LogPlace("bin.000001", 10), anchor)
    state.record([committed(10, order(1), seconds=5)], position)
    clock.move(60)
    state.record([], Position("0-1-11", LogPlace("bin.000001", 11), anchor))
    stored = state.stored_position()
    assert stored is not None
    assert stored.position.anchor == anchor
    assert stored.committed_at == NOW + timedelta(seconds=5)
    assert stored.stored_at == NOW + timedelta(seconds=60)


def test_a_huge_transaction_goes_in_chunks_and_the_position_with_the_last(state: State) -> None:
    keys = [order(number) for number in range(2_500)]
    with commits_of(state) as commits:
        state.record([committed(10, *keys)], at(10))
    assert len(commits) == 3
    state.record([Committed(position=None, start=start(11), committed_at=NOW, touches={order(9_999): Touch()})], None)
    assert state.counts()["waiting"] == 2_501
    assert state.position() == at(10)


def test_a_task_keeps_the_start_of_the_last_transaction(state: State) -> None:
    state.record([committed(10, order(1)), committed(20, order(1))], at(20))
    assert taken(state).starts == (TransactionStart("0-1-19", LogPlace("bin.000001", 19)),)


def test_after_another_log_was_adopted_no_task_waits_for_the_old_ones_transactions(state: State) -> None:
    changed(state, order(17), offset=50)
    state.set_position(at(5), other_log=True)
    assert taken(state).starts == ()


def test_enqueue_keeps_the_starts_and_the_highest_class(state: State) -> None:
    changed(state, order(1), offset=10)
    state.enqueue([order(1), order(2)], Klass.BACKFILL, admitted=True, reason="backfill")
    first, second = taken(state), taken(state)
    assert (first.key, first.klass, first.admitted) == (order(1), Klass.ORDER, True)
    assert first.starts == (start(9),)
    assert (second.key, second.klass, second.starts) == (order(2), Klass.BACKFILL, ())


def test_the_insert_is_remembered_after_the_task_is_done(state: State) -> None:
    changed(state, order(1), inserted=True)
    claim = taken(state)
    assert claim.captured_insert
    state.finish(claim, Done())
    changed(state, order(1), offset=20)
    assert taken(state).captured_insert


def test_an_insert_from_before_the_state_began_proves_nothing(state: State) -> None:
    state.record([committed(10, order(1), inserted=True, seconds=0)], at(10))
    assert not taken(state).captured_insert


@pytest.mark.parametrize(("seconds", "captured"), [(-1, False), (1, False), (3, True)])
def test_an_insert_from_about_the_time_of_taking_over_proves_nothing(
    state: State, seconds: float, captured: bool
) -> None:
    state.take_over()
    state.record([committed(10, order(17), inserted=True, seconds=seconds)], at(10))
    assert taken(state).captured_insert is captured


def test_a_deleted_order_is_no_captured_insert(state: State) -> None:
    changed(state, order(1), inserted=True)
    state.record([committed(20, order(1), deleted=True)], at(20))
    assert not taken(state).captured_insert


def test_other_kinds_have_no_captured_insert(state: State) -> None:
    changed(state, Key("product", "1"), inserted=True)
    assert not taken(state).captured_insert


def test_restock_facts_are_joined(state: State) -> None:
    def fact(raised: str) -> RestockFact:
        return RestockFact("1", "7", (raised,))

    state.record([committed(10, order(1), restocked=[fact("product:2")])], at(10))
    state.record([committed(20, order(1), restocked=[fact("sku:A"), fact("product:2")])], at(20))
    assert state.restocked("1") == (RestockFact("1", "7", ("product:2", "sku:A")),)
    assert state.restocked("2") == ()


def test_a_prepared_transaction_waits_for_its_commit(state: State, url: str) -> None:
    fact = RestockFact("1", "7", ("product:2",))
    prepared = committed(10, order(1), inserted=True, restocked=[fact], xa=XaStep("prepared", "x1"))
    lost = committed(20, order(2), xa=XaStep("prepared", "x2"))
    state.record([prepared, lost], at(20))
    assert state.counts()["waiting"] == 0
    assert state.restocked("1") == ()
    state.record(
        [committed(30, xa=XaStep("committed", "x1")), committed(40, xa=XaStep("rolled_back", "x2"))],
        at(40),
    )
    claim = taken(state)
    assert (claim.key, claim.starts, claim.captured_insert) == (order(1), (start(29),), True)
    assert state.claim("worker", 60) is None
    assert state.restocked("1") == (fact,)
    state.finish(claim, Done())
    state.record([committed(50, xa=XaStep("committed", "x1")), committed(60, xa=XaStep("committed", "x2"))], at(60))
    assert state.counts()["waiting"] == 0


def test_an_xid_is_used_again_in_one_batch(state: State) -> None:
    steps = [
        committed(10, order(1), xa=XaStep("prepared", "x")),
        committed(20, xa=XaStep("committed", "x")),
        committed(30, order(2), xa=XaStep("prepared", "x")),
    ]
    state.record(steps, at(30))
    assert taken(state).key == order(1)
    assert state.claim("worker", 60) is None
    state.record([committed(40, xa=XaStep("committed", "x"))], at(40))
    assert taken(state).key == order(2)


def test_a_truncate_looks_at_every_linked_and_open_key_of_the_kind(state: State) -> None:
    for number in range(1_100):
        with_link = Link(entity=order(number), role="order", document="order_draft", number=str(number))
        if number % 550 == 0:
            state.save_link(None, with_link)
    changed(state, order(7), Key("product", "7"))
    state.finish(taken(state), ParkedFor("reason", "advice"))
    state.finish(taken(state), SkippedFor("reason"))
    truncated = Committed(
        position=at(20), start=start(19), committed_at=NOW, ddl_tables=("sales_order",), ddl_kinds=("order",)
    )
    state.record([truncated], at(20))
    assert {row.key for row in state.tasks(states=["waiting"])} == {order(0), order(550), order(7)}
    assert taken(state).starts == (start(19),)


def test_shops_share_a_file_without_seeing_each_other(state: State, url: str) -> None:
    changed(state, order(1))
    with State.open(url, "other") as other:
        assert not other.restored
        assert other.epoch == state.epoch
        assert other.position() is None
        assert other.claim("worker", 60) is None
        assert other.counts()["waiting"] == 0
