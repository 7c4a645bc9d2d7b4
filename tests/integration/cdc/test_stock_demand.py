from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cdc.stock_demand import load_demands, newest_order, orders_after, orders_called, orders_since
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from tests import magento1
from tests.integration.cdc.load_world import World
from tests.integration.cdc.stock_world import reading


def test_what_orders_take(world: World) -> None:
    first = world.order(created_at="2026-12-01 10:00:00", state="processing")
    parent = world.item(first, product_id=901, product_type="configurable", qty_ordered=3, qty_shipped=1, sku="T-M")
    world.item(first, product_id=902, parent_item_id=parent, qty_ordered=3, sku="T-M")
    world.item(first, product_id=903, qty_ordered="0.5", qty_canceled="0.25")
    second = world.order(state="canceled", store_id=2)
    kit = world.item(second, product_id=904, product_type="bundle", qty_ordered=1)
    world.item(second, product_id=903, parent_item_id=kit, qty_ordered=2)
    empty = world.order()
    with reading(world.server, world.schema) as (reader, layout):
        before = reader.statements
        demands = load_demands(reader, layout, [second, first, empty, 0])
        assert reader.statements - before == 1
        only = load_demands(reader, layout, [first, second], {903})
        assert load_demands(reader, layout, []) == load_demands(reader, layout, [first], []) == []
    assert [(d.order_id, d.product_id, *map(float, (d.ordered, d.cancelled, d.shipped))) for d in demands] == [
        (first, 902, 3, 0, 1),
        (first, 903, 0.5, 0.25, 0),
        (second, 903, 2, 2, 0),
    ]
    assert demands[0].created_at == datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert (demands[2].store_id, demands[2].state) == (2, "canceled")
    assert [(d.order_id, d.product_id) for d in only] == [(first, 903), (second, 903)]


def test_many_orders_take_few_statements(world: World) -> None:
    ids = [world.order() for _ in range(3)]
    for order_id in ids:
        world.item(order_id, product_id=905)
    many = [*ids, *range(10**6, 10**6 + 1200)]
    with reading(world.server, world.schema) as (reader, layout):
        before = reader.statements
        assert [d.order_id for d in load_demands(reader, layout, many)] == ids
        assert reader.statements - before == 3


def test_orders_by_id_and_time(own_world: World) -> None:
    with reading(own_world.server, own_world.schema) as (reader, layout):
        assert newest_order(reader, layout) == 0
        old, new, newer = (own_world.order(created_at=f"2026-12-0{day} 00:00:00") for day in (1, 2, 3))
        assert newest_order(reader, layout) == newer
        assert orders_after(reader, layout, old) == [new, newer]
        assert orders_after(reader, layout, newer) == []
        since = datetime(2026, 12, 2, 1, tzinfo=UTC).astimezone(tz=None) - timedelta(hours=1)
        assert orders_since(reader, layout, since, 0, 10) == [new, newer]
        assert orders_since(reader, layout, since, 0, 1) == [new]
        assert orders_since(reader, layout, since, new, 10) == [newer]


def test_orders_by_their_number(own_world: World) -> None:
    first = own_world.order(increment_id="A1", store_id=1)
    other = own_world.order(increment_id="a1", store_id=3)
    second = own_world.order(increment_id="A1", store_id=2)
    own_world.order(increment_id="B2")
    with reading(own_world.server, own_world.schema) as (reader, layout):
        found = orders_called(reader, layout, ["A1", "a1 ", "C3", "", "\U0001f382"])
        assert found == {"A1": [first, second]}
        assert orders_called(reader, layout, ["a1"]) == {"a1": [other]}
        assert orders_called(reader, layout, []) == {}


def test_magento_1_keeps_the_same_in_other_tables(mariadb: PrivateMariaDB, schema: str) -> None:
    magento1.install(mariadb, schema, "m1_")
    with mariadb.connect(schema) as connection, reading(mariadb, schema, "m1_") as (reader, layout):
        shop = magento1.Magento1(Tables(connection, "m1_"))
        order_id = shop.order((11, "2"), created_at="2026-12-01 10:00:00")
        kit = shop.item(order_id, product_id=12, product_type="bundle", qty_ordered=2, qty_canceled=1)
        shop.item(order_id, product_id=11, parent_item_id=kit, qty_ordered=4)
        (demand,) = load_demands(reader, layout, [order_id])
        assert (demand.product_id, float(demand.ordered), float(demand.cancelled)) == (11, 6, 2)
        assert demand.increment_id == "100000001"
        assert newest_order(reader, layout) == order_id
        assert orders_after(reader, layout, 0) == [order_id]
        assert orders_since(reader, layout, demand.created_at, 0, 5) == [order_id]
        assert orders_called(reader, layout, ["100000001"]) == {"100000001": [order_id]}
