"""A reader that runs in a thread beside a test, and small tables that it watches."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pymysql

from cdc.binlog import BinlogReader
from cdc.keys import Key
from cdc.layout import Edition, Layout
from cdc.position import Committed, Heartbeat, Position, Touch
from cdc.watch import WatchList, watched_tables
from sync.demo.mariadb import PrivateMariaDB
from tests.servers import dialect

SMALL = """
CREATE TABLE sales_order (
  entity_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, state varchar(32), grand_total decimal(20,4),
  email_sent smallint, note varchar(300),
  updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP);
CREATE TABLE sales_order_item (
  item_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, order_id int unsigned NOT NULL, sku varchar(64));
CREATE TABLE sales_creditmemo (
  entity_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, grand_total decimal(20,4),
  order_id int unsigned NOT NULL);
CREATE TABLE catalog_product_entity (entity_id int unsigned NOT NULL PRIMARY KEY, sku varchar(64));
CREATE TABLE cataloginventory_stock_item (
  item_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, product_id int unsigned NOT NULL, qty decimal(12,4));
CREATE TABLE inventory_source_item (
  source_item_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, source_code varchar(255), sku varchar(64),
  quantity decimal(12,4));
CREATE TABLE inventory_reservation (
  reservation_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, sku varchar(64), quantity decimal(10,4));
CREATE TABLE noise (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, v varchar(300));
"""


def facts(schema: str, *, msi: bool = True, row_id: bool = False) -> Layout:
    """A layout whose tables nobody has looked up."""
    edition: Edition = "commerce" if row_id else "magento2"
    return Layout(edition=edition, prefix="", schema=schema, msi=msi, row_id=row_id, tables={})


@dataclass
class Follower:
    """Reads in a thread; `items` grows, `error` is what ended it."""

    reader: BinlogReader
    position: Position
    items: list[Committed | Heartbeat] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            for item in self.reader.transactions(self.position, self.stop):
                self.times.append(time.monotonic())
                self.items.append(item)
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            self.error = error

    def close(self) -> None:
        self.stop.set()
        self.reader.interrupt()
        self.thread.join(10)
        assert not self.thread.is_alive()

    @property
    def committed(self) -> list[Committed]:
        return [item for item in list(self.items) if isinstance(item, Committed)]

    @property
    def touched(self) -> list[dict[str, Touch]]:
        """The touches of each item, keys as text."""
        return [{str(key): touch for key, touch in item.touches.items()} for item in self.committed]

    @property
    def keys(self) -> list[Key]:
        return [key for item in self.committed for key in item.touches]

    def until(self, done: Callable[[], Any], timeout: float = 15) -> None:
        deadline = time.monotonic() + timeout
        while not done():
            if self.error is not None:
                raise self.error
            assert time.monotonic() < deadline, f"nothing came; {len(self.items)} items, {self.reader.status}"
            threading.Event().wait(0.002)

    def ended(self, timeout: float = 15) -> Exception:
        """The error that ends the reading."""
        self.thread.join(timeout)
        assert self.error is not None, f"still reading: {self.reader.status}"
        return self.error

    def at(self, end: Position) -> bool:
        """Whether everything up to there has been read."""
        last = self.last_position()
        return last.gtid_set == end.gtid_set if end.gtid_set else last.place.order() >= end.place.order()

    def last_position(self) -> Position:
        """As a consumer would store it."""
        return next((i.position for i in reversed(self.items) if i.position is not None), self.position)


@dataclass
class Shop:
    """A schema with the small tables and a connection that writes."""

    server: PrivateMariaDB
    schema: str
    connection: Any
    watch: WatchList

    def run(self, *statements: str) -> None:
        with self.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def one(self, statement: str) -> Any:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()

    def end(self) -> Position:
        """Where the log ends: GTIDs (empty where there are none) and place, without an anchor."""
        gtids = dialect.executed(self.connection)
        return Position(gtids or None, dialect.end_of_log(self.connection))

    def reader(self, **options: Any) -> BinlogReader:
        return BinlogReader(options.pop("url", None) or self.server.url(self.schema), self.watch, **options)

    @contextmanager
    def following(self, position: Position | None = None, **options: Any) -> Iterator[Follower]:
        reader = self.reader(**options)
        follower = Follower(reader, position or reader.position())
        try:
            yield follower
        finally:
            follower.close()

    def dump_threads(self) -> list[int]:
        with self.connection.cursor() as cursor:
            # MariaDB 10.11 has crashed on information_schema.processlist beside a KILL (an Aria temporary table)
            cursor.execute("SHOW PROCESSLIST")
            return [int(row[0]) for row in cursor.fetchall() if str(row[4]).startswith("Binlog Dump")]

    def cut(self) -> None:
        """Kill every connection that reads the binlog."""
        with contextlib.suppress(pymysql.err.OperationalError):  # one may end by itself meanwhile
            self.run(*(f"KILL {thread}" for thread in self.dump_threads()))


@contextmanager
def small_shop(server: PrivateMariaDB, schema: str) -> Iterator[Shop]:
    with closing(server.connect(schema)) as connection:
        full = watched_tables(facts(schema))
        with connection.cursor() as cursor:
            for statement in SMALL.strip().split(";\n"):
                cursor.execute(statement)
        yield Shop(server, schema, connection, full)
