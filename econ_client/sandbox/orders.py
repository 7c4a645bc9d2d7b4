"""/orders: drafts, sent, archived, and the document that upgrades an order to a draft invoice."""

from __future__ import annotations

from econ_client.sandbox import drafts, pdf
from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Reply, not_found, refuse
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.filters import Property
from econ_client.sandbox.wire import Doc

_EVERY = ("eq", "ne", "gt", "gte", "lt", "lte", "like", "in", "nin", "null")
PROPERTIES = {
    "orderNumber": Property("number"),
    **drafts.COMMON_PROPERTIES,
    "paymentTerms.paymentTermsNumber": Property("number", sortable=False, breaks=_EVERY),
    "soap.orderHandle.id": Property("number"),
}
_WITH_UPDATED = {**PROPERTIES, "lastUpdated": Property("date", sortable=False)}
STATES = ("drafts", "sent", "archived")


def links(agreement: Agreement, call: Call) -> Reply:
    """GET /orders."""
    return Reply(200, {**{state: f"{call.base}/orders/{state}" for state in STATES}, "self": call.url})


def show(agreement: Agreement, doc: Doc, base: str, state: str, *, lines: bool = True) -> Doc:
    """An order as it is answered."""
    home = f"{base}/orders/{state}/{doc['orderNumber']}"
    shown = drafts.show(agreement, doc, base, home, lines=lines)
    if state == "archived":
        shown.pop("lastUpdated", None)
    else:
        upgrade = f"{home}/templates/upgrade-instructions/draftInvoice"
        shown["templates"] = {"upgradeInstructions": upgrade, "self": f"{home}/templates"}
    shown["attachment"] = f"{home}/attachment"
    return shown


def list_all(agreement: Agreement, call: Call, state: str) -> Reply:
    """GET /orders/drafts|sent|archived."""
    properties = PROPERTIES if state == "archived" else _WITH_UPDATED
    table = agreement.orders[state]
    return collect(call, table, properties, lambda doc: show(agreement, doc, call.base, state, lines=False))


def get(agreement: Agreement, call: Call, state: str, number: int) -> Reply:
    """GET one."""
    return Reply(200, show(agreement, _one(agreement, state, number), call.base, state))


def download(agreement: Agreement, call: Call, state: str, number: int) -> Reply:
    """GET .../pdf."""
    return pdf.document(f"Ordre {number}", _one(agreement, state, number))


def _one(agreement: Agreement, state: str, number: int) -> Doc:
    doc = agreement.orders[state].get(number)
    if doc is None:
        raise not_found()
    return doc


def create(agreement: Agreement, call: Call) -> Reply:
    """POST /orders/drafts. A sent order that is posted here becomes a draft again."""
    agreement.refuse_orders()
    doc = drafts.accept(agreement, call.body, "orders.drafts.post")
    number = _named(call.body)
    if number is not None and number in agreement.orders["sent"]:
        agreement.orders["sent"].remove(number)
    else:
        number = agreement.next_number("order")
    return _store(agreement, call, "drafts", number, doc, 201)


def send(agreement: Agreement, call: Call) -> Reply:
    """POST /orders/sent: the whole document of a draft, which is locked from then on."""
    agreement.refuse_orders()
    doc = drafts.accept(agreement, call.body, "orders.sent.post")
    number = _named(call.body)
    if number is not None and number in agreement.orders["drafts"]:
        agreement.orders["drafts"].remove(number)
    else:
        number = agreement.next_number("order")
    return _store(agreement, call, "sent", number, doc, 201)


def replace(agreement: Agreement, call: Call, number: int) -> Reply:
    """PUT /orders/drafts/:n: a full replace, lines included; a number that does not exist is created."""
    agreement.refuse_orders()
    if not 1 <= number <= 999_999_999:
        raise not_found()
    doc = drafts.accept(agreement, call.body, "orders.drafts.orderNumber.put")
    if any(number in agreement.orders[state] for state in ("sent", "archived")):
        raise refuse("orderNumber", f"Order '{number}' is not a draft.", "E06010", number)
    return _store(agreement, call, "drafts", number, doc, 200 if number in agreement.orders["drafts"] else 201)


def delete(agreement: Agreement, call: Call, state: str, number: int) -> Reply:
    """DELETE /orders/drafts/:n or /orders/sent/:n."""
    agreement.refuse_orders()
    if number not in agreement.orders[state]:
        raise not_found("E06000")
    agreement.orders[state].remove(number)
    agreement.files.pop(("orders", number), None)
    return Reply(204)


def templates(agreement: Agreement, call: Call, state: str, number: int) -> Reply:
    """GET /orders/drafts|sent/:n/templates."""
    _one(agreement, state, number)
    return Reply(200, {"upgradeInstructions": f"{call.url}/upgrade-instructions/draftInvoice", "self": call.url})


def upgrade_links(agreement: Agreement, call: Call, state: str, number: int) -> Reply:
    """GET .../templates/upgrade-instructions."""
    _one(agreement, state, number)
    return Reply(200, {"draftInvoice": f"{call.url}/draftInvoice", "self": call.url})


def upgrade(agreement: Agreement, call: Call, state: str, number: int) -> Reply:
    """GET .../upgrade-instructions/draftInvoice: a document to POST to /invoices/drafts."""
    shown = show(agreement, _one(agreement, state, number), call.base, state)
    for name in ("orderNumber", "templates", "attachment", "pdf", "lastUpdated", "self"):
        shown.pop(name, None)
    create_link = {"description": "Upgrade to a draft invoice.", "href": f"{call.base}/invoices/drafts"}
    meta = {"metaData": {"create": {**create_link, "httpMethod": "post"}}}
    document = {**shown, "lines": [{**line, "metaData": {}} for line in shown["lines"]], **meta}
    return Reply(200, {"draftInvoice": document, "self": call.url})


def archive_upgraded(agreement: Agreement, body: object) -> None:
    """A sent order whose upgrade document became a draft invoice is archived."""
    handle = body.get("soap") if isinstance(body, dict) else None
    handle = handle.get("orderHandle") if isinstance(handle, dict) else None
    if not isinstance(handle, dict) or not isinstance(handle.get("id"), int):
        return
    for number, doc in agreement.orders["sent"].rows():
        if doc["soap"]["orderHandle"]["id"] == handle["id"]:
            agreement.orders["archived"].put(number, agreement.orders["sent"].remove(number))


def _named(body: object) -> int | None:
    number = body.get("orderNumber") if isinstance(body, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _store(agreement: Agreement, call: Call, state: str, number: int, doc: Doc, status: int) -> Reply:
    doc = {"orderNumber": number, "soap": {"orderHandle": {"id": agreement.handle("order", number)}}, **doc}
    agreement.orders[state].put(number, doc)
    shown = show(agreement, doc, call.base, state)
    return Reply(status, shown, (("Location", shown["self"]),) if status == 201 else ())
