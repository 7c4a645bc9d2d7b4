"""What many orders take is read before the lock: together with what came since, it is as if read under it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from cdc.models_stock import Demand, Reservation, Stocked
from mapping.stock import Decision, Memory, Seen, decide, sums_of
from tests.unit.mapping.test_stock import NOON, SINCE, at, order, reserving

TEN = Seen(quantity=Decimal(10), asked_at=at(1))


def reserved(quantity: int, number: str, *orders: int) -> Reservation:
    return Reservation(stock_id=1, increment_id=number, order_ids=orders, quantity=Decimal(quantity))


def looked(*demands: Demand, taken: tuple[Reservation, ...] = (), before: Stocked | None = None) -> Stocked:
    return replace(reserving("0", *demands, taken={}), reservations=taken, before=before)


def decided(rows: Stocked, *, at_hand: bool = True) -> Decision:
    earlier = sums_of(rows.before, TEN, Memory(), {}, SINCE) if at_hand and rows.before is not None else None
    return decide(rows, TEN, Memory(), {}, SINCE, NOON, earlier=earlier)


def offer(rows: Stocked) -> Decimal:
    """What Magento sells once that is written."""
    every = (*(rows.before.reservations if rows.before else ()), *rows.reservations)
    return decided(rows).sum.quantity + sum((one.quantity for one in every), Decimal(0))


def test_an_order_that_came_since_is_taken_off_once() -> None:
    first, second = order(1, "3"), order(2, "2")
    before = looked(first, taken=(reserved(-3, "001", 1),))
    now = looked(second, taken=(reserved(-2, "002", 2),), before=before)
    assert offer(now) == offer(looked(first, second, taken=(*before.reservations, *now.reservations))) == 5
    assert decided(now) == decided(now, at_hand=False)


def test_a_checkout_of_another_store_view_that_shares_the_number_is_not_evened_out() -> None:
    before = looked(order(1, "5"), taken=(reserved(-5, "001", 1),))
    assert offer(looked(taken=(reserved(-4, "001", 1),), before=before)) == 1


def test_a_checkout_that_fails_meanwhile_takes_nothing() -> None:
    before = looked(order(1, "5"), taken=(reserved(-5, "001", 1), reserved(-2, "002")))
    assert offer(looked(taken=(reserved(2, "002"),), before=before)) == 5


def test_a_row_that_is_changed_upward_meanwhile_is_not_evened_out() -> None:
    before = looked(order(1, "5"), taken=(reserved(-5, "001", 1),))
    assert offer(looked(taken=(reserved(-3, "001", 1),), before=before)) == 2


def test_what_is_released_meanwhile_stays_taken_off_until_the_order_says_so() -> None:
    before = looked(order(1, "5"), taken=(reserved(-5, "001", 1),))
    assert offer(looked(taken=(reserved(5, "001", 1),), before=before)) == 5
