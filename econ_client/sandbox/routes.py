"""Which address is answered by which function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from econ_client.sandbox import (
    accounting,
    booking,
    company,
    customers,
    debtors,
    entries,
    invoices,
    invoicetotals,
    journals,
    listing,
    lookups,
    orders,
    prices,
    products,
)
from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Refused, Reply, not_found
from econ_client.sandbox.attachments import DRAFTS, ORDERS, VOUCHERS, Attachment
from econ_client.sandbox.collections import Call
from econ_client.sandbox.contacts import CONTACTS, LOCATIONS
from econ_client.sandbox.links import decode_segment

Handler = Callable[..., Reply]
_FORMERLY = {"journals-experimental": "journals"}
"""Addresses of the past that clients in the field still use."""


class _Node:
    """A step of the way: fixed words, then a number (`:n`) or a text (`:t`); `rest` (`*`) takes all that is left."""

    def __init__(self) -> None:
        self.fixed: dict[str, _Node] = {}
        self.free: tuple[str, _Node] | None = None
        self.rest: _Node | None = None
        self.methods: dict[str, tuple[Handler, tuple[Any, ...]]] = {}


class Routes:
    """Finds the handler of (method, path). Handlers take (agreement, call, *from the path, *fixed)."""

    def __init__(self) -> None:
        self._root = _Node()
        self._fill()

    def find(self, method: str, path: str) -> tuple[Handler, tuple[Any, ...]]:
        """The handler and what it takes after (agreement, call). Raises Refused: 404 unknown address, 405 method."""
        node = self._root
        found: list[int | str | list[str]] = []
        steps = path.strip("/").split("/")
        steps[0] = _FORMERLY.get(steps[0].lower(), steps[0])
        for at, raw in enumerate(steps):
            if node.rest is not None:
                found.append(_words(steps[at:]))
                node = node.rest
                break
            if (known := node.fixed.get(raw) or node.fixed.get(raw.lower())) is not None:
                node = known
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
        if not node.methods:
            raise not_found()
        if method == "OPTIONS":
            return _options, (_allowed(node),)
        if method not in node.methods and (method != "HEAD" or "GET" not in node.methods):
            allowed = _allowed(node)
            hint = f"This address allows: {allowed}."
            raise Refused(405, "Method not allowed.", hint, "E00405", headers=(("Allow", allowed),))
        handler, fixed = node.methods["GET" if method == "HEAD" else method]
        return handler, (*found, *fixed)

    def add(self, method: str, path: str, handler: Handler, *fixed: Any) -> None:
        """`fixed` follows the path's own values as further positional arguments."""
        node = self._root
        for step in path.split("/"):
            if step == "*":
                node.rest = node.rest or _Node()
                node = node.rest
            elif step.startswith(":"):
                node.free = node.free or (step, _Node())
                node = node.free[1]
            else:
                node = node.fixed.setdefault(step.lower(), _Node())
        node.methods[method] = (handler, fixed)

    def _fill(self) -> None:
        add = self.add
        for lookup in lookups.LOOKUPS:
            text = lookup.home in ("currencies", "vat-accounts")
            add("GET", lookup.home, lookup.list_all)
            add("GET", f"{lookup.home}/{':t' if text else ':n'}", lookup.get)
        for method, path, handler in (*listing.ROUTES, *_ROUTES):
            add(method, path, handler)
        for kind in ("departments", "distributions"):
            add("GET", f"departmental-distributions/{kind}", lookups.list_distributions, kind)
            add("GET", f"departmental-distributions/{kind}/:n", lookups.get_distribution, kind)
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
        for state in orders.STATES:
            self._fill_orders(state)
        for kind in ("booked", "paid", "unpaid", "overdue", "not-due"):
            add("GET", f"invoices/{kind}", booking.list_all, kind)
        for kind in ("drafts", "booked"):
            add("GET", f"products/:t/invoices/{kind}", lookups.product_invoices, kind)
            add("GET", f"employees/:n/{kind.rstrip('s')}-invoices", lookups.employee_invoices, kind)
        self._attach("orders/drafts/:n", ORDERS)
        self._attach("orders/sent/:n", ORDERS)
        self._attach("orders/archived/:n", ORDERS)
        self._attach("invoices/drafts/:n", DRAFTS)
        self._attach("journals/:n/vouchers/:t", VOUCHERS)
        add("PATCH", "journals/:n/vouchers/:t/attachment/file", VOUCHERS.append)

    def _fill_orders(self, state: str) -> None:
        add = self.add
        add("GET", f"orders/{state}", orders_list(state))
        add("GET", f"orders/{state}/:n", orders_of(orders.get, state))
        add("GET", f"orders/{state}/:n/pdf", orders_of(orders.download, state))
        if state == "archived":
            return
        add("DELETE", f"orders/{state}/:n", orders_of(orders.delete, state))
        add("GET", f"orders/{state}/:n/templates", orders_of(orders.templates, state))
        upgrade = f"orders/{state}/:n/templates/upgrade-instructions"
        add("GET", upgrade, orders_of(orders.upgrade_links, state))
        add("GET", f"{upgrade}/draftInvoice", orders_of(orders.upgrade, state))

    def _attach(self, home: str, attachment: Attachment) -> None:
        self.add("GET", f"{home}/attachment", attachment.get)
        self.add("GET", f"{home}/attachment/file", attachment.file)
        if "sent" not in home and "archived" not in home:
            self.add("POST", f"{home}/attachment/file", attachment.create)
            self.add("DELETE", f"{home}/attachment/file", attachment.delete)


