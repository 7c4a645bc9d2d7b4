"""What only the binlog knew: the order's INSERT was captured here, a credit memo put goods back into stock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select

from cdc.keys import Key
from cdc.position import RestockFact
from sync.state import schema
from sync.state.engine import Transaction

INSERTED: Final = "inserted"
RESTOCKED: Final = "restocked"
INTENT: Final = "intent"
IDENTITY: Final = "identity"
"""Who an entity was when a write for it was stored; its link says so later."""


def note(transaction: Transaction, name: str, rows: Iterable[tuple[Key, str, str]]) -> None:
    """Store facts as (key, subject, data); a fact that is there already is replaced."""
    values = [
        {
            "shop": transaction.shop,
            "name": name,
            "entity_kind": key.kind,
            "entity_id": key.id,
            "subject": subject,
            "data": data,
            "at": transaction.now,
        }
        for key, subject, data in rows
    ]
    if not values:
        return
    insert = transaction.upsert(schema.fact)
    index = ["shop", "name", "entity_kind", "entity_id", "subject"]
    excluded = insert.excluded
    statement = insert.on_conflict_do_update(index_elements=index, set_={"data": excluded.data, "at": excluded.at})
    transaction.connection.execute(statement, values)


def read(transaction: Transaction, name: str, key: Key) -> dict[str, str]:
    """The facts of one name about a key: subject -> data."""
    table = schema.fact
    rows = transaction.connection.execute(
        select(table.c.subject, table.c.data).where(
            table.c.shop == transaction.shop,
            table.c.name == name,
            table.c.entity_kind == key.kind,
            table.c.entity_id == key.id,
        )
    )
    return {row.subject: row.data for row in rows}


def forget(transaction: Transaction, name: str, key: Key) -> None:
    """Drop the facts of one name about a key."""
    table = schema.fact
    transaction.connection.execute(
        delete(table).where(
            table.c.shop == transaction.shop,
            table.c.name == name,
            table.c.entity_kind == key.kind,
            table.c.entity_id == key.id,
        )
    )


def forget_all(transaction: Transaction, name: str) -> None:
    """Drop the facts of one name about every key."""
    table = schema.fact
    transaction.connection.execute(delete(table).where(table.c.shop == transaction.shop, table.c.name == name))


def note_restocked(transaction: Transaction, restocked: Sequence[RestockFact]) -> None:
    """Store what credit memos put back; parts of one memo from several chunks are joined."""
    for one in restocked:
        key = Key("order", one.order_id)
        known = read(transaction, RESTOCKED, key).get(one.creditmemo_id, "")
        raised = sorted(set(filter(None, known.split("\n"))) | set(one.raised))
        note(transaction, RESTOCKED, [(key, one.creditmemo_id, "\n".join(raised))])


def restocked(transaction: Transaction, order_id: str) -> tuple[RestockFact, ...]:
    """What the credit memos of an order put back into stock."""
    facts = read(transaction, RESTOCKED, Key("order", order_id))
    return tuple(RestockFact(order_id, memo, tuple(data.split("\n"))) for memo, data in sorted(facts.items()))


def purge(transaction: Transaction, name: str, before: datetime) -> int:
    """Drop the facts of one name from before a time; how many."""
    table = schema.fact
    dropped = transaction.connection.execute(
        delete(table).where(table.c.shop == transaction.shop, table.c.name == name, table.c.at < before)
    )
    return dropped.rowcount
