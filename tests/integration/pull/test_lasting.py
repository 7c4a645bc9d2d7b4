"""What is to be looked at is looked at, whatever happens in between; and what is remembered belongs to its product."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cdc.errors import DatabaseUnreachable
from mapping.profile import load_profile
from mapping.stock import Since
from sync.demo.tables import Tables
from sync.state.errors import StateBusy
from tests.integration.pull.pulldesk import SINCE, Bookkeeping, PullDesk
from tests.integration.pull.test_numbers import given, in_stock, out_of_stock
from tests.integration.pull.till import Layout, Placed, Till

PLAIN = pytest.mark.parametrize("layout", ["plain"], indirect=True)
MSI = pytest.mark.parametrize("layout", ["msi_default"], indirect=True)


def ordered(desk: PullDesk, till: Till, quantity: int) -> Placed:
    """An order that the pull knows of."""
    checkout = till.checkout(quantity)
    assert checkout is not None
    order = till.arrives(checkout)
    desk.changed(order.id, skus=(till.sku,))
    desk.drain()
    return order


@PLAIN
def test_a_changed_order_is_looked_at_after_a_failure(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    till = given(desk, tables, layout, 5, 5)
    desk.poll(till.sku)
    order = ordered(desk, till, 2)
    tables.execute(f"DELETE FROM {tables.name('sales_order_item')} WHERE order_id = %s", [order.id])
    desk.changed(order.id)
    look = desk.tables.look

    def fails(*_: Any) -> Any:
        raise DatabaseUnreachable("the server is away")

    desk.tables.look = fails  # type: ignore[assignment,method-assign]
    with pytest.raises(DatabaseUnreachable):
        desk.drain()
    desk.tables.look = look  # type: ignore[method-assign]
    desk.restart()
    desk.drain()
    desk.ahead += timedelta(minutes=16)
    desk.drain()
    assert till.offer() == 5


@PLAIN
def test_what_comes_while_nothing_may_be_written_waits(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    till = given(desk, tables, layout, 8, 8)
    desk.poll(till.sku)
    till.edit(4)
    desk.changed(skus=(till.sku,))
    desk.engine.may_write = lambda: False
    desk.drain()
    desk.engine.may_write = lambda: True
    desk.drain()
    assert till.offer() == 8


@PLAIN
def test_an_order_that_cannot_be_read_keeps_no_other_back(
    desk: PullDesk, tables: Tables, layout: Layout, caplog: pytest.LogCaptureFixture
) -> None:
    till = given(desk, tables, layout, 8, 8)
    desk.poll(till.sku)
    checkouts = [till.checkout(1) for _ in range(3)]
    orders = [till.arrives(one) for one in checkouts if one is not None]
    read = desk.tables.demands

    def odd(ids: Any) -> Any:
        if orders[1].id in ids:
            raise ZeroDivisionError
        return read(ids)

    desk.tables.demands = odd  # type: ignore[assignment,method-assign]
    desk.changed(*(one.id for one in orders))
    desk.drain()
    assert {line.order_id for line in desk.state.lines_of([till.id])[till.id]} == {orders[0].id, orders[2].id}
    assert desk.state.changed_orders() == []
    assert "internal error ZeroDivisionError" in caplog.text
    assert f"order id:{orders[1].id}" in caplog.text


@PLAIN
def test_a_product_that_cannot_be_compared_keeps_no_other_back(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    odd, till = given(desk, tables, layout, 8, 8), given(desk, tables, layout, 8, 8)
    desk.poll(odd.sku)
    desk.poll(till.sku)
    look = desk.tables.look

    def fails(products: Any, orders: Any) -> Any:
        if odd.id in {one.id for one in products}:
            raise ZeroDivisionError
        return look(products, orders)

    desk.tables.look = fails  # type: ignore[method-assign]
    till.edit(4)
    desk.changed(skus=(odd.sku, till.sku))
    desk.drain()
    assert till.offer() == 8


@PLAIN
def test_a_product_in_doubt_is_asked_for_after_a_restart(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    till = given(desk, tables, layout, 5, 5)
    desk.poll(till.sku)
    order = ordered(desk, till, 2)
    books = Bookkeeping(desk, till.sku)
    intent, draft = books.begin(order.id, Decimal(2), "invoice")
    till.edit(4)
    desk.changed(skus=(till.sku,))
    desk.drain()
    books.effect(Decimal(2))
    books.answered(intent, draft)
    desk.restart()
    assert desk.engine.wanted() == [till.sku]
    desk.poll(till.sku)
    assert till.offer() == 3
    desk.restart()
    assert desk.engine.wanted() == []


@PLAIN
def test_a_number_that_moves_to_another_product_brings_nothing_along(
    desk: PullDesk, tables: Tables, layout: Layout
) -> None:
    till = given(desk, tables, layout, 9, 9)
    desk.poll(till.sku)
    tables.update("catalog_product_entity", {"sku": f"{till.sku}-OLD"}, entity_id=till.id)
    other = Till(tables, layout, 2)
    tables.update("catalog_product_entity", {"sku": till.sku}, entity_id=other.id)
    desk.poll(till.sku)
    assert other.row() == 9
    [row] = desk.state.stock_rows([till.sku])
    assert (row.product_id, row.pieces) == (other.id, ())


@MSI
def test_a_person_who_took_another_product_out_of_stock_does_not_keep_this_one_out(
    desk: PullDesk, tables: Tables, layout: Layout
) -> None:
    till = given(desk, tables, layout, 4, 4)
    desk.poll(till.sku)
    out_of_stock(till)
    desk.poll(till.sku)
    old = till.sku
    tables.update("catalog_product_entity", {"sku": f"{old}-OLD"}, entity_id=till.id)
    tables.update("inventory_source_item", {"sku": f"{old}-OLD"}, sku=old)
    other = Till(tables, layout, 0)
    tables.update("catalog_product_entity", {"sku": old}, entity_id=other.id)
    tables.update("inventory_source_item", {"sku": old}, sku=other.sku)
    other.sku = old
    out_of_stock(other)
    desk.poll(old)
    assert in_stock(other)


@PLAIN
def test_a_renamed_product_no_longer_follows_its_old_number(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    till = given(desk, tables, layout, 9, 9)
    desk.poll(till.sku)
    old, till.sku = till.sku, f"A-{till.sku}"
    tables.update("catalog_product_entity", {"sku": till.sku}, entity_id=till.id)
    desk.product(till.sku, 2)
    desk.poll(till.sku)
    assert till.row() == 2
    order = ordered(desk, till, 1)
    assert till.row() == 1
    desk.ahead += timedelta(minutes=16)
    desk.changed(order.id)
    desk.drain()
    assert till.row() == 1
    desk.poll(old)
    desk.changed(skus=(old, till.sku))
    desk.drain()
    assert till.row() == 1


@PLAIN
def test_a_product_whose_stock_e_conomic_keeps_no_more_is_left_alone(
    desk: PullDesk, tables: Tables, layout: Layout
) -> None:
    till = given(desk, tables, layout, 3, 3)
    desk.poll(till.sku)
    desk.http.put(
        f"/products/{till.sku}",
        json={"productNumber": till.sku, "name": till.sku, "productGroup": {"productGroupNumber": 2}},
    ).raise_for_status()
    desk.poll(till.sku)
    [row] = desk.state.stock_rows([till.sku])
    assert row.standing in ("not_kept", "no_inventory")
    till.edit(50)
    desk.changed(skus=(till.sku,))
    desk.drain()
    assert till.row() == 53


@PLAIN
def test_a_clock_that_is_set_back_does_not_let_an_old_number_count(
    desk: PullDesk, tables: Tables, layout: Layout
) -> None:
    till = given(desk, tables, layout, 5, 5)
    desk.poll(till.sku)
    order = ordered(desk, till, 2)
    desk.poll(till.sku)
    desk.ahead -= timedelta(hours=1)
    books = Bookkeeping(desk, till.sku)
    books.book(order.id, Decimal(2), "invoice")
    desk.changed(order.id, skus=(till.sku,))
    desk.drain()
    assert till.offer() == 3
    assert desk.engine.wanted() == [till.sku]
    desk.poll(till.sku)
    assert till.offer() <= 3
    desk.ahead += timedelta(minutes=16)
    desk.poll(till.sku)
    assert till.offer() == 3


@PLAIN
def test_an_order_is_let_go_only_once_the_number_without_it_is_stored(
    desk: PullDesk, tables: Tables, layout: Layout
) -> None:
    till = given(desk, tables, layout, 5, 5)
    desk.poll(till.sku)
    order = ordered(desk, till, 2)
    books = Bookkeeping(desk, till.sku)
    books.book(order.id, Decimal(2), "invoice")
    save = desk.state.save_stock

    def fails(rows: Sequence[Any]) -> None:
        raise StateBusy("the disk is slow")

    desk.state.save_stock = fails  # type: ignore[assignment,method-assign]
    with pytest.raises(StateBusy):
        desk.engine.take([desk.ask(till.sku)])
    desk.state.save_stock = save  # type: ignore[method-assign]
    assert [line.order_id for line in desk.state.lines_of([till.id])[till.id]] == [order.id]
    desk.poll(till.sku)
    assert desk.state.lines_of([till.id]) == {till.id: []}


@PLAIN
def test_orders_are_read_anew_when_they_begin_to_count_earlier(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    till = given(desk, tables, layout, 5, 5)
    desk.poll(till.sku)
    order = ordered(desk, till, 2)
    late = Since(otherwise=datetime(2026, 12, 6, tzinfo=UTC))
    desk.ledger.since = desk.engine.applier.since = lambda: late
    desk.changed(order.id)
    desk.ledger.fill()
    desk.drain()
    desk.ahead += timedelta(minutes=16)
    desk.drain()
    assert till.offer() == 5
    assert desk.state.lines_of([till.id]) == {till.id: []}
    desk.ledger.since = desk.engine.applier.since = lambda: SINCE
    desk.ledger.fill()
    desk.drain()
    assert till.offer() == 3


@PLAIN
def test_orders_that_another_profile_leaves_out_are_offered_again(
    desk: PullDesk, tables: Tables, layout: Layout
) -> None:
    till = given(desk, tables, layout, 5, 5)
    desk.poll(till.sku)
    order = ordered(desk, till, 2)
    assert till.offer() == 3
    path = desk.folder / "profile.yaml"
    for lines, offered, skipped in (("when: [{if: 'True', then: skip}]\n", 5, True), ("", 3, False)):
        path.write_text(f"extends: sandbox\n{lines}")
        desk.profile = load_profile(path)
        desk.restart()
        desk.drain()
        assert till.offer() == offered
        assert [(line.order_id, line.skipped) for line in desk.state.lines_of([till.id])[till.id]] == [
            (order.id, skipped)
        ]


@PLAIN
def test_the_other_of_e_conomics_numbers_is_asked_for_anew(desk: PullDesk, tables: Tables, layout: Layout) -> None:
    till = given(desk, tables, layout, 5, 5)
    desk.poll(till.sku)
    path = desk.folder / "profile.yaml"
    path.write_text("extends: sandbox\nstock: {basis: available}\n")
    desk.profile = load_profile(path)
    desk.restart()
    [row] = desk.state.stock_rows([till.sku])
    assert (row.seen, row.seen_at, row.applied) == (None, None, Decimal(5))


@PLAIN
def test_an_order_that_is_committed_after_newer_ones_is_found_without_capture(
    desk: PullDesk, tables: Tables, layout: Layout
) -> None:
    till = given(desk, tables, layout, 5, 5)
    desk.poll(till.sku)
    first, second = till.checkout(1), till.checkout(1)
    assert first is not None
    assert second is not None
    late = till.arrives(first)
    till.arrives(second)
    order, item = tables.row("sales_order", entity_id=late.id), tables.row("sales_order_item", order_id=late.id)
    tables.delete("sales_order_item", order_id=late.id)
    tables.delete("sales_order", entity_id=late.id)
    desk.restart()
    tables.insert("sales_order", order)
    tables.insert("sales_order_item", item)
    desk.restart()
    assert late.id in {line.order_id for line in desk.state.lines_of([till.id])[till.id]}


@pytest.mark.parametrize("layout", ["plain", "msi_default"], indirect=True)
def test_a_row_that_comes_back_is_not_given_the_number_from_before(
    desk: PullDesk, tables: Tables, layout: Layout
) -> None:
    till = given(desk, tables, layout, 8, 8)
    desk.poll(till.sku)
    if till.msi:
        table = "inventory_source_item"
        row = {**tables.row(table, source_code=till.source, sku=till.sku), "quantity": 0}
        tables.delete(table, source_code=till.source, sku=till.sku)
    else:
        table = "cataloginventory_stock_item"
        row = tables.row(table, product_id=till.id)
        tables.delete(table, product_id=till.id)
    desk.stock(till.sku, 5)
    assert [one.row.standing for one in desk.poll(till.sku)] == ["no_stock_row"]
    tables.insert(table, row)
    desk.changed(skus=(till.sku,))
    desk.drain()
    assert till.offer() == (0 if till.msi else 8)
    assert desk.engine.wanted() == [till.sku]
    desk.poll(till.sku)
    assert till.offer() == 5
