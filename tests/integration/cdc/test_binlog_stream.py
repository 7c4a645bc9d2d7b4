from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import pytest

from cdc.binlog import CaptureStatus
from cdc.errors import UnreadableEvent
from cdc.gtid import contains, gtid_set
from cdc.keys import Key
from cdc.position import Heartbeat, RestockFact, Touch, XaStep
from sync.demo.mariadb import PrivateMariaDB
from tests.integration.cdc.binlog_world import Shop, small_shop
from tests.servers import HAS_GTIDS, IS_MYSQL, dialect

NOTHING, INSERTED, DELETED = Touch(), Touch(inserted=True), Touch(deleted=True)


@pytest.fixture
def shop(mariadb: PrivateMariaDB, schema: str) -> Iterator[Shop]:
    with small_shop(mariadb, schema) as made:
        yield made


def test_each_transaction_comes_with_the_keys_it_touched(shop: Shop) -> None:
    with shop.following() as follower:
        shop.run("INSERT INTO sales_order (state) VALUES ('new'), ('new')")
        shop.run("UPDATE sales_order SET state='complete' WHERE entity_id=2")
        shop.run("INSERT INTO sales_order_item (order_id, sku) VALUES (2, 'A'), (2, 'B'), (7, 'C')")
        shop.run("DELETE FROM sales_order WHERE entity_id=1")
        follower.until(lambda: len(follower.committed) == 4)
        assert follower.touched == [
            {"order 1": INSERTED, "order 2": INSERTED},
            {"order 2": NOTHING},
            {"order 2": NOTHING, "order 7": NOTHING},
            {"order 1": DELETED},
        ]


def test_a_transaction_of_many_tables_and_images_is_one_item(shop: Shop) -> None:
    with shop.following() as follower:
        shop.run(
            "BEGIN",
            "INSERT INTO sales_order (entity_id, state) VALUES (9, NULL)",
            "UPDATE sales_order SET state='new' WHERE entity_id=9",
            "INSERT INTO sales_order_item (order_id, sku) VALUES (9, 'A')",
            "INSERT INTO noise (v) VALUES ('x')",
            "INSERT INTO catalog_product_entity VALUES (4, '1E5')",
            "UPDATE sales_order_item SET order_id=10 WHERE order_id=9",
            "COMMIT",
        )
        follower.until(lambda: follower.committed)
        [item] = follower.committed
        assert dict(item.touches) == {
            Key("order", "9"): INSERTED,
            Key("product", "4"): INSERTED,
            Key("order", "10"): NOTHING,
        }
        assert item.position is not None
        if HAS_GTIDS:
            assert item.start.gtid is not None
            assert item.position.gtid_set == shop.end().gtid_set
            mysql = ":" in item.start.gtid
            have = gtid_set(item.position.gtid_set or "", mariadb=not mysql)
            assert contains(have, gtid_set(item.start.gtid, mariadb=not mysql))
        else:
            assert item.start.gtid is None
            assert item.position.gtid_set is None
        assert item.start.place.offset < item.position.place.offset


def test_what_was_rolled_back_never_comes(shop: Shop) -> None:
    with shop.following() as follower:
        shop.run("BEGIN", "INSERT INTO sales_order (state) VALUES ('new')", "ROLLBACK")
        shop.run(
            "BEGIN",
            "INSERT INTO sales_order (entity_id, state) VALUES (5, 'new')",
            "SAVEPOINT a",
            "INSERT INTO sales_order (entity_id, state) VALUES (6, 'new')",
            "ROLLBACK TO a",
            "INSERT INTO sales_order (entity_id, state) VALUES (7, 'new')",
            "COMMIT",
        )
        follower.until(lambda: follower.committed)
        assert follower.touched == [{"order 5": INSERTED, "order 7": INSERTED}]


def test_updates_of_ignorable_columns_alone_are_counted_not_handed_on(shop: Shop) -> None:
    shop.run("INSERT INTO sales_order (entity_id, state, note) VALUES (1, 'new', NULL), (2, 'new', 'short')")
    with shop.following() as follower:
        shop.run("UPDATE sales_order SET email_sent=1, updated_at='2026-01-01 00:00:00'")
        shop.run("UPDATE sales_order SET email_sent=NULL, updated_at='2026-01-02 00:00:00'")
        shop.run("UPDATE sales_order SET email_sent=1, note='short' WHERE entity_id=1")
        shop.run("UPDATE sales_order SET note='longer' WHERE entity_id=2")
        follower.until(lambda: len(follower.committed) == 2)
        assert follower.touched == [{"order 1": NOTHING}, {"order 2": NOTHING}]
        assert follower.reader.status.counters.rows_unchanged == 4


