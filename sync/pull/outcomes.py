"""One product while it is compared, and what the pull made of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from cdc.models_stock import Stocked, StockProduct, Written
from mapping.stock import Decision, Known, Memory, Seen
from sync.pull.report import Sight
from sync.pull.seen import SeenProduct
from sync.state.stock import StockRow

Action = Literal["written", "unchanged", "differs", "refused", "again"]

COMPOSITE = frozenset({"configurable", "bundle", "grouped"})
"""Types whose own rows hold no quantity: they follow their parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCase:
    """One product that is compared.

    `number` is what decides; `answer` is e-conomic's whole answer, None where the last number is used. `lines` are its
    orders in the ledger, `known` what is known of all of its orders, by order id.
    """

    row: StockRow
    product: StockProduct
    number: Seen
    answer: SeenProduct | None = None
    rows: Stocked | None = None
    known: Mapping[int, Known] = field(default_factory=dict)
    lines: Collection[int] = ()
    memory: Memory = field(default_factory=Memory)

    def ended(self, action: Action, row: StockRow, decision: Decision | None = None) -> StockOutcome:
        """How it ended; `row` is what the state is to hold."""
        return StockOutcome(action=action, row=row, sight=self.sight(row, decision, action=action))

    def sight(
        self, row: StockRow, decision: Decision | None, written: Written | None = None, action: Action = "unchanged"
    ) -> Sight:
        """What people are shown of it."""
        return Sight(
            number=row.number,
            sku=row.sku,
            in_stock=row.in_stock,
            available=row.available,
            asked_at=self.number.asked_at if self.answer is None else self.answer.asked_at,
            rows=self.rows,
            known=self.known,
            decision=decision,
            standing=row.standing,
            written=written,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StockOutcome:
    """One product's end.

    ``differs`` is a dry run's word for what would be written, ``refused`` has its reason in `row.standing`, and
    ``again`` means that e-conomic has to be asked anew: a booking was under way, or Magento's row was locked, as
    `row.standing` says. `row` is what the state is to hold.
    `done` are lines of the ledger, as (product, order), that take nothing any more once it does.
    """

    action: Action
    row: StockRow
    sight: Sight
    done: tuple[tuple[int, int], ...] = ()


def refused(row: StockRow, answer: SeenProduct | None) -> StockOutcome:
    """A product that was not compared with Magento's rows, for what stands in `row.standing`."""
    asked_at: datetime | None = None if answer is None else answer.asked_at
    sight = Sight(
        number=row.number,
        sku=row.sku,
        in_stock=row.in_stock,
        available=row.available,
        asked_at=asked_at,
        standing=row.standing,
    )
    return StockOutcome(action="refused", row=row, sight=sight)


def with_answer(row: StockRow, answer: SeenProduct) -> StockRow:
    """The row with both of e-conomic's numbers."""
    inventory = answer.product.inventory
    if inventory is None:
        return row
    return replace(row, in_stock=inventory.in_stock, available=inventory.available)


def of_product(row: StockRow, product: StockProduct | None) -> StockRow:
    """The row as that of this product. What is remembered of another one's rows is nothing to it."""
    number, sku = (None, "") if product is None else (product.id, product.sku)
    if row.product_id not in (None, number):
        row = replace(row.with_memory(Memory()), by_hand=False, seen=None, seen_at=None)
    return replace(row, product_id=number, sku=sku)


def seen_as(row: StockRow, seen: Seen) -> StockRow:
    """The row with the number that was decided by."""
    return replace(row, seen=seen.quantity, seen_at=seen.asked_at)


def same_but_times(one: StockRow, other: StockRow) -> bool:
    """Whether two rows differ in nothing but when the same number was seen and applied."""
    return replace(one, seen_at=other.seen_at, applied_at=other.applied_at) == other
