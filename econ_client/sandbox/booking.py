"""/invoices/booked: final, numbered without gaps, and what moves stock."""

from __future__ import annotations

from decimal import Decimal

from econ_client.sandbox import drafts, pdf, totals
from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.answers import Problem, Reply, invalid, not_found, refuse
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.filters import Property
from econ_client.sandbox.validation import Choice, Integer, Object, Ref, checked
from econ_client.sandbox.wire import Doc

FIRST_NUMBER = 10001
PROPERTIES = {
    "bookedInvoiceNumber": Property("number"),
    **drafts.COMMON_PROPERTIES,
    "recipient.vatZone.vatZoneNumber": Property("number"),
}
_WITHOUT_RATE = {name: known for name, known in PROPERTIES.items() if name != "exchangeRate"}
"""Of the paid, unpaid, overdue and not-due lists."""
_CUSTOMERS = {name: known for name, known in _WITHOUT_RATE.items() if name != "recipient.vatZone.vatZoneNumber"}
_BODY = Object(
    {
        "draftInvoice": Ref("draftInvoiceNumber", Integer(1, 999_999_999)),
        "bookWithNumber": Integer(1),
        "sendBy": Choice(("none", "EAN", "Email")),
    },
    required=("draftInvoice",),
)
_WITH_NUMBER = Object({name: rule for name, rule in _BODY.properties.items() if name != "sendBy"}, _BODY.required)
"""PUT publishes no `sendBy`, so that it vanishes there as unknown properties do."""
_DRAFT_ONLY = (
    "draftInvoiceNumber",
    "soap",
    "lastUpdated",
    "marginInBaseCurrency",
    "marginPercentage",
    "costPriceInBaseCurrency",
)


def show(agreement: Agreement, doc: Doc, base: str, *, lines: bool = True) -> Doc:
    """A booked invoice as it is answered."""
    home = f"{base}/invoices/booked/{doc['bookedInvoiceNumber']}"
    return {**drafts.show(agreement, doc, base, home, lines=lines), "sent": f"{home}/sent", "self": home}


def list_all(agreement: Agreement, call: Call, kind: str = "booked", customer: int | None = None) -> Reply:
    """GET /invoices/booked|paid|unpaid|overdue|not-due, and /customers/:n/invoices/booked."""
    today = agreement.clock.now().date().isoformat()

    def belongs(doc: Doc) -> bool:
        open_ = doc["remainder"] != 0
        late = doc["dueDate"] < today
        kinds = {"paid": not open_, "unpaid": open_, "overdue": open_ and late, "not-due": open_ and not late}
        return kinds.get(kind, True) and customer in (None, doc["customer"]["customerNumber"])

    rows = None
    if kind != "booked" or customer is not None:
        rows = [row for row in agreement.booked.listed() if belongs(row[1])]
    return collect(
        call,
        agreement.booked if rows is None else rows,
        _CUSTOMERS if customer is not None else PROPERTIES if kind == "booked" else _WITHOUT_RATE,
        lambda doc: show(agreement, doc, call.base, lines=False),
    )


