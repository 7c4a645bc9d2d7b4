"""What `grants` prints can be run, and is enough for reading, for pulling stock and for nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pymysql
import pytest

from cdc.connect import connect
from cdc.errors import BadServerSettings, SchemaMissing
from cdc.grants import prefixed
from cdc.models_stock import Written
from cdc.shop import Shop
from cdc.stock import StockTables
from cdc.write_rights import product_writes, stock_writes
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from sync.rights import Pull, check_writing, grants
from sync.settings import Settings, from_environment
from tests import magento1

SKU = "TSHIRT-S"
"""A variant: its parent is read and written too."""


class Given:
    """A shop, and a user who has what was printed."""

    def __init__(self, server: PrivateMariaDB, schema: str, tables: Tables) -> None:
        self.server = server
        self.schema = schema
        self.tables = tables
        self.user = f"g_{schema}"

    def settings(self, user: str = "root", password: str = "") -> Settings:
        """Settings whose user is `user`."""
        url = self.server.url(self.schema, user, password) if user != "root" else self.server.url(self.schema)
        return from_environment({"MAGENTO_DATABASE_URL": url, "PROFILE": "sandbox"}, needs=frozenset({"magento"}))

    def printed(self, *pulls: Pull, asking: Settings | None = None) -> str:
        """What `grants` prints for the user."""
        return grants(asking or self.settings(), self.user, "127.0.0.1", mariadb=True, pulls=pulls)

    def grant(self, sql: str, *, force: bool = False) -> None:
        """Run it as an administrator; with `force` behind tables that are not there."""
        for line in sql.splitlines():
            if line.startswith("--"):
                continue
            try:
                self.tables.execute(line)
            except pymysql.MySQLError as error:
                if not force or error.args[0] != 1146:
                    raise

    @property
    def url(self) -> str:
        """The user's URL."""
        return self.server.url(self.schema, self.user, "change-me")

    def write(self, quantity: int, source: str | None = None) -> Written | None:
        """Write a product's stock as the user."""
        with closing(StockTables(self.url, source=source)) as stock:
            (product,) = stock.find([SKU])[SKU]
            return stock.apply(product, [], 0, lambda _: Decimal(quantity))


@pytest.fixture
def given(mariadb: PrivateMariaDB, schema: str) -> Iterator[Given]:
    """The fixture shop with MSI."""
    install(mariadb, schema)
    with closing(mariadb.connect(schema)) as connection:
        made = Given(mariadb, schema, Tables(connection))
        yield made
        made.tables.execute(f"DROP USER IF EXISTS {made.user}@'127.0.0.1'")


def test_to_read_only(given: Given) -> None:
    sql = given.printed()
    assert "INSERT" not in sql
    assert "UPDATE" not in sql
    assert "inventory_reservation" not in sql
    assert "`--pull stock`" in sql
    given.grant(sql)
    with closing(Shop(given.url)) as shop:
        assert shop.find_product(SKU) is not None
    with pytest.raises(SchemaMissing, match="may not read it"):
        given.write(7)


def test_to_write_stock_in_either_mode_of_the_indexers(given: Given) -> None:
    given.tables.execute("UPDATE mview_state SET mode = 'disabled'")
    given.grant(given.printed("stock"))
    for mode in ("disabled", "enabled"):
        given.tables.execute(f"UPDATE mview_state SET mode = '{mode}'")
        for quantity in (0, 7):
            written = given.write(quantity)
            assert written is not None
            assert written.in_stock is bool(quantity)
    with closing(connect(given.url)) as connection:
        user = Tables(connection)
        for forbidden in (
            "UPDATE catalog_product_entity SET sku = 'x'",
            "INSERT INTO inventory_reservation (stock_id, sku) VALUES (1, 'x')",
            "DELETE FROM inventory_source_item",
            "DELETE FROM inventory_stock_2",
        ):
            with pytest.raises(pymysql.MySQLError, match="denied"):
                user.execute(forbidden)


def test_to_write_the_stock_of_another_source(given: Given) -> None:
    given.tables.update("inventory_stock_sales_channel", {"stock_id": 2}, code="se")
    given.tables.insert("inventory_source_item", {"source_code": "butik", "sku": SKU, "quantity": 5, "status": 1})
    given.grant(given.printed("stock"))
    written = given.write(3, source="butik")
    assert written is not None
    assert given.tables.row("inventory_stock_2", sku=SKU)["quantity"] == 3
    with closing(StockTables(given.url, source="butik")) as stock:
        writes = stock_writes(stock.layout)
    assert writes["inventory_stock_2"] == "INSERT, UPDATE"
    assert "cataloginventory_stock_item" not in writes
    settings = given.settings(given.user, "change-me")
    assert [
        one.verdict for one in check_writing(settings, prefixed(given.schema), writes, "write stock", needed=True)
    ] == ["ok"]


