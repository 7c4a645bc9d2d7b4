"""What the tables tell after a gap: by their own times, page by page, and by ids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cdc import gap
from cdc.gap import Who
from cdc.keys import Key, Kind
from tests.integration.cdc.load_world import World

EVERY: tuple[Kind, ...] = ("order", "customer", "product")
AGO = timedelta(hours=3)


@pytest.fixture
def orders(own_world: World) -> list[int]:
    """Seven orders that have not changed for a day."""
    made = [own_world.order() for _ in range(7)]
    own_world.tables.execute("UPDATE sales_order SET updated_at = UTC_TIMESTAMP() - INTERVAL 1 DAY")
    return made


def changed(world: World, kinds: tuple[Kind, ...] = EVERY, since: timedelta = AGO) -> list[Key]:
    """Every key that the rows tell of."""
    return [key for page in world.shop.changed_since(datetime.now(UTC) - since, kinds) for key in page]


def test_rows_tell_by_the_time_of_the_order_or_of_what_belongs_to_it(own_world: World, orders: list[int]) -> None:
    tables = own_world.tables
    moved, commented = orders[0], orders[1]
    tables.execute(
        "UPDATE sales_order SET updated_at = UTC_TIMESTAMP() - INTERVAL 2 HOUR WHERE entity_id = %s", [moved]
    )
    tables.insert(
        "sales_order_status_history",
        {"parent_id": commented, "status": "pending", "comment": "Ring"},
    )
    assert set(changed(own_world, ("order",))) == {Key("order", str(one)) for one in (moved, commented)}
    assert changed(own_world, ("order",), timedelta(hours=1)) == [Key("order", str(commented))]
    assert changed(own_world, ("customer",)) == []


def test_pages_give_every_key_once_and_in_order(
    own_world: World, orders: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gap, "PAGE", 3)
    kinds: tuple[Kind, ...] = ("order",)
    pages = list(own_world.shop.changed_since(datetime.now(UTC) - timedelta(days=2), kinds))
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [int(key.id) for page in pages for key in page] == orders
    newer = [int(key.id) for page in own_world.shop.newer_than("order", orders[1]) for key in page]
    assert newer == orders[2:], "whatever the clocks said"


def test_who_orders_are_by_their_ids(own_world: World, orders: list[int]) -> None:
    there = own_world.shop.orders_there([orders[0], 999_999])
    number = own_world.tables.row("sales_order", entity_id=orders[0])["increment_id"]
    assert there == {orders[0]: Who(number, datetime(2026, 12, 31, 23, 30, tzinfo=UTC))}
    assert own_world.shop.orders_there([]) == {}
