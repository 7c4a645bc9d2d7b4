from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal

import pymysql
import pytest

from cdc.connect import Database
from cdc.errors import DatabaseUnreachable, LoginRefused, NotReached, SchemaMissing
from cdc.pool import Connection, Pool
from cdc.position import LogPlace, TransactionStart
from cdc.shop import Shop
from cdc.snapshot import LogOf, Snapshot, Snapshots, open_session
from sync.demo.mariadb import PrivateMariaDB, free_port
from tests import magento1
from tests.integration.cdc.load_world import World
from tests.servers import IS_MYSQL, by_gtid, dialect, mariadb_only, mysql_only, private_server

UNKNOWN = "00000000-0000-0000-0000-000000000001:1" if IS_MYSQL else "0-1-1"


def _end_of_log(world: World) -> LogPlace:
    with world.server.connect() as connection:
        return dialect.end_of_log(connection)


def _thread_id(connection: Connection) -> int:
    return int(connection.thread_id())  # type: ignore[no-untyped-call]


def test_no_load_is_torn(world: World) -> None:
    """A writer flips order and items in one transaction; autocommit reads would now and then see half of it."""
    order_id = world.order(status="0")
    items = [world.item(order_id, name="0") for _ in range(3)]
    done = threading.Event()

    def flip() -> None:
        with closing(world.server.connect(world.schema, autocommit=False)) as writer, writer.cursor() as cursor:
            count = 0
            while not done.is_set():
                count += 1
                cursor.execute("UPDATE sales_order SET status=%s WHERE entity_id=%s", (str(count), order_id))
                for item in items:
                    cursor.execute("UPDATE sales_order_item SET name=%s WHERE item_id=%s", (str(count), item))
                writer.commit()

    writer = threading.Thread(target=flip)
    writer.start()
    try:
        seen = set()
        for _ in range(500):
            order = world.shop.order(order_id)
            assert order is not None
            seen.add(order.status)
            assert {line.name for line in order.lines} == {order.status}
    finally:
        done.set()
        writer.join()
    assert len(seen) > 50


def test_each_load_sees_what_was_committed_before_it(world: World) -> None:
    order_id = world.order()
    for status in ("a", "b", "c"):
        world.tables.update("sales_order", {"status": status}, entity_id=order_id)
        order = world.shop.order(order_id)
        assert order is not None
        assert order.status == status


@mariadb_only  # says in the snapshot how far it sees
def test_a_snapshot_has_reached_what_the_log_announced(world: World) -> None:
    before = _end_of_log(world)
    order_id = world.order()
    assert world.shop.order(order_id, reached=[TransactionStart("0-1-1", before)]) is not None
    after = _end_of_log(world)
    with pytest.raises(NotReached):
        world.shop.order(order_id, reached=[TransactionStart("0-1-1", before), TransactionStart("0-1-2", after)])
    later = LogPlace(f"{after.file.rpartition('.')[0]}.999999", 4)
    with pytest.raises(NotReached):
        world.shop.customer(1, reached=[TransactionStart(None, later)])
    world.order()
    assert world.shop.order(order_id, reached=[TransactionStart("0-1-2", after)]) is not None


