"""Credit memos as Magento would store them, beside `builders`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from cdc.models import CreditMemo, SubLine
from tests.unit.mapping.builders import totals


def memo(
    *rows: SubLine,
    id: int = 1,  # noqa: A002
    ship: tuple[str, ...] = (),
    plus: str = "0",
    minus: str = "0",
    **changes: Any,
) -> CreditMemo:
    """A refunded credit memo of these rows; `plus` and `minus` are its adjustments, which carry no VAT."""
    sums = totals(rows, *ship)
    up, down = Decimal(plus), Decimal(minus)
    sums = replace(sums, adjustment_positive=up, adjustment_negative=down, grand_total=sums.grand_total + up - down)
    base = CreditMemo(
        id=id,
        increment_id=f"00000020{id}",
        state="refunded",
        created_at=datetime(2026, 3, 9, 23, 30, tzinfo=UTC),
        invoice_id=None,
        totals=sums,
        lines=tuple(rows),
    )
    return replace(base, **changes)
