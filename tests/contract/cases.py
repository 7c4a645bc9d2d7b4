"""The contract: what e-conomic's REST API answers, as a table. No case depends on the data of an agreement.

Nothing here deletes by a filter: a server that ignored it would delete every draft of the agreement.

A case may use what earlier cases of its story have kept: `{name}` in a path and `"{name}"` in a body stand for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Doc = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One request and what is expected.

    `code`: an errorCode anywhere in the body. `keys`: ways that the answer has. `keep`: name -> way in the answer.
    """

    method: str
    path: str
    status: int
    code: str | None = None
    keys: tuple[str, ...] = ()
    body: Any = None
    headers: Doc = field(default_factory=dict)
    keep: dict[str, str] = field(default_factory=dict)
    tokens: bool = True
    file: bytes | None = None

    @property
    def name(self) -> str:
        """For pytest."""
        return f"{self.method} {self.path} {self.status} {self.code or ''}".strip()


@dataclass(frozen=True)
class Story:
    """Cases that belong together, in order.

    `writes`: it changes the agreement, and tidies up in `after`. `final`: some of it cannot be undone.
    """

    name: str
    cases: tuple[Case, ...]
    writes: bool = False
    final: bool = False
    after: tuple[Case, ...] = ()


PAGE = (
    "collection",
    "pagination.skipPages",
    "pagination.pageSize",
    "pagination.maxPageSizeAllowed",
    "pagination.results",
    "pagination.resultsWithoutFilter",
    "pagination.firstPage",
    "pagination.lastPage",
    "self",
)
ERROR = ("message", "developerHint", "logId", "httpStatusCode", "logTime")


def _get(path: str, status: int = 200, code: str | None = None, *keys: str, **more: Any) -> Case:
    return Case("GET", path, status, code, keys or (PAGE if status == 200 else ERROR), **more)


READING = Story(
    "reading",
    (
        _get("/self", 200, None, "agreementNumber", "application.requiredRoles", "settings.baseCurrency", "modules"),
        *(
            _get(path)
            for path in (
                *("/customers", "/products", "/orders/drafts", "/orders/sent", "/orders/archived"),
                *("/invoices/drafts", "/invoices/booked", "/invoices/paid", "/invoices/unpaid", "/invoices/overdue"),
                *("/invoices/not-due", "/customer-groups", "/product-groups", "/units", "/vat-zones", "/layouts"),
                *("/payment-terms", "/currencies", "/employees", "/accounting-years", "/accounts", "/vat-accounts"),
            )
        ),
        _get("/orders", 200, None, "drafts", "sent", "archived", "self"),
        _get("/invoices", 200, None, "drafts", "booked", "paid", "unpaid", "overdue", "notDue", "self"),
        _get("/currencies/DKK", 200, None, "code", "name", "isoNumber", "self"),
        _get("/", 200, None, "stable"),
        _get("/invoices/totals", 200, None, "drafts.invoiceCount", "booked.paid", "booked.unpaid.overdue", "self"),
        _get("/invoices/totals/booked", 200, None, "invoiceCount", "netAmountInBaseCurrency", "customers", "unpaid"),
        _get("/invoices/totals/booked/customers", 200, None, "customers", "invoiceCount", "self"),
    ),
)

REFUSED_READS = Story(
    "reads that are refused",
    (
        _get("/customers/999999998", 404),
        _get("/products/there-is-none", 404),
        _get("/nothing-of-this-name", 404),
        _get("/customers?pagesize=1001", 400, "E04810"),
        _get("/customers?filter=bogus$eq:1", 400, None, *ERROR, "errors", "allowedFilteringFields"),
        _get("/customers?filter=name", 400),
        _get("/customers?sort=bogus", 400),
        _get(f"/customers?filter=customerNumber$in:[{','.join(map(str, range(1, 202)))}]", 400),
        _get("/products?filter=inventory.inStock$gt:0", 400),
        _get("/self", 401, tokens=False),
    ),
)

QUERIES = Story(
    "queries",
    (
        _get("/customers?pagesize=1000&skippages=9999", 200, None, *PAGE, "pagination.previousPage"),
        _get(f"/customers?filter=customerNumber$in:[{','.join(map(str, range(1, 201)))}]"),
        _get("/customers?filter=name$like:*a*$and:(zip$eq:$null:$or:city$ne:x)&sort=-customerNumber"),
        _get("/customers?filter=ean$eq:$null:&sort=~name"),
        _get("/customers?filter=creditLimit$in:[10,$null:]&sort=~customerNumber"),
        _get("/products?filter=barred$eq:false&pagesize=1"),
        _get("/invoices/booked?filter=references.other$eq:there-is-none"),
        _get("/orders/drafts?filter=references.other$like:there-is-none&pagesize=1"),
    ),
)

