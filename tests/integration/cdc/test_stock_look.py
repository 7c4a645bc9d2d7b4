from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from cdc import stock_magento2
from cdc.models_stock import Reservation
from cdc.stock_reservations import load_reservations
from tests.integration.cdc.stock_shop import StockShop


def test_a_sku_is_found_as_the_server_compares(stock_shop: StockShop) -> None:
    long = "Ø" * 63 + "x"
    exact, lower, spaced, emoji, number, accent, longest = (
        stock_shop.product(1, sku=sku, source=None)
        for sku in ("Look-A1", "look-a1", "Look-A1  ", "look\U0001f600", "017", "lookÉ", long)
    )
    found = stock_shop.stock().find(
        ["LOOK-A1 ", "look\U0001f600", "017", "17", "lookE", long, "", "1E5", "100000", "'"]
    )
    assert {sku: [product.id for product in products] for sku, products in found.items() if sku != "1E5"} == {
        "LOOK-A1 ": [exact.id, lower.id, spaced.id],
        "look\U0001f600": [emoji.id],
        "017": [number.id],
        "lookE": [accent.id],
        long: [longest.id],
    }
    assert [product.sku for product in found["LOOK-A1 "]] == ["Look-A1", "look-a1", "Look-A1  "]
    assert [product.sku for product in found["1E5"]] == ["1E5"]
    assert stock_shop.stock().find([]) == {}


def test_many_skus_in_few_statements_whatever_the_columns_hold(stock_shop: StockShop) -> None:
    stock, product = stock_shop.stock(), stock_shop.product(1)
    stock.layout  # noqa: B018 - read before the statements are counted
    stock_shop.tables.execute(
        "ALTER TABLE catalog_product_entity MODIFY sku VARCHAR(64) CHARACTER SET utf8mb3 NOT NULL"
    )
    before = _selects(stock_shop)
    found = stock.find([*(f"nothing-{n}" for n in range(300)), "\U0001f600", product.sku.lower()])
    assert {sku: [one.id for one in products] for sku, products in found.items()} == {product.sku.lower(): [product.id]}
    assert _selects(stock_shop) - before <= 6
    stock_shop.tables.execute(
        "ALTER TABLE catalog_product_entity MODIFY sku VARCHAR(64) CHARACTER SET utf8mb4 NOT NULL"
    )


def _selects(shop: StockShop) -> int:
    with shop.tables.connection.cursor() as cursor:
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Com_select'")
        row = cursor.fetchone()
        assert row is not None
        return int(row[1])


def test_the_catalog_page_by_page(stock_shop: StockShop) -> None:
    stock, parent = stock_shop.stock(), stock_shop.product(0, kind="grouped")
    second = stock_shop.product(0, kind="configurable")
    child = stock_shop.product(5, parents=[second, parent])
    assert stock.catalog(parent.id - 1, 2) == [parent, second]
    page = stock.catalog(second.id, 2)
    assert page == [child]
    assert stock.catalog(child.id, 2) == []
    assert stock.products([child.id, 999_999]) == {child.id: page[0]}


def test_a_look_takes_few_statements(stock_shop: StockShop) -> None:
    stock = stock_shop.stock()
    products = [stock_shop.product(number % 7) for number in range(200)]
    orders = {product.id: [stock_shop.order(product, 1, f"L{product.id}")] for product in products[:20]}
    for product in products[10:40]:
        stock_shop.reserve(product, -1, f"L{product.id}")
    stock.look(products[:1], {})
    before = _selects(stock_shop)
    looked = stock.look(products, orders)
    assert _selects(stock_shop) - before <= 8
    assert [looked[product.id].quantity for product in products] == [Decimal(number % 7) for number in range(200)]
    assert [len(looked[product.id].demands) for product in products] == [1] * 20 + [0] * 180
    assert [len(looked[product.id].reservations) for product in products] == [0] * 10 + [1] * 30 + [0] * 160
    assert [bool(looked[product.id].reservations[0].order_ids) for product in products[10:40]] == [True] * 10 + [
        False
    ] * 20


