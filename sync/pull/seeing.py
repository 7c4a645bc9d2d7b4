"""How changed products are seen: e-conomic is asked, every few seconds, for what it has touched lately."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from econ_client.answers import Answer, fit
from econ_client.documents import ProductAnswer
from econ_client.errors import Ambiguous
from econ_client.filters import Filter
from econ_client.filters import field as filter_field
from econ_client.pages import Pages
from sync.context import Context
from sync.pull.apart import each
from sync.pull.budget import Budget
from sync.pull.seen import Engine, SeenProduct

log = logging.getLogger("magento_economic.pull")

PRODUCTS = "/products"

OVERLAP = timedelta(minutes=5)
"""How much later than it happened a list may show a change. `lastUpdated` has whole minutes."""

SLOWER = 0.999
"""Of the time that passed here, so much surely passed at e-conomic too."""

CURSOR = "pull:cursor"
POLLED = "pull:polled"
"""Under which names the state keeps the cursor, and that there was a poll."""

_FUTURE = timedelta(days=1)
_TOLD: set[str] = set()


@dataclass(slots=True)
class Reading:
    """e-conomic's products, narrowed or not, a page with each call.

    A row that is no product is told once and left out. Raises the errors of `econ_client.errors` and
    `sync.state.errors`, and `OutOfCalls`; the same page is read again then.
    """

    context: Context
    budget: Budget
    where: Filter | None = None
    calls: int = 0
    results: int | None = None
    newest: datetime | None = None
    _asked_at: datetime | None = None
    _pages: Pages | None = None
    _held: list[SeenProduct] | None = None
    _moved: bool = False

    def page(self) -> list[SeenProduct] | None:
        """The next page, None after the last. `newest` is the largest `lastUpdated` by then."""
        if self._pages is None:
            self._pages = Pages(self._get, self.context.economic.url, PRODUCTS, self.where)
        if self._held is None:
            page = self._pages.read()
            if page is None:
                return None
            self._held = self._seen(page.rows)
            # products were deleted, so that others moved up from this page into the one before
            self._moved = page.results is not None and self.results is not None and page.results < self.results
            self.results = page.results
        if self._moved:
            self._held += self._seen(self._pages.before().rows)
            self._moved = False
        page_, self._held = self._held, None
        return page_

    @property
    def ended(self) -> bool:
        """Whether the last page was given out."""
        return self._held is None and self._pages is not None and self._pages.ended

    def _get(self, path: str, query: str) -> Answer:
        self.budget.take()
        self.calls += 1
        self._asked_at = self.context.now()
        return self.context.economic.get(path, query)

    def _seen(self, rows: Iterable[dict[str, Any]]) -> list[SeenProduct]:
        asked_at = self._asked_at or self.context.now()
        found = [one for row in rows if (one := product_of(row, asked_at)) is not None]
        for one in found:
            touched = touched_at(one)
            if touched is not None and touched < asked_at + _FUTURE:
                self.newest = touched if self.newest is None else max(self.newest, touched)
        return found


@dataclass(slots=True)
class Poll:
    """Asks for what was touched since the last poll, and some minutes before.

    The cursor is a time that e-conomic's own clock had surely reached when the last poll began: the largest
    `lastUpdated` seen, and what has passed since then.
    """

    context: Context
    budget: Budget
    engine: Engine
    clock: Callable[[], float] = time.monotonic
    low: datetime | None = None
    """What was touched from here on was asked for by the last poll."""
    cursor: datetime | None = None
    calls: int = 1
    """Calls of the last poll."""
    _at: float | None = None
    _began: float = 0.0
    _reading: Reading | None = None

    def load(self) -> None:
        """Go on where an earlier process ended; without one the cursor stays None, and a sweep has to come first."""
        stored = self.context.state.get(CURSOR)
        self.cursor = datetime.fromisoformat(stored) if stored else None

    def begin(self, newest: datetime | None, took: float) -> None:
        """Begin after a sweep that took so many seconds, and met this `lastUpdated` (None: there is no product)."""
        self._reach((newest or self.context.now() - _FUTURE) - timedelta(seconds=took), self.clock())

    def step(self) -> bool:
        """Take one page in, one call; True while there are more of this poll.

        Raises the errors of `Reading` and of the engine.
        """
        if self._reading is None:
            self._began = self.clock()
            where = filter_field(PRODUCTS, "lastUpdated").gte(self._low()) if self.cursor else None
            self._reading = Reading(self.context, self.budget, where)
        page = self._reading.page()
        if page is not None:
            take(self.engine, page)
            if not self._reading.ended:
                return True
        newest, began, self.calls = self._reading.newest, self._began, self._reading.calls
        self._reading = None
        self.low = self._low() if self.cursor else None
        reached = [] if self.cursor is None else [self._now_at(began)]
        if newest is not None:
            reached.append(newest - timedelta(seconds=self.clock() - began))
        if reached:
            self._reach(max(reached), began)
        self.context.state.put(POLLED, "")
        return False

    def abandon(self) -> None:
        """The next step begins the poll anew."""
        self._reading = None

    @property
    def under_way(self) -> bool:
        """Whether a poll has begun and not ended."""
        return self._reading is not None

    def _low(self) -> datetime:
        return (self.cursor or self.context.now()) - OVERLAP

    def _now_at(self, at: float) -> datetime:
        """The cursor as it is by now: time has passed there too."""
        cursor = self.cursor or self.context.now() - _FUTURE
        return cursor if self._at is None else cursor + timedelta(seconds=max(0.0, at - self._at) * SLOWER)

    def _reach(self, cursor: datetime, at: float) -> None:
        self.cursor, self._at = cursor, at
        self.context.state.put(CURSOR, cursor.isoformat())


def take(engine: Engine, page: list[SeenProduct]) -> None:
    """Give a page to the engine. A product that it fails at for reasons of its own does not keep the others back."""
    each(engine.take, page, lambda one: f"product {one.number}")


def product_of(row: Any, asked_at: datetime) -> SeenProduct | None:
    """A row of e-conomic's as a product; None when it is none, which is told."""
    try:
        return SeenProduct(product=fit(row, ProductAnswer), asked_at=asked_at)
    except Ambiguous as error:
        number = row.get("productNumber") if isinstance(row, dict) else None
        if len(_TOLD) < 1000 and (said := f"{str(number)[:25]}: {error.message}") not in _TOLD:
            _TOLD.add(said)
            log.warning("a product of e-conomic is left out: %s", said)
        return None


def touched_at(one: SeenProduct) -> datetime | None:
    """The product's `lastUpdated` (aware UTC); None when it has none that can be read."""
    try:
        touched = datetime.fromisoformat(one.product.last_updated or "")
    except ValueError:
        return None
    return touched if touched.tzinfo else touched.replace(tzinfo=UTC)
