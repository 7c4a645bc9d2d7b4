"""Natural keys: one at a time makes a customer, a product or a document.

A lock is a row, unique on (shop, kind, key), so that it also holds between machines; the threads of one process wait
for each other in memory first and ask the database only when it is their turn.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, Literal

from sqlalchemy import delete, or_

from sync.state import schema
from sync.state.claims import Claim, held
from sync.state.engine import Database, Transaction
from sync.state.errors import NaturalKeyBusy, StateBusy, StateError

NaturalKind = Literal["customer", "product", "document"]
ORDER: Final[tuple[NaturalKind, ...]] = ("customer", "product", "document")
"""Locks are taken in this order, and within a kind sorted by key, so that no two tasks wait for each other."""

_FIRST_PAUSE = 0.005
_LONGEST_PAUSE = 0.1


@dataclass(slots=True)
class _Turn:
    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0


class NaturalKeys:
    """The natural-key locks of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._turns: dict[tuple[NaturalKind, str], _Turn] = {}
        self._held: dict[str, list[tuple[NaturalKind, str]]] = {}

    @contextmanager
    def lock(self, claim: Claim, kind: NaturalKind, key: str, timeout: float) -> Iterator[None]:
        """Hold a natural key for a claim until the block or the claim ends; `timeout` in seconds.

        Taking a key again that the claim holds is free.

        Raises:
            NaturalKeyBusy: another task holds it for longer than `timeout`.
            ClaimLost: the task is another's by now.
            ValueError: the claim already holds a key that comes later in the fixed order.
        """
        name = (kind, key)
        held = self._held.get(claim.token, [])
        if name in held:
            yield
            return
        if held and _rank(held[-1]) > _rank(name):
            raise ValueError(f"{kind} {key} must be locked before the {held[-1][0]} that {claim.key} holds")
        deadline = time.monotonic() + timeout
        turn = self._enter(name)
        try:
            if not turn.lock.acquire(timeout=max(timeout, 0)):
                raise _busy(kind, timeout)
            try:
                self._take(claim, kind, key, deadline, timeout)
                self._held.setdefault(claim.token, []).append(name)
                try:
                    yield
                finally:
                    self._release(claim, name)
            finally:
                turn.lock.release()
        finally:
            self._leave(name)

    def finished(self, claim: Claim) -> None:
        """The claim's rows are gone with its finish; nothing is left to release."""
        self._held.pop(claim.token, None)

    def _take(self, claim: Claim, kind: NaturalKind, key: str, deadline: float, timeout: float) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                with self._database.write() as transaction:
                    if take(transaction, claim, kind, key):
                        return
            except StateBusy:
                if time.monotonic() >= deadline:
                    raise
            left = deadline - time.monotonic()
            if left <= 0:
                raise _busy(kind, timeout)
            time.sleep(min(pause, left))  # the holder may be on another machine: only the row can be asked
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _release(self, claim: Claim, name: tuple[NaturalKind, str]) -> None:
        held = self._held.get(claim.token)
        if held is None or name not in held:
            return
        held.remove(name)
        if not held:
            self._held.pop(claim.token, None)
        # when it cannot be given back now, its lease ends it
        with suppress(StateError), self._database.write() as transaction:
            give(transaction, claim, *name)

    def _enter(self, name: tuple[NaturalKind, str]) -> _Turn:
        with self._lock:
            turn = self._turns.setdefault(name, _Turn())
            turn.users += 1
            return turn

    def _leave(self, name: tuple[NaturalKind, str]) -> None:
        with self._lock:
            turn = self._turns[name]
            turn.users -= 1
            if not turn.users:
                del self._turns[name]


def take(transaction: Transaction, claim: Claim, kind: NaturalKind, key: str) -> bool:
    """Take the row when it is free, this claim's own, or its lease has ended. Raises ClaimLost."""
    until = held(transaction, claim).lease_until
    table = schema.natural_key
    insert = transaction.upsert(table).values(
        shop=transaction.shop, kind=kind, key=key, token=claim.token, lease_until=until
    )
    excluded = insert.excluded
    taken = transaction.connection.execute(
        insert.on_conflict_do_update(
            index_elements=["shop", "kind", "key"],
            set_={"token": excluded.token, "lease_until": excluded.lease_until},
            where=or_(table.c.token == claim.token, table.c.lease_until <= transaction.now),
        ).returning(table.c.token)
    ).one_or_none()
    return taken is not None


def give(transaction: Transaction, claim: Claim, kind: NaturalKind, key: str) -> None:
    """Delete the row if it is this claim's."""
    table = schema.natural_key.c
    transaction.connection.execute(
        delete(schema.natural_key).where(
            table.shop == transaction.shop, table.kind == kind, table.key == key, table.token == claim.token
        )
    )


def _rank(name: tuple[NaturalKind, str]) -> tuple[int, str]:
    return ORDER.index(name[0]), name[1]


def _busy(kind: NaturalKind, timeout: float) -> NaturalKeyBusy:
    return NaturalKeyBusy(f"another task has worked on the same {kind} for more than {timeout:g} s")