def test_the_position_moves_over_what_is_not_watched(shop: Shop) -> None:
    with shop.following() as follower:
        shop.run("INSERT INTO noise (v) VALUES ('x')")
        end = shop.end()
        follower.until(lambda: follower.at(end))

        def at_the_end() -> bool:
            beat = follower.items[-1]
            return isinstance(beat, Heartbeat) and beat.caught_up and beat.lag_seconds == 0

        follower.until(at_the_end)
        assert not follower.committed


def test_heartbeats_come_at_least_every_two_seconds(shop: Shop) -> None:
    with shop.following() as follower:
        follower.until(lambda: len(follower.items) >= 4)
        gaps = [b - a for a, b in zip(follower.times, follower.times[1:], strict=False)]
        assert max(gaps) < 2


def test_groups_without_an_xid_and_create_select_end_where_they_should(shop: Shop) -> None:
    shop.run("CREATE TABLE fast (id int) ENGINE=MEMORY", "CREATE TABLE old (id int) ENGINE=MyISAM")
    shop.run("INSERT INTO sales_order (entity_id, state) VALUES (1, 'new')")
    with shop.following() as follower:
        shop.run("INSERT INTO fast VALUES (1)", "INSERT INTO old VALUES (1)")
        shop.run("CREATE TABLE copy AS SELECT entity_id FROM sales_order")
        shop.run("ALTER TABLE sales_order_item ENGINE=MyISAM")
        shop.run("INSERT INTO sales_order_item (order_id) VALUES (3)")
        shop.run("UPDATE sales_order SET state='x'")
        end = shop.end()
        follower.until(lambda: follower.at(end))
        assert [touched for touched in follower.touched if touched] == [{"order 3": NOTHING}, {"order 1": NOTHING}]
        assert [item.ddl_tables for item in follower.committed if not item.touches] == [("sales_order_item",)]


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("TRUNCATE sales_order", ("sales_order",)),
        ("/* deploy */ truncate table `sales_order`", ("sales_order",)),
        ("DROP TABLE noise, sales_order_item", ("sales_order_item",)),
        ("ALTER TABLE sales_order DROP COLUMN note, ADD COLUMN x int", ("sales_order",)),
        ("RENAME TABLE sales_order_item TO aside, noise TO sales_order_item", ("sales_order_item",)),
    ],
)
def test_statements_that_change_rows_without_events_name_their_tables(
    shop: Shop, statement: str, tables: tuple[str, ...]
) -> None:
    with shop.following() as follower:
        shop.run("ALTER TABLE sales_order ADD COLUMN extra int NOT NULL DEFAULT 0, ADD KEY (state)", statement)
        follower.until(lambda: len(follower.committed) > 1)
        added, item = follower.committed
        assert (added.ddl_tables, added.ddl_kinds) == (("sales_order",), ())
        assert item.ddl_tables == tables
        assert item.ddl_kinds == ("order",)
        assert not item.touches


def test_prepared_transactions_wait_for_their_commit(shop: Shop) -> None:
    with shop.following() as follower:
        shop.run("XA START 'pay','1'", "INSERT INTO sales_order (entity_id) VALUES (1)", "XA END 'pay','1'")
        shop.run("XA PREPARE 'pay','1'", "XA COMMIT 'pay','1'")
        shop.run("XA START 'no'", "INSERT INTO sales_order (entity_id) VALUES (2)", "XA END 'no'")
        shop.run("XA PREPARE 'no'", "XA ROLLBACK 'no'")
        shop.run("XA START 'one'", "INSERT INTO sales_order (entity_id) VALUES (3)", "XA END 'one'")
        shop.run("XA COMMIT 'one' ONE PHASE")
        follower.until(lambda: len(follower.committed) == 5)
        pay, no = "X'706179',X'31',1", "X'6e6f',X'',1"
        assert [item.xa for item in follower.committed] == [
            XaStep("prepared", pay),
            XaStep("committed", pay),
            XaStep("prepared", no),
            XaStep("rolled_back", no),
            None,
        ]
        assert follower.touched == [{"order 1": INSERTED}, {}, {"order 2": INSERTED}, {}, {"order 3": INSERTED}]


