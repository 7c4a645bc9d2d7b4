"""The facts of an e-conomic agreement that mapping needs; read by sync, passed in, never fetched here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the agreement's own lists say.

    `vat_rates` holds percent by (product group, VAT zone); a pair that is missing has no account and cannot be booked.
    `stocked_groups` are product groups with inventoryEnabled.
    """

    base_currency: str
    has_inventory: bool
    vat_rates: Mapping[tuple[int, int], Decimal]
    stocked_groups: frozenset[int] = frozenset()
    product_groups: Mapping[int, str] = field(default_factory=dict)
    vat_zones: Mapping[int, str] = field(default_factory=dict)
    customer_groups: Mapping[int, str] = field(default_factory=dict)
    payment_terms: Mapping[int, str] = field(default_factory=dict)
    layouts: Mapping[int, str] = field(default_factory=dict)
    units: Mapping[int, str] = field(default_factory=dict)
    currencies: frozenset[str] = frozenset()
    products: Mapping[str, int] = field(default_factory=dict)
    """Product group by product number, for the products that the profile itself names."""
