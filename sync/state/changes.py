"""Captured changes and enqueued keys become tasks; the position moves in the same commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import and_, case, func, or_, select, union, update

from cdc.keys import Key, Kind
from cdc.position import Committed, RestockFact, Touch, TransactionStart
from sync.state import facts, schema, stocklines
from sync.state.codec import dump_starts
from sync.state.engine import Transaction
from sync.state.epoch import EpochMark

CHUNK = 1_000
"""Keys in one commit: one upsert of a million rows locks an SQLite file for seconds."""

BULK = 500
"""Changed rows of so many keys at once are a bulk (a module's update, an import): live orders go before them."""

SKIPPED_BY_HAND = "skipped_by_hand"


class Klass(IntEnum):
    """How urgent a task is; a key keeps its most urgent class."""

    ORDER = 0
    ENTITY = 1
    BACKFILL = 2


def live_class(key: Key) -> Klass:
    """The class of a key that the shop itself has just changed."""
    return Klass.ORDER if key.kind == "order" else Klass.ENTITY


@dataclass(slots=True)
class Change:
    """What became of a key in a batch of transactions: the last transaction's start, and whether its row came or went.

    `inserted_at` is the commit time of its INSERT; of a delete and an insert the last one counts.
    """

    starts: tuple[TransactionStart, ...]
    inserted_at: datetime | None = None
    deleted: bool = False


@dataclass(slots=True)
class Batch:
    """What a batch of transactions did: one change per key, and the XA transactions that began or ended in it."""

    changes: dict[Key, Change] = field(default_factory=dict)
    restocked: list[RestockFact] = field(default_factory=list)
    prepared: dict[str, list[Committed]] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        transactions: Iterable[Committed],
        stored: Callable[[str], tuple[Mapping[Key, Touch], Sequence[RestockFact]]],
    ) -> Batch:
        """Fold transactions in their order; `stored` tells what a prepared transaction of an earlier batch touched."""
        batch = cls()
        for one in transactions:
            if one.xa is None:
                batch.add(one, one.touches, one.restocked)
                continue
            xid = one.xa.xid
            if one.xa.step == "prepared":
                batch.prepared.setdefault(xid, []).append(one)
                continue
            earlier = batch.prepared.pop(xid, [])
            batch.ended.append(xid)
            if one.xa.step == "committed":
                # its rows became visible with this commit, whatever was in the log before it
                batch.add(one, *stored(xid))
                for item in (*earlier, one):
                    batch.add(one, item.touches, item.restocked)
        return batch

    def add(self, one: Committed, touches: Mapping[Key, Touch], restocked: Sequence[RestockFact]) -> None:
        """Take in what became visible with a transaction."""
        for key, touch in touches.items():
            change = self.changes.setdefault(key, Change(()))
            change.starts = (one.start,)
            if touch.inserted:
                change.inserted_at, change.deleted = one.committed_at, False
            elif touch.deleted:
                change.inserted_at, change.deleted = None, True
        self.restocked += restocked

    def chunks(self) -> list[dict[Key, Change]]:
        """The changes in pieces of at most CHUNK keys; at least one piece, which may be empty."""
        items = list(self.changes.items())
        return [dict(items[start : start + CHUNK]) for start in range(0, len(items), CHUNK)] or [{}]


def store(transaction: Transaction, changes: Mapping[Key, Change], epoch: EpochMark, *, stock: bool = False) -> None:
    """Upsert one task per key, and remember which orders were inserted before our eyes.

    In a bulk only what was inserted is live; the other keys have the time that a backfill has.
    After a restore the log is read again from an older position: an INSERT from before the epoch proves nothing.
    `stock`: orders are also marked for the stock's ledger.
    """
    if not changes:
        return
    bulk = len(changes) >= BULK
    upsert(
        transaction,
        [
            _row(
                transaction,
                key,
                Klass.BACKFILL if bulk and change.inserted_at is None else live_class(key),
                starts=change.starts,
            )
            for key, change in changes.items()
        ],
    )
    orders = [(key, change) for key, change in changes.items() if key.kind == "order"]
    seen = [key for key, change in orders if change.inserted_at is not None and change.inserted_at > epoch.since]
    facts.note(transaction, facts.INSERTED, [(key, "", epoch.id) for key in seen])
    for key, change in orders:
        if change.deleted:
            facts.forget(transaction, facts.INSERTED, key)
    if stock:
        stocklines.mark_keys(transaction, changes)


def enqueue(
    transaction: Transaction,
    keys: Sequence[Key],
    klass: Klass,
    *,
    admitted: bool = False,
    reason: str = "",
    starts: Sequence[TransactionStart] = (),
    stock: bool = False,
) -> None:
    """Upsert one task per key that no row event announced. `stock`: orders are also marked for the stock's ledger."""
    upsert(
        transaction,
        [_row(transaction, key, klass, starts=starts, admitted=admitted, reason=reason) for key in keys],
    )
    if stock:
        stocklines.mark_keys(transaction, keys)


