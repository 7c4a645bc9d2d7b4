"""Customers and what belongs to them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from econ_client.documents.base import Linked, Wire
from econ_client.documents.refs import (
    AccountRef,
    ContactRef,
    CustomerGroupRef,
    CustomerNumber,
    DeliveryLocationRef,
    EmployeeRef,
    LayoutRef,
    PaymentTermsRef,
    VatZoneRef,
)
from econ_client.limits import Amount, Ean, Length, Number, Text30, Text50, Text100, Text255

Mailing = Literal["invoices", "orders", "quotations", "reminders"]


class Customer(Wire):
    """A customer as it is created. Required: currency, customer_group, vat_zone, name, payment_terms.

    `attention`, `customer_contact` and `default_delivery_location` must exist already, so they are taken by an update
    only. `email` may hold several addresses, separated by spaces. `vat_number` is taken by agreements of SE, UK, DE, PL
    and FI only.
    """

    customer_number: CustomerNumber | None = None
    currency: Annotated[str, Length(3, 3)]
    customer_group: CustomerGroupRef
    vat_zone: VatZoneRef
    payment_terms: PaymentTermsRef
    name: Annotated[str, Length(255, 1)]
    address: Annotated[str, Length(510)] | None = None
    zip: Text30 | None = None
    city: Text50 | None = None
    country: Text50 | None = None
    email: Text255 | None = None
    telephone_and_fax_number: Text255 | None = None
    mobile_phone: Text50 | None = None
    corporate_identification_number: Annotated[str, Length(40)] | None = None
    p_number: Annotated[str, Length(10, 10)] | None = None
    vat_number: Annotated[str, Length(20)] | None = None
    ean: Ean | None = None
    public_entry_number: Text50 | None = None
    website: Text255 | None = None
    credit_limit: Amount | None = None
    barred: bool | None = None
    layout: LayoutRef | None = None
    sales_person: EmployeeRef | None = None
    attention: ContactRef | None = None
    customer_contact: ContactRef | None = None
    default_delivery_location: DeliveryLocationRef | None = None
    e_invoicing_disabled_by_default: bool | None = None


class CustomerAnswer(Customer, Linked):
    """A customer as e-conomic answers it.

    `balance` is what is outstanding, `due_amount` what should be paid by now; e-conomic does not say in which currency.
    """

    customer_number: int
    balance: Decimal | None = None
    due_amount: Decimal | None = None
    last_updated: str | None = None


class Contact(Wire):
    """A customer's contact as it is created or replaced; `customer_contact_number` is e-conomic's to give."""

    customer_contact_number: Number | None = None
    name: Text255
    email: Text255 | None = None
    phone: Text50 | None = None
    e_invoice_id: Text50 | None = None
    notes: Annotated[str, Length(2000)] | None = None
    email_notifications: tuple[Mailing, ...] | None = None


class ContactAnswer(Contact, Linked):
    """A contact as e-conomic answers it."""

    customer_contact_number: int
    email_notifications: tuple[str, ...] | None = None  # type: ignore[assignment]  # others may be added there
    deleted: bool = False
    sort_key: int | None = None


class DeliveryLocation(Wire):
    """A customer's delivery location. Nothing is required; the ZIP code is called `postal_code` here alone."""

    address: Text255 | None = None
    postal_code: Annotated[str, Length(15)] | None = None
    city: Text50 | None = None
    country: Text50 | None = None
    terms_of_delivery: Text100 | None = None
    barred: bool | None = None
    sort_key: Number | None = None


class DeliveryLocationAnswer(DeliveryLocation, Linked):
    """A delivery location as e-conomic answers it."""

    delivery_location_number: int


class CustomerGroup(Wire):
    """A customer group; the caller gives its number, and the account that its customers' debts stand on."""

    customer_group_number: Number
    name: Text50 | None = None
    account: AccountRef | None = None
    layout: LayoutRef | None = None


class CustomerGroupAnswer(CustomerGroup, Linked):
    """A customer group as e-conomic answers it."""
