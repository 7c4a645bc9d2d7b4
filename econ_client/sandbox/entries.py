"""Entries of journals: rules, rendering, DELETE. An entry is what a voucher consists of before it is booked."""

from __future__ import annotations

from decimal import Decimal

from econ_client.sandbox.agreement import BASE_CURRENCY, Agreement
from econ_client.sandbox.answers import Problem, Reply, not_found
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.filters import Property
from econ_client.sandbox.links import encode_segment, linked_parts
from econ_client.sandbox.totals import in_base
from econ_client.sandbox.validation import At, Choice, Day, Integer, Number, Object, Ref, Spec, Text
from econ_client.sandbox.wire import Doc

TYPES = {
    "financeVouchers": "financeVoucher",
    "customerPayments": "customerPayment",
    "manualCustomerInvoices": "manualCustomerInvoice",
}
YEAR = Ref("year", Text(9, 4))
JOURNAL = Ref("journalNumber", Integer(1))
_VOUCHER_NUMBER = Integer(1, 999_999_999)
_ACCOUNT, _CUSTOMER = Ref("accountNumber"), Ref("customerNumber", Integer(1, 999_999_999))
_COMMON: dict[str, Spec] = {
    "text": Text(250),
    "journal": JOURNAL,
    "amount": Number(2),
    "contraAccount": _ACCOUNT,
    "contraVatAccount": Ref("vatCode", Text(5, 1)),
    "currency": Ref("code", Text(3, 3, "[a-zA-Z]{3}")),
    "date": Day(),
    "departmentalDistribution": Ref("departmentalDistributionNumber", also={"distributionType": Text(50)}),
    "employee": Ref("employeeNumber"),
    "exchangeRate": Number(6, least=Decimal("0.000001")),
    "voucher": Object({"voucherNumber": _VOUCHER_NUMBER}),
    "contraVatAmount": Number(2),
    "contraVatAmountInBaseCurrency": Number(2),
    "amountBaseCurrency": Number(2),
    "remainder": Number(2),
    "remainderInDefaultCurrency": Number(2),
}
_MORE: dict[str, dict[str, Spec]] = {
    "financeVouchers": {
        "account": _ACCOUNT,
        "vatAccount": Ref("vatCode", Text(5, 1)),
        "vatAmount": Number(2),
        "vatAmountBaseCurrency": Number(2),
        "quantity1": Number(2),
        "quantity2": Number(2),
        "unit1": Ref("unitNumber"),
        "unit2": Ref("unitNumber"),
    },
    "customerPayments": {"customer": _CUSTOMER, "customerInvoice": Integer(1)},
    "manualCustomerInvoices": {
        "customer": _CUSTOMER,
        "customerInvoice": Integer(1, 999_999_999),
        "dueDate": Day(),
    },
}
BODIES = {
    name: Object({**_COMMON, **_MORE[name], "entryType": Choice((kind,))}, required=("amount", "date"))
    for name, kind in TYPES.items()
}
_SERVERS = ("remainder", "remainderInDefaultCurrency", "journal", "voucher", "entryType", "amountBaseCurrency")
PROPERTIES = {
    "journalEntryNumber": Property("number"),
    "amount": Property("number"),
    "date": Property("date"),
    "entryType": Property(),
    "text": Property(),
    "customer.customerNumber": Property("number"),
    "account.accountNumber": Property("number"),
    "currency.code": Property(),
    "voucher.voucherNumber": Property("number"),
    "supplier.supplierNumber": Property("number"),
    "contraAccount.accountNumber": Property("number"),
    "contraVatAccount.vatCode": Property(),
    "contraVatAmount": Property("number"),
    "employee.employeeNumber": Property("number"),
    "exchangeRate": Property("number"),
    "amountDefaultCurrency": Property("number"),
}


