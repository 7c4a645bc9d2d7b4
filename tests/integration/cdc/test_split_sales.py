"""Commerce's split database: the sales tables in another database of the server, everything else in the shop's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from decimal import Decimal

import pytest

from cdc.binlog import BinlogReader
from cdc.columns import READS
from cdc.connect import connect
from cdc.errors import SchemaMissing
from cdc.models_stock import StockProduct
from cdc.server import check_filters
from cdc.shop import Shop
from cdc.spelling import is_split_off
from cdc.watch import watched_tables
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB
from sync.errors import ConfigError
from sync.rights import grants
from sync.settings import from_environment
from tests.commerce import SplitTables, split_sales
from tests.integration.cdc.binlog_world import Follower
from tests.integration.cdc.load_world import World
from tests.integration.cdc.stock_shop import VIEWS, StockShop, write
from tests.world import a_schema


@dataclass
class Split(World):
    """A shop whose sales are in the database `sales`."""

    sales: str = ""

    @property
    def url(self) -> str:
        return self.server.url(self.schema)


@pytest.fixture(scope="module")
def split(mariadb: PrivateMariaDB) -> Iterator[Split]:
    """A whole shop, beside another one whose sales are where they always were."""
    with a_schema(mariadb) as schema, a_schema(mariadb) as sales, a_schema(mariadb) as other:
        install(mariadb, schema)
        with closing(mariadb.connect(other)) as connection, connection.cursor() as cursor:
            for table in ("sales_order", "sales_order_item", "store", "catalog_product_entity"):
                cursor.execute(f"CREATE TABLE {table} LIKE `{schema}`.{table}")
        with closing(mariadb.connect(schema)) as connection, closing(Shop(mariadb.url(schema))) as shop:
            tables = SplitTables(connection, "", sales)
            split_sales(tables, sales)
            yield Split(mariadb, schema, tables, shop, sales)


def test_orders_are_loaded_found_and_counted_as_always(split: Split) -> None:
    order_id = split.order(increment_id="S000000001", updated_at="2026-11-01 10:00:00")
    split.item(order_id, product_id=4, sku="00042", qty_ordered=2)
    split.address(order_id)
    shop = split.shop
    order = shop.order(order_id)
    assert order is not None
    assert (order.increment_id, order.store.code, len(order.lines)) == ("S000000001", "default", 1)
    assert shop.find_order("S000000001") == order_id
    assert shop.latest_increments()["default"] == "S000000001"
    assert "pending" in shop.names().statuses
    assert shop.shared_number(lambda _: "", lambda _: True).orders == ()
    assert f"sales in database {split.sales}" in shop.described()
    with ExitStack() as stack:
        till = StockShop(split.server, split.schema, split.tables, stack)
        till.schedule(*VIEWS)
        stock = till.stock(source="default")
        product = StockProduct(id=4, sku="00042", type="simple")
        (taken,) = stock.look([product], {4: [order_id]})[4].demands
        assert (taken.increment_id, taken.ordered) == ("S000000001", Decimal(2))
        assert stock.newest_order() == order_id
        assert write(stock, product, 9).after == 9


def test_changes_and_ddl_of_both_databases_are_noticed(split: Split) -> None:
    reader = BinlogReader(split.url, watched_tables(split.shop.layout))
    follower = Follower(reader, reader.position())
    try:
        # a table of the same name that is nobody's, and one of the shop's name in the other database
        split.execute("CREATE TABLE sales_invoice LIKE sales_order_status")
        split.execute(f"CREATE TABLE `{split.sales}`.customer_entity (entity_id INT PRIMARY KEY)")
        split.execute(f"INSERT INTO `{split.sales}`.customer_entity VALUES (7)")
        split.execute("UPDATE customer_entity SET taxvat = 'x'")
        with split.tables.transaction():
            split.execute(f"INSERT INTO `{split.sales}`.sales_order (entity_id, state) VALUES (88, 'new')")
            split.execute("INSERT INTO customer_entity (entity_id, email, website_id) VALUES (88, 'b@example.dk', 1)")
        split.execute(f"ALTER TABLE `{split.sales}`.sales_order MODIFY hold_before_state VARCHAR(33)")
        split.execute(f"UPDATE `{split.sales}`.sales_order SET hold_before_state = 1 WHERE entity_id = 88")
        follower.until(lambda: len(follower.committed) > 2)
    finally:
        follower.close()
    assert [set(touched) for touched in follower.touched] == [{"order 88", "customer 88"}, set(), {"order 88"}]
    assert follower.committed[1].ddl_tables == ("sales_order",)
    split.execute(f"DROP TABLE `{split.sales}`.customer_entity")
    split.execute("DROP TABLE sales_invoice")


def test_the_rights_are_those_of_both_databases(split: Split) -> None:
    printed = grants(from_environment({"MAGENTO_DATABASE_URL": split.url}, needs=frozenset()), "u", "%", mariadb=True)
    assert f"GRANT SELECT ON `{split.sales}`.`sales_order_item` TO" in printed
    assert f"GRANT SELECT ON `{split.schema}`.`sales_order_status` TO" in printed
    assert f"GRANT SELECT ON `{split.schema}`.`customer_entity` TO" in printed
    unseen = {"MAGENTO_DATABASE_URL": "mysql+pymysql://u:p@127.0.0.1:1/shop", "MAGENTO_SALES_DATABASE": "shop_sales"}
    printed = grants(from_environment(unseen, needs=frozenset()), "u", "%", mariadb=True)
    assert "GRANT SELECT ON `shop_sales`.`sales_order` TO" in printed
    assert "GRANT SELECT ON `shop`.`sales_order_status` TO" in printed


def test_old_copies_that_were_left_behind_are_not_read_when_the_database_is_named(split: Split) -> None:
    order_id = split.order(increment_id="S000000002")
    old = sorted(table for table in READS if is_split_off(table))
    for table in old:
        split.execute(f"CREATE TABLE {table} LIKE `{split.sales}`.{table}")
    try:
        with closing(Shop(split.url)) as shop:
            assert shop.left_behind() == split.sales
            assert shop.find_order("S000000002") is None
        with closing(Shop(split.url, sales=split.sales)) as shop:
            assert shop.left_behind() == ""
            assert shop.find_order("S000000002") == order_id
        # of a database that has none, or that is not seen, nothing is read from the old ones instead
        with closing(Shop(split.url, sales="information_schema")) as shop, pytest.raises(SchemaMissing) as caught:
            shop.order(order_id)
        assert "table sales_order is missing in database information_schema" in str(caught.value)
    finally:
        split.execute(f"DROP TABLE {', '.join(old)}")


def test_several_that_it_could_be_are_named(split: Split, schema: str) -> None:
    for table in ("sales_order", "sales_order_item"):
        split.execute(f"CREATE TABLE `{schema}`.{table} LIKE `{split.sales}`.{table}")
    with (
        closing(Shop(split.url)) as shop,
        pytest.raises(SchemaMissing, match=f"{split.sales}.*{schema}|{schema}.*{split.sales}") as caught,
    ):
        _ = shop.layout
    assert caught.value.hint == "set MAGENTO_SALES_DATABASE to the one that belongs to this shop"
    with closing(Shop(split.url, sales=split.sales)) as shop:
        assert shop.layout.schemas == (split.schema, split.sales)


def test_who_may_not_see_them_is_told_what_it_looks_like(split: Split) -> None:
    split.execute("CREATE USER blind@'127.0.0.1' IDENTIFIED BY 'pw'")
    split.execute(f"GRANT SELECT ON `{split.schema}`.* TO blind@'127.0.0.1'")
    try:
        url = split.server.url(split.schema, "blind", "pw")
        with closing(Shop(url)) as shop, pytest.raises(SchemaMissing, match="split off") as caught:
            _ = shop.layout
        assert "another server cannot be read" in caught.value.hint
        with closing(Shop(url, sales=split.sales)) as shop, pytest.raises(SchemaMissing, match=split.sales) as caught:
            _ = shop.layout
        assert "grant this user SELECT there" in caught.value.hint
    finally:
        split.execute("DROP USER blind@'127.0.0.1'")


def test_a_database_that_the_binlog_leaves_out_is_named() -> None:
    with (
        PrivateMariaDB(["--binlog-do-db=shop", "--binlog-do-db=other"]) as server,
        closing(connect(server.url("mysql"))) as c,
    ):
        both = check_filters(c, ["shop", "sales"])
        assert both is not None
        assert (both.ok, both.level, both.found) == (False, "refuse", "sales left out by binlog_do_db")
        assert "name every database of the shop" in both.fix
        one = check_filters(c, ["shop"])
        assert one is not None
        assert one.ok


def test_another_server_is_refused() -> None:
    with pytest.raises(ConfigError, match="sales on another server cannot be read") as caught:
        from_environment(
            {"MAGENTO_SALES_DATABASE": "mysql+pymysql://magento:hemmelig@10.0.0.9/sales"}, needs=frozenset()
        )
    assert "hemmelig" not in str(caught.value)
