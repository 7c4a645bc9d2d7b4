"""A cart and what Magento makes of it: the rows and totals of an order, in its own and in the base currency.

Every amount is computed in both currencies by itself, as Magento does; nothing is converted afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from sync.demo.catalog import BY_SKU, DELIVERIES, RATES, Article, Coupon, Delivery
from sync.demo.discount import discounts
from sync.demo.tax import HUNDRED, ZERO, TaxedRow, TotalBase, cents

HOME_COUNTRY = "DK"
VAT: Mapping[str, Decimal] = {"DK": Decimal(25), "SE": Decimal(25), "DE": Decimal(19)}
"""Tax rates of the shop; every other country pays none."""


@dataclass(frozen=True, slots=True)
class CartItem:
    """An article in the cart; `choice` is the SKU of a configurable's child."""

    article: Article
    quantity: Decimal = Decimal(1)
    choice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """What somebody is about to buy. A cart of virtual articles alone is not delivered."""

    items: tuple[CartItem, ...]
    coupon: Coupon | None = None
    delivery: Delivery = DELIVERIES["flatrate_flatrate"]
    payment: str = "checkmo"

    @property
    def virtual(self) -> bool:
        """Whether nothing in it is shipped."""
        return all(item.article.type == "virtual" for item in self.items)


@dataclass(frozen=True, slots=True)
class Amounts:
    """A row's money in one currency. `original` is the catalog's price, four decimals; tax is after discount."""

    original: Decimal = ZERO
    price: Decimal = ZERO
    price_incl: Decimal = ZERO
    row: Decimal = ZERO
    row_incl: Decimal = ZERO
    tax: Decimal = ZERO
    discount: Decimal = ZERO
    compensation: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A row of the order. `parent` is the index of its parent row. A row without `priced` carries no price of its own.

    A dynamic bundle's row is not priced: it repeats its children's sums, and totals count the children.
    """

    article: Article
    sku: str
    quantity: Decimal
    parent: int | None = None
    priced: bool = True
    tax_percent: Decimal = ZERO
    discount_percent: Decimal = ZERO
    order: Amounts = field(default_factory=Amounts)
    base: Amounts = field(default_factory=Amounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTotals:
    """An order's totals in one currency; `discount` is negative and includes the shipping discount."""

    subtotal: Decimal
    subtotal_incl: Decimal
    shipping: Decimal
    shipping_incl: Decimal
    shipping_tax: Decimal
    shipping_discount: Decimal
    shipping_compensation: Decimal
    tax: Decimal
    discount: Decimal
    compensation: Decimal

    @property
    def grand(self) -> Decimal:
        """The grand total."""
        parts = (self.subtotal, self.shipping, self.tax, self.discount, self.compensation, self.shipping_compensation)
        return sum(parts, ZERO)


