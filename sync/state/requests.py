"""Requests from commands to whoever holds the shop's lock: asked, carried out, followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from sync.state import schema
from sync.state.codec import dump, load_mapping
from sync.state.engine import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a command wants done. `error` is a sentence when it failed; `done_at` None: not finished yet."""

    id: int
    verb: str
    arguments: Mapping[str, Any]
    progress: Mapping[str, Any]
    error: str
    asked_at: datetime
    started_at: datetime | None
    done_at: datetime | None


def ask(transaction: Transaction, verb: str, arguments: Mapping[str, Any]) -> int:
    """Store a request; its number."""
    insert = schema.request.insert().values(
        shop=transaction.shop, verb=verb, arguments=dump(dict(arguments)), asked_at=transaction.now
    )
    number: int = transaction.connection.execute(insert.returning(schema.request.c.id)).scalar_one()
    return number


def get(transaction: Transaction, number: int) -> Request | None:
    """A request by its number."""
    table = schema.request
    row = transaction.connection.execute(
        select(table).where(table.c.id == number, table.c.shop == transaction.shop)
    ).one_or_none()
    return None if row is None else _request(row)


def open_(transaction: Transaction) -> list[Request]:
    """Requests that are not done, oldest first: those that were begun before a restart are among them."""
    table = schema.request
    rows = transaction.connection.execute(
        select(table).where(table.c.shop == transaction.shop, table.c.done_at.is_(None)).order_by(table.c.id)
    )
    return [_request(row) for row in rows]


def progress(transaction: Transaction, number: int, said: Mapping[str, Any]) -> None:
    """Tell how far a request is."""
    _set(transaction, number, progress=dump(dict(said)))
    table = schema.request
    transaction.connection.execute(
        update(table).where(table.c.id == number, table.c.started_at.is_(None)).values(started_at=transaction.now)
    )


def finish(transaction: Transaction, number: int, said: Mapping[str, Any] | None, error: str) -> None:
    """End a request, with a sentence when it failed."""
    values: dict[str, Any] = {"done_at": transaction.now, "error": error}
    if said is not None:
        values["progress"] = dump(dict(said))
    _set(transaction, number, **values)


def purge(transaction: Transaction, before: datetime) -> int:
    """Drop requests that were done before a time; how many."""
    table = schema.request
    return transaction.connection.execute(
        delete(table).where(table.c.shop == transaction.shop, table.c.done_at < before)
    ).rowcount


def _set(transaction: Transaction, number: int, **values: Any) -> None:
    table = schema.request
    transaction.connection.execute(
        update(table).where(table.c.id == number, table.c.shop == transaction.shop).values(values)
    )


def _request(row: Row[Any]) -> Request:
    return Request(
        id=row.id,
        verb=row.verb,
        arguments=load_mapping(row.arguments),
        progress=load_mapping(row.progress),
        error=row.error,
        asked_at=row.asked_at,
        started_at=row.started_at,
        done_at=row.done_at,
    )
