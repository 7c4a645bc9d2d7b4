"""The VAT table, and what a rounding pair may close."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from mapping.settings.keys import Amount, Keys, Number, Words


class ZoneRule(Keys):
    """A row of the VAT table. `vat_id: valid` wants a number with the country's prefix that Magento has validated."""

    name: str
    if_: str | None = Field(default=None, alias="if")
    country: Words | None = None
    postcode: str | None = None
    customer_group: Words | None = None
    vat_id: Literal["valid", "any", "none"] | None = None
    zone: str | Number
    note: str = ""


class VatKeys(Keys):
    """Where the shop is at home, which countries are the EU, and the table that gives the zone; first match wins."""

    home: str = "DK"
    eu: Words = ()
    zones: tuple[ZoneRule, ...] = ()


class RoundingKeys(Keys):
    """How much may be closed by itself: the VAT gap, the net gap, and the size of a rounding line.

    `gap_per_unit` is added to `gap` for each unit sold, and to `line` what it is net: Magento's unit calculation
    rounds VAT once per unit, half an øre at most.
    """

    gap: Amount = Decimal("0.50")
    gap_per_unit: Amount = Decimal("0.005")
    net_gap: Amount = Decimal("0.05")
    line: Amount = Decimal("2.00")
