"""Whatever the rows hold: in no stock is more offered than e-conomic's number less what is sold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from cdc.models_stock import Demand, Reservation, Stocked, StockProduct
from mapping.inflight import InFlight, Piece
from mapping.stock import Booked, Known, Memory, Seen, Since, decide, taken_up

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
SINCE = Since(otherwise=NOON - timedelta(hours=1))

amounts = st.integers(-6, 12).map(Decimal)
some = st.integers(0, 6).map(Decimal)
moments = st.integers(-90, 90).map(lambda minutes: NOON + timedelta(minutes=minutes))
seen = st.builds(Seen, quantity=amounts, asked_at=moments)
known = st.dictionaries(
    st.integers(1, 3),
    st.builds(
        Known,
        skipped=st.booleans(),
        taken_off=some,
        booked=st.lists(st.builds(Booked, quantity=some, known_at=moments), max_size=2).map(tuple),
        on_open_orders=some,
    ),
)
demands = st.dictionaries(st.integers(1, 3), st.tuples(some, some, moments), max_size=3).map(
    lambda orders: tuple(
        Demand(
            order_id=number,
            increment_id=str(number),
            store_id=1,
            created_at=created,
            state="new",
            product_id=7,
            skus=frozenset({"MUG"}),
            ordered=ordered + cancelled,
            cancelled=cancelled,
            shipped=Decimal(0),
        )
        for number, (ordered, cancelled, created) in orders.items()
    )
)
reservations = st.lists(
    st.builds(
        Reservation,
        stock_id=st.integers(1, 2),
        increment_id=st.just(""),
        order_ids=st.lists(st.integers(1, 3), max_size=2, unique=True).map(tuple),
        quantity=amounts,
    ),
    max_size=4,
).map(tuple)
flights = st.lists(
    st.builds(Piece, quantity=st.integers(1, 4).map(Decimal), since=st.just(NOON - timedelta(minutes=5))), max_size=2
).map(lambda pieces: InFlight(tuple(pieces)))
memories = st.builds(
    Memory, applied=st.none() | seen, applying=st.none() | seen, in_flight=flights, open=st.just(Decimal(0))
)


def stocked(quantity: Decimal, orders: tuple[Demand, ...], held: tuple[Reservation, ...] | None) -> Stocked:
    return Stocked(
        product=StockProduct(id=7, sku="MUG", type="simple"),
        quantity=quantity,
        reserves=held is not None,
        managed=True,
        decimals=False,
        backorders=False,
        min_quantity=Decimal(0),
        in_stock=True,
        by_hand=False,
        demands=orders,
        reservations=held or (),
        stocks=() if held is None else (1, 2),
    )


@settings(max_examples=150, deadline=None)
@given(seen, demands, reservations, known)
def test_no_stock_offers_more(
    number: Seen, orders: tuple[Demand, ...], held: tuple[Reservation, ...], of: Mapping[int, Known]
) -> None:
    rows = stocked(Decimal(5), orders, held)
    decision = decide(rows, number, Memory(), of, SINCE, NOON)
    for stock in rows.stocks:
        reserved = sum((one.quantity for one in held if one.stock_id == stock), Decimal(0))
        assert decision.sum.quantity + reserved <= decision.sum.offer
    assert decision.sum.offer <= number.quantity


@settings(max_examples=150, deadline=None)
@given(amounts, seen, demands, known, memories)
def test_no_row_offers_more_and_looking_again_changes_nothing(
    row: Decimal, number: Seen, orders: tuple[Demand, ...], of: Mapping[int, Known], memory: Memory
) -> None:
    decision = decide(stocked(row, orders, None), number, memory, of, SINCE, NOON)
    assert decision.sum.quantity <= decision.sum.offer <= number.quantity
    after = stocked(decision.sum.quantity, orders, None)
    again = decide(after, number, decision.memory, of, SINCE, NOON)
    assert (again.sum, again.memory) == (decision.sum, decision.memory)


@settings(max_examples=150, deadline=None)
@given(amounts, seen, demands, known, memories)
def test_a_row_that_neither_value_explains_holds_what_either_asks_for(
    row: Decimal, number: Seen, orders: tuple[Demand, ...], of: Mapping[int, Known], memory: Memory
) -> None:
    rows = stocked(row, orders, None)
    held = decide(rows, number, taken_up(rows, memory, of, SINCE, NOON), of, SINCE, NOON).sum.held
    both = [one for one in (memory.applied, memory.applying) if memory.applied is not None and one is not None]
    asked = [decide(rows, number, Memory(applied=one), of, SINCE, NOON).sum.held for one in both]
    if memory.in_flight.pieces or all(asked):
        assert held >= max(asked, default=Decimal(0))


def test_what_gives_back_too_much_is_not_offered() -> None:
    twice = Reservation(stock_id=1, increment_id="9", order_ids=(), quantity=Decimal(2))
    decision = decide(
        stocked(Decimal(5), (), (twice,)), Seen(quantity=Decimal(5), asked_at=NOON), Memory(), {}, SINCE, NOON
    )
    assert decision.sum.quantity == 3
