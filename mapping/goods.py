"""A product as an order line or the catalog tells of it: what rules and fields of the profile see as `product`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from cdc.models import Category, OrderLine, Product, Scalar
from mapping.html import plain_text
from mapping.money import HUNDRED, cents

_NO_CLASS = ("", "0", "None")
"""Magento's tax class 0 is called None in its backend, and has no row of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """What a product number may be made of: the SKU, and the catalog's attributes where the product is still there."""

    sku: str
    attributes: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """A product as an order line or the catalog tells of it.

    `untaxed` is a domestic sale on which Magento charged no VAT, or a catalog product without a tax class. What only
    the catalog knows is empty for an order line whose product is gone (`in_catalog` is off then); `attributes` are
    then the third-party columns of the line. Prices are the catalog's own, in `currency` (Magento's base currency), six
    decimals, None when there is none; `prices_include_tax` says whether they hold VAT. The `net_` ones have two
    decimals and no VAT: that of the product's group in the domestic zone is taken out; None where its rate, or the
    product, is not known, and where the agreement's base currency is another than Magento's.
    """

    id: int | None
    sku: str
    name: str
    type: str
    is_virtual: bool
    untaxed: bool
    tax_class: str = ""
    in_catalog: bool = False
    enabled: bool = True
    attribute_set: str = ""
    websites: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    currency: str = ""
    prices_include_tax: bool = False
    price: Decimal | None = None
    special_price: Decimal | None = None
    msrp: Decimal | None = None
    cost: Decimal | None = None
    net_price: Decimal | None = None
    net_special_price: Decimal | None = None
    net_msrp: Decimal | None = None
    attributes: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def description(self) -> str:
        """The description as plain text."""
        return plain_text(str(self.attributes.get("description") or ""))

    @property
    def short_description(self) -> str:
        """The short description as plain text."""
        return plain_text(str(self.attributes.get("short_description") or ""))

    @property
    def is_parts(self) -> bool:
        """Whether only its parts are ever sold: a configurable's variants, a group's members, a dynamic bundle's parts.

        A bundle whose attribute price_type is 0 takes its price from its parts.
        """
        dynamic = self.type == "bundle" and self.attributes.get("price_type") in (0, "0")
        return dynamic or self.type in ("configurable", "grouped")


def goods_of(line: OrderLine, product: Product | None = None, *, untaxed: bool = False, sku: str = "") -> Goods:
    """The product that an order line sells; what the catalog still knows of it goes before what the line tells.

    `untaxed` is what the sale tells. `sku` is the one that it is booked on where that is not the line's.
    """
    sku = sku or line.sku.strip()
    if product is None:
        return Goods(
            id=line.stock_product_id or line.product_id,
            sku=sku,
            name=line.name,
            type=_sold_type(line),
            is_virtual=line.is_virtual,
            untaxed=untaxed,
            attributes=line.attributes,
        )
    goods = goods_from(product)
    without_vat = goods.untaxed and line.tax_percent == 0 and line.tax_amount == 0
    return replace(goods, sku=sku, name=goods.name or line.name, untaxed=untaxed or without_vat)


def _sold_type(line: OrderLine) -> str:
    """A configurable's line sells the variant, as the catalog would tell of it."""
    if line.role != "configurable":
        return line.product_type
    return "virtual" if line.is_virtual else "simple"


def goods_from(product: Product) -> Goods:
    """A catalog product, in the default scope."""
    return Goods(
        id=product.id,
        sku=product.sku.strip(),
        name=product.name,
        type=product.type,
        is_virtual=product.type in ("virtual", "downloadable"),
        untaxed=product.tax_class in _NO_CLASS,
        tax_class=product.tax_class,
        in_catalog=True,
        enabled=product.enabled,
        attribute_set=product.attribute_set,
        websites=product.websites,
        categories=product.categories,
        currency=product.currency,
        prices_include_tax=product.prices_include_tax,
        price=product.price,
        special_price=_price(product, "special_price"),
        msrp=_price(product, "msrp"),
        cost=_price(product, "cost"),
        attributes=product.attributes,
    )


def priced(goods: Goods, rate: Decimal | None, base_currency: str) -> Goods:
    """The goods with net prices. `rate` is the percent of their group in the domestic zone, None when not known."""
    if goods.currency != base_currency:
        return goods

    def net(price: Decimal | None) -> Decimal | None:
        return None if price is None else net_of(price, rate, includes_tax=goods.prices_include_tax)

    return replace(
        goods,
        net_price=net(goods.price),
        net_special_price=net(goods.special_price),
        net_msrp=net(goods.msrp),
    )


def net_of(price: Decimal, rate: Decimal | None, *, includes_tax: bool) -> Decimal | None:
    """A catalog price without VAT, two decimals; None when it holds VAT of a rate that is not known."""
    if not includes_tax:
        return cents(price)
    return None if rate is None else cents(price * HUNDRED / (HUNDRED + rate))


def _price(product: Product, code: str) -> Decimal | None:
    value = product.attributes.get(code)
    return value if isinstance(value, Decimal) else None
