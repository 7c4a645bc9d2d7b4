"""The client against the sandbox over real HTTP: the round trip of a sale, and every fault on the way."""

from __future__ import annotations

import datetime
import json
import urllib.request
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from econ_client import requests
from econ_client.answers import Answer
from econ_client.client import Economic, Timeouts
from econ_client.documents import (
    BookedAnswer,
    Booking,
    Customer,
    CustomerAnswer,
    CustomerGroupRef,
    CustomerRef,
    Draft,
    DraftAnswer,
    DraftInvoiceRef,
    LayoutRef,
    Line,
    PaymentTermsRef,
    Product,
    ProductGroupRef,
    ProductRef,
    Recipient,
    References,
    VatZoneRef,
)
from econ_client.errors import Ambiguous, EconomicError, NotAuthorised, NotFound, RateLimited, Rejected
from econ_client.requests import WriteRequest
from econ_client.sandbox.server import SandboxServer

CUSTOMER = Customer(
    currency="DKK",
    customer_group=CustomerGroupRef(customer_group_number=1),
    vat_zone=VatZoneRef(vat_zone_number=1),
    payment_terms=PaymentTermsRef(payment_terms_number=1),
    name="Jens Hemmelig",
    email="jens@example.dk kontor@example.dk",
    corporate_identification_number="12345678",
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(seed="demo") as server:
        yield server


@pytest.fixture
def client(sandbox: SandboxServer) -> Iterator[Economic]:
    admin(sandbox, "POST", "/_sandbox/reset")
    with Economic(sandbox.url, "demo", "demo", timeout=Timeouts(read=2.0)) as economic:
        yield economic


def admin(sandbox: SandboxServer, method: str, path: str, body: Any = None) -> None:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310  # the sandbox's own address
        sandbox.url + path, data, {"Content-Type": "application/json"}, method=method
    )
    urllib.request.urlopen(request, timeout=5).close()  # noqa: S310  # the sandbox's own address


def send(client: Economic, request: WriteRequest, key: str = "") -> Answer:
    return client.send(request, key or str(uuid.uuid4()))


def draft(customer: int, reference: str = "DK-1") -> Draft:
    product = ProductRef(product_number="shipping")
    return Draft(
        date=datetime.date(2026, 6, 1),
        currency="DKK",
        payment_terms=PaymentTermsRef(payment_terms_number=1),
        customer=CustomerRef(customer_number=customer),
        recipient=Recipient(name="Jens", vat_zone=VatZoneRef(vat_zone_number=1)),
        references=References(other=f"4711 · {reference}"),
        layout=LayoutRef(layout_number=1),
        lines=(Line(description="Fragt", product=product, quantity=Decimal(2), unit_net_price=Decimal("79.20")),),
    )


def customer(client: Economic) -> int:
    return send(client, requests.create_customer(CUSTOMER)).parse(CustomerAnswer).customer_number


def test_a_sale_from_order_to_booked_invoice(client: Economic) -> None:
    number = customer(client)
    order = send(client, requests.create_order_draft(draft(number))).parse(DraftAnswer)
    assert (order.net_amount, order.vat_amount, order.gross_amount) == (Decimal("158.4"), Decimal("39.6"), Decimal(198))
    assert send(client, requests.update_order_draft(order.number, draft(number))).status == 200
    invoice = send(client, requests.create_invoice_draft(draft(number))).parse(DraftAnswer)
    assert [(f.kind, f.number) for f in client.find_by_reference("DK-1")] == [
        ("order_draft", order.number),
        ("invoice_draft", invoice.number),
    ]
    assert send(client, requests.delete_order_draft(order.number)).status == 204
    booking = Booking(draft_invoice=DraftInvoiceRef(draft_invoice_number=invoice.number))
    booked = send(client, requests.book(booking)).parse(BookedAnswer)
    assert (booked.gross_amount, booked.order_number) == (Decimal(198), invoice.number)
    [found] = client.find_by_reference("DK-1")
    assert (found.kind, found.number) == ("invoice_booked", booked.booked_invoice_number)
    assert found.document.lines[0].unit_net_price == Decimal("79.2")
    assert client.order_draft(order.number) is None
    assert client.invoice_draft(invoice.number) is None