_PRICE = "products/:t/pricing/currency-specific-sales-prices"
_YEAR = "accounting-years/:t"
_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "", company.root),
    ("GET", "self", company.self_),
    ("PUT", "self/company", company.put_company),
    ("PUT", "self/company/bankinformation", company.put_bank),
    ("PUT", "self/user", company.put_user),
    ("GET", "app-roles", company.list_roles),
    ("GET", "app-roles/:n", company.get_role),
    ("GET", "apps/:n", company.get_application),
    ("GET", "modules/:n", company.get_module),
    ("GET", "languages/:n", company.get_language),
    ("GET", "product-groups/:n/sales-accounts", lookups.sales_accounts),
    ("GET", "product-groups/:n/products", products.list_all),
    ("GET", "customer-groups/:n/customers", lookups.group_customers),
    ("GET", "employees/:n/customers", lookups.employee_customers),
    ("GET", "employee-groups/:n", lookups.employee_group),
    ("GET", "vat-types", lookups.vat_types),
    ("GET", "vat-types/:n", lookups.vat_type),
    ("GET", "accounts/:n/accounting-years", lookups.account_years),
    ("GET", "accounts/:n/accounting-years/:t/totals", accounting.account_totals),
    ("GET", "units/:n/products", lookups.unit_products),
    ("GET", "accounting-years", accounting.list_years),
    ("POST", "accounting-years", accounting.create_year),
    ("GET", _YEAR, accounting.get_year),
    ("GET", f"{_YEAR}/entries", accounting.list_entries),
    ("GET", f"{_YEAR}/totals", accounting.list_totals),
    ("GET", f"{_YEAR}/vouchers", journals.list_of_year),
    ("GET", f"{_YEAR}/periods", accounting.list_periods),
    ("GET", f"{_YEAR}/periods/:n", accounting.get_period),
    ("GET", f"{_YEAR}/periods/:n/entries", accounting.list_entries),
    ("GET", f"{_YEAR}/periods/:n/totals", accounting.list_totals),
    ("PATCH", "customers/:n", customers.patch),
    ("GET", "customers/:n/totals", debtors.totals),
    ("GET", "customers/:n/invoices", debtors.invoices),
    ("GET", "customers/:n/templates", debtors.templates),
    ("GET", "customers/:n/templates/invoice", debtors.invoice_template),
    ("GET", "customers/:n/templates/invoiceline", debtors.line_templates),
    ("GET", "customers/:n/templates/invoiceline/:t", debtors.line_template),
    ("GET", "products/:t/invoices", lookups.product_links),
    ("GET", "products/:t/pricing", prices.links),
    ("GET", _PRICE, prices.list_all),
    ("POST", _PRICE, prices.create),
    ("GET", f"{_PRICE}/:t", prices.get),
    ("PUT", f"{_PRICE}/:t", prices.replace),
    ("DELETE", f"{_PRICE}/:t", prices.delete),
    ("GET", "orders", orders.links),
    ("POST", "orders/drafts", orders.create),
    ("POST", "orders/sent", orders.send),
    ("PUT", "orders/drafts/:n", orders.replace),
    ("GET", "invoices", invoices.links),
    ("GET", "invoices/totals", invoicetotals.overview),
    ("GET", "invoices/totals/*", invoicetotals.narrowed),
    ("GET", "invoices/drafts", invoices.list_all),
    ("POST", "invoices/drafts", invoices.create),
    ("DELETE", "invoices/drafts", invoices.delete_all),
    ("GET", "invoices/drafts/:n", invoices.get),
    ("PUT", "invoices/drafts/:n", invoices.replace),
    ("DELETE", "invoices/drafts/:n", invoices.delete),
    ("GET", "invoices/drafts/:n/pdf", invoices.download),
    ("POST", "invoices/drafts/:n/lines", invoices.add_lines),
    ("GET", "invoices/drafts/:n/templates", invoices.templates),
    ("GET", "invoices/drafts/:n/templates/booking-instructions", invoices.booking_instructions),
    ("GET", "invoices/sent", booking.list_sent),
    ("GET", "invoices/sent/:n", booking.get_sent),
    ("POST", "invoices/booked", booking.book),
    ("GET", "invoices/booked/:n", booking.get),
    ("PUT", "invoices/booked/:n", booking.book),
    ("GET", "invoices/booked/:n/pdf", booking.download),
    ("GET", "invoices/booked/:n/sent", booking.list_sent),
    ("GET", "journals/:n/entries", entries.list_all),
    ("GET", "journals/:n/entries/:n", entries.get),
    ("DELETE", "journals/:n/entries/:n", entries.delete),
    ("GET", "journals/:n/vouchers", journals.list_vouchers),
    ("POST", "journals/:n/vouchers", journals.create_vouchers),
    ("GET", "journals/:n/vouchers/:t", journals.get_voucher),
    ("GET", "journals/:n/templates", journals.templates),
    ("GET", "journals/:n/templates/financeVoucher", journals.finance_template),
    ("GET", "journals/:n/templates/manualCustomerInvoice", journals.invoice_template),
)


def _words(steps: list[str]) -> list[str]:
    words = [(decode_segment(step) or "").lower() for step in steps]
    if not all(words):
        raise not_found()
    return words


def _allowed(node: _Node) -> str:
    return ", ".join(sorted(node.methods))


def _options(agreement: Agreement, call: Call, allowed: str) -> Reply:
    return Reply(204, headers=(("Allow", allowed),))


def orders_list(state: str) -> Handler:
    """The list of orders in one state."""
    return lambda agreement, call: orders.list_all(agreement, call, state)


def orders_of(handler: Handler, state: str) -> Handler:
    """`handler` for one order in one state."""
    return lambda agreement, call, number: handler(agreement, call, state, number)


def _customer_booked(agreement: Agreement, call: Call, customer: int) -> Reply:
    return booking.list_all(agreement, call, "booked", customer)
