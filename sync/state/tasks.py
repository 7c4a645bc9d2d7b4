"""Tasks as people see them: listed, counted, tried again, skipped by hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from sqlalchemy import ColumnElement, Row, and_, case, func, literal, or_, select, update

from cdc.keys import Key, Kind
from sync.state import schema
from sync.state.changes import SKIPPED_BY_HAND, Klass
from sync.state.codec import load_mapping
from sync.state.engine import Transaction

TaskState = Literal["waiting", "running", "retry", "parked", "skipped"]
STATES: Final[tuple[TaskState, ...]] = ("waiting", "running", "retry", "parked", "skipped")

RETRIED: Final = "retried"
"""A person wants it tried again: what was removed in e-conomic may be made again."""

# what these say about the task is still true; on a waiting or running one it is only what the last outcome left
_TELLING = ("retry", "parked", "skipped")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One task. Times are aware UTC; `due_at` is None for one that waits for a change, a person or the stock's turn."""

    key: Key
    reference: str
    state: TaskState
    reason: str
    advice: str
    error_code: str
    attempts: int
    first_seen: datetime
    due_at: datetime | None
    klass: Klass
    generation: int
    admitted: bool
    worker: str
    lease_until: datetime | None

    def as_json(self) -> dict[str, Any]:
        """The fields of `tasks list --json`."""
        return {
            "kind": self.key.kind,
            "key": self.key.id,
            "reference": self.reference,
            "state": self.state,
            "reason": self.reason,
            "advice": self.advice,
            "error_code": self.error_code,
            "attempts": self.attempts,
            "first_seen": self.first_seen.isoformat(),
            "due_at": self.due_at.isoformat() if self.due_at else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Which tasks are meant; what is None does not matter."""

    keys: Collection[Key] | None = None
    states: Collection[TaskState] | None = None
    kind: Kind | None = None
    reason: str | None = None

    def conditions(self, shop: str) -> list[ColumnElement[bool]]:
        """As SQL conditions on the task table."""
        task = schema.task.c
        conditions: list[ColumnElement[bool]] = [task.shop == shop]
        if self.keys is not None:
            by_kind: dict[str, list[str]] = {}
            for key in self.keys:
                by_kind.setdefault(key.kind, []).append(key.id)
            conditions.append(
                or_(False, *(and_(task.kind == kind, task.key.in_(ids)) for kind, ids in by_kind.items()))
            )
        if self.states is not None:
            conditions.append(task.state.in_(list(self.states)))
        if self.kind is not None:
            conditions.append(task.kind == self.kind)
        if self.reason is not None:
            conditions += [task.reason == self.reason, task.state.in_(_TELLING)]
        return conditions


def listed(transaction: Transaction, which: TaskFilter, *, limit: int, offset: int = 0) -> list[TaskRow]:
    """Tasks, oldest first."""
    task = schema.task
    query = select(task).where(*which.conditions(transaction.shop))
    query = query.order_by(task.c.first_seen, task.c.id).limit(limit).offset(offset)
    return [_task(row) for row in transaction.connection.execute(query)]


def _task(row: Row[Any]) -> TaskRow:
    tells = row.state in _TELLING
    return TaskRow(
        key=Key(cast(Kind, row.kind), row.key),
        reference=row.reference,
        state=row.state,
        reason=row.reason if tells else "",
        advice=row.advice if tells else "",
        error_code=row.error_code if tells else "",
        attempts=row.attempts,
        first_seen=row.first_seen,
        due_at=row.due_at,
        klass=Klass(row.klass),
        generation=row.generation,
        admitted=row.admitted,
        worker=row.worker,
        lease_until=row.lease_until,
    )


def counts(transaction: Transaction) -> dict[TaskState, int]:
    """Tasks by state; every state is there."""
    task = schema.task
    query = select(task.c.state, func.count()).where(task.c.shop == transaction.shop).group_by(task.c.state)
    found: dict[TaskState, int] = dict.fromkeys(STATES, 0)
    for state, number in transaction.connection.execute(query):
        found[cast(TaskState, state)] = number
    return found


def oldest_waiting(transaction: Transaction) -> timedelta | None:
    """How long the oldest task that is due has waited; None when none is.

    One that rested, such as a parked one that is retried by hand, waits from then on.
    """
    task = schema.task.c
    waits = or_(
        and_(task.state == "waiting", task.due_at <= transaction.now),
        task.state.in_(("retry", "running")),
    )
    began = case((task.state == "waiting", task.due_at), else_=task.first_seen)
    first: datetime | None = transaction.connection.execute(
        select(func.min(began, type_=schema.UtcTime())).where(task.shop == transaction.shop, waits)
    ).scalar_one()
    return None if first is None else max(transaction.now - first, timedelta(0))


def next_due(transaction: Transaction) -> datetime | None:
    """When the next task that is not due yet will be; None when none will."""
    task = schema.task.c
    due: datetime | None = transaction.connection.execute(
        select(func.min(task.due_at, type_=schema.UtcTime())).where(
            task.shop == transaction.shop, task.due_at > transaction.now
        )
    ).scalar_one()
    return due


def retry(transaction: Transaction, which: TaskFilter) -> int:
    """Let tasks run again now, without attempts and without what was refused; how many. Running ones are left alone."""
    task = schema.task
    free = or_(task.c.token.is_(None), task.c.lease_until <= transaction.now)
    changed = transaction.connection.execute(
        update(task)
        .where(*which.conditions(transaction.shop), task.c.state != "running")
        .values(
            state="waiting",
            generation=task.c.generation + 1,
            # a worker may still be busy with a task that was skipped under its hands
            due_at=case(
                (task.c.kind == "stock", None),
                (free, literal(transaction.now, schema.UtcTime())),
                else_=task.c.lease_until,
            ),
            attempts=0,
            reason=RETRIED,
            advice="",
            error_code="",
            refused="",
        )
    )
    return changed.rowcount


def skip(transaction: Transaction, which: TaskFilter, *, by: str = "") -> int:
    """Set tasks aside until `retry`, whatever changes meanwhile; how many.

    A running one keeps its worker until that finishes; its links are stored, its outcome is not.
    """
    task = schema.task
    changed = transaction.connection.execute(
        update(task)
        .where(*which.conditions(transaction.shop))
        .values(state="skipped", reason=SKIPPED_BY_HAND, advice=by, error_code="", due_at=None)
    )
    return changed.rowcount


def keys_called(transaction: Transaction, kind: Kind, reference: str) -> list[Key]:
    """Keys of a kind whose task, or whose link's identity, carries what people call the entity."""
    task, link = schema.task.c, schema.link.c
    by_task = select(task.key).where(task.shop == transaction.shop, task.kind == kind, task.reference == reference)
    by_link = select(link.entity_id, link.identity).where(
        link.shop == transaction.shop, link.entity_kind == kind, link.identity.contains(f'"{reference}"')
    )
    found = dict.fromkeys(transaction.connection.execute(by_task).scalars())
    for entity_id, identity in transaction.connection.execute(by_link):
        if load_mapping(identity).get("increment_id") == reference:
            found[entity_id] = None
    return [Key(kind, entity_id) for entity_id in found]