def forget_starts(transaction: Transaction) -> None:
    """Let no task wait for a transaction any longer."""
    task = schema.task
    transaction.connection.execute(update(task).where(task.c.shop == transaction.shop).values(starts=""))


def known_keys(transaction: Transaction, kind: Kind, *, after: str, limit: int) -> list[Key]:
    """A page, by id, of the keys of a kind that have a link or a task; of the SKUs, also those with a stock row."""
    link, task, stock = schema.link.c, schema.task.c, schema.stock.c
    sources = [
        (link.entity_id, link.shop, link.entity_kind == kind),
        (task.key, task.shop, task.kind == kind),
    ]
    if kind == "stock":
        sources.append((stock.sku, stock.shop, stock.sku != ""))
    pages = [
        select(id_.label("id"))
        .where(shop == transaction.shop, belongs, id_ > after)
        .distinct()
        .order_by(id_)
        .limit(limit)
        .subquery()
        for id_, shop, belongs in sources
    ]
    known = union(*(select(page.c.id) for page in pages)).subquery()
    rows = transaction.connection.execute(select(known.c.id).order_by(known.c.id).limit(limit))
    return [Key(kind, row.id) for row in rows]


def highest_id(transaction: Transaction, kind: Kind) -> int | None:
    """The greatest of Magento's ids of a kind that has a link or a task; None when there is none.

    Keys that are no id of Magento's, such as those of guests and of product numbers, have a mark in them.
    """
    link, task = schema.link.c, schema.task.c
    highest = []
    for id_, shop, of_kind in (
        (link.entity_id, link.shop, link.entity_kind == kind),
        (task.key, task.shop, task.kind == kind),
    ):
        numbers = select(id_).where(shop == transaction.shop, of_kind, id_.not_like("%-%"), id_.not_like("%:%"))
        # as texts, of which the longer one is the greater number
        found = transaction.connection.execute(
            numbers.order_by(func.length(id_).desc(), id_.desc()).limit(1)
        ).scalar_one_or_none()
        if found is not None and str(found).isdecimal():
            highest.append(int(found))
    return max(highest, default=None)


def _row(
    transaction: Transaction,
    key: Key,
    klass: Klass,
    *,
    starts: Sequence[TransactionStart] = (),
    admitted: bool = False,
    reason: str = "",
) -> dict[str, Any]:
    return {
        "shop": transaction.shop,
        "kind": key.kind,
        "key": key.id,
        "klass": int(klass),
        "generation": 1,
        "state": "waiting",
        # the stock is looked at in batches, by one thread: no worker is to find these among what is due
        "due_at": None if key.kind == "stock" else transaction.now,
        "reason": reason,
        "admitted": admitted,
        "starts": dump_starts(starts),
        "first_seen": transaction.now,
        "changed_at": transaction.now,
    }


def upsert(transaction: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert tasks; a key that has one gets a new generation.

    A running task stays running and runs again afterwards. A parked or skipped one waits again from now on, without
    the attempts that led there. One that retries after an outage keeps its attempts and its time. One that a person
    skipped stays so. What was refused, and why, stays in the row until the next outcome.
    """
    if not rows:
        return
    task = schema.task.c
    insert = transaction.upsert(schema.task)
    new = insert.excluded
    # spelt out without IN, whose parameters SQLAlchemy cannot expand for many rows at once
    rests = or_(task.state == "parked", and_(task.state == "skipped", task.reason != SKIPPED_BY_HAND))
    changed = {
        "generation": task.generation + 1,
        "klass": case((new.klass < task.klass, new.klass), else_=task.klass),
        "state": case((rests, "waiting"), else_=task.state),
        "due_at": case(
            (rests, new.due_at),
            (and_(task.state == "waiting", task.due_at > new.due_at), new.due_at),
            else_=task.due_at,
        ),
        "attempts": case((rests, 0), else_=task.attempts),
        "admitted": or_(task.admitted, new.admitted),
        "starts": case((new.starts == "", task.starts), else_=new.starts),
        # one that rested or waited for a later look is seen anew; one that was due already keeps its age
        "first_seen": case(
            (
                or_(
                    and_(rests, or_(task.due_at.is_(None), task.due_at > new.due_at)),
                    and_(task.state == "waiting", task.due_at > new.due_at),
                ),
                new.first_seen,
            ),
            else_=task.first_seen,
        ),
        "changed_at": new.changed_at,
    }
    statement = insert.on_conflict_do_update(index_elements=["shop", "kind", "key"], set_=changed)
    ordered = list(rows)
    if transaction.postgresql:
        # rows are locked one by one: two writers that meet must come in the same order
        ordered.sort(key=lambda row: (row["kind"], row["key"]))
    transaction.connection.execute(statement, ordered)
