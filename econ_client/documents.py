"""e-conomic's documents as typed models, both ways.

Names are e-conomic's in snake case; on the wire they are camelCase. Amounts are `Decimal`: net prices without VAT in
the document's currency, two decimals unless said. What the server computes is never sent: request models hold only
what can be written, answer models add what comes back. Unknown properties of answers are ignored.

Source: e-conomic's published JSON schemas and recorded answers.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    """Base of everything on the wire: frozen, camelCase aliases, unknown properties ignored."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True, defer_build=True
    )


class CustomerRef(Wire):
    """Reference to a customer; without a number until e-conomic has assigned one."""

    customer_number: int | None = None


class CustomerGroupRef(Wire):
    """Reference to a customer group."""

    customer_group_number: int


class VatZoneRef(Wire):
    """Reference to a VAT zone (1 domestic, 2 EU, 3 abroad, 4 domestic exempt in most agreements)."""

    vat_zone_number: int


class PaymentTermsRef(Wire):
    """Reference to payment terms."""

    payment_terms_number: int


class LayoutRef(Wire):
    """Reference to a layout."""

    layout_number: int


class ProductGroupRef(Wire):
    """Reference to a product group."""

    product_group_number: int


class UnitRef(Wire):
    """Reference to a unit."""

    unit_number: int


class ProductRef(Wire):
    """Reference to a product; numbers are strings of 1 to 25 characters."""

    product_number: str


class EmployeeRef(Wire):
    """Reference to an employee."""

    employee_number: int


class ContactRef(Wire):
    """Reference to a customer's contact."""

    customer_contact_number: int


class DistributionRef(Wire):
    """Reference to a departmental distribution."""

    departmental_distribution_number: int


class Customer(Wire):
    """A customer as it is created. Required: currency, customer_group, vat_zone, name, payment_terms."""

    customer_number: int | None = None
    currency: str
    customer_group: CustomerGroupRef
    vat_zone: VatZoneRef
    payment_terms: PaymentTermsRef
    name: str
    address: str | None = None
    zip: str | None = None
    city: str | None = None
    country: str | None = None
    email: str | None = None
    telephone_and_fax_number: str | None = None
    mobile_phone: str | None = None
    corporate_identification_number: str | None = None
    ean: str | None = None
    public_entry_number: str | None = None
    website: str | None = None
    barred: bool | None = None
    layout: LayoutRef | None = None
    sales_person: EmployeeRef | None = None


class Product(Wire):
    """A product as it is created. `sales_price` is net in the agreement's base currency."""

    product_number: str
    name: str
    product_group: ProductGroupRef
    description: str | None = None
    sales_price: Decimal | None = None
    cost_price: Decimal | None = None
    recommended_price: Decimal | None = None
    bar_code: str | None = None
    barred: bool | None = None
    unit: UnitRef | None = None


class Inventory(Wire):
    """A product's stock, present only with the inventory module. `available` = in_stock - ordered_by_customers."""

    in_stock: Decimal | None = None
    available: Decimal | None = None
    ordered_by_customers: Decimal | None = None
    ordered_from_suppliers: Decimal | None = None


class ProductAnswer(Product):
    """A product as e-conomic answers it."""

    inventory: Inventory | None = None
    last_updated: str | None = None


class CustomerAnswer(Customer):
    """A customer as e-conomic answers it."""

    customer_number: int
    last_updated: str | None = None


class Line(Wire):
    """A document line. `quantity` and `unit_net_price` take two decimals; negative quantities return goods."""

    line_number: int | None = None
    sort_key: int | None = None
    description: str | None = None
    unit: UnitRef | None = None
    product: ProductRef | None = None
    quantity: Decimal | None = None
    unit_net_price: Decimal | None = None
    discount_percentage: Decimal | None = None
    unit_cost_price: Decimal | None = None
    departmental_distribution: DistributionRef | None = None


class LineAnswer(Line):
    """A line as e-conomic answers it; VAT per line only on booked invoices."""

    total_net_amount: Decimal | None = None
    vat_rate: Decimal | None = None
    vat_amount: Decimal | None = None


class Recipient(Wire):
    """Who the document is made out to."""

    name: str
    address: str | None = None
    zip: str | None = None
    city: str | None = None
    country: str | None = None
    ean: str | None = None
    public_entry_number: str | None = None
    attention: ContactRef | None = None
    mobile_phone: str | None = None
    nem_handel_type: Literal["ean", "corporateIdentificationNumber", "pNumber", "peppol"] | None = None
    vat_zone: VatZoneRef


class Delivery(Wire):
    """Where the goods go."""

    address: str | None = None
    zip: str | None = None
    city: str | None = None
    country: str | None = None
    delivery_terms: str | None = None
    delivery_date: datetime.date | None = None


class Notes(Wire):
    """The document's heading (250) and its two texts (1,000 each)."""

    heading: str | None = None
    text_line1: str | None = None
    text_line2: str | None = None


class References(Wire):
    """`other` (250) carries the shop's own reference; the only place that finds a document again."""

    other: str | None = None
    customer_contact: ContactRef | None = None
    sales_person: EmployeeRef | None = None
    vendor_reference: EmployeeRef | None = None


class Draft(Wire):
    """The body of a draft order and of a draft invoice: they are the same.

    `exchange_rate` is the price in base currency of 100 units of the document's currency, six decimals, 100 for the
    base currency itself. `due_date` is taken only with payment terms of type dueDate.
    """

    date: datetime.date
    currency: str
    exchange_rate: Decimal | None = None
    due_date: datetime.date | None = None
    payment_terms: PaymentTermsRef
    customer: CustomerRef
    recipient: Recipient
    delivery: Delivery | None = None
    notes: Notes | None = None
    references: References | None = None
    layout: LayoutRef
    lines: tuple[Line, ...] = ()


class Amounts(Wire):
    """What e-conomic computed: net, VAT and gross in the document's currency."""

    net_amount: Decimal
    vat_amount: Decimal
    gross_amount: Decimal


class DraftAnswer(Draft):
    """A draft as e-conomic answers it; collections leave `lines` out."""

    order_number: int | None = None
    draft_invoice_number: int | None = None
    recipient: Recipient
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


class BookedAnswer(Draft):
    """A booked invoice. `order_number` is the number of the draft invoice it was booked from."""

    booked_invoice_number: int
    order_number: int | None = None
    lines: tuple[LineAnswer, ...] = ()
    net_amount: Decimal
    vat_amount: Decimal
    gross_amount: Decimal
    remainder: Decimal | None = None


class DraftInvoiceRef(Wire):
    """Reference to a draft invoice."""

    draft_invoice_number: int


class Booking(Wire):
    """The body that books a draft invoice: final, cannot be undone."""

    draft_invoice: DraftInvoiceRef
    book_with_number: int | None = None
    send_by: Literal["none", "EAN", "Email"] | None = None


class Module(Wire):
    """A module of the agreement; 15 is inventory ("Lager")."""

    module_number: int
    name: str = ""


class Settings(Wire):
    """The agreement's settings."""

    base_currency: str


class Self(Wire):
    """`/self`: which agreement the tokens open."""

    agreement_number: int
    settings: Settings
    modules: tuple[Module, ...] = ()

    @property
    def has_inventory(self) -> bool:
        """Whether the inventory module is on."""
        return any(m.module_number == 15 for m in self.modules)
