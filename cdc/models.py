"""What is loaded from Magento: frozen shapes that mapping works on.

Amounts are `Decimal` in the order's currency with four decimals, as Magento stores them; `base_*` would be the
shop's base currency and is named so where it is kept. Times are aware UTC. No password, token or card column is
ever read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from cdc.models_catalog import Category as Category
from cdc.models_catalog import Product as Product
from cdc.models_catalog import Scalar as Scalar
from cdc.models_catalog import Stock as Stock
from cdc.options import chosen_of

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A store view with the settings that matter for documents.

    `timezone` is an IANA name (core_config_data general/locale/timezone, by store, website, default).
    """

    id: int
    code: str
    name: str
    website_id: int
    website_code: str
    group_id: int
    timezone: str
    locale: str
    prices_include_tax: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerGroup:
    """A customer group; id 0 is NOT LOGGED IN."""

    id: int
    code: str
    tax_class_id: int
    tax_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An order or customer address. `street` holds its lines; `country` is ISO 3166 alpha-2.

    `vat_is_valid` is None when Magento never asked VIES. `attributes` holds custom attributes or third-party columns.
    """

    id: int
    prefix: str = ""
    firstname: str = ""
    middlename: str = ""
    lastname: str = ""
    suffix: str = ""
    company: str = ""
    street: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    telephone: str = ""
    email: str = ""
    vat_id: str = ""
    vat_is_valid: bool | None = None
    attributes: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The person's name, its non-empty parts joined by one space."""
        parts = (self.prefix, self.firstname, self.middlename, self.lastname, self.suffix)
        return " ".join(p.strip() for p in parts if p and p.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAmounts:
    """The amounts of an order, invoice or credit memo row in the shop's base currency, four decimals."""

    row_total: Decimal
    row_total_incl_tax: Decimal
    discount_amount: Decimal
    discount_tax_compensation: Decimal
    tax_amount: Decimal
    weee_amount: Decimal
    price: Decimal
    price_incl_tax: Decimal


LineRole = Literal["plain", "configurable", "configurable_child", "bundle_dynamic", "bundle_fixed", "bundle_child"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A sales_order_item row, in the order's currency; `base` holds the same amounts in the base currency.

    `role` tells how money and stock are shared between parent and children (facts: configurable parents carry the
    money and share the child's SKU; a dynamic bundle's children carry it and the parent repeats the sum; a fixed
    bundle's parent carries it). `carries_money` and `carries_stock` follow from it, for this row.
    `stock_product_id` is the product whose stock moves: for a configurable the child's. `product_sku` is the SKU that
    the catalog gives the sold product (`catalog_id`) now, empty when it is gone: `sku` also holds the SKUs of chosen
    custom options (``MUG-engraved``) and of a bundle's parts, and is what the product was called when it was sold.
    """

    id: int
    parent_id: int | None
    product_id: int | None
    stock_product_id: int | None
    product_type: str
    role: LineRole
    carries_money: bool
    carries_stock: bool
    sku: str
    name: str
    is_virtual: bool
    qty_ordered: Decimal
    qty_canceled: Decimal
    qty_invoiced: Decimal
    qty_shipped: Decimal
    qty_refunded: Decimal
    price: Decimal
    price_incl_tax: Decimal
    row_total: Decimal
    row_total_incl_tax: Decimal
    discount_percent: Decimal
    discount_amount: Decimal
    discount_tax_compensation: Decimal
    tax_percent: Decimal
    tax_amount: Decimal
    weee_amount: Decimal
    tax_canceled: Decimal
    base: RowAmounts | None = None
    product_sku: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    attributes: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def catalog_id(self) -> int | None:
        """The id of the catalog product that is sold: a configurable's child, which alone its parent does not name."""
        return self.stock_product_id or (None if self.role == "configurable" else self.product_id)

    @property
    def chosen(self) -> str:
        """What the buyer chose: variants, custom options and a bundle's parts, as ``Farve: Rød, Gravering: Til Ø``."""
        return chosen_of(self.options)

    @property
    def net(self) -> Decimal:
        """The row's net amount after discount: never price times quantity (3 x 26.66 is not 79.99)."""
        return self.row_total - self.discount_amount + self.discount_tax_compensation


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The totals of an order, invoice or credit memo row. `discount` is negative as Magento stores it on orders."""

    subtotal: Decimal
    shipping: Decimal
    shipping_tax: Decimal
    shipping_incl_tax: Decimal
    shipping_discount: Decimal
    tax: Decimal
    discount: Decimal
    discount_tax_compensation: Decimal
    shipping_discount_tax_compensation: Decimal
    weee: Decimal
    adjustment_positive: Decimal
    adjustment_negative: Decimal
    grand_total: Decimal

    @property
    def residue(self) -> Decimal:
        """What the identity leaves over: payment fees, gift cards, wrapping of other modules. 0 for core Magento.

        grand_total = subtotal + shipping + tax + discount + compensations + weee + adjustments.
        """
        return self.grand_total - (
            self.subtotal
            + self.shipping
            + self.tax
            + self.discount
            + self.discount_tax_compensation
            + self.shipping_discount_tax_compensation
            + self.weee
            + self.adjustment_positive
            - self.adjustment_negative
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubLine:
    """A row of an invoice, shipment or credit memo. Shipment rows have a quantity only."""

    id: int
    order_item_id: int
    product_id: int | None
    sku: str
    name: str
    qty: Decimal
    row_total: Decimal = ZERO
    discount_amount: Decimal = ZERO
    discount_tax_compensation: Decimal = ZERO
    tax_amount: Decimal = ZERO
    weee_amount: Decimal = ZERO
    base: RowAmounts | None = None

    @property
    def net(self) -> Decimal:
        """Net amount after discount."""
        return self.row_total - self.discount_amount + self.discount_tax_compensation


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A sales_invoice row with its lines. `state`: 1 open, 2 paid, 3 canceled.

    `base_totals` are its totals in the base currency; `attributes` holds third-party columns.
    """

    id: int
    increment_id: str
    state: Literal["open", "paid", "canceled"]
    created_at: datetime
    totals: Totals
    lines: tuple[SubLine, ...]
    base_totals: Totals | None = None
    attributes: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A sales_shipment row with its lines."""

    id: int
    increment_id: str
    created_at: datetime
    lines: tuple[SubLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemo:
    """A sales_creditmemo row with its lines. `state`: 1 open, 2 refunded, 3 canceled; adjustments carry no VAT.

    `base_totals` are its totals in the base currency; `attributes` holds third-party columns.
    """

    id: int
    increment_id: str
    state: Literal["open", "refunded", "canceled"]
    created_at: datetime
    invoice_id: int | None
    totals: Totals
    lines: tuple[SubLine, ...]
    base_totals: Totals | None = None
    attributes: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """The order's payment row without any card column."""

    method: str
    amount_ordered: Decimal
    amount_paid: Decimal
    amount_refunded: Decimal
    last_trans_id: str = ""
    po_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Money that came in for an invoice, or went back through the gateway for a credit memo.

    `id` is that of the Magento invoice (``capture``) or credit memo (``refund``). `amount` is positive, in the order's
    currency with four decimals. `at` is when the gateway took it, else when the invoice or memo was made.
    """

    id: int
    kind: Literal["capture", "refund"]
    method: str
    amount: Decimal
    base_amount: Decimal
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """A sales_order_status_history row; `status` may be empty for a plain comment (whose text is not read)."""

    status: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order as it stands in one consistent snapshot.

    `state` is Magento's fixed set (new, pending_payment, processing, complete, closed, canceled, holded,
    payment_review); `status` is the merchant's own code. `attributes` holds third-party columns of sales_order.
    `base_totals` and `base_shipping_canceled` are the same amounts in `base_currency`.
    `customer_since` is when the account was made (None for guests and deleted accounts): after a restore
    AUTO_INCREMENT gives its id to somebody else. `relation_parent_id` and `relation_child_id` are the ids of the orders
    that were edited into this one and that this one was edited into; empty when there is none.
    """

    id: int
    increment_id: str
    original_increment_id: str
    relation_child_id: str
    state: str
    status: str
    created_at: datetime
    updated_at: datetime
    store: Store
    customer_id: int | None
    is_guest: bool
    customer_email: str
    customer_firstname: str
    customer_lastname: str
    customer_taxvat: str
    customer_group: CustomerGroup
    is_virtual: bool
    currency: str
    base_currency: str
    base_to_order_rate: Decimal
    base_grand_total: Decimal
    coupon_code: str
    discount_description: str
    shipping_method: str
    shipping_description: str
    totals: Totals
    total_paid: Decimal
    total_due: Decimal
    total_invoiced: Decimal
    total_canceled: Decimal
    total_refunded: Decimal
    shipping_canceled: Decimal
    billing: Address | None
    shipping: Address | None
    payment: Payment | None
    lines: tuple[OrderLine, ...]
    invoices: tuple[Invoice, ...]
    shipments: tuple[Shipment, ...]
    credit_memos: tuple[CreditMemo, ...]
    history: tuple[StatusChange, ...]
    captures: tuple[Capture, ...] = ()
    customer_since: datetime | None = None
    relation_parent_id: str = ""
    base_totals: Totals | None = None
    base_shipping_canceled: Decimal = ZERO
    attributes: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer account. `attributes` holds custom EAV attributes by code, option labels resolved."""

    id: int
    email: str
    prefix: str
    firstname: str
    middlename: str
    lastname: str
    suffix: str
    taxvat: str
    group: CustomerGroup
    website_id: int
    store: Store
    is_active: bool
    created_at: datetime
    updated_at: datetime
    addresses: tuple[Address, ...]
    default_billing_id: int | None
    default_shipping_id: int | None
    attributes: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def billing(self) -> Address | None:
        """The default billing address, if there is one."""
        return next((a for a in self.addresses if a.id == self.default_billing_id), None)
