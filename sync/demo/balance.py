"""Shop against books, order by order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pymysql

from sync.demo.ledger import DocumentKind, LedgerDocument

_MEMOS = """
    SELECT o.increment_id, m.increment_id, m.grand_total, m.tax_amount
    FROM sales_creditmemo m JOIN sales_order o ON o.entity_id = m.order_id WHERE m.state <> 3 ORDER BY m.entity_id
"""
_ORDERS = """
    SELECT increment_id, state, status, customer_email, grand_total, tax_amount, order_currency_code
    FROM sales_order ORDER BY entity_id
"""


_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopMemo:
    """A credit memo as it stands in Magento; amounts are positive and in its order's currency."""

    increment_id: str
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOrder:
    """An order as it stands in Magento, with its refunds; amounts are in its own currency."""

    increment_id: str
    state: str
    status: str
    email: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    currency: str
    memos: Sequence[ShopMemo] = ()

    @property
    def left(self) -> tuple[Decimal, Decimal, Decimal]:
        """Net, VAT and gross less what was refunded."""
        return (
            self.net - sum((memo.net for memo in self.memos), _ZERO),
            self.vat - sum((memo.vat for memo in self.memos), _ZERO),
            self.gross - sum((memo.gross for memo in self.memos), _ZERO),
        )

    @property
    def wanted(self) -> DocumentKind | None:
        """The one document that it must have; None: none at all."""
        if self.state == "canceled":
            return None
        return "invoice" if self.state in ("complete", "closed") else "draft order"


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """One order on both sides; `notes` are its credit notes.

    `milliseconds` is from the commit that completed it to its booking's arrival.
    """

    order: ShopOrder
    documents: Sequence[LedgerDocument]
    notes: Sequence[LedgerDocument] = ()
    title: str = ""
    had_document: bool = False
    milliseconds: float | None = None

    @property
    def document(self) -> LedgerDocument | None:
        """The last of its documents in the direction in which they move."""
        return self.documents[-1] if self.documents else None

    @property
    def left(self) -> tuple[Decimal, Decimal, Decimal]:
        """Net, VAT and gross that the books have of the order: its document less its credit notes."""
        there = [*self.documents[-1:], *self.notes]
        return (
            sum((one.net for one in there), _ZERO),
            sum((one.vat for one in there), _ZERO),
            sum((one.gross for one in there), _ZERO),
        )

    @property
    def problem(self) -> str:
        """What is not as it must be; empty when both sides are equal."""
        wanted = self.order.wanted
        if len(self.documents) > 1:
            return f"{len(self.documents)} documents: {', '.join(str(one) for one in self.documents)}"
        if wanted is None:
            return f"cancelled, but {self.documents[0]} is there" if self.documents else ""
        if not self.documents:
            return f"no {wanted}"
        one = self.documents[0]
        if one.kind != wanted:
            return f"{one} instead of {'an' if wanted == 'invoice' else 'a'} {wanted}"
        if (one.net, one.vat, one.gross) != (self.order.net, self.order.vat, self.order.gross):
            return "amounts differ"
        return self._problem_of_notes()

    def _problem_of_notes(self) -> str:
        found: dict[str, list[LedgerDocument]] = defaultdict(list)
        for note in self.notes:
            found[note.reference].append(note)
        for memo in self.order.memos:
            there = found.pop(f"{self.order.increment_id}/K{memo.increment_id}", [])
            if len(there) != 1:
                return f"{len(there)} credit notes for credit memo {memo.increment_id}"
            one = there[0]
            if one.kind != "credit note":
                return f"{one} instead of a credit note"
            if (-one.net, -one.vat, -one.gross) != (memo.net, memo.vat, memo.gross):
                return f"amounts of {one} differ"
        return "a credit note without a credit memo" if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """All orders, and the documents that belong to none of them."""

    rows: Sequence[BalanceRow]
    strays: Sequence[LedgerDocument]

    @property
    def equal(self) -> bool:
        """Whether every order has exactly its document and nothing else is there."""
        return not self.strays and not any(row.problem for row in self.rows)


def read_orders(connection: pymysql.Connection[Any]) -> list[ShopOrder]:
    """Every order of the shop, by its own SQL. Net is the grand total less its tax."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS)
        rows = cursor.fetchall()
        cursor.execute(_MEMOS)
        memos: dict[str, list[ShopMemo]] = defaultdict(list)
        for order_id, number, grand_total, tax in cursor.fetchall():
            gross, vat = _cents(grand_total), _cents(tax)
            memos[order_id].append(ShopMemo(increment_id=number, net=gross - vat, vat=vat, gross=gross))
    orders = []
    for increment_id, state, status, email, grand_total, tax, currency in rows:
        gross, vat = _cents(grand_total), _cents(tax)
        order = ShopOrder(
            increment_id=increment_id,
            state=state,
            status=status,
            email=email,
            net=gross - vat,
            vat=vat,
            gross=gross,
            currency=currency,
            memos=memos[increment_id],
        )
        orders.append(order)
    return orders


def compare(
    orders: Iterable[ShopOrder],
    documents: Iterable[LedgerDocument],
    *,
    titles: Mapping[str, str],
    had_document: Iterable[str] = (),
    milliseconds: Mapping[str, float],
) -> Balance:
    """Put each document beside its order: by its reference, which must be the order's number and nothing else.

    That of a credit note is the order's number, ``/K`` and the credit memo's.
    """
    found: dict[str, list[LedgerDocument]] = defaultdict(list)
    notes: dict[str, list[LedgerDocument]] = defaultdict(list)
    for document in documents:
        order_number, slash, _ = document.reference.partition("/K")
        (notes if slash else found)[order_number].append(document)
    seen = set(had_document)
    rows = [
        BalanceRow(
            order=order,
            documents=_standing(found.pop(order.increment_id, [])),
            notes=notes.pop(order.increment_id, []),
            title=titles.get(order.increment_id, ""),
            had_document=order.increment_id in seen,
            milliseconds=milliseconds.get(order.increment_id),
        )
        for order in orders
    ]
    lost = (*found.values(), *notes.values())
    return Balance(rows=rows, strays=[stray for left in lost for stray in left])


def _standing(documents: list[LedgerDocument]) -> list[LedgerDocument]:
    """Without the order that e-conomic archived when an invoice was made of it."""
    invoiced = any(one.kind in ("draft invoice", "invoice") for one in documents)
    return [one for one in documents if not (invoiced and one.kind == "archived order")]


def _cents(value: Decimal | None) -> Decimal:
    return (value or Decimal(0)).quantize(Decimal("0.01"))
