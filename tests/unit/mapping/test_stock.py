"""How much may be offered, by hand: a rule each, in the layouts that it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from cdc.models_stock import Demand, Reservation, Stocked, StockProduct
from mapping.stock import Booked, Decision, Known, Memory, Seen, Since, decide, found, taken_up

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
SINCE = Since(otherwise=NOON - timedelta(hours=12))


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def whole(*numbers: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(number) for number in numbers)


def order(number: int, ordered: str, *, cancelled: str = "0", created: datetime = NOON, store: int = 1) -> Demand:
    return Demand(
        order_id=number,
        increment_id=f"00{number}",
        store_id=store,
        created_at=created,
        state="processing",
        product_id=7,
        skus=frozenset({"MUG"}),
        ordered=Decimal(ordered),
        cancelled=Decimal(cancelled),
        shipped=Decimal(0),
    )


def booked(quantity: str, minutes: float) -> Known:
    return Known(booked=(Booked(quantity=Decimal(quantity), known_at=at(minutes)),))


def rows(quantity: str | Decimal | None, *demands: Demand) -> Stocked:
    return Stocked(
        product=StockProduct(id=7, sku="MUG", type="simple"),
        quantity=None if quantity is None else Decimal(quantity),
        reserves=False,
        managed=True,
        decimals=False,
        backorders=False,
        min_quantity=Decimal(0),
        in_stock=True,
        by_hand=False,
        demands=demands,
    )


def reserving(quantity: str, *demands: Demand, taken: Mapping[tuple[int, str], str], stocks: int = 1) -> Stocked:
    """Rows with reservations, by stock and increment id."""
    ids = {demand.increment_id: demand.order_id for demand in demands}
    reservations = tuple(
        Reservation(
            stock_id=stock,
            increment_id=number,
            order_ids=(ids[number],) if number in ids else (),
            quantity=Decimal(some),
        )
        for (stock, number), some in taken.items()
    )
    return replace(
        rows(quantity, *demands), reserves=True, reservations=reservations, stocks=tuple(range(1, stocks + 1))
    )


@dataclass
class Shop:
    """A shop without reservations that is looked at now and then; `row` is what the others and we made of it."""

    row: Decimal
    demands: list[Demand] = field(default_factory=list)
    known: dict[int, Known] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)

    @classmethod
    def applied(cls, number: str) -> Shop:
        """One where e-conomic's number was applied at noon, with nothing sold."""
        shop = cls(row=Decimal(number))
        shop.memory = Memory(applied=Seen(quantity=shop.row, asked_at=NOON))
        return shop

    def look(self, number: str, minutes: float, *, asked: float | None = None) -> Decision:
        """A look that is followed by its write and by what is to be remembered."""
        seen = Seen(quantity=Decimal(number), asked_at=at(minutes if asked is None else asked))
        decision = decide(rows(self.row, *self.demands), seen, self.memory, self.known, SINCE, at(minutes))
        self.row, self.memory = decision.sum.quantity, decision.memory
        return decision

    def cut(self, number: str, minutes: float, *, written: bool) -> None:
        """A look whose process ends in the middle of the write."""
        before = self.memory
        after = replace(self, memory=before)
        after.look(number, minutes)
        self.memory = replace(before, applying=after.memory.applied)
        self.row = after.row if written else self.row

    def restart(self, minutes: float) -> None:
        self.memory = taken_up(rows(self.row, *self.demands), self.memory, self.known, SINCE, at(minutes))


def test_a_number_less_what_is_sold_and_not_booked() -> None:
    shop = Shop.applied("10")
    shop.row, shop.demands = Decimal(6), [order(1, "3"), order(2, "2", cancelled="1")]
    decision = shop.look("10", 1)
    assert decision.sum.quantity == 6
    assert {one.order_id: one.quantity for one in decision.sum.taken} == {1: Decimal(3), 2: Decimal(1)}


def test_a_payment_that_takes_its_time_is_not_sold_a_second_time() -> None:
    shop = Shop.applied("3")
    shop.row -= 3  # the checkout took them; its order follows when the bank has answered
    assert shop.look("3", 1).sum.quantity == 0
    assert shop.look("5", 2).sum.quantity == 2
    shop.demands.append(order(1, "3"))
    decision = shop.look("5", 3)
    assert (decision.sum.quantity, decision.sum.held) == whole(2, 0)


