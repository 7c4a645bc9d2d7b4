"""What expressions see beside Magento's own models: the buyer, the product and the VAT row that was chosen."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from cdc.models import Address, Capture, CreditMemo, Customer, CustomerGroup, Invoice, Order, OrderLine, Scalar, Store
from mapping.goods import Goods as Goods
from mapping.goods import Numbered as Numbered
from mapping.goods import goods_from as goods_from
from mapping.goods import goods_of as goods_of

NO_ADDRESS = Address(id=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """The buyer of an order, or a customer account; `id` is None for guests.

    `since` is when the account was made. `cvr` and `ean` are what the profile's `customers.cvr` and `customers.ean`
    give, normalised. `attributes` are the account's own, or the order's third-party columns.
    """

    id: int | None
    email: str
    name: str
    firstname: str
    lastname: str
    taxvat: str
    group: CustomerGroup
    is_guest: bool
    cvr: str = ""
    ean: str = ""
    since: datetime.datetime | None = None
    attributes: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Off:
    """The name in `numbers.vat_zones` that switches a row of the VAT table on, and the rates that it expects."""

    zone: str
    rates: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class VatRow:
    """The row of the VAT table that matched: its name, the zone's number, and the note for the document.

    `rates` are those that the row expects, in percent; None: what the agreement has. `off` are rows before it that
    would have matched, had their zone a number.
    """

    name: str
    zone: int
    note: str
    rates: tuple[Decimal, ...] | None = None
    off: tuple[Off, ...] = ()


_BUYER: Mapping[str, object] = {"customer": Buyer, "address": Address, "store": Store}
_ORDER: Mapping[str, object] = {**_BUYER, "order": Order}
_DOCUMENT: Mapping[str, object] = {**_ORDER, "vat": VatRow, "date": datetime.date, "original_date": datetime.date}

SCOPES: Mapping[str, Mapping[str, object]] = {
    "buyer": _BUYER,
    "order": _ORDER,
    "document": _DOCUMENT,
    "line": {**_DOCUMENT, "line": OrderLine},
    "credit_note": {**_DOCUMENT, "memo": CreditMemo, "invoice": str},
    "attachment": {**_ORDER, "date": datetime.date, "magento_invoice": Invoice},
    "payment": {**_ORDER, "payment": Capture, "invoice": str},
    "product": {"product": Goods, "store": Store},
    "product_number": {"product": Numbered},
}
"""The names that expressions may use, with their types, by what is being made."""


def buyer_of(order: Order) -> Buyer:
    """The buyer as the order tells; a guest's name stands on the billing address only."""
    billing = order.billing or NO_ADDRESS
    name = " ".join(p for p in (order.customer_firstname, order.customer_lastname) if p) or billing.name
    return Buyer(
        id=order.customer_id,
        email=(order.customer_email or billing.email or "").strip(),
        name=name,
        firstname=order.customer_firstname or billing.firstname,
        lastname=order.customer_lastname or billing.lastname,
        taxvat=order.customer_taxvat or "",
        group=order.customer_group,
        is_guest=order.customer_id is None,
        since=order.customer_since,
        attributes=order.attributes,
    )


def buyer_from(customer: Customer) -> Buyer:
    """The buyer that an account is."""
    return Buyer(
        id=customer.id,
        email=customer.email.strip(),
        name=" ".join(p for p in (customer.firstname, customer.lastname) if p),
        firstname=customer.firstname,
        lastname=customer.lastname,
        taxvat=customer.taxvat or "",
        group=customer.group,
        is_guest=False,
        since=customer.created_at,
        attributes=customer.attributes,
    )
