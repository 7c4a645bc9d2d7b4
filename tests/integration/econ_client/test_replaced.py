"""A change is a replacement at e-conomic's: what it does not name is still there afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from econ_client import requests
from econ_client.client import Economic
from econ_client.documents import (
    Contact,
    ContactRef,
    Customer,
    CustomerGroupRef,
    DeliveryLocation,
    DeliveryLocationRef,
    EmployeeRef,
    LayoutRef,
    PaymentTermsRef,
    Product,
    ProductGroupRef,
    UnitRef,
    VatZoneRef,
)
from econ_client.requests import SERVER_ONLY, WriteRequest
from econ_client.sandbox import SandboxServer
from tests.integration.econ_client.test_client_on_sandbox import CUSTOMER
from tests.unit.econ_client.strategies import documents

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
OWNED = {"name": "Changed", "barred": True, "city": "Changed", "barCode": "Changed", "phone": "1", "address": None}
Update = Callable[[Mapping[str, Any]], WriteRequest]


@pytest.fixture(scope="module")
def client() -> Iterator[Economic]:
    with SandboxServer(seed="demo") as server, Economic(server.url, "demo", "demo") as economic:
        yield economic


@pytest.fixture(scope="module")
def customer(client: Economic) -> int:
    number: int = send(client, requests.create_customer(CUSTOMER))["customerNumber"]
    send(client, requests.create_contact(number, Contact(name="First")))
    send(client, requests.create_delivery_location(number, DeliveryLocation(city="First")))
    return number


def send(client: Economic, request: WriteRequest) -> dict[str, Any]:
    data: dict[str, Any] = client.send(request, str(uuid.uuid4())).data
    return data


def replaced(client: Economic, path: str, update: Update, names: set[str]) -> None:
    """Change these properties of what is at `path`; nothing else may have changed."""
    before = client.get(path).data
    changes = {name: OWNED[name] for name in names}
    send(client, update(requests.merged(before, changes)))
    after = client.get(path).data
    kept = {name: value for name, value in before.items() if name not in SERVER_ONLY}
    expected = {name: value for name, value in {**kept, **changes}.items() if value is not None}
    assert {name: value for name, value in after.items() if name not in SERVER_ONLY} == expected


def owned(*names: str) -> st.SearchStrategy[set[str]]:
    return st.sets(st.sampled_from(names))


@FEW
@given(documents(Customer, fitting=True), owned("name", "barred", "city", "address"))
def test_a_customer(client: Economic, customer: int, made: Customer, names: set[str]) -> None:
    fixed = {
        "customer_number": customer,
        "currency": "DKK",
        "customer_group": CustomerGroupRef(customer_group_number=2),
        "vat_zone": VatZoneRef(vat_zone_number=1),
        "payment_terms": PaymentTermsRef(payment_terms_number=2),
        "layout": made.layout and LayoutRef(layout_number=2),
        "sales_person": made.sales_person and EmployeeRef(employee_number=1),
        "attention": made.attention and ContactRef(customer_contact_number=1),
        "customer_contact": made.customer_contact and ContactRef(customer_contact_number=1),
        "default_delivery_location": made.default_delivery_location and DeliveryLocationRef(delivery_location_number=1),
        "vat_number": None,
        "e_invoicing_disabled_by_default": None,
    }
    send(client, requests.update_customer(customer, made.model_copy(update=fixed)))
    replaced(client, f"/customers/{customer}", lambda body: requests.update_customer(customer, body), names)


@FEW
@given(documents(Product, fitting=True), owned("name", "barred", "barCode"))
def test_a_product(client: Economic, made: Product, names: set[str]) -> None:
    fixed = {
        "product_number": "P/1",
        "product_group": ProductGroupRef(product_group_number=1),
        "unit": made.unit and UnitRef(unit_number=1),
        "departmental_distribution": None,
    }
    send(client, requests.update_product("P/1", made.model_copy(update=fixed)))
    replaced(client, "/products/P_6_1", lambda body: requests.update_product("P/1", body), names)


@FEW
@given(documents(Contact, fitting=True), owned("name", "phone"))
def test_a_contact(client: Economic, customer: int, made: Contact, names: set[str]) -> None:
    send(client, requests.update_contact(customer, 1, made))
    path = f"/customers/{customer}/contacts/1"
    replaced(client, path, lambda body: requests.update_contact(customer, 1, body), names)


@FEW
@given(documents(DeliveryLocation, fitting=True), owned("city", "barred", "address"))
def test_a_delivery_location(client: Economic, customer: int, made: DeliveryLocation, names: set[str]) -> None:
    send(client, requests.update_delivery_location(customer, 1, made))
    path = f"/customers/{customer}/delivery-locations/1"
    replaced(client, path, lambda body: requests.update_delivery_location(customer, 1, body), names)
