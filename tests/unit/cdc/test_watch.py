from __future__ import annotations

from dataclasses import replace

from cdc.layout import Layout
from cdc.watch import ALL_KINDS, WatchedTable, watched_tables

LAYOUT = Layout(edition="magento2", prefix="", schema="shop", msi=True, row_id=False, tables={})


def by_name(layout: Layout) -> dict[str, WatchedTable]:
    return {table.name: table for table in watched_tables(layout).tables.values()}


def test_names_carry_the_prefix_and_tables_keep_their_own_name() -> None:
    watch = watched_tables(replace(LAYOUT, prefix="m2_"))
    assert watch.tables["shop", "m2_sales_order"].name == "sales_order"
    assert ("shop", "sales_order") not in watch.tables
    assert "FROM `m2_customer_address_entity`" in watch.look_ups["address_customer"]


def test_magento_1_has_its_own_names() -> None:
    watch = watched_tables(replace(LAYOUT, edition="magento1", prefix="m1_", msi=False))
    assert watch.tables["shop", "m1_sales_flat_order"].name == "sales_order"
    assert watch.tables["shop", "m1_sales_flat_creditmemo"].memo == "entity_id"
    assert ("shop", "m1_customer_entity_varchar") in watch.tables
    assert ("shop", "m1_sales_order") not in watch.tables


def test_a_table_in_another_schema_is_watched_there() -> None:
    layout = replace(LAYOUT, elsewhere={"sales_order": "sales", "catalog_product_entity": "cat`alog"})
    watch = watched_tables(layout)
    assert ("sales", "sales_order") in watch.tables
    assert ("shop", "sales_order") not in watch.tables
    assert ("shop", "sales_order_item") in watch.tables
    assert "FROM `cat``alog`.`catalog_product_entity`" in watch.look_ups["product_sku"]


def test_stock_without_msi_is_the_legacy_table_alone() -> None:
    names = by_name(replace(LAYOUT, msi=False))
    assert "cataloginventory_stock_item" in names
    assert not [name for name in names if name.startswith("inventory_")]


def test_commerce_values_go_through_a_look_up_and_the_product_row_does_not() -> None:
    tables = by_name(replace(LAYOUT, row_id=True))
    values, product = tables["catalog_product_entity_varchar"], tables["catalog_product_entity"]
    assert (values.key, values.via) == ("row_id", "row_product")
    assert (product.key, product.via) == ("entity_id", None)
    assert (tables["catalog_product_website"].key, tables["catalog_product_website"].via) == ("product_id", None)


def test_stock_that_nobody_asks_for_is_watched_for_what_credit_memos_return_only() -> None:
    watch = watched_tables(LAYOUT, kinds=("order",))
    assert {table.kind for table in watch.tables.values()} == {"order", None}
    item = watch.tables["shop", "cataloginventory_stock_item"]
    assert (item.quantity, item.raises, item.via) == ("qty", "product", None)
    places = [("shop", name) for name in ("sales_order", "cataloginventory_stock_item", "unknown")]
    assert watch.kinds([*places, ("other", "customer_entity")]) == ("order",)


def test_every_kind_is_watched_unless_said_otherwise() -> None:
    watch = watched_tables(LAYOUT)
    assert watch.kinds(watch.tables) == ALL_KINDS


def test_tables_without_an_order_column_and_copies_are_left_out() -> None:
    names = by_name(LAYOUT)
    for name in (
        "sales_order_tax",
        "sales_order_tax_item",
        "sales_invoice_item",
        "sales_order_grid",
        "customer_grid_flat",
        "quote",
    ):
        assert name not in names
