"""Which properties e-conomic filters on in fact, by collection.

The published schemas name more; what a real agreement refuses (400) or fails at (500) is left out: stock numbers and
departmental distributions of products, payment terms of documents, `references.customerContact`, e-mail and phone of
employees, everything of customer groups but name and number. `pNumber` is not published and works. Numbers of others
stand as ``:n`` in a collection's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Kind = Literal["text", "number", "date", "time", "flag"]

_NUMBER = re.compile(r"/\d[\w.-]*(?=/|$)")


def _all(kind: Kind, *names: str) -> dict[str, Kind]:
    return dict.fromkeys(names, kind)


_DOCUMENT: dict[str, Kind] = {
    **_all("date", "date", "delivery.deliveryDate"),
    **_all(
        "text",
        "currency",
        *(f"recipient.{name}" for name in ("name", "address", "zip", "city", "country", "ean", "publicEntryNumber")),
        *(f"delivery.{name}" for name in ("address", "zip", "city", "country", "deliveryTerms")),
        *(f"notes.{name}" for name in ("heading", "textLine1", "textLine2")),
        "references.other",
    ),
    **_all(
        "number",
        "customer.customerNumber",
        "deliveryLocation.deliveryLocationNumber",
        "references.salesPerson.employeeNumber",
        "references.vendorReference.employeeNumber",
    ),
}
_OPEN: dict[str, Kind] = {**_DOCUMENT, "exchangeRate": "number"}
_ORDER: dict[str, Kind] = {**_OPEN, "orderNumber": "number"}
_BOOKED: dict[str, Kind] = {**_DOCUMENT, **_all("number", "bookedInvoiceNumber", "recipient.vatZone.vatZoneNumber")}

FILTERABLE: Mapping[str, Mapping[str, Kind]] = {
    "/customers": {
        **_all(
            "text",
            *("address", "city", "corporateIdentificationNumber", "country", "currency", "ean", "email", "name"),
            *("publicEntryNumber", "telephoneAndFaxNumber", "mobilePhone", "vatNumber", "website", "zip", "pNumber"),
        ),
        **_all("number", "balance", "creditLimit", "customerNumber", "customerGroup.customerGroupNumber"),
        "barred": "flag",
        "lastUpdated": "time",
    },
    "/customers/:n/contacts": {
        **_all("text", "email", "name", "phone", "eInvoiceId"),
        **_all("number", "customerContactNumber", "customer.customerNumber", "sortKey"),
    },
    "/customers/:n/delivery-locations": {
        **_all("text", "address", "city", "country", "postalCode"),
        **_all("number", "deliveryLocationNumber", "sortKey"),
        "barred": "flag",
    },
    "/customer-groups": {"name": "text", "customerGroupNumber": "number"},
    "/products": {
        **_all("text", "productNumber", "description", "name", "barCode"),
        **_all(
            "number",
            *("costPrice", "recommendedPrice", "salesPrice", "unit.unitNumber", "productGroup.productGroupNumber"),
        ),
        "barred": "flag",
        "lastUpdated": "time",
    },
    "/departments": {"departmentNumber": "number", "name": "text", "barred": "flag"},
    "/departmental-distributions": {"departmentalDistributionNumber": "number", "name": "text"},
    "/employees": {
        **_all("number", "employeeNumber", "employeeGroup.employeeGroupNumber"),
        "name": "text",
        "barred": "flag",
    },
    "/orders/drafts": {**_ORDER, "lastUpdated": "time"},
    "/orders/sent": {**_ORDER, "lastUpdated": "time"},
    "/orders/archived": _ORDER,
    "/invoices/drafts": {**_OPEN, "draftInvoiceNumber": "number", "lastUpdated": "time"},
    "/invoices/booked": {**_BOOKED, "exchangeRate": "number"},
    "/invoices/paid": _BOOKED,
    "/invoices/unpaid": _BOOKED,
    "/invoices/overdue": _BOOKED,
    "/invoices/not-due": _BOOKED,
    "/journals": {"name": "text", "journalNumber": "number"},
    "/journals/:n/entries": {
        **_all("number", "account.accountNumber", "customer.customerNumber", "supplier.supplierNumber", "amount"),
        **_all("number", "exchangeRate", "voucher.voucherNumber", "journalEntryNumber"),
        **_all("text", "text", "currency.code"),
        "date": "date",
    },
    "/accounting-years/:n/entries": {
        **_all("number", "customer.customerNumber", "voucherNumber"),
        "text": "text",
        "date": "date",
    },
    "/accounting-years": {"fromDate": "date", "toDate": "date", "year": "text"},
}


def template(collection: str) -> str:
    """A collection's name in `FILTERABLE`: ``/customers/7/contacts`` is ``/customers/:n/contacts``."""
    return _NUMBER.sub("/:n", collection)
