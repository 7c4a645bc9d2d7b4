"""Families of order rows: which row carries the money and which the stock.

Facts (Magento 1 and 2): a configurable's parent row carries price, tax and quantities while its child has price 0 and
both bear the child's SKU; a bundle says in `product_calculations` whether its children (0, dynamic) or the parent (1,
fixed) carry the money, and a dynamic parent repeats its children's sum; members of a grouped product are rows of their
own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdc.models import LineRole
from cdc.rows import Row, money, text, whole_or_none

_SINGLE = frozenset({"", "simple", "virtual", "downloadable", "giftcard", "grouped"})


@dataclass(frozen=True, slots=True)
class Part:
    """What a row is in its family."""

    role: LineRole
    carries_money: bool
    carries_stock: bool


def children_of(rows: Sequence[Row]) -> dict[int, list[Row]]:
    """The rows below each row, by its item_id. A row whose parent is not among them stands by itself."""
    ids = {int(row["item_id"]) for row in rows}
    children: dict[int, list[Row]] = {}
    for row in rows:
        parent_id = row.get("parent_item_id")
        if parent_id in ids and parent_id != row["item_id"]:
            children.setdefault(int(parent_id), []).append(row)
    return children


def parts_of(
    rows: Sequence[Row], children: Mapping[int, list[Row]], options: Mapping[int, Mapping[str, object]] | None = None
) -> dict[int, Part]:
    """What each row of an order is, by its item_id.

    `options` are the parsed product_options by item_id; without them a bundle's money is told by its rows' totals.
    """
    known = options or {}
    parts: dict[int, Part] = {}
    members = {int(child["item_id"]) for family in children.values() for child in family}

    def walk(row: Row, part: Part) -> None:
        item_id = int(row["item_id"])
        if item_id in parts:
            return
        parts[item_id] = part
        family = children.get(item_id, [])
        for child in family:
            walk(child, _child_part(row, part, child))

    for row in rows:
        if int(row["item_id"]) not in members:
            item_id = int(row["item_id"])
            walk(row, _top_part(row, children.get(item_id, []), known.get(item_id, {})))
    for row in rows:  # parents that point at each other in a ring
        parts.setdefault(int(row["item_id"]), Part("plain", carries_money=True, carries_stock=True))
    return parts


def _top_part(row: Row, family: Sequence[Row], options: Mapping[str, object]) -> Part:
    kind = text(row, "product_type")
    if kind == "configurable":
        return Part("configurable", carries_money=True, carries_stock=True)
    if kind in _SINGLE or (kind != "bundle" and not family):
        return Part("plain", carries_money=True, carries_stock=True)
    if _children_carry_money(row, family, options):
        return Part("bundle_dynamic", carries_money=False, carries_stock=False)
    return Part("bundle_fixed", carries_money=True, carries_stock=False)


def _children_carry_money(row: Row, family: Sequence[Row], options: Mapping[str, object]) -> bool:
    said = options.get("product_calculations")
    if said is not None and str(said) in ("0", "1"):
        return str(said) == "0" and bool(family)
    return any(money(child, "row_total") for child in family)


def _child_part(parent: Row, part: Part, child: Row) -> Part:
    if part.role == "plain":
        return Part("plain", carries_money=True, carries_stock=True)
    if part.role == "configurable" or text(parent, "product_type") == "configurable":
        return Part("configurable_child", carries_money=False, carries_stock=False)
    if part.role == "bundle_child":  # a bundle inside a bundle, as modules of other vendors make it
        return Part("bundle_child", carries_money=False, carries_stock=True)
    return Part("bundle_child", carries_money=part.role == "bundle_dynamic", carries_stock=True)


def stock_product(row: Row, part: Part, family: Sequence[Row]) -> int | None:
    """The product whose stock a row moves: a configurable's first child, else its own; None when it moves none."""
    if not part.carries_stock:
        return None
    if text(row, "product_type") == "configurable":
        return whole_or_none(family[0], "product_id") if family else None
    return whole_or_none(row, "product_id")
