"""The service's own parts in this process: it reads the log up to a place, delivers what waits, and dies when told."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cdc.binlog import BinlogReader
from cdc.connect import Database
from cdc.keys import Key
from cdc.position import Committed, Heartbeat, Position
from cdc.watch import WatchList, watched_tables
from econ_client.answers import Call
from sync import checks, orphans
from sync.books import Books
from sync.deliver import LEASE, Deliverer
from sync.gate import Gate
from sync.metrics import Metrics
from sync.outcome import ParkedFor, SkippedFor
from sync.parts import Parts
from sync.reconcilers import RECONCILED
from sync.settings import from_environment
from sync.state.changes import Klass
from tests.replay.recording import sequence

HEARTBEAT = 0.05
LONGEST = 30.0
"""Seconds within which a replay's keys must all have come to rest."""


class Killed(BaseException):
    """The process ends here: nothing that catches errors may go on."""


class Sidecar:
    """One life of the service on a state file. `books` spares reading the agreement's lists again."""

    def __init__(self, url: str, economic: str, state: Path, profile: Path, books: Books | None = None) -> None:
        settings = from_environment(
            {
                "MAGENTO_DATABASE_URL": url,
                "STATE_DATABASE_URL": f"sqlite:///{state}",
                "ECONOMIC_API_URL": economic,
                "ECONOMIC_APP_SECRET_TOKEN": "demo",
                "ECONOMIC_AGREEMENT_GRANT_TOKEN": "demo",
                "PROFILE": str(profile),
            }
        )
        self.parts = parts = Parts(settings)
        if books is None:
            found, books = checks.check_economic(parts.economic, parts.profile)
            assert books is not None, found
            assert not books.problems, books.problems
        self.books = books
        parts.use(books)
        parts.state.take_over()
        orphans.look_again(parts.state)
        self._deliverer = Deliverer(parts.context, Gate(), Metrics(), lambda: None)
        self._items: Iterator[Committed | Heartbeat] | None = None
        self.outcomes: list[tuple[Key, Any]] = []

    @property
    def watch(self) -> WatchList:
        """What it watches."""
        return watched_tables(self.parts.shop.layout, kinds=self.parts.watched)

    def begin(self, position: Position | None = None) -> Position:
        """Read the log from this place on; from its end when none is given, as the very first start does."""
        found = position or self.parts.reader.position()
        self.parts.state.set_position(found, other_log=position is not None)
        return found

    def capture(self, end: int) -> None:
        """Read the log up to the transaction with this sequence number, into the state."""
        state = self.parts.state
        while sequence(_gtid(state.position())) < end:
            item = next(self._stream())
            state.record((item,) if isinstance(item, Committed) else (), item.position)

    def _stream(self) -> Iterator[Committed | Heartbeat]:
        if self._items is None:
            position, settings = self.parts.state.position(), self.parts.settings
            assert position is not None
            reader = BinlogReader(Database.parse(settings.binlog_url), self.watch, heartbeat=HEARTBEAT)
            self._items = reader.transactions(position, threading.Event())
        return self._items

    def deliver(self, most: int | None = None) -> None:
        """Reconcile what waits until nothing does, or `most` keys."""
        state = self.parts.state
        deadline = time.monotonic() + LONGEST
        while most is None or most > 0:
            claim = state.claim("replay", LEASE, classes=tuple(Klass), kinds=RECONCILED)
            if claim is not None:
                outcome = self._deliverer.one(claim)
                self.outcomes.append((claim.key, outcome))
                most = None if most is None else most - 1
                continue
            due = state.next_due()
            counts = state.counts()
            if due is None or not (counts["waiting"] or counts["retry"]):
                return
            assert time.monotonic() < deadline, [(t.key, t.state, t.reason, t.due_at) for t in state.tasks()]
            time.sleep(min(0.2, max(0.005, (due - datetime.now(UTC)).total_seconds())))

    def die_at_write(self, number: int, *, answered: bool) -> None:
        """Die at the `number`-th write from now: before it goes out, or when its answer has come."""
        left = [number]

        def count() -> None:
            left[0] -= 1
            if not left[0]:
                raise Killed

        if answered:

            def ended(call: Call) -> None:
                if call.method != "GET":
                    count()

            self.parts.economic._on_call = ended
        else:
            self.parts.economic.before_bytes = count

    @property
    def parked(self) -> dict[str, str]:
        """Why keys are parked."""
        return {
            f"{key.kind} {key.id}": f"{o.reason}: {o.advice}" for key, o in self.outcomes if isinstance(o, ParkedFor)
        }

    @property
    def skipped(self) -> dict[str, str]:
        """Why keys are skipped."""
        return {f"{key.kind} {key.id}": o.reason for key, o in self.outcomes if isinstance(o, SkippedFor)}

    def die(self) -> None:
        """End as SIGKILL does: nothing is stored any more."""
        if isinstance(self._items, Generator):
            self._items.close()
        self.parts.economic.close()
        self.parts.shop.close()
        self.parts.state.database.close()


def _gtid(position: Position | None) -> str | None:
    return None if position is None else position.gtid_set
