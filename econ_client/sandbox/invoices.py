"""/invoices/drafts."""

from __future__ import annotations

from econ_client.sandbox import drafts, orders, pdf
from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Problem, Reply, invalid, not_found
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.filters import Property, parse_filter
from econ_client.sandbox.validation import Array, Object, checked
from econ_client.sandbox.wire import Doc

PROPERTIES = {
    "draftInvoiceNumber": Property("number"),
    **drafts.COMMON_PROPERTIES,
    "lastUpdated": Property("date", sortable=False),
    "soap.currentInvoiceHandle.id": Property("number"),
}
_LINES = Object({"lines": Array(drafts.LINE)}, required=("lines",))
_KINDS = ("drafts", "booked", "paid", "unpaid", "overdue", "not-due", "sent", "totals")


def links(agreement: Agreement, call: Call) -> Reply:
    """GET /invoices."""
    named = {("notDue" if kind == "not-due" else kind): f"{call.base}/invoices/{kind}" for kind in _KINDS}
    return Reply(200, {**named, "self": call.url})


def show(agreement: Agreement, doc: Doc, base: str, *, lines: bool = True) -> Doc:
    """A draft invoice as it is answered."""
    home = f"{base}/invoices/drafts/{doc['draftInvoiceNumber']}"
    shown = drafts.show(agreement, doc, base, home, lines=lines)
    instructions = f"{home}/templates/booking-instructions"
    shown["templates"] = {"bookingInstructions": instructions, "self": f"{home}/templates"}
    shown["attachment"] = f"{home}/attachment"
    return shown


def list_all(agreement: Agreement, call: Call, customer: int | None = None) -> Reply:
    """GET /invoices/drafts, and /customers/:n/invoices/drafts."""
    rows = None
    if customer is not None:
        rows = [row for row in agreement.drafts.listed() if row[1]["customer"]["customerNumber"] == customer]
    return collect(
        call,
        agreement.drafts if rows is None else rows,
        PROPERTIES,
        lambda doc: show(agreement, doc, call.base, lines=False),
    )


def get(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET one."""
    doc = agreement.drafts.get(number)
    if doc is None:
        raise not_found()
    return Reply(200, show(agreement, doc, call.base))


def download(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET /invoices/drafts/:n/pdf."""
    doc = agreement.drafts.get(number)
    if doc is None:
        raise not_found()
    return pdf.document(f"Kladde {number}", doc)


def create(agreement: Agreement, call: Call) -> Reply:
    """POST /invoices/drafts."""
    doc = drafts.accept(agreement, call.body, "invoices.drafts.post")
    reply = _store(agreement, call, agreement.next_number("draft"), doc, 201)
    orders.archive_upgraded(agreement, call.body)
    return reply


def replace(agreement: Agreement, call: Call, number: int) -> Reply:
    """PUT /invoices/drafts/:n: a full replace, lines included; a number that does not exist is created."""
    if not 1 <= number <= 999_999_999:
        raise not_found()
    doc = drafts.accept(agreement, call.body, "invoices.drafts.draftInvoiceNumber.put")
    return _store(agreement, call, number, doc, 200 if number in agreement.drafts else 201)


def add_lines(agreement: Agreement, call: Call, number: int) -> Reply:
    """POST /invoices/drafts/:n/lines: appended, never numbered by the caller."""
    before = agreement.drafts.get(number)
    if before is None:
        raise not_found()
    sent = checked(_LINES, call.body, "invoices.drafts.draftInvoiceNumber.lines.post")
    problems: list[Problem] = []
    added = [
        drafts.accept_line(agreement, line, ("lines", index), problems) for index, line in enumerate(sent["lines"])
    ]
    if problems:
        raise invalid(problems)
    last = max((line["lineNumber"] for line in before["lines"]), default=0)
    for index, line in enumerate(added, start=last + 1):
        line["lineNumber"] = index
        line.setdefault("sortKey", index)
    return _store(agreement, call, number, {**before, "lines": before["lines"] + added}, 201, recompute=True)


def delete(agreement: Agreement, call: Call, number: int) -> Reply:
    """DELETE one: 200 with what was deleted."""
    if number not in agreement.drafts:
        raise not_found("E06000")
    return _deleted(agreement, call, [number])


def delete_all(agreement: Agreement, call: Call) -> Reply:
    """DELETE without a number deletes every draft, or those that the filter finds."""
    filtering = call.query.get("filter")
    wanted = parse_filter(filtering, PROPERTIES) if filtering else lambda doc: True
    return _deleted(agreement, call, [number for number, doc in agreement.drafts.rows() if wanted(doc)])


def _deleted(agreement: Agreement, call: Call, numbers: list[int]) -> Reply:
    for number in numbers:
        agreement.drafts.remove(number)
        agreement.files.pop(("drafts", number), None)
    items = [{"draftInvoiceNumber": n, "self": f"{call.base}/invoices/drafts/{n}"} for n in numbers]
    message = f"Deleted {len(numbers)} draft invoice{'' if len(numbers) == 1 else 's'}."
    return Reply(200, {"message": message, "deletedCount": len(numbers), "deletedItems": items})


def _store(agreement: Agreement, call: Call, number: int, doc: Doc, status: int, *, recompute: bool = False) -> Reply:
    handle = {"id": agreement.handle("draft", number)}
    doc = {"draftInvoiceNumber": number, "soap": {"currentInvoiceHandle": handle}, **doc}
    if recompute:
        doc = drafts.computed(agreement, doc)
    agreement.drafts.put(number, doc)
    shown = show(agreement, doc, call.base)
    return Reply(status, shown, (("Location", shown["self"]),) if status == 201 else ())


def templates(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET /invoices/drafts/:n/templates."""
    get(agreement, call, number)
    return Reply(200, {"bookingInstructions": f"{call.url}/booking-instructions", "self": call.url})


def booking_instructions(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET .../templates/booking-instructions: a body to POST to /invoices/booked."""
    get(agreement, call, number)
    home = f"{call.base}/invoices/drafts/{number}"
    return Reply(200, {"draftInvoice": {"draftInvoiceNumber": number, "self": home}, "self": call.url})
