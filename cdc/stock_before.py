"""What many orders take of one product, read before its rows are locked, so that the lock is short.

An order takes less as time passes, never more: what is read a moment too early offers too little, not too much. What
comes after it is read under the lock.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from cdc.layout import Reader
from cdc.models_stock import Demand, Reservation, Stocked, StockProduct
from cdc.rows import NO_MONEY
from cdc.stock_demand import load_demands, newest_order, orders_after
from cdc.stock_layout import StockLayout
from cdc.stock_reservations import LATE, NO_MARK, Marked, load_marked
from cdc.stock_rows import load_held

FEW = 50
"""Orders that are read under the lock whenever it is held: a few milliseconds."""

FEW_RESERVATIONS = FEW + LATE
"""The same of rows of inventory_reservation: checkouts that were not paid yet leave them without an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What was read of one product just before its rows are locked, and up to which order."""

    rows: Stocked
    newest: int
    orders: frozenset[int]
    marked: Marked


def look_before(
    reader: Reader,
    layout: StockLayout,
    product: StockProduct,
    orders: Collection[int],
    after: int,
    *,
    reserved: int = 0,
) -> Earlier | None:
    """What the orders take, and those with an entity id higher than `after`; None where there are few.

    `reserved` is how many rows of inventory_reservation the product has.
    """
    if len(orders) <= FEW and reserved <= FEW_RESERVATIONS:
        return None
    names = layout.layout
    newest = newest_order(reader, names)
    candidates = {*orders, *orders_after(reader, names, after)}
    marked = NO_MARK
    demands = load_demands(reader, names, candidates, [product.id])
    if layout.reserves:
        marked = load_marked(reader, names, layout.stocks, product.sku)
        named = {order for one in marked.reservations for order in one.order_ids} - candidates
        if named:
            demands += load_demands(reader, names, named, [product.id])
            candidates |= named
            marked = load_marked(reader, names, layout.stocks, product.sku)
    reservations = known_only(marked.reservations, candidates)
    held = load_held(reader, layout, [product])[product.id]
    rows = held.stocked(product, layout, demands, reservations)
    return Earlier(rows=rows, newest=newest, orders=frozenset(candidates), marked=marked)


def known_only(reservations: Sequence[Reservation], orders: Collection[int]) -> tuple[Reservation, ...]:
    """The reservations with those of their orders that were read; any other counts as under way."""
    return tuple(
        one if all(order in orders for order in one.order_ids) else replace(one, order_ids=_among(one, orders))
        for one in reservations
    )


def paid(before: Stocked, demands: Sequence[Demand]) -> tuple[Reservation, ...]:
    """Nothing more, for numbers that counted as under way before and have their order now: it names the order."""
    ways = {one.increment_id: one.stock_id for one in before.reservations if not one.order_ids}
    return tuple(
        Reservation(
            stock_id=ways[one.increment_id],
            increment_id=one.increment_id,
            order_ids=(one.order_id,),
            quantity=NO_MONEY,
        )
        for one in demands
        if one.increment_id in ways
    )


def _among(one: Reservation, orders: Collection[int]) -> tuple[int, ...]:
    return tuple(order for order in one.order_ids if order in orders)
