from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from econ_client import requests, wire
from econ_client.documents import (
    Booking,
    Customer,
    CustomerGroupRef,
    CustomerRef,
    Delivery,
    Draft,
    DraftInvoiceRef,
    EmployeeRef,
    LayoutRef,
    Line,
    Notes,
    PaymentTermsRef,
    Product,
    ProductGroupRef,
    ProductRef,
    Recipient,
    References,
    UnitRef,
    VatZoneRef,
)
from econ_client.requests import WriteRequest

CUSTOMER = Customer(
    customer_number=7,
    currency="DKK",
    customer_group=CustomerGroupRef(customer_group_number=1),
    vat_zone=VatZoneRef(vat_zone_number=1),
    payment_terms=PaymentTermsRef(payment_terms_number=1),
    name="Søren Ærø",
    address="Vej 1\nBaghuset",
    zip="8000",
    city="Aarhus",
    country="Danmark",
    email="a@b.dk c@d.dk",
    telephone_and_fax_number="12345678",
    mobile_phone="87654321",
    corporate_identification_number="12345678",
    ean="5790000000000",
    public_entry_number="x",
    website="https://b.dk",
    barred=False,
    layout=LayoutRef(layout_number=1),
    sales_person=EmployeeRef(employee_number=1),
)
PRODUCT = Product(
    product_number="a_b/c",
    name="Kop",
    product_group=ProductGroupRef(product_group_number=1),
    description="Blå",
    sales_price=Decimal("79.20"),
    cost_price=Decimal("10.00"),
    recommended_price=Decimal("99.00"),
    bar_code="5701234567890",
    barred=False,
)
DRAFT = Draft(
    date=datetime.date(2026, 12, 1),
    currency="EUR",
    exchange_rate=Decimal("745.123456"),
    due_date=datetime.date(2026, 12, 9),
    payment_terms=PaymentTermsRef(payment_terms_number=1),
    customer=CustomerRef(customer_number=7),
    recipient=Recipient(
        name="Søren", address="Vej 1", zip="8000", city="Aarhus", country="DK", ean="5790000000000",
        mobile_phone="1", nem_handel_type="ean", vat_zone=VatZoneRef(vat_zone_number=1),
    ),
    delivery=Delivery(address="Vej 2", zip="8000", city="Aarhus", delivery_date=datetime.date(2026, 12, 2)),
    notes=Notes(heading="Ordre", text_line1="a", text_line2="b"),
    references=References(other="4711 · DK-1", sales_person=EmployeeRef(employee_number=1)),
    layout=LayoutRef(layout_number=1),
    lines=(
        Line(line_number=1, sort_key=1, description="Kop", product=ProductRef(product_number="a_b/c"),
             quantity=Decimal("2.00"), unit_net_price=Decimal("79.20"), discount_percentage=Decimal("0.00")),
        Line(line_number=2, sort_key=2, description="Kun tekst"),
    ),
)  # fmt: skip
BOOKING = Booking(draft_invoice=DraftInvoiceRef(draft_invoice_number=9), book_with_number=100, send_by="none")


