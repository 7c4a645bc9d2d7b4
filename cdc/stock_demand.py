"""What orders take of products, read by order id: every layout, in statements that do not grow with the orders.

Facts. A configurable's child row keeps qty_canceled and qty_shipped 0. Of a bundle, price type and shipment type decide
whether Magento counts in the parent's columns or the components'; at a cancellation it may fill in neither. An order's
columns and its rows' change in one transaction, so that one statement sees both as they belong together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal

from cdc.families import Part, children_of, parts_of, stock_product
from cdc.layout import Layout, Reader
from cdc.models_stock import Demand
from cdc.portions import portions
from cdc.rows import NO_MONEY, Row, moment, money, text

AT_ONCE = 500
"""Ids in one statement."""

_FOUR = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class _Quantities:
    """What became of a row's pieces."""

    cancelled: Decimal
    invoiced: Decimal
    shipped: Decimal


def load_demands(
    reader: Reader, layout: Layout, order_ids: Collection[int], product_ids: Collection[int] | None = None
) -> list[Demand]:
    """What the orders with these entity ids take, per order and product, in that order; of `product_ids` only if given.

    Orders that are gone, and lines whose product_id is NULL, are left out. Raises `SchemaMissing` when the tables of
    orders are not there.
    """
    order, item = layout.quoted("sales_order"), layout.quoted("sales_order_item")
    wanted = None if product_ids is None else frozenset(product_ids)
    demands: list[Demand] = []
    for ids in portions(sorted(set(order_ids)), AT_ONCE):
        rows = reader.rows(
            "SELECT o.entity_id, o.increment_id, o.store_id, o.created_at, o.state, i.item_id, i.parent_item_id,"
            " i.product_id, i.product_type, i.sku, i.qty_ordered, i.qty_canceled, i.qty_invoiced, i.qty_shipped"
            f" FROM {order} o JOIN {item} i ON i.order_id = o.entity_id WHERE o.entity_id IN %s",
            (ids,),
        )
        by_order: dict[int, list[Row]] = {}
        for row in sorted(rows, key=lambda row: (int(row["entity_id"]), int(row["item_id"]))):
            by_order.setdefault(int(row["entity_id"]), []).append(row)
        for lines in by_order.values():
            demands += build_demands(lines, wanted)
    return demands


def build_demands(rows: Sequence[Row], product_ids: Collection[int] | None = None) -> list[Demand]:
    """What one order takes, by product id, from its rows joined with the order's own columns."""
    if not rows:
        return []
    children = children_of(rows)
    parts = parts_of(rows, children)
    by_id = {int(row["item_id"]): row for row in rows}
    found: dict[int, list[tuple[Row, _Quantities]]] = {}
    skus: dict[int, set[str]] = {}
    for row in rows:
        family = children.get(int(row["item_id"]), [])
        part = parts[int(row["item_id"])]
        product = stock_product(row, part, family)
        if product is None or _is_kit(row, part, family) or (product_ids is not None and product not in product_ids):
            continue
        found.setdefault(product, []).append((row, _quantities(row, parts, by_id)))
        members = (row, *family) if part.role != "plain" else (row,)
        skus.setdefault(product, set()).update(sku for one in members if (sku := text(one, "sku")))
    return [_demand(product, lines, frozenset(skus[product])) for product, lines in sorted(found.items())]


def _is_kit(row: Row, part: Part, family: Sequence[Row]) -> bool:
    """Whether a component is itself made of components, which then count in its place."""
    return part.role == "bundle_child" and bool(family) and text(row, "product_type") != "configurable"


def _demand(product_id: int, lines: Sequence[tuple[Row, _Quantities]], skus: frozenset[str]) -> Demand:
    order = lines[0][0]
    return Demand(
        order_id=int(order["entity_id"]),
        increment_id=text(order, "increment_id"),
        store_id=int(order["store_id"]) if order["store_id"] is not None else None,
        created_at=moment(order, "created_at"),
        state=text(order, "state"),
        product_id=product_id,
        skus=skus,
        ordered=sum((money(row, "qty_ordered") for row, _ in lines), NO_MONEY),
        cancelled=sum((one.cancelled for _, one in lines), NO_MONEY),
        shipped=sum((one.shipped for _, one in lines), NO_MONEY),
    )


