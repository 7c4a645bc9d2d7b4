"""The stock's ledger: orders that capture says changed, their lines, and SKUs that wait for a look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from cdc.keys import Key
from cdc.position import Committed, XaStep
from sync.outcome import Done, ParkedFor
from sync.state import Klass, State, StockLine, StockRow, TaskFilter
from tests.integration.state.given import NOW, Clock, at, changed, committed, order, start, taken

D = Decimal


def sku(text: str) -> Key:
    return Key("stock", text)


@contextmanager
def statements(state: State) -> Iterator[list[str]]:
    """Every statement and commit from here on."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    def commit(_connection: object) -> None:
        seen.append("COMMIT")

    engine = state.database.engine
    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", commit)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
    event.remove(engine, "commit", commit)


def test_orders_are_marked_in_the_commit_that_stores_their_tasks_and_only_when_told(state: State) -> None:
    with statements(state) as unmarked:
        changed(state, order(1), sku("A"))
        state.enqueue([order(2)], Klass.BACKFILL)
    assert state.changed_orders() == []
    assert not [one for one in unmarked if "stock_order" in one]
    state.follow_stock = True
    with statements(state) as marked:
        changed(state, order(1), order(9), sku("A"), Key("customer", "5"), offset=20)
    assert len([one for one in marked if "stock_order" in one]) == 1
    assert marked.count("COMMIT") == 1
    state.enqueue([order(2), order(9), Key("product", "7")], Klass.BACKFILL)
    assert state.changed_orders() == [(9, 2), (2, 1), (1, 1)]
    assert state.orders_waiting() == 3
    state.record([], at(30))
    state.follow_stock = False
    changed(state, order(1), offset=40)
    assert state.changed_orders(1) == [(9, 2)]


def test_a_failure_in_between_leaves_no_mark_and_no_task(state: State) -> None:
    class Torn(Exception):
        pass

    def tear(*args: Any) -> None:
        if "INSERT INTO position" in str(args[2]):
            raise Torn

    state.follow_stock = True
    event.listen(state.database.engine, "before_cursor_execute", tear)
    with pytest.raises(Torn):
        changed(state, order(1), sku("A"))
    event.remove(state.database.engine, "before_cursor_execute", tear)
    assert (state.changed_orders(), state.due_stock(), state.counts()["waiting"]) == ([], [], 0)


def test_what_an_xa_transaction_touched_is_marked_with_its_commit(state: State) -> None:
    state.follow_stock = True
    state.record([committed(10, order(1), sku("A"), xa=XaStep("prepared", "x"))], at(10))
    assert (state.changed_orders(), state.due_stock()) == ([], [])
    state.record([committed(20, xa=XaStep("committed", "x"))], at(20))
    assert state.changed_orders() == [(1, 1)]
    assert [one.sku for one in state.due_stock()] == ["A"]


def test_a_mark_stays_when_the_order_changed_while_it_was_looked_at(state: State) -> None:
    state.mark_orders([3, 1, 2, 2])
    assert state.changed_orders() == [(3, 1), (2, 1), (1, 1)]
    read = state.changed_orders()
    state.mark_orders([2])
    state.settle_orders(read, [StockLine(product_id=7, order_id=2, open=D("1.5"))])
    assert state.changed_orders() == [(2, 2)]
    assert state.lines_of([7]) == {7: [StockLine(product_id=7, order_id=2, open=D("1.5"))]}


def test_settling_replaces_the_lines_of_these_orders_and_no_others(state: State) -> None:
    first = StockLine(product_id=7, order_id=1, open=D("2.0000"), taken_off=D("1"))
    other = StockLine(product_id=7, order_id=2, skipped=True)
    state.settle_orders([(1, 0), (2, 0)], [first, other, StockLine(product_id=8, order_id=1)])
    assert state.lines_of([7, 8, 9]) == {7: [first, other], 8: [StockLine(product_id=8, order_id=1)], 9: []}
    assert str(state.lines_of([7])[7][0].open) == "2.0000"
    assert (state.products_of([1, 2]), state.products_of([2, 3]), state.products_of([])) == ({7, 8}, {7}, set())
    now = StockLine(product_id=9, order_id=1, open=D(4))
    state.settle_orders([(1, 0)], [now])
    assert state.lines_of([7, 8, 9]) == {7: [other], 8: [], 9: [now]}
    state.drop_lines([(7, 2), (9, 99)])
    assert state.lines_of([7, 9]) == {7: [], 9: [now]}
    state.settle_orders([], [])
    state.drop_lines([])


def test_thousands_of_orders_go_in_chunks(state: State) -> None:
    with statements(state) as marking:
        state.mark_orders(range(1, 2_502))
    assert marking.count("COMMIT") == 3
    read = state.changed_orders(5_000)
    assert read == [(number, 1) for number in range(2_501, 0, -1)]
    with statements(state) as settling:
        state.settle_orders(read, [StockLine(product_id=n % 900, order_id=n) for n in range(1, 2_502)])
    assert settling.count("COMMIT") == 1
    assert state.changed_orders() == []
    assert sum(len(lines) for lines in state.lines_of(range(900)).values()) == 2_501


