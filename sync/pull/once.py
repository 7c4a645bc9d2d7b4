"""One pull of stock from beginning to end: all products of e-conomic, or some SKUs; to write, or only to look."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cdc.models_stock import StockProduct
from sync.pull.budget import Budget
from sync.pull.looking import SINGLY, look
from sync.pull.outcomes import COMPOSITE
from sync.pull.report import Report, Sight
from sync.pull.seeing import Reading
from sync.pull.seen import SeenProduct
from sync.pull.stock import StockPull
from sync.pull.words import UNKNOWN

ROUNDS = 20
"""How often a product is asked for again whose booking was under way."""

PAUSE = 0.5
"""Seconds between two of these."""

Tell = Callable[[Mapping[str, Any]], None]
"""Takes ``{"stage": "orders" | "products", "done", "of", "written"}``; `of` is None when it is not known."""


class Stopped(Exception):
    """The service stops, or is not the active one any more: whoever is begins the pull anew."""


@dataclass(slots=True)
class Once:
    """One pull. It raises the errors of `cdc.errors`, `econ_client.errors` and `sync.state.errors`, `OutOfCalls`, and
    `Stopped` once `stop` is set; what was written until then stays."""

    engine: StockPull
    budget: Budget
    report: Report
    tell: Tell = lambda _: None
    stop: threading.Event = field(default_factory=threading.Event)

    def all(self) -> Report:
        """Every product that e-conomic has, and then those that it lacks."""
        self._orders()
        reading = Reading(self.engine.context, self.budget)
        met: set[str] = set()
        while (answers := reading.page()) is not None:
            met.update(answer.number for answer in answers)
            self._take(answers)
            self._told("products", len(met), reading.results)
        for sight in self._missing(met):
            self.report.add(sight)
        return self.report

    def some(self, skus: Sequence[str]) -> Report:
        """These SKUs."""
        self._orders()
        numbers = self.engine.matcher.number_of(skus)
        wanted = list(numbers.items())
        for start in range(0, len(wanted), SINGLY):
            some = wanted[start : start + SINGLY]
            looked = self._look([number for _, number in some if number is not None])
            self._take(looked)
            met = {answer.number for answer in looked}
            for sku, number in some:
                if number not in met:
                    exists = bool(self.engine.tables.find([sku]).get(sku))
                    standing = "only_magento" if exists else UNKNOWN
                    self.report.add(Sight(number=number or sku, sku=sku, standing=standing))
            self._told("products", min(start + SINGLY, len(wanted)), len(wanted))
        return self.report

    def _orders(self) -> None:
        """Read what orders take, as far as it is not known."""
        ledger = self.engine.applier.ledger
        if not ledger.fill(lambda read: self._told("orders", read, None), self.stop.is_set):
            raise Stopped
        if self.report.dry_run:
            while ledger.drain():
                if self.stop.is_set():
                    raise Stopped
            return
        while self.engine.drain():  # also what changed of products that nobody asked for here
            if self.stop.is_set():
                raise Stopped

    def _take(self, answers: Sequence[SeenProduct]) -> None:
        for rounds_left in reversed(range(ROUNDS)):
            outcomes = self.engine.take(answers, dry=self.report.dry_run)
            again = [one for one in outcomes if one.action == "again"]
            for sight in self._named([one.sight for one in outcomes if one.action != "again" or not rounds_left]):
                self.report.add(sight)
            if not again or not rounds_left:
                return
            if self.stop.wait(PAUSE):
                raise Stopped
            answers = self._look([one.row.number for one in again])

    def _named(self, sights: Sequence[Sight]) -> Iterator[Sight]:
        """The sights, where the engine needed no product to leave one with what Magento calls it."""
        nameless = [one.number for one in sights if one.standing in ("not_kept", "no_inventory")]
        matches = self.engine.matcher.match(nameless) if nameless else {}
        for one in sights:
            match = matches.get(one.number)
            if isinstance(match, StockProduct):
                yield replace(one, sku=match.sku)
            elif match == "only_economic":
                yield replace(one, standing="only_economic")
            else:
                yield one

    def _look(self, numbers: Sequence[str]) -> list[SeenProduct]:
        return look(self.engine.context, self.budget, numbers).found

    def _missing(self, met: set[str]) -> Iterator[Sight]:
        for page in self.engine.matcher.pages():
            for number, product in page:
                if number not in met and product.type not in COMPOSITE:
                    yield Sight(number=number, sku=product.sku, standing="only_magento")

    def _told(self, stage: str, done: int, of: int | None) -> None:
        if self.stop.is_set():
            raise Stopped
        self.tell({"stage": stage, "done": done, "of": of, "written": self.report.counts["written"]})
