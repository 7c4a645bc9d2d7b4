"""How much of a product may be offered: e-conomic's number less what is sold and not booked yet.

    T = I - SUM max(0, ordered - cancelled - quantity on e-conomic's booked lines of that product)

over the orders since `stock.since` that the profile does not skip. Shipped, refunded and returned columns count for
nothing: what was refunded comes back by a booked credit line, or when the profile takes an unshipped piece off a draft.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from cdc.models_stock import Demand, Reservation, Stocked
from mapping.inflight import NOTHING, InFlight, holding
from mapping.money import ZERO

Basis = Literal["in_stock", "available"]

LARGEST = Decimal("99999999.9999")
"""What Magento's columns hold, decimal(12,4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """e-conomic's number of a product. `asked_at` is when its request was sent, by the state's clock (aware UTC)."""

    quantity: Decimal
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """Pieces on one booked invoice of an order; `known_at` is when e-conomic's answer that says so was stored.

    `ours`: this program booked it; else somebody did at an earlier time that nobody knows.
    """

    quantity: Decimal
    known_at: datetime
    ours: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one order's share of one product beside Magento's rows.

    `skipped`: the profile leaves the order out of e-conomic. `taken_off` are unshipped pieces that the profile took off
    a draft because they were refunded. `on_open_orders` stand on orders in e-conomic that are proven to reserve.
    """

    skipped: bool = False
    taken_off: Decimal = ZERO
    booked: tuple[Booked, ...] = ()
    on_open_orders: Decimal = ZERO


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """From when orders count: the beginning of `stock.since` in each store view's own time zone, aware UTC.

    Orders of store views that are gone are measured by `otherwise`.
    """

    otherwise: datetime
    by_store: Mapping[int, datetime] = field(default_factory=dict)

    def settled(self, demand: Demand) -> bool:
        """Whether an order is older: e-conomic's number has what it took left out already."""
        begins = self.otherwise if demand.store_id is None else self.by_store.get(demand.store_id, self.otherwise)
        return demand.created_at < begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What was applied last, and the checkouts that were in flight then.

    `applied` is None before anything was. Its quantity is what the row would hold if nothing were sold and unbooked:
    e-conomic's number, and what is sold but left in the offer all the same (skipped orders, pieces taken off, those on
    orders that reserve). `applying`, alike, was about to be written when the process ended: it may or may not have
    reached the row. `open` is what was sold and not booked at the last look, measured by `applied`.
    """

    applied: Seen | None = None
    applying: Seen | None = None
    in_flight: InFlight = NOTHING
    open: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One order in the sum: what is still to be taken off for it."""

    order_id: int
    increment_id: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """How a quantity comes about: ``offer = seen - taken``, ``quantity = offer + reserved - held``.

    `reserved` is what Magento's reservations of the counted orders take off by themselves and is therefore added;
    `held` are checkouts in flight, in layouts without reservations.
    """

    seen: Seen
    taken: tuple[Taken, ...]
    offer: Decimal
    reserved: Decimal
    held: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the row should hold, and what is to be remembered once it does.

    `refused` names why nothing can be written, else the empty string; `memory` has no `applying`.
    """

    sum: Sum
    memory: Memory
    refused: str = ""

    def changes(self, rows: Stocked) -> bool:
        """Whether the rows have to be written: another quantity, or two that should be the same."""
        same = rows.mirrored and rows.quantity == self.sum.quantity
        return not self.refused and rows.quantity is not None and not same


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What orders and reservations come to. `sold` is as `Memory.open`, by the number that decides and by the last one.

    `by_stock` is what Magento takes off by itself in each stock.
    """

    taken: tuple[Taken, ...] = ()
    offered: Decimal = ZERO
    sold: Decimal = ZERO
    sold_before: Decimal = ZERO
    by_stock: Mapping[int, Decimal] = field(default_factory=dict)

    def __add__(self, other: Sums) -> Sums:
        stocks = {**self.by_stock, **other.by_stock}
        return Sums(
            taken=self.taken + other.taken,
            offered=self.offered + other.offered,
            sold=self.sold + other.sold,
            sold_before=self.sold_before + other.sold_before,
            by_stock={one: self.by_stock.get(one, ZERO) + other.by_stock.get(one, ZERO) for one in stocks},
        )


