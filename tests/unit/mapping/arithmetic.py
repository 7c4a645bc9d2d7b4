"""Both sides' arithmetic, written a second time: how Magento makes a cart's amounts, and what e-conomic computes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from cdc.models import Order, OrderLine
from econ_client.documents import Draft
from mapping.agreement import Agreement
from tests.unit.mapping import builders

CENT = Decimal("0.01")
MODES = ("document/half_up", "document/half_even", "line/half_up", "line/half_even")
ALGORITHMS = ("unit", "row", "total")


def cent(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Item:
    """What a buyer puts in a cart: the catalog price, VAT in percent, and a discount in percent or as an amount."""

    price: Decimal
    quantity: Decimal
    rate: Decimal
    percent: Decimal = Decimal(0)
    fixed: Decimal = Decimal(0)


@dataclass
class Cart:
    """A cart in a shop whose prices include VAT or not, with one of Magento's three calculation algorithms."""

    items: list[Item]
    including: bool
    algorithm: str
    shipping: Decimal = Decimal(0)
    shipping_rate: Decimal = Decimal(25)

    def order(self, state: str = "new") -> Order:
        carried: dict[Decimal, Decimal] = defaultdict(Decimal)
        lines = tuple(self._line(i, item, carried) for i, item in enumerate(self.items, start=1))
        share = self.shipping_rate / 100
        vat = cent(self.shipping * share / (1 + share)) if self.including else cent(self.shipping * share)
        net = self.shipping - vat if self.including else self.shipping
        return builders.order(*lines, state=state, ship=(str(net), str(vat)))

    def _line(self, number: int, item: Item, carried: dict[Decimal, Decimal]) -> OrderLine:
        share, row = item.rate / 100, cent(item.price * item.quantity)
        if self.including:
            before = self._vat(item.price, item.quantity, share / (1 + share), carried, ("b", item.rate))
            net = row - before
        else:
            before, net = Decimal(0), row
        discount = min(cent(row * item.percent / 100) + item.fixed, row)
        left = item.price - discount / item.quantity
        of = share / (1 + share) if self.including else share
        vat = self._vat(left, item.quantity, of, carried, ("a", item.rate))
        return builders.line(
            f"SKU-{number}-{item.rate}",
            id=number,
            qty=str(item.quantity),
            row=str(net),
            vat=str(vat),
            rate=str(item.rate),
            discount=str(discount),
            comp=str(before - vat if self.including else 0),
            percent=str(item.percent if not item.fixed else 0),
        )

    def _vat(
        self, price: Decimal, quantity: Decimal, of: Decimal, carried: dict[Decimal, Decimal], key: tuple[str, Decimal]
    ) -> Decimal:
        if self.algorithm == "unit":
            return cent(cent(price * of) * quantity)
        exact = price * quantity * of
        if self.algorithm == "row":
            return cent(exact)
        slot = hash(key)
        exact += carried[Decimal(slot)]
        carried[Decimal(slot)] = exact - cent(exact)
        return cent(exact)


def random_cart(chance: random.Random, *, whole: bool = True) -> Cart:
    """A cart as shops see them: a few lines, mostly 25%, prices ending anywhere."""
    items = []
    for _ in range(chance.randint(1, 8)):
        price = Decimal(chance.randint(50, 200_000)) / 100
        quantity = Decimal(chance.choice([1, 1, 1, 2, 2, 3, 4, 5, 7, 10, 12]))
        if not whole and chance.random() < 0.6:
            quantity = Decimal(chance.randint(1, 999)) / 100
        kind = chance.random()
        percent = Decimal(chance.choice(["5", "10", "12.5", "15", "33.33", "100"])) if kind < 0.3 else Decimal(0)
        fixed = cent(price * quantity * chance.randint(1, 40) / 100) if 0.3 <= kind < 0.45 else Decimal(0)
        rate = Decimal(0) if chance.random() < 0.15 else Decimal(25)
        items.append(Item(price, quantity, rate, percent, fixed))
    shipping = Decimal(chance.choice(["0", "29", "39.95", "49", "59.00", "12.34"]))
    rate = Decimal(0) if chance.random() < 0.1 else Decimal(25)
    return Cart(items, chance.random() < 0.7, chance.choice(ALGORITHMS), shipping, rate)


def economic(
    draft: Draft, groups: Mapping[str, int], agreement: Agreement, mode: str
) -> tuple[Decimal, Decimal, Decimal]:
    """Net, VAT and gross that e-conomic computes for a draft."""
    zone = draft.recipient.vat_zone.vat_zone_number
    nets: dict[Decimal, list[Decimal]] = defaultdict(list)
    for line in draft.lines:
        assert line.product is not None
        assert line.quantity is not None
        assert line.unit_net_price is not None
        assert line.quantity == line.quantity.quantize(CENT)
        assert line.unit_net_price == line.unit_net_price.quantize(CENT)
        left = 1 - (line.discount_percentage or Decimal(0)) / 100
        rate = agreement.vat_rates[(groups[line.product.product_number], zone)]
        nets[rate].append(cent(line.quantity * line.unit_net_price * left))
    how = ROUND_HALF_EVEN if mode.endswith("even") else ROUND_HALF_UP
    vat = Decimal(0)
    for rate, of in nets.items():
        if mode.startswith("line"):
            vat += sum((net * rate / 100).quantize(CENT, how) for net in of)
        else:
            vat += (sum(of, Decimal(0)) * rate / 100).quantize(CENT, how)
    net = sum((sum(of, Decimal(0)) for of in nets.values()), Decimal(0))
    return net, vat, net + vat
