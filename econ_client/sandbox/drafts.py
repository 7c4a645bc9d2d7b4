"""The body that draft orders and draft invoices share: rules, computed values, rendering."""

from __future__ import annotations

from decimal import Decimal

from econ_client.sandbox import terms, totals
from econ_client.sandbox.agreement import BASE_CURRENCY, Agreement
from econ_client.sandbox.answers import Problem, invalid
from econ_client.sandbox.filters import Property
from econ_client.sandbox.links import linked, linked_parts
from econ_client.sandbox.products import unit
from econ_client.sandbox.validation import (
    Array,
    At,
    Choice,
    Day,
    Integer,
    Number,
    Object,
    Ref,
    Text,
    checked,
)
from econ_client.sandbox.wire import Doc

TERMS_TYPES = (
    "net",
    "invoiceMonth",
    "paidInCash",
    "prepaid",
    "dueDate",
    "factoring",
    "invoiceWeekStartingSunday",
    "invoiceWeekStartingMonday",
    "creditcard",
)
LINE = Object(
    {
        "lineNumber": Integer(1),
        "sortKey": Integer(1),
        "description": Text(2500),
        "unit": Ref("unitNumber"),
        "product": Ref("productNumber", Text(25, 1)),
        "quantity": Number(2),
        "unitNetPrice": Number(2),
        "discountPercentage": Number(2),
        "unitCostPrice": Number(2),
        "accrual": Object({"startDate": Day(), "endDate": Day()}),
        "departmentalDistribution": Ref("departmentalDistributionNumber", also={"distributionType": Text(50)}),
        "marginInBaseCurrency": Number(2),
        "marginPercentage": Number(2),
    }
)
BODY = Object(
    {
        "date": Day(),
        "currency": Text(3, 3, "[a-zA-Z]{3}"),
        "exchangeRate": Number(6, Decimal("0.000001"), Decimal(999_999_999_999)),
        "dueDate": Day(),
        "layout": Ref("layoutNumber"),
        "paymentTerms": Ref(
            "paymentTermsNumber",
            also={"paymentTermsType": Choice((*TERMS_TYPES, "avtaleGiro")), "daysOfCredit": Integer(0)},
        ),
        "customer": Ref("customerNumber", Integer(1, 999_999_999)),
        "recipient": Object(
            {
                "name": Text(250, 1),
                "address": Text(250),
                "zip": Text(50),
                "city": Text(250),
                "country": Text(50),
                "ean": Text(13),
                "publicEntryNumber": Text(40),
                "attention": Ref("customerContactNumber"),
                "vatZone": Ref("vatZoneNumber"),
                "mobilePhone": Text(50),
                "nemHandelType": Choice(("ean", "corporateIdentificationNumber", "pNumber", "peppol")),
            },
            required=("name", "vatZone"),
        ),
        "deliveryLocation": Ref("deliveryLocationNumber"),
        "delivery": Object(
            {
                "address": Text(255),
                "zip": Text(30),
                "city": Text(50),
                "country": Text(50),
                "deliveryTerms": Text(100),
                "deliveryDate": Day(),
            }
        ),
        "notes": Object({"heading": Text(250), "textLine1": Text(1000), "textLine2": Text(1000)}),
        "references": Object(
            {
                "other": Text(250),
                "customerContact": Ref("customerContactNumber"),
                "salesPerson": Ref("employeeNumber"),
                "vendorReference": Ref("employeeNumber"),
            }
        ),
        "lines": Array(LINE),
    },
    required=("date", "currency", "layout", "paymentTerms", "customer", "recipient"),
)

