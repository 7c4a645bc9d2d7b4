"""What can happen to an order of the demo: who buys what, and what the staff does with it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU, COUPONS
from sync.demo.people import random_cart

Step = Literal["invoice", "ship", "invoice_and_ship", "cancel", "refund", "refund_one"]
Buyer = Literal["guest", "returning guest", "customer", "company"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One order and its life. `items` are (SKU, quantity, choice); without any the cart is drawn."""

    title: str
    buyer: Buyer
    items: tuple[tuple[str, str, str], ...] = ()
    coupon: str = ""
    captured: bool = False
    steps: tuple[Step, ...] = ()

    def cart(self, rng: random.Random) -> Cart:
        """What is bought."""
        if not self.items:
            return random_cart(rng)
        items = tuple(CartItem(BY_SKU[sku], Decimal(quantity), choice) for sku, quantity, choice in self.items)
        return Cart(items=items, coupon=COUPONS[self.coupon] if self.coupon else None, payment="quickpay_gateway")


SCENES: Sequence[Scene] = (
    Scene(
        title="guest, one of three back",
        buyer="guest",
        items=(("007", "2", ""), ("1E5", "1", "")),
        steps=("invoice", "ship", "refund_one"),
    ),
    Scene(
        title="customer, 10% coupon",
        buyer="customer",
        items=(("TØRKLÆDE-RØD", "1", ""), ("00042", "3", "")),
        coupon="SOMMER10",
        steps=("invoice_and_ship",),
    ),
    Scene(
        title="guest, configurable", buyer="guest", items=(("TSHIRT", "2", "TSHIRT-M"),), steps=("invoice_and_ship",)
    ),
    Scene(title="guest, changes her mind", buyer="guest", items=(("LAMPE-1", "1", ""),), steps=("cancel",)),
    Scene(
        title="guest, bundle of choice",
        buyer="returning guest",
        items=(("GAVEÆSKE", "2", ""),),
        steps=("invoice", "ship"),
    ),
    Scene(title="company, service only", buyer="company", items=(("OPSÆTNING", "2", ""),), steps=("invoice",)),
    Scene(
        title="customer, card, pack",
        buyer="customer",
        items=(("KONTORPAKKE", "3", ""),),
        captured=True,
        steps=("ship",),
    ),
    Scene(
        title="guest, 50 kr. coupon",
        buyer="guest",
        items=(("50%_off", "1", ""), ("AB 12/34", "7", "")),
        coupon="FAST50",
        steps=("invoice_and_ship",),
    ),
    Scene(
        title="same guest, by the metre",
        buyer="returning guest",
        items=(("STOF-METER", "2.5", ""),),
        steps=("invoice_and_ship",),
    ),
    Scene(title="guest, not sent yet", buyer="guest", items=(("ARMBÅND'S", "1", ""),), steps=()),
    Scene(
        title="company, paid, not sent",
        buyer="company",
        items=(("M&M<1>", "12", ""), ("007", "6", "")),
        steps=("invoice",),
    ),
    Scene(
        title="customer, 15%, all back",
        buyer="customer",
        items=(("007", "3", ""), ("TSHIRT", "1", "TSHIRT-L")),
        coupon="VENNER15",
        steps=("invoice_and_ship", "refund"),
    ),
)

_LIVES: Sequence[tuple[Step, ...]] = (
    ("invoice_and_ship",),
    ("invoice_and_ship",),
    ("invoice", "ship"),
    ("invoice", "ship"),
    ("invoice",),
    ("invoice_and_ship", "refund_one", "refund"),
    ("cancel",),
    (),
)


def scenes(count: int, rng: random.Random) -> list[Scene]:
    """`count` scenes: the written ones first, then drawn ones."""
    written = list(SCENES[:count])
    buyers: Sequence[Buyer] = ("guest", "guest", "returning guest", "customer", "company")
    for _ in range(count - len(written)):
        buyer = rng.choice(buyers)
        written.append(Scene(title=f"{buyer}, this and that", buyer=buyer, steps=rng.choice(_LIVES)))
    return written