def sums_of(rows: Stocked, seen: Seen, memory: Memory, known: Mapping[int, Known], since: Since) -> Sums:
    """What the rows' own orders and reservations come to, those of `rows.before` left out."""
    taken = _taken(rows.demands, seen, known, since)
    return Sums(
        taken=taken,
        offered=_whole(taken),
        sold=_sold(rows.demands, seen, known, since),
        sold_before=_sold(rows.demands, memory.applied, known, since) if memory.applied is not None else ZERO,
        by_stock=_by_stock(rows, known),
    )


def decide(
    rows: Stocked,
    seen: Seen,
    memory: Memory,
    known: Mapping[int, Known],
    since: Since,
    now: datetime,
    *,
    earlier: Sums | None = None,
) -> Decision:
    """What a product's row should hold by e-conomic's number and the rows as they are; `known` goes by order id.

    Under the row lock it is exact; without it, a forecast. Takes no I/O and no time. `memory` is as it was before
    `applying` was noted for this very write: one that it holds was left behind, and is settled as `taken_up` does.
    `earlier` is `sums_of` `rows.before`, where somebody has it at hand.
    """
    if memory.applying is not None:
        memory, earlier = taken_up(rows, memory, known, since, now), None
    sums = sums_of(rows, seen, memory, known, since)
    if rows.before is not None:
        sums = (earlier or sums_of(rows.before, seen, memory, known, since)) + sums
    offer = seen.quantity - sums.offered
    # of several stocks that share the source, the one where Magento takes least
    reserved = min(sums.by_stock.values(), default=ZERO)
    flight = NOTHING
    if not rows.reserves and rows.quantity is not None and memory.applied is not None:
        gap = memory.applied.quantity - sums.sold_before - rows.quantity
        flight = holding(memory.in_flight, gap, arrived=sums.sold_before - memory.open, now=now).counted(now)
    quantity = offer + reserved - flight.whole
    return Decision(
        sum=Sum(seen=seen, taken=sums.taken, offer=offer, reserved=reserved, held=flight.whole, quantity=quantity),
        memory=Memory(applied=replace(seen, quantity=offer + sums.sold), in_flight=flight, open=sums.sold),
        refused=_refusal(rows, seen, quantity),
    )


def found(rows: Stocked, known: Mapping[int, Known], since: Since, asked_at: datetime) -> Memory:
    """The memory to begin with: as if what the row holds now had been applied.

    `asked_at` is that of the number that is compared first: orders that were booked later must not be forgotten before.
    """
    sold = _sold(_demands(rows), Seen(quantity=ZERO, asked_at=asked_at), known, since)
    return Memory(applied=Seen(quantity=(rows.quantity or ZERO) + sold, asked_at=asked_at), open=sold)


def taken_up(rows: Stocked, memory: Memory, known: Mapping[int, Known], since: Since, now: datetime) -> Memory:
    """The memory at the first look after nobody looked: the process is new, or the pull stood still.

    It has no `applying`, and is to be stored before another write is noted. Where a process ended in the middle of a
    write, the row cannot tell a write that was not made from a checkout of the same size. The value that the row holds
    is taken for the one that was written last, unless checkouts are about: then the higher of the two is assumed, and
    what the row lacks is held for a quarter of an hour.
    """
    if memory.applied is None or rows.quantity is None or rows.reserves:
        return replace(memory, applying=None)
    demands = _demands(rows)
    arrived = _sold(demands, memory.applied, known, since) - memory.open
    gaps = [
        (one.quantity - _sold(demands, one, known, since) - rows.quantity, one)
        for one in (memory.applied, memory.applying)
        if one is not None
    ]
    calm = not memory.in_flight.pieces and not arrived
    gap, likely = min(gaps, key=lambda one: (not (calm and one[0] == 0), -one[0]))
    flight = holding(memory.in_flight, gap, arrived=arrived, now=now).anew(now)
    return Memory(applied=likely, in_flight=flight, open=_sold(demands, likely, known, since))


