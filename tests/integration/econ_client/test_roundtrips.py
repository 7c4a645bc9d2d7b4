"""Any text that a shop can hold goes through paths, filters and bodies and comes back the same."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from econ_client import paths, requests
from econ_client.client import Economic
from econ_client.documents import CustomerAnswer, DraftAnswer, Product, ProductGroupRef
from econ_client.filters import field
from econ_client.sandbox import SandboxServer
from tests.integration.econ_client.test_client_on_sandbox import CUSTOMER, draft

Test = TypeVar("Test", bound=Callable[..., Any])

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ODD = "<>*%:&/\\_ ?.#+$()[],'\"`~^;=@!|{}\t\r\näøåÆØÅßİı€漢😀\u0301\u200b\u202e\x00\x7f"
NUMBERS = st.text(min_size=1, max_size=25) | st.text(st.sampled_from(ODD), min_size=1, max_size=25)
TEXTS = st.text(min_size=1, max_size=200) | st.text(st.sampled_from(ODD), min_size=1, max_size=40)
WORDS = ("$and:", "$or:", "$null:", "$eq:", "%2F", "_8_", "_13_", "..", ".", "//", "a)$or:(name$like:b")


@pytest.fixture(scope="module")
def client() -> Iterator[Economic]:
    with SandboxServer(seed="demo") as server, Economic(server.url, "demo", "demo") as economic:
        yield economic


def send(client: Economic, request: requests.WriteRequest) -> CustomerAnswer | None:
    answer = client.send(request, str(uuid.uuid4()))
    return answer.parse(CustomerAnswer) if request.path.startswith("/customers") else None


def each(*words: str) -> Callable[[Test], Test]:
    """Every word as an example of its own."""

    def decorate(test: Test) -> Test:
        for word in words:
            test = example(word)(test)
        return test

    return decorate


@FEW
@given(NUMBERS)
@each(*(word for word in WORDS if len(word) <= 25))
def test_any_product_number(client: Economic, number: str) -> None:
    product = Product(product_number=number, name=number, product_group=ProductGroupRef(product_group_number=1))
    if client.product(number) is None:
        send(client, requests.create_product(product))
    else:
        send(client, requests.update_product(number, product))
    found = client.product(number)
    assert found is not None
    assert (found.product_number, found.name) == (number, number)
    assert client.product("unused", found.link) == found
    assert paths.identifier(paths.segment(number)) == number
    named = field("/products", "productNumber")
    for where in (named.eq(number), named.contains(number)):
        assert number in [one.product_number for one in client.products(where)]
    send(
        client,
        requests.update_product(
            number,
            requests.merged({"productNumber": number}, {"name": "x"}) | {"productGroup": {"productGroupNumber": 1}},
        ),
    )
    again = client.product(number)
    assert again is not None
    assert again.name == "x"
    send(client, requests.delete_product(number))
    assert client.product(number) is None


@FEW
@given(TEXTS)
@each(*WORDS)
def test_any_name_and_any_filter_value(client: Economic, text: str) -> None:
    made = send(client, requests.create_customer(CUSTOMER.model_copy(update={"name": text, "city": text[:50]})))
    assert made is not None
    assert (made.name, made.city) == (text, text[:50])
    name = field("/customers", "name")
    for where in (
        name.eq(text),
        name.contains(text),
        name.eq(text) & name.contains(text),
        name.eq("-") | name.eq(text),
    ):
        assert made in [one.model_copy(update={"link": made.link}) for one in client.customers(where)]
    assert made.customer_number not in [one.customer_number for one in client.customers(name.ne(text))]
    send_away(client, made.customer_number)


@FEW
@given(st.text(min_size=1, max_size=60).filter(lambda text: not re.search(r"[\s·]", text)))
@each("DK$(1)*,[a]/F2", "100%_x", "a$and:b", "[[]", "*", "$null:")
def test_any_reference(client: Economic, token: str) -> None:
    customer = send(client, requests.create_customer(CUSTOMER))
    assert customer is not None
    answer = client.send(requests.create_order_draft(draft(customer.customer_number, token)), str(uuid.uuid4()))
    number = answer.parse(DraftAnswer).number
    assert [found.number for found in client.find_by_reference(token)] == [number]
    assert client.find_by_reference(f"{token}x") == []
    client.send(requests.delete_order_draft(number), str(uuid.uuid4()))
    send_away(client, customer.customer_number)


def send_away(client: Economic, number: int) -> None:
    """Delete a customer: its number is given to the next."""
    client.send(requests.delete_customer(number), str(uuid.uuid4()))
