"""What stands in each field of each document."""

from __future__ import annotations

from mapping.fields import FieldSpec
from mapping.settings.keys import Keys


class CustomerFields(Keys):
    """Fields of a debtor."""

    name: FieldSpec | None = None
    address: FieldSpec | None = None
    zip: FieldSpec | None = None
    city: FieldSpec | None = None
    country: FieldSpec | None = None
    email: FieldSpec | None = None
    phone: FieldSpec | None = None
    mobile: FieldSpec | None = None
    website: FieldSpec | None = None


class RecipientFields(Keys):
    """Who the document is made out to."""

    name: FieldSpec | None = None
    address: FieldSpec | None = None
    zip: FieldSpec | None = None
    city: FieldSpec | None = None
    country: FieldSpec | None = None
    mobile: FieldSpec | None = None


class DeliveryFields(Keys):
    """Where the goods go."""

    address: FieldSpec | None = None
    zip: FieldSpec | None = None
    city: FieldSpec | None = None
    country: FieldSpec | None = None
    terms: FieldSpec | None = None


class DocumentFields(Keys):
    """The document's heading and texts."""

    heading: FieldSpec | None = None
    text1: FieldSpec | None = None
    text2: FieldSpec | None = None


class LineFields(Keys):
    """A line's text."""

    description: FieldSpec | None = None


class ProductFields(Keys):
    """Fields of a product; `sales_price` and `cost_price` are net in the agreement's base currency."""

    name: FieldSpec | None = None
    description: FieldSpec | None = None
    bar_code: FieldSpec | None = None
    sales_price: FieldSpec | None = None
    cost_price: FieldSpec | None = None
    recommended_price: FieldSpec | None = None


class Fields(Keys):
    """What stands in each field of each document."""

    customer: CustomerFields = CustomerFields()
    document: DocumentFields = DocumentFields()
    recipient: RecipientFields = RecipientFields()
    delivery: DeliveryFields = DeliveryFields()
    line: LineFields = LineFields()
    shipping: LineFields = LineFields()
    rounding: LineFields = LineFields()
    product: ProductFields = ProductFields()
