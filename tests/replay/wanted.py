"""What the shop's final rows and the profile ask for, told by them alone: no event has a say in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pymysql.cursors import Cursor

from sync.context import Context
from sync.preview import preview_order

_PLACES = {"order_draft": "/orders/drafts", "invoice_draft": "/invoices/drafts"}
_TABLES = {"sales_order": "sales_flat_order", "sales_creditmemo": "sales_flat_creditmemo"}
"""Magento 2's names, and Magento 1's."""


@dataclass(slots=True)
class Wanted:
    """Where each document stands and what it comes to, by its reference; and the lines of those that preview shows.

    Orders are told by `preview`, beside an e-conomic that holds nothing. A credit note follows a booked invoice, which
    preview cannot know there: it comes to what its credit memo's row says.
    """

    documents: dict[str, tuple[str, Decimal]] = field(default_factory=dict)
    lines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    parked: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, context: Context, cursor: Cursor) -> Wanted:
        """Look at every order and credit memo."""
        cursor.execute("SHOW TABLES LIKE 'sales_flat_order'")
        named = _TABLES if cursor.fetchall() else {name: name for name in _TABLES}
        found = cls()
        cursor.execute(f"SELECT entity_id FROM {named['sales_order']}")
        for (number,) in cursor.fetchall():
            found._order(context, int(number))
        cursor.execute(
            "SELECT o.increment_id, m.increment_id, m.grand_total FROM {sales_creditmemo} m JOIN {sales_order} o "
            "ON o.entity_id = m.order_id".format_map(named)
        )
        for order, memo, total in cursor.fetchall():
            found.documents[f"{order}/K{memo}"] = "/invoices/booked", -total.quantize(Decimal("0.01"))
        return found

    def _order(self, context: Context, number: int) -> None:
        preview = preview_order(context, f"id:{number}")
        self.parked |= {f"order {number} {one['role']}": one["reason"] for one in preview.parked}
        for document in preview.documents:
            place = _PLACES.get(document["kind"])
            if place is not None:
                reference = document["reference"].rpartition(" ")[2]
                gross = Decimal(document["expected"]["gross"])
                self.documents[reference] = "/invoices/booked" if document["book"] else place, gross
                self.lines[reference] = document["body"]["lines"]
