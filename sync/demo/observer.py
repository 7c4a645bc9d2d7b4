"""Looks at both sides while the demo runs, and once more, thoroughly, at the end."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pymysql

from sync.demo.balance import Balance, compare, read_orders
from sync.demo.ledger import Ledger
from sync.demo.story import Act

_SKUS = "SELECT DISTINCT sku FROM sales_order_item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the summary says.

    `wrong` is what is not as it must be beside the orders' own rows. `milliseconds` are from the commit that completed
    an order to its booking's arrival, sorted.
    """

    balance: Balance
    debtors: int
    products: int
    wrong: Sequence[str]
    milliseconds: Sequence[float]

    @property
    def differences(self) -> int:
        """Orders that are not equal, documents without an order, and what else is wrong."""
        return sum(1 for row in self.balance.rows if row.problem) + len(self.balance.strays) + len(self.wrong)

    def percentile(self, share: float) -> float:
        """The nearest-rank percentile of the milliseconds; NaN when nothing was booked."""
        if not self.milliseconds:
            return math.nan
        return self.milliseconds[max(0, math.ceil(share * len(self.milliseconds)) - 1)]


class Observer:
    """Reads the shop by SQL and the books over HTTP; `supplied` are the products that the agreement began with."""

    def __init__(self, shop: pymysql.Connection[Any], ledger: Ledger) -> None:
        self._shop = shop
        self._ledger = ledger
        self._supplied = ledger.products()
        self._milliseconds: dict[str, float] = {}
        self._had_document: set[str] = set()

    @property
    def booked(self) -> int:
        """How many bookings were seen so far."""
        return len(self._milliseconds)

    def look(self, acts: Sequence[Act], *, everywhere: bool = False) -> Balance:
        """Both sides as they are now; `everywhere` also looks where no document is expected."""
        orders = read_orders(self._shop)
        documents = self._ledger.documents(everywhere=everywhere)
        drafts = {one.reference: one.draft for one in documents if one.kind == "invoice"}
        committed = {act.increment_id: act.committed_at for act in acts if act.over}
        if any(reference in committed for reference in drafts.keys() - self._milliseconds.keys()):
            arrived = self._ledger.bookings()
            for reference, draft in drafts.items():
                if draft in arrived and reference in committed:
                    self._milliseconds[reference] = (arrived[draft] - committed[reference]) * 1000
        self._had_document.update(one.reference for one in documents)
        return compare(
            orders,
            documents,
            titles={act.increment_id: act.scene.title for act in acts},
            had_document=self._had_document,
            milliseconds=self._milliseconds,
        )

    def figures(self, acts: Sequence[Act]) -> Figures:
        """Everything once more, with debtors and products."""
        balance = self.look(acts, everywhere=True)
        debtors, products = self._ledger.debtors(), self._ledger.products() - self._supplied
        wrong = list(self._wrong_debtors(debtors, balance))
        wrong += [f"product {number} is no article that was ordered" for number in sorted(products - self._ordered())]
        placed = sum(1 for act in acts if act.increment_id)
        if placed != len(balance.rows):
            wrong.append(f"{placed} orders were placed, sales_order holds {len(balance.rows)}")
        return Figures(
            balance=balance,
            debtors=len(debtors),
            products=len(products),
            wrong=wrong,
            milliseconds=sorted(self._milliseconds.values()),
        )

    def _wrong_debtors(self, debtors: Sequence[str], balance: Balance) -> Iterator[str]:
        """One debtor for each person with a document; people whose order was cancelled early may have one."""
        needed = {row.order.email for row in balance.rows if row.documents}
        known = {row.order.email for row in balance.rows}
        for email in sorted(set(debtors)):
            if debtors.count(email) > 1:
                yield f"{debtors.count(email)} customers for one person"
            if email not in known:
                yield "a customer who never ordered"
        for _ in needed - set(debtors):
            yield "a document, but no customer with the buyer's e-mail address"

    def _ordered(self) -> set[str]:
        with self._shop.cursor() as cursor:
            cursor.execute(_SKUS)
            return {str(sku) for (sku,) in cursor.fetchall()}
