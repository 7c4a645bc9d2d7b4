"""Stock rows: what is known of each product's stock, one row per product number."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update

from cdc.portions import portions
from mapping.inflight import InFlight, Piece
from mapping.money import ZERO
from mapping.stock import Memory, Seen
from sync.state import schema
from sync.state.codec import dump
from sync.state.engine import Transaction
from sync.state.schema import EPOCH, MICROSECOND

CHUNK = 1_000
_AT_ONCE = 400  # an SQLite statement takes 32,766 variables; short ones stay fast


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    """What is known of one product's stock.

    `number` is e-conomic's, or the one that a product of Magento only would have. `standing` names why there is nothing
    to write, empty when all is well; `told`: the log has said so already. `by_hand`: a person took the product out of
    stock in Magento. `seen` is the number that decides, by a request sent at `seen_at`; `in_stock` and `available` are
    both of e-conomic's numbers then. `applied`, `applying`, `open` and `pieces` make up the memory of `mapping.stock`.
    `before` and `quantity` are what the last write into Magento found and left, `writes` is how many there were. Times
    are aware UTC by the state database's clock.
    """

    number: str
    sku: str = ""
    product_id: int | None = None
    standing: str = ""
    told: bool = False
    by_hand: bool = False
    seen: Decimal | None = None
    seen_at: datetime | None = None
    in_stock: Decimal | None = None
    available: Decimal | None = None
    applied: Decimal | None = None
    applied_at: datetime | None = None
    applying: Decimal | None = None
    applying_at: datetime | None = None
    open: Decimal = ZERO
    pieces: tuple[Piece, ...] = ()
    before: Decimal | None = None
    quantity: Decimal | None = None
    written_at: datetime | None = None
    writes: int = 0

    @property
    def memory(self) -> Memory:
        """What was applied last, and the checkouts that were in flight then."""
        return Memory(
            applied=_seen(self.applied, self.applied_at),
            applying=_seen(self.applying, self.applying_at),
            in_flight=InFlight(self.pieces),
            open=self.open,
        )

    def with_memory(self, memory: Memory) -> StockRow:
        """The row with another memory."""
        applied, applying = memory.applied, memory.applying
        return replace(
            self,
            applied=None if applied is None else applied.quantity,
            applied_at=None if applied is None else applied.asked_at,
            applying=None if applying is None else applying.quantity,
            applying_at=None if applying is None else applying.asked_at,
            open=memory.open,
            pieces=memory.in_flight.pieces,
        )


def listed(transaction: Transaction, column: str, values: Collection[Any]) -> list[StockRow]:
    """The rows whose `number`, `sku` or `product_id` is one of these, by number."""
    found = [
        row
        for some in portions(dict.fromkeys(values), _AT_ONCE)
        for row in _read(transaction, schema.stock.c[column].in_(some))
    ]
    return sorted(found, key=lambda row: row.number)


def page(transaction: Transaction, after: str, limit: int) -> list[StockRow]:
    """The next rows by number."""
    return _read(transaction, schema.stock.c.number > after, limit=limit)


def latest(transaction: Transaction, limit: int) -> list[StockRow]:
    """The rows of the latest writes into Magento, the last one first."""
    stock = schema.stock
    query = select(stock).where(stock.c.shop == transaction.shop, stock.c.written_at.is_not(None))
    rows = transaction.connection.execute(query.order_by(stock.c.written_at.desc()).limit(limit))
    return [_row(row) for row in rows]


def save(transaction: Transaction, rows: Iterable[StockRow]) -> None:
    """Insert or replace rows."""
    values = [_values(transaction, row) for row in rows]
    if values:
        _upsert(transaction, values)


def forget_seen(transaction: Transaction, *, rows: bool) -> None:
    """Forget what e-conomic said of every product; `rows`: and what is remembered of Magento's rows."""
    stock = schema.stock
    gone: dict[str, Any] = {"seen": None, "seen_at": None}
    if rows:
        gone |= dict.fromkeys(("applied", "applied_at", "applying", "applying_at"))
        gone |= {"open": ZERO, "pieces": "", "by_hand": False}
    transaction.connection.execute(update(stock).where(stock.c.shop == transaction.shop).values(gone))


def counts(transaction: Transaction) -> dict[str, int]:
    """How many rows there are of each standing."""
    stock = schema.stock.c
    query = select(stock.standing, func.count()).where(stock.shop == transaction.shop).group_by(stock.standing)
    return {standing: number for standing, number in transaction.connection.execute(query)}  # noqa: C416


def writes(transaction: Transaction) -> int:
    """How many writes into Magento there were."""
    stock = schema.stock.c
    written: int = transaction.connection.execute(
        select(func.coalesce(func.sum(stock.writes), 0)).where(stock.shop == transaction.shop)
    ).scalar_one()
    return int(written)


def _read(transaction: Transaction, *conditions: ColumnElement[bool], limit: int | None = None) -> list[StockRow]:
    stock = schema.stock
    query = select(stock).where(stock.c.shop == transaction.shop, *conditions).order_by(stock.c.number).limit(limit)
    return [_row(row) for row in transaction.connection.execute(query)]


def _upsert(transaction: Transaction, values: Sequence[dict[str, Any]]) -> None:
    insert = transaction.upsert(schema.stock)
    key = ("shop", "number")
    replaced = {name: insert.excluded[name] for name in values[0] if name not in key}
    statement = insert.on_conflict_do_update(index_elements=list(key), set_=replaced)
    # rows are locked one by one on PostgreSQL: two writers that meet must come in the same order
    transaction.connection.execute(statement, sorted(values, key=lambda one: str(one["number"])))


def _values(transaction: Transaction, row: StockRow) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in StockRow.__dataclass_fields__}
    return values | {"shop": transaction.shop, "pieces": _dump(row.pieces)}


def _row(row: Row[Any]) -> StockRow:
    values = {name: getattr(row, name) for name in StockRow.__dataclass_fields__}
    return StockRow(**(values | {"pieces": _load(row.pieces)}))


def _dump(pieces: Sequence[Piece]) -> str:
    rows = [[format(piece.quantity, "f"), (piece.since - EPOCH) // MICROSECOND] for piece in pieces]
    return dump(rows) if rows else ""


def _load(text: str) -> tuple[Piece, ...]:
    rows = json.loads(text) if text else []
    return tuple(Piece(quantity=Decimal(quantity), since=EPOCH + MICROSECOND * micros) for quantity, micros in rows)


def _seen(quantity: Decimal | None, asked_at: datetime | None) -> Seen | None:
    return None if quantity is None or asked_at is None else Seen(quantity=quantity, asked_at=asked_at)
