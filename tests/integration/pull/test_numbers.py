"""What reaches Magento's rows: each rule of the number on a real database, in every way to keep stock."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sync.demo.tables import Tables
from sync.pull.figures import products_called, pull_status
from tests.integration.pull.pulldesk import Bookkeeping, PullDesk
from tests.integration.pull.till import LAYOUTS, Layout, Till

EVERY = pytest.mark.parametrize("layout", LAYOUTS, indirect=True)


def given(desk: PullDesk, tables: Tables, layout: Layout, quantity: int, in_stock: int) -> Till:
    """A product on both sides."""
    till = Till(tables, layout, quantity)
    desk.product(till.sku, in_stock)
    return till


@EVERY
def test_a_purchase_reaches_the_shop_once(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    till = given(desk, tables, layout, 3, 7)
    assert [one.action for one in desk.poll(till.sku)] == ["written"]
    assert till.offer() == 7
    assert [one.action for one in desk.poll(till.sku)] == ["unchanged"]
    [row] = desk.state.stock_rows([till.sku])
    assert (row.before, row.quantity) == (Decimal(3), Decimal(7))
    assert (row.writes, row.sku, row.product_id) == (1, till.sku, till.id)


@EVERY
def test_an_order_is_taken_off_until_it_is_booked(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    till = given(desk, tables, layout, 5, 5)
    desk.poll(till.sku)
    checkout = till.checkout(2)
    assert checkout is not None
    order = till.arrives(checkout)
    desk.changed(order.id, skus=(till.sku,))
    desk.stock(till.sku, 9)
    desk.poll(till.sku)
    assert till.offer() == 7
    till.ship(order, 2)
    desk.changed(order.id)
    desk.poll(till.sku)
    assert till.offer() == 7
    books = Bookkeeping(desk, till.sku)
    intent, draft = books.begin(order.id, Decimal(2), "invoice")
    early = desk.ask(till.sku)
    books.effect(Decimal(2))
    assert desk.take(early)[0].action == "again"
    books.answered(intent, draft)
    assert desk.take(early)[0].action == "again"
    desk.poll(till.sku)
    assert till.offer() == 7
    assert desk.state.lines_of([till.id]) == {till.id: []}


@pytest.mark.parametrize("layout", ["plain", "magento1"], indirect=True)
def test_a_slow_payment_is_not_sold_again(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    till = given(desk, tables, layout, 3, 3)
    desk.poll(till.sku)
    checkout = till.checkout(2)
    assert checkout is not None
    desk.changed(skus=(till.sku,))
    desk.stock(till.sku, 4)
    desk.poll(till.sku)
    assert till.offer() == 2
    order = till.arrives(checkout)
    desk.changed(order.id)
    desk.poll(till.sku)
    assert till.offer() == 2


@pytest.mark.parametrize("layout", ["plain"], indirect=True)
def test_an_edit_downward_is_put_back_after_a_quarter_of_an_hour(
    desk: PullDesk, tables: Tables, layout: Layout
) -> None:
    till = given(desk, tables, layout, 8, 8)
    desk.poll(till.sku)
    till.edit(-3)
    desk.changed(skus=(till.sku,))
    desk.poll(till.sku)
    assert till.offer() == 5
    desk.ahead += 15 * desk.ahead.resolution * 60_000_000
    desk.drain()
    assert till.offer() == 8


@EVERY
def test_an_edit_upward_is_put_back_at_once(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    till = given(desk, tables, layout, 8, 8)
    desk.poll(till.sku)
    till.edit(4)
    desk.changed(skus=(till.sku,))
    desk.drain()
    assert till.offer() == 8


@pytest.mark.parametrize("layout", ["plain"], indirect=True)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_around_the_commit_leaves_nothing_held_and_nothing_lost(
    desk: PullDesk, tables: Tables, layout: Layout, when: str
) -> None:
    till = given(desk, tables, layout, 8, 8)
    desk.poll(till.sku)
    desk.stock(till.sku, 5)
    desk.crash_before, desk.crash_after = when == "before", when == "after"
    desk.take(desk.ask(till.sku))
    desk.poll(till.sku)
    assert till.offer() == 5


@EVERY
@pytest.mark.parametrize("when", ["before", "after"])
def test_what_a_killed_process_wrote_is_not_put_back_to_the_number_before(
    desk: PullDesk, tables: Tables, layout: Layout, when: str
) -> None:
    till = given(desk, tables, layout, 8, 8)
    desk.poll(till.sku)
    desk.stock(till.sku, 5)
    desk.crash_before, desk.crash_after = when == "before", when == "after"
    desk.take(desk.ask(till.sku))
    desk.changed(skus=(till.sku,))  # the binlog tells of the write once more
    desk.drain()
    assert till.offer() == 5


def out_of_stock(till: Till, *, by_itself: int = 0) -> None:
    """Take the product out of stock, as a shipment under MSI or a person does."""
    till.tables.update(
        "cataloginventory_stock_item", {"is_in_stock": 0, "stock_status_changed_auto": by_itself}, product_id=till.id
    )
    if till.msi:
        till.tables.update("inventory_source_item", {"status": 0}, source_code=till.source, sku=till.sku)


def in_stock(till: Till) -> bool:
    """Whether the product is in stock."""
    if till.layout == "msi_source":
        return bool(till.tables.row("inventory_source_item", source_code=till.source, sku=till.sku)["status"])
    return bool(till.tables.row("cataloginventory_stock_item", product_id=till.id)["is_in_stock"])


@EVERY
def test_goods_that_were_sold_out_come_back_by_themselves(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    till = given(desk, tables, layout, 0, 0)
    desk.poll(till.sku)
    # a shipment under MSI takes the product out of stock without the mark that all other ways leave
    out_of_stock(till, by_itself=0 if till.msi else 1)
    desk.stock(till.sku, 5)
    desk.poll(till.sku)
    assert in_stock(till)


@EVERY
def test_what_a_person_took_out_of_stock_stays_out_whatever_comes(
    desk: PullDesk, tables: Tables, layout: Layout
) -> None:
    till = given(desk, tables, layout, 4, 4)
    desk.poll(till.sku)
    out_of_stock(till)
    desk.changed(skus=(till.sku,))
    desk.drain()
    for quantity in (0, 7):
        desk.stock(till.sku, quantity)
        desk.restart()
        desk.poll(till.sku)
        assert till.row() == quantity
        assert not in_stock(till)
    [row] = desk.state.stock_rows([till.sku])
    assert row.by_hand


def test_a_booking_that_e_conomic_shows_late_is_not_offered_again(
    desk: PullDesk, tables: Tables, layout: Layout
) -> None:
    till = given(desk, tables, layout, 5, 5)
    desk.poll(till.sku)
    checkout = till.checkout(2)
    assert checkout is not None
    order = till.arrives(checkout)
    desk.changed(order.id, skus=(till.sku,))
    desk.poll(till.sku)
    books = Bookkeeping(desk, till.sku)
    books.answered(*books.begin(order.id, Decimal(2), "invoice"))
    desk.poll(till.sku)
    assert till.offer() == 3
    books.effect(Decimal(2))
    desk.poll(till.sku)
    assert till.offer() == 3
    assert desk.state.lines_of([till.id]) == {till.id: []}


def test_an_old_answer_does_not_undo_a_newer_one(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    till = given(desk, tables, layout, 5, 5)
    old = desk.ask(till.sku)
    desk.stock(till.sku, 2)
    desk.poll(till.sku)
    desk.take(old)
    assert till.offer() == 2


def test_a_return_that_is_credited_meanwhile_does_not_hide_the_booking(
    desk: PullDesk, tables: Tables, layout: Layout
) -> None:
    till = given(desk, tables, layout, 9, 9)
    books, orders = Bookkeeping(desk, till.sku), []
    for quantity in (3, 4):
        checkout = till.checkout(quantity)
        assert checkout is not None
        orders.append(till.arrives(checkout))
    first, second = orders
    desk.changed(first.id, second.id, skus=(till.sku,))
    desk.poll(till.sku)
    books.book(first.id, Decimal(3), "invoice")
    desk.poll(till.sku)
    books.book(second.id, Decimal(4), "invoice")
    books.credit(first.id, Decimal(1))
    desk.poll(till.sku)
    assert till.offer() == desk.in_stock(till.sku) == 3


def test_what_was_seen_and_written_is_told_of_each_product(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    till = given(desk, tables, layout, 4, 9)
    desk.poll(till.sku)
    for [told] in (pull_status(desk.state, {})["latest"], products_called(desk.state, till.sku)):
        assert (told["sku"], told["from"], told["to"], told["in_stock"], told["writes"]) == (till.sku, "4", "9", "9", 1)
        assert told["seen_at"] <= told["written_at"]
    assert products_called(desk.state, "nobody's") == []
