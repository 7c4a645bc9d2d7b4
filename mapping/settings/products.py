"""How products are made, found and updated."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mapping.fields import FieldSpec
from mapping.settings.keys import Keys, Number, OnOff, Words

ProductField = Literal[
    "name",
    "description",
    "bar_code",
    "sales_price",
    "cost_price",
    "recommended_price",
    "unit",
    "department",
    "group",
    "package_volume",
    "recommended_cost_price",
]
"""What the profile may keep up to date in products that exist; `products.barred` is a switch of its own."""


class ProductRule(Keys):
    """A row that gives a product group. `untaxed`: a domestic sale on which Magento charged no VAT."""

    if_: str | None = Field(default=None, alias="if")
    type: Words | None = None
    untaxed: OnOff | None = None
    tax_class: Words | None = None
    attribute_set: Words | None = None
    category: Words | None = None
    group: str | Number


class WhichRule(Keys):
    """A row that says whether a catalog product is made and kept in e-conomic; every condition must hold.

    `sku` holds patterns with ``*`` and ``?``, `website` codes, `category` ids, names or paths.
    """

    if_: str | None = Field(default=None, alias="if")
    type: Words | None = None
    attribute_set: Words | None = None
    category: Words | None = None
    status: tuple[Literal["enabled", "disabled"], ...] | None = None
    website: Words | None = None
    sku: Words | None = None
    then: Literal["send", "leave"]


class ProductKeys(Keys):
    """How products are made, found and updated.

    `create: off`: they must exist in e-conomic. `missing` is what becomes of an order line whose product does not
    exist: it is made, the order stops, or the line stands on the product with this number. `renamed` is what becomes
    of a product that gets another number: people renumber it in e-conomic, or a new one is made; `deleted` of one that
    is gone from the catalog.
    """

    create: OnOff = True
    sync: Literal["orders", "catalog"] = "orders"
    which: tuple[WhichRule, ...] = ()
    number: FieldSpec | None = None
    long_number: Literal["stop", "shorten"] = "stop"
    line_sku: Literal["line", "product"] = "line"
    groups: tuple[ProductRule, ...] = ()
    existing: Literal["update", "leave", "warn"] = "leave"
    update: tuple[ProductField, ...] = ()
    missing: str | Number = Field(default="create", min_length=1)
    renamed: Literal["park", "create"] = "park"
    deleted: Literal["leave", "bar"] = "leave"
    barred: OnOff = False

    @property
    def stand_in(self) -> str | None:
        """The number of the product that stands in for those that e-conomic does not have; None without one."""
        return None if self.missing in ("create", "stop") else str(self.missing)

    @property
    def made_at_need(self) -> bool:
        """Whether an order makes the products that it lacks."""
        return self.create and self.missing == "create"