def test_a_checkout_that_failed_is_offered_again_at_once() -> None:
    shop = Shop.applied("3")
    shop.row -= 2
    assert shop.look("3", 1).sum.held == 2
    shop.row += 2
    assert shop.look("3", 2).sum.quantity == 3
    assert shop.memory.in_flight.pieces == ()


def test_a_cancelled_order_is_offered_again() -> None:
    shop = Shop.applied("3")
    shop.row, shop.demands = Decimal(1), [order(1, "2")]
    assert shop.look("3", 1).sum.quantity == 1
    shop.row, shop.demands = Decimal(3), [order(1, "2", cancelled="2")]
    assert shop.look("3", 2).sum.quantity == 3


def test_a_cancellation_that_is_seen_half_is_put_back_and_believed_later() -> None:
    shop = Shop.applied("3")
    shop.row, shop.demands = Decimal(3), [order(1, "2")]  # given back; the order's columns follow
    assert shop.look("3", 1).sum.quantity == 1
    shop.demands = [order(1, "2", cancelled="2")]
    assert shop.look("3", 2).sum.quantity == 1
    assert shop.look("3", 17).sum.quantity == 3


def test_an_order_that_is_booked_in_part_takes_the_rest() -> None:
    shop = Shop.applied("9")
    shop.row, shop.demands, shop.known = Decimal(4), [order(1, "5")], {1: booked("2", 1)}
    assert shop.look("7", 2).sum.quantity == 4


@pytest.mark.parametrize(("asked", "offer"), [(1, 2), (1.5, 2), (2, 4)])
def test_a_booking_counts_for_numbers_that_were_asked_for_after_its_answer(asked: float, offer: int) -> None:
    shop = Shop.applied("4")
    shop.row, shop.demands, shop.known = Decimal(2), [order(1, "2")], {1: booked("2", 1.5)}
    assert shop.look("4", 3, asked=asked).sum.offer == offer


def test_a_piece_refunded_before_booking_comes_back_with_the_draft() -> None:
    shop = Shop.applied("5")
    shop.row, shop.demands = Decimal(3), [order(1, "3")]  # three were taken, one came back into the row
    assert shop.look("5", 1).sum.quantity == 2
    shop.known = {1: Known(taken_off=Decimal(1))}
    decision = shop.look("5", 2)
    assert (decision.sum.quantity, decision.sum.held) == whole(3, 0)
    shop.known = {1: replace(booked("2", 3), taken_off=Decimal(1))}
    assert shop.look("3", 4).sum.quantity == 3


def test_a_piece_refunded_after_booking_comes_back_with_its_credit() -> None:
    shop = Shop.applied("5")
    shop.row, shop.demands, shop.known = Decimal(3), [order(1, "3")], {1: booked("3", 1)}
    assert shop.look("2", 2).sum.quantity == 2
    assert shop.look("3", 3).sum.quantity == 3


def test_on_day_one_the_row_is_taken_as_it_is() -> None:
    shop = Shop(row=Decimal(40), demands=[order(1, "2")])
    shop.memory = found(rows(shop.row, *shop.demands), {}, SINCE, NOON)
    assert shop.look("10", 1).sum.quantity == 8
    shop.row -= 3
    assert shop.look("11", 2).sum.quantity == 6


def test_orders_before_since_are_settled_by_each_store_views_day() -> None:
    since = Since(otherwise=NOON, by_store={2: NOON + timedelta(hours=1)})
    demands = [order(1, "1", created=at(-1)), order(2, "2", created=at(1)), order(3, "4", created=at(1), store=2)]
    seen = Seen(quantity=Decimal(9), asked_at=at(5))
    assert decide(rows("9", *demands), seen, Memory(), {}, since, at(5)).sum.quantity == 7


def test_an_order_that_turns_out_to_be_skipped_is_offered_again_at_once() -> None:
    shop = Shop.applied("5")
    shop.row, shop.demands = Decimal(3), [order(1, "2")]
    assert shop.look("5", 1).sum.quantity == 3
    shop.known = {1: Known(skipped=True)}
    assert shop.look("5", 2).sum.quantity == 5


