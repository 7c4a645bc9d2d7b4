"""A catalog product with its categories and stock, as `cdc.models` passes them on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

Scalar = str | int | Decimal | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The product's row in cataloginventory_stock_item and, with MSI, its quantity per source."""

    qty: Decimal | None
    is_in_stock: bool
    manage_stock: bool
    sources: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category that a product is in, by its names in the default scope.

    `lineage` holds (id, name) from the first category below the store's root down to this one.
    """

    id: int
    name: str
    lineage: tuple[tuple[int, str], ...] = ()

    @property
    def path(self) -> str:
        """The names from below the root, joined by slashes: ``Men/Shirts``."""
        return "/".join(name for _, name in self.lineage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product as the default store view sees it; `for_store` gives a store view's own values.

    Prices are as the catalog keeps them, six decimals, in `currency` (Magento's base currency in the default scope);
    `prices_include_tax` says whether they hold VAT, in the first website that the product is in. `attributes` are
    default-scope EAV values by code; `store_attributes[store_id]` holds only what differs there. `websites` are codes.
    `categories` are its own or, where it has none as the variants of a configurable, those of its parents.
    """

    id: int
    sku: str
    type: str
    attribute_set_id: int
    created_at: datetime
    updated_at: datetime
    website_ids: tuple[int, ...]
    stock: Stock | None
    parent_ids: tuple[int, ...]
    tax_class: str
    attribute_set: str = ""
    websites: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    currency: str = ""
    prices_include_tax: bool = False
    attributes: Mapping[str, Scalar] = field(default_factory=dict)
    store_attributes: Mapping[int, Mapping[str, Scalar]] = field(default_factory=dict)

    def for_store(self, store_id: int) -> Mapping[str, Scalar]:
        """Attribute values in a store view, with fall-back to the default scope."""
        return {**self.attributes, **self.store_attributes.get(store_id, {})}

    @property
    def name(self) -> str:
        """The name in the default scope; empty when there is none."""
        return str(self.attributes.get("name") or "")

    @property
    def price(self) -> Decimal | None:
        """The price in the default scope."""
        value = self.attributes.get("price")
        return value if isinstance(value, Decimal) else None

    @property
    def enabled(self) -> bool:
        """Whether status is 1 in the default scope."""
        return self.attributes.get("status") == 1
