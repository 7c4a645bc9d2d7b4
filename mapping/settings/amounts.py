"""Which currency a document is in, its rate of exchange, and its date."""

from __future__ import annotations

from typing import Literal

from mapping.fields import FieldSpec
from mapping.settings.keys import Keys

AmountsOf = Literal["order", "base"]
"""Magento keeps every amount twice: in the order's currency and in the shop's base currency."""


class DateKeys(Keys):
    """The date of an invoice, and what happens to a date whose period is closed or barred in e-conomic.

    `note` is the text that a document carries whose date had to move; `original_date` is the date it moved from.
    """

    invoice: Literal["magento", "shipment"] = "magento"
    closed_period: Literal["park", "first_open_day"] = "park"
    note: FieldSpec | None = None
