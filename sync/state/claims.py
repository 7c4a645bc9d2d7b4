"""Claims: one worker at a time holds a task, for as long as its lease lasts."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, and_, case, delete, or_, select, update

from cdc.keys import Key, Kind
from cdc.position import TransactionStart
from sync.outcome import Done, Outcome, ParkedFor, Retry, SkippedFor, Unchanged
from sync.state import facts, schema
from sync.state.changes import SKIPPED_BY_HAND, Klass
from sync.state.codec import load_starts
from sync.state.engine import Transaction
from sync.state.errors import ClaimLost

BACKFILL_EVERY = 20
"""Every 20th claim takes a backfill task first: at least 5% of the slots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A task in one worker's hands.

    `generation` is what was loaded: when it has moved at the end, the task runs again. `starts` is where the last
    transaction that touched the key begins (empty: no transaction announced it). `captured_insert`: this very state
    saw the order's INSERT and has not been restored since. `state` and, for `retry`, `parked` and `skipped` tasks,
    `reason`, `advice` and `error_code` are what the last outcome left; `refused` is the fingerprint of what was refused
    then. `identity` says who the entity is, once it was loaded. `first_seen` and `lease_until` are aware UTC by the
    state database's clock.
    """

    task_id: int
    key: Key
    token: str
    worker: str
    klass: Klass
    generation: int
    starts: tuple[TransactionStart, ...]
    attempts: int
    captured_insert: bool
    admitted: bool
    first_seen: datetime
    lease_until: datetime
    state: str
    reason: str
    advice: str
    error_code: str
    refused: str
    reference: str
    identity: Mapping[str, str] = field(default_factory=dict)


def claim(
    transaction: Transaction,
    worker: str,
    lease: timedelta,
    *,
    epoch: str,
    classes: Collection[Klass] = tuple(Klass),
    kinds: Collection[Kind] | None = None,
) -> Claim | None:
    """Take the most urgent task that is due, or whose lease has ended; None when there is none."""
    task = schema.task
    conditions = [
        task.c.shop == transaction.shop,
        task.c.klass.in_([int(klass) for klass in classes]),
        task.c.due_at <= transaction.now,
        or_(task.c.lease_until.is_(None), task.c.lease_until <= transaction.now),
    ]
    if kinds is not None:
        conditions.append(task.c.kind.in_(list(kinds)))
    candidate = select(task.c.id).where(*conditions).order_by(task.c.klass, task.c.due_at, task.c.id).limit(1)
    if transaction.postgresql:
        candidate = candidate.with_for_update(skip_locked=True)
    until = transaction.now + lease
    taken = {
        "token": uuid.uuid4().hex,
        "worker": worker,
        "lease_until": until,
        "due_at": until,
        # one that rested until a time of its own is seen anew at that time
        "first_seen": case(
            (task.c.state.in_(("skipped", "parked")), task.c.due_at),
            (and_(task.c.state == "waiting", task.c.reason == "look_again"), task.c.due_at),
            else_=task.c.first_seen,
        ),
        # a task whose worker died is as it was before that worker took it
        "prior_state": case((task.c.state == "running", task.c.prior_state), else_=task.c.state),
        "state": "running",
    }
    statement = update(task).where(task.c.id == candidate.scalar_subquery()).values(taken).returning(*task.c)
    row = transaction.connection.execute(statement).one_or_none()
    return None if row is None else _claim(transaction, row, epoch)


def _claim(transaction: Transaction, row: Row[Any], epoch: str) -> Claim:
    key = Key(cast(Kind, row.kind), row.key)
    captured = key.kind == "order" and facts.read(transaction, facts.INSERTED, key).get("") == epoch
    return Claim(
        task_id=row.id,
        key=key,
        token=row.token,
        worker=row.worker,
        klass=Klass(row.klass),
        generation=row.generation,
        starts=load_starts(row.starts),
        attempts=row.attempts,
        captured_insert=captured,
        admitted=row.admitted,
        first_seen=row.first_seen,
        lease_until=row.lease_until,
        state=row.prior_state,
        reason=row.reason,
        advice=row.advice,
        error_code=row.error_code,
        refused=row.refused,
        reference=row.reference,
    )


def held(transaction: Transaction, claim: Claim) -> Row[Any]:
    """The claim's row, locked until the transaction ends. Raises ClaimLost when the token is another's by now."""
    task = schema.task
    query = select(task).where(task.c.id == claim.task_id, task.c.token == claim.token)
    if transaction.postgresql:
        query = query.with_for_update()
    row = transaction.connection.execute(query).one_or_none()
    if row is None:
        raise ClaimLost(f"{claim.key} is no longer held by {claim.worker}: its lease ended, or another took over")
    return row


def renew(transaction: Transaction, claim: Claim, lease: timedelta) -> Claim:
    """Hold the task, and the natural keys taken for it, for longer. Raises ClaimLost."""
    row = held(transaction, claim)
    until = transaction.now + lease
    task, names = schema.task, schema.natural_key
    values: dict[str, Any] = {"lease_until": until}
    if row.state == "running":
        values["due_at"] = until
    transaction.connection.execute(update(task).where(task.c.id == claim.task_id).values(values))
    transaction.connection.execute(
        update(names).where(names.c.shop == transaction.shop, names.c.token == claim.token).values(lease_until=until)
    )
    return replace(claim, lease_until=until)


def refresh(transaction: Transaction, claim: Claim, epoch: str) -> Claim:
    """The same claim with the newest generation and starts, to load and map again. Raises ClaimLost."""
    return replace(_claim(transaction, held(transaction, claim), epoch), state=claim.state)


def finish(transaction: Transaction, claim: Claim, outcome: Outcome, *, reference: str = "") -> bool:
    """Store how a reconcile ended and let the task and its natural keys go; True when the key waits again at once.

    Raises ClaimLost.
    """
    row = held(transaction, claim)
    task, names = schema.task, schema.natural_key
    transaction.connection.execute(delete(names).where(names.c.shop == transaction.shop, names.c.token == claim.token))
    values = _after(row, outcome, moved=row.generation != claim.generation, now=transaction.now)
    mine = and_(task.c.id == claim.task_id, task.c.token == claim.token)
    if values is None:
        transaction.connection.execute(delete(task).where(mine))
        return False
    values |= {"token": None, "lease_until": None, "worker": ""}
    if reference:
        values["reference"] = reference
    transaction.connection.execute(update(task).where(mine).values(values))
    return values.get("state") == "waiting" and values["due_at"] <= transaction.now


def _after(row: Row[Any], outcome: Outcome, *, moved: bool, now: datetime) -> dict[str, Any] | None:
    if row.state == "skipped" and row.reason == SKIPPED_BY_HAND:
        return {}
    clean = {"attempts": 0, "reason": "", "advice": "", "error_code": "", "refused": ""}
    again = {"state": "waiting", "due_at": now, "attempts": 0}
    match outcome:
        case Retry(reason=reason, due_at=due_at, advice=advice, error_code=code, counts=counts):
            attempts = row.attempts + 1 if counts else row.attempts
            said = {"reason": reason, "advice": advice, "error_code": code, "attempts": attempts}
            return said | {"state": "retry", "due_at": due_at}
        case ParkedFor(reason=reason, advice=advice, error_code=code, refused=refused, look_again_at=at):
            said = {"reason": reason, "advice": advice, "error_code": code, "refused": refused}
            return said | (again if moved else {"state": "parked", "due_at": at})
        case SkippedFor(reason=reason, advice=advice, look_again_at=at):
            rests = {"state": "skipped", "due_at": at}
            return clean | {"reason": reason, "advice": advice} | (again if moved else rests)
        case Done(look_again_at=at) | Unchanged(look_again_at=at):
            if moved:
                return clean | again
            return None if at is None else clean | {"reason": "look_again", "state": "waiting", "due_at": at}


def take_over(transaction: Transaction) -> int:
    """End every lease of this shop, for the process that has just become its only active one; how many tasks."""
    task, names = schema.task, schema.natural_key
    now = transaction.now
    transaction.connection.execute(delete(names).where(names.c.shop == transaction.shop))
    held_tasks = (task.c.shop == transaction.shop, task.c.token.is_not(None))
    transaction.connection.execute(
        update(task).where(*held_tasks, task.c.state == "running").values(state=task.c.prior_state, due_at=now)
    )
    freed = transaction.connection.execute(
        update(task).where(*held_tasks).values(token=None, lease_until=None, worker="")
    )
    return freed.rowcount
