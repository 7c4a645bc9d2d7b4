"""Stock from e-conomic into Magento: what answers, capture and time bring up is compared and brought in line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cdc.models_stock import StockProduct
from cdc.stock import StockTables
from mapping.stock import Basis, Seen
from sync.context import Context
from sync.pull.apart import each
from sync.pull.apply import SELDOM, Applier, standing
from sync.pull.matching import Matcher
from sync.pull.outcomes import COMPOSITE, StockCase, StockOutcome, of_product, refused, with_answer
from sync.pull.seen import SeenProduct
from sync.pull.words import PUT_OFF
from sync.state.stock import StockRow

AT_ONCE = 200
"""Products that are compared in one go."""

UNCOMPARED = frozenset(
    {"only_magento", "only_economic", "ambiguous_sku", "no_inventory", "module_off", "not_kept", "composite"}
)
"""Standings by which e-conomic keeps no stock of a product: the number that was seen last says nothing any more."""

NOT_TAKEN = frozenset({"no_stock_row", "not_managed"})
"""Standings by which Magento takes no number, whatever e-conomic says."""

_CLOCK_SET_BACK = SELDOM + timedelta(minutes=1)
"""Nothing is put off for so long: what seems to be was put off by another clock."""


@dataclass(slots=True)
class StockPull:
    """Compares what e-conomic says with Magento's rows and brings them in line. Used by one thread.

    `may_write` says whether anything is written now; else every method only tells. Every method may raise the errors of
    `cdc.errors` and `sync.state.errors`; what was done until then stands.
    """

    context: Context
    tables: StockTables
    matcher: Matcher
    applier: Applier
    basis: Basis = "in_stock"
    may_write: Callable[[], bool] = lambda: True
    _met: set[str] = field(default_factory=set)

    def take(self, answers: Sequence[SeenProduct], *, dry: bool = False) -> list[StockOutcome]:
        """Compare e-conomic's answers with the shop's rows, and write what differs unless `dry`.

        The same product may come again, unchanged: then nothing is written, neither in Magento nor in the state.
        """
        outcomes: list[StockOutcome] = []
        self.applier.awake()
        for start in range(0, len(answers), AT_ONCE):
            outcomes += self._take(answers[start : start + AT_ONCE], dry=dry or not self.may_write())
        return outcomes

    def drain(self) -> bool:
        """Work on what capture says has changed: orders, and rows that somebody wrote; True when more of it waits."""
        if not self.may_write():
            return False
        state = self.context.state
        self.applier.awake()
        more = self.applier.ledger.drain()
        due = state.due_stock(AT_ONCE)
        rows = {row.number: row for row in state.stock_rows(skus=[one.sku for one in due])} if due else {}
        now = state.now()
        expired = [number for number, at in self.applier.expiring.items() if at <= now][:AT_ONCE]
        if expired:
            rows |= {row.number: row for row in state.stock_rows(numbers=expired)}
        if not self._look_again_at(rows.values()):
            return False
        for number in expired:
            if self.applier.expiring.get(number, now) <= now:
                self.applier.expiring.pop(number, None)
        if due:
            self.context.fence()
            state.stock_done(due)
        return more or len(due) == AT_ONCE or len(expired) == AT_ONCE

    def resume(self) -> None:
        """After a start: finish what was about to be written, and watch what was in flight."""
        after = ""
        while page := self.context.state.stock_pages(after, 1_000):
            after = page[-1].number
            now = self.context.state.now()
            self.applier.again |= {row.number: now for row in page if row.standing in PUT_OFF}
            self._look_again_at([row for row in page if row.applying is not None or row.pieces])

    def wanted(self) -> list[str]:
        """The numbers that e-conomic has to be asked for again by now; they are told once."""
        now = self.context.state.now()
        due = [number for number, at in self.applier.again.items() if not now < at < now + _CLOCK_SET_BACK]
        for number in due:
            del self.applier.again[number]
        self.applier.asked_again.update(due)
        return due

    def next_due(self) -> datetime | None:
        """When `wanted` or `drain` will have something to do by themselves; None when never."""
        return min([*self.applier.again.values(), *self.applier.expiring.values()], default=None)

    def known(self, numbers: Collection[str]) -> set[str]:
        """Those of the numbers that the state knows as products."""
        return {row.number for row in self.context.state.stock_rows(numbers=numbers)}

    def differs(self, answers: Sequence[SeenProduct]) -> set[str]:
        """The numbers of those answers that say something else than what was seen last; new products do not count."""
        rows = self.context.state.stock_rows(numbers=[one.number for one in answers])
        # also of products that are refused: there the number that decides stays what it was
        last = {row.number: row.in_stock if self.basis == "in_stock" else row.available for row in rows}
        return {
            one.number
            for one in answers
            if last.get(one.number) is not None and one.quantity(self.basis) != last[one.number]
        }

    def sweep_done(self) -> None:
        """Every product of e-conomic was given to `take` since the last call: tell which are in Magento only."""
        state = self.context.state
        for page in self.matcher.pages():
            missing = {n: one for n, one in page if n not in self._met and one.type not in COMPOSITE}
            rows = {row.number: row for row in state.stock_rows(numbers=missing)} if missing else {}
            news = [
                of_product(rows.get(number) or StockRow(number=number), product)
                for number, product in missing.items()
                if number not in rows or rows[number].standing != "only_magento"
            ]
            self._save([standing(row, "only_magento") for row in news])
        self._met.clear()

    def close(self) -> None:
        """End the threads."""
        self.applier.close()

    def _take(self, answers: Sequence[SeenProduct], *, dry: bool) -> list[StockOutcome]:
        latest = {one.number: one for one in sorted(answers, key=lambda one: one.asked_at)}
        before = {row.number: row for row in self.context.state.stock_rows(numbers=latest)}
        self._met.update(latest)
        refusals = {number: self._refusal(one) for number, one in latest.items()}
        news = any(not row.standing for row in before.values())
        if news and all(one == "no_inventory" for one in refusals.values()):
            self.context.books_doubted.set()  # the module may be off by now: the agreement's lists tell
        matches = self.matcher.match([number for number, refusal in refusals.items() if not refusal])
        outcomes: list[StockOutcome] = []
        cases: list[StockCase] = []
        for number, answer in latest.items():
            row = with_answer(before.get(number) or StockRow(number=number), answer)
            why, match, quantity = refusals[number], matches.get(number), answer.quantity(self.basis)
            if isinstance(match, StockProduct):
                row = of_product(row, match)
                why = "composite" if match.type in COMPOSITE else why
                if not why and quantity is not None:
                    cases.append(self._case(row, match, Seen(quantity=quantity, asked_at=answer.asked_at), answer))
                    continue
            elif match == "only_economic":
                row = of_product(row, None)
            row = standing(row, why or str(match), quiet=dry)
            outcomes.append(refused(row, answer))
        if not dry:
            self._part([case for case in cases if case.product.id != _product(before.get(case.row.number))])
        outcomes += self.applier.bring(cases, dry=dry)
        if not dry:
            self._keep(outcomes, before)
        return outcomes

    def _part(self, cases: Sequence[StockCase]) -> None:
        """Products that have another number than before: what the old number says concerns them no more."""
        own = {case.product.id: case.row.number for case in cases}
        rows = self.context.state.stock_rows(product_ids=own) if own else []
        self._save([of_product(row, None) for row in rows if own[row.product_id or 0] != row.number])

    def _look_again_at(self, rows: Iterable[StockRow]) -> bool:
        """Compare with the numbers that were seen last: no call. False when nothing may be written any more."""
        now = self.context.state.now()
        able = {row.number: row for row in rows if row.product_id is not None and row.standing not in UNCOMPARED}
        for number in [row.number for row in able.values() if self._is_stale(row, now)]:
            del able[number]
            self.applier.again[number] = now
        products = self.tables.products({row.product_id or 0 for row in able.values()}) if able else {}
        cases = [
            self._case(row, product, Seen(quantity=row.seen, asked_at=row.seen_at))
            for row in able.values()
            for product in [products.get(row.product_id or 0)]
            if product is not None and product.sku == row.sku and product.type not in COMPOSITE
            if row.seen is not None and row.seen_at is not None
        ]
        for start in range(0, len(cases), AT_ONCE):
            if not self.may_write():
                return False
            each(self._bring, cases[start : start + AT_ONCE], lambda case: f"product {case.row.number}")
        return self.may_write()

    def _is_stale(self, row: StockRow, now: datetime) -> bool:
        """Whether the number that decided last is not to be used again: e-conomic has said another one since, while
        Magento could not take it, or the clock was set back, so that nothing tells what came before it."""
        last = row.in_stock if self.basis == "in_stock" else row.available
        return (row.seen_at is not None and row.seen_at > now) or (row.standing in NOT_TAKEN and last != row.seen)

    def _bring(self, cases: Sequence[StockCase]) -> None:
        outcomes = self.applier.bring(cases, dry=False)
        self._keep(outcomes, {case.row.number: case.row for case in cases})

    def _refusal(self, answer: SeenProduct) -> str:
        agreement, group = self.context.agreement, answer.product.product_group.product_group_number
        if not agreement.has_inventory:
            return "module_off"
        if answer.quantity(self.basis) is None:
            return "no_inventory"
        return "" if group in agreement.stocked_groups else "not_kept"

    def _keep(self, outcomes: Sequence[StockOutcome], before: Mapping[str, StockRow]) -> None:
        """Store what became of products, and then let go of the orders that have nothing more to take."""
        self._save([one.row for one in outcomes if one.row != before.get(one.row.number)])
        done = [line for one in outcomes for line in one.done]
        if done:
            self.context.fence()
            self.context.state.drop_lines(done)

    def _save(self, rows: Sequence[StockRow]) -> None:
        if rows:
            self.context.fence()
            self.context.state.save_stock(rows)

    def _case(self, row: StockRow, product: StockProduct, number: Seen, answer: SeenProduct | None = None) -> StockCase:
        """A product to compare. Of two answers the one that was asked for later counts, whichever arrives last."""
        last = row.seen_at if row.seen_at is not None and row.seen_at <= self.context.state.now() else None
        if answer is not None and row.seen is not None and last is not None and last > number.asked_at:
            number = Seen(quantity=row.seen, asked_at=last)
        return StockCase(row=row, product=replace(product, kept_out=row.by_hand), number=number, answer=answer)


def _product(row: StockRow | None) -> int | None:
    return None if row is None else row.product_id