def _quantities(row: Row, parts: Mapping[int, Part], by_id: Mapping[int, Row]) -> _Quantities:
    ordered = money(row, "qty_ordered")
    told = _told(row, parts, by_id)
    cancelled = told.cancelled
    if text(row, "state") == "canceled":
        cancelled = max(cancelled, ordered - told.invoiced)
    return _Quantities(min(cancelled, ordered), told.invoiced, min(told.shipped, ordered))


def _told(row: Row, parts: Mapping[int, Part], by_id: Mapping[int, Row]) -> _Quantities:
    """What a row's own columns say and, of a component, those above it, whichever says more."""
    own = _Quantities(money(row, "qty_canceled"), money(row, "qty_invoiced"), money(row, "qty_shipped"))
    if parts[int(row["item_id"])].role != "bundle_child":
        return own
    parent = by_id[int(row["parent_item_id"])]
    above, ordered, whole = _told(parent, parts, by_id), money(row, "qty_ordered"), money(parent, "qty_ordered")
    return _Quantities(
        max(own.cancelled, _share(above.cancelled, ordered, whole)),
        max(own.invoiced, _share(above.invoiced, ordered, whole)),
        max(own.shipped, _share(above.shipped, ordered, whole)),
    )


def _share(quantity: Decimal, ordered: Decimal, whole: Decimal) -> Decimal:
    """A component's pieces in so many of its parent."""
    return (quantity * ordered / whole).quantize(_FOUR, ROUND_DOWN) if whole > 0 else NO_MONEY


def newest_order(reader: Reader, layout: Layout) -> int:
    """The highest entity id of an order, 0 when there is none. An order with a lower one may be committed later."""
    order = layout.quoted("sales_order")
    return int(reader.rows(f"SELECT COALESCE(MAX(entity_id), 0) AS id FROM {order}")[0]["id"])


def orders_after(reader: Reader, layout: Layout, entity_id: int) -> list[int]:
    """The orders with a higher entity id, ascending."""
    order = layout.quoted("sales_order")
    rows = reader.rows(f"SELECT entity_id FROM {order} WHERE entity_id > %s ORDER BY entity_id", (entity_id,))
    return [int(row["entity_id"]) for row in rows]


def orders_since(reader: Reader, layout: Layout, created: datetime, after_id: int, limit: int) -> list[int]:
    """A page of at most `limit` orders with a higher entity id, ascending, that were created at or after `created`."""
    order = layout.quoted("sales_order")
    rows = reader.rows(
        f"SELECT entity_id FROM {order} WHERE entity_id > %s AND created_at >= %s ORDER BY entity_id LIMIT %s",
        (after_id, created.astimezone(UTC).replace(tzinfo=None), limit),
    )
    return [int(row["entity_id"]) for row in rows]


def orders_called(reader: Reader, layout: Layout, increment_ids: Collection[str]) -> dict[str, list[int]]:
    """The orders with exactly these increment ids, ascending; several where store views share their numbers.

    An increment id that no order has is left out.
    """
    order = layout.quoted("sales_order")
    found: dict[str, list[int]] = {}
    # beyond U+FFFF a comparison with a utf8mb3 column is refused with an error
    wanted = {one for one in increment_ids if one and max(map(ord, one)) <= 0xFFFF}
    for names in portions(sorted(wanted), AT_ONCE):
        for row in reader.rows(
            f"SELECT entity_id, increment_id FROM {order} WHERE increment_id IN %s ORDER BY entity_id", (names,)
        ):
            # the column's collation takes upper for lower case and ignores spaces at the end
            if row["increment_id"] in wanted:
                found.setdefault(row["increment_id"], []).append(int(row["entity_id"]))
    return found


def refunded(reader: Reader, layout: Layout, order_ids: Collection[int]) -> set[int]:
    """Those of the orders that have credit memos."""
    memo = layout.quoted("sales_creditmemo")
    found: set[int] = set()
    for ids in portions(sorted(set(order_ids)), AT_ONCE):
        rows = reader.rows(f"SELECT DISTINCT order_id FROM {memo} WHERE order_id IN %s", (ids,))
        found.update(int(row["order_id"]) for row in rows)
    return found
