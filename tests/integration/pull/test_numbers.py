"""What reaches Magento's rows: each rule of the number on a real database, in every way to keep stock."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sync.demo.tables import Tables
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
