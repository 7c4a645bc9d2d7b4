"""Every rule of e-conomic's POST and PUT schemas is enforced: each is broken, one at a time."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import simplejson

from tests.integration.sandbox.conftest import Doc, line, new_customer, new_draft, new_product

SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "economic" / "schemas"
pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"e-conomic's schemas are not at {SCHEMAS}")

DRAFT = new_draft(line("24-MB01"))
ENTRY = {
    "date": "2026-03-31",
    "amount": 1,
    "customer": {"customerNumber": 1},
    "account": {"accountNumber": 1010},
}
KINDS = ("financeVouchers", "customerPayments", "manualCustomerInvoices")
COMPANY = dict.fromkeys(("addressLine1", "zip", "city", "name", "phoneNumber", "attention", "email"), "x")
LANGUAGE = {"languageNumber": 1, "name": "Dansk", "culture": "da-DK"}
PRICING = "products.productNumber.pricing.currency-specific-sales-prices"
CASES: dict[str, tuple[str, str, Doc]] = {
    "accounting-years.post": ("POST", "/accounting-years", {"fromDate": "2040-01-01", "toDate": "2040-12-31"}),
    "customer-groups.post": (
        "POST",
        "/customer-groups",
        {"customerGroupNumber": 9, "account": {"accountNumber": 5600}},
    ),
    "customer-groups.customergroupnumber.put": ("PUT", "/customer-groups/1", {"account": {"accountNumber": 5600}}),
    "customers.post": ("POST", "/customers", new_customer()),
    "customers.customerNo.put": ("PUT", "/customers/1", new_customer()),
    "customers.customerNumber.contacts.post": ("POST", "/customers/1/contacts", {"name": "Bo"}),
    "customers.customerNumber.contacts.contactNumber.put": (
        "PUT",
        "/customers/1/contacts/1",
        {"customerContactNumber": 1, "name": "Bo"},
    ),
    "customers.customerNumber.delivery-locations.post": ("POST", "/customers/1/delivery-locations", {}),
    "customers.customerNumber.delivery-locations.deliveryLocationNumber.put": (
        "PUT",
        "/customers/1/delivery-locations/1",
        {},
    ),
    "invoices.booked.post": ("POST", "/invoices/booked", {"draftInvoice": {"draftInvoiceNumber": 7}}),
    "invoices.booked.bookWithNumber.put": (
        "PUT",
        "/invoices/booked/20000",
        {"draftInvoice": {"draftInvoiceNumber": 7}},
    ),
    "invoices.drafts.post": ("POST", "/invoices/drafts", DRAFT),
    "invoices.drafts.draftInvoiceNumber.put": ("PUT", "/invoices/drafts/1", DRAFT),
    "invoices.drafts.draftInvoiceNumber.lines.post": ("POST", "/invoices/drafts/1/lines", {"lines": DRAFT["lines"]}),
    "orders.drafts.post": ("POST", "/orders/drafts", DRAFT),
    "orders.drafts.orderNumber.put": ("PUT", "/orders/drafts/1", DRAFT),
    "journals.journalNumber.vouchers.post": (
        "POST",
        "/journals/1/vouchers",
        {"accountingYear": {"year": "2026"}, "entries": {kind: [ENTRY] for kind in KINDS}},
    ),
    "payment-terms.post": ("POST", "/payment-terms", {"name": "x", "paymentTermsType": "net"}),
    "payment-terms.paymentTermsNumber.put": (
        "PUT",
        "/payment-terms/1",
        {"name": "x", "paymentTermsType": "net", "daysOfCredit": 8},
    ),
    "products.post": ("POST", "/products", new_product("new")),
    "products.productNumber.put": ("PUT", "/products/24-MB01", new_product("24-MB01")),
    f"{PRICING}.post": (
        "POST",
        "/products/24-MB01/pricing/currency-specific-sales-prices",
        {"price": 1, "currency": {"code": "USD"}},
    ),
    f"{PRICING}.currencyCode.put": (
        "PUT",
        "/products/24-MB01/pricing/currency-specific-sales-prices/EUR",
        {"price": 1, "currency": {"code": "EUR"}},
    ),
    "self.company.put": ("PUT", "/self/company", COMPANY),
    "self.company.bankinformation.put": ("PUT", "/self/company/bankinformation", {"pbsCustomerGroupNumber": "1"}),
    "self.user.put": (
        "PUT",
        "/self/user",
        {"loginId": "x", "email": "x", "name": "x", "agreementNumber": 1, "language": LANGUAGE},
    ),
    "units.post": ("POST", "/units", {"name": "x"}),
    "units.unitNumber.put": ("PUT", "/units/1", {"name": "x"}),
}

NOT_HERE = ("project", "priceGroup", "costType", "supplierInvoices", "supplierPayments")
"""Modules that the sandbox does not have: what is sent there is ignored."""
SERVERS = (
    *("self", "pdf", "balance", "netAmount", "grossAmount", "vatAmount", "roundingAmount", "marginInBaseCurrency"),
    *("marginPercentage", "costPriceInBaseCurrency", "netAmountInBaseCurrency", "grossAmountInBaseCurrency"),
    *(
        "draftInvoiceNumber",
        "orderNumber",
        "unit.name",
        "paymentTerms.name",
        "distributionType",
    ),
    *("soap", "templates", "attachment", "lastUpdated"),
)
"""Of the answer, although the schema of the request lists some of them without saying so: ignored."""


def rules(schema: Doc, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Doc]]:
    """(way to the property, its rules); the first element of an array stands for all."""
    for name, below in schema.get("properties", {}).items():
        here = (*at, name)
        if below.get("readOnly") or below.get("readonly") or ignored(here):
            continue
        yield here, below
        yield from rules(below, here)
        if isinstance(below.get("items"), dict):
            yield from rules(below["items"], (*here, "0"))


def ignored(at: tuple[str, ...]) -> bool:
    joined = ".".join(at)
    return any(name in at for name in NOT_HERE) or any(f".{joined}".endswith(f".{name}") for name in SERVERS)


def broken(rule: Doc) -> Iterator[Any]:
    """Values that break one rule each."""
    wrong_types = {"string": 7, "integer": "x", "number": "x", "boolean": "x", "object": 7, "array": 7}
    kind = rule.get("type")
    if isinstance(kind, str) and kind in wrong_types:
        yield wrong_types[kind]
        yield None
    if "maxLength" in rule:
        yield "x" * (rule["maxLength"] + 1)
    if "minLength" in rule:
        yield "x" * (rule["minLength"] - 1)
    if "minimum" in rule:
        yield rule["minimum"] - 1
    if "maximum" in rule and kind in ("integer", "number"):
        yield rule["maximum"] + 1
    for name in ("maxDecimal", "maxDecimals"):
        if name in rule:
            yield Decimal(1).scaleb(-rule[name] - 1)
    if rule.get("uniqueItems"):
        yield [rule["items"]["enum"][0]] * 2
        yield ["wrong"]
    if "enum" in rule:
        words = [word for word in rule["enum"] if word]
        yield "wrong"
        yield words[0].swapcase()
    if "pattern" in rule:
        yield "!"
    if kind == "integer":
        yield Decimal("1.5")


GONE = object()


def put(doc: Any, at: tuple[str, ...], value: Any) -> bool:
    """Set or remove a property of a body; False when the way does not exist and nothing is to be removed."""
    for step in at[:-1]:
        if step == "0":
            doc = doc[0]
            continue
        if step not in doc:
            if value is GONE:
                return False
            doc[step] = [{}] if at[at.index(step) + 1] == "0" else {}
        doc = doc[step]
    if value is GONE:
        return doc.pop(at[-1], GONE) is not GONE
    doc[at[-1]] = value
    return True


def dumps(body: Any) -> bytes:
    return simplejson.dumps(body, use_decimal=True).encode()


def test_every_schema_has_a_case() -> None:
    published = {p.name.removesuffix(".schema.json") for p in SCHEMAS.glob("*.schema.json")}
    assert {name for name in published if name.endswith((".post", ".put"))} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_broken_rule_is_refused(full: httpx.Client, name: str) -> None:
    method, path, valid = CASES[name]
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    accepted = []

    def send(body: Any) -> httpx.Response:
        return full.request(method, path, content=dumps(body), headers={"Content-Type": "application/json"})

    for at, rule in rules(schema):
        values = list(broken(rule))
        if rule.get("required") is True:
            values.append(GONE)
        for value in values:
            if value is None and None in rule.get("enum", ()):
                continue
            body = copy.deepcopy(valid)
            if put(body, at, value):
                answer = send(body)
                if answer.status_code != 400:
                    accepted.append((".".join(at), "removed" if value is GONE else str(value)[:30], answer.status_code))
    assert not accepted
    assert send(valid).status_code in (200, 201)