def test_reservations_are_summed_up_by_order(stock_shop: StockShop) -> None:
    stock, product = stock_shop.stock(), stock_shop.product(9)
    order = stock_shop.order(product, 3, "R01")
    shared = [stock_shop.order(product, 1, "R02", store_id=store) for store in (1, 2)]
    old = stock_shop.order(product, 1, "R03")
    done = stock_shop.order(product, 1, "R04")
    stock_shop.reserve(product, -3, "R01")
    stock_shop.reserve(product, 1, "R01")
    stock_shop.reserve(product, -2, "R02")
    stock_shop.reserve(product, -1, "", metadata=json.dumps({"object_type": "order", "object_id": str(old)}))
    stock_shop.reserve(product, -1, "R04")
    stock_shop.reserve(product, 1, "R04")
    stock_shop.reserve(product, -4, "R05")  # its order is not there yet
    stock_shop.reserve(product, -5, "", metadata='{"object_type":"order","object_incre')
    stock_shop.reserve(product, -6, "R01", stock=2)  # a stock that sells nothing
    looked = stock.look([product], {product.id: [order]})[product.id]
    assert [(one.increment_id, one.order_ids, one.quantity) for one in looked.reservations] == [
        ("", (), Decimal(-5)),
        ("R01", (order,), Decimal(-2)),
        ("R02", tuple(shared), Decimal(-2)),
        ("R03", (old,), Decimal(-1)),
        ("R05", (), Decimal(-4)),
    ]
    assert {one.stock_id for one in looked.reservations} == {1}
    assert sorted(one.order_id for one in looked.demands) == [order, *shared, old]
    assert done not in [one.order_id for one in looked.demands]


def test_an_order_that_is_cancelled_meanwhile_takes_its_reservation_along(
    stock_shop: StockShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its reservation was read, then it was cancelled: counting the reservation would offer one piece too many."""
    stock, product = stock_shop.stock(), stock_shop.product(9)
    order = stock_shop.order(product, 1, "R11")
    stock_shop.reserve(product, -1, "R11")
    reads = []

    def read_and_cancel(*arguments: Any) -> dict[str, tuple[Reservation, ...]]:
        found = load_reservations(*arguments)
        reads.append(found)
        if len(reads) == 1:
            stock_shop.reserve(product, 1, "R11")
            stock_shop.tables.update("sales_order_item", {"qty_canceled": 1}, order_id=order)
        return found

    monkeypatch.setattr(stock_magento2, "load_reservations", read_and_cancel)
    looked = stock.look([product], {})[product.id]
    assert [len(found) for found in reads] == [1, 0]
    assert [(one.order_id, one.cancelled) for one in looked.demands] == [(order, Decimal(1))]
    assert looked.reservations == ()


def test_reservations_that_name_ever_more_orders_end_as_checkouts_under_way(
    stock_shop: StockShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock, product = stock_shop.stock(), stock_shop.product(9)
    orders = [stock_shop.order(product, 1, f"R2{number}") for number in range(9)]
    known = stock_shop.order(product, 1, "R30")
    turn = iter(orders)

    def another(*arguments: Any) -> dict[str, Sequence[Reservation]]:
        return {
            product.sku: tuple(
                Reservation(stock_id=1, increment_id="", order_ids=(order,), quantity=Decimal(-1))
                for order in (known, next(turn))
            )
        }

    monkeypatch.setattr(stock_magento2, "load_reservations", another)
    looked = stock.look([product], {product.id: [known]})[product.id]
    assert [one.order_ids for one in looked.reservations] == [(known,), ()]


def test_under_the_lock_newer_orders_and_named_ones_count(stock_shop: StockShop) -> None:
    stock, product, other = stock_shop.stock(), stock_shop.product(9), stock_shop.product(9)
    given, named = stock_shop.order(product, 1, "R41"), stock_shop.order(product, 2, "R42")
    left = stock_shop.order(product, 3, "R43")
    after = stock.newest_order()
    newer = stock_shop.order(product, 4, "R44")
    stock_shop.order(other, 5, "R45")
    stock_shop.reserve(product, -2, "R42")
    seen = []
    assert stock.apply(product, [given], after, lambda rows: seen.append(rows)) is None
    assert sorted((one.order_id, one.ordered) for one in seen[0].demands) == [
        (given, Decimal(1)),
        (named, Decimal(2)),
        (newer, Decimal(4)),
    ]
    assert left == after
    assert [one.quantity for one in seen[0].reservations] == [Decimal(-2)]