@dataclass(frozen=True)
class PricedCart:
    """A cart as an order to `country` in `currency`. Raises `LookupError` for a currency without a rate."""

    cart: Cart
    currency: str = "DKK"
    country: str = HOME_COUNTRY

    @property
    def rate(self) -> Decimal:
        """base_to_order_rate."""
        return RATES[self.currency]

    @property
    def tax_percent(self) -> Decimal:
        """The destination's rate."""
        return VAT.get(self.country, ZERO)

    @cached_property
    def lines(self) -> tuple[PricedLine, ...]:
        """The order's rows, a parent before its children."""
        order, base = self._order[0], self._base[0]
        coupon = self.cart.coupon
        return tuple(
            PricedLine(
                article=line.article,
                sku=line.sku,
                quantity=line.quantity,
                parent=line.parent,
                priced=line.priced,
                tax_percent=self.tax_percent if line.priced and line.article.taxed else ZERO,
                discount_percent=coupon.percent if coupon and line.priced else ZERO,
                order=order[index],
                base=base[index],
            )
            for index, line in enumerate(self._skeleton)
        )

    @property
    def totals(self) -> OrderTotals:
        """The totals in the order's currency."""
        return self._order[1]

    @property
    def base_totals(self) -> OrderTotals:
        """The totals in the base currency."""
        return self._base[1]

    @cached_property
    def _order(self) -> tuple[list[Amounts], OrderTotals]:
        return self._calculate(self.rate)

    @cached_property
    def _base(self) -> tuple[list[Amounts], OrderTotals]:
        return self._order if self.rate == 1 else self._calculate(Decimal(1))

    @cached_property
    def _skeleton(self) -> list[_Bare]:
        return _skeleton(self.cart)

    def _calculate(self, rate: Decimal) -> tuple[list[Amounts], OrderTotals]:
        skeleton = self._skeleton
        taxed, untaxed = TotalBase(VAT[HOME_COUNTRY], self.tax_percent), TotalBase(ZERO, ZERO)
        calculators = [taxed if line.article.taxed else untaxed for line in skeleton]
        priced = [index for index, line in enumerate(skeleton) if line.priced]
        worth = [calculators[i].price_incl(skeleton[i].price * rate) * skeleton[i].quantity for i in priced]
        taken = discounts(self.cart.coupon, worth, rate)
        result = [Amounts() for _ in skeleton]
        for index, discount in zip(priced, taken, strict=True):
            line = skeleton[index]
            row = calculators[index].row(line.price * rate, line.quantity, discount)
            result[index] = _with(row, line.price * rate, discount)
        totals = self._totals([result[index] for index in priced], taxed, rate)
        for index, line in enumerate(skeleton):
            if line.article.dynamic:
                parts = [result[child] for child, bare in enumerate(skeleton) if bare.parent == index]
                result[index] = _sum(parts, line.quantity)
        return result, totals

    def _totals(self, rows: Sequence[Amounts], calculator: TotalBase, rate: Decimal) -> OrderTotals:
        price = ZERO if self.cart.virtual else cents(self.cart.delivery.price * rate)
        coupon = self.cart.coupon
        off = ZERO
        if coupon and coupon.on_shipping:
            off = cents(calculator.price_incl(price) * coupon.percent / HUNDRED)
        shipping = calculator.row(price, Decimal(1), off)
        return OrderTotals(
            subtotal=sum((row.row for row in rows), ZERO),
            subtotal_incl=sum((row.row_incl for row in rows), ZERO),
            shipping=shipping.row,
            shipping_incl=shipping.row_incl,
            shipping_tax=shipping.tax,
            shipping_discount=off,
            shipping_compensation=shipping.compensation,
            tax=sum((row.tax for row in rows), shipping.tax),
            discount=-sum((row.discount for row in rows), off),
            compensation=sum((row.compensation for row in rows), ZERO),
        )


@dataclass(frozen=True, slots=True)
class _Bare:
    """A row before it is priced; `price` is per piece in the base currency, including the home country's tax."""

    article: Article
    sku: str
    quantity: Decimal
    price: Decimal
    parent: int | None = None
    priced: bool = True


def _skeleton(cart: Cart) -> list[_Bare]:
    bare: list[_Bare] = []
    for item in cart.items:
        article, parent = item.article, len(bare)
        if article.type == "configurable":
            child = BY_SKU[item.choice or next(iter(article.parts))]
            bare.append(_Bare(article, child.sku, item.quantity, child.price or ZERO))
            bare.append(_Bare(child, child.sku, item.quantity, ZERO, parent, priced=False))
        elif article.type == "bundle":
            bare.append(_Bare(article, article.sku, item.quantity, article.price or ZERO, priced=not article.dynamic))
            for sku, each in article.parts.items():
                part = BY_SKU[sku]
                price = (part.price or ZERO) if article.dynamic else ZERO
                quantity = item.quantity * each
                bare.append(_Bare(part, part.sku, quantity, price, parent, priced=article.dynamic))
        else:
            bare.append(_Bare(article, article.sku, item.quantity, article.price or ZERO))
    return bare


def _with(row: TaxedRow, original: Decimal, discount: Decimal) -> Amounts:
    return Amounts(
        original=original,
        price=row.price,
        price_incl=row.price_incl,
        row=row.row,
        row_incl=row.row_incl,
        tax=row.tax,
        discount=discount,
        compensation=row.compensation,
    )


def _sum(parts: Sequence[Amounts], quantity: Decimal) -> Amounts:
    row, row_incl = sum((p.row for p in parts), ZERO), sum((p.row_incl for p in parts), ZERO)
    return Amounts(
        original=row_incl / quantity,
        price=cents(row / quantity),
        price_incl=cents(row_incl / quantity),
        row=row,
        row_incl=row_incl,
        tax=sum((p.tax for p in parts), ZERO),
    )
