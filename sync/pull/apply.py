"""Compares products with Magento's rows and writes what differs, each in a transaction of its own."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from cdc.errors import MagentoError, RowsLocked
from cdc.models_stock import Stocked, Written
from cdc.stock import StockTables
from mapping.asof import as_of
from mapping.inflight import LONGEST
from mapping.stock import Basis, Decision, Known, Seen, Since, Sums, decide, found, sums_of, taken_up
from sync.context import Context
from sync.pull.ledger import Ledger, left
from sync.pull.outcomes import Action, StockCase, StockOutcome, same_but_times, seen_as
from sync.pull.report import quantity
from sync.pull.words import IN_FLIGHT, LOCKED, NOT_WRITTEN, said_of
from sync.state.stock import StockRow
from sync.threads import pool

log = logging.getLogger("magento_economic.pull")

SOON = timedelta(milliseconds=300)
"""Before a product is asked for again whose booking was under way."""

BUSY = timedelta(seconds=30)
"""Before a product is tried again whose row was locked: each try waits for half of that."""

SELDOM = timedelta(minutes=5)
"""Between two looks at a product that stays in doubt, or locked; until then each wait is twice the one before."""

UNSETTLED = timedelta(seconds=5)
"""Before a product is asked for again whose number does not show our own booking yet."""

UNWATCHED = 60.0
"""Seconds without a look after which one checkout in flight may stand where another stood."""

AHEAD = 16
"""Writes that are noted at once before they are made: so many rows may be in doubt after the process was killed."""

REMEMBERED = timedelta(days=1)
"""A number that stays the same is noted as seen anew so often: bookings since then are looked through for each look."""

RESERVES = "stock:orders_reserve"
"""What `check` has found: whether open orders in e-conomic reserve stock (``yes``, ``no``)."""


@dataclass(slots=True)
class Applier:
    """Brings products in line, a batch at a time. Used by one thread.

    `again` holds the numbers that e-conomic has to be asked for once more, and from when (aware UTC); `expiring` when
    products with checkouts in flight have to be looked at. `on_written` is told of each write, by the thread that made
    it.
    """

    context: Context
    tables: StockTables
    ledger: Ledger
    since: Callable[[], Since]
    basis: Basis
    threads: int
    on_written: Callable[[Written], None] = lambda _: None
    again: dict[str, datetime] = field(default_factory=dict)
    expiring: dict[str, datetime] = field(default_factory=dict)
    asked_again: set[str] = field(default_factory=set)
    _put_offs: dict[str, int] = field(default_factory=dict)
    _watched: set[str] = field(default_factory=set)
    _awake_at: float = field(default_factory=time.monotonic)
    _pool: ThreadPoolExecutor | None = None

    def bring(self, cases: Sequence[StockCase], *, dry: bool) -> list[StockOutcome]:
        """Compare, and write what differs unless `dry`. The rows in the outcomes are the caller's to store.

        Raises the errors of `cdc.errors` and `sync.state.errors`; what was written until then is stored.
        """
        if not cases:
            return []
        now, since = self.context.state.now(), self.since()
        outcomes: list[StockOutcome] = []
        to_write: list[tuple[StockCase, Decision]] = []
        loaded, doubtful = self._loaded(cases, since, now)
        for case in loaded:
            if case.rows is None:
                outcomes.append(case.ended("refused", standing(case.row, "no_stock_row", quiet=dry)))
                continue
            if case.row.number in doubtful:
                self._put_off(case.row.number, now, SOON)
                # if the process ends before, the next one asks
                outcomes.append(case.ended("again", replace(case.row, standing=IN_FLIGHT, told=True)))
                continue
            if case.answer is not None:
                self.again.pop(case.row.number, None)
            rows, case = case.rows, self._as_of(case, now)
            decision = decide(rows, case.number, case.memory, case.known, since, now)
            if decision.refused:
                outcomes.append(case.ended("refused", standing(case.row, decision.refused, quiet=dry), decision))
            elif decision.changes(rows) and not dry:
                to_write.append((case, decision))
            else:
                action: Action = "differs" if decision.changes(rows) else "unchanged"
                outcomes.append(self._remembered(case, decision, action))
        outcomes += self._write(to_write, since, now)
        self.asked_again -= {case.row.number for case in cases if case.row.number not in self.again}
        for one in outcomes:
            if one.action in ("unchanged", "written"):
                self._watch(one.row)
            if one.row.number not in self.again:
                self._put_offs.pop(one.row.number, None)
        return outcomes

    def awake(self) -> None:
        """Say that the pull goes on: after it stood still, what was in flight has to be dated anew."""
        now = time.monotonic()
        if now - self._awake_at > UNWATCHED:
            self._watched.clear()
        self._awake_at = now

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def _put_off(self, number: str, now: datetime, first: timedelta) -> None:
        """Have e-conomic asked for a product once more: soon at first, and then ever more rarely."""
        times = self._put_offs.get(number, 0)
        self._put_offs[number] = times + 1
        self.again[number] = now + min(SELDOM, first * 2 ** min(times, 16))

    def _watch(self, row: StockRow) -> None:
        """Look at a product again when its oldest checkout in flight cannot be one any more."""
        if row.pieces:
            self._watched.add(row.number)
            self.expiring[row.number] = row.pieces[0].since + LONGEST
        else:
            self._watched.discard(row.number)
            self.expiring.pop(row.number, None)

    def _loaded(self, cases: Sequence[StockCase], since: Since, now: datetime) -> tuple[list[StockCase], set[str]]:
        """The cases with Magento's rows and what is known of their orders, and the doubtful numbers among them.

        A number is in doubt when a write of ours was under way at the time that it was asked for, or later.
        """
        state = self.context.state
        lines = state.lines_of([case.product.id for case in cases])
        orders = {product: {line.order_id for line in some} for product, some in lines.items()}
        held = self.tables.look([case.product for case in cases], orders)
        known = self.ledger.known(
            {product: rows.demands for product, rows in held.items()},
            {case.product.id: case.row.number for case in cases},
            reserving=self.basis == "available" and state.get(RESERVES) == "yes",
        )
        asked = min(case.number.asked_at for case in cases)
        touched = state.writes_touching(asked, orders=self.basis == "available")
        loaded: list[StockCase] = []
        for case in cases:
            rows = held.get(case.product.id)
            of: Mapping[int, Known] = known.get(case.product.id, {})
            memory = case.row.memory
            if rows is not None:
                case = replace(case, row=replace(case.row, by_hand=rows.by_hand))
                of = _capped(of, case)
            if rows is not None and memory.applied is None:
                memory = found(rows, of, since, case.number.asked_at)
            elif rows is not None and (memory.applying is not None or self._unwatched(case.row)):
                memory = taken_up(rows, memory, of, since, now)
            loaded.append(replace(case, rows=rows, known=of, memory=memory, lines=orders.get(case.product.id, ())))
        doubtful = {case.row.number for case in cases if _in_doubt(touched, case.row.number, case.number.asked_at)}
        return loaded, doubtful

    def _unwatched(self, row: StockRow) -> bool:
        """Whether checkouts were in flight when another process looked last."""
        return bool(row.pieces) and row.number not in self._watched

    def _as_of(self, case: StockCase, now: datetime) -> StockCase:
        bookings = [one for known in case.known.values() for one in known.booked]
        row, before = case.row, None
        if row.seen is not None and row.seen_at is not None:
            before = Seen(quantity=row.seen, asked_at=row.seen_at)
        number = as_of(case.number, before, bookings, now)
        if number is case.number or before is None:
            return case
        # what our own credit notes gave back hides as much of the fall
        back = self.context.state.credited_since(row.number, before.asked_at)
        hidden = replace(case.number, quantity=case.number.quantity - back)
        if back and as_of(hidden, before, bookings, now) is hidden:
            return case
        self.again[row.number] = now + UNSETTLED
        return replace(case, number=number)

    def _remembered(self, case: StockCase, decision: Decision, action: Action) -> StockOutcome:
        waits = case.answer is None and case.row.number in self.again
        row = case.row if waits else replace(case.row, standing="", told=False)
        if action == "unchanged":
            row = seen_as(row, case.number).with_memory(decision.memory)
            if same_but_times(row, case.row) and not case.known and row.number not in self.asked_again:
                since = None if case.row.seen_at is None else case.number.asked_at - case.row.seen_at
                recent = since is not None and timedelta() <= since < REMEMBERED
                row = case.row if recent else row
            return replace(case.ended(action, row, decision), done=_done(case, decision))
        return case.ended(action, row, decision)

    def _write(self, to_write: Sequence[tuple[StockCase, Decision]], since: Since, now: datetime) -> list[StockOutcome]:
        if not to_write:
            return []
        outcomes: list[StockOutcome] = []
        failed: Exception | None = None
        if self._pool is None:
            self._pool = pool(self.threads, "pull")
        for start in range(0, len(to_write), AHEAD):
            some = to_write[start : start + AHEAD]
            self._note_ahead(some, outcomes)
            unwritten: list[tuple[StockCase, str]] = []
            futures = [self._pool.submit(self._write_one, case, since, now) for case, _ in some]
            for (case, _), future in zip(some, futures, strict=True):
                try:
                    outcomes.append(future.result())
                except Exception as error:  # noqa: BLE001  (what the others did is stored first)
                    why = _of_one(error)
                    unwritten += [(case, why)] if why else []
                    if not why or len(unwritten) == len(some) > 1:
                        failed = failed or error
                    elif why == NOT_WRITTEN and case.row.standing != why:
                        log.warning("stock of %s: %s", case.row.sku, error)
            if failed is None:
                outcomes += [self._left(case, why, now) for case, why in unwritten]
            if failed is not None:
                self.context.state.save_stock([one.row for one in outcomes])
                raise failed
        return outcomes

    def _left(self, case: StockCase, why: str, now: datetime) -> StockOutcome:
        """A product of which nothing was written, while the others were."""
        self._put_off(case.row.number, now, BUSY)
        row = standing(case.row, why)
        self.context.state.save_stock([row])  # takes back what was noted ahead
        return case.ended("again", row)

    def _note_ahead(self, some: Sequence[tuple[StockCase, Decision]], done: Sequence[StockOutcome]) -> None:
        """Store what is about to be written, and what became of the writes before, in one commit.

        Without it a process that was killed would leave its rows to the next one as somebody else's edits, which are
        put back to the number before.
        """
        self.context.fence()
        ahead = []
        for case, decision in some:
            row = seen_as(case.row, case.number)
            if case.rows is not None and not case.rows.reserves:
                row = row.with_memory(replace(case.memory, applying=decision.memory.applied))
            ahead.append(row)
        self.context.state.save_stock([*(one.row for one in done[-AHEAD:]), *ahead])

    def _write_one(self, case: StockCase, since: Since, now: datetime) -> StockOutcome:
        last: list[tuple[Stocked, Decision]] = []
        earlier: list[tuple[Stocked, Sums]] = []

        def before_the_lock(rows: Stocked) -> None:
            earlier[:] = [(rows, sums_of(rows, case.number, case.memory, case.known, since))]

        def under_the_lock(rows: Stocked) -> Decimal | None:
            sums = next((sums for one, sums in earlier if one is rows.before), None)
            decision = decide(rows, case.number, case.memory, case.known, since, now, earlier=sums)
            last[:] = [(rows, decision)]
            return decision.sum.quantity if decision.changes(rows) else None

        written = self.tables.apply(case.product, list(case.known), self.ledger.newest, under_the_lock, before_the_lock)
        if not last:
            return case.ended("refused", standing(case.row, "no_stock_row"))
        rows, decision = last[0]
        case = replace(case, rows=rows)
        if decision.refused:
            return case.ended("refused", standing(case.row, decision.refused), decision)
        if written is None:
            return self._remembered(case, decision, "unchanged")
        row = replace(
            seen_as(case.row, case.number).with_memory(decision.memory),
            standing="",
            told=False,
            before=written.before,
            quantity=written.after,
            written_at=self.context.state.now(),
            writes=case.row.writes + 1,
        )
        self.on_written(written)
        _tell(row, case, decision)
        sight = case.sight(row, decision, written, "written")
        return StockOutcome(action="written", row=row, sight=sight, done=_done(case, decision))


def _of_one(error: Exception) -> str:
    """The standing of a product at whose write this happened; empty for what concerns all of them."""
    if isinstance(error, RowsLocked):
        return LOCKED
    return NOT_WRITTEN if type(error) is MagentoError else ""


def _done(case: StockCase, decision: Decision) -> tuple[tuple[int, int], ...]:
    """Orders that have nothing more to take, by the number that was just applied: they leave the ledger."""
    if case.rows is None:
        return ()
    counted = {taken.order_id for taken in decision.sum.taken}
    return tuple(
        (case.product.id, one.order_id)
        for one in case.rows.demands
        if one.order_id in case.lines and one.order_id not in counted
        for known in [case.known.get(one.order_id)]
        if known is not None and not known.skipped and left(one, known) <= 0
    )


def standing(row: StockRow, why: str, *, quiet: bool = False) -> StockRow:
    """The row with why nothing is written for it, said once."""
    if row.standing == why and row.told:
        return row
    if not quiet:
        log.info("stock of %s is left as it is (%s): %s", row.sku or row.number, why, said_of(why))
    return replace(row, standing=why, told=True)


def _tell(row: StockRow, case: StockCase, decision: Decision) -> None:
    taken = sum((one.quantity for one in decision.sum.taken), Decimal(0))
    less = f", {quantity(taken)} sold and not booked" if taken else ""
    held = f", {quantity(decision.sum.held)} in checkouts" if decision.sum.held else ""
    log.info(
        "stock of %s: %s became %s (e-conomic says %s%s%s)",
        row.sku,
        quantity(row.before),
        quantity(row.quantity),
        quantity(case.number.quantity),
        less,
        held,
    )


def _capped(known: Mapping[int, Known], case: StockCase) -> Mapping[int, Known]:
    """What is known of orders; none of it reserves where it comes to more than e-conomic itself says is ordered."""
    held = sum((one.on_open_orders for one in known.values()), Decimal(0))
    in_stock, available = case.row.in_stock, case.row.available
    if not held or (in_stock is not None and available is not None and held <= in_stock - available):
        return known
    return {order: replace(one, on_open_orders=Decimal(0)) for order, one in known.items()}


def _in_doubt(touched: Mapping[str, datetime | None], number: str, asked_at: datetime) -> bool:
    for name in (number, "*"):
        if name in touched:
            closed = touched[name]
            if closed is None or closed >= asked_at:
                return True
    return False