def accept(agreement: Agreement, kind: str, entry: Doc, at: At, problems: list[Problem]) -> Doc:
    """The stored form of an entry of `kind`; what is wrong goes to `problems`."""
    holder = "customer" if kind != "financeVouchers" else "account"
    if holder not in entry and not (holder == "account" and "contraAccount" in entry):
        hint = f"Specify the property '{holder}'."
        problems.append(
            Problem((*at, holder), f"Required properties are missing from object: {holder}.", "E04042", hint=hint)
        )
    elif holder == "customer":
        agreement.find_customer(entry["customer"], problems, at)
    for name in ("account", "contraAccount", "departmentalDistribution", "employee"):
        if name in entry and agreement.find(name, entry[name], problems, at).get("blockDirectEntries"):
            number = entry[name]["accountNumber"]
            problems.append(Problem((*at, name), f"Account '{number}' takes no direct entries.", "E07150", number))
    for name in ("vatAccount", "contraVatAccount"):
        if name in entry and entry[name]["vatCode"] not in agreement.vat_accounts:
            code = entry[name]["vatCode"]
            problems.append(Problem((*at, name), f"VatAccount '{code}' not found.", "E07180", code))
    currency = str(entry.get("currency", {}).get("code", BASE_CURRENCY)).upper()
    if currency not in agreement.currencies:
        problems.append(Problem((*at, "currency"), f"Currency '{currency}' not found.", "E07120", currency))
        return entry
    if why := agreement.closed_at(entry["date"]):
        problems.append(Problem((*at, "date"), why, "E04041", entry["date"]))
    rate = (
        agreement.rates[currency] if currency == BASE_CURRENCY else entry.get("exchangeRate", agreement.rates[currency])
    )
    amount = in_base(entry["amount"], rate)
    stored = {name: value for name, value in entry.items() if name not in _SERVERS}
    stored |= {"currency": {"code": currency}, "exchangeRate": rate, "entryType": TYPES[kind]}
    return {
        **stored,
        "amountDefaultCurrency": amount,
        "remainder": entry["amount"],
        "remainderInDefaultCurrency": amount,
        "remainderDefaultCurrency": amount,
    }


def show(doc: Doc, base: str) -> Doc:
    """An entry as it is answered; only its metaData says that it can be deleted."""
    journal = doc["journal"]["journalNumber"]
    number = doc["journalEntryNumber"]
    home = f"{base}/journals/{journal}/entries/{number}"
    year, voucher = doc["voucher"]["accountingYear"]["year"], doc["voucher"]["voucherNumber"]
    address = f"{base}/journals/{journal}/vouchers/{encode_segment(f'{year}-{voucher}')}"
    shown = linked_parts(doc, base)
    shown["voucher"] = {**shown["voucher"], "attachment": f"{address}/attachment", "self": address}
    delete = {"description": "Delete this entry.", "href": home, "httpMethod": "delete"}
    return {**shown, "metaData": {"delete": delete}, "self": home}


def list_all(agreement: Agreement, call: Call, journal: int) -> Reply:
    """GET /journals/:n/entries."""
    if journal not in agreement.lookups["journals"]:
        raise not_found()
    rows = [row for row in agreement.entries.listed() if row[1]["journal"]["journalNumber"] == journal]
    return collect(call, rows, PROPERTIES, lambda doc: show(doc, call.base))


def get(agreement: Agreement, call: Call, journal: int, number: int) -> Reply:
    """GET /journals/:n/entries/:k."""
    return Reply(200, show(_one(agreement, journal, number), call.base))


def delete(agreement: Agreement, call: Call, journal: int, number: int) -> Reply:
    """DELETE /journals/:n/entries/:k; a voucher goes with its last entry."""
    doc = _one(agreement, journal, number, "E06000")
    agreement.entries.remove(number)
    key = (journal, f"{doc['voucher']['accountingYear']['year']}-{doc['voucher']['voucherNumber']}")
    voucher = agreement.vouchers.get(key) or {"entries": {}}
    left = {kind: [n for n in numbers if n != number] for kind, numbers in voucher["entries"].items()}
    if any(left.values()):
        agreement.vouchers.put(key, {**voucher, "entries": {kind: n for kind, n in left.items() if n}})
    else:
        agreement.vouchers.remove(key)
        agreement.files.pop(("vouchers", *key), None)
    return Reply(204)


def _one(agreement: Agreement, journal: int, number: int, code: str | None = None) -> Doc:
    doc = agreement.entries.get(number)
    if doc is None or doc["journal"]["journalNumber"] != journal:
        raise not_found(code)
    return doc
