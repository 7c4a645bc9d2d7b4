"""The facts of an e-conomic agreement that mapping needs; read by sync, passed in, never fetched here."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Period:
    """A part of the agreement's accounting years, first to last day; nothing is booked into it unless it is open."""

    first: datetime.date
    last: datetime.date
    open: bool


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
    terms_types: Mapping[int, str] = field(default_factory=dict)
    """The type of payment terms by their number, as e-conomic names it: net, dueDate, paidInCash, ..."""
    modules: frozenset[int] | None = None
    """The numbers of the agreement's modules; None when it does not say."""
    periods: tuple[Period, ...] | None = None
    """The accounting periods, oldest first; None when they are not known, and any date is as good as another."""

    cvr: str = ""
    """The company number of the agreement itself."""

    def lacks(self, module: int) -> bool:
        """Whether the agreement is known to be without a module."""
        return self.modules is not None and module not in self.modules