_text, _number = Property(), Property("number")
COMMON_PROPERTIES = {
    "date": Property("date"),
    "currency": _text,
    "exchangeRate": _number,
    "paymentTerms.paymentTermsNumber": _number,
    "customer.customerNumber": _number,
    **{f"recipient.{name}": _text for name in ("name", "address", "zip", "city", "country", "ean")},
    "recipient.publicEntryNumber": _text,
    "deliveryLocation.deliveryLocationNumber": _number,
    **{f"delivery.{name}": _text for name in ("address", "zip", "city", "country", "deliveryTerms")},
    "delivery.deliveryDate": Property("date"),
    "notes.heading": _text,
    "notes.textLine1": _text,
    "notes.textLine2": _text,
    "references.salesPerson.employeeNumber": _number,
    "references.vendorReference.employeeNumber": _number,
    "references.other": _text,
}


def accept(agreement: Agreement, body: object, schema: str) -> Doc:
    """The stored form of a draft, everything computed. Raises Refused for what e-conomic would refuse."""
    sent = checked(BODY, body, schema)
    problems: list[Problem] = []
    payment = agreement.find("paymentTerms", sent["paymentTerms"], problems)
    kind = sent["paymentTerms"].get("paymentTermsType")
    if payment and kind and kind != payment["paymentTermsType"]:
        message = "Payment terms type does not match the type on the payment terms specified."
        hint = "Specify the type of these payment terms, or leave it out."
        problems.append(Problem(("paymentTermsType",), message, "E07180", kind, hint))
    agreement.find("layout", sent["layout"], problems)
    sent["currency"] = agreement.currency(sent["currency"], problems)
    customer = agreement.find_customer(sent["customer"], problems)
    zone = agreement.find("vatZone", sent["recipient"]["vatZone"], problems, ("recipient",))
    _check_people(agreement, sent, problems)
    doc: Doc = {name: value for name, value in sent.items() if name not in ("lines", "dueDate")}
    doc["lines"] = lines = [
        accept_line(agreement, line, ("lines", index), problems) for index, line in enumerate(sent.get("lines", []))
    ]
    if payment:
        doc["dueDate"] = terms.due_date(payment, sent["date"], sent.get("dueDate"), problems)
    if problems:
        raise invalid(problems)
    doc["paymentTerms"] = {
        name: payment[name]
        for name in ("paymentTermsNumber", "daysOfCredit", "description", "name", "paymentTermsType")
        if name in payment
    }
    doc["recipient"] = _tidy({**sent["recipient"], "vatZone": zone})
    if cvr := customer.get("corporateIdentificationNumber"):
        doc["recipient"]["cvr"] = cvr
    for name in ("delivery", "notes", "references"):
        if name in doc:
            doc[name] = _tidy(doc[name])
            if not doc[name]:
                del doc[name]
    if doc["currency"] == BASE_CURRENCY or "exchangeRate" not in doc:
        doc["exchangeRate"] = agreement.rates[doc["currency"]]
    number_lines(lines)
    return computed(agreement, doc)


def accept_line(agreement: Agreement, line: Doc | None, at: At, problems: list[Problem]) -> Doc:
    """A line by the rules that the schema does not state: what needs a product, and what a product needs."""
    line = dict(line or {})
    if "product" not in line:
        for name in ("quantity", "unitNetPrice"):
            if name in line:
                message = f"A product must be set before {name}."
                problems.append(Problem((*at, "product"), message, "E04500", hint="Specify the line's product."))
                break
        return line
    number = line["product"]["productNumber"]
    product = agreement.products.get(number)
    if product is None:
        hint = "Find a list of products at https://restapi.e-conomic.com/products ."
        problems.append(Problem((*at, "product"), f"Product '{number}' not found.", "E07050", number, hint))
    elif "description" not in line and agreement.switches.descriptions_required:
        message = "Description is missing."
        problems.append(Problem((*at, "description"), message, "E04042", hint="Send the product's name, for instance."))
    if "quantity" not in line:
        message = "Quantity is missing."
        problems.append(Problem((*at, "quantity"), message, "E04730", hint="Specify a quantity with a product."))
    for name in ("unit", "departmentalDistribution"):
        if name in line:
            agreement.find(name, line[name], problems, at)
    line.setdefault("unitNetPrice", Decimal("0.00"))
    line.setdefault("discountPercentage", Decimal("0.00"))
    line.setdefault("unitCostPrice", (product or {}).get("costPrice", Decimal("0.00")))
    return line


