"""/products: numbers are the caller's; stock numbers can be read only."""

from __future__ import annotations

from decimal import Decimal

from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Problem, Reply, invalid, not_found, refuse
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.customers import actions
from econ_client.sandbox.filters import Property
from econ_client.sandbox.links import encode_segment, linked_parts
from econ_client.sandbox.seed import new_inventory
from econ_client.sandbox.validation import Flag, Number, Object, Ref, Text, checked
from econ_client.sandbox.wire import Doc

_BODY = Object(
    {
        "productNumber": Text(25, 1),
        "name": Text(300, 1),
        "productGroup": Ref("productGroupNumber"),
        "description": Text(500),
        "costPrice": Number(2),
        "recommendedPrice": Number(2),
        "salesPrice": Number(2),
        "barCode": Text(50),
        "barred": Flag(),
        "unit": Ref("unitNumber"),
        "departmentalDistribution": Ref("departmentalDistributionNumber"),
        "inventory": Object({"packageVolume": Number(2), "recommendedCostPrice": Number(2)}),
    },
    required=("productNumber", "name", "productGroup"),
)

_text, _number = Property(), Property("number")
_BROKEN = ("eq", "ne", "gt", "gte", "lt", "lte", "like", "in", "nin", "null")
PROPERTIES = {
    "productNumber": _text,
    "description": _text,
    "name": _text,
    "costPrice": _number,
    "recommendedPrice": _number,
    "salesPrice": _number,
    "barCode": _text,
    "barred": Property("flag", sortable=False, breaks=("ne", "null")),
    "lastUpdated": Property("date"),
    "unit.unitNumber": Property("number", sortable=False),
    "productGroup.productGroupNumber": Property("number", sortable=False),
    "departmentalDistribution.departmentalDistributionNumber": Property("number", sortable=False, breaks=_BROKEN),
}


def show(agreement: Agreement, doc: Doc, base: str) -> Doc:
    """A product as it is answered: group and unit written out, `inventory` only with the module."""
    home = f"{base}/products/{encode_segment(doc['productNumber'])}"
    shown = linked_parts({name: value for name, value in doc.items() if name != "inventory"}, base)
    shown["productGroup"] = group(agreement, doc["productGroup"]["productGroupNumber"], base)
    if "unit" in doc:
        shown["unit"] = unit(agreement, doc["unit"]["unitNumber"], base)
    if agreement.has_inventory:
        shown.pop("costPrice", None)
        shown["inventory"] = agreement.stock.shown(doc)
    bills = f"{home}/invoices"
    shown["invoices"] = {"drafts": f"{bills}/drafts", "booked": f"{bills}/booked", "self": bills}
    shown["pricing"] = {"currencySpecificSalesPrices": f"{home}/pricing/currency-specific-sales-prices"}
    shown["self"] = home
    return shown


def group(agreement: Agreement, number: int, base: str) -> Doc:
    """A product group as lists and products show it."""
    home = f"{base}/product-groups/{number}"
    stored = agreement.lookups["product-groups"].get(number) or {}
    shown = {"productGroupNumber": number, "name": stored.get("name", "")}
    shown |= {"salesAccounts": f"{home}/sales-accounts", "products": f"{home}/products"}
    shown["inventoryEnabled"] = agreement.has_inventory and stored.get("inventoryEnabled", False)
    return {**shown, "self": home}


def unit(agreement: Agreement, number: int, base: str) -> Doc:
    """A unit as documents and products show it."""
    stored = agreement.lookups["units"].get(number) or {}
    home = f"{base}/units/{number}"
    return {"unitNumber": number, "name": stored.get("name", ""), "products": f"{home}/products", "self": home}


def list_all(agreement: Agreement, call: Call, group_number: int | None = None) -> Reply:
    """GET /products, and /product-groups/:g/products."""
    rows = None
    if group_number is not None:
        if group_number not in agreement.lookups["product-groups"]:
            raise not_found()
        wanted = {"productGroupNumber": group_number}
        rows = [row for row in agreement.products.listed() if row[1]["productGroup"] == wanted]
    create = None if group_number is not None else "Create a new product."
    return collect(
        call,
        agreement.products if rows is None else rows,
        PROPERTIES,
        lambda doc: show(agreement, doc, call.base),
        create=create,
    )


def _show_one(agreement: Agreement, doc: Doc, base: str) -> Doc:
    shown = show(agreement, doc, base)
    return {**shown, "metaData": actions("product", shown["self"])}


def get(agreement: Agreement, call: Call, number: str) -> Reply:
    """GET /products/:p."""
    doc = agreement.products.get(number)
    if doc is None:
        raise not_found()
    return Reply(200, _show_one(agreement, doc, call.base))


def create(agreement: Agreement, call: Call) -> Reply:
    """POST /products; a number in use is E06010."""
    body = checked(_BODY, call.body, "products.post")
    number = body["productNumber"]
    if number in agreement.products:
        raise refuse("productNumber", f"Product number '{number}' already exists.", "E06010", number)
    return _store(agreement, call, body, 201)


def replace(agreement: Agreement, call: Call, number: str) -> Reply:
    """PUT /products/:p: what is left out is cleared; stock stays; a number that does not exist is created."""
    body = checked(_BODY, call.body, "products.productNumber.put")
    if body["productNumber"] != number:
        raise refuse("productNumber", "The product number does not match the address.", "E04300")
    return _store(agreement, call, body, 200 if number in agreement.products else 201)


def _store(agreement: Agreement, call: Call, body: Doc, status: int) -> Reply:
    problems: list[Problem] = []
    for name in ("productGroup", "unit", "departmentalDistribution"):
        if name in body:
            agreement.find(name, body[name], problems)
    if problems:
        raise invalid(problems)
    number = body["productNumber"]
    before = agreement.products.get(number)
    inventory = dict(before["inventory"]) if before else new_inventory()
    inventory |= {"packageVolume": Decimal("0.00"), "recommendedCostPrice": Decimal("0.00")}
    doc = {
        "salesPrice": Decimal("0.00"),
        "recommendedPrice": Decimal("0.00"),
        "barred": False,
        **{name: value for name, value in body.items() if value != ""},
        "inventory": inventory | body.get("inventory", {}),
        "lastUpdated": agreement.clock.stamp(minutes=True),
    }
    if agreement.has_inventory:
        doc.pop("costPrice", None)
    agreement.products.put(number, doc)
    shown = _show_one(agreement, doc, call.base)
    return Reply(status, shown, (("Location", shown["self"]),) if status == 201 else ())


def delete(agreement: Agreement, call: Call, number: str) -> Reply:
    """DELETE /products/:p: refused once any document has used it."""
    if number not in agreement.products:
        raise not_found("E06000")
    for table in (*agreement.orders.values(), agreement.drafts, agreement.booked):
        for _, doc in table.rows():
            if any(line.get("product", {}).get("productNumber") == number for line in doc["lines"]):
                raise refuse("productNumber", "Product is in use and cannot be deleted.", "E06030", number)
    agreement.products.remove(number)
    for key, _ in agreement.prices.rows():
        if key[0] == number:
            agreement.prices.remove(key)
    return Reply(204)
