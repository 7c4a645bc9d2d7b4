from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cdc.errors import BadServerSettings, LockLost
from cdc.models_stock import Stocked, StockProduct, Written
from cdc.stock import StockTables
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from tests import magento1
from tests.magento1 import Magento1
from tests.world import until


@dataclass
class World:
    """A Magento 1 shop and what is tried on it."""

    server: PrivateMariaDB
    schema: str
    shop: Magento1
    stock: StockTables
    prefix: str

    def product(self, product_id: int) -> StockProduct:
        """As the door gives it."""
        return self.stock.products([product_id])[product_id]

    def look(self, product_id: int, *orders: int) -> Stocked:
        """One product, unlocked."""
        return self.stock.look([self.product(product_id)], {product_id: orders})[product_id]

    def put(self, product_id: int, quantity: str | None, *orders: int, after: int = 10**6) -> Written | None:
        """Write a quantity, or leave it."""
        given = None if quantity is None else Decimal(quantity)
        return self.stock.apply(self.product(product_id), orders, after, lambda _: given)

    def item(self, product_id: int) -> tuple[str, int, int, bool]:
        """Quantity, in stock, by itself, and whether it runs low."""
        row = self.shop.tables.row("cataloginventory_stock_item", product_id=product_id)
        return f"{row['qty']:f}", row["is_in_stock"], row[self.shop.auto], row["low_stock_date"] is not None

    def statuses(self, product_id: int) -> list[tuple[int, str, int]]:
        """Its index rows."""
        return [(website, f"{quantity:f}", status) for website, quantity, status in self.shop.status(product_id)]

    def waits_for_a_row(self) -> bool:
        """Whether a transaction waits for a lock. The table is not filled anew within 0.1 s of a look."""
        sql = "SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND trx_query LIKE %s"
        return bool(self.shop.tables.execute(sql, ("%cataloginventory_stock_item%FOR UPDATE",)))

    def index(self) -> str:
        """index_process.status of the stock index."""
        return str(self.shop.tables.row("index_process", indexer_code="cataloginventory_stock")["status"])


@pytest.fixture
def world(mariadb: PrivateMariaDB, schema: str, request: pytest.FixtureRequest) -> Iterator[World]:
    """Parametrise with (prefix, the name of the column that says who took a product out of stock)."""
    prefix, auto = getattr(request, "param", ("", "stock_status_changed_auto"))
    magento1.install(mariadb, schema, prefix, auto)
    with (
        closing(mariadb.connect(schema)) as connection,
        closing(StockTables(mariadb.url(schema), prefix)) as stock,
    ):
        yield World(mariadb, schema, Magento1(Tables(connection, prefix), auto), stock, prefix)


@pytest.mark.parametrize(
    "world",
    [("", "stock_status_changed_auto"), ("m1_", "stock_status_changed_automatically")],
    indirect=True,
)
def test_a_product_sells_out_and_comes_back(world: World) -> None:
    mug = world.shop.product("MUG", "5", notify_stock_qty=2, use_config_notify_stock_qty=0)
    written = world.put(mug, "3")
    assert written is not None
    assert (written.before, written.after) == (Decimal(5), Decimal(3))
    assert (written.was_in_stock, written.in_stock) == (True, True)
    assert world.item(mug) == ("3.0000", 1, 0, False)
    assert world.statuses(mug) == [(1, "3.0000", 1), (2, "3.0000", 1)]
    assert world.index() == "pending"  # nothing flipped

    world.put(mug, "0")
    assert world.item(mug) == ("0.0000", 0, 1, True)
    assert world.statuses(mug) == [(1, "0.0000", 0), (2, "0.0000", 0)]
    assert world.index() == "require_reindex"
    low = world.shop.tables.row("cataloginventory_stock_item", product_id=mug)["low_stock_date"]
    assert abs(low.replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=1)
    assert not world.look(mug).by_hand

    written = world.put(mug, "4")
    assert written is not None
    assert (written.was_in_stock, written.in_stock) == (False, True)
    assert world.item(mug)[:2] == ("4.0000", 1)
    assert world.statuses(mug) == [(1, "4.0000", 1), (2, "4.0000", 1)]