ZERO = {"customerGroup": {"customerGroupNumber": 0}}
INVALID = (*ERROR, "errorCode", "errors", "errorCount")


def _refuses(path: str, body: Any, code: str | None) -> Case:
    return Case("POST", path, 400, code, INVALID, body)


REFUSED_WRITES = Story(
    "writes that are refused",
    (
        _refuses("/customers", {}, "E04300"),
        _refuses("/customers", {"name": None}, "E04300"),
        _refuses("/customers", {**ZERO, "name": "x"}, "E04300"),
        _refuses(
            "/products", {"productNumber": "x" * 26, "name": "x", "productGroup": {"productGroupNumber": 1}}, None
        ),
        _refuses("/invoices/drafts", {}, "E04300"),
        _refuses("/orders/drafts", {}, "E04300"),
        _refuses("/invoices/booked", {}, None),
        Case("POST", "/customers", 415, None, ("message",), "x", {"Content-Type": "text/plain"}),
        Case("DELETE", "/invoices/drafts/999999998", 404, "E06000", ERROR),
        Case("DELETE", "/customers/999999998", 404, "E06000", ERROR),
        Case("DELETE", "/products/there-is-none", 404, "E06000", ERROR),
    ),
    writes=True,
)

CUSTOMER = {
    "currency": "DKK",
    "customerGroup": {"customerGroupNumber": "{group}"},
    "vatZone": {"vatZoneNumber": 1},
    "name": "Contract Test {mark}",
    "paymentTerms": {"paymentTermsNumber": "{terms}"},
}
PRODUCT = {
    "productNumber": "{mark}",
    "name": "Contract Test",
    "productGroup": {"productGroupNumber": "{products}"},
    "salesPrice": 12.5,
}
DRAFT = {
    "date": "{today}",
    "currency": "DKK",
    "layout": {"layoutNumber": "{layout}"},
    "paymentTerms": {"paymentTermsNumber": "{terms}"},
    "customer": {"customerNumber": "{customer}"},
    "recipient": {"name": "Contract Test", "vatZone": {"vatZoneNumber": 1}},
    "references": {"other": "{mark}"},
    "lines": [{"product": {"productNumber": "{mark}"}, "description": "x", "quantity": 2, "unitNetPrice": 12.5}],
}
_NO_QUANTITY = {**DRAFT, "lines": [{"product": {"productNumber": "{mark}"}, "description": "x"}]}
_NO_NUMBER = {**DRAFT, "lines": [{"product": {}, "description": "x", "quantity": 1}]}
_DECIMALS = {**DRAFT, "lines": [{**DRAFT["lines"][0], "unitNetPrice": 1.005}]}  # type: ignore[index]  # a list
_LISTS = (
    _get("/customer-groups?pagesize=1", keep={"group": "collection.0.customerGroupNumber"}),
    _get("/product-groups?pagesize=1", keep={"products": "collection.0.productGroupNumber"}),
    _get("/payment-terms?pagesize=1", keep={"terms": "collection.0.paymentTermsNumber"}),
    _get("/layouts?pagesize=1", keep={"layout": "collection.0.layoutNumber"}),
)
_LINES = ("lines.0.lineNumber", "lines.0.totalNetAmount", "lines.0.product.self")
_AMOUNTS = ("netAmount", "vatAmount", "grossAmount", "exchangeRate", "dueDate", "paymentTerms.name", "pdf.download")

