"""What documents in e-conomic hold of products, as links and intents tell it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select

from cdc.keys import Key
from cdc.portions import portions
from mapping.money import ZERO
from sync.state import schema
from sync.state.codec import dump
from sync.state.engine import Transaction

ANYTHING: Final = "*"
"""Stands for every product number: nothing tells which ones a write touches."""

_AT_ONCE = 400  # an SQLite statement takes 32,766 variables; short ones stay fast
_BOOKED = "/invoices/booked"
_ORDERS = "/orders/"
_FILE = "/attachment/file"
_NO_EFFECT = ("unsent", "refused")

Pieces = dict[int, list[tuple[dict[str, Decimal], datetime]]]
"""By order: for each of its documents, the pieces by product number and when it was known (aware UTC)."""

BookedPieces = dict[int, list[tuple[dict[str, Decimal], datetime, bool]]]
"""The same of booked invoices, with whether this program booked them: others were found booked."""


def moves_stock(path: str) -> bool:
    """Whether a write to a path may change what e-conomic says of a product's stock: bookings, and orders."""
    if path.endswith(_FILE):
        return False
    return path == _BOOKED or path.startswith((f"{_BOOKED}/", _ORDERS))


def noted(transaction: Transaction, entity: Key, role: str, path: str, body: bytes) -> str | None:
    """The product numbers that a write touches, to be kept with it: those in its body and in the document that it
    changes; None where neither has lines, or the write moves no stock.
    """
    if not moves_stock(path):
        return None
    link = schema.link.c
    answers = transaction.connection.execute(
        select(link.answer).where(
            link.shop == transaction.shop,
            link.entity_kind == entity.kind,
            link.entity_id == entity.id,
            link.role == role,
        )
    ).scalars()
    found = _numbers([body, *answers])
    return None if found is None else dump(sorted(found))


def touching(transaction: Transaction, since: datetime, *, orders: bool = True) -> dict[str, datetime | None]:
    """The product numbers of writes that are under way, or were at `since`: the latest end, None while one is open.

    A write that certainly had no effect does not count. `orders` False: bookings only.
    """
    table = schema.intent
    columns = select(table.c.entity_kind, table.c.entity_id, table.c.path, table.c.closed_at, table.c.products)
    where: list[ColumnElement[bool]] = [table.c.shop == transaction.shop, _moving(orders=orders)]
    ended = columns.where(*where, table.c.closed_at >= since, table.c.outcome.not_in(_NO_EFFECT))
    open_ = columns.where(*where, table.c.closed_at.is_(None), table.c.first_sent_at.is_not(None))
    rows = transaction.connection.execute(ended.union_all(open_)).all()
    found: dict[str, datetime | None] = {}
    for row in rows:
        if row.products is not None:
            numbers = json.loads(row.products)
        else:
            numbers = sorted(_of_entity(transaction, row.entity_kind, row.entity_id) or {ANYTHING})
        for number in numbers:
            known = found.get(number, row.closed_at)
            found[number] = None if known is None or row.closed_at is None else max(known, row.closed_at)
    return found


def booked(transaction: Transaction, order_ids: Collection[int]) -> BookedPieces:
    """The pieces on each booked invoice of orders; credit notes do not count."""
    found = _documents(transaction, order_ids, ("invoice_booked",), "invoice%")
    return {
        order_id: [(quantities, at, bool(fingerprint)) for quantities, at, fingerprint in some]
        for order_id, some in found.items()
    }


def credited(transaction: Transaction, number: str, since: datetime) -> Decimal:
    """The pieces of a product on credit notes of ours that were booked at `since` or later."""
    link = schema.link.c
    answers = transaction.connection.execute(
        select(link.answer).where(
            link.shop == transaction.shop,
            link.document == "credit_note_booked",
            link.updated_at >= since,
            link.fingerprint != "",
        )
    ).scalars()
    return -sum(
        (
            quantity
            for answer in answers
            for line in _lines(answer) or ()
            if _number(line) == number and (quantity := _decimal(line.get("quantity"))) < 0
        ),
        ZERO,
    )


def on_orders(transaction: Transaction, order_ids: Collection[int]) -> Pieces:
    """The pieces on open orders in e-conomic; one whose invoice is made, or being made, is none any more.

    e-conomic archives an order when its invoice is made from it, which this state may learn later.
    """
    found = _documents(transaction, order_ids, ("order_draft", "order_sent"), "order%")
    invoiced = _invoiced(transaction, list(found))
    return {
        order_id: [(quantities, at) for quantities, at, _ in some]
        for order_id, some in found.items()
        if order_id not in invoiced
    }


