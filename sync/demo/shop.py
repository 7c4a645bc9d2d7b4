"""A shop at work: what customers and its staff do, in the same transactions as a real Magento 2."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Self

from sync.demo import accounts, placing, products, staff
from sync.demo.cart import Cart, PricedCart
from sync.demo.catalog import COUPONS, DELIVERIES, STORES
from sync.demo.invoicing import write_invoice
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.noise import make_noise
from sync.demo.openorder import OpenOrder, Wanted
from sync.demo.people import Person
from sync.demo.placing import Account, Checkout, Happened, PlacedOrder
from sync.demo.refunding import write_credit_memo
from sync.demo.shipping import write_shipment
from sync.demo.stock import Stockroom
from sync.demo.tables import Tables, Value
from sync.demo.tax import ZERO

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
        captured: bool = False,
    ) -> PlacedOrder:
        """Place an order for a guest or a customer.

        `currency` is the store view's own unless given; `coupon` and `shipping` (codes of catalog.py) replace the
        cart's; `created_at` (UTC) back-dates it; `captured` invoices it in its own transaction, as a gateway that
        captures at once does. Raises `KeyError` for an unknown store, coupon, method or currency.
        """
        checkout = self._checkout(cart, buyer, store, currency, coupon, shipping, deliver_to, created_at)
        return placing.place(self.tables, self.stockroom, checkout, self._capture if captured else None)

    def fail_order(self, cart: Cart, buyer: Person | Account, *, store: str = "default") -> str:
        """An order that is rolled back at the end of the checkout. Returns the number that was lost with it."""
        checkout = self._checkout(cart, buyer, store, None, None, None, None, None)
        return placing.fail(self.tables, self.stockroom, checkout)

    def invoice(self, order: Happened | int, lines: Wanted | None = None) -> Happened:
        """Invoice what is left, or `lines` (quantities by SKU): new -> processing, or complete when all is sent.

        Raises `ValueError` when there is nothing left to invoice.
        """
        with self.tables.transaction():
            opened = OpenOrder(self.tables, order_id(order))
            done = write_invoice(opened, lines)
            opened.settle_state()
            opened.save()
        return _happened(done)

    def ship(self, order: Happened | int, lines: Wanted | None = None, *, track: str = "") -> Happened:
        """Send what is left, or `lines`: complete when all is invoiced. Raises `ValueError` when nothing is left."""
        with self.tables.transaction():
            opened = OpenOrder(self.tables, order_id(order))
            done = write_shipment(opened, self.stockroom, lines, track)
            opened.settle_state()
            opened.save()
        committed = _happened(done)
        status = opened.row["status"]
        self.tables.update("sales_shipment_grid", {"order_status": status}, entity_id=committed.entity_id)
        return committed

    def invoice_and_ship(self, order: Happened | int) -> Happened:
        """Invoice with "create shipment" ticked: new -> complete in one transaction. Returns the invoice.

        An order without anything to send is only invoiced.
        """
        with self.tables.transaction():
            opened = OpenOrder(self.tables, order_id(order))
            done = write_invoice(opened)
            if any(opened.left_to_ship(top) > 0 for top in opened.tops()):
                write_shipment(opened, self.stockroom)
            opened.settle_state()
            opened.save()
        return _happened(done)

    def credit_memo(
        self,
        order: Happened | int,
        lines: Wanted | None = None,
        *,
        shipping: bool | None = None,
        adjustment_positive: Decimal = ZERO,
        adjustment_negative: Decimal = ZERO,
        restock: bool = True,
        online: bool = False,
        invoice: Happened | None = None,
    ) -> Happened:
        """Refund all that is invoiced, or `lines`; `shipping` None refunds it with the last goods.

        Adjustments are in the order's currency. The order is closed when nothing is left to refund. `invoice` is
        named on the memo when it is given. Raises `ValueError` when nothing is left.
        """
        with self.tables.transaction():
            done = write_credit_memo(
                OpenOrder(self.tables, order_id(order)),
                self.stockroom,
                lines,
                shipping=shipping,
                plus=adjustment_positive,
                minus=adjustment_negative,
                restock=restock,
                online=online,
                invoice_id=invoice.entity_id if invoice else None,
            )
        return _happened(done)

    def refund_one(self, order: Happened | int) -> Happened:
        """Refund one piece of the first article that can be refunded. Raises `ValueError` when nothing is left."""
        opened = OpenOrder(self.tables, order_id(order))
        for top in opened.tops():
            left = opened.left_to_refund(top)
            if left > 0:
                return self.credit_memo(order, {top["sku"]: min(left, Decimal(1))}, shipping=False)
        raise ValueError(f"order {opened.row['increment_id']} has nothing left to refund")

    def cancel(self, order: Happened | int) -> float:
        """Cancel what is neither invoiced nor sent; returns when it was committed (time.monotonic())."""
        return staff.cancel(self.tables, self.stockroom, order_id(order))

    def hold(self, order: Happened | int) -> float:
        """Put the order on hold."""
        return staff.hold(self.tables, order_id(order))

    def unhold(self, order: Happened | int) -> float:
        """Take the order off hold."""
        return staff.unhold(self.tables, order_id(order))

    def comment(self, order: Happened | int, text: str, status: str | None = None) -> float:
        """Write a comment, and a merchant's own `status` with it."""
        return staff.comment(self.tables, order_id(order), text, status)

    def edit_address(self, order: Happened | int, kind: str = "shipping", **changes: Value) -> float:
        """Change columns of the order's billing or shipping address."""
        return staff.edit_address(self.tables, order_id(order), kind, changes)

    def mass_update(self, orders: Sequence[Happened | int] | None = None, **changes: Value) -> float:
        """Set sales_order columns of many orders (None: all) with one statement; without `changes` a note."""
        ids = None if orders is None else [order_id(order) for order in orders]
        return staff.mass_update(self.tables, ids, changes or {"customer_note": secrets.token_hex(4)})

    def register_customer(
        self,
        person: Person,
        *,
        store: str = "default",
        group_id: int = 1,
        attributes: Mapping[str, str | int] | None = None,
        created_at: datetime | None = None,
    ) -> Account:
        """Open an account; `attributes` are custom attributes by code, a select's value its option id."""
        return accounts.register(
            self.tables, person, store=store, group_id=group_id, attributes=attributes, created_at=created_at
        )

    def change_email(self, account: Account, email: str) -> Account:
        """Change a customer's e-mail address, which rewrites it on the customer's orders. Returns the account."""
        return accounts.change_email(self.tables, account, email)

    def delete_customer(self, account: Account) -> None:
        """Delete an account; its orders stay and lose their customer_id unseen."""
        accounts.delete(self.tables, account)

    def edit_product(self, sku: str, *, store: str | None = None, **attributes: str | int | Decimal) -> None:
        """Save a product in the admin: its row is touched, changed values are written (name, price, status, ...).

        `store` writes a store view's own value. Raises `LookupError` for an unknown SKU or attribute.
        """
        products.edit(self.tables, sku, STORES[store].id if store else 0, attributes)

    def noise(self, count: int, rng: random.Random | None = None) -> None:
        """`count` bursts of writes that concern no order, customer or product."""
        make_noise(self.tables, count, rng or random.Random())

    def _capture(self, order_id: int) -> None:
        opened = OpenOrder(self.tables, order_id)
        write_invoice(opened)
        opened.settle_state()
        opened.save()

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


def order_id(order: Happened | int) -> int:
    """The entity_id of an order given as itself or as its id."""
    return order if isinstance(order, int) else order.entity_id


def _happened(done: tuple[int, str]) -> Happened:
    return Happened(entity_id=done[0], increment_id=done[1], committed_at_monotonic=time.monotonic())
