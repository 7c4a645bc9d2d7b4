"""The stock's ledger: which orders take something of a product, which orders changed, which SKUs wait for a look."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, select

from cdc.keys import Key
from cdc.portions import portions
from cdc.position import TransactionStart
from mapping.money import ZERO
from sync.state import schema
from sync.state.codec import load_starts
from sync.state.engine import Transaction

CHUNK = 1_000
_AT_ONCE = 400  # an SQLite statement takes 32,766 variables; short ones stay fast

_WAITS = and_(schema.IS_STOCK, schema.task.c.state == "waiting")


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """What one order takes of one product, as the ledger remembers it.

    `skipped`: the profile leaves the order out of e-conomic. `taken_off` are unshipped pieces that the profile took off
    a draft. `open` is what was sold and not booked when the line was made.
    """

    product_id: int
    order_id: int
    skipped: bool = False
    taken_off: Decimal = ZERO
    open: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class DueStock:
    """A SKU, as a row in Magento spells it, whose stock is to be looked at.

    `starts` is where the last transaction that touched it begins; `first_seen` is aware UTC.
    """

    task_id: int
    sku: str
    generation: int
    starts: tuple[TransactionStart, ...]
    first_seen: datetime


def mark(transaction: Transaction, order_ids: Iterable[int]) -> None:
    """Say that orders may have changed."""
    rows = [{"shop": transaction.shop, "order_id": one, "generation": 1} for one in sorted(set(order_ids))]
    if not rows:
        return
    insert = transaction.upsert(schema.stock_order)
    statement = insert.on_conflict_do_update(
        index_elements=["shop", "order_id"], set_={"generation": schema.stock_order.c.generation + 1}
    )
    transaction.connection.execute(statement, rows)


def mark_keys(transaction: Transaction, keys: Iterable[Key]) -> None:
    """Say so of the orders among these keys."""
    mark(transaction, [int(key.id) for key in keys if key.kind == "order"])


def changed(transaction: Transaction, limit: int) -> list[tuple[int, int]]:
    """Orders that may have changed, with the generation of the mark; the newest orders first, for they sell now."""
    order = schema.stock_order.c
    query = select(order.order_id, order.generation).where(order.shop == transaction.shop)
    rows = transaction.connection.execute(query.order_by(order.order_id.desc()).limit(limit))
    return [(row.order_id, row.generation) for row in rows]


def settle(transaction: Transaction, processed: Sequence[tuple[int, int]], lines: Sequence[StockLine]) -> None:
    """Replace these orders' lines, and drop the marks that have not moved since they were read."""
    line = schema.stock_line
    ids = sorted({order_id for order_id, _ in processed})
    for some in portions(ids, _AT_ONCE):
        transaction.connection.execute(delete(line).where(line.c.shop == transaction.shop, line.c.order_id.in_(some)))
    if lines:
        insert = transaction.upsert(line)
        replaced = {name: insert.excluded[name] for name in ("skipped", "taken_off", "open")}
        statement = insert.on_conflict_do_update(index_elements=["shop", "product_id", "order_id"], set_=replaced)
        transaction.connection.execute(statement, [_values(transaction, one) for one in lines])
    unmark(transaction, processed)


def unmark(transaction: Transaction, processed: Sequence[tuple[int, int]]) -> None:
    """Drop the marks that have not moved since they were read."""
    if not processed:
        return
    order = schema.stock_order
    gone = delete(order).where(
        order.c.shop == transaction.shop,
        order.c.order_id == bindparam("order"),
        order.c.generation == bindparam("read"),
    )
    marks = [{"order": order_id, "read": generation} for order_id, generation in sorted(processed)]
    transaction.connection.execute(gone, marks)


