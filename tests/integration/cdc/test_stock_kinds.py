from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from cdc.models_stock import StockProduct
from tests.integration.cdc.stock_shop import VIEWS, StockShop, write


@pytest.fixture
def butik(stock_shop: StockShop) -> Iterator[StockShop]:
    """Stock 2 sells to a website too, from the source butik."""
    tables = stock_shop.tables
    tables.insert("inventory_stock_sales_channel", {"type": "website", "code": "butik", "stock_id": 2})
    stock_shop.options = {"source": "butik"}
    yield stock_shop
    tables.delete("inventory_stock_sales_channel", code="butik")
    tables.execute("UPDATE indexer_state SET status = 'valid'")


def _sold_from(shop: StockShop, product: StockProduct) -> tuple[Decimal, int] | None:
    rows = shop.tables.rows("inventory_stock_2", sku=product.sku)
    return (rows[0]["quantity"], rows[0]["is_salable"]) if rows else None


def test_by_schedule_another_source_is_all_that_is_written(butik: StockShop) -> None:
    product, stock = butik.product(5, source="butik"), butik.stock()
    butik.tables.insert("inventory_stock_2", {"sku": product.sku, "quantity": 5, "is_salable": 1})
    assert (stock.layout.kind, stock.layout.stocks) == ("msi_source", (2,))
    assert stock.look([product], {})[product.id].stocks == (2,)
    for changelog in ("inventory_cl", "catalog_product_price_cl", "cataloginventory_stock_cl"):
        butik.tables.delete(changelog)
    written = write(stock, product, 0)
    assert (written.before, written.was_in_stock, written.in_stock) == (Decimal(5), True, False)
    assert butik.source(product, "butik") == (Decimal(0), 0)
    assert butik.flags(product) == (Decimal(5), 1, 0)
    assert butik.status(product) == (Decimal(5), 1)
    assert _sold_from(butik, product) == (Decimal(5), 1)  # the indexer's
    assert [row["entity_id"] for row in butik.tables.rows("inventory_cl")] == [
        butik.tables.row("inventory_source_item", sku=product.sku)["source_item_id"]
    ]
    assert not butik.tables.rows("catalog_product_price_cl") + butik.tables.rows("cataloginventory_stock_cl")
    assert write(stock, product, 2).in_stock
    assert butik.source(product, "butik") == (Decimal(2), 1)


def test_another_source_that_a_person_took_out_of_stock(butik: StockShop) -> None:
    product, stock = butik.product(5, source="butik"), butik.stock()
    butik.tables.update("inventory_source_item", {"status": 0}, sku=product.sku)
    looked = stock.look([product], {})[product.id]
    assert (looked.in_stock, looked.by_hand) == (False, True)
    write(stock, product, 9)
    assert butik.source(product, "butik") == (Decimal(9), 0)


def test_on_save_the_index_of_another_stock_is_written(butik: StockShop) -> None:
    butik.schedule()
    stock, parent = butik.stock(), butik.product(0, kind="configurable")
    product, sibling = (butik.product(5, source="butik", parents=[parent]) for _ in range(2))
    for one, salable in ((parent, 1), (sibling, 0)):
        butik.tables.insert("inventory_stock_2", {"sku": one.sku, "quantity": 0, "is_salable": salable})
    butik.reserve(product, -3, "900000011", stock=2)
    butik.reserve(product, -8, "900000012", stock=1)
    write(stock, product, 4)
    assert _sold_from(butik, product) == (Decimal(4), 1)
    assert _sold_from(butik, parent) == (Decimal(0), 1)
    butik.tables.execute("UPDATE indexer_state SET status = 'valid'")
    write(stock, product, 3)  # reservations take all of it
    assert _sold_from(butik, product) == (Decimal(3), 0)
    assert _sold_from(butik, parent) == (Decimal(0), 0)
    assert butik.source(product, "butik") == (Decimal(3), 1)
    assert butik.indexers()["catalog_product_price"] == butik.indexers()["catalogsearch_fulltext"] == "invalid"
    assert butik.flags(product) == (Decimal(5), 1, 0)
    write(stock, product, 6)
    assert (_sold_from(butik, product), _sold_from(butik, parent)) == ((Decimal(6), 1), (Decimal(0), 1))


