"""What every part of the state shares: the database, the epoch, the bell and the calls that wait to be stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sync.state import deliverylog
from sync.state.bell import Bell
from sync.state.claims import Claim
from sync.state.deliverylog import DeliveryLog
from sync.state.engine import Database, Transaction
from sync.state.epoch import Epoch
from sync.state.naturalkeys import NaturalKeys
from sync.state.work import Work


class Core:
    """An open state.

    `bell` rings when there may be work for `claim`, `stock_bell` when there may be some for the stock. While
    `follow_stock` is set, every order that may have changed is also marked for the stock's ledger, in the same commit.
    """

    def __init__(self, database: Database, epoch: Epoch) -> None:
        self.database = database
        self.bell = Bell()
        self.stock_bell = Bell()
        self.follow_stock = False
        self._epoch = epoch
        self._log = DeliveryLog()
        self._natural_keys = NaturalKeys(database)

    @property
    def shop(self) -> str:
        """Whose rows these are."""
        return self.database.shop

    def wake(self) -> None:
        """Ring both bells: it is time to stop."""
        self.bell.ring()
        self.stock_bell.ring()

    def now(self) -> datetime:
        """Aware UTC by the state database's clock, the one that leases and intents are timed by."""
        return self.database.now()

    @property
    def epoch(self) -> str:
        """A random id that changes when the state was restored, copied or re-created."""
        return self._epoch.mark.id

    @property
    def restored(self) -> bool:
        """Whether this opening found the state restored, copied or re-created."""
        return self._epoch.restored

    @contextmanager
    def work(self, claim: Claim | None) -> Iterator[Work]:
        """Several writes in one commit: all of them are stored, or none when the block raises.

        Without a claim only for whoever holds the shop's lock.

        Raises:
            ClaimLost: the task is another's by now; nothing was stored.
        """
        taken = self._log.take()
        try:
            with self._write() as transaction:
                work = Work(transaction, claim)
                yield work
                deliverylog.store(transaction, taken)
        except BaseException:
            self._log.give_back(taken)
            raise
        if work.newest_intent:
            self._epoch.sent(work.newest_intent)
        if work.finished and claim is not None:
            self._natural_keys.finished(claim)
        if work.rings:
            self.bell.ring()

    @contextmanager
    def _write(self, now: datetime | None = None, *, anyone: bool = False) -> Iterator[Transaction]:
        with self.database.write(anyone=anyone) as transaction:
            yield transaction if now is None else replace(transaction, now=now)

    @contextmanager
    def _read(self) -> Iterator[Transaction]:
        with self.database.read() as transaction:
            yield transaction
