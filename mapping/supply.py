"""Goods or services: what each line of an order is for VAT."""

from __future__ import annotations

from typing import Literal

from cdc.models import OrderLine

Supply = Literal["goods", "services"]

_SERVICES = frozenset({"virtual", "downloadable"})
"""Magento's product types that are never sent; a gift card's row tells by `is_virtual`."""


def supply_of(line: OrderLine) -> Supply:
    """What an order line sells: goods follow the delivery address, services the billing address."""
    return "services" if line.is_virtual or line.product_type in _SERVICES else "goods"
