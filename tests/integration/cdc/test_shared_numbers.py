"""Increment ids that several store views use: found by the index alone, in bounded time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

import pymysql.cursors
import pytest

from cdc.layout import detect_layout
from cdc.shared_numbers import PAGE, OrderHead, find_shared_number
from cdc.stores import load_references
from tests.integration.cdc.load_world import World
from tests.servers import dialect


def no_marks(_: str) -> str:
    return ""


def all_count(_: OrderHead) -> bool:
    return True


class Watching:
    """A reader that keeps its statements."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.asked: list[tuple[str, Any]] = []

    def rows(self, sql: str, args: object = ()) -> list[dict[str, Any]]:
        self.asked.append((sql, args))
        with self.connection.cursor(pymysql.cursors.DictCursor) as cursor:
            cursor.execute(sql, args)
            return list(cursor.fetchall())


@contextmanager
def watching(world: World) -> Iterator[Watching]:
    with closing(world.server.connect(world.schema)) as connection:
        yield Watching(connection)


def test_no_order_and_no_shared_number(own_world: World) -> None:
    assert own_world.shop.shared_number(no_marks, all_count).orders == ()
    own_world.order(increment_id="000000001", store_id=1)
    own_world.order(increment_id="000000002", store_id=2)
    found = own_world.shop.shared_number(no_marks, all_count)
    assert (found.orders, found.complete) == ((), True)


def test_the_first_shared_number_comes_with_its_store_views(own_world: World) -> None:
    for number in ("000000009", "000000007"):
        for store in (1, 2):
            own_world.order(increment_id=number, store_id=store)
    found = own_world.shop.shared_number(no_marks, all_count)
    assert [(o.increment_id, o.store.code) for o in found.orders] == [("000000007", "default"), ("000000007", "en")]
    assert found.orders[0].created_at == datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("marks", "stores", "shared"),
    [
        ({}, (1, 2), True),
        ({"en": "EN-"}, (1, 2), False),
        ({"en": "EN-"}, (1, 3), True),
        ({"en": "X", "se_sv": "X"}, (2, 3), True),
        ({"default": "A", "en": "B", "se_sv": "C"}, (1, 2, 3), False),
        ({}, (1, None), True),
        ({"default": "A"}, (1, None), False),
        ({"default": "A"}, (None, None), True),
    ],
)
def test_a_mark_keeps_numbers_apart(
    own_world: World, marks: dict[str, str], stores: tuple[int | None, ...], shared: bool
) -> None:
    for store in stores:
        own_world.order(increment_id="000000007", store_id=store)
    found = own_world.shop.shared_number(lambda code: marks.get(code, ""), all_count)
    assert bool(found.orders) is shared
    assert found.complete


def test_orders_that_do_not_count_share_nothing(own_world: World) -> None:
    for number in range(PAGE + 3):
        for store in (1, 2):
            year = "2020" if number < PAGE + 1 or store == 2 else "2026"
            own_world.order(increment_id=f"{number:09}", store_id=store, created_at=f"{year}-01-01 00:00:00")

    def new(order: OrderHead) -> bool:
        return order.created_at.year > 2025

    assert own_world.shop.shared_number(no_marks, new).orders == ()
    own_world.order(increment_id=f"{PAGE + 1:09}", store_id=3)
    assert [o.store.code for o in own_world.shop.shared_number(no_marks, new).orders] == ["default", "se_sv"]


def test_the_search_reads_the_index_alone(own_world: World) -> None:
    for number in range(200):
        own_world.order(increment_id=f"{number:09}")
    own_world.execute("ANALYZE TABLE sales_order")
    with watching(own_world) as reader:
        layout = detect_layout(reader)
        references = load_references(reader, layout)
        reader.asked.clear()
        find_shared_number(reader, layout, references, lambda code: code[:1], all_count)
        ((sql, args),) = reader.asked
        (plan,) = reader.rows(f"{dialect.explain(own_world.tables.connection)} {sql[sql.index('SELECT') :]}", args)
    assert "Using index" in plan["Extra"]
    assert "temporary" not in plan["Extra"]
    assert "filesort" not in plan["Extra"]


def test_what_takes_too_long_is_given_up(own_world: World) -> None:
    with watching(own_world) as reader:
        layout = detect_layout(reader)
        references = load_references(reader, layout)

        class Slow(Watching):
            def rows(self, sql: str, args: object = ()) -> list[dict[str, Any]]:
                return super().rows(sql.replace(" WHERE incr", " WHERE SLEEP(5) = 0 AND incr"), args)

        own_world.order()
        found = find_shared_number(Slow(reader.connection), layout, references, no_marks, all_count, at_most=0.05)
    assert (found.orders, found.complete) == ((), False)
