"""Checkouts in flight: what is held is never less than it may be, and never older."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.inflight import LONGEST, NOTHING, InFlight, Piece, holding

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)

amounts = st.integers(0, 40).map(lambda number: Decimal(number) / 4)
ages = st.lists(st.integers(0, 1800), max_size=5).map(lambda some: sorted(some, reverse=True))
flights = st.tuples(ages, st.lists(st.integers(1, 12), min_size=5, max_size=5)).map(
    lambda pair: InFlight(
        tuple(
            Piece(quantity=Decimal(quantity), since=NOON - timedelta(seconds=age))
            for age, quantity in zip(pair[0], pair[1], strict=False)
        )
    )
)


def younger_than(flight: InFlight, moment: datetime) -> Decimal:
    """How much of it was noticed after a moment."""
    return sum((piece.quantity for piece in flight.pieces if piece.since > moment), Decimal(0))


@settings(max_examples=100, deadline=None)
@given(flights, amounts, amounts)
def test_a_shortfall_is_held_whole_and_its_pieces_are_positive_and_in_order(
    known: InFlight, gap: Decimal, arrived: Decimal
) -> None:
    flight = holding(known, gap, arrived=arrived, now=NOON)
    assert flight.whole == gap
    assert all(piece.quantity > 0 for piece in flight.pieces)
    assert [piece.since for piece in flight.pieces] == sorted(piece.since for piece in flight.pieces)


@settings(max_examples=100, deadline=None)
@given(flights, amounts, st.integers(0, 1800))
def test_what_stays_is_as_young_as_it_may_be(known: InFlight, quantity: Decimal, age: int) -> None:
    moment, left = NOON - timedelta(seconds=age), known.less(quantity)
    assert left.whole == max(Decimal(0), known.whole - quantity)
    assert younger_than(left, moment) == min(left.whole, younger_than(known, moment))


@settings(max_examples=100, deadline=None)
@given(flights, amounts, amounts)
def test_what_orders_do_not_explain_is_new(known: InFlight, gap: Decimal, arrived: Decimal) -> None:
    flight = holding(known, gap, arrived=arrived, now=NOON)
    new = gap - max(Decimal(0), known.whole - arrived)
    if new > 0:
        assert flight.pieces[-1] == Piece(quantity=new, since=NOON) or known.pieces[-1:] == flight.pieces[-1:]
        assert flight.held(NOON) >= new


@settings(max_examples=100, deadline=None)
@given(flights, amounts.map(lambda some: -some - 1), st.integers(-8, 8).map(Decimal))
def test_a_row_that_holds_too_much_ends_no_more_checkouts_than_orders_came(
    known: InFlight, gap: Decimal, arrived: Decimal
) -> None:
    flight = holding(known, gap, arrived=arrived, now=NOON)
    assert flight == known.less(max(Decimal(0), arrived))


@settings(max_examples=100, deadline=None)
@given(flights, st.integers(0, 1800))
def test_only_what_is_younger_than_a_quarter_of_an_hour_counts(known: InFlight, later: int) -> None:
    now = NOON + timedelta(seconds=later)
    assert known.held(now) == younger_than(known, now - LONGEST)
    assert known.counted(now).whole == known.held(now)


@settings(max_examples=100, deadline=None)
@given(flights)
def test_what_nobody_watched_is_held_as_if_new(known: InFlight) -> None:
    anew = known.anew(NOON)
    assert (anew.whole, anew.held(NOON + LONGEST - timedelta(seconds=1))) == (known.whole, known.whole)
    assert anew.held(NOON + LONGEST) == 0


def test_nothing_is_no_piece() -> None:
    assert holding(NOTHING, Decimal(0), arrived=Decimal(0), now=NOON) == NOTHING