def get(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET one."""
    doc = agreement.booked.get(number)
    if doc is None:
        raise not_found()
    return Reply(200, show(agreement, doc, call.base))


def book(agreement: Agreement, call: Call, with_number: int | None = None) -> Reply:
    """POST /invoices/booked, or PUT /invoices/booked/:bookWithNumber."""
    if with_number is None:
        sent = checked(_BODY, call.body, "invoices.booked.post")
    else:
        sent = checked(_WITH_NUMBER, call.body, "invoices.booked.bookWithNumber.put")
    number = with_number if with_number is not None else sent.get("bookWithNumber")
    draft_number = sent["draftInvoice"]["draftInvoiceNumber"]
    draft = agreement.drafts.get(draft_number)
    if draft is None:
        raise refuse("draftInvoice", f"Draft invoice '{draft_number}' not found.", "E06000", draft_number)
    if number is not None and number in agreement.booked:
        raise refuse("bookWithNumber", f"Invoice number '{number}' is already in use.", "E06010", number)
    _check(agreement, draft, sent.get("sendBy", "none"))
    if number is None:
        number = agreement.booked.free_number(FIRST_NUMBER)
    doc = _booked(agreement, draft, number)
    agreement.drafts.remove(draft_number)
    agreement.files.pop(("drafts", draft_number), None)
    _post(agreement, doc)
    if sent.get("sendBy", "none") != "none":
        _note_sent(agreement, doc, sent["sendBy"])
    shown = show(agreement, doc, call.base)
    return Reply(201, shown, (("Location", shown["self"]),))


def _check(agreement: Agreement, draft: Doc, send_by: str) -> None:
    """What booking refuses: closed periods, barred customers and products, lines without a product."""
    agreement.check_open(draft["date"])
    problems: list[Problem] = []
    customer = agreement.find_customer(draft["customer"], problems)
    if not draft["lines"]:
        problems.append(Problem(("lines",), "An invoice without lines cannot be booked.", "E04042"))
    for index, line in enumerate(draft["lines"]):
        at = ("lines", index, "product")
        if "product" not in line:
            problems.append(Problem(at, "A line without a product cannot be booked.", "E04500"))
            continue
        number = line["product"]["productNumber"]
        product = agreement.products.get(number)
        if product is None:
            problems.append(Problem(at, f"Product '{number}' not found.", "E07050", number))
        elif product["barred"]:
            problems.append(Problem(at, f"Product '{number}' is barred.", "E06820", number))
    if send_by == "EAN":
        recipient, references = draft["recipient"], draft.get("references", {})
        has_contact = "attention" in recipient or "customerContact" in references
        if not (recipient.get("ean") or customer.get("ean")) or not has_contact:
            message = "Sending by EAN needs an EAN number and a contact person."
            problems.append(Problem(("sendBy",), message, "E04000", send_by))
    if problems:
        raise invalid(problems)


def _booked(agreement: Agreement, draft: Doc, number: int) -> Doc:
    zone = draft["recipient"]["vatZone"]["vatZoneNumber"]
    rates = drafts.line_rates(agreement, zone, draft["lines"])
    fresh = drafts.computed(agreement, draft)
    _, vats = totals.vat_of(fresh["lines"], rates, agreement.switches.vat_rounding)
    lines = [
        {
            **{name: value for name, value in line.items() if not name.startswith("margin")},
            "vatRate": rate.quantize(Decimal("0.000001")),
            "vatAmount": vat,
        }
        for line, rate, vat in zip(fresh["lines"], rates, vats, strict=True)
    ]
    kept = {name: value for name, value in fresh.items() if name not in _DRAFT_ONLY}
    settled = draft["paymentTerms"]["paymentTermsType"] == "paidInCash"
    gross, gross_base = fresh["grossAmount"], fresh["grossAmountInBaseCurrency"]
    return {
        "bookedInvoiceNumber": number,
        "orderNumber": draft["draftInvoiceNumber"],
        **kept,
        "lines": lines,
        "remainder": Decimal("0.00") if settled else gross,
        "remainderInBaseCurrency": Decimal("0.00") if settled else gross_base,
    }


def _post(agreement: Agreement, doc: Doc) -> None:
    """The invoice, stock and the customer's balance."""
    agreement.receivables.put(doc)
    for line in doc["lines"]:
        agreement.stock.sell(line["product"]["productNumber"], line["quantity"])
    agreement.receivables.owe(doc["customer"]["customerNumber"], doc["remainderInBaseCurrency"])


def _note_sent(agreement: Agreement, doc: Doc, send_by: str) -> None:
    number = agreement.sent.free_number()
    recipient = {name: doc["recipient"][name] for name in ("name", "ean") if name in doc["recipient"]}
    entry = {
        "id": number,
        "invoice": {"bookedInvoiceNumber": doc["bookedInvoiceNumber"]},
        "status": "pending",
        "creationDate": agreement.clock.now().date().isoformat(),
        "recipient": recipient,
    }
    agreement.sent.put(number, {**entry, "sendBy": "ean"} if send_by == "EAN" else entry)


def _show_sent(doc: Doc, base: str) -> Doc:
    invoice = {**doc["invoice"], "self": f"{base}/invoices/booked/{doc['invoice']['bookedInvoiceNumber']}"}
    return {**doc, "invoice": invoice, "self": f"{base}/invoices/sent/{doc['id']}"}


def list_sent(agreement: Agreement, call: Call, invoice: int | None = None) -> Reply:
    """GET /invoices/sent, and /invoices/booked/:n/sent."""
    rows = agreement.sent.listed()
    if invoice is not None:
        get(agreement, call, invoice)
        rows = [row for row in rows if row[1]["invoice"]["bookedInvoiceNumber"] == invoice]
    return collect(call, rows, {}, lambda doc: _show_sent(doc, call.base))


def get_sent(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET /invoices/sent/:id."""
    doc = agreement.sent.get(number)
    if doc is None:
        raise not_found()
    return Reply(200, _show_sent(doc, call.base))


def download(agreement: Agreement, call: Call, number: int) -> Reply:
    """GET /invoices/booked/:n/pdf."""
    doc = agreement.booked.get(number)
    if doc is None:
        raise not_found()
    return pdf.document(f"Faktura {number}", doc)


def pay(agreement: Agreement, number: int, remainder: Decimal) -> Doc:
    """What a person's payment in e-conomic does: the invoice's remainder, in its currency. Raises KeyError."""
    doc = agreement.booked.get(number)
    if doc is None:
        raise KeyError(number)
    left = totals.in_base(remainder, doc["exchangeRate"])
    paid = doc["remainderInBaseCurrency"] - left
    moved = {**doc, "remainder": totals.cents(remainder), "remainderInBaseCurrency": left}
    agreement.receivables.put(moved)
    agreement.receivables.owe(doc["customer"]["customerNumber"], -paid)
    return moved