def test_a_credit_memo_says_what_came_back(shop: Shop) -> None:
    shop.run("INSERT INTO catalog_product_entity VALUES (4, 'S'), (5, 'T')")
    shop.run("INSERT INTO cataloginventory_stock_item (product_id, qty) VALUES (4, -1), (5, 7)")
    shop.run("INSERT INTO inventory_source_item (source_code, sku, quantity) VALUES ('default', '007', 9)")
    with shop.following() as follower:
        shop.run(
            "BEGIN",
            "UPDATE cataloginventory_stock_item SET qty=qty-1 WHERE product_id=5",
            "INSERT INTO sales_creditmemo (entity_id, order_id) VALUES (12, 3)",
            "UPDATE cataloginventory_stock_item SET qty=qty+1 WHERE product_id=4",
            "UPDATE inventory_source_item SET quantity=quantity+2.5",
            "INSERT INTO inventory_reservation (sku, quantity) VALUES ('1E5', 1), ('down', -1), ('zero', 0)",
            "COMMIT",
        )
        shop.run("INSERT INTO sales_creditmemo (entity_id, order_id) VALUES (13, 3)")
        follower.until(lambda: len(follower.committed) == 2)
        first, second = follower.committed
        assert first.restocked == (RestockFact("3", "12", ("product:4", "sku:007", "sku:1E5")),)
        assert second.restocked == ()
        assert {str(key) for key in first.touches} == {
            *("order 3", "stock S", "stock T", "stock 007", "stock 1E5", "stock down", "stock zero")
        }


def test_rows_of_every_column_type_are_stepped_over(shop: Shop) -> None:
    shop.run(
        """CREATE TABLE sales_shipment (a tinyint, b smallint unsigned, c mediumint, d bigint, e float, f double,
        g decimal(65,30), h decimal(10,10), i date, j time(3), k datetime(6), l timestamp(1) NULL, m year, n bit(9),
        o enum('a','b'), p set('x','y','z'), q char(10), r char(255), s binary(3), t varbinary(700), u varchar(5),
        v varchar(20000) character set latin1, w tinyblob, x blob, y mediumtext, z longtext, aa json, ab point,
        ae datetime, af time, ag bit(1), order_id int unsigned NOT NULL, ah varchar(9) PACKED,
        ai text PACKED)""".replace(" PACKED", "" if IS_MYSQL else " COMPRESSED")
    )
    if IS_MYSQL:
        shop.run("ALTER TABLE sales_shipment ADD ac vector(3) AFTER ab, ADD ad geometry AFTER ac")
        own = "STRING_TO_VECTOR('[1,2,3]'), ST_GeomFromText('POINT(3 4)')"
    else:
        shop.run("ALTER TABLE sales_shipment ADD ac inet6 AFTER ab, ADD ad uuid AFTER ac")
        own = "'::1', '00000000-0000-0000-0000-000000000001'"
    full = """-1, 2, -3, 4, 1.5, 2.5, -1.5, 0.25, '2026-01-02', '-10:11:12.123', '2026-01-02 03:04:05.678901',
        '2026-01-02 03:04:05.6', 2026, b'101010101', 'b', 'x,z', 'æøå', REPEAT('Å', 255), 'abc', REPEAT('v', 700),
        'hej', REPEAT('l', 9000), 'tiny', REPEAT('b', 70000), 'm', '', '{"a": 1}', POINT(1, 2), OWN, NOW(), '10:00',
        b'1', ORDERID, 'packed', REPEAT('t', 5000)""".replace("OWN", own)
    with shop.following() as follower:
        shop.run(f"INSERT INTO sales_shipment VALUES ({full.replace('ORDERID', '4294967295')})")
        shop.run("INSERT INTO sales_shipment (order_id) VALUES (17)")
        shop.run("INSERT INTO sales_shipment (b, r, order_id) VALUES (1, '', 18), (NULL, 'x', 19)")
        shop.run("UPDATE sales_shipment SET b=b+1, x='' WHERE order_id > 19")
        follower.until(lambda: len(follower.committed) == 4)
        assert [sorted(touched) for touched in follower.touched] == [
            ["order 4294967295"],
            ["order 17"],
            ["order 18", "order 19"],
            ["order 4294967295"],
        ]