def test_skus_wait_for_the_pull_alone(state: State, clock: Clock) -> None:
    changed(state, sku("A"), sku("B"))
    clock.move(10)
    assert state.claim("worker", 60) is None
    assert (state.next_due(), state.oldest_waiting()) == (None, None)
    assert state.take_over() == 0
    assert state.stock_waiting() == (2, timedelta(seconds=10))
    assert [(one.sku, one.generation, one.first_seen) for one in state.due_stock()] == [("A", 1, NOW), ("B", 1, NOW)]
    assert state.due_stock()[0].starts == (start(9),)
    changed(state, order(1), offset=20)
    assert taken(state).key == order(1)
    assert state.claim("worker", 60) is None


def test_a_sku_that_changed_while_it_was_looked_at_waits_on_in_its_place(state: State, clock: Clock) -> None:
    changed(state, sku("B"), sku("A"))
    read = state.due_stock()
    clock.move(10)
    changed(state, sku("B"), sku("C"), offset=20)
    state.stock_done(read)
    assert [(one.sku, one.generation, one.first_seen) for one in state.due_stock()] == [
        ("B", 2, NOW),
        ("C", 1, clock.now),
    ]
    assert state.due_stock(1)[0].sku == "B"
    state.stock_done([])
    state.stock_done(state.due_stock())
    assert state.stock_waiting() == (0, None)
    # one that is gone and comes again is another one: an old look does not end it
    changed(state, sku("A"), offset=30)
    state.stock_done(read)
    assert [one.sku for one in state.due_stock()] == ["A"]


def test_a_single_change_comes_before_a_bulk(state: State) -> None:
    changed(state, *(sku(f"bulk-{number}") for number in range(600)))
    changed(state, sku("one"), offset=20)
    assert [one.sku for one in state.due_stock(3)] == ["one", "bulk-0", "bulk-1"]


def test_a_sku_is_kept_to_the_letter(state: State) -> None:
    texts = ["ab", "AB", "ab ", " ab", "🎁Æ", "0", "1E5", "%"]
    changed(state, *map(sku, texts))
    assert sorted(one.sku for one in state.due_stock()) == sorted(texts)
    changed(state, sku("n\0ul"), offset=20)  # PostgreSQL stores no NUL
    assert state.due_stock()[-1].sku == "nul"


def test_people_may_set_a_sku_aside_and_let_it_be_looked_at_again(state: State) -> None:
    changed(state, sku("A"), sku("B"))
    read = state.due_stock()
    state.skip([sku("A")], by="me")
    state.stock_done(read)
    changed(state, sku("A"), offset=20)
    assert state.due_stock() == []
    state.retry(TaskFilter(kind="stock"))
    assert [one.sku for one in state.due_stock()] == ["A"]
    assert state.claim("worker", 60) is None


def test_after_a_change_of_the_tables_every_known_sku_is_looked_at(state: State) -> None:
    state.save_stock([StockRow(number="1", sku="A"), StockRow(number="2", sku="B"), StockRow(number="3")])
    changed(state, sku("C"))
    state.record(
        [Committed(position=at(20), start=start(19), committed_at=NOW, ddl_tables=("t",), ddl_kinds=("stock",))],
        at(20),
    )
    assert sorted(one.sku for one in state.due_stock()) == ["A", "B", "C"]


def test_every_known_sku_is_found_page_by_page(state: State) -> None:
    state.save_stock([StockRow(number=f"{n}", sku=f"S{n:05d}") for n in range(2_100)])
    changed(state, sku("S00000"), sku("T"))
    with statements(state) as asked:
        state.look_at_all("stock")
    assert asked.count("COMMIT") == 3
    assert state.stock_waiting()[0] == 2_101
    assert {one.sku: one.generation for one in state.due_stock(3_000)}["S00000"] == 2


def test_the_bells_ring_for_those_whom_it_concerns(state: State) -> None:
    workers, pull = state.bell.rings, state.stock_bell.rings
    changed(state, sku("A"))
    assert (state.bell.rings - workers, state.stock_bell.rings - pull) == (0, 1)
    changed(state, order(1), offset=20)
    assert (state.bell.rings - workers, state.stock_bell.rings - pull) == (1, 1)
    state.follow_stock = True
    state.enqueue([order(1)], Klass.BACKFILL)
    assert (state.bell.rings - workers, state.stock_bell.rings - pull) == (2, 2)
    state.mark_orders([1])
    assert state.stock_bell.rings - pull == 3


def test_other_tasks_are_still_seen_anew_when_they_rested(state: State, clock: Clock) -> None:
    changed(state, order(1), order(2))
    state.finish(taken(state), ParkedFor("customer_barred", ""))
    state.finish(taken(state), Done(look_again_at=NOW + timedelta(days=1)))
    clock.move(60)
    changed(state, order(1), order(2), offset=20)
    assert [task.first_seen for task in state.tasks()] == [clock.now, clock.now]
