"""Intents: the exact writes that are about to be sent, stored before they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, and_, case, delete, func, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from cdc.keys import Key, Kind
from econ_client.requests import Method, WriteRequest
from sync.state import facts, links, schema, stockdocs
from sync.state.engine import Transaction
from sync.state.errors import IntentOpen

_NO_EFFECT = ("unsent", "refused")
_FILES = "%/attachment/file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A write as it was stored: it is sent again only as these bytes, under this key.

    Times are aware UTC by the state database's clock. `first_sent_at` None: certainly never sent.
    """

    id: int
    entity: Key
    role: str
    request: WriteRequest
    idempotency_key: str
    opened_at: datetime
    first_sent_at: datetime | None
    last_sent_at: datetime | None


def open_(
    transaction: Transaction,
    entity: Key,
    role: str,
    request: WriteRequest,
    idempotency_key: str,
    *,
    sent: bool,
) -> Intent:
    """Store a write; the fingerprint of the link that it changes is cleared with it.

    Raises IntentOpen when an earlier write for the same (entity, role) is not closed.
    """
    now = transaction.now
    first = now if sent else None
    values = {
        "shop": transaction.shop,
        "entity_kind": entity.kind,
        "entity_id": entity.id,
        "role": role,
        "method": request.method,
        "path": request.path,
        "body": request.body,
        "idempotency_key": idempotency_key,
        "opened_at": now,
        "first_sent_at": first,
        "last_sent_at": first,
        "products": stockdocs.noted(transaction, entity, role, request.path, request.body),
    }
    insert = schema.intent.insert().values(values).returning(schema.intent.c.id)
    try:
        number: int = transaction.connection.execute(insert).scalar_one()
    except IntegrityError as error:
        raise IntentOpen(f"a write for {entity}, {role}, is open already; its outcome has to be found first") from error
    links.clear_fingerprint(transaction, entity, role)
    return Intent(
        id=number,
        entity=entity,
        role=role,
        request=request,
        idempotency_key=idempotency_key,
        opened_at=now,
        first_sent_at=first,
        last_sent_at=first,
    )


def mark_sent(transaction: Transaction, intent: Intent) -> Intent:
    """Say that the write is sent (again) now. Raises IntentOpen when it was closed meanwhile."""
    table = schema.intent
    now = transaction.now
    row = transaction.connection.execute(
        update(table)
        .where(table.c.id == intent.id, table.c.shop == transaction.shop, table.c.closed_at.is_(None))
        .values(first_sent_at=func.coalesce(table.c.first_sent_at, literal(now, schema.UtcTime())), last_sent_at=now)
        .returning(table.c.first_sent_at)
    ).one_or_none()
    if row is None:
        raise IntentOpen(f"the write for {intent.entity}, {intent.role}, was closed by somebody else")
    return replace(intent, first_sent_at=row.first_sent_at, last_sent_at=now)


def close(transaction: Transaction, intent: Intent, outcome: str) -> None:
    """Say what became of the write; one that is closed already stays as it is. A file is not kept after its upload."""
    table = schema.intent
    kept = table.c.body if outcome != "done" else case((table.c.path.like(_FILES), b""), else_=table.c.body)
    transaction.connection.execute(
        update(table)
        .where(table.c.id == intent.id, table.c.shop == transaction.shop, table.c.closed_at.is_(None))
        .values(closed_at=transaction.now, outcome=outcome, body=kept)
    )


def opened(transaction: Transaction, entity: Key | None = None) -> list[Intent]:
    """Writes whose outcome is not known, oldest first; of one entity or of all."""
    table = schema.intent
    conditions = [table.c.shop == transaction.shop, table.c.closed_at.is_(None)]
    if entity is not None:
        conditions += [table.c.entity_kind == entity.kind, table.c.entity_id == entity.id]
    rows = transaction.connection.execute(select(table).where(*conditions).order_by(table.c.id))
    return [_intent(row) for row in rows]


