"""/products/:p/pricing: prices in other currencies than the base currency."""

from __future__ import annotations

from econ_client.sandbox.agreement import BASE_CURRENCY, Agreement
from econ_client.sandbox.answers import Problem, Reply, invalid, not_found, refuse
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.customers import actions
from econ_client.sandbox.filters import Property
from econ_client.sandbox.links import encode_segment, linked_parts
from econ_client.sandbox.validation import Number, Object, Ref, Text, checked
from econ_client.sandbox.wire import Doc

_BODY = Object(
    {
        "price": Number(2),
        "currency": Ref("code", Text(3, 3, "[a-zA-Z]{3}")),
        "product": Ref("productNumber", Text(25, 1)),
    },
    required=("price", "currency"),
)
PROPERTIES = {"price": Property("number"), "currency.code": Property(), "product.productNumber": Property()}
_SCHEMA = "products.productNumber.pricing.currency-specific-sales-prices"


def links(agreement: Agreement, call: Call, product: str) -> Reply:
    """GET /products/:p/pricing."""
    _product(agreement, product)
    return Reply(200, {"currencySpecificSalesPrices": f"{call.url}/currency-specific-sales-prices", "self": call.url})


def show(doc: Doc, base: str) -> Doc:
    """A price as it is answered."""
    product = doc["product"]["productNumber"]
    home = f"{base}/products/{encode_segment(product)}/pricing/currency-specific-sales-prices"
    return {**linked_parts(doc, base), "self": f"{home}/{doc['currency']['code']}"}


def list_all(agreement: Agreement, call: Call, product: str) -> Reply:
    """GET the collection."""
    _product(agreement, product)
    rows = [(key[1], doc) for key, doc in agreement.prices.listed() if key[0] == product]
    create = "Create a new currency specific sales price."
    return collect(call, rows, PROPERTIES, lambda doc: show(doc, call.base), create=create)


def get(agreement: Agreement, call: Call, product: str, code: str) -> Reply:
    """GET one."""
    doc = agreement.prices.get((product, code.upper()))
    if doc is None:
        raise not_found()
    return Reply(200, _show_one(doc, call.base))


def create(agreement: Agreement, call: Call, product: str) -> Reply:
    """POST: one price per currency."""
    return _store(agreement, call, product, None)


def replace(agreement: Agreement, call: Call, product: str, code: str) -> Reply:
    """PUT; a currency without a price is created."""
    return _store(agreement, call, product, code.upper())


def delete(agreement: Agreement, call: Call, product: str, code: str) -> Reply:
    """DELETE."""
    if (product, code.upper()) not in agreement.prices:
        raise not_found("E06000")
    agreement.prices.remove((product, code.upper()))
    return Reply(204)


def _product(agreement: Agreement, number: str) -> None:
    if number not in agreement.products:
        raise not_found()


def _show_one(doc: Doc, base: str) -> Doc:
    shown = show(doc, base)
    return {**shown, "metaData": actions("currency specific sales price", shown["self"])}


def _store(agreement: Agreement, call: Call, product: str, addressed: str | None) -> Reply:
    _product(agreement, product)
    method = "post" if addressed is None else "currencyCode.put"
    body = checked(_BODY, call.body, f"{_SCHEMA}.{method}")
    code = str(body["currency"]["code"]).upper()
    problems: list[Problem] = []
    agreement.currency(code, problems)
    if code == BASE_CURRENCY:
        problems.append(Problem(("currency",), "The base currency has no currency specific price.", "E04300", code))
    if addressed not in (None, code):
        problems.append(Problem(("currency",), "The currency does not match the address.", "E04300", code))
    if body.get("product", {}).get("productNumber", product) != product:
        problems.append(Problem(("product",), "The product does not match the address.", "E04300"))
    if problems:
        raise invalid(problems)
    before = (product, code) in agreement.prices
    if before and addressed is None:
        raise refuse("currency", f"A price in '{code}' already exists.", "E06010", code)
    doc = {"price": body["price"], "currency": {"code": code}, "product": {"productNumber": product}}
    agreement.prices.put((product, code), doc)
    shown = _show_one(doc, call.base)
    return Reply(200 if before else 201, shown, () if before else (("Location", shown["self"]),))
