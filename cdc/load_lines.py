"""Order lines from the rows of an order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from cdc.columns import guarded
from cdc.families import Part, children_of, parts_of, stock_product
from cdc.models import OrderLine
from cdc.php import php_value
from cdc.rows import Row, attributes, base_amounts, money, text, whole, whole_or_none


def parse_options(stored: object) -> dict[str, object]:
    """product_options as stored, with exact numbers and without guarded keys: JSON since Magento 2.2, before that and
    in Magento 1 serialised by PHP.

    Damaged text gives an empty mapping: what it held is left out, the order still loads.
    """
    if not isinstance(stored, str):
        return {}
    try:
        parsed: object = {}
        if stored.lstrip().startswith("{"):
            parsed = json.loads(stored, parse_float=Decimal, parse_constant=str)
        elif stored.lstrip().startswith("a:"):
            parsed = php_value(stored)
        parsed = _without_guarded(parsed)
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
    children = children_of(rows)
    parts = parts_of(rows, children, options)
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


def _line(
    row: Row, part: Part, family: Sequence[Row], options: Mapping[str, object], third_party: tuple[str, ...]
) -> OrderLine:
    return OrderLine(
        id=int(row["item_id"]),
        parent_id=whole_or_none(row, "parent_item_id"),
        product_id=whole_or_none(row, "product_id"),
        stock_product_id=stock_product(row, part, family),
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
