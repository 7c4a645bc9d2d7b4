"""The profile's keys as models: what is allowed where. Unknown keys and wrong types are mistakes."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from mapping.fields import FieldSpec
from mapping.money import VatRounding


class Keys(BaseModel):
    """Base of every table in the profile: strict, frozen, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _on_off(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if value in ("on", "off"):
        return value == "on"
    raise PydanticCustomError("on_off", "must be on or off")


def _limit(value: Any) -> Any:
    if value is False or value == "off":
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise PydanticCustomError("limit", "must be a whole number from 1, or off")


def _since(value: Any) -> Any:
    if value is None or isinstance(value, datetime.date):
        return value
    if isinstance(value, dict):
        for code, number in value.items():
            if not isinstance(number, str) or not any(c.isdigit() for c in number):
                raise PydanticCustomError(
                    "since", 'must have an increment id in quotes for {code}, such as "000000123"', {"code": str(code)}
                )
        return value
    raise PydanticCustomError(
        "since", "must be a date such as 2026-12-31, or a quoted increment id per store code: {example}",
        {"example": '{default: "000000123"}'},
    )  # fmt: skip


def _decimal(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value


OnOff = Annotated[bool, BeforeValidator(_on_off)]
Limit = Annotated[int | None, BeforeValidator(_limit)]
Since = Annotated[datetime.date | dict[str, str] | None, BeforeValidator(_since)]
Amount = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0)]
Number = Annotated[int, Field(ge=1)]
Words = tuple[str, ...]


class Orders(Keys):
    """The go-live line."""

    since: Since = None


class StockKeys(Keys):
    """From when orders count for stock; unset: as `orders.since` where that is a date."""

    since: datetime.date | None = None


class ReferenceKeys(Keys):
    """What stands in references.other: a text of the shop's own, then the document's token with its prefix."""

    prefix: str = Field(default="", max_length=20, pattern=r"^[^\s·/]*$")
    text: FieldSpec | None = None


class Products(Keys):
    """Product numbers that the profile needs; `rounding_vat` is one, or one per VAT rate."""

    shipping: str | None = None
    shipping_untaxed: str | None = None
    weee: str | None = None
    discount: str | None = None
    fee: str | None = None
    refund: str | None = None
    rounding: str | None = None
    rounding_vat: str | tuple[str, ...] | None = None


class Numbers(Keys):
    """The agreement's own numbers, by the names that rules use."""

    layout: FieldSpec | None = None
    payment_terms: FieldSpec | None = None
    unit: Number | None = None
    customer_groups: dict[str, Number | None] = {}
    product_groups: dict[str, Number | None] = {}
    vat_zones: dict[str, Number | None] = {}
    products: Products = Products()


class GroupRule(Keys):
    """A row that gives a customer group; every condition must hold."""

    if_: str | None = Field(default=None, alias="if")
    magento_group: Words | None = None
    country: Words | None = None
    group: str | Number


class CustomerKeys(Keys):
    """How debtors are made and found."""

    guests: Literal["own"] | Number = "own"
    currency: str = Field(default="DKK", pattern=r"^[A-Z]{3}$")
    consumer_groups: tuple[str | Number, ...] = ()
    cvr: FieldSpec | None = None
    ean: FieldSpec | None = None
    groups: tuple[GroupRule, ...] = ()


class ProductRule(Keys):
    """A row that gives a product group. `untaxed`: a domestic sale on which Magento charged no VAT."""

    if_: str | None = Field(default=None, alias="if")
    type: Words | None = None
    untaxed: OnOff | None = None
    group: str | Number


class ProductKeys(Keys):
    """How products are made. `create: off`: they must exist in e-conomic."""

    create: OnOff = True
    groups: tuple[ProductRule, ...] = ()


class ZoneRule(Keys):
    """A row of the VAT table. `vat_id: valid` wants a number with the country's prefix that Magento has validated."""

    name: str
    if_: str | None = Field(default=None, alias="if")
    country: Words | None = None
    postcode: str | None = None
    customer_group: Words | None = None
    vat_id: Literal["valid", "any", "none"] | None = None
    zone: str | Number
    note: str = ""


class VatKeys(Keys):
    """Where the shop is at home, which countries are the EU, and the table that gives the zone; first match wins."""

    home: str = "DK"
    eu: Words = ()
    zones: tuple[ZoneRule, ...] = ()


class RoundingKeys(Keys):
    """How much may be closed by itself: the VAT gap, the net gap, and the size of a rounding line.

    `gap_per_unit` is added to `gap` for each unit sold, and to `line` what it is net: Magento's unit calculation
    rounds VAT once per unit, half an øre at most.
    """

    gap: Amount = Decimal("0.50")
    gap_per_unit: Amount = Decimal("0.005")
    net_gap: Amount = Decimal("0.05")
    line: Amount = Decimal("2.00")


class WhenRule(Keys):
    """A row that says which document an order asks for. `wait` leaves what exists alone, with a named reason."""

    if_: str | None = Field(default=None, alias="if")
    state: Words | None = None
    status: Words | None = None
    then: Literal["order", "invoice", "remove", "wait"]
    reason: str | None = Field(default=None, pattern=r"^[a-z0-9_]+$")


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


class Settings(Keys):
    """The effective profile of one store view."""

    booking: OnOff = False
    orders: Orders = Orders()
    stock: StockKeys = StockKeys()
    invoices: Literal["per_order", "per_magento_invoice"] = "per_order"
    reference: ReferenceKeys = ReferenceKeys()
    vat_rounding: VatRounding = "document/half_up"
    on_gap: Literal["backfill", "stop"] = "backfill"
    booking_limit: Limit = 50
    numbers: Numbers = Numbers()
    customers: CustomerKeys = CustomerKeys()
    products: ProductKeys = ProductKeys()
    vat: VatKeys = VatKeys()
    rounding: RoundingKeys = RoundingKeys()
    when: tuple[WhenRule, ...] = ()
    fields: Fields = Fields()


PER_STORE = frozenset(
    {
        "booking",
        "orders",
        "invoices",
        "reference",
        "numbers",
        "customers",
        "products",
        "vat",
        "rounding",
        "when",
        "fields",
    }
)
"""Keys that a store view may override; the rest belong to the shop as a whole."""