def sent_since(transaction: Transaction, role: str, since: datetime) -> list[Intent]:
    """Creations for a role, of any entity, that were sent after a time and may have had their effect."""
    table = schema.intent
    rows = transaction.connection.execute(
        select(table)
        .where(
            table.c.shop == transaction.shop,
            table.c.role == role,
            table.c.method == "POST",
            table.c.last_sent_at > since,
            or_(table.c.closed_at.is_(None), and_(table.c.closed_at > since, table.c.outcome.not_in(_NO_EFFECT))),
        )
        .order_by(table.c.id)
    )
    return [_intent(row) for row in rows]


def opened_to(transaction: Transaction, path: str) -> int:
    """How many writes to a path have no known outcome."""
    table = schema.intent.c
    found: int = transaction.connection.execute(
        select(func.count()).where(table.shop == transaction.shop, table.path == path, table.closed_at.is_(None))
    ).scalar_one()
    return found


def ever(transaction: Transaction, entity: Key, roles: Collection[str]) -> bool:
    """Whether there ever was a write for one of the entity's roles, as far as this state remembers."""
    table = schema.intent
    known = transaction.connection.execute(
        select(table.c.id)
        .where(
            table.c.shop == transaction.shop,
            table.c.entity_kind == entity.kind,
            table.c.entity_id == entity.id,
            table.c.role.in_(list(roles)),
        )
        .limit(1)
    ).one_or_none()
    return known is not None or not set(roles).isdisjoint(facts.read(transaction, facts.INTENT, entity))


def last_unclear(transaction: Transaction, entity: Key, role: str) -> Intent | None:
    """The newest write of a role, if it was given up without its outcome being known; None when it was settled.

    e-conomic had stored an error under its key (``unclear``), or its effect was never found (``absent``).
    """
    table = schema.intent
    row = transaction.connection.execute(
        select(table)
        .where(
            table.c.shop == transaction.shop,
            table.c.entity_kind == entity.kind,
            table.c.entity_id == entity.id,
            table.c.role == role,
            table.c.closed_at.is_not(None),
            table.c.outcome.not_in(_NO_EFFECT),
        )
        .order_by(table.c.id.desc())
        .limit(1)
    ).one_or_none()
    return _intent(row) if row is not None and row.outcome in ("unclear", "absent") else None


def purge(transaction: Transaction, before: datetime, *, limit: int = 1_000) -> int:
    """Drop writes that were closed before a time; that there was one stays known. How many were dropped."""
    table = schema.intent
    rows = transaction.connection.execute(
        select(table.c.id, table.c.entity_kind, table.c.entity_id, table.c.role)
        .where(table.c.shop == transaction.shop, table.c.closed_at < before)
        .limit(limit)
    ).all()
    if not rows:
        return 0
    remembered = sorted({(Key(cast(Kind, row.entity_kind), row.entity_id), row.role) for row in rows})
    facts.note(transaction, facts.INTENT, [(key, role, "") for key, role in remembered])
    transaction.connection.execute(delete(table).where(table.c.id.in_([row.id for row in rows])))
    return len(rows)


def last_number(transaction: Transaction) -> int:
    """The highest number that an intent of this shop ever had in this file."""
    if transaction.postgresql:
        table = schema.intent
        found = transaction.connection.execute(select(func.max(table.c.id))).scalar_one()
    else:
        # SQLite keeps the highest number of an AUTOINCREMENT column even when its rows are gone
        found = transaction.connection.exec_driver_sql(
            "SELECT seq FROM sqlite_sequence WHERE name = 'intent'"
        ).scalar_one_or_none()
    return int(found or 0)


def _intent(row: Row[Any]) -> Intent:
    return Intent(
        id=row.id,
        entity=Key(cast(Kind, row.entity_kind), row.entity_id),
        role=row.role,
        request=WriteRequest(cast(Method, row.method), row.path, bytes(row.body)),
        idempotency_key=row.idempotency_key,
        opened_at=row.opened_at,
        first_sent_at=row.first_sent_at,
        last_sent_at=row.last_sent_at,
    )