def _invoiced(transaction: Transaction, order_ids: list[int]) -> set[int]:
    link, intent = schema.link.c, schema.intent.c
    found: set[int] = set()
    for some in _chunks(order_ids):
        made = select(link.entity_id).where(
            link.shop == transaction.shop,
            link.entity_kind == "order",
            link.entity_id.in_(some),
            link.role.like("invoice%"),
        )
        making = select(intent.entity_id).where(
            intent.shop == transaction.shop,
            intent.entity_kind == "order",
            intent.entity_id.in_(some),
            intent.closed_at.is_(None),
            intent.role.like("invoice%"),
        )
        found.update(int(one) for one in transaction.connection.execute(made.union(making)).scalars())
    return found


def _documents(
    transaction: Transaction, order_ids: Collection[int], documents: Sequence[str], roles: str
) -> dict[int, list[tuple[dict[str, Decimal], datetime, str]]]:
    link = schema.link.c
    # SQLite would take the index on the kind of document, which leads through every order's
    document = link.document.concat("")
    found: dict[int, list[tuple[dict[str, Decimal], datetime, str]]] = {}
    for some in _chunks(order_ids):
        rows = transaction.connection.execute(
            select(link.entity_id, link.answer, link.updated_at, link.fingerprint)
            .where(
                link.shop == transaction.shop,
                link.entity_kind == "order",
                link.entity_id.in_(some),
                document.in_(documents),
                link.role.like(roles),
            )
            .order_by(link.id)
        )
        for row in rows:
            found.setdefault(int(row.entity_id), []).append((_quantities(row.answer), row.updated_at, row.fingerprint))
    return found


def _of_entity(transaction: Transaction, kind: str, entity_id: str) -> set[str] | None:
    """What the documents of an entity hold, and what was ever sent for it; None when nothing tells."""
    link, intent = schema.link.c, schema.intent.c
    answers = select(link.answer).where(
        link.shop == transaction.shop, link.entity_kind == kind, link.entity_id == entity_id
    )
    bodies = select(intent.body).where(
        intent.shop == transaction.shop,
        intent.entity_kind == kind,
        intent.entity_id == entity_id,
        intent.path.not_like(f"%{_FILE}"),
    )
    texts = [one for query in (answers, bodies) for one in transaction.connection.execute(query).scalars()]
    return _numbers(texts)


def _moving(*, orders: bool) -> ColumnElement[bool]:
    path = schema.intent.c.path
    bookings = or_(path == _BOOKED, path.like(f"{_BOOKED}/%"))
    if not orders:
        return bookings
    return or_(bookings, and_(path.like(f"{_ORDERS}%"), path.not_like(f"%{_FILE}")))


def _quantities(answer: str) -> dict[str, Decimal]:
    quantities: dict[str, Decimal] = {}
    for line in _lines(answer) or ():
        number, quantity = _number(line), _decimal(line.get("quantity"))
        if number and quantity > 0:
            quantities[number] = quantities.get(number, ZERO) + quantity
    return quantities


def _numbers(texts: Iterable[str | bytes]) -> set[str] | None:
    known = [lines for lines in map(_lines, texts) if lines is not None]
    return {number for lines in known for line in lines if (number := _number(line))} if known else None


def _lines(text: str | bytes) -> list[Mapping[str, Any]] | None:
    """The lines of a document, as a body or as `sync.compare.picture` writes it; None when it has none to tell."""
    try:
        document = json.loads(text, parse_float=Decimal) if text else None
    except ValueError:  # a form with a file, or not even text
        return None
    lines = document.get("lines") if isinstance(document, dict) else None
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else None


def _number(line: Mapping[str, Any]) -> str:
    product = line.get("product")
    if not isinstance(product, dict):
        return ""
    return str(product.get("product_number") or product.get("productNumber") or "")


def _decimal(value: object) -> Decimal:
    try:
        return Decimal(str(value)) if value is not None else ZERO
    except InvalidOperation:
        return ZERO


def _chunks(order_ids: Collection[int]) -> Iterator[Sequence[str]]:
    return portions([str(one) for one in dict.fromkeys(order_ids)], _AT_ONCE)
