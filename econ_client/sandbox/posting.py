"""Booking a journal: what a person does in e-conomic, and what this API has no address for.

Entries leave the journal for the accounts; payments close the invoices that they name.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from econ_client.sandbox import totals
from econ_client.sandbox.agreement import DEBTORS, Agreement
from econ_client.sandbox.answers import Problem, invalid, not_found
from econ_client.sandbox.wire import Doc

_ZERO = Decimal("0.00")


def book(agreement: Agreement, journal: int) -> Doc:
    """Book every voucher of a journal; {journalNumber, vouchers, entries, invoices} as numbers of what was booked.

    Raises Refused: 404 for an unknown journal, 400 (E04041) when a day has been closed or barred meanwhile; nothing is
    booked then.
    """
    if journal not in agreement.lookups["journals"]:
        raise not_found()
    keys = [key for key, _ in agreement.vouchers.rows() if key[0] == journal]
    entries = [(n, doc) for n, doc in agreement.entries.rows() if doc["journal"]["journalNumber"] == journal]
    problems = [
        Problem(("entries", index, "date"), why, "E04041", doc["date"])
        for index, (_, doc) in enumerate(entries)
        if (why := agreement.closed_at(doc["date"]))
    ]
    if problems:
        raise invalid(problems)
    invoices = set()
    for number, doc in entries:
        if (settled := _settle(agreement, doc)) is not None:
            invoices.add(settled)
        agreement.posted += _postings(agreement, journal, doc)
        agreement.entries.remove(number)
    for key in keys:
        agreement.vouchers.remove(key)
    numbers = sorted({doc["voucher"]["voucherNumber"] for _, doc in entries})
    agreement.changes.day_book(journal, numbers)
    return {
        "journalNumber": journal,
        "vouchers": numbers,
        "entries": [number for number, _ in entries],
        "invoices": sorted(invoices),
    }


def _settle(agreement: Agreement, entry: Doc) -> int | None:
    """Change what the customer owes; the booked invoice that the payment was set against."""
    if entry["entryType"] == "manualCustomerInvoice":
        agreement.receivables.owe(entry["customer"]["customerNumber"], entry["amountDefaultCurrency"])
        return None
    if entry["entryType"] != "customerPayment":
        return None
    sign = -1 if agreement.switches.payment_sign == "minus" else 1
    paid, paid_base = sign * entry["amount"], sign * entry["amountDefaultCurrency"]
    agreement.receivables.owe(entry["customer"]["customerNumber"], -paid_base)
    invoice = agreement.booked.get(entry.get("customerInvoice", 0))
    if invoice is None or invoice["customer"] != {"customerNumber": entry["customer"]["customerNumber"]}:
        return None
    if entry["currency"]["code"] != invoice["currency"]:
        paid = totals.cents(paid_base * 100 / invoice["exchangeRate"])
    remainder = invoice["remainder"]
    if paid * remainder <= 0:
        return None
    left = _ZERO if abs(paid) >= abs(remainder) else remainder - paid
    in_base = totals.in_base(left, invoice["exchangeRate"])
    agreement.receivables.put({**invoice, "remainder": left, "remainderInBaseCurrency": in_base})
    return int(invoice["bookedInvoiceNumber"])


def _postings(agreement: Agreement, journal: int, entry: Doc) -> Iterator[Doc]:
    """Both sides of an entry on the accounts: a customer's entries stand on the debtors' account."""
    common = {
        "currency": entry["currency"]["code"],
        "date": entry["date"],
        "voucherNumber": entry["voucher"]["voucherNumber"],
        "text": entry.get("text", ""),
        "entryType": entry["entryType"],
    }
    amount, base = entry["amount"], entry["amountDefaultCurrency"]
    if entry["entryType"] == "customerPayment" and agreement.switches.payment_sign == "plus":
        amount, base = -amount, -base
    settings = agreement.lookups["journals"].get(journal) or {}
    contra = settings["settings"]["contraAccounts"]
    kind = "financeVouchers" if entry["entryType"] == "financeVoucher" else "customerPayments"
    other = entry.get("contraAccount", contra[kind])
    if "customer" in entry:
        yield {
            **common,
            "account": {"accountNumber": DEBTORS},
            "amount": amount,
            "amountInBaseCurrency": base,
            "customer": entry["customer"],
        }
    else:
        account = entry.get("account", contra[kind])
        yield {**common, "account": account, "amount": amount, "amountInBaseCurrency": base}
    yield {**common, "account": other, "amount": -amount, "amountInBaseCurrency": -base}
