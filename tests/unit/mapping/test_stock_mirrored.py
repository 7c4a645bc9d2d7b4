from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from cdc.models_stock import Stocked, StockProduct
from mapping.stock import Memory, Seen, Since, decide

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
ROWS = Stocked(
    product=StockProduct(id=7, sku="MUG", type="simple"),
    quantity=Decimal(5),
    reserves=True,
    managed=True,
    decimals=False,
    backorders=False,
    min_quantity=Decimal(0),
    in_stock=True,
    by_hand=False,
    stocks=(1,),
)


def _changes(rows: Stocked, quantity: int) -> bool:
    seen = Seen(quantity=Decimal(quantity), asked_at=NOON)
    return decide(rows, seen, Memory(), {}, Since(otherwise=NOON), NOON).changes(rows)


def test_rows_that_differ_from_each_other_are_written_though_one_of_them_is_right() -> None:
    torn = replace(ROWS, mirrored=False)
    assert [_changes(ROWS, quantity) for quantity in (5, 6)] == [False, True]
    assert [_changes(torn, quantity) for quantity in (5, 6)] == [True, True]
    assert not _changes(replace(torn, managed=False), 5)
    assert not _changes(replace(torn, quantity=None), 5)
