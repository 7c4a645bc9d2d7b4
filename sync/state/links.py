"""Links: which document in e-conomic belongs to which Magento entity, and what was last sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, and_, case, delete, func, literal, select, update

from cdc.keys import Key, Kind
from cdc.portions import portions
from sync.state import schema
from sync.state.codec import dump_strings, load_mapping
from sync.state.engine import Transaction

_KEYS_AT_ONCE = 400  # an SQLite statement takes 32,766 variables; short ones stay fast


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Magento entity <-> e-conomic document.

    `document` is a document kind of design's words, `invoice_booked`, `credit_note_booked` or `order_sent`; `number` is
    e-conomic's number as text. `fingerprint` is that of the body last sent (empty: a write is under way, or it is not
    known). `answer` is compact JSON of e-conomic's last answer, to see edits by people. Amounts are in the document's
    currency. `identity` says who the entity was when it was linked. `self_` is e-conomic's own address of the document,
    empty when it is not known. Times are set by the state.
    """

    entity: Key
    role: str
    document: str
    number: str
    reference: str = ""
    fingerprint: str = ""
    answer: str = field(default="", repr=False)
    net: Decimal | None = None
    vat: Decimal | None = None
    gross: Decimal | None = None
    profile_hash: str = ""
    identity: Mapping[str, str] = field(default_factory=dict)
    product_group: int | None = None
    self_: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None


def _of(transaction: Transaction, entity: Key, role: str | None = None) -> Any:
    link = schema.link.c
    conditions = [link.shop == transaction.shop, link.entity_kind == entity.kind, link.entity_id == entity.id]
    if role is not None:
        conditions.append(link.role == role)
    return and_(*conditions)


def of(transaction: Transaction, entity: Key) -> dict[str, Link]:
    """The links of an entity by role."""
    rows = transaction.connection.execute(select(schema.link).where(_of(transaction, entity)))
    return {row.role: _link(row) for row in rows}


def of_many(transaction: Transaction, entities: Iterable[Key]) -> dict[Key, dict[str, Link]]:
    """The links of many entities; one without links is left out."""
    link = schema.link.c
    by_kind: dict[str, list[str]] = {}
    for entity in entities:
        by_kind.setdefault(entity.kind, []).append(entity.id)
    found: dict[Key, dict[str, Link]] = {}
    for kind, ids in by_kind.items():
        for start in range(0, len(ids), _KEYS_AT_ONCE):
            some = and_(link.entity_kind == kind, link.entity_id.in_(ids[start : start + _KEYS_AT_ONCE]))
            for row in transaction.connection.execute(select(schema.link).where(link.shop == transaction.shop, some)):
                found.setdefault(Key(cast(Kind, row.entity_kind), row.entity_id), {})[row.role] = _link(row)
    return found


def by_number(transaction: Transaction, document: str, number: str) -> list[Link]:
    """The links to a document: none, one, or more where entities share it (guests and their debtor)."""
    link = schema.link.c
    rows = transaction.connection.execute(
        select(schema.link)
        .where(link.shop == transaction.shop, link.document == document, link.number == number)
        .order_by(link.id)
    )
    return [_link(row) for row in rows]


def numbered(transaction: Transaction, documents: Collection[str], numbers: Collection[str]) -> list[Link]:
    """The links to documents of these kinds that have one of these numbers."""
    link = schema.link.c
    found: list[Link] = []
    for some in portions(numbers, _KEYS_AT_ONCE):
        rows = transaction.connection.execute(
            select(schema.link)
            .where(link.shop == transaction.shop, link.document.in_(documents), link.number.in_(some))
            .order_by(link.id)
        )
        found += [_link(row) for row in rows]
    return found


def called(transaction: Transaction, references: Collection[str]) -> list[Link]:
    """The links to documents with one of these references."""
    link = schema.link.c
    rows = transaction.connection.execute(
        select(schema.link).where(link.shop == transaction.shop, link.reference.in_(references)).order_by(link.id)
    )
    return [_link(row) for row in rows]


def of_document(transaction: Transaction, document: str, *, after: int, limit: int) -> list[tuple[int, Link]]:
    """A page of the links to one kind of document, with their row ids; pass the last id to get the next page."""
    link = schema.link.c
    rows = transaction.connection.execute(
        select(schema.link)
        .where(link.shop == transaction.shop, link.document == document, link.id > after)
        .order_by(link.id)
        .limit(limit)
    )
    return [(row.id, _link(row)) for row in rows]


def counts(transaction: Transaction) -> dict[str, int]:
    """Links by kind of document."""
    link = schema.link.c
    query = select(link.document, func.count()).where(link.shop == transaction.shop).group_by(link.document)
    return {document: number for document, number in transaction.connection.execute(query)}  # noqa: C416


def save(transaction: Transaction, link: Link) -> None:
    """Insert or replace the link of (entity, role); the time of its making stays.

    What is booked is final: the time since when a booked document is known stays too.
    """
    values = {
        "shop": transaction.shop,
        "entity_kind": link.entity.kind,
        "entity_id": link.entity.id,
        "role": link.role,
        "document": link.document,
        "number": link.number,
        "reference": link.reference,
        "fingerprint": link.fingerprint,
        "answer": link.answer,
        "net": link.net,
        "vat": link.vat,
        "gross": link.gross,
        "profile_hash": link.profile_hash,
        "identity": dump_strings(link.identity),
        "product_group": link.product_group,
        "self": link.self_,
        "created_at": transaction.now,
        "updated_at": transaction.now,
    }
    key = ("shop", "entity_kind", "entity_id", "role")
    insert = transaction.upsert(schema.link).values(values)
    replaced: dict[str, Any] = {name: insert.excluded[name] for name in values if name not in (*key, "created_at")}
    there, new = schema.link.c, insert.excluded
    same = and_(there.document == new.document, there.number == new.number, _is_booked())
    replaced["updated_at"] = case((same, there.updated_at), else_=new.updated_at)
    transaction.connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=replaced))


def remove(transaction: Transaction, entity: Key, role: str) -> bool:
    """Drop a link; False when there was none."""
    return transaction.connection.execute(delete(schema.link).where(_of(transaction, entity, role))).rowcount > 0


def clear_fingerprint(transaction: Transaction, entity: Key, role: str) -> None:
    """Say that what the document holds is not known any more."""
    transaction.connection.execute(
        update(schema.link)
        .where(_of(transaction, entity, role), schema.link.c.fingerprint != "")
        .values(fingerprint="", updated_at=_unless_booked(transaction.now))
    )


def _is_booked() -> ColumnElement[bool]:
    return schema.link.c.document.in_(("invoice_booked", "credit_note_booked"))


def _unless_booked(now: datetime) -> ColumnElement[datetime]:
    updated_at = schema.link.c.updated_at
    return case((_is_booked(), updated_at), else_=literal(now, schema.UtcTime()))


def _link(row: Row[Any]) -> Link:
    return Link(
        entity=Key(cast(Kind, row.entity_kind), row.entity_id),
        role=row.role,
        document=row.document,
        number=row.number,
        reference=row.reference,
        fingerprint=row.fingerprint,
        answer=row.answer,
        net=row.net,
        vat=row.vat,
        gross=row.gross,
        profile_hash=row.profile_hash,
        identity={str(name): str(value) for name, value in load_mapping(row.identity).items()},
        product_group=row.product_group,
        self_=row.self,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
