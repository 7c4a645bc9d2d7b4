"""Money that moved for an order: what its paid invoices captured, and what its credit memos sent back by the gateway.

Facts: an invoice that is paid has state 2, and `transaction_id` where a gateway took the money; a credit memo has
`transaction_id` only when the gateway paid it back, and sales_order.total_online_refunded sums those. The rows of
sales_payment_transaction have no amount. Their `additional_information` holds what the gateway answered and is not
read, nor is any card column.
"""

from __future__ import annotations

from typing import Literal

from cdc.layout import Layout, Reader
from cdc.models import Capture
from cdc.rows import Row, moment, money

_PAID, _CANCELED = 2, 3
_TRANSACTIONS = "sales_payment_transaction"


def load_captures(reader: Reader, layout: Layout, order_id: int, method: str) -> tuple[Capture, ...]:
    """The order's captures, then its online refunds, each oldest first. `method` is the order's payment method."""
    kinds: tuple[tuple[Literal["capture", "refund"], str, str], ...] = (
        ("capture", "sales_invoice", f"d.state = {_PAID}"),
        ("refund", "sales_creditmemo", f"d.state <> {_CANCELED} AND ({_online(layout)})"),
    )
    return tuple(
        _capture(row, kind, method)
        for kind, table, which in kinds
        for row in reader.rows(_select(layout, table, kind, which), (order_id,))
    )


def _select(layout: Layout, table: str, kind: str, which: str) -> str:
    linked = layout.has(table, "transaction_id") and layout.has(_TRANSACTIONS)
    joined = (
        f" LEFT JOIN {layout.quoted(_TRANSACTIONS)} t ON t.order_id = d.order_id AND t.txn_id = d.transaction_id"
        f" AND t.txn_type = '{kind}'"
        if linked
        else ""
    )
    at = "COALESCE(MIN(t.created_at), d.created_at)" if linked else "d.created_at"
    return (
        f"SELECT d.entity_id, d.grand_total, d.base_grand_total, {at} AS created_at FROM {layout.quoted(table)} d"
        f" JOIN {layout.quoted('sales_order')} o ON o.entity_id = d.order_id{joined} WHERE d.order_id = %s AND {which}"
        " GROUP BY d.entity_id, d.grand_total, d.base_grand_total, d.created_at ORDER BY d.entity_id"
    )


def _online(layout: Layout) -> str:
    whole = "o.total_online_refunded > 0 AND o.total_online_refunded = o.total_refunded"
    known = layout.has("sales_order", "total_online_refunded") and layout.has("sales_order", "total_refunded")
    ways = [whole] if known else []
    if layout.has("sales_creditmemo", "transaction_id"):
        ways.append("d.transaction_id <> ''")
    return " OR ".join(f"({way})" for way in ways) or "FALSE"


def _capture(row: Row, kind: Literal["capture", "refund"], method: str) -> Capture:
    return Capture(
        id=int(row["entity_id"]),
        kind=kind,
        method=method,
        amount=money(row, "grand_total"),
        base_amount=money(row, "base_grand_total"),
        at=moment(row, "created_at"),
    )
