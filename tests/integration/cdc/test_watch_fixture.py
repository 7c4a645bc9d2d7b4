"""The watch list against Magento's real table definitions."""

from __future__ import annotations

from contextlib import closing

import pytest

from cdc.binlog import BinlogReader
from cdc.shop import Shop
from cdc.watch import watched_tables
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB
from tests.integration.cdc.binlog_world import Follower


@pytest.mark.parametrize(("prefix", "msi"), [("", True), ("m2_", False)])
def test_watched_columns_exist_and_changes_come(mariadb: PrivateMariaDB, schema: str, prefix: str, msi: bool) -> None:
    install(mariadb, schema, prefix=prefix, msi=msi)
    with closing(Shop(mariadb.url(schema), prefix=prefix)) as shop:
        watch = watched_tables(shop.layout)
    with closing(mariadb.connect(schema)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema=%s", (schema,)
        )
        columns: dict[str, set[str]] = {}
        for table, column in cursor.fetchall():
            columns.setdefault(str(table), set()).add(str(column))
        for (_, name), table in watch.tables.items():
            wanted = {table.key, *table.ignorable, table.memo, table.quantity, table.signed_quantity} - {None}
            missing = wanted - columns.get(name, wanted)
            assert not missing, f"{name} lacks {missing}"
        assert {f"{prefix}sales_order", f"{prefix}customer_entity"} <= columns.keys()

        reader = BinlogReader(mariadb.url(schema), watch)
        follower = Follower(reader, reader.position())
        try:
            cursor.execute("SET foreign_key_checks=0")
            cursor.execute(f"UPDATE {prefix}cataloginventory_stock_item SET qty=qty+1 WHERE product_id=1")
            cursor.execute(
                f"INSERT INTO {prefix}customer_entity (entity_id, email, website_id) VALUES (9, 'a@x.test', 1)"
            )
            cursor.execute(
                f"INSERT INTO {prefix}customer_address_entity (entity_id, parent_id, city, country_id, firstname,"
                " lastname, street, telephone) VALUES (77, 9, 'Ribe', 'DK', 'A', 'B', 'C', '1')"
            )
            cursor.execute(
                f"INSERT INTO {prefix}customer_address_entity_text (attribute_id, entity_id, value)"
                " VALUES (1, 77, 'EAN')"
            )
            cursor.execute(f"UPDATE {prefix}customer_entity SET failures_num=1, rp_token='t' WHERE entity_id=9")
            cursor.execute(
                f"UPDATE {prefix}catalog_product_entity SET updated_at='2026-01-01 00:00:00' WHERE entity_id=1"
            )
            cursor.execute(f"INSERT INTO {prefix}sales_order (entity_id, state) VALUES (5, 'new')")
            cursor.execute(f"SELECT sku FROM {prefix}catalog_product_entity WHERE entity_id=1")
            [sku] = cursor.fetchone() or [""]
            follower.until(lambda: any("order 5" in touched for touched in follower.touched))
        finally:
            follower.close()
    assert [list(touched) for touched in follower.touched] == [
        [f"stock {sku}"],
        ["customer 9"],
        ["customer 9"],
        ["customer 9"],
        ["order 5"],
    ]
    assert reader.status.counters.rows_unchanged == 2
