"""The sweep: all of e-conomic's products, now and then, for what its `lastUpdated` did not tell."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sync.context import Context
from sync.pull.budget import Budget
from sync.pull.seeing import Poll, Reading, take, touched_at
from sync.pull.seen import Engine, SeenProduct
from sync.state.state import State

log = logging.getLogger("magento_economic.pull")

NOTE = "pull:sweep"
"""Under which name the state keeps how sweeps go."""

SHORTEST = 300.0
"""Seconds between two sweeps, at least."""

QUIET = timedelta(days=1)
"""So long nothing must have been found before sweeps are as rare as the profile says again."""

SPREAD = 0.25
"""The share of the time between two sweeps over which the pages of one are spread."""

CUT = 5.0
"""Seconds for each page that a sweep had read when it was cut, before it is begun anew; `SHORTEST` at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepNote:
    """How sweeps go, as the state keeps it. `interval` is in seconds, None: as the profile says.

    `pages` and `products` are those of the sweep under way, or of the last one; `unannounced` counts products whose
    numbers had changed without a new `lastUpdated`, of all sweeps.
    """

    began: datetime | None = None
    ended: datetime | None = None
    pages: int = 0
    calls: int = 1
    products: int = 0
    unannounced: int = 0
    unannounced_at: datetime | None = None
    interval: float | None = None

    @property
    def under_way(self) -> bool:
        """Whether one was begun and not ended: it runs, or was cut."""
        return self.began is not None and (self.ended is None or self.ended < self.began)

    def every(self, configured: float) -> float:
        """Seconds between two sweeps, whatever the budget says."""
        return configured if self.interval is None else min(configured, self.interval)


def read_note(state: State) -> SweepNote:
    """What is kept of sweeps."""
    kept: dict[str, Any] = json.loads(state.get(NOTE) or "{}")
    for name in ("began", "ended", "unannounced_at"):
        if kept.get(name):
            kept[name] = datetime.fromisoformat(kept[name])
    return SweepNote(**kept)


def keep_note(state: State, note: SweepNote) -> None:
    """Keep it."""
    kept = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(note).items()}
    state.put(NOTE, json.dumps(kept))


@dataclass(slots=True)
class Sweep:
    """One sweep, a page with each step. `recent` names products that were looked at beside polls a moment ago."""

    context: Context
    budget: Budget
    engine: Engine
    poll: Poll
    recent: Callable[[], Collection[str]] = frozenset
    clock: Callable[[], float] = time.monotonic
    products: int = 0
    unannounced: int = 0
    _reading: Reading | None = None
    _page: list[SeenProduct] | None = None
    _began: float = 0.0

    def step(self) -> bool:
        """Take one page in, one call; True while there are more.

        After an error the same page is taken again. Raises the errors of `Reading` and of the engine.
        """
        if self._reading is None:
            self._began = self.clock()
            note = read_note(self.context.state)
            keep_note(self.context.state, replace(note, began=self.context.now(), pages=0, products=0))
            self._reading = Reading(self.context, self.budget)
        if self._page is None:
            self._page = self._reading.page()
        if self._page is not None:
            found = self._unannounced(self._page)
            take(self.engine, self._page)
            self.products += len(self._page)
            self.unannounced += found
            self._page = None
            note = read_note(self.context.state)
            keep_note(self.context.state, replace(note, pages=note.pages + 1, products=self.products))
        if not self._reading.ended:
            return True
        self._end(self._reading)
        return False

    def gap(self, seconds: float) -> float:
        """Seconds to wait before the next page, when the pages are spread over so many."""
        results = self._reading.results if self._reading else None
        return seconds / max(1.0, (results or 0) / 1000)

    def _unannounced(self, page: list[SeenProduct]) -> int:
        low = self.poll.low
        if low is None:
            return 0
        recent = self.recent()
        old = [one for one in page if (touched_at(one) or low - QUIET) < low and one.number not in recent]
        return len(self.engine.differs(old)) if old else 0

    def _end(self, reading: Reading) -> None:
        self.engine.sweep_done()
        if self.poll.cursor is None:
            self.poll.begin(reading.newest, self.clock() - self._began)
        note = read_note(self.context.state)
        now = self.context.now()
        keep_note(self.context.state, replace(note, ended=now, calls=max(1, reading.calls)))


@dataclass(slots=True)
class Sweeps:
    """When the next sweep is due. `configured` is `pull.sweep` of the profile, in seconds."""

    context: Context
    budget: Budget
    configured: float
    asked: bool = False
    """One was asked for: it comes as soon as may be, and at full speed."""
    _note: SweepNote = field(default_factory=SweepNote)

    def due_at(self) -> datetime:
        """When the next one is due (aware UTC, by the state's clock)."""
        note = self._note = read_note(self.context.state)
        if note.began is None:
            return self.context.now()
        if note.under_way:
            due = note.began + timedelta(seconds=min(SHORTEST, CUT * note.pages))
            if note.ended is None:
                return due
            return max(due, self._after(note, note.ended))
        if self.asked:
            return note.began + timedelta(seconds=SHORTEST)
        return self._after(note, note.began)

    def interval(self) -> float:
        """Seconds between two sweeps as things are."""
        return self.budget.between_sweeps(self._note.every(self.configured), self._note.calls)

    def calls_an_hour(self) -> float:
        """What sweeps take."""
        return self._note.calls * 3600 / max(SHORTEST, self.interval())

    def spread(self) -> float:
        """Over how many seconds the pages of the next one are spread."""
        return 0.0 if self.asked or self._note.ended is None else SPREAD * self._note.every(self.configured)

    def ended(self, sweep: Sweep) -> None:
        """Sweep more often after one that found what polls cannot see, and less after a day without."""
        state, now = self.context.state, self.context.now()
        note = read_note(state)
        every = note.every(self.configured)
        if sweep.unannounced:
            note = replace(
                note,
                unannounced=note.unannounced + sweep.unannounced,
                unannounced_at=now,
                interval=max(SHORTEST, every / 2),
            )
            if self._note.interval is None:
                log.warning(
                    "a sweep found %d products whose numbers changed though e-conomic's lastUpdated did not say so: "
                    "polls cannot see such changes, so sweeps come more often for now, every %.0f s next",
                    sweep.unannounced,
                    note.interval,
                )
        elif note.interval is not None and note.unannounced_at is not None and now - note.unannounced_at >= QUIET:
            log.info("for a day no sweep found a change that polls had missed: sweeps are as rare as configured again")
            note = replace(note, interval=None)
        self._note = note
        keep_note(state, note)

    def _after(self, note: SweepNote, at: datetime) -> datetime:
        now = self.context.now()
        if at > now:  # the clock was set back
            return now
        return at + timedelta(seconds=self.budget.between_sweeps(note.every(self.configured), note.calls))
