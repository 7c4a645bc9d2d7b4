"""What mapping answers: the documents that should exist for an entity, and why others should not.

Amounts are `Decimal` with two decimals in the document's currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from econ_client.documents import Contact, Customer, DeliveryLocation, Draft, Product
from mapping.choice import Choice

SendBy = Literal["EAN", "Email"]
DocumentKind = Literal["customer", "product", "order_draft", "invoice_draft", "credit_note_draft", "voucher"]


@dataclass(frozen=True, slots=True)
class Amounts:
    """Net, VAT and gross; gross is net + VAT."""

    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document's line came from: an order line by its item id and SKU, or shipping, rounding, a fee ...

    `rate` is the VAT rate that e-conomic gives the line, in percent.
    """

    source: str
    rate: Decimal
    line_id: int | None = None
    sku: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateShare:
    """What both sides have at one VAT rate, in percent. Magento's net is without rounding lines."""

    rate: Decimal
    net: Decimal
    vat: Decimal
    magento_net: Decimal
    magento_vat: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCustomer:
    """The debtor that a document needs.

    `natural_key` and `further_keys` serialise its creation (``email:<normalised>``, ``cvr:<digits>``,
    ``phone:<digits>`` or ``number:<n>``). `match` says, in its order, by what an existing debtor is found; `email`,
    `cvr`, `ean` and `phone` are normalised, and a number is in `body`. `consumer_groups` are the customer groups in
    which an unauthenticated e-mail or phone number may match. `magento_id` is None for guests, whose data never updates
    a debtor. With `number` set the profile names the debtor itself (a collective customer) and nothing is created, nor
    is it without `create`. `identity` tells who the account was. `update` are the fields of the body that the account
    may change in an existing debtor, by their names in the profile; those in `overwrite` also where somebody else has
    changed them. `given` are the fields that the profile has a value for, and without `complete` the account has no
    address yet. `contact` and `location` are what the document's debtor should have below it.
    """

    natural_key: str
    magento_id: int | None
    email: str
    cvr: str
    ean: str
    consumer_groups: tuple[int, ...]
    number: int | None
    body: Customer
    identity: Mapping[str, str] = field(default_factory=dict)
    further_keys: tuple[str, ...] = ()
    match: tuple[str, ...] = ("link", "cvr", "email")
    phone: str = ""
    create: bool = True
    update: tuple[str, ...] = ()
    overwrite: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    complete: bool = True
    contact: Contact | None = None
    location: DeliveryLocation | None = None

    @property
    def natural_keys(self) -> tuple[str, ...]:
        """Everything that is locked before the debtor is looked for or changed, in the order of locking."""
        return tuple(sorted({self.natural_key, *self.further_keys}))


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedProduct:
    """A product that a line needs, or that the catalog asks for.

    `body` is None when the profile wants it to exist already (shipping, rounding). `sku` is the one SKU that may have
    the number; '' where the profile names the number itself. `create` says whether it is made where it does not exist,
    `left` why the profile leaves a catalog product alone, which then has no number and no body; '' when it does not.
    `identity` tells who the catalog product was.
    """

    number: str
    magento_id: int | None
    body: Product | None
    sku: str = ""
    create: bool = True
    left: str = ""
    identity: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedDocument:
    """A draft that should exist. `body.customer` is empty until the debtor's number is known.

    `expected` is what e-conomic will compute, `magento` what the shop charged; they are equal or the document is not
    sent. `role` is unique within the order: ``order``, ``invoice``, later ``invoice:<id>``, ``creditmemo:<id>``.
    `send_by` is how e-conomic sends it when it books it (None: not at all), `book_with` its number then (None:
    e-conomic's own); an `unnumbered` one is not booked before Magento's invoice gives the number. `attachment` is the
    name of the file that belongs to it ('': none). `origins` tells for each line where it came
    from, `rates` what both sides have by VAT rate, and `vat` how the VAT table decided.
    """

    kind: Literal["order_draft", "invoice_draft", "credit_note_draft"]
    role: str
    reference: str
    body: Draft
    book: bool
    customer: WantedCustomer
    products: tuple[WantedProduct, ...]
    expected: Amounts
    magento: Amounts
    send_by: SendBy | None = None
    book_with: int | None = None
    unnumbered: bool = False
    attachment: str = ""
    origins: tuple[Origin, ...] = ()
    rates: tuple[RateShare, ...] = ()
    vat: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedVoucher:
    """One payment that should stand in a journal, against a booked document.

    `role` is ``payment:<invoice>`` or ``refund:<creditmemo>``, `reference` the token that its text holds. `pays` is the
    role of the document and `number` that of the booked invoice or credit note. `amount` has the sign that e-conomic
    wants, in the document's currency.
    """

    role: str
    reference: str
    pays: str
    number: str
    journal: int
    day: date
    amount: Decimal
    currency: str
    exchange_rate: Decimal | None
    customer: int
    account: int
    text: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that should not exist, with the named reason (``before_go_live``, ``pending_payment``, ...)."""

    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class Parked:
    """A document that cannot be made as things are: `reason` is a name, `advice` a sentence for people."""

    role: str
    reason: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The answer of mapping for one order.

    `documents` should exist; drafts of the roles in `removals` should not (a cancelled order, or the draft order that
    makes way for its invoice). Drafts of the roles in `marks` stay, with the text `mark` before their heading. Roles in
    `skipped` and `parked` are left as they are. `look_again_at` (aware UTC): time alone may make another answer then.
    """

    documents: tuple[WantedDocument, ...] = ()
    removals: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    mark: str = ""
    vouchers: tuple[WantedVoucher, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    parked: tuple[Parked, ...] = ()
    look_again_at: datetime | None = None