def of_products(transaction: Transaction, product_ids: Collection[int]) -> dict[int, list[StockLine]]:
    """The lines of products, by order; every product that was asked for is there."""
    line, known = schema.stock_line, sorted(set(product_ids))
    found: dict[int, list[StockLine]] = {product_id: [] for product_id in known}
    for some in portions(known, _AT_ONCE):
        query = select(line).where(line.c.shop == transaction.shop, line.c.product_id.in_(some))
        for row in transaction.connection.execute(query.order_by(line.c.product_id, line.c.order_id)):
            found[row.product_id].append(_line(row))
    return found


def products(transaction: Transaction, order_ids: Collection[int]) -> set[int]:
    """The products that orders have lines of."""
    line = schema.stock_line.c
    found: set[int] = set()
    for some in portions(sorted(set(order_ids)), _AT_ONCE):
        query = select(line.product_id).where(line.shop == transaction.shop, line.order_id.in_(some))
        found.update(transaction.connection.execute(query).scalars())
    return found


def orders(transaction: Transaction) -> list[int]:
    """The orders that have lines."""
    line = schema.stock_line.c
    query = select(line.order_id).where(line.shop == transaction.shop).distinct()
    return list(transaction.connection.execute(query).scalars())


def drop(transaction: Transaction, lines: Sequence[tuple[int, int]]) -> None:
    """Forget lines, as (product, order): they take nothing any more."""
    line = schema.stock_line
    gone = delete(line).where(
        line.c.shop == transaction.shop,
        line.c.product_id == bindparam("product"),
        line.c.order_id == bindparam("order"),
    )
    if lines:
        transaction.connection.execute(gone, [{"product": one, "order": order} for one, order in sorted(lines)])


def due(transaction: Transaction, limit: int) -> list[DueStock]:
    """SKUs that wait for a look: what changed alone before what changed in bulk, the oldest first."""
    task = schema.task.c
    query = select(task.id, task.key, task.generation, task.starts, task.first_seen)
    query = query.where(task.shop == transaction.shop, _WAITS).order_by(task.klass, task.id).limit(limit)
    return [
        DueStock(
            task_id=row.id,
            sku=row.key,
            generation=row.generation,
            starts=load_starts(row.starts),
            first_seen=row.first_seen,
        )
        for row in transaction.connection.execute(query)
    ]


def done(transaction: Transaction, looked_at: Sequence[DueStock]) -> None:
    """Drop the tasks that have not moved since they were read; the others wait on."""
    if not looked_at:
        return
    task = schema.task
    gone = delete(task).where(
        task.c.id == bindparam("task"),
        task.c.shop == transaction.shop,
        task.c.generation == bindparam("read"),
        _WAITS,
    )
    # in the order in which capture locks them
    ordered = sorted(looked_at, key=lambda one: one.sku)
    transaction.connection.execute(gone, [{"task": one.task_id, "read": one.generation} for one in ordered])


def waiting(transaction: Transaction) -> tuple[int, timedelta | None]:
    """How many SKUs wait, and how long the oldest has."""
    task = schema.task.c
    query = select(func.count(), func.min(task.first_seen, type_=schema.UtcTime()))
    number, first = transaction.connection.execute(query.where(task.shop == transaction.shop, _WAITS)).one()
    return int(number), None if first is None else max(transaction.now - first, timedelta(0))


def marked(transaction: Transaction) -> int:
    """How many orders are marked as changed."""
    order = schema.stock_order
    counted = select(func.count()).select_from(order).where(order.c.shop == transaction.shop)
    return transaction.connection.execute(counted).scalar_one()


def _values(transaction: Transaction, line: StockLine) -> Mapping[str, Any]:
    return {
        "shop": transaction.shop,
        "product_id": line.product_id,
        "order_id": line.order_id,
        "skipped": line.skipped,
        "taken_off": line.taken_off,
        "open": line.open,
    }


def _line(row: Row[Any]) -> StockLine:
    return StockLine(
        product_id=row.product_id,
        order_id=row.order_id,
        skipped=row.skipped,
        taken_off=row.taken_off,
        open=row.open,
    )
