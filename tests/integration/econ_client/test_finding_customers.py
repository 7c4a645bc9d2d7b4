"""Customers found again by what people write in many ways, and read whole by their own link."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from econ_client import requests
from econ_client.client import Economic
from econ_client.documents import Customer, CustomerGroupRef, PaymentTermsRef, VatZoneRef
from econ_client.sandbox import SandboxServer
from econ_client.search import normalised_phone

EAN = "5790000000012"


@pytest.fixture
def economic() -> Iterator[Economic]:
    with SandboxServer("demo") as sandbox:
        economic = Economic(sandbox.url, "demo", "demo")
        yield economic
        economic.close()


def make(economic: Economic, **fields: Any) -> int:
    customer = Customer(
        currency="DKK",
        customer_group=CustomerGroupRef(customer_group_number=1),
        vat_zone=VatZoneRef(vat_zone_number=1),
        payment_terms=PaymentTermsRef(payment_terms_number=1),
        name="Anna",
        **fields,
    )
    answer = economic.send(requests.create_customer(customer), f"key {fields}")
    number: int = answer.data["customerNumber"]
    return number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12 34 56 78", "12345678"),
        ("+45 12345678", "12345678"),
        ("0045 1234-5678", "12345678"),
        ("(12) 34.56/78", "12345678"),
        ("+46 70 123 45 67", "46701234567"),
        ("4512345678", "4512345678"),
        ("ring", ""),
        ("12345", ""),
    ],
)
def test_phone_numbers(written: str, number: str) -> None:
    assert normalised_phone(written) == number


def test_a_phone_number_is_found_however_it_is_written_and_only_whole(economic: Economic) -> None:
    spaced = make(economic, telephone_and_fax_number="12 34 56 78")
    two = make(economic, telephone_and_fax_number="+45 12345678 / 87 65 43 21")
    mobile = make(economic, mobile_phone="004512345678")
    make(economic, telephone_and_fax_number="112345678")
    make(economic, telephone_and_fax_number="1234 56789")
    assert [c.customer_number for c in economic.customers_by_phone("+45 12 34 56 78")] == [spaced, two, mobile]
    assert [c.customer_number for c in economic.customers_by_phone("87654321")] == [two]
    assert economic.customers_by_phone("ring") == []


def test_an_ean_is_found(economic: Economic) -> None:
    number = make(economic, ean=EAN)
    make(economic)
    assert [c.customer_number for c in economic.customers_by_ean(EAN)] == [number]
    assert economic.customers_by_ean(" ") == []


def test_a_customer_is_read_whole_by_its_own_link(economic: Economic) -> None:
    number = make(economic, email="a@example.dk")
    found = economic.customer(number)
    assert found is not None
    assert economic.customer(999, found.link) == found
    whole = economic.as_is(found.link, f"/customers/{number}")
    assert whole is not None
    assert whole["email"] == "a@example.dk"
    assert "metaData" in whole
    assert economic.as_is("https://elsewhere.example/customers/1", "/customers/998") is None
