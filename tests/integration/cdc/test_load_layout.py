from __future__ import annotations

from contextlib import closing

import pytest

from cdc.errors import SchemaMissing, WrongPrefix
from cdc.shop import Shop
from sync.demo.mariadb import PrivateMariaDB
from tests.integration.cdc.load_world import World


@pytest.mark.parametrize(
    ("own_world", "title"),
    [
        (("", True), "Magento 2 with MSI"),
        (("", False), "Magento 2"),
        (("m2_", True), "Magento 2 with MSI"),
    ],
    indirect=["own_world"],
)
def test_what_is_found(own_world: World, title: str) -> None:
    layout = own_world.shop.layout
    assert layout.title == title
    assert layout.edition == "magento2"
    assert not layout.row_id
    assert layout.schema == own_world.schema
    assert layout.name("sales_order") == f"{own_world.tables.prefix}sales_order"


def test_an_empty_database(mariadb: PrivateMariaDB, schema: str) -> None:
    with closing(Shop(mariadb.url(schema))) as shop, pytest.raises(SchemaMissing, match=schema) as caught:
        _ = shop.layout
    assert "sales_order" in str(caught.value)
    assert "MAGENTO_TABLE_PREFIX" in caught.value.hint


@pytest.mark.parametrize("own_world", [("mage_", True)], indirect=True)
def test_a_forgotten_prefix_is_named(own_world: World) -> None:
    url = own_world.server.url(own_world.schema)
    for prefix in ("", "other_"):
        with closing(Shop(url, prefix=prefix)) as shop, pytest.raises(WrongPrefix) as caught:
            shop.order(1)
        assert caught.value.hint == ("the database has tables with the prefix 'mage_': set MAGENTO_TABLE_PREFIX=mage_")


def test_a_prefix_too_many_is_told_to_be_unset(own_world: World) -> None:
    own_world.execute("CREATE TABLE vendor_sales_order (id INT PRIMARY KEY)")  # no other shop: it has no items
    with (
        closing(Shop(own_world.server.url(own_world.schema), prefix="mage_")) as shop,
        pytest.raises(WrongPrefix, match="table mage_sales_order is missing") as caught,
    ):
        shop.order(1)
    assert caught.value.hint == "the database's tables have no prefix: unset MAGENTO_TABLE_PREFIX"


def test_two_shops_in_one_database_are_both_named(own_world: World) -> None:
    for table in ("sales_order", "sales_order_item"):
        own_world.execute(f"CREATE TABLE b2b_{table} LIKE {table}")
    with (
        closing(Shop(own_world.server.url(own_world.schema), prefix="mage_")) as shop,
        pytest.raises(WrongPrefix) as caught,
    ):
        shop.order(1)
    assert "with no prefix or the prefix 'b2b_'" in caught.value.hint


def test_a_missing_column_or_table_is_named(own_world: World) -> None:
    url = own_world.server.url(own_world.schema)
    own_world.execute("ALTER TABLE sales_shipment_item DROP qty")
    with closing(Shop(url)) as shop, pytest.raises(SchemaMissing, match=r"sales_shipment_item\.qty"):
        shop.order(1)
    own_world.execute("DROP TABLE sales_shipment_item")
    with closing(Shop(url)) as shop, pytest.raises(SchemaMissing, match="table sales_shipment_item is missing"):
        shop.order(1)


def test_columns_that_come_and_go_while_it_runs(own_world: World) -> None:
    own_world.execute("ALTER TABLE sales_order ADD fee DECIMAL(12,4) DEFAULT 5")
    order_id = own_world.order()
    order = own_world.shop.order(order_id)
    assert order is not None
    assert order.attributes["fee"] == 5
    own_world.execute("ALTER TABLE sales_order DROP fee, ADD gebyr DECIMAL(12,4) DEFAULT 6")
    order = own_world.shop.order(order_id)
    assert order is not None
    assert order.attributes["gebyr"] == 6
    assert "fee" not in order.attributes


def test_stores_with_the_settings_of_their_scope(world: World) -> None:
    stores = {store.code: store for store in world.shop.stores()}
    assert "admin" not in stores
    assert stores["default"].locale == "da_DK"
    assert stores["en"].locale == "en_US"
    assert stores["en"].timezone == "Europe/Copenhagen"
    assert stores["se_sv"].timezone == "Europe/Stockholm"
    assert stores["se_sv"].website_code == "se"
    assert stores["default"].prices_include_tax
