"""/accounting-years: years, periods, and what is posted in them.

What is posted comes from the booked invoices: the customer's side with gross, the sales accounts with net, VAT.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from econ_client.sandbox import seed
from econ_client.sandbox.agreement import DEBTORS, Agreement
from econ_client.sandbox.answers import Reply, not_found, refuse
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.filters import Property
from econ_client.sandbox.links import encode_segment
from econ_client.sandbox.totals import in_base
from econ_client.sandbox.validation import Day, Object, checked
from econ_client.sandbox.wire import Doc

_BODY = Object({"fromDate": Day(), "toDate": Day()}, ("fromDate", "toDate"))
_YEARS = {"year": Property(), "fromDate": Property("date"), "toDate": Property("date")}
_PERIODS = {"periodNumber": Property("number"), "fromDate": Property("date"), "toDate": Property("date")}
_ENTRIES = {
    **dict.fromkeys(("amount", "amountInBaseCurrency", "remainder", "remainderInBaseCurrency"), Property("number")),
    **dict.fromkeys(("quantity1", "quantity2", "unit1.unitNumber", "unit2.unitNumber"), Property("number")),
    **dict.fromkeys(
        ("customer.customerNumber", "supplier.supplierNumber", "costType.costTypeNumber"), Property("number")
    ),
    "supplier.supplierGroup.supplierGroupNumber": Property("number", sortable=False),
    "project.projectNumber": Property("number", sortable=False),
    "supplierInvoiceNumber": Property(),
    "date": Property("date"),
    "dueDate": Property("date"),
    "entryNumber": Property("number"),
    "entryType": Property(),
    "currency": Property(),
    "text": Property(),
    "voucherNumber": Property("number"),
}
VAT = 6902
LONGEST_YEAR = 549
"""Days: 18 months, by Danish law."""
LAST = 9998
"""The last year that days can be counted on from."""


def show_year(doc: Doc, base: str) -> Doc:
    """An accounting year as it is answered."""
    home = f"{base}/accounting-years/{encode_segment(doc['year'])}"
    return {**doc, **{name: f"{home}/{name}" for name in ("periods", "entries", "totals", "vouchers")}, "self": home}


def list_years(agreement: Agreement, call: Call) -> Reply:
    """GET /accounting-years."""
    return collect(call, agreement.years.listed(), _YEARS, lambda doc: show_year(doc, call.base))


def get_year(agreement: Agreement, call: Call, year: str) -> Reply:
    """GET /accounting-years/:y; the year is a string."""
    return Reply(200, show_year(_year(agreement, year), call.base))


def create_year(agreement: Agreement, call: Call) -> Reply:
    """POST /accounting-years {fromDate, toDate}; it cannot be deleted."""
    body = checked(_BODY, call.body, "accounting-years.post")
    start, end = datetime.date.fromisoformat(body["fromDate"]), datetime.date.fromisoformat(body["toDate"])
    others = [(doc["fromDate"], doc["toDate"]) for _, doc in agreement.years.rows()]
    overlap = any(first <= body["toDate"] and body["fromDate"] <= last for first, last in others)
    if overlap or not start < end or start.day != 1 or (end - start).days > LONGEST_YEAR or end.year > LAST:
        message = "The accounting year overlaps another, does not start a month, or is longer than 18 months."
        raise refuse("fromDate", message, "E04041")
    shown = show_year(_year(agreement, seed.add_year(agreement, start, end)), call.base)
    return Reply(201, shown, (("Location", shown["self"]),))


def list_periods(agreement: Agreement, call: Call, year: str) -> Reply:
    """GET /accounting-years/:y/periods."""
    _year(agreement, year)
    rows = [(number, doc) for (name, number), doc in agreement.periods.items() if name == year]
    return collect(call, rows, _PERIODS, lambda doc: _show_period(doc, year, call.base))


def get_period(agreement: Agreement, call: Call, year: str, number: int) -> Reply:
    """GET /accounting-years/:y/periods/:p."""
    return Reply(200, _show_period(_period(agreement, year, number), year, call.base))


def list_entries(agreement: Agreement, call: Call, year: str, period: int | None = None) -> Reply:
    """GET .../entries of a year or a period: what is booked."""
    within = _year(agreement, year) if period is None else _period(agreement, year, period)
    home = f"{call.base}/accounting-years/{encode_segment(year)}/entries"
    rows = [
        (number, {**doc, "entryNumber": number})
        for number, doc in enumerate(_posted(agreement), start=1)
        if within["fromDate"] <= doc["date"] <= within["toDate"]
    ]

    def shown(doc: Doc) -> Doc:
        account = doc["account"]["accountNumber"]
        linked = {**doc, "account": {**doc["account"], "self": f"{call.base}/accounts/{account}"}}
        if "bookedInvoice" in doc:
            invoice = doc["bookedInvoice"]
            link = f"{call.base}/invoices/booked/{invoice['bookedInvoiceNumber']}"
            linked["bookedInvoice"] = {**invoice, "self": link}
        if "customer" in doc:
            customer = doc["customer"]
            linked["customer"] = {**customer, "self": f"{call.base}/customers/{customer['customerNumber']}"}
        return {**linked, "self": f"{home}?filter=entryNumber%24eq%3a{doc['entryNumber']}"}

    return collect(call, rows, _ENTRIES, shown)


def list_totals(agreement: Agreement, call: Call, year: str, period: int | None = None) -> Reply:
    """GET .../totals of a year or a period: one row per account."""
    within = _year(agreement, year) if period is None else _period(agreement, year, period)
    sums: dict[int, Decimal] = defaultdict(lambda: Decimal("0.00"))
    for doc in _posted(agreement):
        if within["fromDate"] <= doc["date"] <= within["toDate"]:
            sums[doc["account"]["accountNumber"]] += doc["amountInBaseCurrency"]

    def shown(doc: Doc) -> Doc:
        number = doc["account"]["accountNumber"]
        account = {"accountNumber": number, "self": f"{call.base}/accounts/{number}"}
        return {**doc, "account": account, "self": f"{account['self']}/accounting-years/{encode_segment(year)}/totals"}

    rows = []
    for number, (account, _) in enumerate(sorted(agreement.lookups["accounts"].rows(), key=lambda row: row[0])):
        total: Doc = {"totalInBaseCurrency": sums[account], "account": {"accountNumber": account}}
        rows.append((number, {**total, "fromDate": within["fromDate"], "toDate": within["toDate"]}))
    return collect(call, rows, {}, shown)


def account_totals(agreement: Agreement, call: Call, account: int, year: str) -> Reply:
    """GET /accounts/:a/accounting-years/:y/totals: the account's row of the year."""
    within = _year(agreement, year)
    if account not in agreement.lookups["accounts"]:
        raise not_found()
    posted = (doc for doc in _posted(agreement) if doc["account"]["accountNumber"] == account)
    amounts = [doc["amountInBaseCurrency"] for doc in posted if within["fromDate"] <= doc["date"] <= within["toDate"]]
    total: Doc = {"totalInBaseCurrency": sum(amounts, Decimal("0.00"))}
    total |= {"account": {"accountNumber": account, "self": f"{call.base}/accounts/{account}"}}
    return Reply(200, {**total, "fromDate": within["fromDate"], "toDate": within["toDate"], "self": call.url})