def number_lines(lines: list[Doc]) -> None:
    """Give lineNumber and sortKey where they were left out; numbers that repeat are counted anew.

    Samples in e-conomic's documentation give every line the number 1.
    """
    sent = [line["lineNumber"] for line in lines if "lineNumber" in line]
    if len(set(sent)) < len(sent):
        for line in lines:
            line.pop("lineNumber", None)
    for index, line in enumerate(lines, start=1):
        line.setdefault("lineNumber", index)
        line.setdefault("sortKey", line["lineNumber"])


def computed(agreement: Agreement, doc: Doc) -> Doc:
    """`doc` with line totals, document totals and lastUpdated computed anew."""
    rate = doc["exchangeRate"]
    lines = []
    for line in doc["lines"]:
        fresh = {**line, "totalNetAmount": totals.line_net(line)}
        lines.append({**fresh, **totals.line_margin(fresh, rate)} if "product" in fresh else fresh)
    rates = line_rates(agreement, doc["recipient"]["vatZone"]["vatZoneNumber"], lines)
    amounts = totals.totals(lines, rates, rate, agreement.switches.vat_rounding)
    return {**doc, "lines": lines, **amounts, "lastUpdated": agreement.clock.stamp(minutes=True)}


def line_rates(agreement: Agreement, zone: int, lines: list[Doc]) -> list[Decimal]:
    """VAT percent of each line, by its product's group and the document's zone; 0 for a text line."""
    rates = []
    for line in lines:
        product = agreement.products.get(line["product"]["productNumber"]) if "product" in line else None
        group = product["productGroup"]["productGroupNumber"] if product else None
        rates.append(agreement.vat_rate(group, zone) if group is not None else Decimal(0))
    return rates


def show(agreement: Agreement, doc: Doc, base: str, home: str, *, lines: bool) -> Doc:
    """A document as it is answered; collections leave `lines` out."""
    customer = doc["customer"]["customerNumber"]
    shown = linked_parts({name: value for name, value in doc.items() if name != "lines"}, base, customer)
    if lines:
        shown["lines"] = [_show_line(agreement, line, base) for line in doc["lines"]]
    shown["pdf"] = {"download": f"{home}/pdf"}
    shown["self"] = home
    return shown


def _show_line(agreement: Agreement, line: Doc, base: str) -> Doc:
    shown: Doc = {name: linked(value, base) if isinstance(value, dict) else value for name, value in line.items()}
    if "unit" in line:
        shown["unit"] = unit(agreement, line["unit"]["unitNumber"], base)
    if "quantity" not in line:
        shown.pop("totalNetAmount", None)
    return shown


def _tidy(part: Doc) -> Doc:
    return {name: value for name, value in part.items() if value != ""}


def _check_people(agreement: Agreement, sent: Doc, problems: list[Problem]) -> None:
    customer = sent["customer"]["customerNumber"]
    references = sent.get("references", {})
    for name in ("salesPerson", "vendorReference"):
        if name in references:
            agreement.find(name, references[name], problems, ("references",))
    for part, name, table, key in (
        (sent["recipient"], "attention", agreement.contacts, "customerContactNumber"),
        (references, "customerContact", agreement.contacts, "customerContactNumber"),
        (sent, "deliveryLocation", agreement.locations, "deliveryLocationNumber"),
    ):
        if name in part and (customer, part[name][key]) not in table:
            at = (name,) if part is sent else ("recipient" if name == "attention" else "references", name)
            number = part[name][key]
            problems.append(Problem(at, f"'{number}' does not exist on this customer.", "E07170", number))
