"""The delivery log, and the calls of the day: kept in memory for a moment, stored with whatever is committed next."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, delete, func, select

from cdc.keys import Key, Kind
from sync.state import schema
from sync.state.engine import Transaction

_MOST = 10_000  # lines kept in memory while the state cannot be written; older ones go first, the counter stays right


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One call to e-conomic. `status` is None when there was no answer; `log_id` is e-conomic's name for the call."""

    at: datetime
    method: str
    path: str
    status: int | None
    milliseconds: int
    log_id: str = ""
    error_code: str = ""
    key: Key | None = None


class DeliveryLog:
    """Collects calls from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: list[Delivery] = []
        self._calls: Counter[str] = Counter()

    def add(self, delivery: Delivery) -> None:
        """Keep a call until the next commit. A query string is cut off: filters hold people's addresses."""
        with self._lock:
            self._lines.append(delivery)
            self._calls[_day(delivery.at)] += 1
            if len(self._lines) > _MOST:
                del self._lines[: _MOST // 10]

    def waiting(self) -> int:
        """How many calls are not stored yet."""
        with self._lock:
            return len(self._lines)

    def calls(self, day: datetime) -> int:
        """Calls of the day (UTC) that are not stored yet."""
        with self._lock:
            return self._calls[_day(day)]

    def take(self) -> tuple[list[Delivery], Counter[str]]:
        """Take out what is to be stored; `give_back` it when the commit fails."""
        with self._lock:
            taken = self._lines, self._calls
            self._lines, self._calls = [], Counter()
        return taken

    def give_back(self, taken: tuple[list[Delivery], Counter[str]]) -> None:
        """Put back what could not be stored."""
        with self._lock:
            self._lines[:0] = taken[0]
            self._calls += taken[1]


def store(transaction: Transaction, taken: tuple[list[Delivery], Counter[str]]) -> None:
    """Store calls and the day's count."""
    lines, calls = taken
    if lines:
        transaction.connection.execute(schema.delivery.insert(), [_values(transaction, line) for line in lines])
    table = schema.call_count
    for day, number in calls.items():
        insert = transaction.upsert(table).values(shop=transaction.shop, day=day, calls=number)
        transaction.connection.execute(
            insert.on_conflict_do_update(
                index_elements=["shop", "day"], set_={"calls": table.c.calls + insert.excluded.calls}
            )
        )


def calls_stored(transaction: Transaction, day: datetime) -> int:
    """Calls of a day (UTC) that are stored."""
    table = schema.call_count.c
    found: int | None = transaction.connection.execute(
        select(table.calls).where(table.shop == transaction.shop, table.day == _day(day))
    ).scalar_one_or_none()
    return found or 0


def read(transaction: Transaction, *, key: Key | None = None, limit: int = 100) -> list[Delivery]:
    """The newest calls first; of one key or of all."""
    table = schema.delivery
    query = select(table).where(table.c.shop == transaction.shop).order_by(table.c.id.desc()).limit(limit)
    if key is not None:
        query = query.where(table.c.entity_kind == key.kind, table.c.entity_id == key.id)
    return [_delivery(row) for row in transaction.connection.execute(query)]


def purge(transaction: Transaction, before: datetime, *, limit: int = 5_000) -> int:
    """Drop calls from before a time, and the counts of those days; how many lines."""
    table, count = schema.delivery, schema.call_count
    old = select(table.c.id).where(table.c.shop == transaction.shop, table.c.at < before).order_by(table.c.at)
    gone = transaction.connection.execute(delete(table).where(table.c.id.in_(old.limit(limit))))
    transaction.connection.execute(delete(count).where(count.c.shop == transaction.shop, count.c.day < _day(before)))
    return gone.rowcount


def lines(transaction: Transaction) -> int:
    """How many calls are stored."""
    table = schema.delivery
    return transaction.connection.execute(
        select(func.count()).select_from(table).where(table.c.shop == transaction.shop)
    ).scalar_one()


def _day(at: datetime) -> str:
    return at.date().isoformat()


def _values(transaction: Transaction, line: Delivery) -> dict[str, Any]:
    return {
        "shop": transaction.shop,
        "at": line.at,
        "entity_kind": line.key.kind if line.key else "",
        "entity_id": line.key.id if line.key else "",
        "method": line.method,
        "path": line.path.partition("?")[0],
        "status": line.status,
        "milliseconds": line.milliseconds,
        "log_id": line.log_id,
        "error_code": line.error_code,
    }


def _delivery(row: Row[Any]) -> Delivery:
    key = Key(cast(Kind, row.entity_kind), row.entity_id) if row.entity_kind else None
    return Delivery(
        at=row.at,
        method=row.method,
        path=row.path,
        status=row.status,
        milliseconds=row.milliseconds,
        log_id=row.log_id,
        error_code=row.error_code,
        key=key,
    )
