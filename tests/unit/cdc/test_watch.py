from __future__ import annotations

from dataclasses import dataclass

from cdc.watch import ALL_KINDS, watched_tables


@dataclass(frozen=True)
class Layout:
    schema: str = "shop"
    msi: bool = True
    row_id: bool = False


def test_names_carry_the_prefix_and_tables_keep_their_own_name() -> None:
    watch = watched_tables(Layout(), "m2_")
    assert watch.tables["m2_sales_order"].name == "sales_order"
    assert "sales_order" not in watch.tables
    assert "`m2_customer_address_entity`" in watch.look_ups["address_customer"]
    assert watch.schema == "shop"


def test_stock_without_msi_is_the_legacy_table_alone() -> None:
    names = watched_tables(Layout(msi=False)).tables
    assert "cataloginventory_stock_item" in names
    assert not [name for name in names if name.startswith("inventory_")]


def test_commerce_values_go_through_a_look_up_and_the_product_row_does_not() -> None:
    tables = watched_tables(Layout(row_id=True)).tables
    values, product = tables["catalog_product_entity_varchar"], tables["catalog_product_entity"]
    assert (values.key, values.via) == ("row_id", "row_product")
    assert (product.key, product.via) == ("entity_id", None)
    assert (tables["catalog_product_website"].key, tables["catalog_product_website"].via) == ("product_id", None)


def test_stock_that_nobody_asks_for_is_watched_for_what_credit_memos_return_only() -> None:
    watch = watched_tables(Layout(), kinds=("order",))
    assert {table.kind for table in watch.tables.values()} == {"order", None}
    item = watch.tables["cataloginventory_stock_item"]
    assert (item.quantity, item.raises, item.via) == ("qty", "product", None)
    assert watch.kinds(["sales_order", "cataloginventory_stock_item", "unknown"]) == ("order",)


def test_every_kind_is_watched_unless_said_otherwise() -> None:
    watch = watched_tables(Layout())
    assert watch.kinds(watch.tables) == ALL_KINDS


def test_tables_without_an_order_column_and_copies_are_left_out() -> None:
    names = watched_tables(Layout()).tables
    for name in (
        "sales_order_tax",
        "sales_order_tax_item",
        "sales_invoice_item",
        "sales_order_grid",
        "customer_grid_flat",
        "quote",
    ):
        assert name not in names
