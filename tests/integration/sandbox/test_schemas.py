"""Every answer fits e-conomic's own GET schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft3Validator

from tests.integration.sandbox.conftest import Doc, book, line, new_customer, new_draft, today

SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "economic" / "schemas"
pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"e-conomic's schemas are not at {SCHEMAS}")

ADDRESSES = {
    "/self": "self",
    "/customers": "customers",
    "/customers/1": "customers.customerNumber",
    "/customers/1/contacts": "customers.customerNumber.contacts",
    "/customers/1/contacts/1": "customers.customerNumber.contacts.contactNumber",
    "/customers/1/delivery-locations": "customers.customerNumber.delivery-locations",
    "/customers/1/delivery-locations/1": "customers.customerNumber.delivery-locations.deliveryLocationNumber",
    "/customers/1/invoices/drafts": "customers.customerNumber.invoices.drafts",
    "/customers/1/invoices/booked": "customers.customerNumber.invoices.booked",
    "/customer-groups": "customer-groups",
    "/customer-groups/1": "customer-groups.customerGroupNumber",
    "/customer-groups/1/customers": "customer-groups.customerGroupNumber.customers",
    "/products": "products",
    "/products/24-MB01": "products.productNumber",
    "/product-groups": "product-groups",
    "/product-groups/1": "product-groups.productGroupNumber",
    "/product-groups/1/products": "product-groups.productGroupNumber.products",
    "/product-groups/1/sales-accounts": "product-groups.productGroupNumber.sales-accounts",
    "/units": "units",
    "/units/1": "units.unitNumber",
    "/vat-zones": "vat-zones",
    "/vat-zones/1": "vat-zones.vatZoneNumber",
    "/vat-accounts": "vat-accounts",
    "/vat-accounts/U25": "vat-accounts.id",
    "/payment-terms": "payment-terms",
    "/payment-terms/3": "payment-terms.paymentTermsNumber",
    "/layouts": "layouts",
    "/layouts/1": "layouts.layoutNumber",
    "/currencies": "currencies",
    "/currencies/EUR": "currencies.code",
    "/departments": "departments",
    "/departments/1": "departments.departmentNumber",
    "/departmental-distributions": "departmental-distributions",
    "/departmental-distributions/departments": "departmental-distributions.departments",
    "/departmental-distributions/departments/1": (
        "departmental-distributions.departments.departmentalDistributionNumber"
    ),
    "/employees": "employees",
    "/employees/1": "employees.employeeNumber",
    "/accounting-years": "accounting-years",
    "/accounting-years/2026": "accounting-years.accountingYear",
    "/accounting-years/2026/periods": "accounting-years.accountingYear.periods",
    "/accounting-years/2026/periods/1": "accounting-years.accountingYear.periods.accountingYearPeriod",
    "/orders": "orders",
    "/orders/drafts": "orders.drafts",
    "/orders/drafts/1": "orders.drafts.orderNumber",
    "/orders/drafts/1/templates": "orders.drafts.orderNumber.templates",
    "/orders/sent": "orders.sent",
    "/orders/sent/2": "orders.sent.orderNumber",
    "/orders/archived": "orders.archived",
    "/orders/archived/3": "orders.archived.orderNumber",
    "/invoices": "invoices",
    "/invoices/drafts": "invoices.drafts",
    "/invoices/drafts/1": "invoices.drafts.draftInvoiceNumber",
    "/invoices/drafts/1/templates": "invoices.drafts.draftInvoiceNumber.templates",
    "/invoices/drafts/7/templates/booking-instructions": (
        "invoices.drafts.draftInvoiceNumber.templates.booking-instructions"
    ),
    "/invoices/booked": "invoices.booked",
    "/invoices/booked/10001": "invoices.booked.bookedInvoiceNumber",
    "/invoices/paid": "invoices.paid",
    "/invoices/unpaid": "invoices.unpaid",
    "/invoices/overdue": "invoices.overdue",
    "/invoices/not-due": "invoices.not-due",
    "/invoices/sent": "invoices.sent",
}


def schema(name: str) -> Doc:
    """The GET schema. A pattern of lastUpdated lost its backslashes in three of them."""
    text = (SCHEMAS / f"{name}.get.schema.json").read_text(encoding="utf-8")
    found: Doc = json.loads(text.replace("Td{2}:d{2}:d{2}Z", r"T\\d{2}:\\d{2}:\\d{2}Z"))
    return found


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
    return api


def test_every_answer_fits_its_schema(full: httpx.Client) -> None:
    wrong: list[str] = []
    for path, name in ADDRESSES.items():
        answer = full.get(path)
        assert answer.status_code == 200, (path, answer.text)
        doc: Any = answer.json()
        assert doc.get("collection") != [], path
        wrong += [
            f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:120]}"
            for error in Draft3Validator(schema(name)).iter_errors(doc)
        ]
    assert not wrong, "\n".join(wrong)


def test_every_property_of_an_answer_is_published_or_recorded(full: httpx.Client) -> None:
    recorded = {
        "/customers/1": set(),
        "/products/24-MB01": {"pricing"},
        "/orders/drafts/1": set(),
        "/invoices/drafts/1": set(),
        "/invoices/booked/10001": {"orderNumber"},
    }
    for path, extra in recorded.items():
        published = set(schema(ADDRESSES[path])["properties"])
        assert set(full.get(path).json()) - published == extra