@mariadb_only
def test_a_huge_event_in_the_log_hides_no_transaction_that_is_not_reached(world: World) -> None:
    """Behind it BINLOG_GTID_POS of MariaDB 10.11 answers nothing, as for the log of another server."""
    world.execute("FLUSH BINARY LOGS")
    world.execute("CREATE TABLE huge (v LONGBLOB)")
    with closing(world.server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT @@global.max_allowed_packet")
        (usual,) = cursor.fetchone() or (0,)
        cursor.execute("SET GLOBAL max_allowed_packet = 1048576")
    try:
        with closing(world.server.connect(world.schema)) as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO huge VALUES (REPEAT('x', 600000))")
            cursor.execute("UPDATE huge SET v = REPEAT('y', 600000)")  # both images in one event
            order_id = world.order()
            after = _end_of_log(world)
        with pytest.raises(NotReached):
            world.shop.order(order_id, reached=[TransactionStart("0-1-1", after)])
    finally:
        with closing(world.server.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"SET GLOBAL max_allowed_packet = {usual}")
            cursor.execute("FLUSH BINARY LOGS")


def test_a_transaction_in_an_older_file_is_reached(world: World) -> None:
    place = _end_of_log(world)
    order_id = world.order()
    world.execute("FLUSH BINARY LOGS")
    world.order()
    assert world.shop.order(order_id, reached=[TransactionStart(None, place)]) is not None


@by_gtid
def test_loads_from_elsewhere_wait_by_gtid(world: World) -> None:
    url = world.server.url(world.schema)
    start = TransactionStart(UNKNOWN, _end_of_log(world))
    with closing(Shop(url, log="primary", reach_timeout=0.05)) as replica, pytest.raises(NotReached, match=UNKNOWN):
        replica.order(1, reached=[start])
    with closing(Shop(url, log="replica")) as primary:
        assert primary.order(4_000_000_000, reached=[start]) is None


@mysql_only
@by_gtid
def test_a_snapshot_of_mysql_waits_for_the_gtids_that_the_log_announced(world: World) -> None:
    order_id = world.order()
    with world.server.connect() as connection:
        uuid, _, numbers = dialect.executed(connection).partition(":")
    place = _end_of_log(world)
    last = int(numbers.rpartition("-")[2])
    assert world.shop.order(order_id, reached=[TransactionStart(f"{uuid}:{last}", place)]) is not None
    with closing(Shop(world.server.url(world.schema), reach_timeout=0.05)) as shop, pytest.raises(NotReached):
        shop.order(order_id, reached=[TransactionStart(f"{uuid}:{last + 1}", place)])


@mariadb_only
def test_a_server_without_binlog_waits_by_gtid() -> None:
    with private_server(["--skip-log-bin"]) as server:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE m")
        with closing(Shop(server.url("m"), reach_timeout=0.05)) as shop:
            with pytest.raises(NotReached, match="0-1-7"):
                shop.order(1, reached=[TransactionStart("0-1-7", LogPlace("mysql-bin.000001", 4))])
            with server.connect() as connection, connection.cursor() as cursor:
                cursor.execute("SET GLOBAL gtid_slave_pos = '0-1-9'")
            with pytest.raises(SchemaMissing, match=r"store_website|sales_order"):
                shop.order(1, reached=[TransactionStart("0-1-7", LogPlace("mysql-bin.000001", 4))])


@by_gtid
@pytest.mark.parametrize("log", ["primary", "elsewhere"])
def test_loads_from_a_real_replica_wait_until_it_has_followed(log: LogOf, pair: tuple[PrivateMariaDB, ...]) -> None:
    primary, replica = pair
    with closing(primary.connect("m")) as writer, closing(replica.connect()) as follower:
        dialect.pause(follower)
        dialect.run(writer, "INSERT INTO t VALUES (NULL)")
        count = dialect.one(writer, "SELECT COUNT(*) FROM t")
        start = TransactionStart(dialect.last(writer), LogPlace("mysql-bin.000001", 4))
        with pytest.raises(NotReached, match=str(start.gtid)):
            _read(replica, log, 0.05, start)
        dialect.go_on(follower)
        assert _read(replica, log, 10, start) == count
        assert _read(primary, "elsewhere", 0, start) == count


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[PrivateMariaDB, ...]]:
    """A primary with a table of numbers, and its replica."""
    with private_server() as primary, private_server(["--server-id=2"]) as replica:
        with closing(primary.connect()) as writer, closing(replica.connect()) as follower:
            dialect.run(writer, "CREATE DATABASE m", "CREATE TABLE m.t (n INT PRIMARY KEY AUTO_INCREMENT)")
            dialect.follow(follower, primary.port)
            dialect.wait_executed(follower, dialect.executed(writer))
        yield primary, replica


def _read(server: PrivateMariaDB, log: LogOf, wait: float, start: TransactionStart) -> int:
    where = Database.parse(server.url("m"))
    pool = Pool(lambda: open_session(where), 1, wait=5)
    try:
        return Snapshots(pool, where, log=log, wait=wait).read(_count, [start])
    finally:
        pool.close()


def _count(snapshot: Snapshot) -> int:
    return int(snapshot.rows("SELECT COUNT(*) AS n FROM t")[0]["n"])


def test_a_killed_connection_is_replaced_unseen(world: World) -> None:
    order_id = world.order()
    assert world.shop.order(order_id) is not None
    with world.server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM information_schema.processlist WHERE db=%s AND command='Sleep'", (world.schema,))
        for (connection_id,) in cursor.fetchall():
            if connection_id != _thread_id(world.tables.connection):
                cursor.execute(f"KILL {connection_id}")
    assert world.shop.order(order_id) is not None


def test_a_connection_that_the_server_closed_for_idleness_is_replaced(world: World) -> None:
    order_id = world.order()
    pool = world.shop._pool
    assert world.shop.order(order_id) is not None
    idle, _ = pool.take()
    with idle.cursor() as cursor:
        cursor.execute("SET SESSION wait_timeout=1")
    pool.give(idle)
    deadline = time.monotonic() + 10
    with world.server.connect() as connection, connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT 1 FROM information_schema.processlist WHERE id=%s", (_thread_id(idle),))
            if cursor.fetchone() is None:
                break
            time.sleep(0.05)
    assert world.shop.order(order_id) is not None


