"""What Magento subtracts by itself: inventory_reservation, summed up by stock and increment id.

Facts. A reservation is committed before its order is, with object_id "" and the increment id that the order will have;
later ones of the order name both. Releases before 2.4 have some that name the order's entity id only. `metadata` is a
varchar(255) of JSON that modules of other vendors fill too. Rows are added, never changed; a nightly job deletes those
of an order whose sum is zero.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cdc.layout import Layout, Reader
from cdc.models_stock import Reservation
from cdc.portions import portions
from cdc.rows import NO_MONEY, Row, money, text
from cdc.stock_demand import orders_called
from cdc.stock_products import AT_ONCE, for_each


@dataclass(frozen=True, slots=True)
class _Holder:
    """Whom a reservation is for: an order by its increment id, or by its entity id alone, or nobody who is known."""

    increment_id: str = ""
    order_id: int = 0


_UNKNOWN = _Holder()

Sums = dict[tuple[int, _Holder], Decimal]


def load_reservations(
    reader: Reader, layout: Layout, stocks: Collection[int], skus: Sequence[str]
) -> dict[str, tuple[Reservation, ...]]:
    """The reservations of each SKU in the stocks, those that cancel each other out left out.

    What cannot be assigned to an order stands under the empty increment id: a checkout under way. The orders are looked
    for after the reservations: one that is not found then had no row when these were read.
    """
    if not stocks:
        return {}
    table, own = layout.quoted("inventory_reservation"), numbers(stocks)
    found = for_each(
        reader,
        skus,
        lambda mark: (
            f"SELECT {mark} AS mark, stock_id, quantity, metadata FROM {table} WHERE stock_id IN ({own}) AND sku = %s"
        ),
    )
    resolved = _resolved(reader, layout, {sku: _summed(rows) for sku, rows in found.items()})
    return {sku: reservations for sku, reservations in resolved.items() if reservations}


LATE = 50
"""Of so many of the newest rows of a SKU, one with a lower reservation_id may be committed after one with a higher."""


@dataclass(frozen=True, slots=True)
class Marked:
    """The reservations of one SKU up to a reservation_id, with how many rows there are up to it and their sum.

    The sum tells rows that were committed late from as many that were deleted, whose sum is zero.
    """

    reservations: tuple[Reservation, ...]
    last: int
    rows: int
    whole: Decimal


NO_MARK = Marked((), 0, 0, NO_MONEY)


def load_marked(reader: Reader, layout: Layout, stocks: Collection[int], sku: str) -> Marked:
    """As `load_reservations`, of one SKU and without its newest rows, for `load_later` to begin from."""
    rows = sorted(reader.rows(_of_sku(layout, stocks), (sku,)), key=lambda row: int(row["reservation_id"]))
    rows = rows[:-LATE]
    last = int(rows[-1]["reservation_id"]) if rows else 0
    whole = sum((money(row, "quantity") for row in rows), NO_MONEY)
    return Marked(_resolved(reader, layout, {sku: _summed(rows)})[sku], last, len(rows), whole)


def load_later(
    reader: Reader, layout: Layout, stocks: Collection[int], sku: str, earlier: Marked
) -> tuple[Reservation, ...] | None:
    """The sums of what came after an earlier look; None when rows of that look are gone, so that it does not hold."""
    counted = reader.rows(
        f"SELECT COUNT(*) AS n, SUM(quantity) AS whole FROM {layout.quoted('inventory_reservation')}"
        f" WHERE stock_id IN ({numbers(stocks)}) AND sku = %s AND reservation_id <= %s",
        (sku, earlier.last),
    )
    if (int(counted[0]["n"]), money(counted[0], "whole")) != (earlier.rows, earlier.whole):
        return None
    rows = reader.rows(f"{_of_sku(layout, stocks)} AND reservation_id > %s", (sku, earlier.last))
    return _resolved(reader, layout, {sku: _summed(rows)})[sku]


def _of_sku(layout: Layout, stocks: Collection[int]) -> str:
    return (
        f"SELECT reservation_id, stock_id, quantity, metadata FROM {layout.quoted('inventory_reservation')}"
        f" WHERE stock_id IN ({numbers(stocks)}) AND sku = %s"
    )


def numbers(stocks: Collection[int]) -> str:
    """The ids of stocks as SQL lists them."""
    return ", ".join(str(stock) for stock in sorted(stocks))


def _resolved(reader: Reader, layout: Layout, sums: Mapping[str, Sums]) -> dict[str, tuple[Reservation, ...]]:
    """By SKU, with the orders that are meant."""
    holders = {holder for one in sums.values() for _, holder in one}
    named = _increment_ids(reader, layout, {holder.order_id for holder in holders if holder.order_id})
    called = orders_called(reader, layout, {holder.increment_id for holder in holders} | set(named.values()))
    return {sku: _reservations(one, named, called) for sku, one in sums.items()}


def holder_of(metadata: object) -> tuple[str, int]:
    """(increment id, entity id) of the order that a reservation's metadata name; only one of them is set, or none."""
    try:
        told = json.loads(metadata) if isinstance(metadata, str) else None
    except (ValueError, RecursionError):
        return "", 0
    if not isinstance(told, dict) or told.get("object_type", "order") != "order":
        return "", 0
    increment_id = told.get("object_increment_id")
    if isinstance(increment_id, str | int) and not isinstance(increment_id, bool) and str(increment_id).strip():
        return str(increment_id), 0
    object_id = str(told.get("object_id") or "")
    return "", int(object_id) if object_id.isascii() and object_id.isdigit() and len(object_id) < 11 else 0


def _summed(rows: Sequence[Row]) -> Sums:
    sums: Sums = {}
    for row in rows:
        key = int(row["stock_id"]), _Holder(*holder_of(row["metadata"]))
        sums[key] = sums.get(key, NO_MONEY) + money(row, "quantity")
    return {key: quantity for key, quantity in sums.items() if quantity or key[1].order_id}


def _increment_ids(reader: Reader, layout: Layout, order_ids: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in portions(sorted(order_ids), AT_ONCE):
        for row in reader.rows(
            f"SELECT entity_id, increment_id FROM {layout.quoted('sales_order')} WHERE entity_id IN %s", (some,)
        ):
            found[int(row["entity_id"])] = text(row, "increment_id")
    return found


def _reservations(sums: Sums, named: Mapping[int, str], called: Mapping[str, Sequence[int]]) -> tuple[Reservation, ...]:
    together: dict[tuple[int, str], Decimal] = {}
    for (stock, holder), quantity in sums.items():
        key = stock, holder.increment_id or named.get(holder.order_id, "")
        together[key] = together.get(key, NO_MONEY) + quantity
    return tuple(
        Reservation(
            stock_id=stock, increment_id=increment_id, order_ids=tuple(called.get(increment_id, ())), quantity=quantity
        )
        for (stock, increment_id), quantity in sorted(together.items())
        if quantity
    )
