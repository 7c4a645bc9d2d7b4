"""What further columns of Magento's totals are: fees, wrapping, redeemed gift cards, store credit, points."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mapping.fields import FieldSpec
from mapping.settings.keys import Keys, Number, OnOff

_COLUMN = r"^[A-Za-z0-9_$]+$"


class TotalRow(Keys):
    """A column of sales_order, sales_invoice and sales_creditmemo that is part of the grand total.

    `sign: minus` for what Magento keeps as a positive amount and subtracts. `includes_vat` says that the amount holds
    the VAT of `vat_column`. The base currency's columns are `base_<column>` unless they are named. `product` is a name
    in `numbers.products` or a product number, or one for each VAT rate; `group` is where a product that is not there
    yet is made.
    """

    name: str = Field(min_length=1)
    column: str = Field(pattern=_COLUMN)
    vat_column: str | None = Field(default=None, pattern=_COLUMN)
    base_column: str | None = Field(default=None, pattern=_COLUMN)
    base_vat_column: str | None = Field(default=None, pattern=_COLUMN)
    includes_vat: OnOff = False
    sign: Literal["plus", "minus"] = "plus"
    product: str | tuple[str, ...]
    group: str | Number | None = None
    description: FieldSpec | None = None
