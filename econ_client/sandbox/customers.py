"""/customers: debtors, their numbers, and the links below them."""

from __future__ import annotations

from decimal import Decimal

from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Problem, Reply, invalid, not_found, refuse
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.filters import Property
from econ_client.sandbox.links import linked_parts
from econ_client.sandbox.validation import Flag, Integer, Number, Object, Ref, Text, checked
from econ_client.sandbox.wire import Doc

_BODY = Object(
    {
        "customerNumber": Integer(1, 999_999_999),
        "currency": Text(3, 3),
        "customerGroup": Ref("customerGroupNumber"),
        "vatZone": Ref("vatZoneNumber"),
        "paymentTerms": Ref("paymentTermsNumber"),
        "name": Text(255, 1),
        "address": Text(510),
        "zip": Text(30),
        "city": Text(50),
        "country": Text(50),
        "email": Text(255),
        "telephoneAndFaxNumber": Text(255),
        "mobilePhone": Text(50),
        "corporateIdentificationNumber": Text(40),
        "pNumber": Text(10, 10),
        "ean": Text(13),
        "publicEntryNumber": Text(50),
        "website": Text(255),
        "creditLimit": Number(2),
        "barred": Flag(),
        "layout": Ref("layoutNumber"),
        "salesPerson": Ref("employeeNumber"),
        "vatNumber": Text(20),
        "eInvoicingDisabledByDefault": Flag(),
    },
    required=("currency", "customerGroup", "vatZone", "name", "paymentTerms"),
)
_UNKEPT = ("vatNumber", "eInvoicingDisabledByDefault")
"""Checked, then ignored: a Danish agreement has no vatNumber, and the other is for PATCH alone."""
_BELOW = Object(
    {
        "defaultDeliveryLocation": Ref("deliveryLocationNumber"),
        "attention": Ref("customerContactNumber"),
        "customerContact": Ref("customerContactNumber"),
    }
)
_PATCH = Object({"eInvoicingDisabledByDefault": Flag()}, ("eInvoicingDisabledByDefault",))
_REPLACE = Object({**_BODY.properties, **_BELOW.properties}, _BODY.required)

_text = Property()
PROPERTIES = {
    "address": _text,
    "balance": Property("number"),
    "barred": Property("flag", sortable=False),
    "city": _text,
    "corporateIdentificationNumber": _text,
    "country": _text,
    "creditLimit": Property("number"),
    "currency": _text,
    "customerNumber": Property("number"),
    "ean": _text,
    "email": _text,
    "lastUpdated": Property("date"),
    "name": _text,
    "publicEntryNumber": _text,
    "telephoneAndFaxNumber": _text,
    "mobilePhone": _text,
    "vatNumber": _text,
    "website": _text,
    "zip": _text,
    "pNumber": _text,
    "customerGroup.customerGroupNumber": Property("number", sortable=False),
}


def show(agreement: Agreement, doc: Doc, base: str) -> Doc:
    """A customer as a collection has it."""
    number = doc["customerNumber"]
    home = f"{base}/customers/{number}"
    return {
        **linked_parts(doc, base, number),
        "dueAmount": agreement.receivables.due(number),
        "contacts": f"{home}/contacts",
        "deliveryLocations": f"{home}/delivery-locations",
        "templates": {
            "invoice": f"{home}/templates/invoice",
            "invoiceLine": f"{home}/templates/invoiceline",
            "self": f"{home}/templates",
        },
        "totals": {
            "drafts": f"{base}/invoices/totals/drafts/customers/{number}",
            "booked": f"{base}/invoices/totals/booked/customers/{number}",
            "self": f"{home}/totals",
        },
        "invoices": {
            "drafts": f"{home}/invoices/drafts",
            "booked": f"{home}/invoices/booked",
            "self": f"{home}/invoices",
        },
        "self": home,
    }


def show_one(agreement: Agreement, doc: Doc, base: str) -> Doc:
    """A customer as a single GET has it."""
    shown = show(agreement, doc, base)
    return {**shown, "metaData": actions("customer", shown["self"]), "self": shown["self"]}


def actions(what: str, href: str) -> Doc:
    """The metaData of a single customer or product."""
    return {
        "delete": {"description": f"Delete this {what}.", "href": href, "httpMethod": "delete"},
        "replace": {"description": f"Replace this {what}.", "href": href, "httpMethod": "put"},
    }


