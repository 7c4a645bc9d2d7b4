"""What becomes of credit memos."""

from __future__ import annotations

import datetime
from typing import Literal

from mapping.fields import FieldSpec
from mapping.settings.keys import Keys, Number, OnOff


class CreditNoteKeys(Keys):
    """Credit notes. Nothing is booked while `booking` is off.

    `adjustments`: what was paid back beside goods and shipping is a reduction of the price, with the invoice's VAT in
    it, or a compensation without VAT. `restock`: whether goods came back is what the binlog showed, always, or never.
    `before_booking`: a refund before the invoice is booked reduces the draft, or waits for the invoice. `since`: older
    memos were credited elsewhere. `number_offset` makes numbers of Magento's where invoices are booked with theirs.
    """

    create: OnOff = True
    book: OnOff = True
    adjustments: Literal["price_reduction", "compensation"] = "price_reduction"
    restock: Literal["captured", "always", "never"] = "captured"
    before_booking: Literal["reduce", "wait"] = "wait"
    since: datetime.date | None = None
    number_offset: Number | None = None
    heading: FieldSpec | None = None
    fee: FieldSpec | None = None
