"""The shop in the model: one product's row, its reservations and orders, each change as Magento makes it.

Seen in Magento 2.3 to 2.4.8 and 1.x: without reservations the row is taken in a commit before the order's, with them a
reservation is appended before it; cancellations give back first up to 2.4.6 and in 1.x.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from cdc.models_stock import Demand, Reservation, Stocked, StockProduct

ZERO = Decimal(0)
PRODUCT = StockProduct(id=7, sku="P", type="simple")
RESERVING = ("msi_default", "msi_source")
LAYOUTS = ("plain", "msi_default", "msi_source", "magento1")


@dataclass(slots=True)
class Order:
    """One order of the product. `handed` left the shelf; the columns are Magento's, `shipped` stays 0 for what lies.

    `back` are refunded pieces that never left, or came back, and are not in a document of ours yet.
    """

    id: int
    increment_id: str
    stock: int
    created_at: datetime
    ordered: Decimal
    virtual: bool
    test: bool
    committed: bool = False
    cancelling: Decimal = ZERO
    cancelled: Decimal = ZERO
    shipped: Decimal = ZERO
    handed: Decimal = ZERO
    invoiced: Decimal = ZERO
    refunded: Decimal = ZERO
    unshipped_refunds: Decimal = ZERO
    back: Decimal = ZERO

    @property
    def owed(self) -> Decimal:
        """What the buyer still gets off the shelf; nothing for an order that only tests the shop."""
        if self.test:
            return ZERO
        return self.ordered - self.cancelling - self.handed - self.unshipped_refunds


@dataclass(slots=True)
class Checkout:
    """A checkout that took its pieces and is no order yet. `chained`: it may have taken what another just gave back."""

    quantity: Decimal
    began: datetime
    chained: bool
    test: bool


@dataclass(slots=True)
class Shop:
    """The rows. `raised`: somebody else put something into the row since the last look; `changed`: anything at all."""

    layout: str
    row: Decimal
    shelf: Decimal
    stocks: tuple[int, ...] = ()
    orders: dict[int, Order] = field(default_factory=dict)
    reservations: dict[tuple[int, str], Decimal] = field(default_factory=dict)
    checkouts: list[Checkout] = field(default_factory=list)
    raised: bool = False
    changed: bool = False
    last_id: int = 0

    @property
    def reserves(self) -> bool:
        """Whether Magento takes reservations off by itself."""
        return self.layout in RESERVING

    @property
    def stock_ids(self) -> tuple[int, ...]:
        """The stocks that are sold from; one without a name where there are none."""
        return self.stocks or (0,)

    def offer(self, stock: int) -> Decimal:
        """What a buyer may order."""
        return self.row + sum((quantity for (of, _), quantity in self.reservations.items() if of == stock), ZERO)

    def free(self, phone_owed: Decimal) -> Decimal:
        """What stands on the shelf and belongs to nobody."""
        owed = sum((order.owed for order in self.orders.values() if order.committed), ZERO)
        return self.shelf - owed - self.under_way - phone_owed

    @property
    def under_way(self) -> Decimal:
        """Pieces in checkouts."""
        return sum((one.quantity for one in self.checkouts if not one.test), ZERO)

    def reserve(self, stock: int, increment_id: str, quantity: Decimal) -> None:
        """Append to the reservations of a number."""
        key = (stock, increment_id)
        self.reservations[key] = self.reservations.get(key, ZERO) + quantity

    def take(self, order: Order) -> None:
        """What a checkout does before the order exists."""
        self.changed = True
        if self.reserves:
            self.reserve(order.stock, order.increment_id, -order.ordered)
        else:
            self.row -= order.ordered

    def give_back(self, order: Order, quantity: Decimal) -> None:
        """What a failed checkout, a cancellation or a refund of an unshipped piece does."""
        if self.reserves:
            self.reserve(order.stock, order.increment_id, quantity)
        else:
            self.put(quantity)

    def put(self, quantity: Decimal) -> None:
        """Move the row by so much."""
        self.row += quantity
        self.changed, self.raised = True, self.raised or quantity > 0

    def hand_over(self, order: Order, quantity: Decimal) -> None:
        """Goods leave: by a shipment, or with the invoice of what is virtual."""
        if self.reserves:
            self.row -= quantity
            self.reserve(order.stock, order.increment_id, quantity)
        order.handed += quantity
        if not order.test:
            self.shelf -= quantity

    def demands(self, ids: Collection[int], after: int) -> list[Demand]:
        """The orders by their ids, and all that are newer, as committed."""
        return [
            _demand(order)
            for order in self.orders.values()
            if order.committed and (order.id in ids or order.id > after)
        ]

    def stocked(self, ids: Collection[int], after: int, *, demands: list[Demand] | None = None) -> Stocked:
        """The rows; `demands` were read before, else all is read in one moment."""
        found = {one.order_id: one for one in (self.demands(ids, after) if demands is None else demands)}
        reservations = []
        for (stock, increment_id), quantity in self.reservations.items():
            named = [order for order in self.orders.values() if order.committed and order.increment_id == increment_id]
            for order in named:
                found.setdefault(order.id, _demand(order))
            reservations.append(
                Reservation(
                    stock_id=stock,
                    increment_id=increment_id,
                    order_ids=tuple(order.id for order in named),
                    quantity=quantity,
                )
            )
        return Stocked(
            product=PRODUCT,
            quantity=self.row,
            reserves=self.reserves,
            managed=True,
            decimals=False,
            backorders=False,
            min_quantity=ZERO,
            in_stock=self.row > 0,
            by_hand=False,
            demands=tuple(found.values()),
            reservations=tuple(reservations),
            stocks=self.stocks,
        )


def _demand(order: Order) -> Demand:
    return Demand(
        order_id=order.id,
        increment_id=order.increment_id,
        store_id=1,
        created_at=order.created_at,
        state="processing",
        product_id=PRODUCT.id,
        skus=frozenset({"P"}),
        ordered=order.ordered,
        cancelled=order.cancelled,
        shipped=order.shipped,
    )