def list_all(agreement: Agreement, call: Call) -> Reply:
    """GET /customers."""
    table = agreement.customers
    return collect(
        call, table, PROPERTIES, lambda doc: show(agreement, doc, call.base), create="Create a new customer."
    )


def get(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET /customers/:n."""
    doc = agreement.customers.get(number)
    if doc is None:
        raise not_found()
    return Reply(200, show_one(agreement, doc, call.base))


def create(agreement: Agreement, call: Call) -> Reply:
    """POST /customers; the server assigns the number when none is sent."""
    body = checked(_BODY, call.body, "customers.post")
    number = body.pop("customerNumber", None)
    if number is not None and number in agreement.customers:
        raise refuse("customerNumber", f"Customer number '{number}' already exists.", "E06010", number)
    return _store(agreement, call, number, body, 201)


def replace(agreement: Agreement, call: Call, number: int) -> Reply:
    """PUT /customers/:n: what is left out is cleared; a number that does not exist is created."""
    body = checked(_REPLACE, call.body, "customers.customerNo.put")
    if body.pop("customerNumber", number) != number:
        raise refuse("customerNumber", "The customer number does not match the address.", "E04300")
    if not 1 <= number <= 999_999_999:
        raise not_found()
    problems: list[Problem] = []
    for name, table in (
        ("defaultDeliveryLocation", agreement.locations),
        ("attention", agreement.contacts),
        ("customerContact", agreement.contacts),
    ):
        below = next(iter(body.get(name, {}).values()), None)
        if below is not None and (number, below) not in table:
            problems.append(Problem((name,), f"'{below}' does not exist on this customer.", "E07170", below))
    if problems:
        raise invalid(problems)
    return _store(agreement, call, number, body, 200 if number in agreement.customers else 201)


def _store(agreement: Agreement, call: Call, number: int | None, body: Doc, status: int) -> Reply:
    problems: list[Problem] = []
    body["currency"] = agreement.currency(body["currency"], problems)
    for name in ("customerGroup", "vatZone", "paymentTerms", "layout", "salesPerson"):
        if name in body:
            agreement.find(name, body[name], problems)
    if problems:
        raise invalid(problems)
    number = number or agreement.customers.free_number()
    before = agreement.customers.get(number) or {}
    doc = {
        "customerNumber": number,
        **{name: value for name, value in body.items() if value != "" and name not in _UNKEPT},
        "barred": body.get("barred", False),
        "balance": before.get("balance", Decimal("0.00")),
        "dueAmount": Decimal("0.00"),
        "eInvoicingDisabledByDefault": before.get("eInvoicingDisabledByDefault", False),
        "lastUpdated": agreement.clock.stamp(),
    }
    agreement.customers.put(number, doc)
    shown = show_one(agreement, doc, call.base)
    return Reply(status, shown, (("Location", shown["self"]),) if status == 201 else ())


def patch(agreement: Agreement, call: Call, number: int) -> Reply:
    """PATCH /customers/:n: eInvoicingDisabledByDefault and nothing else."""
    before = agreement.customers.get(number)
    if before is None:
        raise not_found()
    body = checked(_PATCH, call.body, "customers.customerNumber.patch")
    if others := set(call.body) - set(body):
        name = min(others)
        raise refuse(name, f"The property '{name}' cannot be patched.", "E04300")
    agreement.customers.put(number, {**before, **body, "lastUpdated": agreement.clock.stamp()})
    return get(agreement, call, number)


def delete(agreement: Agreement, call: Call, number: int) -> Reply:
    """DELETE /customers/:n: refused while a document names the customer."""
    if number not in agreement.customers:
        raise not_found("E06000")
    for table in (*agreement.orders.values(), agreement.drafts, agreement.booked):
        if any(doc["customer"]["customerNumber"] == number for _, doc in table.rows()):
            raise refuse("customerNumber", "Customer is in use and cannot be deleted.", "E06030", number)
    entries = [entry for _, entry in agreement.entries.rows()]
    if any(entry.get("customer") == {"customerNumber": number} for entry in (*entries, *agreement.posted)):
        raise refuse("customerNumber", "Customer is in use and cannot be deleted.", "E06030", number)
    agreement.customers.remove(number)
    for below in (agreement.contacts, agreement.locations):
        for key, _ in below.rows():
            if key[0] == number:
                below.remove(key)
    return Reply(204)