def test_a_right_that_is_missing_is_named_with_its_table(given: Given) -> None:
    given.tables.execute("UPDATE mview_state SET mode = 'enabled'")
    lines = given.printed("stock").splitlines()
    given.grant("\n".join(line for line in lines if "catalog_product_price_cl" not in line))
    given.tables.execute(f"GRANT SELECT ON {given.schema}.catalog_product_price_cl TO {given.user}@'127.0.0.1'")
    assert given.write(7) is not None
    with pytest.raises(BadServerSettings, match=r"INSERT command denied.*catalog_product_price_cl") as caught:
        given.write(0)
    assert "magento-economic grants" in caught.value.hint
    assert given.tables.row("inventory_source_item", sku=SKU, source_code="default")["quantity"] == 7

    with closing(StockTables(given.url)) as stock:
        writes = stock_writes(stock.layout)
    settings = given.settings(given.user, "change-me")
    (needed,) = check_writing(settings, prefixed(given.schema), writes, "write stock", needed=True)
    (perhaps,) = check_writing(settings, prefixed(given.schema), writes, "write stock", needed=False)
    assert (needed.verdict, perhaps.verdict) == ("wrong", "warning")
    assert needed.found == "missing: INSERT on catalog_product_price_cl"
    given.tables.execute(needed.fix.rstrip(";"))
    assert [
        one.verdict for one in check_writing(settings, prefixed(given.schema), writes, "write stock", needed=True)
    ] == ["ok"]
    assert given.write(0) is not None
    fields = product_writes("magento2")
    assert [
        one.verdict
        for one in check_writing(settings, prefixed(given.schema), fields, "write product fields", needed=True)
    ] == ["wrong"]


def test_who_may_not_write_and_need_not_is_left_alone(given: Given) -> None:
    given.grant(given.printed())
    (check,) = check_writing(
        given.settings(given.user, "change-me"),
        prefixed(given.schema),
        {"inventory_source_item": "UPDATE"},
        "write stock",
        needed=False,
    )
    assert check.verdict == "ok"


def test_a_user_who_sees_little_is_told_what_may_be_missing(given: Given) -> None:
    given.grant(given.printed())
    given.tables.execute("DROP TABLE catalogsearch_fulltext_cl")
    sql = given.printed("stock", "products", asking=given.settings(given.user, "change-me"))
    assert "cannot see whether" in sql
    *_, last = sql.splitlines()
    assert "inventory_stock_sales_channel" in last
    assert "UPDATE ON" in sql
    given.grant(sql, force=True)
    assert given.write(7) is not None
    with closing(Shop(given.url)) as shop:
        (check,) = check_writing(
            given.settings(given.user, "change-me"),
            shop.layout.place,
            product_writes("magento2"),
            "write product fields",
            needed=True,
        )
        assert check.verdict == "ok"
        assert shop.layout.msi


def test_a_user_who_sees_everything_is_told_of_what_is_there_alone(given: Given) -> None:
    given.tables.execute("DROP TABLE catalogsearch_fulltext_cl, catalog_product_link")
    sql = given.printed("stock")
    assert "catalogsearch_fulltext_cl" not in sql
    assert "catalog_product_link" not in sql
    assert "sales_flat_order" not in sql
    assert "1146" not in sql
    given.grant(sql)


def test_without_a_database_everything_is_printed() -> None:
    settings = from_environment({"PROFILE": "sandbox"}, needs=frozenset())
    sql = grants(settings, None, "%", mariadb=True, pulls=["stock"])
    assert "could not be asked" in sql
    assert "GRANT SELECT, UPDATE ON `magento`.`cataloginventory_stock_item`" in sql
    assert sql.index("`sales_order_item`") < sql.index("`inventory_source_item`")
    assert "sales_flat_order" not in sql


def test_without_a_database_magento_1_can_be_named() -> None:
    settings = from_environment({"PROFILE": "sandbox", "MAGENTO_TABLE_PREFIX": "m1_"}, needs=frozenset())
    sql = grants(settings, None, "%", mariadb=True, pulls=["stock", "products"], edition="magento1")
    assert "GRANT SELECT ON `magento`.`m1_sales_flat_order`" in sql
    assert "GRANT SELECT ON `magento`.`m1_core_store`" in sql
    assert "GRANT SELECT, UPDATE ON `magento`.`m1_index_process`" in sql
    for other in ("m1_inventory_", "m1_sales_order`", "mview", "indexer_state", "m1_store`"):
        assert other not in sql


def test_magento_1_to_read_only(mariadb: PrivateMariaDB, schema: str) -> None:
    magento1.install(mariadb, schema, "m1_")
    with closing(mariadb.connect(schema)) as connection:
        made = Given(mariadb, schema, Tables(connection, "m1_"))
        order_id = magento1.Magento1(made.tables).order((magento1.Magento1(made.tables).product(SKU), "1"))
        try:
            sql = made.printed(asking=replace(made.settings(), table_prefix="m1_"))
            assert "UPDATE" not in sql
            made.grant(sql)
            with closing(Shop(made.url, "m1_")) as shop:
                assert shop.order(order_id) is not None
                assert shop.customer(1) is None
                assert shop.find_product(SKU) is not None
            # who sees but a part of it is still told of Magento 1
            made.tables.execute(f"REVOKE SELECT ON {schema}.m1_tax_class FROM {made.user}@'127.0.0.1'")
            seen = replace(made.settings(made.user, "change-me"), table_prefix="m1_")
            assert "m1_tax_class" in made.printed(asking=seen)
            assert "inventory_source_item" not in made.printed(asking=seen)
        finally:
            made.tables.execute(f"DROP USER IF EXISTS {made.user}@'127.0.0.1'")


def test_magento_1(mariadb: PrivateMariaDB, schema: str) -> None:
    magento1.install(mariadb, schema)
    with closing(mariadb.connect(schema)) as connection:
        made = Given(mariadb, schema, Tables(connection))
        magento1.Magento1(made.tables).product(SKU, "5")
        made.grant(made.printed("stock"))
        try:
            written = made.write(0)
            assert written is not None
            assert not written.in_stock
            with closing(StockTables(made.url)) as stock:
                found = stock.layout
            settings, writes = made.settings(made.user, "change-me"), stock_writes(found)
            assert [
                one.verdict for one in check_writing(settings, found.layout.place, writes, "write stock", needed=True)
            ] == ["ok"]
        finally:
            made.tables.execute(f"DROP USER {made.user}@'127.0.0.1'")