@pytest.mark.parametrize(
    ("request_", "method", "path"),
    [
        (requests.create_customer(CUSTOMER), "POST", "/customers"),
        (requests.update_customer(7, CUSTOMER), "PUT", "/customers/7"),
        (requests.create_product(PRODUCT), "POST", "/products"),
        (requests.update_product("a_b/c", PRODUCT), "PUT", "/products/a_8_b_6_c"),
        (requests.create_order_draft(DRAFT), "POST", "/orders/drafts"),
        (requests.update_order_draft(3, DRAFT), "PUT", "/orders/drafts/3"),
        (requests.delete_order_draft(3), "DELETE", "/orders/drafts/3"),
        (requests.create_invoice_draft(DRAFT), "POST", "/invoices/drafts"),
        (requests.update_invoice_draft(3, DRAFT), "PUT", "/invoices/drafts/3"),
        (requests.delete_invoice_draft(3), "DELETE", "/invoices/drafts/3"),
        (requests.add_lines(3, DRAFT.lines), "POST", "/invoices/drafts/3/lines"),
        (requests.book(BOOKING), "POST", "/invoices/booked"),
        (requests.book_with_number(100, 9), "PUT", "/invoices/booked/100"),
        (requests.set_e_invoicing(7, disabled=True), "PATCH", "/customers/7"),
        (
            requests.append_to_voucher(1, "2026/2027", 5, "a.pdf", b"%PDF-1.4"),
            "PATCH",
            "/journals/1/vouchers/2026_6_2027-5/attachment/file",
        ),
        (requests.detach_from_voucher(1, "2026", 5), "DELETE", "/journals/1/vouchers/2026-5/attachment/file"),
    ],
)
def test_each_write_goes_to_its_place(request_: WriteRequest, method: str, path: str) -> None:
    assert (request_.method, request_.path) == (method, path)
    assert (request_.body == b"") is (method == "DELETE")
    assert "Søren" not in repr(request_)


def test_the_same_document_gives_the_same_bytes() -> None:
    copy = Draft.model_validate(wire.decode(wire.encode(DRAFT)))
    assert requests.create_order_draft(DRAFT).body == requests.create_order_draft(copy).body
    assert b'"unitNetPrice":79.20' in requests.create_order_draft(DRAFT).body


def test_what_these_bodies_hold() -> None:
    assert requests.set_e_invoicing(7, disabled=False).body == b'{"eInvoicingDisabledByDefault":false}'
    assert requests.book_with_number(100, 9).body == b'{"draftInvoice":{"draftInvoiceNumber":9}}'
    added = wire.decode(requests.add_lines(3, DRAFT.lines).body)["lines"]
    assert [line.get("lineNumber") for line in added] == [None, None]


@pytest.mark.parametrize("path", ["/invoices/drafts", "/invoices/drafts/", "/invoices/booked/7", "/orders/drafts", ""])
def test_no_delete_empties_a_collection(path: str) -> None:
    with pytest.raises(ValueError):
        WriteRequest("DELETE", path, b"")


@pytest.mark.parametrize("path", ["customers", "https://elsewhere/customers", "/customers?demo=true", "/customers/"])
def test_paths_stay_below_the_root(path: str) -> None:
    with pytest.raises(ValueError):
        WriteRequest("POST", path, b"{}")


@pytest.mark.parametrize(
    "build",
    [
        lambda: requests.delete_invoice_draft(0),
        lambda: requests.update_order_draft(-1, DRAFT),
        lambda: requests.book(Booking(draft_invoice=DraftInvoiceRef(draft_invoice_number=0))),
        lambda: requests.update_product("", PRODUCT),
    ],
)
def test_writes_without_a_document_are_refused(build: Callable[[], WriteRequest]) -> None:
    with pytest.raises(ValueError):
        build()


def test_a_change_keeps_what_it_does_not_name() -> None:
    current: dict[str, Any] = {
        "customerNumber": 7, "name": "Old", "barred": True, "ean": "57", "balance": Decimal("1.5"), "metaData": {},
        "customerGroup": {"customerGroupNumber": 1, "self": "x"}, "lastUpdated": "2026-01-01T00:00:00Z", "self": "x",
    }  # fmt: skip
    assert requests.merged(current, {"name": "New", "ean": None, "city": "Aarhus"}) == {
        "customerNumber": 7,
        "name": "New",
        "barred": True,
        "customerGroup": {"customerGroupNumber": 1, "self": "x"},
        "city": "Aarhus",
    }


def test_a_unit_is_sent_by_number() -> None:
    line = Line(product=ProductRef(product_number="1"), unit=UnitRef(unit_number=2))
    assert wire.decode(wire.encode(line))["unit"] == {"unitNumber": 2}


def test_a_draft_order_is_replaced_by_the_bytes_it_was_created_with() -> None:
    assert requests.update_order_draft(3, DRAFT, {1: "stk."}).body == requests.create_order_draft(DRAFT).body