SALE = Story(
    "a customer, a product and drafts",
    (
        *_LISTS,
        Case(
            "POST",
            "/customers",
            201,
            None,
            ("customerNumber", "balance", "contacts", "templates.invoiceLine", "metaData.delete.href", "self"),
            CUSTOMER,
            keep={"customer": "customerNumber"},
        ),
        _refuses("/customers", {**CUSTOMER, "customerNumber": "{customer}"}, "E06010"),
        _refuses("/customers", {**CUSTOMER, "paymentTerms": {"paymentTermsNumber": 99999}}, "E07080"),
        _refuses("/customers", {**CUSTOMER, "customerGroup": {"customerGroupNumber": 99999}}, "E07140"),
        _get("/customers?filter=customerNumber$eq:{customer}"),
        Case("PUT", "/customers/{customer}", 200, None, ("customerNumber", "barred"), {**CUSTOMER, "city": "Aarhus"}),
        Case(
            "POST",
            "/products",
            201,
            None,
            ("productNumber", "productGroup.salesAccounts", "pricing", "metaData.replace.href", "self"),
            PRODUCT,
        ),
        _refuses("/products", PRODUCT, "E06010"),
        _get("/products/{mark}", 200, None, "productNumber", "salesPrice", "barred", "lastUpdated", "invoices.drafts"),
        _refuses("/invoices/drafts", _NO_QUANTITY, "E04730"),
        _refuses("/invoices/drafts", _NO_NUMBER, "E04500"),
        _refuses("/invoices/drafts", _DECIMALS, "E04740"),
        Case(
            "POST",
            "/invoices/drafts",
            201,
            None,
            ("draftInvoiceNumber", "soap.currentInvoiceHandle.id", "templates.bookingInstructions", *_LINES, *_AMOUNTS),
            DRAFT,
            {"Idempotency-Key": "{mark}"},
            {"draft": "draftInvoiceNumber"},
        ),
        Case(
            "POST",
            "/invoices/drafts",
            201,
            None,
            ("draftInvoiceNumber",),
            DRAFT,
            {"Idempotency-Key": "{mark}"},
            {"again": "draftInvoiceNumber"},
        ),
        Case("POST", "/customers", 400, "URLChanged", (), CUSTOMER, {"Idempotency-Key": "{mark}"}),
        _get("/invoices/drafts?filter=references.other$eq:{mark}"),
        Case("PUT", "/invoices/drafts/{draft}", 200, None, ("lines",), {**DRAFT, "notes": {"heading": "x"}}),
        Case("POST", "/invoices/drafts/{draft}/lines", 201, body={"lines": DRAFT["lines"]}),
        _get("/invoices/drafts/{draft}", 200, None, "lines.1.product.productNumber"),
        _get("/invoices/drafts/{draft}/templates/booking-instructions", 200, None, "draftInvoice"),
        Case("DELETE", "/customers/{customer}", 400, None, ERROR),
        Case("DELETE", "/products/{mark}", 400, None, ERROR),
        Case("DELETE", "/invoices/drafts/{draft}", 200, None, ("message", "deletedCount", "deletedItems")),
        Case("DELETE", "/invoices/drafts/{draft}", 404, "E06000", ERROR),
    ),
    writes=True,
    after=(
        Case("DELETE", "/invoices/drafts/{draft}", 200),
        Case("DELETE", "/invoices/drafts/{again}", 200),
        Case("DELETE", "/products/{mark}", 204),
        Case("DELETE", "/customers/{customer}", 204),
    ),
)

_CUSTOMER = Case("POST", "/customers", 201, None, ("customerNumber",), CUSTOMER, keep={"customer": "customerNumber"})
_PRODUCT = Case("POST", "/products", 201, None, ("productNumber",), PRODUCT)
_AWAY = (Case("DELETE", "/products/{mark}", 204), Case("DELETE", "/customers/{customer}", 204))

ORDERS = Story(
    "orders",
    (
        *_LISTS,
        _CUSTOMER,
        _PRODUCT,
        Case(
            "POST",
            "/orders/drafts",
            201,
            None,
            ("orderNumber", "soap.orderHandle.id", "templates.upgradeInstructions", *_LINES, *_AMOUNTS),
            DRAFT,
            keep={"order": "orderNumber"},
        ),
        _get("/orders/drafts?filter=references.other$eq:{mark}"),
        _get("/orders/drafts/{order}", 200, None, "lines", "references.other", "customer.self"),
        _get("/orders/drafts/{order}/templates/upgrade-instructions/draftInvoice", 200, None, "draftInvoice"),
        Case("PUT", "/orders/drafts/{order}", 200, None, ("notes.heading",), {**DRAFT, "notes": {"heading": "x"}}),
        _refuses("/orders/drafts", {**DRAFT, "customer": {"customerNumber": 999999998}}, None),
        Case("POST", "/orders/sent", 201, None, ("orderNumber", "lines"), {**DRAFT, "orderNumber": "{order}"}),
        _get("/orders/sent/{order}", 200, None, "lines", "references.other"),
        _get("/orders/drafts/{order}", 404),
        Case("POST", "/orders/drafts", 201, None, ("orderNumber", "lines"), {**DRAFT, "orderNumber": "{order}"}),
        _get("/orders/sent/{order}", 404),
        Case("DELETE", "/orders/drafts/{order}", 204),
        Case("DELETE", "/orders/drafts/{order}", 404, "E06000", ERROR),
    ),
    writes=True,
    after=(Case("DELETE", "/orders/drafts/{order}", 204), Case("DELETE", "/orders/sent/{order}", 204), *_AWAY),
)

