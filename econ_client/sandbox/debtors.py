"""What lives below a customer besides contacts: totals, templates, invoices."""

from __future__ import annotations

from decimal import Decimal

from econ_client.sandbox import terms
from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Reply, not_found
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.filters import Property
from econ_client.sandbox.links import encode_segment, linked_parts
from econ_client.sandbox.totals import cents
from econ_client.sandbox.wire import Doc

_ZERO = Decimal("0.00")
_KINDS = ("drafts", "booked")


def totals(agreement: Agreement, call: Call, customer: int) -> Reply:
    """GET /customers/:n/totals."""
    _customer(agreement, customer)
    home = f"{call.base}/invoices/totals"
    return Reply(200, {**{kind: f"{home}/{kind}/customers/{customer}" for kind in _KINDS}, "self": call.url})


def invoices(agreement: Agreement, call: Call, customer: int) -> Reply:
    """GET /customers/:n/invoices."""
    _customer(agreement, customer)
    return Reply(200, {**{kind: f"{call.url}/{kind}" for kind in _KINDS}, "self": call.url})


def templates(agreement: Agreement, call: Call, customer: int) -> Reply:
    """GET /customers/:n/templates."""
    _customer(agreement, customer)
    links = {"invoice": f"{call.url}/invoice", "invoiceline": f"{call.url}/invoiceline"}
    return Reply(200, {**links, "self": call.url})


def invoice_template(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET /customers/:n/templates/invoice: a draft's body with what is known of the customer."""
    customer = _customer(agreement, number)
    today = agreement.clock.now().date().isoformat()
    payment = agreement.lookups["payment-terms"].get(customer["paymentTerms"]["paymentTermsNumber"]) or {}
    names = ("name", "address", "zip", "city", "country", "ean", "publicEntryNumber", "attention", "vatZone")
    doc: Doc = {
        "date": today,
        "currency": customer["currency"],
        "exchangeRate": agreement.rates[customer["currency"]],
        "dueDate": terms.due_date(payment, today, today, []),
        "paymentTerms": customer["paymentTerms"],
        "customer": {"customerNumber": number},
        "recipient": {name: customer[name] for name in names if name in customer},
    }
    doc["recipient"] |= {name: doc["recipient"][name][:250] for name in ("name", "address") if name in doc["recipient"]}
    if "layout" in customer:
        doc["layout"] = customer["layout"]
    if "defaultDeliveryLocation" in customer:
        doc["deliveryLocation"] = customer["defaultDeliveryLocation"]
    people = {name: customer[name] for name in ("customerContact", "salesPerson") if name in customer}
    if people:
        doc["references"] = people
    return Reply(200, {**linked_parts(doc, call.base, number), "self": call.url})


def line_templates(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET /customers/:n/templates/invoiceline: one for each product."""
    _customer(agreement, number)

    def shown(line: Doc) -> Doc:
        return {
            **linked_parts(line, call.base),
            "self": f"{call.url}/{encode_segment(line['product']['productNumber'])}",
        }

    rows = [
        (product, {"description": doc["name"], "product": {"productNumber": product}})
        for product, doc in agreement.products.listed()
    ]
    return collect(call, rows, {"description": Property(), "product.productNumber": Property()}, shown)


def line_template(agreement: Agreement, call: Call, number: int, product: str) -> Reply:
    """GET /customers/:n/templates/invoiceline/:p: a line with the product's price in the customer's currency."""
    customer, found = _customer(agreement, number), agreement.products.get(product)
    if found is None:
        raise not_found()
    price = agreement.prices.get((product, customer["currency"]))
    rate = agreement.rates[customer["currency"]]
    line: Doc = {
        "description": found["name"],
        "product": {"productNumber": product},
        "quantity": Decimal("1.00"),
        "unitNetPrice": price["price"] if price else cents(found["salesPrice"] * 100 / rate),
        "discountPercentage": _ZERO,
        "unitCostPrice": found.get("costPrice", _ZERO),
    }
    if "unit" in found:
        line["unit"] = found["unit"]
    return Reply(200, {**linked_parts(line, call.base), "self": call.url})


def _customer(agreement: Agreement, number: int) -> Doc:
    doc = agreement.customers.get(number)
    if doc is None:
        raise not_found()
    return doc
