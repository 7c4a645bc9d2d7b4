"""A clock that was set back: what was stored before it lies ahead then, and nobody would come to it for hours."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import BigInteger, Column, type_coerce, update

from sync.state import control, schema
from sync.state.engine import Transaction
from sync.state.schema import MICROSECOND

TOLERANCE = timedelta(seconds=5)
"""What a clock is corrected by now and then; it holds nothing up."""

_NAME = "clock"


def follow(transaction: Transaction) -> timedelta:
    """Note the time; by how much the clock was set back since it was noted last, zero when it was not.

    When it was, everything that lies ahead moves back with it: when tasks are due, leases end and writes went out.
    A task that is to be looked at on a certain day is so a little earlier, which does no harm.
    """
    noted = control.since(transaction, _NAME)
    control.put(transaction, _NAME, "")
    back = timedelta() if noted is None else noted - transaction.now
    if back <= TOLERANCE:
        return timedelta()
    task, intent, names = schema.task.c, schema.intent.c, schema.natural_key.c
    for column in (
        task.due_at, task.lease_until, task.changed_at, task.first_seen,
        intent.first_sent_at, intent.last_sent_at, names.lease_until,
    ):  # fmt: skip
        _move(transaction, column, back)
    return back


def _move(transaction: Transaction, column: Column[object], back: timedelta) -> None:
    table = column.table
    earlier = type_coerce(column, BigInteger) - back // MICROSECOND
    transaction.connection.execute(
        update(table).where(table.c.shop == transaction.shop, column > transaction.now).values({column.name: earlier})
    )
