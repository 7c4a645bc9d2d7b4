"""The profile's keys as models: what is allowed where. Unknown keys and wrong types are mistakes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mapping.fields import FieldSpec
from mapping.money import VatRounding
from mapping.settings.amounts import AmountsOf, DateKeys
from mapping.settings.attachments import AttachmentKeys
from mapping.settings.credit import CreditNoteKeys
from mapping.settings.customers import CustomerKeys
from mapping.settings.fields import Fields
from mapping.settings.keys import Keys, Limit, OnOff, Since
from mapping.settings.numbers import Numbers
from mapping.settings.owners import OwnerKeys
from mapping.settings.payments import PaymentKeys
from mapping.settings.products import ProductKeys
from mapping.settings.stock import PullKeys, StockKeys
from mapping.settings.totals import TotalRow
from mapping.settings.vat import RoundingKeys, VatKeys
from mapping.settings.when import CancelledKeys, WhenRule


class Orders(Keys):
    """The go-live line, and how draft orders are made and become invoices.

    `upgrade`: the order is marked as sent and archived by its invoice, or deleted. `refused`: what is made where
    e-conomic takes no orders from apps.
    """

    since: Since = None
    upgrade: Literal["archive", "delete"] = "archive"
    refused: Literal["invoice_draft", "park"] = "invoice_draft"


class ReferenceKeys(Keys):
    """What stands in references.other: a text of the shop's own, then the document's token with its prefix."""

    prefix: str = Field(default="", max_length=20, pattern=r"^[^\s·/]*$")
    text: FieldSpec | None = None


class Settings(Keys):
    """The effective profile of one store view."""

    booking: OnOff = False
    orders: Orders = Orders()
    stock: StockKeys = StockKeys()
    pull: PullKeys = PullKeys()
    invoices: Literal["per_order", "per_magento_invoice"] = "per_order"
    invoice_number: Literal["economic", "magento"] = "economic"
    attachments: AttachmentKeys = AttachmentKeys()
    reference: ReferenceKeys = ReferenceKeys()
    amounts: AmountsOf = "order"
    exchange_rate: FieldSpec | None = None
    dates: DateKeys = DateKeys()
    totals: tuple[TotalRow, ...] = ()
    vat_rounding: VatRounding = "document/half_up"
    on_gap: Literal["backfill", "stop"] = "backfill"
    booking_limit: Limit = 50
    numbers: Numbers = Numbers()
    customers: CustomerKeys = CustomerKeys()
    products: ProductKeys = ProductKeys()
    owners: OwnerKeys = OwnerKeys()
    vat: VatKeys = VatKeys()
    rounding: RoundingKeys = RoundingKeys()
    when: tuple[WhenRule, ...] = ()
    cancelled: CancelledKeys = CancelledKeys()
    credit_notes: CreditNoteKeys = CreditNoteKeys()
    payments: PaymentKeys = PaymentKeys()
    fields: Fields = Fields()


PER_STORE = frozenset(
    {
        "amounts",
        "exchange_rate",
        "dates",
        "totals",
        "booking",
        "orders",
        "invoices",
        "invoice_number",
        "attachments",
        "reference",
        "numbers",
        "customers",
        "products",
        "vat",
        "rounding",
        "when",
        "cancelled",
        "credit_notes",
        "payments",
        "fields",
    }
)
"""Keys that a store view may override; the rest belong to the shop as a whole."""