def test_a_text_key_comes_out_of_whatever_character_set(shop: Shop) -> None:
    shop.run("ALTER TABLE inventory_reservation MODIFY sku varchar(64) CHARACTER SET latin1")
    with shop.following() as follower:
        shop.run("INSERT INTO inventory_reservation (sku, quantity) VALUES ('GAVEÆSKE', -1)")
        shop.run("INSERT INTO inventory_source_item (sku, quantity) VALUES ('日本-01', 1), ('AB  12/34', 1), ('0', 1)")
        follower.until(lambda: len(follower.committed) == 2)
        assert [list(t) for t in follower.touched] == [
            ["stock GAVEÆSKE"],
            ["stock 日本-01", "stock AB  12/34", "stock 0"],
        ]


@pytest.mark.parametrize(
    ("setting", "named"),
    [("binlog_format=STATEMENT", "binlog_format"), ("binlog_row_image=MINIMAL", "binlog_row_image")],
)
def test_a_session_that_logs_less_stops_capture_with_the_setting(shop: Shop, setting: str, named: str) -> None:
    shop.run("INSERT INTO sales_order (state) VALUES ('new')")
    with shop.following() as follower:
        shop.run(f"SET SESSION {setting}", "UPDATE noise SET v='y'", "UPDATE sales_order SET state='x'")
        error = follower.ended()
        assert isinstance(error, UnreadableEvent)
        assert named in f"{error} {error.hint}"


@pytest.mark.parametrize("rows", [1, 3_000])
def test_compressed_events_are_opened_and_a_position_behind_them_holds(shop: Shop, rows: int) -> None:
    shop.run("INSERT INTO catalog_product_entity VALUES (4, 'S'), (5, 'T')")
    session = "SET SESSION binlog_transaction_compression=ON"
    with shop.following() as follower:
        follower.until(lambda: follower.reader.status.connected)
        shop.run(session if IS_MYSQL else "SET GLOBAL log_bin_compress=ON")
        try:
            shop.run(
                "BEGIN",
                "INSERT INTO noise (v) VALUES (REPEAT('n', 300))",
                f"INSERT INTO sales_order (note) SELECT REPEAT('x', 300) FROM {dialect.numbers(shop.connection, rows)}",
                "UPDATE sales_order SET note=REPEAT('y', 299), email_sent=1",
                "COMMIT",
                f"CREATE TABLE wide (id int) COMMENT '{'c' * 900}'",
                f"ALTER TABLE sales_order_item MODIFY sku varchar(65) COMMENT '{'c' * 900}'",
                "DELETE FROM catalog_product_entity WHERE entity_id=4",
            )
            end = shop.end()
            follower.until(lambda: follower.at(end))
        finally:
            shop.run(
                "SET SESSION binlog_transaction_compression=OFF" if IS_MYSQL else "SET GLOBAL log_bin_compress=OFF"
            )
        orders = {
            key.id: touch for item in follower.committed for key, touch in item.touches.items() if key.kind == "order"
        }
        assert len(orders) == rows
        assert [item.ddl_tables for item in follower.committed if item.ddl_tables] == [("sales_order_item",)]
        assert follower.touched[-1] == {"product 4": DELETED}
        positions = [item.position for item in follower.committed if item.position is not None]
    for position in positions:  # each anchor is found again, also behind a compressed transaction
        with shop.following(position) as again:
            again.until(lambda: again.at(end))
            assert again.committed == [i for i in follower.committed if i.start.place.order() >= position.place.order()]


def test_a_commit_is_handed_on_within_milliseconds(shop: Shop) -> None:
    with shop.following() as follower:
        follower.until(lambda: follower.reader.status.connected)
        latencies = []
        for number in range(1, 41):
            shop.run(f"INSERT INTO sales_order (entity_id) VALUES ({number})")
            before = time.monotonic()
            follower.until(lambda: len(follower.committed) == number)  # noqa: B023  (asked at once)
            came = follower.times[follower.items.index(follower.committed[-1])]
            latencies.append(came - before)
        assert statistics.median(latencies) < 0.05


def test_stopping_wakes_a_reader_that_waits(shop: Shop) -> None:
    with shop.following() as follower:
        follower.until(lambda: follower.items)
        before = time.monotonic()
        follower.close()
        assert time.monotonic() - before < 0.5
        assert follower.error is None
    assert isinstance(follower.reader.status, CaptureStatus)
    assert not follower.reader.status.connected
