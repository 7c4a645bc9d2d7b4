"""Captures and online refunds: paid invoices and what the gateway paid back, dated by the gateway's transactions."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from cdc.models import Capture
from cdc.shop import Shop
from sync.demo.tables import Value
from tests.integration.cdc.load_world import World

D = Decimal
MADE = "2026-03-05 10:00:00"
TAKEN = "2026-03-07 22:30:00"
_NUMBERS = itertools.count(1)
_PAYMENTS: dict[int, int] = {}


def bill(world: World, order: int, table: str = "sales_invoice", **columns: Value) -> int:
    row: dict[str, Any] = {
        "order_id": order,
        "increment_id": f"{table[6]}{order}-{next(_NUMBERS)}",
        "state": 2,
        "store_id": 1,
        "grand_total": D("149.0000"),
        "base_grand_total": D("149.0000"),
        "subtotal": D("119.2000"),
        "tax_amount": D("29.8000"),
        "created_at": MADE,
    }
    return world.tables.insert(table, row | columns)


def took(world: World, order: int, transaction: str, kind: str, at: str = TAKEN) -> None:
    world.tables.insert(
        "sales_payment_transaction",
        {"order_id": order, "payment_id": _PAYMENTS[order], "txn_id": transaction, "txn_type": kind, "created_at": at},
    )


def placed(world: World, **columns: Value) -> int:
    order = world.order(**columns)
    world.item(order)
    _PAYMENTS[order] = world.tables.insert("sales_order_payment", {"parent_id": order, "method": "quickpay_gateway"})
    return order


def captures(world: World, order: int) -> tuple[Capture, ...]:
    found = world.shop.order(order)
    assert found is not None
    return found.captures


def test_an_order_without_invoices_has_none(world: World) -> None:
    assert captures(world, placed(world)) == ()


def test_each_paid_invoice_is_a_capture_dated_by_the_gateways_transaction(world: World) -> None:
    order = placed(world)
    first = bill(world, order, transaction_id="T-1", grand_total=D("100"), base_grand_total=D("13.40"))
    second = bill(world, order, transaction_id="T-2")
    bill(world, order, state=1)
    bill(world, order, state=3, transaction_id="T-3")
    took(world, order, "T-1", "capture")
    took(world, order, "T-1-auth", "authorization", "2026-03-01 09:00:00")
    took(world, order, "T-3", "capture")
    assert captures(world, order) == (
        Capture(
            id=first,
            kind="capture",
            method="quickpay_gateway",
            amount=D("100.0000"),
            base_amount=D("13.4000"),
            at=datetime(2026, 3, 7, 22, 30, tzinfo=UTC),
        ),
        Capture(
            id=second,
            kind="capture",
            method="quickpay_gateway",
            amount=D("149.0000"),
            base_amount=D("149.0000"),
            at=datetime(2026, 3, 5, 10, 0, tzinfo=UTC),
        ),
    )


def test_a_refund_counts_when_the_gateway_made_it(world: World) -> None:
    order = placed(world, total_refunded=D("298"), total_online_refunded=D("149"))
    bill(world, order)
    online = bill(world, order, "sales_creditmemo", transaction_id="R-1")
    bill(world, order, "sales_creditmemo", transaction_id=None)
    bill(world, order, "sales_creditmemo", transaction_id="R-2", state=3)
    took(world, order, "R-1", "refund")
    assert [(one.id, one.at) for one in captures(world, order) if one.kind == "refund"] == [
        (online, datetime(2026, 3, 7, 22, 30, tzinfo=UTC))
    ]


@pytest.mark.parametrize(("online", "expected"), [("149", 1), ("0", 0)])
def test_all_was_refunded_online_or_nothing(world: World, online: str, expected: int) -> None:
    order = placed(world, total_refunded=D("149"), total_online_refunded=D(online))
    bill(world, order)
    bill(world, order, "sales_creditmemo")
    assert len([one for one in captures(world, order) if one.kind == "refund"]) == expected


def test_the_same_transaction_number_of_another_order_does_not_matter(world: World) -> None:
    other = placed(world)
    took(world, other, "T-9", "capture")
    order = placed(world)
    bill(world, order, transaction_id="T-9")
    assert captures(world, order)[0].at == datetime(2026, 3, 5, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("own_world", [("mg_", True)], indirect=True)
def test_a_shop_without_transactions_has_captures_all_the_same(own_world: World) -> None:
    order = placed(own_world)
    bill(own_world, order, transaction_id="T-1")
    own_world.execute("DROP TABLE mg_sales_payment_transaction")
    with_prefix = Shop(own_world.server.url(own_world.schema), prefix="mg_")
    try:
        found = with_prefix.order(order)
    finally:
        with_prefix.close()
    assert found is not None
    assert [one.at for one in found.captures] == [datetime(2026, 3, 5, 10, 0, tzinfo=UTC)]