def _posted(agreement: Agreement) -> Iterator[Doc]:
    """The entries of every booked invoice, in the order of booking, and of the journals that were booked."""
    for number, doc in agreement.booked.listed():
        zone = doc["recipient"]["vatZone"]["vatZoneNumber"]
        common = {"currency": doc["currency"], "date": doc["date"], "voucherNumber": number}
        common |= {"text": f"Faktura {number}", "invoiceNumber": str(number)}
        rate = doc["exchangeRate"]

        def entry(account: int, amount: Decimal, common: Doc = common, rate: Decimal = rate) -> Doc:
            base = in_base(amount, rate)
            return {"account": {"accountNumber": account}, "amount": amount, "amountInBaseCurrency": base, **common}

        yield {
            **entry(DEBTORS, doc["grossAmount"]),
            "entryType": "customerInvoice",
            "customer": doc["customer"],
            "bookedInvoice": {"bookedInvoiceNumber": number},
            "dueDate": doc["dueDate"],
            "remainder": doc["remainder"],
            "remainderInBaseCurrency": doc["remainderInBaseCurrency"],
        }
        sales: dict[int, Decimal] = defaultdict(lambda: Decimal("0.00"))
        for line in doc["lines"]:
            product = agreement.products.get(line["product"]["productNumber"])
            group = product["productGroup"]["productGroupNumber"] if product else 1
            sales[agreement.sales_accounts[group, zone]] += line["totalNetAmount"]
        for account, amount in sales.items():
            yield {**entry(account, -amount), "entryType": "customerInvoice"}
        if doc["vatAmount"]:
            yield {**entry(VAT, -doc["vatAmount"]), "entryType": "systemEntry"}
    yield from agreement.posted


def _year(agreement: Agreement, year: str) -> Doc:
    doc = agreement.years.get(year)
    if doc is None:
        raise not_found()
    return doc


def _period(agreement: Agreement, year: str, number: int) -> Doc:
    doc = agreement.periods.get((year, number))
    if doc is None:
        raise not_found()
    return doc


def _show_period(doc: Doc, year: str, base: str) -> Doc:
    home = f"{base}/accounting-years/{encode_segment(year)}"
    period = f"{home}/periods/{doc['periodNumber']}"
    holder = {"accountingYear": {"year": year, "self": home}}
    return {**doc, **holder, "entries": f"{period}/entries", "totals": f"{period}/totals", "self": period}
