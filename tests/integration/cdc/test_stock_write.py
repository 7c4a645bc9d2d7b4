from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from cdc.models_stock import StockProduct
from tests.integration.cdc.stock_shop import VIEWS, StockShop, write

CHANGELOGS = ("catalog_product_price_cl", "catalogsearch_fulltext_cl", "cataloginventory_stock_cl")


def _told(shop: StockShop, *products: StockProduct) -> list[list[bool]]:
    return [shop.queued(changelog, *products) for changelog in CHANGELOGS]


def test_a_quantity_goes_into_every_table(stock_shop: StockShop) -> None:
    product = stock_shop.product(5)
    other = stock_shop.product(5)
    written = write(stock_shop.stock(), product, "7.5")
    assert (written.before, written.after) == (Decimal(5), Decimal("7.5"))
    assert (written.was_in_stock, written.in_stock) == (True, True)
    assert 0 < written.held < 5
    assert stock_shop.source(product) == (Decimal("7.5"), 1)
    assert stock_shop.flags(product) == (Decimal("7.5"), 1, 0)
    assert stock_shop.status(product) == (Decimal("7.5"), 1)
    assert _told(stock_shop, product, other) == [[False, False], [False, False], [True, False]]  # by its trigger
    assert stock_shop.source(other) == (Decimal(5), 1)
    assert stock_shop.status(other) == (Decimal(5), 1)


def test_by_schedule_a_status_that_flips_is_taken_away(stock_shop: StockShop) -> None:
    product, stock = stock_shop.product(5), stock_shop.stock()
    assert not write(stock, product, 0).in_stock
    assert stock_shop.status(product) is None
    assert stock_shop.flags(product) == (Decimal(0), 0, 1)
    assert stock_shop.source(product) == (Decimal(0), 0)
    assert _told(stock_shop, product) == [[True], [True], [True]]
    for changelog in CHANGELOGS:
        stock_shop.tables.delete(changelog)
    # the indexer has made the row anew
    stock_shop.tables.insert(
        "cataloginventory_stock_status",
        {"product_id": product.id, "website_id": 0, "stock_id": 1, "qty": 0, "stock_status": 0},
    )
    written = write(stock, product, 3)
    assert (written.was_in_stock, written.in_stock) == (False, True)
    assert stock_shop.status(product) is None
    assert stock_shop.flags(product) == (Decimal(3), 1, 1)
    assert _told(stock_shop, product) == [[True], [True], [True]]
    assert set(stock_shop.indexers().values()) == {"valid"}


def test_on_save_the_status_is_written_and_prices_and_search_marked(stock_shop: StockShop) -> None:
    stock_shop.schedule()
    stock_shop.tables.execute("UPDATE indexer_state SET status = 'valid'")
    product, gone = stock_shop.product(5), stock_shop.product(5)
    stock_shop.tables.delete("cataloginventory_stock_status", product_id=gone.id)
    stock = stock_shop.stock()
    write(stock, product, 6)
    write(stock, gone, 6)
    assert stock_shop.status(product) == stock_shop.status(gone) == (Decimal(6), 1)
    assert set(stock_shop.indexers().values()) == {"valid"}
    write(stock, product, 0)
    assert stock_shop.status(product) == (Decimal(0), 0)
    assert {name for name, status in stock_shop.indexers().items() if status != "valid"} == {
        "catalog_product_price",
        "catalogsearch_fulltext",
    }
    assert _told(stock_shop, product) == [[False], [False], [False]]
    write(stock, product, 2)
    assert stock_shop.status(product) == (Decimal(2), 1)
    stock_shop.tables.execute("UPDATE indexer_state SET status = 'valid'")


def test_each_indexer_is_told_in_its_own_mode(stock_shop: StockShop) -> None:
    stock_shop.schedule("cataloginventory_stock", "catalog_product_price")
    product = stock_shop.product(5)
    write(stock_shop.stock(), product, 0)
    assert _told(stock_shop, product) == [[True], [False], [True]]
    assert stock_shop.indexers()["catalogsearch_fulltext"] == "invalid"
    assert stock_shop.indexers()["catalog_product_price"] == "valid"
    stock_shop.tables.execute("UPDATE indexer_state SET status = 'valid'")


def test_a_mode_that_was_changed_while_the_layout_was_kept(stock_shop: StockShop) -> None:
    product, stock = stock_shop.product(5), stock_shop.stock()
    assert stock.layout.scheduled["cataloginventory_stock"]
    stock_shop.schedule()
    write(stock, product, 0)
    assert stock_shop.status(product) == (Decimal(0), 0)  # taken away, nobody would make it anew
    stock_shop.schedule(*VIEWS)
    write(stock, product, 5)
    assert stock_shop.status(product) is None
    stock_shop.tables.execute("UPDATE indexer_state SET status = 'valid'")