BELOW = Story(
    "contacts, places, prices and files",
    (
        *_LISTS,
        _CUSTOMER,
        _PRODUCT,
        Case(
            "POST",
            "/customers/{customer}/contacts",
            201,
            None,
            ("customerContactNumber", "sortKey", "customer.self", "self"),
            {"name": "Bo"},
            keep={"contact": "customerContactNumber"},
        ),
        _refuses("/customers/{customer}/contacts", {"email": "x"}, "E04300"),
        _get("/customers/{customer}/contacts"),
        Case("DELETE", "/customers/{customer}/contacts/{contact}", 204),
        Case(
            "POST",
            "/customers/{customer}/delivery-locations",
            201,
            None,
            ("deliveryLocationNumber", "postalCode"),
            {"postalCode": "8000", "address": "x"},
        ),
        _refuses("/customers/{customer}/delivery-locations", {"postalCode": "x" * 16}, "E04300"),
        _get("/customers/{customer}/totals", 200, None, "drafts", "booked"),
        _get("/products/{mark}/pricing/currency-specific-sales-prices"),
        Case("POST", "/invoices/drafts", 201, None, ("pdf.download",), DRAFT, keep={"draft": "draftInvoiceNumber"}),
        Case("POST", "/invoices/drafts/{draft}/attachment/file", 201, file=b"%PDF-1.4\n%%EOF\n"),
        Case("DELETE", "/invoices/drafts/{draft}/attachment/file", 204),
        Case("DELETE", "/invoices/drafts/{draft}/attachment/file", 404, None, ERROR),
    ),
    writes=True,
    after=(Case("DELETE", "/invoices/drafts/{draft}", 200), *_AWAY),
)

_VOUCHER = {
    "accountingYear": {"year": "{year}"},
    "entries": {
        "customerPayments": [
            {"date": "{first}", "amount": -1, "customer": {"customerNumber": "{customer}"}, "text": "{mark}"}
        ]
    },
}
VOUCHER = Story(
    "a voucher",
    (
        *_LISTS,
        _CUSTOMER,
        _get("/journals?pagesize=1", keep={"journal": "collection.0.journalNumber"}),
        _get(
            "/accounting-years?sort=-fromDate&pagesize=1",
            keep={"year": "collection.0.year", "first": "collection.0.fromDate"},
        ),
        Case(
            "POST",
            "/journals/{journal}/vouchers",
            201,
            None,
            ("0.voucherNumber", "0.attachment", "0.entries.customerPayments.0.metaData.delete.href", "0.self"),
            _VOUCHER,
            keep={"entry": "0.entries.customerPayments.0.journalEntryNumber"},
        ),
        _get("/journals/{journal}/entries"),
        _get("/journals/{journal}/vouchers"),
        Case("DELETE", "/journals/{journal}/entries/{entry}", 204),
        Case("DELETE", "/journals/{journal}/entries/{entry}", 404, None, ERROR),
    ),
    writes=True,
    after=(Case("DELETE", "/journals/{journal}/entries/{entry}", 204), Case("DELETE", "/customers/{customer}", 204)),
)

BOOKING = Story(
    "booking",
    (
        *_LISTS,
        _CUSTOMER,
        _PRODUCT,
        Case("POST", "/invoices/drafts", 201, None, ("pdf.download",), DRAFT, keep={"draft": "draftInvoiceNumber"}),
        _refuses("/invoices/booked", {"draftInvoice": {"draftInvoiceNumber": "{draft}"}, "sendBy": "ean"}, "E04300"),
        Case(
            "POST",
            "/invoices/booked",
            201,
            None,
            ("bookedInvoiceNumber", "orderNumber", "remainder", "lines.0.vatRate", "lines.0.vatAmount", "sent", "pdf"),
            {"draftInvoice": {"draftInvoiceNumber": "{draft}"}},
            keep={"booked": "bookedInvoiceNumber"},
        ),
        _get("/invoices/drafts/{draft}", 404),
        _get("/invoices/booked/{booked}", 200, None, "references.other", "grossAmount", "remainderInBaseCurrency"),
        _get("/invoices/booked?filter=references.other$eq:{mark}"),
        Case("DELETE", "/customers/{customer}", 400, None, ERROR),
        Case("DELETE", "/products/{mark}", 400, None, ERROR),
        Case("DELETE", "/invoices/booked/{booked}", 405),
    ),
    writes=True,
    final=True,
)

STORIES = (READING, REFUSED_READS, QUERIES, REFUSED_WRITES, SALE, ORDERS, BELOW, VOUCHER, BOOKING)
