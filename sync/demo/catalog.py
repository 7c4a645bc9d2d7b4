"""What the simulated shop sells: articles with awkward SKUs and prices, coupons, shipping, currencies.

Prices include 25% Danish VAT and are in DKK, the shop's base currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

D = Decimal
_NONE, _ONE, _HALF_KILO, _PLENTY = D(0), D(1), D("0.5"), D(1000)

ArticleType = Literal["simple", "virtual", "configurable", "bundle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A product. `price` is in DKK including VAT; a dynamic bundle has none of its own.

    `parts` maps a bundle's SKUs to the quantity in one bundle, and a configurable's children to 1.
    `english` is the name in the store view `en` where it differs.
    """

    id: int
    sku: str
    name: str
    price: Decimal | None
    type: ArticleType = "simple"
    cost: Decimal | None = None
    weight: Decimal = _HALF_KILO
    stock: Decimal = _PLENTY
    decimal_qty: bool = False
    taxed: bool = True
    visible: bool = True
    english: str = ""
    parts: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def dynamic(self) -> bool:
        """Whether this is a bundle whose price is the sum of its parts."""
        return self.type == "bundle" and self.price is None

    @property
    def stocked(self) -> bool:
        """Whether it has a stock of its own: configurables and bundles have their parts'."""
        return self.type in ("simple", "virtual")


ARTICLES = (
    Article(id=1, sku="007", name="Kaffekrus, hvid", price=D("49.97"), cost=D("18.50"), english="Coffee mug, white"),
    Article(id=2, sku="1E5", name="Perlegrus, sæk", price=D("33.33"), cost=D("11.10"), weight=D("5")),
    Article(id=3, sku="AB 12/34", name="Skruer 4×40, æske", price=D("12.50"), cost=D("4.05")),
    Article(id=4, sku="00042", name="Notesbog A5", price=D("24.95"), cost=D("9.80"), english="Notebook A5"),
    Article(id=5, sku="TØRKLÆDE-RØD", name="Tørklæde, rødt", price=D("199.00"), cost=D("71.25")),
    Article(id=6, sku="STOF-METER", name="Bomuldsstof, metervare", price=D("79.50"), decimal_qty=True),
    Article(id=7, sku="M&M<1>", name='Bolsjer "Mor & Mor"', price=D("19.95"), cost=D("6.00")),
    Article(id=8, sku="ARMBÅND'S", name="Armbånd i sølv", price=D("349.00"), cost=D("140.00")),
    Article(id=9, sku="OPSÆTNING", name="Opsætning, 1 time", price=D("625.00"), type="virtual", weight=D(0)),
    Article(id=10, sku="TSHIRT-S", name="T-shirt, S", price=D("149.00"), cost=D("52.00"), visible=False),
    Article(id=11, sku="TSHIRT-M", name="T-shirt, M", price=D("149.00"), cost=D("52.00"), visible=False),
    Article(id=12, sku="TSHIRT-L", name="T-shirt, L", price=D("159.00"), cost=D("54.00"), visible=False),
    Article(
        id=13,
        sku="TSHIRT",
        name="T-shirt",
        price=D("149.00"),
        type="configurable",
        parts={"TSHIRT-S": _ONE, "TSHIRT-M": _ONE, "TSHIRT-L": _ONE},
    ),
    Article(
        id=14,
        sku="GAVEÆSKE",
        name="Gaveæske, vælg selv",
        price=None,
        type="bundle",
        parts={"007": D(2), "M&M<1>": _ONE},
        english="Gift box",
    ),
    Article(
        id=15,
        sku="KONTORPAKKE",
        name="Kontorpakke",
        price=D("89.00"),
        type="bundle",
        parts={"00042": D(3), "007": _ONE},
    ),
    Article(id=16, sku="50%_off", name="Plakat, 50×70 cm", price=D("89.95"), cost=D("31.40"), weight=D("0.2")),
    Article(id=17, sku="LAMPE-1", name="Standerlampe", price=D("1249.00"), cost=D("610.00"), weight=D("7.5")),
)

BY_SKU: Mapping[str, Article] = {article.sku: article for article in ARTICLES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """A cart price rule with a code: `percent` off each line, or `amount` (DKK including VAT) off the cart."""

    rule_id: int
    code: str
    name: str
    percent: Decimal = _NONE
    amount: Decimal = _NONE
    on_shipping: bool = False


COUPONS: Mapping[str, Coupon] = {
    coupon.code: coupon
    for coupon in (
        Coupon(rule_id=1, code="SOMMER10", name="Sommer, 10%", percent=D(10)),
        Coupon(rule_id=2, code="FAST50", name="50 kr. rabat", amount=D(50)),
        Coupon(rule_id=3, code="VENNER15", name="Venner, 15%", percent=D(15)),
        Coupon(rule_id=4, code="GRATIS", name="Alt gratis", percent=D(100), on_shipping=True),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A shipping method; `price` in DKK including VAT."""

    code: str
    carrier: str
    title: str
    price: Decimal

    @property
    def description(self) -> str:
        """As it stands on the order."""
        return f"{self.carrier} - {self.title}"


DELIVERIES: Mapping[str, Delivery] = {
    delivery.code: delivery
    for delivery in (
        Delivery(code="flatrate_flatrate", carrier="GLS", title="Pakkeshop", price=D("49.00")),
        Delivery(code="tablerate_bestway", carrier="PostNord", title="Hjemmelevering", price=D("79.95")),
        Delivery(code="freeshipping_freeshipping", carrier="Fragt", title="Gratis levering", price=D(0)),
    )
}

PAYMENTS: Mapping[str, str] = {
    "banktransfer": "Bankoverførsel",
    "checkmo": "Faktura",
    "quickpay_gateway": "Betalingskort",
    "mobilepay": "MobilePay",
}

RATES: Mapping[str, Decimal] = {"DKK": _ONE, "EUR": D("0.1340"), "SEK": D("1.5311")}
"""How much one DKK is worth, as base_to_order_rate has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreView:
    """A store view as orders name it. `country` is where prices include VAT of."""

    id: int
    code: str
    website: str
    group: str
    name: str
    website_id: int
    currency: str

    @property
    def label(self) -> str:
        """`store_name` of an order."""
        return f"{self.website}\n{self.group}\n{self.name}"


STORES: Mapping[str, StoreView] = {
    view.code: view
    for view in (
        StoreView(
            id=1, code="default", website="Nordhavn Handel", group="Danmark", name="Dansk", website_id=1, currency="DKK"
        ),
        StoreView(
            id=2, code="en", website="Nordhavn Handel", group="Danmark", name="English", website_id=1, currency="DKK"
        ),
        StoreView(
            id=3,
            code="se_sv",
            website="Nordhavn Sverige",
            group="Sverige",
            name="Svenska",
            website_id=2,
            currency="SEK",
        ),
    )
}
