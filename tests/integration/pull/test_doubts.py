"""What stays in doubt for long is asked for ever more rarely, and a row that is locked for long keeps no other back."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from decimal import Decimal

import pytest

from cdc import stock_write
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from tests.integration.pull.conftest import shop_of
from tests.integration.pull.pulldesk import Bookkeeping, PullDesk
from tests.integration.pull.test_lasting import PLAIN, ordered
from tests.integration.pull.test_numbers import given
from tests.integration.pull.till import Layout

EITHER = pytest.mark.parametrize("layout", ["plain", "msi_default"], indirect=True)


@PLAIN
def test_a_booking_that_nobody_answers_for_hours_takes_few_calls(
    desk: PullDesk, tables: Tables, layout: Layout
) -> None:
    till = given(desk, tables, layout, 5, 5)
    desk.poll(till.sku)
    order = ordered(desk, till, 2)
    books = Bookkeeping(desk, till.sku)
    intent, draft = books.begin(order.id, Decimal(2), "invoice")
    desk.take(desk.ask(till.sku))
    asked: list[timedelta] = []
    began = desk.ahead
    while desk.ahead - began < timedelta(hours=1) and len(asked) < 200:
        due = desk.engine.next_due()
        assert due is not None
        desk.ahead += max(due - desk.now(), timedelta()) + timedelta(milliseconds=1)
        if desk.engine.wanted():
            asked.append(desk.ahead - began)
            desk.take(desk.ask(till.sku))
    assert len(asked) < 30
    assert sum(one < timedelta(seconds=10) for one in asked) >= 4
    books.effect(Decimal(2))
    books.answered(intent, draft)
    desk.poll(till.sku)
    assert till.offer() == 3
    [row] = desk.state.stock_rows([till.sku])
    assert row.standing == ""


@EITHER
def test_a_row_that_somebody_keeps_locked_is_tried_again_later_and_the_others_are_written(
    desk: PullDesk,
    tables: Tables,
    layout: Layout,
    mariadb: PrivateMariaDB,
    schemas: dict[Layout, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stock_write, "LOCK_WAIT", 1)
    monkeypatch.setattr(stock_write, "ATTEMPTS", 2)
    locked, till = given(desk, tables, layout, 5, 5), given(desk, tables, layout, 5, 5)
    desk.poll(locked.sku)
    desk.poll(till.sku)
    desk.restart()
    with closing(mariadb.connect(shop_of(mariadb, schemas, layout))) as other, other.cursor() as cursor:
        other.begin()
        cursor.execute("SELECT * FROM cataloginventory_stock_item WHERE product_id = %s FOR UPDATE", (locked.id,))
        for one in (locked, till):
            desk.stock(one.sku, 9)
        answers = [desk.ask(locked.sku), desk.ask(till.sku)]
        assert {one.row.number: one.action for one in desk.take(*answers)} == {locked.sku: "again", till.sku: "written"}
        assert desk.state.stock_rows([locked.sku])[0].standing == "locked"
        desk.changed(skus=(locked.sku, till.sku))
        till.edit(3)
        desk.drain()
        assert locked.row() == 5
        assert till.row() == 9
        other.rollback()
    desk.ahead += timedelta(minutes=2)
    assert desk.engine.wanted() == [locked.sku]
    desk.poll(locked.sku)
    assert locked.row() == 9


@EITHER
def test_a_number_that_no_column_holds_keeps_no_other_back(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    large, till = given(desk, tables, layout, 5, 5), given(desk, tables, layout, 5, 5)
    desk.stock(large.sku, 999_999_999)
    desk.stock(till.sku, 7)
    desk.take(desk.ask(large.sku), desk.ask(till.sku))
    assert large.row() == 5
    assert till.row() == 7
    assert [row.standing for row in desk.state.stock_rows([large.sku])] == ["too_large"]


@PLAIN
def test_what_the_database_refuses_for_one_product_keeps_no_other_back(
    desk: PullDesk, tables: Tables, layout: Layout, caplog: pytest.LogCaptureFixture
) -> None:
    odd, till = given(desk, tables, layout, 5, 5), given(desk, tables, layout, 5, 5)
    tables.execute(
        "CREATE TRIGGER odd BEFORE UPDATE ON cataloginventory_stock_item FOR EACH ROW BEGIN"
        f" IF NEW.product_id = {odd.id} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not with me'; END IF; END"
    )
    try:
        for one in (odd, till):
            desk.stock(one.sku, 9)
        desk.take(desk.ask(odd.sku), desk.ask(till.sku))
        assert odd.row() == 5
        assert till.row() == 9
        assert desk.state.stock_rows([odd.sku])[0].standing == "not_written"
        assert "not with me" in caplog.text
    finally:
        tables.execute("DROP TRIGGER odd")
    desk.poll(odd.sku)
    assert odd.row() == 9
