"""One pull of product fields from beginning to end: all products of e-conomic, or some SKUs."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from sync.pull.budget import Budget
from sync.pull.fieldreport import FieldReport
from sync.pull.looking import SINGLY, look
from sync.pull.once import Stopped, Tell
from sync.pull.products import ProductPull
from sync.pull.seeing import Reading
from sync.pull.seen import SeenProduct
from sync.pull.words import UNKNOWN

NOTHING_OWNED = (
    "The profile gives e-conomic no field of a product that goes into Magento; `owners: {name: economic}` gives it one."
)


def pull_products(
    engine: ProductPull,
    budget: Budget,
    skus: Sequence[str] = (),
    *,
    dry_run: bool = False,
    most: int = 10_000_000,
    tell: Tell = lambda _: None,
    stop: threading.Event | None = None,
) -> FieldReport:
    """Bring the fields that e-conomic owns into Magento, or only say what would be written.

    Args:
        engine: compares and writes.
        budget: the calls to e-conomic that may be made.
        skus: the SKUs to look at; none for every product that e-conomic has.
        dry_run: write nothing.
        most: lines that the report keeps.
        tell: takes ``{"stage": "products", "done", "of", "written"}``; `of` is None when it is not known.
        stop: set when the pull is to end early.

    Raises the errors of `cdc.errors`, `econ_client.errors` and `sync.state.errors`, `OutOfCalls`, and `Stopped`; what
    was written until then stays.
    """
    report = FieldReport(dry_run=dry_run, most=most)
    if engine.idle:
        report.message = NOTHING_OWNED
        return report
    engine.forget()
    run = _Run(engine, budget, report, tell, stop or threading.Event())
    if skus:
        run.some(skus)
    else:
        run.all()
    return report


@dataclass(slots=True)
class _Run:
    engine: ProductPull
    budget: Budget
    report: FieldReport
    tell: Tell
    stop: threading.Event = field(default_factory=threading.Event)

    def all(self) -> None:
        reading, done = Reading(self.engine.context, self.budget), 0
        while (answers := reading.page()) is not None:
            self._take(answers)
            done += len(answers)
            self._told(done, reading.results)

    def some(self, skus: Sequence[str]) -> None:
        wanted = list(self.engine.matcher.number_of(skus).items())
        for start in range(0, len(wanted), SINGLY):
            some = wanted[start : start + SINGLY]
            numbers = [number for _, number in some if number is not None]
            answers = look(self.engine.context, self.budget, numbers).found
            self._take(answers)
            met = {answer.number for answer in answers}
            for sku, number in some:
                if number not in met:
                    exists = self.engine.matcher.exists(sku)
                    self.report.left_alone(sku, number or "", "only_magento" if exists else UNKNOWN)
            self._told(min(start + SINGLY, len(wanted)), len(wanted))

    def _take(self, answers: Sequence[SeenProduct]) -> None:
        for outcome in self.engine.take(answers, dry=self.report.dry_run):
            self.report.add(outcome)

    def _told(self, done: int, of: int | None) -> None:
        if self.stop.is_set():
            raise Stopped
        self.tell({"stage": "products", "done": done, "of": of, "written": self.report.counts["written"]})
