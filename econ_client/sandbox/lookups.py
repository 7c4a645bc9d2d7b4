"""The agreement's lists: groups, zones, terms, layouts, units, accounts, years and the like."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from econ_client.sandbox import customers, products, seed
from econ_client.sandbox.agreement import BASE_CURRENCY, Agreement
from econ_client.sandbox.answers import Reply, not_found, refuse
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.filters import Properties, Property
from econ_client.sandbox.links import encode_segment, linked_parts
from econ_client.sandbox.table import Table
from econ_client.sandbox.validation import Day, Object, checked
from econ_client.sandbox.wire import Doc

Show = Callable[[Agreement, Doc, str], Doc]


@dataclass(frozen=True, slots=True)
class Lookup:
    """One list: its path, the name of its number, links below each entry, and what may be filtered."""

    home: str
    key: str
    below: tuple[str, ...] = ()
    properties: Properties = field(default_factory=dict)
    show_with: Show | None = None

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
        return collect(call, rows, self.properties, lambda doc: self.show(agreement, doc, call.base))

    def get(self, agreement: Agreement, call: Call, key: int | str) -> Reply:
        """GET one."""
        doc = self.table(agreement).get(key)
        if doc is None:
            raise not_found()
        return Reply(200, self.show(agreement, doc, call.base))


def _dashed(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name)


def _distribution(agreement: Agreement, doc: Doc, base: str) -> Doc:
    shown = {name: value for name, value in doc.items() if name != "number"}
    number = doc["departmentalDistributionNumber"]
    department = {"departmentNumber": doc["number"], "self": f"{base}/departments/{doc['number']}"}
    shown["distributions"] = [{"percentage": 100, "department": department}]
    return {**shown, "self": f"{base}/departmental-distributions/departments/{number}"}


_name = {"name": Property()}
LOOKUPS = (
    Lookup(
        "customer-groups",
        "customerGroupNumber",
        ("customers",),
        {"customerGroupNumber": Property("number"), **_name},
    ),
    Lookup("vat-zones", "vatZoneNumber", (), {"vatZoneNumber": Property("number"), **_name}),
    Lookup("payment-terms", "paymentTermsNumber", (), {"paymentTermsNumber": Property("number"), **_name}),
    Lookup("layouts", "layoutNumber", (), {"layoutNumber": Property("number"), **_name}),
    Lookup("units", "unitNumber", ("products",), {"unitNumber": Property("number"), **_name}),
    Lookup("departments", "departmentNumber", (), {"departmentNumber": Property("number"), **_name}),
    Lookup(
        "employees",
        "employeeNumber",
        ("customers", "draftInvoices", "bookedInvoices"),
        {"employeeNumber": Property("number"), **_name, "barred": Property("flag", sortable=False)},
    ),
    Lookup(
        "accounts",
        "accountNumber",
        ("accountingYears",),
        {"accountNumber": Property("number"), **_name, "barred": Property("flag", sortable=False)},
    ),
    Lookup(
        "product-groups",
        "productGroupNumber",
        (),
        {"productGroupNumber": Property("number"), **_name},
        lambda agreement, doc, base: products.group(agreement, doc["productGroupNumber"], base),
    ),
    Lookup("currencies", "code", (), {"code": Property(), **_name, "isoNumber": Property()}),
    Lookup("vat-accounts", "vatCode", (), {"vatCode": Property(), **_name}),
    Lookup("departmental-distributions", "departmentalDistributionNumber", (), _name, _distribution),
)
_ACCOUNTS = next(lookup for lookup in LOOKUPS if lookup.home == "accounts")
_ZONES = next(lookup for lookup in LOOKUPS if lookup.home == "vat-zones")


def sales_accounts(agreement: Agreement, call: Call, group: int) -> Reply:
    """GET /product-groups/:g/sales-accounts: one row per VAT zone."""
    if group not in agreement.lookups["product-groups"]:
        raise not_found()
    rows = [
        (zone, {"account": account, "zone": zone})
        for (number, zone), account in agreement.sales_accounts.items()
        if number == group
    ]

    def show(row: Doc) -> Doc:
        account = agreement.lookups["accounts"].get(row["account"]) or {}
        zone = agreement.lookups["vat-zones"].get(row["zone"]) or {}
        return {
            "salesAccount": _ACCOUNTS.show(agreement, account, call.base),
            "vatZone": _ZONES.show(agreement, zone, call.base),
        }

    return collect(call, rows, {}, show)


def group_customers(agreement: Agreement, call: Call, group: int) -> Reply:
    """GET /customer-groups/:g/customers."""
    if group not in agreement.lookups["customer-groups"]:
        raise not_found()
    rows = [row for row in agreement.customers.listed() if row[1]["customerGroup"]["customerGroupNumber"] == group]
    return collect(call, rows, customers.PROPERTIES, lambda doc: customers.show(doc, call.base))


def self_(agreement: Agreement, call: Call) -> Reply:
    """GET /self: which agreement the tokens open."""
    base = call.base
    modules = [(14, "Afdelinger"), (15, "Lager")] if agreement.has_inventory else [(14, "Afdelinger")]
    language = {"languageNumber": 1, "name": "Dansk", "culture": "da-DK", "self": f"{base}/languages/1"}
    doc = {
        "agreementNumber": 123456,
        "agreementType": {"agreementTypeNumber": 1, "name": "Kunde"},
        "userName": "sandbox",
        "signupDate": "2020-01-01",
        "user": {
            "loginId": "SANDBOX",
            "email": "sandbox@example.com",
            "name": "Sandbox",
            "agreementNumber": 123456,
            "language": language,
        },
        "company": {
            "addressLine1": "Sandvej 1",
            "zip": "1234",
            "city": "Sandby",
            "name": "Sandkassen ApS",
            "country": "Danmark",
            "companyIdentificationNumber": "12345674",
        },
        "bankInformation": {"bankName": "Sandbanken"},
        "application": {
            "appNumber": 1,
            "name": "sandbox",
            "appPublicToken": "sandbox",
            "created": "2020-01-01",
            "requiredRoles": [{"roleNumber": 2, "name": "SuperUser", "self": f"{base}/app-roles/2"}],
            "self": f"{base}/apps/1",
        },
        "settings": {"baseCurrency": BASE_CURRENCY},
        "companyAffiliation": "Danish",
        "canSendElectronicInvoice": True,
        "modules": [{"moduleNumber": n, "name": name, "self": f"{base}/modules/{n}"} for n, name in modules],
        "self": call.url,
    }
    return Reply(200, doc)


def show_year(doc: Doc, base: str) -> Doc:
    """An accounting year as it is answered."""
    home = f"{base}/accounting-years/{encode_segment(doc['year'])}"
    return {**doc, **{name: f"{home}/{name}" for name in ("periods", "entries", "totals", "vouchers")}, "self": home}


def list_years(agreement: Agreement, call: Call) -> Reply:
    """GET /accounting-years."""
    return collect(call, agreement.years.listed(), {"year": Property()}, lambda doc: show_year(doc, call.base))


def get_year(agreement: Agreement, call: Call, year: str) -> Reply:
    """GET /accounting-years/:y; the year is a string."""
    doc = agreement.years.get(year)
    if doc is None:
        raise not_found()
    return Reply(200, show_year(doc, call.base))


def create_year(agreement: Agreement, call: Call) -> Reply:
    """POST /accounting-years {fromDate, toDate}; it cannot be deleted."""
    body = checked(
        Object({"fromDate": Day(), "toDate": Day()}, ("fromDate", "toDate")), call.body, "accounting-years.post"
    )
    start, end = datetime.date.fromisoformat(body["fromDate"]), datetime.date.fromisoformat(body["toDate"])
    others = [(doc["fromDate"], doc["toDate"]) for _, doc in agreement.years.rows()]
    overlap = any(first <= body["toDate"] and body["fromDate"] <= last for first, last in others)
    if overlap or not start < end or start.day != 1:
        raise refuse("fromDate", "The accounting year overlaps another, or does not start a month.", "E04041")
    shown = show_year(agreement.years.get(seed.add_year(agreement, start, end)) or {}, call.base)
    return Reply(201, shown, (("Location", shown["self"]),))


def list_periods(agreement: Agreement, call: Call, year: str) -> Reply:
    """GET /accounting-years/:y/periods."""
    get_year(agreement, call, year)
    rows = [(number, doc) for (name, number), doc in agreement.periods.items() if name == year]
    properties = {"periodNumber": Property("number"), "fromDate": Property("date"), "toDate": Property("date")}
    return collect(call, rows, properties, lambda doc: _show_period(doc, year, call.base))


def get_period(agreement: Agreement, call: Call, year: str, number: int) -> Reply:
    """GET /accounting-years/:y/periods/:p."""
    doc = agreement.periods.get((year, number))
    if doc is None:
        raise not_found()
    return Reply(200, _show_period(doc, year, call.base))


def _show_period(doc: Doc, year: str, base: str) -> Doc:
    home = f"{base}/accounting-years/{encode_segment(year)}"
    period = f"{home}/periods/{doc['periodNumber']}"
    holder = {"accountingYear": {"year": year, "self": home}}
    return {**doc, **holder, "entries": f"{period}/entries", "totals": f"{period}/totals", "self": period}
