"""One sandbox per test process, as on its first day for every test; spoken to over real HTTP."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from econ_client.sandbox import SandboxServer
from tests.plain import plain_client

Doc = dict[str, Any]


@pytest.fixture(scope="session")
def running() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def sandbox(running: SandboxServer) -> SandboxServer:
    running.clock.ahead = 0
    running.app.reset()
    return running


@pytest.fixture
def api(sandbox: SandboxServer) -> Iterator[httpx.Client]:
    with plain_client(sandbox.url, timeout=10) as client:
        yield client


@pytest.fixture
def customer(api: httpx.Client) -> Doc:
    """A customer of the first group."""
    answer: Doc = api.post("/customers", json=new_customer()).json()
    return answer


@pytest.fixture
def goods(api: httpx.Client) -> Doc:
    """A product that is kept in stock."""
    answer: Doc = api.post("/products", json=new_product("24-MB01")).json()
    return answer


def new_customer(**more: Any) -> Doc:
    return {
        "currency": "DKK",
        "customerGroup": {"customerGroupNumber": 1},
        "vatZone": {"vatZoneNumber": 1},
        "name": "Åse Nørgård",
        "paymentTerms": {"paymentTermsNumber": 1},
        **more,
    }


def new_product(number: str, group: int = 1, **more: Any) -> Doc:
    return {"productNumber": number, "name": "Taske", "productGroup": {"productGroupNumber": group}, **more}


def line(product: str = "shipping", quantity: float = 1, price: float = 100, **more: Any) -> Doc:
    return {
        "product": {"productNumber": product},
        "description": "En linje",
        "quantity": quantity,
        "unitNetPrice": price,
        **more,
    }


def new_draft(*lines: Doc, zone: int = 1, **more: Any) -> Doc:
    return {
        "date": "2026-03-31",
        "currency": "DKK",
        "layout": {"layoutNumber": 1},
        "paymentTerms": {"paymentTermsNumber": 1},
        "customer": {"customerNumber": 1},
        "recipient": {"name": "Åse Nørgård", "vatZone": {"vatZoneNumber": zone}},
        "lines": list(lines) or [line()],
        **more,
    }


def today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def problems(answer: httpx.Response) -> list[tuple[str, str]]:
    """(property, code) of every error, wherever it stands in the tree."""
    assert answer.status_code == 400, answer.text

    def walk(node: Any) -> Iterator[tuple[str, str]]:
        if isinstance(node, dict):
            if "errorMessage" in node:
                yield node["propertyName"], node["errorCode"]
            for value in node.values():
                yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    return list(walk(answer.json()["errors"]))


def book(api: httpx.Client, *lines: Doc, **more: Any) -> httpx.Response:
    """A draft invoice, booked."""
    made = api.post("/invoices/drafts", json=new_draft(*lines, **more))
    assert made.status_code == 201, made.text
    return api.post(
        "/invoices/booked", json={"draftInvoice": {"draftInvoiceNumber": made.json()["draftInvoiceNumber"]}}
    )


@pytest.fixture
def full(api: httpx.Client) -> httpx.Client:
    """An agreement with one of everything, every optional property filled."""
    contact, place = {"customerContactNumber": 1}, {"deliveryLocationNumber": 1}
    api.post("/customers", json=new_customer())
    api.post(
        "/customers/1/contacts",
        json={"name": "Bo", "email": "bo@example.com", "phone": "1", "notes": "n", "emailNotifications": ["orders"]},
    )
    api.post("/customers/1/delivery-locations", json={"address": "Gade 1", "postalCode": "8000", "barred": False})
    customer = {
        **dict.fromkeys(("address", "zip", "city", "country", "website", "mobilePhone"), "x"),
        "email": "a@example.com b@example.com",
        "corporateIdentificationNumber": "12345674",
        "ean": "5790000000012",
        "creditLimit": 10.5,
        "layout": {"layoutNumber": 1},
        "salesPerson": {"employeeNumber": 1},
        "attention": contact,
        "customerContact": contact,
        "defaultDeliveryLocation": place,
    }
    api.put("/customers/1", json=new_customer(**customer)).raise_for_status()
    product = {
        "productNumber": "24-MB01",
        "name": "Taske",
        "description": "En taske",
        "productGroup": {"productGroupNumber": 1},
        "unit": {"unitNumber": 1},
        "salesPrice": 199.95,
        "barCode": "5701234567899",
        "departmentalDistribution": {"departmentalDistributionNumber": 1},
    }
    api.post("/products", json=product).raise_for_status()
    more: Doc = {
        "deliveryLocation": place,
        "delivery": {"address": "Gade 1", "deliveryDate": "2026-04-01"},
        "notes": {"heading": "h", "textLine1": "1", "textLine2": "2"},
        "references": {
            "other": "DK-1",
            "customerContact": contact,
            "salesPerson": {"employeeNumber": 1},
            "vendorReference": {"employeeNumber": 2},
        },
    }
    one = line(
        "24-MB01", 2, 99.95, unit={"unitNumber": 1}, departmentalDistribution={"departmentalDistributionNumber": 2}
    )
    body = new_draft(one, {"description": "Tekst"}, **more)
    body["recipient"] |= {"attention": contact, "address": "Gade 1", "nemHandelType": "ean", "ean": "5790000000012"}
    for _ in range(3):
        api.post("/orders/drafts", json=body).raise_for_status()
    for number in (2, 3):
        api.post("/orders/sent", json=api.get(f"/orders/drafts/{number}").json()).raise_for_status()
    upgraded = api.get("/orders/sent/3/templates/upgrade-instructions/draftInvoice").json()["draftInvoice"]
    api.post("/invoices/drafts", json=upgraded).raise_for_status()
    book(api, one, **more).raise_for_status()
    book(api, date="2020-01-01").raise_for_status()
    book(api, date=today()).raise_for_status()
    book(api, paymentTerms={"paymentTermsNumber": 3}, currency="EUR").raise_for_status()
    api.post("/invoices/drafts", json=new_draft(**more)).raise_for_status()
    api.post("/invoices/booked", json={"draftInvoice": {"draftInvoiceNumber": 6}, "sendBy": "EAN"}).raise_for_status()
    api.post("/invoices/drafts", json=new_draft()).raise_for_status()
    price = {"price": 14.95, "currency": {"code": "EUR"}}
    api.post("/products/24-MB01/pricing/currency-specific-sales-prices", json=price).raise_for_status()
    payment = {"date": "2026-03-31", "amount": -124.94, "text": "DK-1"}
    voucher = {
        "accountingYear": {"year": "2026"},
        "entries": {
            "customerPayments": [{**payment, "customer": {"customerNumber": 1}, "customerInvoice": 10001}],
            "financeVouchers": [
                {
                    **payment,
                    "account": {"accountNumber": 1010},
                    "contraAccount": {"accountNumber": 5820},
                    "vatAccount": {"vatCode": "U25"},
                    "employee": {"employeeNumber": 1},
                    "departmentalDistribution": {"departmentalDistributionNumber": 1},
                    "currency": {"code": "EUR"},
                    "unit1": {"unitNumber": 1},
                    "quantity1": 2,
                }
            ],
            "manualCustomerInvoices": [
                {**payment, "customer": {"customerNumber": 1}, "customerInvoice": 7, "dueDate": "2026-04-30"}
            ],
        },
    }
    api.post("/journals/1/vouchers", json=voucher).raise_for_status()
    for home in ("/journals/1/vouchers/2026-1", "/orders/drafts/1", "/invoices/drafts/1"):
        api.post(
            f"{home}/attachment/file", files={"file": ("a.pdf", b"%PDF-1.4", "application/pdf")}
        ).raise_for_status()
    return api