def test_the_default_source_may_feed_another_stock_too(butik: StockShop) -> None:
    butik.schedule()
    butik.tables.insert("inventory_source_stock_link", {"stock_id": 2, "source_code": "default", "priority": 2})
    try:
        product = butik.product(5)
        butik.tables.insert(
            "inventory_source_item", {"source_code": "butik", "sku": product.sku, "quantity": 2, "status": 1}
        )
        butik.reserve(product, -1, "900000021", stock=1)
        butik.reserve(product, -4, "900000022", stock=2)
        stock = butik.stock(source="default", outside=("butik",))
        assert stock.layout.stocks == (1, 2)
        assert {one.stock_id for one in stock.look([product], {})[product.id].reservations} == {1, 2}
        write(stock, product, 0)
        assert butik.source(product) == (Decimal(0), 0)
        assert butik.source(product, "butik") == (Decimal(2), 1)
        assert butik.status(product) == (Decimal(0), 0)
        assert _sold_from(butik, product) == (Decimal(2), 0)
        write(stock, product, 7)
        assert butik.status(product) == (Decimal(7), 1)
        assert _sold_from(butik, product) == (Decimal(9), 1)
    finally:
        butik.tables.delete("inventory_source_stock_link", stock_id=2, source_code="default")


@pytest.mark.parametrize("own_stock_shop", [("m2_", False)], indirect=True)
def test_without_msi_and_with_a_prefix(own_stock_shop: StockShop) -> None:
    shop = own_stock_shop
    shop.schedule(*VIEWS)
    parent = shop.product(0, kind="configurable")
    product, stock = shop.product(5, parents=[parent]), shop.stock()
    order = shop.order(product, 2, "000000901")
    looked = stock.look([product], {product.id: [order]})[product.id]
    assert (looked.quantity, looked.reserves, looked.stocks) == (Decimal(5), False, ())
    assert [demand.ordered for demand in looked.demands] == [Decimal(2)]
    assert write(stock, product, 0).was_in_stock
    assert shop.flags(product) == (Decimal(0), 0, 1)
    assert shop.status(product) is None
    assert shop.queued("cataloginventory_stock_cl", product, parent) == [True, True]
    assert shop.flags(parent) == (Decimal(0), 0, 1)

    shop.schedule()
    stock.forget()
    # a stale index row: without MSI nothing keeps a product from being salable but its own row
    plain = shop.product(5)
    shop.tables.update("cataloginventory_stock_status", {"stock_status": 0}, product_id=plain.id)
    write(stock, plain, 4)
    assert shop.status(plain) == (Decimal(4), 1)
    assert stock.find([product.sku.lower()]) == {product.sku.lower(): [product]}

    # "Update by Schedule" was switched off, and the changelog dropped, while the layout was kept
    shop.schedule(*VIEWS)
    stock.forget()
    write(stock, plain, 5)
    shop.schedule()
    shop.tables.execute("DROP TABLE m2_catalog_product_price_cl")
    write(stock, plain, 0)
    assert shop.status(plain) == (Decimal(0), 0)
    assert shop.indexers()["catalog_product_price"] == "invalid"

    # and on again, while the layout was kept that knew of no such table
    stock.forget()
    write(stock, plain, 0)
    shop.tables.execute("CREATE TABLE m2_catalog_product_price_cl LIKE m2_cataloginventory_stock_cl")
    shop.schedule(*VIEWS)
    write(stock, plain, 5)
    assert shop.status(plain) is None
    assert shop.queued("catalog_product_price_cl", plain) == [True]
