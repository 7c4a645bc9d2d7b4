"""What becomes of captured and refunded money."""

from __future__ import annotations

import datetime
from typing import Literal

from mapping.fields import FieldSpec
from mapping.settings.keys import Keys, Number, OnOff


class PaymentKeys(Keys):
    """Vouchers for captures and online refunds, off unless said.

    `accounts` gives the clearing account of a payment method, empty for methods without vouchers. `sign`: whether
    e-conomic wants what a customer paid as a credit (a negative amount) or as a debit. `since`: older payments were
    registered elsewhere.
    """

    record: OnOff = False
    journal: Number | None = None
    accounts: FieldSpec | None = None
    sign: Literal["credit", "debit"] = "credit"
    text: FieldSpec | None = None
    since: datetime.date | None = None