def test_what_a_person_took_out_stays_out(world: World) -> None:
    mug = world.shop.product("MUG", "5", is_in_stock=0)
    assert world.look(mug).by_hand
    world.put(mug, "9")
    assert world.item(mug) == ("9.0000", 0, 0, False)
    assert world.statuses(mug) == [(1, "9.0000", 0), (2, "9.0000", 0)]
    assert world.index() == "pending"


def test_a_website_where_it_is_not_sold_keeps_that(world: World) -> None:
    mug = world.shop.product("MUG", "5")
    world.shop.tables.update("cataloginventory_stock_status", {"stock_status": 0}, product_id=mug, website_id=2)
    world.shop.tables.delete("cataloginventory_stock_status", product_id=mug, website_id=1)
    world.put(mug, "7")
    assert world.statuses(mug) == [(1, "7.0000", 1), (2, "7.0000", 0)]


def test_backorders_and_the_level_that_counts_as_none(world: World) -> None:
    more = world.shop.product("MORE", "5", backorders=1, use_config_backorders=0)
    world.put(more, "-2")
    assert world.item(more) == ("-2.0000", 1, 0, True)
    assert world.statuses(more) == [(1, "0.0000", 1), (2, "0.0000", 1)]
    kept = world.shop.product("KEPT", "5", min_qty=2, use_config_min_qty=0)
    world.put(kept, "2")
    assert world.item(kept)[1:3] == (0, 1)
    free = world.shop.product("FREE", "0", manage_stock=0, use_config_manage_stock=0)
    assert not world.look(free).managed
    world.shop.tables.delete("cataloginventory_stock_status", product_id=free, website_id=1)
    world.put(free, "0")
    assert [status for _, _, status in world.statuses(free)] == [1, 0]


def test_what_the_rows_hold(world: World) -> None:
    mug, plate = world.shop.product("MUG", "5", is_qty_decimal=1), world.shop.product("PLATE", "0")
    bare = world.shop.tables.insert("catalog_product_entity", {"sku": "BARE"})
    first, second = world.shop.order((mug, "2"), (plate, "1")), world.shop.order((mug, "1"), state="canceled")
    found = world.stock.look([world.product(one) for one in (mug, plate, bare)], {mug: [first, second, 999]})
    assert [found[one].quantity for one in (mug, plate, bare)] == [5, 0, None]
    assert [(one.order_id, one.ordered, one.cancelled) for one in found[mug].demands] == [
        (first, Decimal(2), Decimal(0)),
        (second, Decimal(1), Decimal(1)),
    ]
    assert found[plate].demands == ()
    assert (found[mug].reserves, found[mug].reservations, found[mug].stocks) == (False, (), ())
    assert (found[mug].decimals, found[mug].in_stock, found[plate].in_stock) == (True, True, False)
    assert world.put(bare, "3") is None


def test_under_the_lock_newer_orders_are_seen(world: World) -> None:
    mug = world.shop.product("MUG", "5")
    known = world.shop.order((mug, "1"))
    seen: list[Stocked] = []

    def decide(rows: Stocked) -> Decimal | None:
        seen.append(rows)
        return None

    newer = world.shop.order((mug, "3"))
    assert world.stock.apply(world.product(mug), [known], known, decide) is None
    assert [one.order_id for one in seen[0].demands] == [known, newer]
    assert world.stock.apply(world.product(mug), [known], newer, decide) is None
    assert [one.order_id for one in seen[1].demands] == [known]
    assert world.item(mug)[0] == "5.0000"


def test_a_product_that_is_gone_or_renamed_is_left(world: World) -> None:
    mug = world.shop.product("MUG", "5")
    product = world.product(mug)
    world.shop.tables.update("catalog_product_entity", {"sku": "CUP"}, entity_id=mug)
    assert world.stock.apply(product, [], 0, lambda _: Decimal(1)) is None
    assert world.item(mug)[0] == "5.0000"
    world.shop.tables.delete("catalog_product_entity", entity_id=mug)
    assert world.stock.apply(product, [], 0, lambda _: Decimal(1)) is None