def test_an_order_that_is_not_skipped_any_more_hides_no_checkout() -> None:
    shop = Shop.applied("5")
    shop.row, shop.demands, shop.known = Decimal(3), [order(1, "2")], {1: Known(skipped=True)}
    assert shop.look("5", 1).sum.quantity == 5
    shop.row -= 2  # a checkout, while the other order is paid for and counts now
    shop.known = {}
    decision = shop.look("5", 2)
    assert (decision.sum.quantity, decision.sum.held) == whole(1, 2)


def test_an_order_that_becomes_a_draft_invoice_hides_no_checkout() -> None:
    shop = Shop.applied("5")
    shop.row, shop.demands, shop.known = Decimal(3), [order(1, "2")], {1: Known(on_open_orders=Decimal(2))}
    assert shop.look("3", 1).sum.quantity == 3  # `available`: the order reserves two
    shop.row -= 2  # a checkout
    shop.known = {}
    decision = shop.look("5", 2)
    assert (decision.sum.quantity, decision.sum.held) == whole(1, 2)


def test_an_order_that_the_ledger_has_not_seen_is_a_checkout_until_it_has() -> None:
    shop = Shop.applied("5")
    shop.row = Decimal(3)
    assert shop.look("6", 1).sum.quantity == 4
    shop.demands = [order(1, "2")]
    assert shop.look("6", 2).sum.quantity == 4


def test_an_edit_upwards_is_put_back() -> None:
    shop = Shop.applied("3")
    shop.row = Decimal(50)
    assert shop.look("3", 1).sum.quantity == 3
    assert shop.memory.in_flight.pieces == ()


def test_an_edit_upwards_does_not_end_checkouts() -> None:
    shop = Shop.applied("5")
    shop.row -= 2
    shop.look("5", 1)
    shop.row += 4
    assert shop.look("5", 2).sum.quantity == 3
    shop.demands = [order(1, "2")]
    assert shop.look("5", 3).sum.quantity == 3


def test_an_edit_downwards_is_put_back_after_a_quarter_of_an_hour() -> None:
    shop = Shop.applied("5")
    shop.row = Decimal(1)
    assert shop.look("5", 1).sum.quantity == 1
    assert shop.look("5", 15.9).sum.quantity == 1
    assert shop.look("5", 16).sum.quantity == 5


def test_what_was_put_back_does_not_make_a_new_checkout_look_old() -> None:
    shop = Shop.applied("5")
    shop.row = Decimal(1)
    shop.look("5", 1)
    shop.look("5", 16)
    shop.row -= 3
    assert shop.look("6", 17).sum.quantity == 3


def test_a_checkout_that_follows_one_that_became_an_order_is_not_as_old() -> None:
    shop = Shop.applied("4")
    shop.row -= 2
    shop.look("4", 0)
    shop.row, shop.demands = shop.row - 2, [order(1, "2")]  # the first is an order, the next has begun
    shop.look("4", 14)
    assert shop.look("4", 20).sum.held == 2


@pytest.mark.parametrize("written", [True, False])
@pytest.mark.parametrize("number", ["2", "9"])
def test_a_cut_write_is_made_good_at_once(number: str, written: bool) -> None:
    shop = Shop.applied("5")
    shop.cut(number, 1, written=written)
    shop.restart(2)
    decision = shop.look(number, 2)
    assert (decision.sum.quantity, decision.sum.held) == whole(int(number), 0)


@pytest.mark.parametrize("written", [True, False])
@pytest.mark.parametrize("number", ["2", "8"])
def test_beside_checkouts_a_cut_write_is_not_taken_for_one_of_the_same_size(number: str, written: bool) -> None:
    shop = Shop.applied("5")
    shop.row -= 1
    shop.look("5", 1)
    shop.cut(number, 2, written=written)
    shop.row -= 3  # exactly by how much the number moved
    shop.restart(3)
    assert shop.look(number, 3).sum.quantity <= int(number) - 4
    assert shop.look(number, 19).sum.quantity == int(number)


def test_a_second_cut_write_does_not_hide_the_first() -> None:
    shop = Shop.applied("5")
    shop.cut("10", 1, written=True)
    shop.restart(2)
    shop.cut("5", 2, written=False)
    shop.row -= 3
    shop.restart(3)
    assert shop.look("5", 3).sum.quantity <= 2


