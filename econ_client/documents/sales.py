"""Orders and invoices: drafts, what e-conomic makes of them, and booking.

Amounts are net prices without VAT in the document's currency, two decimals unless said. What the server computes is
never sent: request models hold only what can be written, answer models add what comes back.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Literal

from econ_client.documents.base import Linked, Wire
from econ_client.documents.refs import (
    BookedInvoiceRef,
    ContactRef,
    CustomerRef,
    DeliveryLocationRef,
    DistributionRef,
    DraftInvoiceRef,
    EmployeeRef,
    LayoutRef,
    PaymentTermsRef,
    ProductRef,
    ProjectRef,
    UnitRef,
    VatZoneRef,
)
from econ_client.limits import (
    Amount,
    Between,
    CurrencyCode,
    Ean,
    Length,
    Number,
    Rate,
    Shape,
    Text30,
    Text50,
    Text100,
    Text250,
    Text255,
    Text1000,
)

NemHandelType = Annotated[
    str,
    Shape(
        "ean|corporateIdentificationNumber|pNumber|peppol",
        "ean, corporateIdentificationNumber, pNumber or peppol, in this spelling",
    ),
]


class Accrual(Wire):
    """The period that a line's income belongs to."""

    start_date: datetime.date
    end_date: datetime.date


class Line(Wire):
    """A document line. `quantity` and `unit_net_price` take two decimals; negative quantities return goods."""

    line_number: Number | None = None
    sort_key: Number | None = None
    description: Annotated[str, Length(2500)] | None = None
    unit: UnitRef | None = None
    product: ProductRef | None = None
    quantity: Amount | None = None
    unit_net_price: Amount | None = None
    discount_percentage: Amount | None = None
    unit_cost_price: Amount | None = None
    departmental_distribution: DistributionRef | None = None
    accrual: Accrual | None = None


class Lines(Wire):
    """Lines that are appended to a draft invoice."""

    lines: tuple[Line, ...]


class LineAnswer(Line):
    """A line as e-conomic answers it; VAT per line only on booked invoices."""

    total_net_amount: Decimal | None = None
    vat_rate: Decimal | None = None
    vat_amount: Decimal | None = None


class Recipient(Wire):
    """Who the document is made out to."""

    name: Text250
    address: Text250 | None = None
    zip: Text50 | None = None
    city: Text250 | None = None
    country: Text50 | None = None
    ean: Ean | None = None
    public_entry_number: Annotated[str, Length(40)] | None = None
    attention: ContactRef | None = None
    mobile_phone: str | None = None
    nem_handel_type: NemHandelType | None = None
    vat_zone: VatZoneRef


class Delivery(Wire):
    """Where the goods go."""

    address: Text255 | None = None
    zip: Text30 | None = None
    city: Text50 | None = None
    country: Text50 | None = None
    delivery_terms: Text100 | None = None
    delivery_date: datetime.date | None = None


class Notes(Wire):
    """The document's heading (250) and its two texts (1,000 each)."""

    heading: Text250 | None = None
    text_line1: Text1000 | None = None
    text_line2: Text1000 | None = None


class References(Wire):
    """`other` (250) carries the shop's own reference; the only place that finds a document again."""

    other: Text250 | None = None
    customer_contact: ContactRef | None = None
    sales_person: EmployeeRef | None = None
    vendor_reference: EmployeeRef | None = None


class Draft(Wire):
    """The body of a draft order and of a draft invoice: they are the same.

    `exchange_rate` is the price in base currency of 100 units of the document's currency, six decimals, 100 for the
    base currency itself. `due_date` is taken only with payment terms of type dueDate.
    """

    date: datetime.date
    currency: CurrencyCode
    exchange_rate: Rate | None = None
    due_date: datetime.date | None = None
    payment_terms: PaymentTermsRef
    customer: CustomerRef
    recipient: Recipient
    delivery: Delivery | None = None
    delivery_location: DeliveryLocationRef | None = None
    project: ProjectRef | None = None
    notes: Notes | None = None
    references: References | None = None
    layout: LayoutRef
    lines: tuple[Line, ...] = ()


class ProposedDraft(Draft):
    """The draft invoice that e-conomic proposes for an order; orders may come without a layout."""

    layout: LayoutRef | None = None  # type: ignore[assignment]  # wider than in what is sent


class Amounts(Wire):
    """What e-conomic computed: net, VAT and gross in the document's currency."""

    net_amount: Decimal
    vat_amount: Decimal
    gross_amount: Decimal


class DraftAnswer(Draft, Linked):
    """A draft, or a sent or archived order, as e-conomic answers it.

    Collections leave `lines` out, and the layout is published for the single draft only.
    """

    order_number: int | None = None
    draft_invoice_number: int | None = None
    layout: LayoutRef | None = None  # type: ignore[assignment]  # wider than in what is sent
    lines: tuple[LineAnswer, ...] = ()
    net_amount: Decimal
    vat_amount: Decimal
    gross_amount: Decimal
    rounding_amount: Decimal | None = None
    last_updated: str | None = None

    @property
    def number(self) -> int:
        """The order's or the draft invoice's number."""
        number = self.order_number if self.draft_invoice_number is None else self.draft_invoice_number
        if number is None:
            raise ValueError("the answer carries neither orderNumber nor draftInvoiceNumber")
        return number


class BookedAnswer(Draft, Linked):
    """A booked invoice. `order_number` is the number of the draft invoice it was booked from."""

    booked_invoice_number: int
    order_number: int | None = None
    lines: tuple[LineAnswer, ...] = ()
    net_amount: Decimal
    vat_amount: Decimal
    gross_amount: Decimal
    remainder: Decimal | None = None
    remainder_in_base_currency: Decimal | None = None

    @property
    def paid(self) -> bool | None:
        """Whether nothing is left to pay; None when the answer does not say."""
        return None if self.remainder is None else not self.remainder


class Sending(Linked):
    """That a booked invoice was sent, and how far that got. `send_by`: ean or mobilePay; absent for e-mail."""

    id: int
    status: str = ""
    send_by: str | None = None
    creation_date: datetime.date | None = None
    invoice: BookedInvoiceRef | None = None


class Booking(Wire):
    """The body that books a draft invoice: final, cannot be undone."""

    draft_invoice: DraftInvoiceRef
    book_with_number: Annotated[int, Between(1, 999_999_999)] | None = None
    send_by: Literal["none", "EAN", "Email"] | None = None
