"""Orders whose increment ids are the same: Magento counts them per store view, so that two views may use one number.

Fact: ``sales_order`` has UNIQUE (increment_id, store_id), and no other rule keeps numbers apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pymysql

from cdc.layout import Layout, Reader
from cdc.models import Store
from cdc.rows import moment, text, whole_or_none
from cdc.stores import References

AT_MOST = 10.0
"""Seconds for which a shop is searched."""

PAGE = 500
_TIMED_OUT = {1969, 3024}
"""The server's errors for a statement that took too long: MariaDB's and MySQL's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHead:
    """What tells an order from another. `store.code` is empty for a store view that was deleted."""

    id: int
    increment_id: str
    store: Store
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SharedNumber:
    """Orders that share a name; empty when none do. `complete`: the whole shop was searched in time."""

    orders: tuple[OrderHead, ...]
    complete: bool


def find_shared_number(
    reader: Reader,
    layout: Layout,
    references: References,
    mark: Callable[[str], str],
    counts: Callable[[OrderHead], bool],
    *,
    at_most: float = AT_MOST,
) -> SharedNumber:
    """The first orders that `counts` and whose mark and increment id are the same.

    `mark` gives what a store view (by its code) puts before its increment ids. Pages through the index alone, and
    looks at rows only where a number stands twice under one mark.
    """
    until = time.monotonic() + at_most
    try:
        for numbers in _candidates(reader, layout, references, mark, until):
            by_name: dict[str, list[OrderHead]] = {}
            for order in _heads(reader, layout, references, numbers):
                if counts(order):
                    by_name.setdefault(mark(order.store.code) + order.increment_id, []).append(order)
            shared = next((orders for orders in by_name.values() if len(orders) > 1), None)
            if shared is not None:
                return SharedNumber(tuple(shared), complete=True)
            if time.monotonic() > until:
                return SharedNumber((), complete=False)
    except pymysql.MySQLError as error:
        if not error.args or error.args[0] not in _TIMED_OUT:
            raise
        return SharedNumber((), complete=False)
    return SharedNumber((), complete=True)


def _candidates(
    reader: Reader, layout: Layout, references: References, mark: Callable[[str], str], until: float
) -> Iterator[list[str]]:
    """Pages of increment ids that stand twice under one mark; those of deleted store views have the mark of no code."""
    marks: dict[str, list[int]] = {mark(""): []}
    for store_id, store in references.stores.items():
        marks.setdefault(mark(store.code), []).append(store_id)
    if len(marks) == 1:
        twice = "COUNT(*) > 1"
    else:
        _, *others = marks.values()
        known = ", ".join(str(store_id) for stores in others for store_id in stores)
        conditions = [f"COALESCE(store_id, -1) NOT IN ({known})"]
        conditions += [f"store_id IN ({', '.join(str(store_id) for store_id in stores)})" for stores in others]
        twice = " OR ".join(f"SUM({condition}) > 1" for condition in conditions)
    after = ""
    while True:
        milliseconds = max(1, round((until - time.monotonic()) * 1000))
        # each server takes the other's limit for a comment
        rows = reader.rows(
            f"/*M!100108 SET STATEMENT max_statement_time={milliseconds / 1000:.3f} FOR */"
            f" SELECT /*+ MAX_EXECUTION_TIME({milliseconds}) */ increment_id FROM {layout.quoted('sales_order')}"
            f" WHERE increment_id > %s GROUP BY increment_id HAVING {twice} ORDER BY increment_id LIMIT {PAGE}",
            (after,),
        )
        if rows:
            yield [text(row, "increment_id") for row in rows]
            after = text(rows[-1], "increment_id")
        if len(rows) < PAGE:
            return


def _heads(reader: Reader, layout: Layout, references: References, numbers: list[str]) -> Iterator[OrderHead]:
    for row in reader.rows(
        "SELECT entity_id, increment_id, store_id, store_name, created_at"
        f" FROM {layout.quoted('sales_order')} WHERE increment_id IN %s ORDER BY increment_id, entity_id",
        (numbers,),
    ):
        yield OrderHead(
            id=int(row["entity_id"]),
            increment_id=text(row, "increment_id"),
            store=references.store(whole_or_none(row, "store_id"), name=text(row, "store_name")),
            created_at=moment(row, "created_at"),
        )
