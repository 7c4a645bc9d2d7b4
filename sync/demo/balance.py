"""Shop against books, order by order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pymysql

from sync.demo.ledger import DocumentKind, LedgerDocument

_ORDERS = """
    SELECT increment_id, state, status, customer_email, grand_total, tax_amount, order_currency_code
    FROM sales_order ORDER BY entity_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOrder:
    """An order as it stands in Magento; amounts are in its own currency."""

    increment_id: str
    state: str
    status: str
    email: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    currency: str

    @property
    def wanted(self) -> DocumentKind | None:
        """The one document that it must have; None: none at all."""
        if self.state == "canceled":
            return None
        return "invoice" if self.state in ("complete", "closed") else "draft order"


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """One order on both sides. `milliseconds` is from the commit that completed it to its booking's arrival."""

    order: ShopOrder
    documents: Sequence[LedgerDocument]
    title: str = ""
    had_document: bool = False
    milliseconds: float | None = None

    @property
    def document(self) -> LedgerDocument | None:
        """The last of its documents in the direction in which they move."""
        return self.documents[-1] if self.documents else None

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
        return ""


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
    """Put each document beside its order: by its reference, which must be the order's number and nothing else."""
    found: dict[str, list[LedgerDocument]] = defaultdict(list)
    for document in documents:
        found[document.reference].append(document)
    seen = set(had_document)
    rows = [
        BalanceRow(
            order=order,
            documents=found.pop(order.increment_id, []),
            title=titles.get(order.increment_id, ""),
            had_document=order.increment_id in seen,
            milliseconds=milliseconds.get(order.increment_id),
        )
        for order in orders
    ]
    return Balance(rows=rows, strays=[stray for left in found.values() for stray in left])


def _cents(value: Decimal | None) -> Decimal:
    return (value or Decimal(0)).quantize(Decimal("0.01"))
