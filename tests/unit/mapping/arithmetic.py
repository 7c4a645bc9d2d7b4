"""Both sides' arithmetic, written a second time: how Magento makes a cart's amounts, and what e-conomic computes.

Magento's side follows its three calculators (unit, row, total), prices with and without VAT, discounts before and after
VAT, on goods and on shipping, and how it cuts an order into invoices. Nothing here uses the code under test.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

from cdc.models import Invoice, Order, OrderLine, SubLine
from econ_client.documents import Draft
from mapping.agreement import Agreement
from tests.unit.mapping import builders

CENT = Decimal("0.01")
ZERO = Decimal(0)
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
    percent: Decimal = ZERO
    fixed: Decimal = ZERO


@dataclass(frozen=True)
class _Row:
    """A row with its VAT: net before discount, what is taken off, the compensation, and the VAT that is charged."""

    net: Decimal
    discount: Decimal
    compensation: Decimal
    vat: Decimal


@dataclass
class Cart:
    """A cart in a shop whose prices include VAT or not, with one of Magento's three calculation algorithms.

    `after_tax`: VAT is computed on the price before the discount. `shipping_percent` is the discount on shipping.
    """

    items: list[Item]
    including: bool
    algorithm: str
    shipping: Decimal = ZERO
    shipping_rate: Decimal = Decimal(25)
    shipping_percent: Decimal = ZERO
    after_tax: bool = False

    def order(self, state: str = "new", **changes: Any) -> Order:
        carried: dict[tuple[str, Decimal], Decimal] = defaultdict(lambda: Decimal("0.000001"))
        lines = tuple(self._line(i, item, carried) for i, item in enumerate(self.items, start=1))
        freight = Item(self.shipping, Decimal(1), self.shipping_rate, self.shipping_percent)
        row = self._row(freight, carried)
        ship = (str(row.net), str(row.vat), str(row.discount), str(row.compensation))
        return builders.order(*lines, state=state, ship=ship, **changes)

    def _line(self, number: int, item: Item, carried: dict[tuple[str, Decimal], Decimal]) -> OrderLine:
        row = self._row(item, carried)
        return builders.line(
            f"SKU-{number}-{item.rate}",
            id=number,
            qty=str(item.quantity),
            row=str(row.net),
            vat=str(row.vat),
            rate=str(item.rate),
            discount=str(row.discount),
            comp=str(row.compensation),
            percent=str(item.percent if not item.fixed else 0),
        )

    def _row(self, item: Item, carried: dict[tuple[str, Decimal], Decimal]) -> _Row:
        share, shown = item.rate / 100, cent(item.price * item.quantity)
        of = share / (1 + share) if self.including else share
        full = self._vat(item.price, item.quantity, of, carried, ("b", item.rate))
        net = shown - full if self.including else shown
        discount = min(cent(shown * item.percent / 100) + item.fixed, shown)
        if self.after_tax:
            return _Row(net, discount, ZERO, full)
        vat = self._vat(item.price - discount / item.quantity, item.quantity, of, carried, ("a", item.rate))
        return _Row(net, discount, full - vat if self.including else ZERO, vat)

    def _vat(
        self,
        price: Decimal,
        quantity: Decimal,
        of: Decimal,
        carried: dict[tuple[str, Decimal], Decimal],
        key: tuple[str, Decimal],
    ) -> Decimal:
        if self.algorithm == "unit":
            return cent(cent(price * of) * quantity)
        exact = price * quantity * of
        if self.algorithm == "row":
            return cent(exact)
        exact += carried[key]
        carried[key] = exact - cent(exact)
        return cent(exact)


def in_invoices(order: Order, chance: random.Random, parts: int) -> Order:
    """The order cut into Magento invoices of whole quantities; what is in none of them is cancelled.

    Each amount of a row goes in proportion, rounded; the last invoice of a row takes what is left. Shipping with its
    discount stands on the first.
    """
    left = {line.id: line.qty_ordered for line in order.lines}
    cancelled = {line.id: ZERO for line in order.lines}
    for line in order.lines:
        if chance.random() < 0.2 and line.qty_ordered == line.qty_ordered.to_integral_value() and line.qty_ordered > 1:
            cancelled[line.id] = Decimal(1)
            left[line.id] -= 1
    taken: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    invoices: list[Invoice] = []
    for number in range(1, parts + 1):
        rows = []
        for line in order.lines:
            whole = number == parts or left[line.id] != left[line.id].to_integral_value()
            quantity = left[line.id] if whole else Decimal(chance.randint(0, int(left[line.id])))
            if quantity:
                left[line.id] -= quantity
                last = left[line.id] == 0 and cancelled[line.id] == 0
                rows.append(_cut(line, quantity, last, taken))
        totals = order.totals
        ship = (totals.shipping, totals.shipping_tax, totals.shipping_discount)
        texts = (*map(str, ship), str(totals.shipping_discount_tax_compensation)) if number == 1 else ()
        made = builders.invoice(*rows, id=number, ship=texts)
        # sales_invoice has no column for the discount on shipping
        invoices.append(replace(made, totals=replace(made.totals, shipping_discount=ZERO)))
    lines = tuple(replace(line, qty_canceled=cancelled[line.id]) for line in order.lines)
    return replace(order, lines=lines, invoices=tuple(i for i in invoices if i.lines or i.totals.grand_total))


def _cut(line: OrderLine, quantity: Decimal, last: bool, taken: dict[tuple[int, str], Decimal]) -> SubLine:
    def part(name: str) -> Decimal:
        whole: Decimal = getattr(line, name)
        amount = whole - taken[line.id, name] if last else cent(whole * quantity / line.qty_ordered)
        taken[line.id, name] += amount
        return amount

    return SubLine(
        id=line.id + 500,
        order_item_id=line.id,
        product_id=line.product_id,
        sku=line.sku,
        name=line.name,
        qty=quantity,
        row_total=part("row_total"),
        discount_amount=part("discount_amount"),
        discount_tax_compensation=part("discount_tax_compensation"),
        tax_amount=part("tax_amount"),
    )


def random_cart(chance: random.Random, *, whole: bool = True, algorithm: str = "", after_tax: bool = False) -> Cart:
    """A cart as shops see them: a few lines, mostly 25%, prices ending anywhere."""
    items = []
    for _ in range(chance.randint(1, 8)):
        price = Decimal(chance.randint(50, 200_000)) / 100
        quantity = Decimal(chance.choice([1, 1, 1, 2, 2, 3, 4, 5, 7, 10, 12]))
        if not whole and chance.random() < 0.6:
            quantity = Decimal(chance.randint(1, 999)) / 100
        kind = chance.random()
        percent = Decimal(chance.choice(["5", "10", "12.5", "15", "33.33", "100"])) if kind < 0.3 else ZERO
        fixed = cent(price * quantity * chance.randint(1, 40) / 100) if 0.3 <= kind < 0.45 else ZERO
        rate = ZERO if chance.random() < 0.15 else Decimal(25)
        items.append(Item(price, quantity, rate, percent, fixed))
    return Cart(
        items,
        chance.random() < 0.7,
        algorithm or chance.choice(ALGORITHMS),
        Decimal(chance.choice(["0", "29", "39.95", "49", "59.00", "12.34"])),
        ZERO if chance.random() < 0.1 else Decimal(25),
        Decimal(chance.choice(["0", "0", "0", "10", "50", "100"])),
        after_tax,
    )


def charged(order: Order) -> tuple[Decimal, Decimal, Decimal]:
    """Net, VAT and gross of what the shop charged: its invoices, or the whole order."""
    bills: Sequence[Order | Invoice] = order.invoices or (order,)
    gross = sum((bill.totals.grand_total for bill in bills), ZERO)
    vat = sum((bill.totals.tax for bill in bills), ZERO)
    return gross - vat, vat, gross


def economic(
    draft: Draft, groups: Mapping[str, int], agreement: Agreement, mode: str
) -> tuple[Decimal, Decimal, Decimal]:
    """Net, VAT and gross that e-conomic computes for a draft."""
    net = sum(nets_of(draft, groups, agreement).values(), ZERO)
    vat = sum(vats_of(draft, groups, agreement, mode).values(), ZERO)
    return net, vat, net + vat


def nets_of(draft: Draft, groups: Mapping[str, int], agreement: Agreement) -> dict[Decimal, Decimal]:
    """The net by rate that e-conomic computes for a draft."""
    return {rate: sum(of, ZERO) for rate, of in _lines_of(draft, groups, agreement).items()}


def vats_of(draft: Draft, groups: Mapping[str, int], agreement: Agreement, mode: str) -> dict[Decimal, Decimal]:
    """The VAT by rate that e-conomic computes for a draft."""
    how = ROUND_HALF_EVEN if mode.endswith("even") else ROUND_HALF_UP
    found: dict[Decimal, Decimal] = {}
    for rate, of in _lines_of(draft, groups, agreement).items():
        parts = of if mode.startswith("line") else [sum(of, ZERO)]
        found[rate] = sum(((net * rate / 100).quantize(CENT, how) for net in parts), ZERO)
    return found


def _lines_of(draft: Draft, groups: Mapping[str, int], agreement: Agreement) -> dict[Decimal, list[Decimal]]:
    zone = draft.recipient.vat_zone.vat_zone_number
    nets: dict[Decimal, list[Decimal]] = defaultdict(list)
    for line in draft.lines:
        assert line.product is not None
        assert line.quantity is not None
        assert line.unit_net_price is not None
        assert line.quantity == line.quantity.quantize(CENT)
        assert line.unit_net_price == line.unit_net_price.quantize(CENT)
        left = 1 - (line.discount_percentage or ZERO) / 100
        rate = agreement.vat_rates[(groups[line.product.product_number], zone)]
        nets[rate].append(cent(line.quantity * line.unit_net_price * left))
    return nets