def test_a_cut_write_is_settled_even_by_whoever_forgets_to() -> None:
    shop = Shop.applied("5")
    shop.cut("2", 1, written=False)
    shop.row -= 4
    assert shop.look("2", 2).sum.quantity <= -2
    assert shop.memory.applying is None


def test_nobody_looked_for_a_while_and_another_checkout_may_stand_there() -> None:
    shop = Shop.applied("5")
    shop.row -= 2
    shop.look("5", 1)
    shop.restart(20)
    assert shop.look("5", 20).sum.held == 2
    assert shop.look("5", 35).sum.held == 0


def test_reservations_of_counted_orders_are_added_those_of_checkouts_are_not() -> None:
    held = reserving("9", order(1, "3"), taken={(1, "001"): "-3", (1, "002"): "-2"})
    seen = Seen(quantity=Decimal(9), asked_at=at(1))
    decision = decide(held, seen, Memory(), {}, SINCE, at(1))
    assert (decision.sum.offer, decision.sum.reserved, decision.sum.quantity) == whole(6, 3, 9)
    assert decision.sum.held == 0


def test_what_is_shipped_is_neither_on_the_source_nor_reserved() -> None:
    held = reserving("7", order(1, "3"), taken={(1, "001"): "-1"})
    seen = Seen(quantity=Decimal(9), asked_at=at(1))
    assert decide(held, seen, Memory(), {}, SINCE, at(1)).sum.quantity == 7


def test_orders_before_since_reserve_what_e_conomic_has_left_out() -> None:
    held = reserving("9", order(1, "3", created=at(-1000)), taken={(1, "001"): "-3"})
    seen = Seen(quantity=Decimal(6), asked_at=at(1))
    assert decide(held, seen, Memory(), {}, SINCE, at(1)).sum.quantity == 9


def test_reservations_of_skipped_orders_stay_taken_off() -> None:
    held = reserving("9", order(1, "3"), taken={(1, "001"): "-3"})
    seen = Seen(quantity=Decimal(9), asked_at=at(1))
    decision = decide(held, seen, Memory(), {1: Known(skipped=True)}, SINCE, at(1))
    assert (decision.sum.offer, decision.sum.quantity) == whole(9, 9)


def test_of_several_stocks_on_a_source_none_offers_too_much() -> None:
    taken = {(1, "001"): "-3", (2, "002"): "-1"}
    held = reserving("9", order(1, "3"), order(2, "1"), taken=taken, stocks=2)
    seen = Seen(quantity=Decimal(9), asked_at=at(1))
    quantity = decide(held, seen, Memory(), {}, SINCE, at(1)).sum.quantity
    assert (quantity - 3, quantity - 1) == whole(3, 5)
    unsold = reserving("9", order(1, "3"), taken={(1, "001"): "-3"}, stocks=2)
    assert decide(unsold, seen, Memory(), {}, SINCE, at(1)).sum.quantity == 6


def test_a_number_that_another_store_views_checkout_has_too_counts_no_more_than_the_order() -> None:
    held = reserving("9", order(1, "3"), taken={(1, "001"): "-5"})
    seen = Seen(quantity=Decimal(9), asked_at=at(1))
    decision = decide(held, seen, Memory(), {}, SINCE, at(1))
    assert (decision.sum.reserved, decision.sum.quantity - 5) == whole(3, 4)


@pytest.mark.parametrize(
    ("held", "number", "why"),
    [
        (rows("3"), "-1", "negative"),
        (rows("3"), "2.5", "fractional"),
        (rows("3", order(1, "0.5")), "2", "fractional"),
        (replace(rows("3"), managed=False), "2", "not_managed"),
        (rows(None), "2", "no_stock_row"),
        (replace(rows("3"), decimals=True), "2.5", ""),
        (rows("3", order(1, "4")), "2", ""),
    ],
)
def test_what_cannot_be_written_is_named(held: Stocked, number: str, why: str) -> None:
    decision = decide(held, Seen(quantity=Decimal(number), asked_at=NOON), Memory(), {}, SINCE, NOON)
    assert decision.refused == why
    assert decision.changes(held) is (not why)


def test_a_row_that_holds_it_already_is_left_alone() -> None:
    seen = Seen(quantity=Decimal("2.0000"), asked_at=NOON)
    assert not decide(rows("2"), seen, Memory(), {}, SINCE, NOON).changes(rows("2"))
