"""Order lines and who of a family carries money and who stock.

Facts (Magento 2): a configurable's parent row carries price, tax and quantities while its child has price 0 and both
bear the child's SKU; a bundle says in `product_calculations` whether its children (0, dynamic) or the parent (1, fixed)
carry the money, and a dynamic parent repeats its children's sum; members of a grouped product are rows of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cdc.columns import guarded
from cdc.models import LineRole, OrderLine
from cdc.rows import Row, attributes, base_amounts, money, text, whole, whole_or_none

_SINGLE = frozenset({"", "simple", "virtual", "downloadable", "giftcard", "grouped"})


@dataclass(frozen=True, slots=True)
class Part:
    """What a row is in its family."""

    role: LineRole
    carries_money: bool
    carries_stock: bool


def parse_options(stored: object) -> dict[str, object]:
    """product_options as stored: JSON since Magento 2.2, with exact numbers and without guarded keys.

    PHP-serialised or damaged text gives an empty mapping: what it held is left out, the order still loads.
    """
    if not isinstance(stored, str) or not stored.lstrip().startswith("{"):
        return {}
    try:
        parsed = _without_guarded(json.loads(stored, parse_float=Decimal, parse_constant=str))
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _without_guarded(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_guarded(item) for key, item in value.items() if not guarded(key)}
    if isinstance(value, list):
        return [_without_guarded(item) for item in value]
    return value


def build_lines(rows: Sequence[Row], third_party: Iterable[str]) -> tuple[OrderLine, ...]:
    """The lines of one order from its sales_order_item rows, in the order given.

    A row whose parent is not among them counts as plain.
    """
    options = {int(row["item_id"]): parse_options(row.get("product_options")) for row in rows}
    children: dict[int, list[Row]] = {}
    ids = set(options)
    for row in rows:
        parent_id = row.get("parent_item_id")
        if parent_id in ids and parent_id != row["item_id"]:
            children.setdefault(int(parent_id), []).append(row)
    parts = _parts(rows, children, options)
    extra = tuple(third_party)
    return tuple(
        _line(
            row, parts[int(row["item_id"])], children.get(int(row["item_id"]), []), options[int(row["item_id"])], extra
        )
        for row in rows
    )


def with_product_skus(lines: Sequence[OrderLine], skus: Mapping[int, str]) -> tuple[OrderLine, ...]:
    """The lines with the SKUs that the catalog gives their products now, by product id."""
    return tuple(replace(line, product_sku=skus.get(line.catalog_id or 0, "")) for line in lines)


def _parts(
    rows: Sequence[Row], children: Mapping[int, list[Row]], options: Mapping[int, Mapping[str, object]]
) -> dict[int, Part]:
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
            walk(row, _top_part(row, children.get(item_id, []), options[item_id]))
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


def _stock_product(row: Row, part: Part, family: Sequence[Row]) -> int | None:
    if not part.carries_stock:
        return None
    if text(row, "product_type") == "configurable":
        return whole_or_none(family[0], "product_id") if family else None
    return whole_or_none(row, "product_id")


def _line(
    row: Row, part: Part, family: Sequence[Row], options: Mapping[str, object], third_party: tuple[str, ...]
) -> OrderLine:
    return OrderLine(
        id=int(row["item_id"]),
        parent_id=whole_or_none(row, "parent_item_id"),
        product_id=whole_or_none(row, "product_id"),
        stock_product_id=_stock_product(row, part, family),
        product_type=text(row, "product_type"),
        role=part.role,
        carries_money=part.carries_money,
        carries_stock=part.carries_stock,
        sku=text(row, "sku"),
        name=text(row, "name"),
        is_virtual=bool(whole(row, "is_virtual")),
        qty_ordered=money(row, "qty_ordered"),
        qty_canceled=money(row, "qty_canceled"),
        qty_invoiced=money(row, "qty_invoiced"),
        qty_shipped=money(row, "qty_shipped"),
        qty_refunded=money(row, "qty_refunded"),
        price=money(row, "price"),
        price_incl_tax=money(row, "price_incl_tax"),
        row_total=money(row, "row_total"),
        row_total_incl_tax=money(row, "row_total_incl_tax"),
        discount_percent=money(row, "discount_percent"),
        discount_amount=money(row, "discount_amount"),
        discount_tax_compensation=money(row, "discount_tax_compensation_amount"),
        tax_percent=money(row, "tax_percent"),
        tax_amount=money(row, "tax_amount"),
        weee_amount=money(row, "weee_tax_applied_row_amount"),
        tax_canceled=money(row, "tax_canceled"),
        base=base_amounts(row),
        options=options,
        attributes=attributes(row, third_party),
    )