@pytest.mark.parametrize("views", [VIEWS, ()])
def test_a_status_that_reservations_left_behind_does_not_stick(stock_shop: StockShop, views: tuple[str, ...]) -> None:
    stock_shop.schedule(*views)
    product, stock = stock_shop.product(3), stock_shop.stock()
    stock_shop.reserve(product, -3, "900000001")
    # inventory.reservations.updateSalabilityStatus: is_in_stock stays 1
    stock_shop.tables.update("cataloginventory_stock_status", {"stock_status": 0}, product_id=product.id)
    write(stock, product, 2)  # reservations still leave nothing: it is Magento's to put back
    assert stock_shop.status(product) == (Decimal(2), 0)
    assert stock_shop.queued("catalog_product_price_cl", product) == [False]
    written = write(stock, product, 4)
    assert (written.was_in_stock, written.in_stock) == (True, True)
    assert stock_shop.status(product) == (None if views else (Decimal(4), 1))
    assert _told(stock_shop, product) == [[bool(views)]] * 3
    assert stock_shop.flags(product) == (Decimal(4), 1, 0)
    stock_shop.tables.execute("UPDATE indexer_state SET status = 'valid'")


def test_what_a_person_took_out_of_stock_stays_out(stock_shop: StockShop) -> None:
    product, stock = stock_shop.product(5, is_in_stock=0), stock_shop.stock()
    assert stock.look([product], {})[product.id].by_hand
    product = replace(product, kept_out=True)
    for quantity in (9, 0, 7):
        written = write(stock, product, quantity)
        assert (written.was_in_stock, written.in_stock) == (False, False)
        assert stock_shop.flags(product) == (Decimal(quantity), 0, 0)
        assert stock_shop.source(product) == (Decimal(quantity), 0)
        assert stock_shop.status(product) == (Decimal(quantity), 0)


def test_thresholds_backorders_and_decimals_of_the_product(stock_shop: StockShop) -> None:
    stock = stock_shop.stock()
    threshold = stock_shop.product(9, min_qty=3, use_config_min_qty=0)
    write(stock, threshold, 3)
    assert stock_shop.flags(threshold) == (Decimal(3), 0, 1)
    write(stock, threshold, "3.0001")
    assert stock_shop.flags(threshold) == (Decimal("3.0001"), 1, 1)
    backorders = stock_shop.product(9, backorders=1, use_config_backorders=0)
    write(stock, backorders, -2)
    assert stock_shop.flags(backorders) == (Decimal(-2), 1, 0)
    assert stock_shop.status(backorders) == (Decimal(0), 1)
    unmanaged = stock_shop.product(9, manage_stock=0, use_config_manage_stock=0, is_qty_decimal=1)
    looked = stock.look([threshold, backorders, unmanaged], {})
    assert [looked[one.id].managed for one in (threshold, backorders, unmanaged)] == [True, True, False]
    assert looked[threshold.id].min_quantity == 3
    assert looked[backorders.id].backorders
    assert looked[unmanaged.id].decimals


def test_the_date_of_low_stock(stock_shop: StockShop) -> None:
    product, stock = stock_shop.product(9, notify_stock_qty=4, use_config_notify_stock_qty=0), stock_shop.stock()
    write(stock, product, 3)
    noted = stock_shop.tables.row(
        "cataloginventory_stock_item", columns="UNIX_TIMESTAMP(low_stock_date) AS at", product_id=product.id
    )["at"]
    assert abs(datetime.fromtimestamp(int(noted), UTC) - datetime.now(UTC)) < timedelta(minutes=1)
    write(stock, product, 4)
    assert stock_shop.item(product)["low_stock_date"] is None


def test_null_counts_as_nothing_and_a_missing_row_is_none(stock_shop: StockShop) -> None:
    stock = stock_shop.stock()
    null, lacking, unsourced = stock_shop.product(None), stock_shop.product(5), stock_shop.product(5, source=None)
    stock_shop.tables.delete("cataloginventory_stock_item", product_id=lacking.id)
    looked = stock.look([null, lacking, unsourced], {})
    assert [looked[one.id].quantity for one in (null, lacking, unsourced)] == [Decimal(0), None, None]
    assert stock.apply(lacking, [], 0, lambda _: Decimal(4)) is None
    assert stock.apply(unsourced, [], 0, lambda _: Decimal(4)) is None
    assert stock_shop.source(lacking) == (Decimal(5), 1)
    assert stock_shop.flags(unsourced) == (Decimal(5), 1, 0)
    assert write(stock, null, 4).before == 0
    assert stock_shop.flags(null) == (Decimal(4), 1, 0)


def test_rows_that_were_torn_apart_are_seen_and_put_together(stock_shop: StockShop) -> None:
    """A save of a source commits the source's row first: ours may come before it writes the other one."""
    product, stock = stock_shop.product(5), stock_shop.stock()
    assert stock.look([product], {})[product.id].mirrored
    stock_shop.tables.update("cataloginventory_stock_item", {"qty": 66}, product_id=product.id)
    seen = stock.look([product], {})[product.id]
    assert (seen.quantity, seen.mirrored) == (Decimal(5), False)
    write(stock, product, 5)
    assert stock.look([product], {})[product.id].mirrored
    assert stock_shop.flags(product) == (Decimal(5), 1, 0)


