"""What prepared XA transactions touched: their rows are logged at PREPARE, but not visible before the COMMIT."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import delete, select

from cdc.keys import Key, Kind
from cdc.position import Committed, RestockFact, Touch
from sync.state import schema
from sync.state.engine import Transaction

_INDEX = ("shop", "xid", "kind", "key", "subject")


def store(transaction: Transaction, waiting: Mapping[str, Sequence[Committed]]) -> None:
    """Keep what transactions touched until their end is known."""
    rows = [row for xid, items in waiting.items() for item in items for row in _rows(transaction, xid, item)]
    if not rows:
        return
    insert = transaction.upsert(schema.prepared)
    excluded = insert.excluded
    transaction.connection.execute(
        insert.on_conflict_do_update(
            index_elements=list(_INDEX),
            set_={name: excluded[name] for name in ("inserted", "deleted", "data", "at")},
        ),
        rows,
    )


def read(transaction: Transaction, xid: str) -> tuple[dict[Key, Touch], tuple[RestockFact, ...]]:
    """What a prepared transaction touched and put back into stock; nothing when it is not known."""
    table = schema.prepared
    touches: dict[Key, Touch] = {}
    restocked: list[RestockFact] = []
    query = select(table).where(table.c.shop == transaction.shop, table.c.xid == xid).order_by(*table.primary_key)
    for row in transaction.connection.execute(query):
        if row.subject:
            restocked.append(RestockFact(row.key, row.subject, tuple(row.data.split("\n"))))
        else:
            touches[Key(cast(Kind, row.kind), row.key)] = Touch(row.inserted, row.deleted)
    return touches, tuple(restocked)


def drop(transaction: Transaction, xids: Collection[str]) -> None:
    """Forget transactions whose end is known."""
    table = schema.prepared
    if xids:
        transaction.connection.execute(
            delete(table).where(table.c.shop == transaction.shop, table.c.xid.in_(list(xids)))
        )


def forget_all(transaction: Transaction) -> None:
    """Forget every prepared transaction: they belong to a log that is not read any more."""
    table = schema.prepared
    transaction.connection.execute(delete(table).where(table.c.shop == transaction.shop))


def _rows(transaction: Transaction, xid: str, item: Committed) -> list[dict[str, Any]]:
    common = {"shop": transaction.shop, "xid": xid, "at": transaction.now}
    touched = [
        common
        | {"kind": key.kind, "key": key.id, "subject": "", "data": ""}
        | {"inserted": touch.inserted, "deleted": touch.deleted}
        for key, touch in item.touches.items()
    ]
    raised = [
        common
        | {"kind": "order", "key": fact.order_id, "subject": fact.creditmemo_id, "data": "\n".join(fact.raised)}
        | {"inserted": False, "deleted": False}
        for fact in item.restocked
    ]
    return touched + raised
