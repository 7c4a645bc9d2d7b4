"""Goods or services: what each line of an order is for VAT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from cdc.models import OrderLine

Supply = Literal["goods", "services"]

_SERVICES = frozenset({"virtual", "downloadable"})
"""Magento's product types that are never sent; a gift card's row tells by `is_virtual`."""


def supply_of(line: OrderLine) -> Supply:
    """What an order line sells: goods follow the delivery address, services the billing address."""
    return "services" if line.is_virtual or line.product_type in _SERVICES else "goods"


def supplies(lines: Sequence[OrderLine]) -> Mapping[int, Supply]:
    """What each line sells, by its id; a row whose money stands on its parent goes with the parent."""
    by_id = {line.id: line for line in lines}
    found: dict[int, Supply] = {}
    for line in lines:
        parent = by_id.get(line.parent_id) if line.parent_id is not None else None
        found[line.id] = supply_of(parent if parent is not None and parent.carries_money else line)
    return found
