"""How products are made, found and updated."""

from __future__ import annotations

from pydantic import Field

from mapping.settings.keys import Keys, Number, OnOff, Words


class ProductRule(Keys):
    """A row that gives a product group. `untaxed`: a domestic sale on which Magento charged no VAT."""

    if_: str | None = Field(default=None, alias="if")
    type: Words | None = None
    untaxed: OnOff | None = None
    group: str | Number


class ProductKeys(Keys):
    """How products are made. `create: off`: they must exist in e-conomic."""

    create: OnOff = True
    groups: tuple[ProductRule, ...] = ()
