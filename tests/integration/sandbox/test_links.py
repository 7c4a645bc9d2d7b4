"""Every link of an answer leads somewhere, and every answer has the keys that recorded answers show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from tests.integration.sandbox.conftest import Doc

NOT_FOUND_ALLOWED = ("/attachment",)
"""Documents name their attachment whether there is one or not."""

WORDS_OF_TOTALS = 4
"""Totals narrow one another in any order: further words make thousands of addresses and nothing new."""


def links(value: Any, base: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name == "metaData":
                continue
            yield from links(item, base)
    elif isinstance(value, list):
        for item in value:
            yield from links(item, base)
    elif isinstance(value, str) and value.startswith(base):
        yield value


def test_every_link_leads_somewhere(full: httpx.Client) -> None:
    base = str(full.base_url).rstrip("/")
    seen: set[str] = set()
    todo = [f"{base}/"]
    while todo:
        url = todo.pop()
        _, totals, words = url.partition("?")[0].partition("/invoices/totals/")
        if url in seen or (totals and len(words.split("/")) > WORDS_OF_TOTALS):
            continue
        seen.add(url)
        answer = full.get(url)
        if answer.status_code == 404 and url.endswith(NOT_FOUND_ALLOWED):
            continue
        assert answer.status_code == 200, (url, answer.text)
        if answer.headers["content-type"].startswith("application/json"):
            doc = answer.json()
            assert doc["self"] in (url, f"{base}/self"), url
            todo += links(doc, base)
    assert len(seen) > 300


RECORDED: dict[str, Doc] = {
    "/customers/1": {
        "customerNumber": 0,
        "currency": 0,
        "paymentTerms": {"paymentTermsNumber": 0, "self": 0},
        "customerGroup": {"customerGroupNumber": 0, "self": 0},
        "balance": 0,
        "dueAmount": 0,
        "name": 0,
        "vatZone": {"vatZoneNumber": 0, "self": 0},
        "lastUpdated": 0,
        "contacts": 0,
        "templates": {"invoice": 0, "invoiceLine": 0, "self": 0},
        "totals": {"drafts": 0, "booked": 0, "self": 0},
        "deliveryLocations": 0,
        "invoices": {"drafts": 0, "booked": 0, "self": 0},
        "eInvoicingDisabledByDefault": 0,
        "metaData": {
            "delete": {"description": 0, "href": 0, "httpMethod": 0},
            "replace": {"description": 0, "href": 0, "httpMethod": 0},
        },
        "self": 0,
    },
    "/products/24-MB01": {
        "productNumber": 0,
        "description": 0,
        "name": 0,
        "recommendedPrice": 0,
        "salesPrice": 0,
        "barCode": 0,
        "barred": 0,
        "lastUpdated": 0,
        "productGroup": {"productGroupNumber": 0, "name": 0, "salesAccounts": 0, "products": 0, "self": 0},
        "unit": {"unitNumber": 0, "name": 0, "products": 0, "self": 0},
        "inventory": dict.fromkeys(
            (
                *("inStock", "available", "orderedByCustomers", "orderedFromSuppliers", "packageVolume"),
                *("grossWeight", "netWeight", "recommendedCostPrice"),
            ),
            0,
        ),
        "invoices": {"drafts": 0, "booked": 0, "self": 0},
        "pricing": {"currencySpecificSalesPrices": 0},
        "metaData": {"delete": {"description": 0}, "replace": {"description": 0}},
        "self": 0,
    },
}
_TOTALS = (
    *("date", "currency", "exchangeRate", "netAmount", "netAmountInBaseCurrency", "grossAmount"),
    *("grossAmountInBaseCurrency", "vatAmount", "roundingAmount", "dueDate"),
)
_DOCUMENT: Doc = {
    **dict.fromkeys(_TOTALS, 0),
    "paymentTerms": {"paymentTermsNumber": 0, "daysOfCredit": 0, "name": 0, "paymentTermsType": 0, "self": 0},
    "customer": {"customerNumber": 0, "self": 0},
    "recipient": {"name": 0, "vatZone": {"vatZoneNumber": 0, "name": 0, "self": 0}},
    "references": {"other": 0},
    "notes": {"heading": 0},
    "layout": {"layoutNumber": 0, "self": 0},
    "pdf": {"download": 0},
    "self": 0,
}
_LINE = ("lineNumber", "sortKey", "description", "product", "quantity", "unitNetPrice", "discountPercentage")
_LINE_MARGINS = ("unitCostPrice", "totalNetAmount", "marginInBaseCurrency", "marginPercentage")
_MARGINS = dict.fromkeys(("marginInBaseCurrency", "marginPercentage", "costPriceInBaseCurrency", "attachment"), 0)
_UNIT = {"unit": {"unitNumber": 0, "name": 0, "products": 0, "self": 0}}
RECORDED["/orders/drafts/1"] = {
    **_DOCUMENT,
    **_MARGINS,
    "orderNumber": 0,
    "templates": {"upgradeInstructions": 0, "self": 0},
    "soap": {"orderHandle": {"id": 0}},
    "lines": [{**dict.fromkeys((*_LINE, *_LINE_MARGINS), 0), **_UNIT, "departmentalDistribution": {"self": 0}}],
    "lastUpdated": 0,
}
RECORDED["/invoices/drafts/1"] = {
    **_DOCUMENT,
    **_MARGINS,
    "draftInvoiceNumber": 0,
    "templates": {"bookingInstructions": 0, "self": 0},
    "soap": {"currentInvoiceHandle": {"id": 0}},
    "lines": [{**dict.fromkeys((*_LINE, *_LINE_MARGINS), 0), **_UNIT}],
    "lastUpdated": 0,
}
RECORDED["/invoices/booked/10001"] = {
    **_DOCUMENT,
    "bookedInvoiceNumber": 0,
    "orderNumber": 0,
    "remainder": 0,
    "remainderInBaseCurrency": 0,
    "sent": 0,
    "lines": [{**dict.fromkeys(_LINE, 0), **_UNIT, "vatRate": 0, "vatAmount": 0, "totalNetAmount": 0}],
}
RECORDED["/journals/1/vouchers/2026-1"] = {
    "accountingYear": {"year": 0, "self": 0},
    "journal": {"journalNumber": 0, "self": 0},
    "entries": {
        "customerPayments": [
            {
                "customer": {"customerNumber": 0, "self": 0},
                "journal": {"journalNumber": 0, "self": 0},
                "currency": {"code": 0},
                "voucher": {"accountingYear": {"year": 0}, "voucherNumber": 0, "attachment": 0, "self": 0},
                **dict.fromkeys(("amount", "date", "exchangeRate", "entryType", "amountDefaultCurrency"), 0),
                **dict.fromkeys(("remainder", "remainderDefaultCurrency", "journalEntryNumber", "self"), 0),
                "metaData": {"delete": {"description": 0, "href": 0, "httpMethod": 0}},
            }
        ]
    },
    "voucherNumber": 0,
    "attachment": 0,
    "self": 0,
}


def missing(wanted: Any, found: Any, at: str) -> Iterator[str]:
    if isinstance(wanted, dict):
        for name, below in wanted.items():
            if not isinstance(found, dict) or name not in found:
                yield f"{at}.{name}"
            else:
                yield from missing(below, found[name], f"{at}.{name}")
    elif isinstance(wanted, list):
        yield from missing(wanted[0], found[0] if found else None, f"{at}[0]")


def test_answers_have_the_keys_that_were_recorded(full: httpx.Client) -> None:
    wrong = [name for path, wanted in RECORDED.items() for name in missing(wanted, full.get(path).json(), path)]
    assert not wrong