def test_composite_products_follow_their_last_child(world: World) -> None:
    shirt = world.shop.product("SHIRT", kind="configurable")
    small, large = (world.shop.product(f"SHIRT-{size}", "1", parent=shirt) for size in "SL")
    out = world.shop.product("OLD", kind="configurable", is_in_stock=0)
    for child in (small, large):
        world.shop.tables.insert("catalog_product_relation", {"parent_id": out, "child_id": child})
        world.shop.tables.insert("catalog_product_super_link", {"parent_id": out, "product_id": child})
    world.shop.tables.update("cataloginventory_stock_status", {"stock_status": 0}, product_id=out)
    world.put(small, "0")
    assert [status for _, _, status in world.statuses(shirt)] == [1, 1]
    world.put(large, "0")
    assert [status for _, _, status in world.statuses(shirt)] == [0, 0]
    assert world.item(shirt)[1] == 1  # its own row is the merchant's
    world.put(small, "1")
    assert [status for _, _, status in world.statuses(shirt)] == [1, 1]
    assert [status for _, _, status in world.statuses(out)] == [0, 0]


def test_two_children_that_sell_out_at_once_take_their_parent_along(world: World) -> None:
    shirt = world.shop.product("SHIRT", kind="configurable")
    children = [world.shop.product(f"SHIRT-{size}", "1", parent=shirt) for size in range(4)]
    together = threading.Barrier(len(children))

    def sell(child: int) -> None:
        product = world.product(child)
        together.wait(10)
        world.stock.apply(product, [], 10**6, lambda _: Decimal(0))

    threads = [threading.Thread(target=sell, args=(child,)) for child in children]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [world.item(child)[1] for child in children] == [0] * len(children)
    assert [status for _, _, status in world.statuses(shirt)] == [0, 0]


def test_a_checkout_between_look_and_write_is_not_lost(world: World) -> None:
    """Magento 1 locks the row, takes its pieces and commits; the write waits for it and then sees what is left."""
    mug = world.shop.product("MUG", "5")
    product = world.product(mug)
    seen: list[Any] = []

    def decide(rows: Stocked) -> Decimal:
        seen.append(rows.quantity)
        return Decimal(4)

    with closing(world.server.connect(world.schema)) as other:
        checkout = Tables(other, world.prefix)
        thread = threading.Thread(target=lambda: world.stock.apply(product, [], 0, decide))
        with checkout.transaction():
            checkout.row("cataloginventory_stock_item", product_id=mug, lock=True)
            thread.start()
            checkout.add("cataloginventory_stock_item", "qty", Decimal(-2), product_id=mug)
            until("the write waits for the row", world.waits_for_a_row, 10, every=0.15)
            assert not seen
        thread.join(20)
    assert seen == [3]
    assert world.item(mug)[0] == "4.0000"


def test_without_the_shops_lock_nothing_is_written(world: World) -> None:
    mug = world.shop.product("MUG", "5")
    with (
        closing(
            StockTables(world.server.url(world.schema), world.prefix, fence=lambda: 1, lock_name=f"l_{world.schema}")
        ) as fenced,
        pytest.raises(LockLost),
    ):
        fenced.apply(world.product(mug), [], 0, lambda _: Decimal(1))
    assert world.item(mug) == ("5.0000", 1, 0, False)


def test_a_write_right_that_is_missing_is_named(world: World) -> None:
    mug = world.shop.product("MUG", "5")
    user = f"r_{world.schema}"
    world.shop.tables.execute(f"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'pw'")
    world.shop.tables.execute(f"GRANT SELECT ON {world.schema}.* TO {user}@'127.0.0.1'")
    try:
        with closing(StockTables(world.server.url(world.schema, user, "pw"))) as reading:
            assert reading.look([world.product(mug)], {})[mug].quantity == 5
            with pytest.raises(BadServerSettings, match="cataloginventory_stock_item") as caught:
                reading.apply(world.product(mug), [], 0, lambda _: Decimal(1))
        assert "`magento-economic grants`" in caught.value.hint
        assert "--pull" in caught.value.hint
    finally:
        world.shop.tables.execute(f"DROP USER {user}@'127.0.0.1'")
    assert world.item(mug)[0] == "5.0000"
