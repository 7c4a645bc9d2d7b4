"""The agreement's lists: groups, zones, terms, layouts, units, accounts and the like, and what lives below them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from econ_client.sandbox import accounting, booking, customers, invoices, journals, products
from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Reply, not_found
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.filters import Properties, Property
from econ_client.sandbox.links import encode_segment, linked_parts
from econ_client.sandbox.table import Table
from econ_client.sandbox.wire import Doc

Show = Callable[[Agreement, Doc, str], Doc]


@dataclass(frozen=True, slots=True)
class Lookup:
    """One list: its path, the name of its number, links below each entry, what may be filtered, and its parts."""

    home: str
    key: str
    below: tuple[str, ...] = ()
    properties: Properties = field(default_factory=dict)
    show_with: Show | None = None
    parts: tuple[str, ...] = ()

    def table(self, agreement: Agreement) -> Table[Any]:
        """Where its entries are."""
        special = {"currencies": agreement.currencies, "vat-accounts": agreement.vat_accounts}
        return special.get(self.home) or agreement.lookups[self.home]

    def show(self, agreement: Agreement, doc: Doc, base: str) -> Doc:
        """An entry as it is answered."""
        if self.show_with:
            return self.show_with(agreement, doc, base)
        home = f"{base}/{self.home}/{encode_segment(str(doc[self.key]))}"
        links = {name: f"{home}/{_dashed(name)}" for name in self.below}
        return {**linked_parts(doc, base), **links, "self": home}

    def list_all(self, agreement: Agreement, call: Call) -> Reply:
        """GET the list."""
        rows = self.table(agreement).listed()
        reply = collect(call, rows, self.properties, lambda doc: self.show(agreement, doc, call.base))
        if not self.parts:
            return reply
        home = f"{call.base}/{self.home}"
        return Reply(200, {**reply.doc, "subCollections": {part: f"{home}/{part}" for part in self.parts}})

    def get(self, agreement: Agreement, call: Call, key: int | str) -> Reply:
        """GET one."""
        doc = self.table(agreement).get(key)
        if doc is None:
            raise not_found()
        return Reply(200, self.show(agreement, doc, call.base))


def _dashed(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name)


def _distribution(agreement: Agreement, doc: Doc, base: str) -> Doc:
    parts = [
        {**part, "department": {**part["department"], "self": f"{base}/departments/{_department(part)}"}}
        for part in doc["distributions"]
    ]
    home = f"{base}/departmental-distributions/{doc['distributionType']}s"
    return {**doc, "distributions": parts, "self": f"{home}/{doc['departmentalDistributionNumber']}"}


def _department(part: Doc) -> int:
    number: int = part["department"]["departmentNumber"]
    return number


_name = {"name": Property()}
_barred = Property("flag", sortable=False)
LOOKUPS = (
    Lookup(
        "customer-groups",
        "customerGroupNumber",
        ("customers",),
        {"customerGroupNumber": Property("number"), **_name},
    ),
    Lookup("vat-zones", "vatZoneNumber"),
    Lookup("payment-terms", "paymentTermsNumber"),
    Lookup("layouts", "layoutNumber"),
    Lookup("units", "unitNumber", ("products",)),
    Lookup("departments", "departmentNumber", (), {"departmentNumber": Property("number"), **_name, "barred": _barred}),
    Lookup(
        "employees",
        "employeeNumber",
        ("customers", "draftInvoices", "bookedInvoices"),
        {
            "employeeNumber": Property("number"),
            **_name,
            "barred": _barred,
            "employeeGroup.employeeGroupNumber": Property("number"),
        },
    ),
    Lookup(
        "accounts",
        "accountNumber",
        ("accountingYears",),
        {"accountNumber": Property("number"), **_name, "barred": _barred},
    ),
    Lookup(
        "product-groups",
        "productGroupNumber",
        (),
        {},
        lambda agreement, doc, base: products.group(agreement, doc["productGroupNumber"], base),
    ),
    Lookup("currencies", "code"),
    Lookup("vat-accounts", "vatCode"),
    Lookup("payment-types", "paymentTypeNumber"),
    Lookup("journals", "journalNumber", (), {"journalNumber": Property("number"), **_name}, journals.show),
    Lookup(
        "departmental-distributions",
        "departmentalDistributionNumber",
        (),
        {"departmentalDistributionNumber": Property("number"), **_name},
        _distribution,
        ("distributions", "departments"),
    ),
)
_SALES_ACCOUNTS: Properties = {
    **{f"salesAccount.{name}": Property() for name in ("accountType", "debitCredit", "name")},
    **{f"salesAccount.{name}": Property("number") for name in ("accountNumber", "balance")},
    **{f"salesAccount.{name}": Property("flag") for name in ("barred", "blockDirectEntries")},
}
_ACCOUNTS = next(lookup for lookup in LOOKUPS if lookup.home == "accounts")
_ZONES = next(lookup for lookup in LOOKUPS if lookup.home == "vat-zones")


_DISTRIBUTIONS = LOOKUPS[-1]


def list_distributions(agreement: Agreement, call: Call, kind: str) -> Reply:
    """GET /departmental-distributions/departments|distributions."""
    rows = [
        row for row in _DISTRIBUTIONS.table(agreement).listed() if row[1]["distributionType"] == kind.removesuffix("s")
    ]
    return collect(call, rows, _DISTRIBUTIONS.properties, lambda doc: _distribution(agreement, doc, call.base))


def get_distribution(agreement: Agreement, call: Call, number: int, kind: str) -> Reply:
    """GET one of a kind."""
    doc = _DISTRIBUTIONS.table(agreement).get(number)
    if doc is None or doc["distributionType"] != kind.removesuffix("s"):
        raise not_found()
    return Reply(200, _distribution(agreement, doc, call.base))


def sales_accounts(agreement: Agreement, call: Call, group: int) -> Reply:
    """GET /product-groups/:g/sales-accounts: one row per VAT zone."""
    if group not in agreement.lookups["product-groups"]:
        raise not_found()
    accounts, zones = agreement.lookups["accounts"], agreement.lookups["vat-zones"]
    rows = [
        (zone, {"salesAccount": accounts.get(account) or {}, "vatZone": zones.get(zone) or {}})
        for (number, zone), account in agreement.sales_accounts.items()
        if number == group
    ]

    def show(row: Doc) -> Doc:
        return {
            "salesAccount": _ACCOUNTS.show(agreement, row["salesAccount"], call.base),
            "vatZone": _ZONES.show(agreement, row["vatZone"], call.base),
        }

    return collect(call, rows, _SALES_ACCOUNTS, show)


def group_customers(agreement: Agreement, call: Call, group: int) -> Reply:
    """GET /customer-groups/:g/customers."""
    if group not in agreement.lookups["customer-groups"]:
        raise not_found()
    rows = [row for row in agreement.customers.listed() if row[1]["customerGroup"]["customerGroupNumber"] == group]
    return collect(call, rows, customers.PROPERTIES, lambda doc: customers.show(agreement, doc, call.base))


def employee_customers(agreement: Agreement, call: Call, employee: int) -> Reply:
    """GET /employees/:e/customers: those whose salesperson it is."""
    _employee(agreement, employee)
    wanted = {"employeeNumber": employee}
    rows = [row for row in agreement.customers.listed() if row[1].get("salesPerson") == wanted]
    properties = {name: known for name, known in customers.PROPERTIES.items() if name != "barred"}
    return collect(call, rows, properties, lambda doc: customers.show(agreement, doc, call.base))


def employee_invoices(agreement: Agreement, call: Call, employee: int, kind: str) -> Reply:
    """GET /employees/:e/draft-invoices|booked-invoices: those that name the employee as salesperson."""
    _employee(agreement, employee)
    wanted = {"employeeNumber": employee}
    table, module = (agreement.drafts, invoices) if kind == "drafts" else (agreement.booked, booking)
    rows = [row for row in table.listed() if row[1].get("references", {}).get("salesPerson") == wanted]
    return collect(call, rows, module.PROPERTIES, lambda doc: module.show(agreement, doc, call.base, lines=False))


def _employee(agreement: Agreement, number: int) -> None:
    if number not in agreement.lookups["employees"]:
        raise not_found()


def unit_products(agreement: Agreement, call: Call, unit: int) -> Reply:
    """GET /units/:u/products."""
    if unit not in agreement.lookups["units"]:
        raise not_found()
    rows = [row for row in agreement.products.listed() if row[1].get("unit") == {"unitNumber": unit}]
    return collect(call, rows, products.PROPERTIES, lambda doc: products.show(agreement, doc, call.base))


def product_links(agreement: Agreement, call: Call, product: str) -> Reply:
    """GET /products/:p/invoices."""
    if product not in agreement.products:
        raise not_found()
    return Reply(200, {"drafts": f"{call.url}/drafts", "booked": f"{call.url}/booked", "self": call.url})


def product_invoices(agreement: Agreement, call: Call, product: str, kind: str) -> Reply:
    """GET /products/:p/invoices/drafts|booked: those with a line of the product."""
    if product not in agreement.products:
        raise not_found()
    table, module = (agreement.drafts, invoices) if kind == "drafts" else (agreement.booked, booking)
    wanted = {"productNumber": product}
    rows = [row for row in table.listed() if any(line.get("product") == wanted for line in row[1]["lines"])]
    return collect(call, rows, module.PROPERTIES, lambda doc: module.show(agreement, doc, call.base, lines=False))


def employee_group(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET /employee-groups/:n; there is one."""
    return _only(call, number, {"employeeGroupNumber": 1, "name": "Medarbejdere"})


def vat_types(agreement: Agreement, call: Call) -> Reply:
    """GET /vat-types."""
    rows = [(1, {"vatTypeNumber": 1, "name": "Salgsmoms"})]
    return collect(call, rows, {}, lambda doc: {**doc, "self": f"{call.base}/vat-types/1"})


def vat_type(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET /vat-types/:n; there is one."""
    return _only(call, number, {"vatTypeNumber": 1, "name": "Salgsmoms"})


def _only(call: Call, number: int, doc: Doc) -> Reply:
    if number != 1:
        raise not_found()
    return Reply(200, {**doc, "self": call.url})


def account_years(agreement: Agreement, call: Call, account: int) -> Reply:
    """GET /accounts/:a/accounting-years."""
    if account not in agreement.lookups["accounts"]:
        raise not_found()
    return collect(call, agreement.years.listed(), {}, lambda doc: accounting.show_year(doc, call.base))