def test_nothing_is_left_open_after_a_load(world: World) -> None:
    world.shop.order(world.order())
    if not IS_MYSQL:
        with pytest.raises(NotReached):
            world.shop.order(1, reached=[TransactionStart(None, LogPlace("mysql-bin.999999", 4))])
    with world.server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM information_schema.innodb_trx t JOIN information_schema.processlist p"
            " ON p.id = t.trx_mysql_thread_id WHERE p.db=%s",
            (world.schema,),
        )
        row = cursor.fetchone()
    assert row is not None
    assert row[0] == 0


def test_many_threads_share_few_connections(world: World) -> None:
    order_id = world.order()
    failures: list[BaseException] = []
    with closing(Shop(world.server.url(world.schema), pool_size=2)) as shop:

        def load() -> None:
            try:
                for _ in range(5):
                    assert shop.order(order_id) is not None
            except BaseException as error:  # noqa: BLE001  (told by the assertion below)
                failures.append(error)

        threads = [threading.Thread(target=load) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert len(shop._pool._idle) <= 2


def test_nobody_listens() -> None:
    with (
        closing(Shop(f"mysql+pymysql://root:geheim@127.0.0.1:{free_port()}/m")) as shop,
        pytest.raises(DatabaseUnreachable) as caught,
    ):
        shop.order(1)
    assert caught.value.retryable
    assert "geheim" not in str(caught.value) + repr(caught.value) + repr(shop)


def test_a_wrong_login(world: World) -> None:
    url = world.server.url(world.schema, "nobody", "geheim")
    with closing(Shop(url)) as shop, pytest.raises(LoginRefused) as caught:
        shop.order(1)
    assert "geheim" not in str(caught.value)


def test_a_server_that_hangs_is_unreachable_in_time(world: World) -> None:
    """FLUSH TABLES WITH READ LOCK of a backup does not stop loads; a write lock on a table does."""
    with closing(world.server.connect(world.schema)) as locker, locker.cursor() as cursor:
        order_id = world.order()
        cursor.execute("LOCK TABLES sales_order_item WRITE")
        with closing(Shop(world.server.url(world.schema), read_timeout=0.3)) as shop:
            begun = time.monotonic()
            with pytest.raises(DatabaseUnreachable):
                shop.order(order_id)
            assert time.monotonic() - begun < 5
            cursor.execute("UNLOCK TABLES")
            assert shop.order(order_id) is not None


def test_a_restarted_server_is_found_again() -> None:
    with private_server() as server:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE m")
        magento1.install(server, "m")
        with closing(Shop(server.url("m"))) as shop:
            assert shop.layout.edition == "magento1"
            server.stop()
            with pytest.raises(DatabaseUnreachable):
                _ = shop.layout
            server.start()
            assert shop.layout.edition == "magento1"


def test_read_committed_as_the_servers_default_does_not_matter(world: World) -> None:
    """START TRANSACTION WITH CONSISTENT SNAPSHOT is ignored at READ COMMITTED, with no more than a warning."""
    order_id = world.order(status="before")
    world.execute("SET GLOBAL TRANSACTION ISOLATION LEVEL READ COMMITTED")

    def read_twice(snapshot: Snapshot) -> list[str]:
        sql = "SELECT status FROM sales_order WHERE entity_id = %s"
        first = snapshot.rows(sql, (order_id,))
        world.tables.update("sales_order", {"status": "after"}, entity_id=order_id)
        return [row["status"] for row in (*first, *snapshot.rows(sql, (order_id,)))]

    try:
        with closing(Shop(world.server.url(world.schema))) as shop:
            assert shop._snapshots.read(read_twice) == ["before", "before"]
    finally:
        world.execute("SET GLOBAL TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def test_an_order_loads_in_few_statements_and_few_milliseconds(world: World) -> None:
    order_id = world.order()
    item = world.item(order_id)
    world.address(order_id)
    for table in ("sales_invoice", "sales_shipment", "sales_creditmemo"):
        parent = world.tables.insert(table, {"order_id": order_id, "increment_id": f"S{order_id}", "store_id": 1})
        world.tables.insert(f"{table}_item", {"parent_id": parent, "order_item_id": item, "qty": Decimal(1)})
    world.shop.order(order_id)
    with world.server.connect() as connection, connection.cursor() as cursor:
        before = _questions(cursor)
        world.shop.order(order_id)
        # START TRANSACTION and COMMIT included; the counter's own statement too
        assert _questions(cursor) - before <= 18
    best = min(_seconds(world, order_id) for _ in range(10))
    assert best < 0.020


def _questions(cursor: pymysql.cursors.Cursor) -> int:
    cursor.execute("SHOW GLOBAL STATUS LIKE 'Questions'")
    row = cursor.fetchone()
    assert row is not None
    return int(row[1])


def _seconds(world: World, order_id: int) -> float:
    begun = time.perf_counter()
    world.shop.order(order_id)
    return time.perf_counter() - begun