def test_customers_and_products_are_found_again(client: Economic) -> None:
    number = customer(client)
    assert [c.customer_number for c in client.customers_by_email("KONTOR@example.dk")] == [number]
    assert client.customers_by_email("ens@example.dk") == []
    assert [c.customer_number for c in client.customers_by_cvr("DK 12 34 56 78")] == [number]
    odd = "A_1/b.c #+%"
    product = Product(product_number=odd, name="Odd", product_group=ProductGroupRef(product_group_number=1))
    send(client, requests.create_product(product))
    found = client.product(odd)
    assert found is not None
    assert found.product_number == odd
    assert client.product("A_1/b.c") is None


def test_references_with_odd_characters_are_found(client: Economic) -> None:
    number = customer(client)
    for reference in ("DK$(1)*,[a]/F2", "100%_x"):
        send(client, requests.create_order_draft(draft(number, reference)))
        assert [f.kind for f in client.find_by_reference(reference)] == ["order_draft"]


def test_the_demo_agreement_in_lists(client: Economic) -> None:
    lists = client.lists()
    rates = lists.vat_rates
    assert [rates[group, 1] for group in (1, 2, 3)] == [25, 25, 0]
    assert {rates[group, zone] for group in (1, 2, 3) for zone in (2, 3, 4)} == {Decimal(0)}
    assert [group.inventory_enabled for group in lists.product_groups] == [True, False, False]
    assert (lists.payment_terms[0].type, lists.payment_terms[0].days) == ("net", 8)
    assert set(lists.currencies) >= {"DKK", "EUR"}


def test_refusals_come_with_advice(client: Economic) -> None:
    number = customer(client)
    with pytest.raises(Rejected, match="layout"):
        send(
            client, requests.create_order_draft(draft(number).model_copy(update={"layout": LayoutRef(layout_number=9)}))
        )
    invoice = send(client, requests.create_invoice_draft(draft(number))).parse(DraftAnswer)
    barred = requests.merged(client.get(f"/customers/{number}").data, {"barred": True})
    send(client, requests.update_customer(number, barred))
    booking = Booking(draft_invoice=DraftInvoiceRef(draft_invoice_number=invoice.number))
    with pytest.raises(Rejected) as caught:
        send(client, requests.book(booking))
    assert "E06820" in [problem.code for problem in caught.value.problems]
    assert "barred" in caught.value.advice
    assert "Hemmelig" not in str(caught.value)
    with pytest.raises(NotFound):
        send(client, requests.delete_invoice_draft(777))


def test_wrong_tokens(sandbox: SandboxServer) -> None:
    with Economic(sandbox.url, "demo", "wrong") as client, pytest.raises(NotAuthorised):
        client.self_()


@pytest.mark.parametrize(
    ("fault", "kind", "happened"),
    [
        ("429", RateLimited, False),
        ("500_before", Ambiguous, False),
        ("500_after", Ambiguous, True),
        ("drop_before", Ambiguous, False),
        ("drop_after", Ambiguous, True),
        ("drop_mid", Ambiguous, True),
    ],
)
def test_the_same_key_makes_a_broken_write_whole(
    client: Economic, sandbox: SandboxServer, fault: str, kind: type[EconomicError], happened: bool
) -> None:
    number = customer(client)
    write = requests.create_invoice_draft(draft(number))
    broken = {"method": "POST", "path": "/invoices/drafts", "fault": fault, "times": 1, "seconds": 0}
    admin(sandbox, "PUT", "/_sandbox/faults", [broken])
    with pytest.raises(EconomicError) as caught:
        send(client, write, "key-1")
    assert type(caught.value) is kind
    assert [f.kind for f in client.find_by_reference("DK-1")] == (["invoice_draft"] if happened else [])
    assert send(client, write, "key-1").from_cache is happened
    assert len(client.find_by_reference("DK-1")) == 1
