"""A shop at work: what customers and its staff do, in the same transactions as a real Magento 2."""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import Self

from sync.demo import placing
from sync.demo.cart import Cart, PricedCart
from sync.demo.catalog import COUPONS, DELIVERIES, STORES
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.people import Person
from sync.demo.placing import Account, Checkout, Happened, PlacedOrder
from sync.demo.stock import Stockroom
from sync.demo.tables import Tables

__all__ = ["Account", "Happened", "PlacedOrder", "SimulatedShop"]


class SimulatedShop:
    """One cashier: a connection of its own, so that each thread has its own shop. Close it, or use it as a context.

    `prefix` and `msi` say how the database was installed (`fixture.install`).
    """

    def __init__(self, server: PrivateMariaDB, database: str, prefix: str = "", msi: bool = True) -> None:
        self.connection = server.connect(database)
        self.tables = Tables(self.connection, prefix)
        self.stockroom = Stockroom(self.tables, msi=msi)

    def place_order(
        self,
        cart: Cart,
        buyer: Person | Account,
        *,
        store: str = "default",
        currency: str | None = None,
        coupon: str | None = None,
        shipping: str | None = None,
        deliver_to: Person | None = None,
        created_at: datetime | None = None,
    ) -> PlacedOrder:
        """Place an order for a guest or a customer.

        `currency` is the store view's own unless given; `coupon` and `shipping` (codes of catalog.py) replace the
        cart's; `created_at` (UTC) back-dates it. Raises `KeyError` for an unknown store, coupon, method or currency.
        """
        checkout = self._checkout(cart, buyer, store, currency, coupon, shipping, deliver_to, created_at)
        return placing.place(self.tables, self.stockroom, checkout)

    def fail_order(self, cart: Cart, buyer: Person | Account, *, store: str = "default") -> str:
        """An order that is rolled back at the end of the checkout. Returns the number that was lost with it."""
        checkout = self._checkout(cart, buyer, store, None, None, None, None, None)
        return placing.fail(self.tables, self.stockroom, checkout)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @staticmethod
    def _checkout(
        cart: Cart,
        buyer: Person | Account,
        store: str,
        currency: str | None,
        coupon: str | None,
        shipping: str | None,
        deliver_to: Person | None,
        created_at: datetime | None,
    ) -> Checkout:
        view = STORES[store]
        account = buyer if isinstance(buyer, Account) else None
        person = buyer.person if isinstance(buyer, Account) else buyer
        recipient = deliver_to or person
        cart = Cart(
            items=cart.items,
            coupon=COUPONS[coupon] if coupon else cart.coupon,
            delivery=DELIVERIES[shipping] if shipping else cart.delivery,
            payment=cart.payment,
        )
        country = person.country if cart.virtual else recipient.country
        return Checkout(
            priced=PricedCart(cart, currency or view.currency, country),
            buyer=person,
            recipient=recipient,
            account=account,
            store=view,
            created_at=created_at,
        )
