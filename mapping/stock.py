"""How much of a product may be offered: e-conomic's number less what is sold and not booked yet.

    T = I - SUM max(0, ordered - cancelled - quantity on e-conomic's booked lines of that product)

over the orders since `stock.since` that the profile does not skip. Shipped, refunded and returned columns count for
nothing: what was refunded comes back by a booked credit line, or when the profile takes an unshipped piece off a draft.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from cdc.models_stock import Demand, Reservation, Stocked
from mapping.inflight import NOTHING, InFlight, gap_of, holding
from mapping.money import ZERO

Basis = Literal["in_stock", "available"]


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

    `applied` is None before anything was. `applying` was about to be written when the process ended: it may or may not
    have reached the row. `open` is what was sold and not booked at the last look, measured by `applied`.
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
        """Whether the row has to be written."""
        return not self.refused and rows.quantity is not None and rows.quantity != self.sum.quantity


def decide(
    rows: Stocked, seen: Seen, memory: Memory, known: Mapping[int, Known], since: Since, now: datetime
) -> Decision:
    """What a product's row should hold by e-conomic's number and the rows as they are; `known` goes by order id.

    Under the row lock it is exact; without it, a forecast. Takes no I/O and no time.
    """
    taken = _taken(rows.demands, seen, known, since)
    offer = seen.quantity - _whole(taken)
    reserved = _reserved(rows, known)
    flight, held = NOTHING, ZERO
    if not rows.reserves and rows.quantity is not None:
        flight = _in_flight(rows, rows.quantity, memory, known, since, now)
        held = flight.held(now)
    quantity = offer + reserved - held
    return Decision(
        sum=Sum(seen=seen, taken=taken, offer=offer, reserved=reserved, held=held, quantity=quantity),
        memory=Memory(applied=seen, in_flight=flight, open=_whole(taken)),
        refused=_refusal(rows, seen, quantity),
    )


def found(rows: Stocked, known: Mapping[int, Known], since: Since, now: datetime) -> Memory:
    """The memory to begin with: as if what the row holds now had been applied."""
    seen = Seen(quantity=ZERO, asked_at=now)
    taken = _whole(_taken(rows.demands, seen, known, since))
    return Memory(applied=Seen(quantity=(rows.quantity or ZERO) + taken, asked_at=now), open=taken)


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


def _reserved(rows: Stocked, known: Mapping[int, Known]) -> Decimal:
    """What Magento takes off by itself for orders in the sum: of several stocks that share the source, the least."""
    if not rows.reserves:
        return ZERO
    ordered = {demand.order_id: demand.ordered for demand in rows.demands}
    by_stock = dict.fromkeys(rows.stocks, ZERO)
    for one in rows.reservations:
        by_stock[one.stock_id] = by_stock.get(one.stock_id, ZERO) - _counted(one, ordered, known)
    return min(by_stock.values(), default=ZERO)


def _counted(one: Reservation, ordered: Mapping[int, Decimal], known: Mapping[int, Known]) -> Decimal:
    if not one.order_ids or any(known.get(order, NOTHING_KNOWN).skipped for order in one.order_ids):
        return ZERO
    # where store views share a number, one of the orders may still be under way
    return max(one.quantity, -sum((ordered.get(order, ZERO) for order in one.order_ids), ZERO))


def _in_flight(
    rows: Stocked, quantity: Decimal, memory: Memory, known: Mapping[int, Known], since: Since, now: datetime
) -> InFlight:
    if memory.applied is None:
        return NOTHING
    opened = _whole(_taken(rows.demands, memory.applied, known, since))
    expected = [memory.applied.quantity - opened]
    if memory.applying is not None:
        expected.append(memory.applying.quantity - _whole(_taken(rows.demands, memory.applying, known, since)))
    gap = gap_of([one - quantity for one in expected], memory.in_flight)
    return holding(memory.in_flight, gap, arrived=opened - memory.open, now=now)


def _whole(taken: Sequence[Taken]) -> Decimal:
    return sum((one.quantity for one in taken), ZERO)


def _refusal(rows: Stocked, seen: Seen, quantity: Decimal) -> str:
    if rows.quantity is None:
        return "no_stock_row"
    if not rows.managed:
        return "not_managed"
    if seen.quantity < 0:
        return "negative"
    if not rows.decimals and (seen.quantity % 1 or quantity % 1):
        return "fractional"
    return ""
