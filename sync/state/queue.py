"""The state as workers and people use it: tasks claimed, finished, listed, tried again, skipped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from cdc.keys import Key, Kind
from sync.outcome import Outcome
from sync.state import claims, control, facts, holder, tasks
from sync.state.changes import Klass
from sync.state.claims import BACKFILL_EVERY, Claim
from sync.state.core import Core
from sync.state.engine import Database
from sync.state.epoch import Epoch
from sync.state.errors import NotActive
from sync.state.naturalkeys import NaturalKind
from sync.state.tasks import TaskFilter, TaskRow, TaskState

CLOCKS = timedelta(seconds=2)
"""A commit's time has whole seconds, and so has the offset between the clocks that corrects it."""


class QueueState(Core):
    """Tasks: one row per key, one worker at a time."""

    def __init__(self, database: Database, epoch: Epoch) -> None:
        super().__init__(database, epoch)
        self._counting = threading.Lock()
        self._claimed = 0

    def claim(
        self,
        worker: str,
        lease_seconds: float,
        now: datetime | None = None,
        *,
        classes: Collection[Klass] = tuple(Klass),
        kinds: Collection[Kind] | None = None,
    ) -> Claim | None:
        """Take the most urgent task that is due for `lease_seconds`; None when there is none.

        Urgent first, except that every 20th claim takes a backfill task first. `classes` and `kinds` narrow it.
        """
        lease = timedelta(seconds=lease_seconds)
        with self._counting:
            turn = self._claimed % BACKFILL_EVERY == BACKFILL_EVERY - 1
        orders = [classes]
        if turn and Klass.BACKFILL in classes:
            orders.insert(0, (Klass.BACKFILL,))
        with self._write(now) as transaction:
            for some in orders:
                found = claims.claim(transaction, worker, lease, epoch=self.epoch, classes=some, kinds=kinds)
                if found is not None:
                    break
        if found is not None:
            with self._counting:
                self._claimed += 1
        return found

    def renew(self, claim: Claim, lease_seconds: float) -> Claim:
        """Hold a claim and its natural keys for `lease_seconds` from now. Raises ClaimLost."""
        with self._write() as transaction:
            return claims.renew(transaction, claim, timedelta(seconds=lease_seconds))

    def refresh(self, claim: Claim) -> Claim:
        """The same claim with the newest generation, to load and map again after GenerationMoved. Raises ClaimLost."""
        with self._read() as transaction:
            return claims.refresh(transaction, claim, self.epoch)

    def finish(self, claim: Claim, outcome: Outcome, *, reference: str = "") -> bool:
        """Store the outcome and let the task go; True when the key waits again because it changed meanwhile.

        `reference` is what people call the entity (an order's increment id). Raises ClaimLost.
        """
        with self.work(claim) as work:
            return work.finish(outcome, reference=reference)

    def take_over(self, active: Callable[[], bool] = lambda: True) -> int:
        """End every lease of this shop: for the process that has just got the shop's lock; how many tasks were held.

        Whoever wrote before writes nothing any more, wherever it stands: NotActive. The same goes for this process once
        another one takes over, and while `active`, which says whether the lock is held, is false. What was captured
        before is no reason any more to spare a look-up: meanwhile a process with a state of its own may have been the
        active one.
        """
        token = holder.new_token()
        with self.database.write(anyone=True) as transaction:
            holder.wait_for_writers(transaction.connection, transaction.shop)
            control.put(transaction, holder.NAME, token)
            freed = claims.take_over(transaction)
            if not active():
                raise NotActive("the shop's lock was lost before the state could be taken over")
            facts.forget_all(transaction, facts.INSERTED)
            now = transaction.now
        self.database.held_by(token, active)
        self._epoch.trust_only_after(now + CLOCKS)
        self.bell.ring()
        return freed

    def holds(self) -> bool:
        """Whether this process is the one that took the shop over last."""
        return self.database.holds()

    def lock_natural_key(
        self, claim: Claim, kind: NaturalKind, key: str, timeout: float
    ) -> AbstractContextManager[None]:
        """Hold a natural key until the block, the claim or its lease ends; `timeout` in seconds.

        In the order customer, products sorted, document.

        Raises:
            NaturalKeyBusy: another task holds it for longer than `timeout`.
            ClaimLost: the task is another's by now.
            ValueError: the claim already holds a key that comes later in the order.
        """
        return self._natural_keys.lock(claim, kind, key, timeout)

    def tasks(
        self,
        states: Collection[TaskState] | None = None,
        kind: Kind | None = None,
        reason: str | None = None,
        *,
        keys: Collection[Key] | None = None,
        limit: int = 1_000,
        offset: int = 0,
    ) -> list[TaskRow]:
        """Tasks, oldest first."""
        which = TaskFilter(keys=keys, states=states, kind=kind, reason=reason)
        with self._read() as transaction:
            return tasks.listed(transaction, which, limit=limit, offset=offset)

    def task(self, key: Key) -> TaskRow | None:
        """The task of a key; None when it has none: it is done, or never changed."""
        found = self.tasks(keys=[key], limit=1)
        return found[0] if found else None

    def keys_called(self, kind: Kind, reference: str) -> list[Key]:
        """The keys whose task or link goes by this reference: an order's increment id."""
        with self._read() as transaction:
            return tasks.keys_called(transaction, kind, reference)

    def retry(self, which: TaskFilter | Iterable[Key]) -> int:
        """Let tasks run again now, also those skipped by hand; how many. Running ones are left alone."""
        with self._write() as transaction:
            changed = tasks.retry(transaction, _filter(which))
        self.bell.ring()
        return changed

    def skip(self, which: TaskFilter | Iterable[Key], by: str = "") -> int:
        """Set tasks aside until `retry`, whatever changes meanwhile; how many. `by` is shown as advice."""
        with self._write() as transaction:
            return tasks.skip(transaction, _filter(which), by=by)

    def counts(self) -> dict[TaskState, int]:
        """Tasks by state; every state is there."""
        with self._read() as transaction:
            return tasks.counts(transaction)

    def oldest_waiting(self) -> timedelta | None:
        """How long the oldest task that is due, or tried and not done, has waited; None when there is none."""
        with self._read() as transaction:
            return tasks.oldest_waiting(transaction)

    def next_due(self) -> datetime | None:
        """When the next task will be due; None when none will."""
        with self._read() as transaction:
            return tasks.next_due(transaction)


def _filter(which: TaskFilter | Iterable[Key]) -> TaskFilter:
    return which if isinstance(which, TaskFilter) else TaskFilter(keys=list(which))
