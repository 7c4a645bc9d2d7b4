"""What stands in each field of each document."""

from __future__ import annotations

from mapping.fields import FieldSpec
from mapping.settings.keys import Keys


class CustomerFields(Keys):
    """Fields of a debtor; `payment_terms` and `layout` default to those of the document."""

    name: FieldSpec | None = None
    address: FieldSpec | None = None
    zip: FieldSpec | None = None
    city: FieldSpec | None = None
    country: FieldSpec | None = None
    email: FieldSpec | None = None
    phone: FieldSpec | None = None
    mobile: FieldSpec | None = None
    website: FieldSpec | None = None
    p_number: FieldSpec | None = None
    public_entry_number: FieldSpec | None = None
    vat_number: FieldSpec | None = None
    credit_limit: FieldSpec | None = None
    barred: FieldSpec | None = None
    e_invoicing_disabled: FieldSpec | None = None
    salesperson: FieldSpec | None = None
    payment_terms: FieldSpec | None = None
    layout: FieldSpec | None = None


class ContactFields(Keys):
    """Fields of the contact that a buyer is under a company's debtor."""

    name: FieldSpec | None = None
    email: FieldSpec | None = None
    phone: FieldSpec | None = None
    notes: FieldSpec | None = None


class DeliveryLocationFields(Keys):
    """Fields of a debtor's delivery location; `address` is the order's shipping address."""

    address: FieldSpec | None = None
    zip: FieldSpec | None = None
    city: FieldSpec | None = None
    country: FieldSpec | None = None
    terms: FieldSpec | None = None


class RecipientFields(Keys):
    """Who the document is made out to; `ean` and `nem_handel_type` default to the buyer's EAN."""

    name: FieldSpec | None = None
    address: FieldSpec | None = None
    zip: FieldSpec | None = None
    city: FieldSpec | None = None
    country: FieldSpec | None = None
    mobile: FieldSpec | None = None
    ean: FieldSpec | None = None
    public_entry_number: FieldSpec | None = None
    nem_handel_type: FieldSpec | None = None
    attention: FieldSpec | None = None


class DeliveryFields(Keys):
    """Where the goods go, and when; `location` is the number of one of the debtor's delivery locations."""

    address: FieldSpec | None = None
    zip: FieldSpec | None = None
    city: FieldSpec | None = None
    country: FieldSpec | None = None
    terms: FieldSpec | None = None
    date: FieldSpec | None = None
    location: FieldSpec | None = None


class DocumentFields(Keys):
    """The document's heading, texts and references; `department` is that of lines without one of their own."""

    heading: FieldSpec | None = None
    text1: FieldSpec | None = None
    text2: FieldSpec | None = None
    due_date: FieldSpec | None = None
    project: FieldSpec | None = None
    salesperson: FieldSpec | None = None
    vendor_reference: FieldSpec | None = None
    contact: FieldSpec | None = None
    department: FieldSpec | None = None


class LineFields(Keys):
    """A line's text, unit, cost price, department and period of accrual. Quantity, price and VAT are no fields."""

    description: FieldSpec | None = None
    unit: FieldSpec | None = None
    cost_price: FieldSpec | None = None
    department: FieldSpec | None = None
    accrual_start: FieldSpec | None = None
    accrual_end: FieldSpec | None = None


class ProductFields(Keys):
    """Fields of a product; prices are net in the agreement's base currency."""

    name: FieldSpec | None = None
    description: FieldSpec | None = None
    bar_code: FieldSpec | None = None
    sales_price: FieldSpec | None = None
    cost_price: FieldSpec | None = None
    recommended_price: FieldSpec | None = None
    barred: FieldSpec | None = None
    unit: FieldSpec | None = None
    department: FieldSpec | None = None
    package_volume: FieldSpec | None = None
    recommended_cost_price: FieldSpec | None = None


class Fields(Keys):
    """What stands in each field of each document."""

    customer: CustomerFields = CustomerFields()
    contact: ContactFields = ContactFields()
    delivery_location: DeliveryLocationFields = DeliveryLocationFields()
    document: DocumentFields = DocumentFields()
    recipient: RecipientFields = RecipientFields()
    delivery: DeliveryFields = DeliveryFields()
    line: LineFields = LineFields()
    shipping: LineFields = LineFields()
    fee: LineFields = LineFields()
    discount: LineFields = LineFields()
    rounding: LineFields = LineFields()
    refund: LineFields = LineFields()
    product: ProductFields = ProductFields()