def test_what_decide_leaves_is_left(stock_shop: StockShop) -> None:
    product, stock = stock_shop.product(5), stock_shop.stock()
    assert stock.apply(product, [], 0, lambda _: None) is None
    assert stock_shop.flags(product) == (Decimal(5), 1, 0)
    stock_shop.tables.update("cataloginventory_stock_item", {"qty": 6}, product_id=product.id)  # nothing is locked


def test_a_product_that_is_another_by_now_is_left(stock_shop: StockShop) -> None:
    product, stock = stock_shop.product(5), stock_shop.stock()
    stock_shop.tables.update("catalog_product_entity", {"sku": f"{product.sku}-b"}, entity_id=product.id)
    assert stock.apply(product, [], 0, lambda _: Decimal(4)) is None
    stock_shop.tables.delete("catalog_product_entity", entity_id=product.id)
    assert stock.apply(product, [], 0, lambda _: Decimal(4)) is None
    assert stock_shop.source(product) == (Decimal(5), 1)


@pytest.mark.parametrize("kind", ["configurable", "grouped"])
@pytest.mark.parametrize("views", [VIEWS, ()])
def test_a_parent_is_out_when_all_its_children_are(stock_shop: StockShop, kind: str, views: tuple[str, ...]) -> None:
    stock_shop.schedule(*views)
    stock = stock_shop.stock()
    parent = stock_shop.product(0, kind=kind)
    first, second = (stock_shop.product(5, parents=[parent]) for _ in range(2))
    free = stock_shop.product(5, parents=[parent], manage_stock=0, use_config_manage_stock=0, is_in_stock=0)
    write(stock, first, 0)
    assert stock_shop.flags(parent) == (Decimal(0), 1, 0)
    write(stock, second, 0)
    assert stock_shop.flags(parent) == (Decimal(0), 1, 0)  # one needs no stock
    stock_shop.tables.delete("catalog_product_relation", child_id=free.id)
    stock_shop.tables.delete("catalog_product_super_link", product_id=free.id)
    stock_shop.tables.delete("catalog_product_link", linked_product_id=free.id)
    for changelog in CHANGELOGS:
        stock_shop.tables.delete(changelog)
    write(stock, second, 1)
    write(stock, second, 0)
    assert stock_shop.flags(parent) == (Decimal(0), 0, 1)
    assert stock_shop.status(parent) == (None if views else (Decimal(0), 0))
    assert _told(stock_shop, parent) == [[bool(views)]] * 3
    write(stock, first, 2)
    assert stock_shop.flags(parent) == (Decimal(0), 1, 1)
    assert stock_shop.status(parent) == (None if views else (Decimal(0), 1))
    stock_shop.tables.execute("UPDATE indexer_state SET status = 'valid'")


def test_a_parent_that_a_person_took_out_stays_out(stock_shop: StockShop) -> None:
    parent = stock_shop.product(0, kind="configurable", is_in_stock=0)
    child, stock = stock_shop.product(5, parents=[parent]), stock_shop.stock()
    write(stock, child, 0)
    write(stock, child, 4)
    assert stock_shop.flags(parent) == (Decimal(0), 0, 0)
    assert stock_shop.status(parent) == (Decimal(0), 0)
    assert _told(stock_shop, parent) == [[True], [True], [True]]


def test_a_bundle_needs_its_required_options(stock_shop: StockShop) -> None:
    stock = stock_shop.stock()
    bundle = stock_shop.product(0, kind="bundle")
    needed, extra, either = (stock_shop.product(5) for _ in range(3))
    required, optional = stock_shop.option(bundle, required=True), stock_shop.option(bundle, required=False)
    stock_shop.link(bundle, needed.id, option=required)
    stock_shop.link(bundle, either.id, option=required)
    stock_shop.link(bundle, extra.id, option=optional)
    write(stock, extra, 0)
    write(stock, needed, 0)
    assert stock_shop.flags(bundle) == (Decimal(0), 1, 0)
    write(stock, either, 0)
    assert stock_shop.flags(bundle) == (Decimal(0), 0, 1)
    write(stock, extra, 5)
    assert stock_shop.flags(bundle) == (Decimal(0), 0, 1)
    write(stock, needed, 5)
    assert stock_shop.flags(bundle) == (Decimal(0), 1, 1)


def test_a_bundle_without_required_options_needs_anything(stock_shop: StockShop) -> None:
    stock, bundle = stock_shop.stock(), stock_shop.product(0, kind="bundle")
    children = [stock_shop.product(5) for _ in range(2)]
    for child in children:
        stock_shop.link(bundle, child.id, option=stock_shop.option(bundle, required=False))
    write(stock, children[0], 0)
    assert stock_shop.flags(bundle) == (Decimal(0), 1, 0)
    write(stock, children[1], 0)
    assert stock_shop.flags(bundle) == (Decimal(0), 0, 1)
