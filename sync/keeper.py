"""Everything that the service does every now and then: probes, brakes, figures, the note for commands, clean-up."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from econ_client.errors import EconomicError, NotAuthorised
from sync import checks, trouble
from sync.books import look_at_dates_again
from sync.capture import CaptureHealth
from sync.check import Check
from sync.figures import read_figures
from sync.gate import Gate
from sync.metrics import Metrics
from sync.parts import Parts
from sync.pull.figures import PullFigures
from sync.state.control import BRAKES
from sync.state.errors import NotActive, StateError
from sync.status import forget_service, note_service

log = logging.getLogger("magento_economic.service")

WRONG_PROBE = 600.0
"""Seconds between two looks at an agreement that has come to lack what the profile names."""

BOOKS_EVERY = timedelta(hours=24)
DOUBTED_AFTER = timedelta(minutes=1)
"""The least time between two looks at the agreement because it refused a date."""

PURGE_EVERY = 3600.0
LOOK_EVERY = 2.0
SILENT_AFTER = 10.0
"""Seconds without an answer of the state after which that is said."""


class Keeper:
    """Runs until `stop` is set. `health` is capture's, None on standby, when nothing is noted for commands.

    `refuse` is told what is definitely wrong with an agreement that could not be read before. `note` gives what the
    pull says of itself, `received` how many webhooks came in. `taken` is called when another process has written itself
    into the state as the active one, though this one holds the shop's lock.
    """

    def __init__(
        self,
        parts: Parts,
        gate: Gate,
        metrics: Metrics,
        *,
        stop: threading.Event,
        health: Callable[[], CaptureHealth | None],
        refuse: Callable[[list[Check]], None],
        note: Callable[[], dict[str, Any]],
        received: Callable[[], int],
        taken: Callable[[], None],
    ) -> None:
        self.parts = parts
        self.gate = gate
        self.metrics = metrics
        self.pauses: frozenset[str] = frozenset()
        self.books_at: datetime | None = None
        self._stop = stop
        self._health = health
        self._refuse = refuse
        self._note = note
        self._received = received
        self._taken = taken
        self._pull_figures = PullFigures(parts.state, metrics)
        self._trouble = ""
        self._looked_at = 0.0
        self._asked_at: float | None = None
        self._purged_at = time.monotonic()
        self._noted = False

    @property
    def trouble(self) -> str:
        """What is wrong with the state; the empty text when nothing is."""
        asked = self._asked_at
        silent = 0.0 if asked is None else time.monotonic() - asked
        return f"the state has not answered for {silent:.0f} s" if silent > SILENT_AFTER else self._trouble

    def troubled(self, why: str) -> None:
        """Say what is wrong with the state; the empty text when it answers."""
        self._trouble = why

    def run(self) -> None:
        """Probe and look until the service stops."""
        while not self._stop.wait(0.25):
            try:
                self._probe()
                self._asked_at = time.monotonic()
                self._look()
                self._asked_at = None
            except StateError as error:
                self._trouble, self._asked_at = str(error), None
                self._stop.wait(1)
            except Exception as error:  # noqa: BLE001  (without this thread no closed gate would ever open again)
                log.error("internal error %s at %s; please report it", type(error).__name__, trouble.where(error))
                self._stop.wait(1)

    def leave(self) -> None:
        """The service stops: commands shall not wait for it."""
        try:
            if self._noted and self.parts.state.holds():
                forget_service(self.parts.state)
        except StateError:
            log.warning("the state could not be told that the service has stopped")

    def _probe(self) -> None:
        due = self.gate.probe_in()
        if due is not None and due > 0:
            return
        age = datetime.now(UTC) - self.books_at if self.books_at is not None else timedelta()
        doubted = self.parts.context.books_doubted.is_set() and age > DOUBTED_AFTER
        stale = age > BOOKS_EVERY or doubted
        if due is None and self.parts.books is not None and not stale:
            return
        try:
            if self.parts.books is None or stale:
                found, books = checks.check_economic(self.parts.economic, self.parts.profile)
                wrong = [check for check in found if check.verdict == "wrong"]
                if wrong and self.parts.books is None:
                    self._refuse(wrong)
                    return
                if books is None or wrong:
                    said = (wrong or found)[0]
                    # the answer is people's to change, and each look costs a call for every list and product
                    self.gate.probe_failed("economic_unreachable", said.found, after=WRONG_PROBE if wrong else None)
                    return
                self.parts.context.books_doubted.clear()
                with suppress(NotActive):
                    look_at_dates_again(self.parts.state, self.parts.context.agreement, books.agreement)
                self.parts.use(books)
                self.books_at = datetime.now(UTC)
            else:
                self.parts.economic.self_()
        except NotAuthorised as error:
            self.gate.probe_failed("not_authorised", str(error), refused=True)
        except EconomicError as error:
            self.gate.probe_failed("economic_unreachable", str(error))
        else:
            if due is not None:
                log.info("e-conomic answers again")
            self.gate.open()
            self.parts.state.bell.ring()

    def _look(self) -> None:
        """Pauses every round; figures, calls and the note for commands every two seconds; purging hourly."""
        state, metrics = self.parts.state, self.metrics
        self.pauses = frozenset(state.paused())
        for brake in BRAKES:
            metrics.paused.labels(brake).set(brake in self.pauses)
        if time.monotonic() - self._looked_at < LOOK_EVERY:
            return
        if rescued := state.database.rescue():
            found = f"{state.database.name} was removed or exchanged while the service ran; {rescued}"
            self._refuse([Check("state file", "wrong", found, fix="Start the service again.")])
            return
        health = self._health()
        if health is None:
            self._noted = False
        elif state.holds():
            note_service(
                state,
                connected=health.connected,
                lag_seconds=health.lag_seconds,
                standby=False,
                pull=self._note(),
            )
            self._noted = True
            if back := state.follow_clock():
                log.warning("the clock was set back by %.0f s: what waits has moved with it", back.total_seconds())
        else:
            self._taken()
        state.flush_calls()
        self._looked_at, self._trouble = time.monotonic(), ""
        metrics.gate.set(self.gate.closed is None)
        read_figures(state, metrics)
        self._pull_figures.take(self._received(), self._note()["waiting"])
        if health is not None and time.monotonic() - self._purged_at > PURGE_EVERY:
            self._purged_at = time.monotonic()
            state.purge(timedelta(days=self.parts.settings.retention_days))
