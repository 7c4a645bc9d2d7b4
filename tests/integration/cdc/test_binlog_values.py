"""Keys and the changed bit are what mysql-replication's full decode says, for every type, NULL and DDL in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pymysqlreplication
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymysqlreplication.row_event import DeleteRowsEvent, UpdateRowsEvent, WriteRowsEvent

from cdc.binlog_anchor import current_position
from cdc.binlog_connection import Opener
from cdc.binlog_filter import Counters, Filter, Run
from cdc.binlog_rows import DELETED, INSERTED, RowsSeen
from cdc.binlog_stream import Stream
from cdc.connect import Database
from cdc.errors import UnreadableEvent
from cdc.position import LogPlace
from cdc.watch import WatchedTable, WatchList
from sync.demo.mariadb import PrivateMariaDB
from tests.faults import scale
from tests.integration.cdc.binlog_columns import (
    INTEGERS,
    NUMBERS_FOR_LIBRARY,
    OTHERS,
    TEXTS,
    UNREAD_BY_LIBRARY,
    ColumnType,
)
from tests.servers import HAS_GTIDS, IS_MYSQL, dialect, mariadb_only
from tests.world import a_schema

pytestmark = pytest.mark.filterwarnings("ignore:'db' is deprecated:DeprecationWarning")  # the library's own

_library: Any = pymysqlreplication  # it has no types
ALL = (*INTEGERS, *TEXTS, *OTHERS)
MANY = settings(
    max_examples=scale.of(400, 30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass(frozen=True)
class Row:
    """What one row event says, by either reader."""

    table: str
    touches: dict[int | str, int]
    raised: list[int | str]
    memos: list[tuple[int, int]]
    rows: int
    unchanged: int


@dataclass
class Log:
    """A schema whose row events are read by both readers."""

    server: PrivateMariaDB
    schema: str
    connection: Any
    tables: int = 0
    counters: Counters = field(default_factory=Counters)

    def run(self, *statements: str) -> None:
        dialect.run(self.connection, *statements)

    def new_table(self, columns: list[str]) -> str:
        self.tables += 1
        name = f"t{self.tables}"
        self.run(f"CREATE TABLE {name} ({', '.join(columns)}) ROW_FORMAT=DYNAMIC CHARACTER SET utf8mb4")
        return name

    def begin(self) -> LogPlace:
        return dialect.end_of_log(self.connection)

    def ours(self, begin: LogPlace, *tables: WatchedTable) -> list[Row]:
        watch = WatchList(tables={(self.schema, table.name): table for table in tables})
        opener = Opener(self.connection.get_server_info())
        database = Database.parse(self.server.url(self.schema))
        found: list[RowsSeen] = []
        self.counters = Counters()
        try:
            for seen in Filter(watch, self.counters).seen(Stream(database, opener, 4_000_001, begin).packets()):
                found += seen.rows if isinstance(seen, Run) else [seen] if isinstance(seen, RowsSeen) else []
        except EOFError:
            pass
        finally:
            opener.close()
        return [
            Row(one.table.name, one.touches, one.raised, one.memos, one.rows, one.unchanged)
            for one in found
            if one.rows
        ]

    def library(self, begin: LogPlace, *tables: WatchedTable) -> list[Row]:
        reader = _library.BinLogStreamReader(
            connection_settings={"host": "127.0.0.1", "port": self.server.port, "user": "root", "ssl_disabled": True},
            server_id=4_000_002,
            log_file=begin.file,
            log_pos=begin.offset,
            resume_stream=True,
            only_events=[WriteRowsEvent, UpdateRowsEvent, DeleteRowsEvent],
            only_schemas=[self.schema],
            only_tables=[table.name for table in tables],
        )
        by_name = {table.name: table for table in tables}
        with closing(reader):
            return [_expected(by_name[event.table], event) for event in reader]

    def both(self, begin: LogPlace, *tables: WatchedTable) -> list[Row]:
        """What both say, after it was compared."""
        ours, library = self.ours(begin, *tables), self.library(begin, *tables)
        assert ours == library
        return ours


def _expected(table: WatchedTable, event: Any) -> Row:
    """By values: what the fast path must say without looking at them."""
    row = Row(table.name, {}, [], [], len(event.rows), 0)
    unchanged = 0

    def key(values: dict[str, Any]) -> int | str | None:
        value = values[table.key]
        return value if value is None or table.text else int(value)

    for one in event.rows:
        if "after_values" not in one:
            inserted = isinstance(event, WriteRowsEvent)
            flag = (INSERTED if inserted else DELETED) if table.own else 0
            if (number := key(one["values"])) is not None:
                row.touches[number] = row.touches.get(number, 0) | flag
                amount = one["values"].get(table.signed_quantity or table.quantity or "")
                if inserted and amount is not None and float(amount) > 0:
                    row.raised.append(number)
            continue
        before, after = one["before_values"], one["after_values"]
        if table.quantity and key(after) is not None and after[table.quantity] is not None:
            was = before[table.quantity]
            if after[table.quantity] > (0 if was is None else was):
                row.raised.append(key(after))  # type: ignore[arg-type]
        if all(repr(before[name]) == repr(after[name]) for name in before if name not in table.ignorable):
            unchanged += 1
            continue
        for values in (after, before):
            if (number := key(values)) is not None:
                row.touches.setdefault(number, 0)
    return Row(row.table, row.touches, row.raised, row.memos, row.rows, unchanged)


@pytest.fixture(scope="module")
def log(mariadb: PrivateMariaDB) -> Iterator[Log]:
    with a_schema(mariadb) as schema, closing(mariadb.connect(schema)) as connection:
        if IS_MYSQL:
            dialect.run(connection, "SET sql_generate_invisible_primary_key=OFF")
        yield Log(mariadb, schema, connection)


def _literal(data: st.DataObject, kind: ColumnType) -> str:
    return data.draw(st.sampled_from(("NULL", *kind.values)), label=kind.sql[:20])


@given(data=st.data())
@MANY
def test_any_table_says_what_the_library_says(log: Log, data: st.DataObject) -> None:
    draw = data.draw
    text = draw(st.booleans(), label="text key")
    kinds = {f"c{i}": kind for i, kind in enumerate(draw(st.lists(st.sampled_from(ALL), min_size=1, max_size=14)))}
    kinds["k"] = draw(st.sampled_from(TEXTS if text else INTEGERS), label="key")
    order = draw(st.permutations(list(kinds)), label="order")
    table = WatchedTable(
        name=log.new_table([f"{name} {kinds[name].sql}" for name in order]),
        kind="order",
        key="k",
        own=draw(st.booleans()),
        text=text,
        ignorable=frozenset(draw(st.sets(st.sampled_from([n for n in kinds if n != "k"])), label="ignorable")),
    )
    begin = log.begin()
    for _ in range(draw(st.integers(1, 6), label="statements")):
        names = list(kinds)
        match draw(st.sampled_from(("insert", "insert", "update", "update", "delete", "ddl"))):
            case "insert":
                rows = ", ".join(
                    f"({', '.join(_literal(data, kinds[n]) for n in names)})" for _ in range(draw(st.integers(1, 5)))
                )
                log.run(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {rows}")
            case "update":
                changed = draw(st.sets(st.sampled_from(names), min_size=1, max_size=3))
                pairs = ", ".join(f"{n} = {_literal(data, kinds[n])}" for n in sorted(changed))
                where = draw(st.sampled_from(("", " WHERE k IS NOT NULL", " LIMIT 2")))
                log.run(f"UPDATE {table.name} SET {pairs}{where}")
            case "delete":
                log.run(f"DELETE FROM {table.name} LIMIT {draw(st.integers(1, 3))}")
            case "ddl":
                _alter(log, data, table.name, kinds)
    log.both(begin, table)
    assert log.counters.decoded_by_library == 0


def _alter(log: Log, data: st.DataObject, table: str, kinds: dict[str, ColumnType]) -> None:
    others = [name for name in kinds if name != "k"]
    what = data.draw(st.sampled_from(("add", "drop", "rename", "move", "retype", "truncate")))
    if what == "add" or not others:
        name = f"c{max([0, *(int(n[1:]) for n in others)]) + 1}"
        kinds[name] = data.draw(st.sampled_from(ALL))
        place = data.draw(st.sampled_from(("", " FIRST", " AFTER k")))
        log.run(f"ALTER TABLE {table} ADD COLUMN {name} {kinds[name].sql}{place}")
    elif what == "truncate":
        log.run(f"TRUNCATE {table}")
    else:
        name = data.draw(st.sampled_from(others))
        if what == "drop":
            del kinds[name]
            log.run(f"ALTER TABLE {table} DROP COLUMN {name}")
        elif what == "rename":
            new = f"c{max(int(n[1:]) for n in others) + 1}"
            kinds[new] = kinds.pop(name)
            log.run(f"ALTER TABLE {table} CHANGE {name} {new} {kinds[new].sql}")
        elif what == "move":
            log.run(f"ALTER TABLE {table} MODIFY k {kinds['k'].sql} FIRST")
        else:
            kinds[name] = data.draw(st.sampled_from(ALL))
            log.run(f"DELETE FROM {table}", f"ALTER TABLE {table} MODIFY {name} {kinds[name].sql}")


def test_every_type_alone_and_all_of_them_at_once(log: Log) -> None:
    begin = log.begin()
    tables = []
    for kind in ALL:
        tables.append(WatchedTable(name=log.new_table(["a int", f"v {kind.sql}", "k int"]), kind="order", key="k"))
        values = [*kind.values, "NULL"]
        log.run(
            f"INSERT INTO {tables[-1].name} VALUES {', '.join(f'({i}, {v}, {i})' for i, v in enumerate(values))}",
            *(f"UPDATE {tables[-1].name} SET v = {v}" for v in values),
            f"DELETE FROM {tables[-1].name}",
        )
    narrow = [kind for kind in ALL if "20000" not in kind.sql and "255" not in kind.sql]
    wide = WatchedTable(
        name=log.new_table([*(f"c{i} {kind.sql}" for i, kind in enumerate(narrow)), "k int unsigned"]),
        kind="order",
        key="k",
        ignorable=frozenset({"c3", "c20", f"c{len(narrow) - 1}"}),
    )
    for number in range(3):
        values = [kind.values[number % len(kind.values)] for kind in narrow]
        log.run(f"INSERT INTO {wide.name} VALUES ({', '.join(values)}, {number})")
    log.run(f"UPDATE {wide.name} SET c3 = NULL", f"UPDATE {wide.name} SET c4 = NULL")
    rows = log.both(begin, *tables, wide)
    assert sum(row.rows for row in rows) > 300
    assert sum(row.unchanged for row in rows) == 3


def test_generated_columns_are_stepped_over(log: Log) -> None:
    name = log.new_table(
        ["a int", "s int AS (a + 1) STORED", "v varchar(40) AS (CONCAT('v', a)) VIRTUAL", "k int", "z varchar(9)"]
    )
    table, begin = WatchedTable(name=name, kind="order", key="k", ignorable=frozenset({"v"})), log.begin()
    log.run(f"INSERT INTO {name} (a, k, z) VALUES (1, 2, 'x'), (NULL, 3, NULL)", f"UPDATE {name} SET a = 5")
    assert [row.touches for row in log.both(begin, table)] == [{2: 0, 3: 0}, {2: 0, 3: 0}]


def test_three_hundred_columns_in_six_hundred_patterns_of_nulls(log: Log) -> None:
    widths = [f"c{i} {('int', 'varchar(5)', 'smallint', 'tinyint')[i % 4]}" for i in range(300)]
    name = log.new_table([*widths[:280], "k int unsigned", *widths[280:]])
    table = WatchedTable(name=name, kind="order", key="k", own=True, ignorable=frozenset({"c1", "c299"}))
    begin, rows = log.begin(), []
    for n in range(600):
        bits = n * 2_654_435_761 & 0xFFFFFFFF
        values = [str(n % 7) if bits >> i % 32 & 1 else "NULL" for i in range(300)]
        rows.append(f"({', '.join([*values[:280], str(n), *values[280:]])})")
    log.run(f"INSERT INTO {name} VALUES {', '.join(rows)}")
    log.run(f"UPDATE {name} SET c1 = 8 WHERE k < 50", f"UPDATE {name} SET c2 = 8 WHERE k < 20")
    log.run(f"DELETE FROM {name} WHERE k > 590")
    seen = log.both(begin, table)
    assert sum(row.unchanged for row in seen) == 50
    assert len({key for row in seen for key in row.touches}) == 600


def test_statements_over_several_tables(log: Log) -> None:
    names = [log.new_table(["k int PRIMARY KEY", "v varchar(9)"]) for _ in range(3)]
    watched = [WatchedTable(name=name, kind="order", key="k", own=True) for name in (names[0], names[2])]
    begin = log.begin()
    log.run(
        *(f"INSERT INTO {name} VALUES (1, 'a'), (2, 'b'), (3, 'c')" for name in names),
        f"UPDATE {names[0]} a JOIN {names[1]} b USING (k) JOIN {names[2]} c USING (k) SET a.v='x', b.v='x', c.v='x'",
        f"DELETE a, b, c FROM {names[0]} a JOIN {names[1]} b USING (k) JOIN {names[2]} c USING (k) WHERE k < 3",
        f"REPLACE INTO {names[0]} VALUES (3, 'y'), (4, 'z')",
        f"INSERT INTO {names[2]} VALUES (3, 'q') ON DUPLICATE KEY UPDATE v = 'q'",
    )
    assert sum(row.rows for row in log.both(begin, *watched)) >= 16


def test_events_larger_than_a_packet(log: Log) -> None:
    name, other = log.new_table(["b longblob", "k int"]), log.new_table(["b longblob", "k int"])
    table = WatchedTable(name=name, kind="order", key="k")
    allowed = dialect.one(log.connection, "SELECT @@global.max_allowed_packet")
    log.run(f"SET GLOBAL max_allowed_packet={1 << 26}")
    try:
        with closing(log.server.connect(log.schema)) as connection:
            begin = log.begin()
            for size in (5, 20_000_000):
                for into in (other, name, other):
                    dialect.run(connection, f"INSERT INTO {into} VALUES (REPEAT('b', {size}), {size})")
            dialect.run(connection, f"UPDATE {name} SET b = CONCAT(b, 'c') WHERE k > 5")
            ours = log.ours(begin, table)
    finally:
        log.run(f"SET GLOBAL max_allowed_packet={allowed}")
    assert [list(row.touches) for row in ours] == [[5], [20_000_000], [20_000_000]]
    position = current_position(log.server.url(log.schema), server_id=4_000_004)
    assert (position.gtid_set or "") == (dialect.executed(log.connection) if HAS_GTIDS else "")


@pytest.mark.parametrize("kind", NUMBERS_FOR_LIBRARY, ids=lambda kind: kind.sql)
def test_a_key_that_is_no_integer_is_read_by_the_library(log: Log, kind: ColumnType) -> None:
    name = log.new_table(["a varchar(9)", f"k {kind.sql}", "b point"])
    table, begin = WatchedTable(name=name, kind="order", key="k", own=True, ignorable=frozenset({"a"})), log.begin()
    log.run(
        *(f"INSERT INTO {name} VALUES ('x', {value}, POINT(1, 2))" for value in (*kind.values, "NULL")),
        f"UPDATE {name} SET a = 'y'",
        f"UPDATE {name} SET b = POINT(3, 4)",
        f"DELETE FROM {name}",
    )
    rows = log.both(begin, table)
    assert log.counters.decoded_by_library == len(rows) >= len(kind.values) + 4
    assert sum(row.unchanged for row in rows) == len(kind.values) + 1


@pytest.mark.parametrize("kind", ["double", "int", "decimal(12,4)"])
def test_stock_that_rose_is_seen_whatever_type_counts_it(log: Log, kind: str) -> None:
    name = log.new_table([f"qty {kind}", "k int"])
    table, begin = WatchedTable(name=name, kind="stock", key="k", quantity="qty", raises="product"), log.begin()
    log.run(f"INSERT INTO {name} VALUES (1, 1), (-1, 2), (NULL, 3), (0, 4)", f"UPDATE {name} SET qty = 2 - k")
    log.run(f"UPDATE {name} SET qty = NULL WHERE k = 1", f"UPDATE {name} SET qty = 7")
    assert [row.raised for row in log.both(begin, table)] == [[1], [2], [], [1, 2, 3, 4]]
    assert (log.counters.decoded_by_library > 0) == (kind in ("double", "int"))


@pytest.mark.parametrize("kind", UNREAD_BY_LIBRARY, ids=lambda kind: kind.sql)
def test_types_that_the_library_cannot_read_are_stepped_over_all_the_same(log: Log, kind: ColumnType) -> None:
    name = log.new_table(["s varchar(9) CHARACTER SET latin1", f"v {kind.sql}", "k varchar(20) CHARACTER SET cp1251"])
    table, begin = WatchedTable(name=name, kind="order", key="k", text=True), log.begin()
    log.run(*(f"INSERT INTO {name} VALUES ('æ', {value}, 'Ж{i}')" for i, value in enumerate(kind.values)))
    log.run(f"UPDATE {name} SET v = {kind.values[0]}")
    ours = log.ours(begin, table)
    assert [list(row.touches) for row in ours[:2]] == [["Ж0"], ["Ж1"]]
    assert [(row.touches, row.unchanged) for row in ours[2:]] in ([({"Ж1": 0}, 0)], [({"Ж1": 0}, 1)])
    reads_no_amount = WatchedTable(name=name, kind="order", key="v")
    with pytest.raises(UnreadableEvent, match=rf"{log.schema}\.{name}\.v"):
        log.ours(begin, reads_no_amount)


@pytest.mark.parametrize("charset", ["utf16", "ucs2", "utf32", "utf8mb3", "koi8r", "cp1250", "greek", "binary"])
def test_a_text_key_of_any_character_set(log: Log, charset: str) -> None:
    name = log.new_table(
        [
            *("e enum('a','b') CHARACTER SET latin1", "g point", "t text CHARACTER SET latin1"),
            *(f"k varchar(30) CHARACTER SET {charset}", "z varchar(9) CHARACTER SET ascii"),
        ]
    )
    table, begin = WatchedTable(name=name, kind="stock", key="k", text=True), log.begin()
    log.run(f"INSERT INTO {name} VALUES ('a', POINT(1, 2), 'æ', 'SKU-1', 'z'), (NULL, NULL, NULL, '007', NULL)")
    assert [list(row.touches) for row in log.ours(begin, table)] == [["SKU-1", "007"]]


def test_values_that_the_library_cannot_tell_apart_have_changed(log: Log) -> None:
    name = log.new_table(["d date", "s set('x')", "y year", "k int"])
    table, begin = WatchedTable(name=name, kind="order", key="k"), log.begin()
    log.run(f"INSERT INTO {name} VALUES ('0000-00-00', '', 0, 1)")
    log.run(f"UPDATE {name} SET d = '2026-00-00'", f"UPDATE {name} SET s = NULL")
    assert [row.touches for row in log.ours(begin, table)][1:] == [{1: 0}, {1: 0}]


@mariadb_only
def test_old_temporal_types(log: Log) -> None:
    log.run("SET GLOBAL mysql56_temporal_format=OFF")
    try:
        name = log.new_table(["t timestamp NULL", "d datetime", "z time", "k int", "v varchar(5)"])
        torn = log.new_table(["d datetime(3)", "k int", "v varchar(5)"])
    finally:
        log.run("SET GLOBAL mysql56_temporal_format=ON")
    table, begin = WatchedTable(name=name, kind="order", key="k"), log.begin()
    log.run(f"INSERT INTO {name} VALUES ('2026-01-02 03:04:05', '2026-01-02 03:04:05', '10:11:12', 7, 'x')")
    log.run(f"UPDATE {name} SET z = NULL")
    assert [row.touches for row in log.both(begin, table)] == [{7: 0}, {7: 0}]
    begin = log.begin()
    log.run(f"INSERT INTO {torn} VALUES ('2026-01-02 03:04:05.678', 7, 'x')")
    with pytest.raises(UnreadableEvent, match=rf"{log.schema}\.{torn}.*: d\)") as raised:
        log.ours(begin, WatchedTable(name=torn, kind="order", key="k"))
    assert "FORCE" in raised.value.hint


def test_a_missing_or_impossible_key_is_named(log: Log) -> None:
    name = log.new_table(["a bit(8)", "b json"])
    begin = log.begin()
    log.run(f"INSERT INTO {name} VALUES (b'1', '{{}}')")
    for key in ("a", "b", "c"):
        with pytest.raises(UnreadableEvent, match=rf"{name}.* {key} |{name}\.{key} "):
            log.ours(begin, WatchedTable(name=name, kind="order", key=key))
