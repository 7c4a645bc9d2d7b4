"""Tables change their shape in the middle of traffic: every row is told by the layout that it was written with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cdc.position import Touch
from sync.demo.mariadb import PrivateMariaDB
from tests.integration.cdc.binlog_world import Shop, small_shop

PLAIN = Touch(False, False)


@pytest.fixture
def shop(mariadb: PrivateMariaDB, schema: str) -> Iterator[Shop]:
    with small_shop(mariadb, schema) as made:
        yield made


def orders(shop: Shop, statements: list[str]) -> list[dict[str, Touch]]:
    """What a reader that starts before the statements tells of them when all of them have run."""
    position = shop.reader().position()
    shop.run(*statements)
    end = shop.end()
    with shop.following(position) as follower:
        follower.until(lambda: follower.at(end))
        return [touches for touches in follower.touched if touches]


def test_columns_added_dropped_renamed_and_reordered_keep_their_keys(shop: Shop) -> None:
    """The reader meets the old rows after the table has its last shape."""
    steps = [
        "INSERT INTO sales_order_item (item_id, order_id, sku) VALUES (500, 1, 'a')",
        "ALTER TABLE sales_order_item ADD COLUMN before_it bigint unsigned NOT NULL DEFAULT 77 FIRST",
        "INSERT INTO sales_order_item (order_id, sku) VALUES (2, 'b')",
        "ALTER TABLE sales_order_item MODIFY sku varchar(200) AFTER before_it, MODIFY item_id int unsigned NOT NULL "
        "AUTO_INCREMENT AFTER order_id",
        "INSERT INTO sales_order_item (order_id, sku) VALUES (3, 'c')",
        "ALTER TABLE sales_order_item DROP COLUMN before_it, CHANGE sku stock_keeping_unit varchar(64)",
        "UPDATE sales_order_item SET stock_keeping_unit = 'd' WHERE order_id = 1",
        "ALTER TABLE sales_order_item MODIFY order_id bigint NOT NULL",
        "DELETE FROM sales_order_item WHERE order_id = 2",
        "UPDATE sales_order_item SET order_id = 9 WHERE order_id = 3",
    ]
    assert orders(shop, steps) == [{f"order {n}": PLAIN} for n in (1, 2, 3, 1, 2)] + [
        {"order 3": PLAIN, "order 9": PLAIN}
    ]


def test_a_change_that_cannot_matter_stays_one_when_its_column_moves(shop: Shop) -> None:
    steps = [
        "INSERT INTO sales_order (entity_id, state) VALUES (1, 'new')",
        "ALTER TABLE sales_order MODIFY email_sent smallint FIRST, ADD COLUMN email_sent_at int AFTER email_sent",
        "UPDATE sales_order SET email_sent = 1, updated_at = '2021-01-01'",
        "UPDATE sales_order SET email_sent_at = 1, updated_at = '2021-01-02'",
    ]
    assert orders(shop, steps) == [{"order 1": Touch(True, False)}, {"order 1": PLAIN}]


GHOST = [
    "CREATE TABLE `_sales_order_gho` LIKE sales_order",
    "CREATE TABLE `_sales_order_ghc` (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, hint varchar(64))",
    "ALTER TABLE `_sales_order_gho` ADD COLUMN fee decimal(12,4) FIRST",
    "INSERT INTO `_sales_order_gho` (entity_id, state) SELECT entity_id, state FROM sales_order",
    "INSERT INTO sales_order (entity_id, state) VALUES (2, 'new')",
    "INSERT INTO `_sales_order_gho` (entity_id, state) VALUES (2, 'new')",
    "RENAME TABLE sales_order TO `_sales_order_del`, `_sales_order_gho` TO sales_order",
    "INSERT INTO sales_order (entity_id, fee) VALUES (3, 1)",
    "INSERT INTO `_sales_order_del` (entity_id) VALUES (99)",
    "DROP TABLE `_sales_order_del`, `_sales_order_ghc`",
]
TOOLKIT = [
    "CREATE TABLE `_sales_order_new` LIKE sales_order",
    "ALTER TABLE `_sales_order_new` ADD COLUMN fee decimal(12,4) FIRST",
    "CREATE TRIGGER pt_osc_ins AFTER INSERT ON sales_order FOR EACH ROW REPLACE INTO `_sales_order_new` "
    "(entity_id, state) VALUES (NEW.entity_id, NEW.state)",
    "INSERT LOW_PRIORITY IGNORE INTO `_sales_order_new` (entity_id, state) SELECT entity_id, state FROM sales_order",
    "INSERT INTO sales_order (entity_id, state) VALUES (2, 'new')",
    "RENAME TABLE sales_order TO `_sales_order_old`, `_sales_order_new` TO sales_order",
    "DROP TRIGGER IF EXISTS pt_osc_ins",
    "INSERT INTO sales_order (entity_id, fee) VALUES (3, 1)",
    "DROP TABLE IF EXISTS `_sales_order_old`",
]


@pytest.mark.parametrize("steps", [GHOST, TOOLKIT], ids=["gh-ost", "pt-online-schema-change"])
def test_a_table_that_is_swapped_for_its_copy(shop: Shop, steps: list[str]) -> None:
    """Helper tables are nobody's; after the swap the copy's rows count, and all that is known is looked at."""
    position = shop.reader().position()
    shop.run("INSERT INTO sales_order (entity_id, state) VALUES (1, 'new')", *steps)
    end = shop.end()
    with shop.following(position) as follower:
        follower.until(lambda: follower.at(end))
        new = Touch(True, False)
        assert [one for one in follower.touched if one] == [{f"order {n}": new} for n in (1, 2, 3)]
        swapped = [item for item in follower.committed if item.ddl_tables]
        assert [(item.ddl_tables, item.ddl_kinds) for item in swapped] == [(("sales_order",), ("order",))]


def test_magento_s_own_replica_swaps_triggers_and_changelogs_are_nobody_s(shop: Shop) -> None:
    position = shop.reader().position()
    shop.run(
        "CREATE TABLE price_index (id int PRIMARY KEY)",
        "CREATE TABLE price_index_replica LIKE price_index",
        "INSERT INTO price_index_replica VALUES (1)",
        "RENAME TABLE price_index TO price_index_outdated, price_index_replica TO price_index, "
        "price_index_outdated TO price_index_replica",
        "TRUNCATE TABLE price_index_replica",
        "CREATE TABLE IF NOT EXISTS `sales_order_cl` (version_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, "
        "entity_id int unsigned)",
        "CREATE TRIGGER trg_sales_order_after_update AFTER UPDATE ON sales_order FOR EACH ROW "
        "BEGIN IF (NOT(NEW.state <=> OLD.state)) THEN "
        "INSERT IGNORE INTO `sales_order_cl` (entity_id) VALUES (NEW.entity_id); END IF; END",
        "INSERT INTO sales_order (entity_id, state) VALUES (1, 'new')",
        "UPDATE sales_order SET state = 'processing'",
        "DROP TRIGGER trg_sales_order_after_update",
        "TRUNCATE TABLE `sales_order_cl`",
        "DROP TABLE `sales_order_cl`, price_index, price_index_replica",
    )
    end = shop.end()
    with shop.following(position) as follower:
        follower.until(lambda: follower.at(end))
        assert follower.touched == [{"order 1": Touch(True, False)}, {"order 1": PLAIN}]
        assert not [item for item in follower.committed if item.ddl_tables]