def _taken(demands: Sequence[Demand], seen: Seen, known: Mapping[int, Known], since: Since) -> tuple[Taken, ...]:
    taken = (
        Taken(
            order_id=demand.order_id,
            increment_id=demand.increment_id,
            quantity=_open(demand, seen, known.get(demand.order_id, NOTHING_KNOWN), since),
        )
        for demand in demands
    )
    return tuple(one for one in taken if one.quantity)


def _open(demand: Demand, seen: Seen, known: Known, since: Since) -> Decimal:
    if known.skipped or since.settled(demand):
        return ZERO
    booked = sum((one.quantity for one in known.booked if one.known_at < seen.asked_at), ZERO)
    return max(ZERO, demand.ordered - demand.cancelled - known.taken_off - booked - known.on_open_orders)


def _by_stock(rows: Stocked, known: Mapping[int, Known]) -> dict[int, Decimal]:
    """What Magento takes off by itself for orders in the sum, in each stock."""
    if not rows.reserves:
        return {}
    before = rows.before if rows.before is not None and rows.reservations else None
    was = {(one.stock_id, one.increment_id): one for one in before.reservations} if before is not None else {}
    earlier = {demand.order_id: demand.ordered for demand in before.demands} if before is not None else {}
    ordered = earlier | {demand.order_id: demand.ordered for demand in rows.demands}
    by_stock = dict.fromkeys(rows.stocks, ZERO)
    for one in rows.reservations:
        counted, first = ZERO, was.get((one.stock_id, one.increment_id))
        if first is not None:
            # a number is evened out as a whole, whenever its parts came
            counted = _counted(first, earlier, known)
            one = replace(one, quantity=one.quantity + first.quantity)
        by_stock[one.stock_id] = by_stock.get(one.stock_id, ZERO) - (_counted(one, ordered, known) - counted)
    return by_stock


def _counted(one: Reservation, ordered: Mapping[int, Decimal], known: Mapping[int, Known]) -> Decimal:
    """What of a number's reservations is evened out: takings of orders in the sum, and what gives back too much."""
    if not one.order_ids or any(known.get(order, NOTHING_KNOWN).skipped for order in one.order_ids):
        return max(ZERO, one.quantity)
    # where store views share a number, one of the orders may still be under way
    return max(one.quantity, -sum((ordered.get(order, ZERO) for order in one.order_ids), ZERO))


def _sold(demands: Sequence[Demand], seen: Seen, known: Mapping[int, Known], since: Since) -> Decimal:
    """What orders took of the row and is not booked: what only we know of them never moved it."""
    booked = {one.order_id: Known(booked=known[one.order_id].booked) for one in demands if one.order_id in known}
    return _whole(_taken(demands, seen, booked, since))


def _demands(rows: Stocked) -> tuple[Demand, ...]:
    return rows.demands if rows.before is None else rows.before.demands + rows.demands


def _whole(taken: Sequence[Taken]) -> Decimal:
    return sum((one.quantity for one in taken), ZERO)


def _refusal(rows: Stocked, seen: Seen, quantity: Decimal) -> str:
    if rows.quantity is None:
        return "no_stock_row"
    if not rows.managed:
        return "not_managed"
    if seen.quantity < 0:
        return "negative"
    if max(abs(seen.quantity), abs(quantity)) > LARGEST:
        return "too_large"
    if not rows.decimals and (seen.quantity % 1 or quantity % 1):
        return "fractional"
    return ""
