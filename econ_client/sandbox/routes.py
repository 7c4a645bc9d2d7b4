"""Which address is answered by which function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from econ_client.sandbox import booking, customers, invoices, listing, lookups, orders, products
from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Refused, Reply, not_found
from econ_client.sandbox.collections import Call
from econ_client.sandbox.contacts import CONTACTS, LOCATIONS
from econ_client.sandbox.links import decode_segment

Handler = Callable[..., Reply]


class _Node:
    """A step of the way: fixed words first, then a number (`:n`) or a text (`:t`)."""

    def __init__(self) -> None:
        self.fixed: dict[str, _Node] = {}
        self.free: tuple[str, _Node] | None = None
        self.methods: dict[str, tuple[Handler, tuple[Any, ...]]] = {}


class Routes:
    """Finds the handler of (method, path). Handlers take (agreement, call, *from the path, *fixed)."""

    def __init__(self) -> None:
        self._root = _Node()
        self._fill()

    def find(self, method: str, path: str) -> tuple[Handler, tuple[Any, ...]]:
        """The handler and what it takes after (agreement, call). Raises Refused: 404 unknown address, 405 method."""
        node = self._root
        found: list[int | str] = []
        for raw in path.strip("/").split("/"):
            if raw in node.fixed:
                node = node.fixed[raw]
                continue
            text = decode_segment(raw)
            if node.free is None or not text:
                raise not_found()
            kind, node = node.free
            if kind == ":n":
                if not text.isascii() or not text.isdecimal() or len(text) > 9:
                    raise not_found()
                found.append(int(text))
            else:
                found.append(text)
        if not node.methods or method == "HEAD":
            raise not_found()
        if method not in node.methods:
            allowed = ", ".join(sorted(node.methods))
            raise Refused(405, "Method not allowed.", f"This address allows: {allowed}.", "E00405")
        handler, fixed = node.methods[method]
        return handler, (*found, *fixed)

    def add(self, method: str, path: str, handler: Handler, *fixed: Any) -> None:
        """`fixed` follows the path's own values as further positional arguments."""
        node = self._root
        for step in path.split("/"):
            if step.startswith(":"):
                node.free = node.free or (step, _Node())
                node = node.free[1]
            else:
                node = node.fixed.setdefault(step, _Node())
        node.methods[method] = (handler, fixed)

    def _fill(self) -> None:
        add = self.add
        add("GET", "self", lookups.self_)
        for lookup in lookups.LOOKUPS:
            text = lookup.home in ("currencies", "vat-accounts")
            add("GET", lookup.home, lookup.list_all)
            add("GET", f"{lookup.home}/{':t' if text else ':n'}", lookup.get)
        for method, path, handler in listing.ROUTES:
            add(method, path, handler)
        add("GET", "departmental-distributions/departments", lookups.LOOKUPS[-1].list_all)
        add("GET", "departmental-distributions/departments/:n", lookups.LOOKUPS[-1].get)
        add("GET", "product-groups/:n/sales-accounts", lookups.sales_accounts)
        add("GET", "product-groups/:n/products", products.list_all)
        add("GET", "customer-groups/:n/customers", lookups.group_customers)
        add("GET", "accounting-years", lookups.list_years)
        add("POST", "accounting-years", lookups.create_year)
        add("GET", "accounting-years/:t", lookups.get_year)
        add("GET", "accounting-years/:t/periods", lookups.list_periods)
        add("GET", "accounting-years/:t/periods/:n", lookups.get_period)
        for home, module in (("customers", customers), ("products", products)):
            one = f"{home}/{':n' if home == 'customers' else ':t'}"
            add("GET", home, module.list_all)
            add("POST", home, module.create)
            add("GET", one, module.get)
            add("PUT", one, module.replace)
            add("DELETE", one, module.delete)
        for below in (CONTACTS, LOCATIONS):
            add("GET", f"customers/:n/{below.home}", below.list_all)
            add("POST", f"customers/:n/{below.home}", below.create)
            add("GET", f"customers/:n/{below.home}/:n", below.get)
            add("PUT", f"customers/:n/{below.home}/:n", below.replace)
            add("DELETE", f"customers/:n/{below.home}/:n", below.delete)
        add("GET", "customers/:n/invoices/drafts", invoices.list_all)
        add("GET", "customers/:n/invoices/booked", _customer_booked)
        self._fill_documents()

    def _fill_documents(self) -> None:
        add = self.add
        add("GET", "orders", orders.links)
        for state in orders.STATES:
            add("GET", f"orders/{state}", orders_list(state))
            add("GET", f"orders/{state}/:n", orders_of(orders.get, state))
        for state in ("drafts", "sent"):
            add("DELETE", f"orders/{state}/:n", orders_of(orders.delete, state))
            add("GET", f"orders/{state}/:n/templates", orders_of(orders.templates, state))
            upgrade = f"orders/{state}/:n/templates/upgrade-instructions"
            add("GET", upgrade, orders_of(orders.upgrade_links, state))
            add("GET", f"{upgrade}/draftInvoice", orders_of(orders.upgrade, state))
        add("POST", "orders/drafts", orders.create)
        add("POST", "orders/sent", orders.send)
        add("PUT", "orders/drafts/:n", orders.replace)
        add("GET", "invoices", invoices.links)
        add("GET", "invoices/drafts", invoices.list_all)
        add("POST", "invoices/drafts", invoices.create)
        add("DELETE", "invoices/drafts", invoices.delete_all)
        add("GET", "invoices/drafts/:n", invoices.get)
        add("PUT", "invoices/drafts/:n", invoices.replace)
        add("DELETE", "invoices/drafts/:n", invoices.delete)
        add("POST", "invoices/drafts/:n/lines", invoices.add_lines)
        add("GET", "invoices/drafts/:n/templates", invoices.templates)
        add("GET", "invoices/drafts/:n/templates/booking-instructions", invoices.booking_instructions)
        for kind in ("booked", "paid", "unpaid", "overdue", "not-due"):
            add("GET", f"invoices/{kind}", booking.list_all, kind)
        add("GET", "invoices/sent", booking.list_sent)
        add("POST", "invoices/booked", booking.book)
        add("GET", "invoices/booked/:n", booking.get)
        add("PUT", "invoices/booked/:n", booking.book)


def orders_list(state: str) -> Handler:
    """The list of orders in one state."""
    return lambda agreement, call: orders.list_all(agreement, call, state)


def orders_of(handler: Handler, state: str) -> Handler:
    """`handler` for one order in one state."""
    return lambda agreement, call, number: handler(agreement, call, state, number)


def _customer_booked(agreement: Agreement, call: Call, customer: int) -> Reply:
    return booking.list_all(agreement, call, "booked", customer)
