"""Which SKUs a change of stock names: through Magento's own tables, as anybody and as this program writes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from cdc.keys import Kind
from cdc.position import RestockFact
from cdc.watch import watched_tables
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB
from tests.integration.cdc.binlog_world import Shop, facts, small_shop

OURS = (
    "BEGIN",
    "UPDATE inventory_source_item SET quantity=2, status=1 WHERE source_code='default' AND sku='{sku}'",
    "UPDATE cataloginventory_stock_item SET qty=2, is_in_stock=1, low_stock_date='2026-11-24 10:00:00',"
    " stock_status_changed_auto=1 WHERE product_id=1",
    "UPDATE cataloginventory_stock_status SET qty=2 WHERE product_id=1",
    "COMMIT",
)


@pytest.fixture
def shop(mariadb: PrivateMariaDB, schema: str) -> Iterator[Shop]:
    with small_shop(mariadb, schema) as made:
        yield made


def _magento(server: PrivateMariaDB, schema: str, *kinds: Kind) -> Shop:
    install(server, schema)
    return Shop(server, schema, server.connect(schema), watched_tables(facts(schema), kinds=kinds))


def test_every_row_that_tells_of_stock_names_its_sku(mariadb: PrivateMariaDB, schema: str) -> None:
    made = _magento(mariadb, schema, "order", "stock")
    with closing(made.connection):
        sku = made.one("SELECT sku FROM catalog_product_entity WHERE entity_id=1")[0]
        made.run("SET SESSION foreign_key_checks=0")
        with made.following() as follower:
            # this program's own write comes back as one key: the look that follows finds nothing to do
            made.run(*(statement.format(sku=sku) for statement in OURS))
            # what Magento computes from the other columns says nothing
            made.run(
                "UPDATE cataloginventory_stock_item SET low_stock_date=NULL, stock_status_changed_auto=0"
                " WHERE product_id=1"
            )
            made.run("UPDATE cataloginventory_stock_item SET is_in_stock=0 WHERE product_id=1")
            made.run("UPDATE cataloginventory_stock_item SET use_config_manage_stock=0 WHERE product_id=1")
            made.run("UPDATE inventory_source_item SET status=0 WHERE sku='" + sku + "'")
            made.run("DELETE FROM inventory_source_item WHERE sku='" + sku + "'")
            made.run("INSERT INTO inventory_reservation (stock_id, sku, quantity) VALUES (1, 'sold', -1)")
            made.run("UPDATE cataloginventory_stock_status SET stock_status=0 WHERE product_id=1")
            made.run("INSERT INTO sales_order (entity_id, state) VALUES (5, 'new')")
            follower.until(lambda: any("order 5" in touched for touched in follower.touched))
        assert [sorted(touched) for touched in follower.touched] == [
            *[[f"stock {sku}"]] * 5,
            ["stock sold"],
            ["order 5"],
        ]
        assert follower.reader.status.counters.rows_unchanged == 1


def test_without_the_pull_no_sku_comes_and_a_credit_memo_still_says_what_came_back(shop: Shop) -> None:
    shop.run("INSERT INTO catalog_product_entity VALUES (4, 'S')")
    shop.run("INSERT INTO cataloginventory_stock_item (product_id, qty) VALUES (4, 1)")
    for number, kinds in enumerate((("order",), ("order", "stock")), 1):
        chosen: tuple[Kind, ...] = kinds  # type: ignore[assignment]
        shop.watch = watched_tables(facts(shop.schema), kinds=chosen)
        with shop.following() as follower:
            shop.run("UPDATE cataloginventory_stock_item SET qty=qty+1")
            shop.run(
                "BEGIN",
                f"INSERT INTO sales_creditmemo (entity_id, order_id) VALUES ({number}, 3)",
                "UPDATE cataloginventory_stock_item SET qty=qty+1",
                "INSERT INTO inventory_reservation (sku, quantity) VALUES ('S', 1)",
                "COMMIT",
            )
            follower.until(lambda: any(item.restocked for item in follower.committed))
        assert follower.committed[-1].restocked == (RestockFact("3", str(number), ("product:4", "sku:S")),)
        skus = [sorted(touched.keys() - {"order 3"}) for touched in follower.touched]
        assert skus == ([[]] if kinds == ("order",) else [["stock S"], ["stock S"]])


def test_a_sku_comes_to_the_letter(shop: Shop) -> None:
    shop.run(
        "ALTER TABLE inventory_source_item MODIFY sku varchar(64) CHARACTER SET utf8mb4",
        "ALTER TABLE inventory_reservation MODIFY sku varchar(64) CHARACTER SET utf8mb4",
        "ALTER TABLE catalog_product_entity MODIFY sku varchar(64) CHARACTER SET utf8mb4",
        "SET NAMES utf8mb4",
    )
    texts = ("ab", "AB", "ab  ", " ab", "GAVEÆSKE", "日本-🎁", "0", "007", "1E5", 'a"b/c\\d', "%s")
    quoted = [shop.connection.escape(text) for text in texts]
    shop.run(*(f"INSERT INTO catalog_product_entity VALUES ({n}, {text})" for n, text in enumerate(quoted, 1)))
    with shop.following() as follower:
        for text in quoted:
            shop.run(f"INSERT INTO inventory_reservation (sku, quantity) VALUES ({text}, -1)")
            shop.run(f"INSERT INTO inventory_source_item (source_code, sku, quantity) VALUES ('default', {text}, 1)")
        for number in range(1, len(texts) + 1):
            shop.run(f"INSERT INTO cataloginventory_stock_item (product_id, qty) VALUES ({number}, 1)")
        shop.run("INSERT INTO cataloginventory_stock_item (product_id, qty) VALUES (99, 1)")  # a product that is gone
        shop.run("UPDATE inventory_source_item SET sku='renamed' WHERE sku='007'")
        follower.until(lambda: any(key.id == "renamed" for key in follower.keys))
    twice = [text for text in texts for _ in range(2)]
    assert [key.id for key in follower.keys if key.id not in ("renamed",)][: len(twice)] == twice
    assert [key.id for key in follower.keys][len(twice) :] == [*texts, "renamed", "007"]
    assert {key.kind for key in follower.keys} == {"stock"}


def test_in_commerce_a_product_goes_by_the_sku_of_the_version_in_force(shop: Shop) -> None:
    shop.run(
        "ALTER TABLE catalog_product_entity DROP PRIMARY KEY, ADD row_id int unsigned PRIMARY KEY AUTO_INCREMENT,"
        " ADD created_in bigint unsigned, ADD updated_in bigint unsigned",
        "INSERT INTO catalog_product_entity (entity_id, sku, created_in, updated_in) VALUES"
        " (4, 'past', 1, 1000), (4, 'present', 1000, 4000000000), (4, 'future', 4000000000, 5000000000)",
    )
    shop.watch = watched_tables(facts(shop.schema, row_id=True), kinds=("stock",))
    with shop.following() as follower:
        shop.run("INSERT INTO cataloginventory_stock_item (product_id, qty) VALUES (4, 1)")
        follower.until(lambda: follower.keys)
    assert [str(key) for key in follower.keys] == ["stock present"]
