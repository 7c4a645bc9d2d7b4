"""The credit memos of real shops, delivered to the sandbox: each is its credit note's amount, to the øre."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from cdc.models import Order
from tests.integration.mapping.delivered import Delivered, deliver
from tests.integration.mapping.test_real_shops import FOLDER
from tests.integration.mapping.test_real_shops import orders as orders  # the fixture
from tests.unit.mapping.arithmetic import MODES

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no rows of real shops in {FOLDER}")

ZERO = Decimal(0)


def _notes(order: Order, found: Delivered) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    """The amounts of an order's credit notes by its credit memos' numbers."""
    return {
        reference.rpartition("/K")[2]: standing.amounts
        for reference, standing in found.documents.items()
        if "/K" in reference
    }


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("restock", ["always", "never"])
def test_every_credit_memo_stands_in_e_conomic(orders: list[Order], tmp_path: Path, mode: str, restock: str) -> None:
    refunded = [
        replace(order, id=number, increment_id=str(number), state="complete")
        for number, order in enumerate(orders, start=1)
        if order.credit_memos
    ]
    assert len(refunded) >= 3
    profile = f"vat_rounding: {mode}\ncredit_notes: {{restock: {restock}}}\n"
    found = deliver(refunded, tmp_path, profile, vat_rounding=mode)
    assert [f"{one.parked}: {one.advice}" for one in found.values() if one.parked] == []
    for order in refunded:
        notes = _notes(order, found[order.id])
        assert notes.keys() == {memo.increment_id for memo in order.credit_memos}
        for memo in order.credit_memos:
            net, vat, gross = notes[memo.increment_id]
            totals = memo.totals
            adjusted = totals.adjustment_positive - totals.adjustment_negative
            assert gross == -totals.grand_total
            assert net + vat == gross
            # all of these shops' goods are sold at 25%, so an adjustment is four fifths net
            assert abs(-vat - totals.tax - adjusted / 5) <= Decimal("0.005")
        invoice = found[order.id].documents[order.increment_id]
        left = sum((amounts[2] for amounts in notes.values()), invoice.amounts[2])
        assert left == order.total_invoiced - order.total_refunded
        for standing in found[order.id].documents.values():
            if standing.amounts[2] < 0:
                assert all(price >= 0 for _, _, price in standing.lines)
                if restock == "never":
                    assert {number for number, _, _ in standing.lines} <= {"refund", "rounding", "rounding-vat"}
