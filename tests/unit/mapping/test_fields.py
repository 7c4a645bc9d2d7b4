"""What a profile may put into every field of a document, and what happens to texts that are too long."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from cdc.models import Order
from econ_client import documents
from mapping.compiled import FIELD_PATHS
from mapping.notes import broken
from mapping.order import plan_order
from mapping.places import PLACES
from mapping.plan import Parked, WantedDocument
from mapping.profile import Profile
from tests.unit.mapping.builders import AGREEMENT, Shop, address, line, order

A = line(qty="3", row="300", vat="75")
BOOKS = replace(AGREEMENT, terms_types={1: "net", 5: "dueDate"}, modules=frozenset({4, 14, 15}))


def made(one: Order, profile: Profile, agreement: Any = BOOKS) -> WantedDocument:
    plan = plan_order(one, profile, agreement)
    assert not plan.parked
    return plan.documents[0]


def parked(one: Order, profile: Profile, agreement: Any = BOOKS) -> Parked:
    (only,) = plan_order(one, profile, agreement).parked
    return only


def test_every_field_of_the_profile_has_its_place() -> None:
    assert sorted(FIELD_PATHS - PLACES.keys()) == []
    assert sorted(PLACES.keys() - FIELD_PATHS) == []


@pytest.mark.parametrize(
    ("model", "sections", "never"),
    [
        (
            documents.Line,
            ("line",),
            {"line_number", "sort_key", "product", "quantity", "unit_net_price", "discount_percentage", "accrual"},
        ),
        (documents.Recipient, ("recipient",), {"vat_zone"}),
        (documents.Delivery, ("delivery",), set()),
        (documents.Notes, ("document",), set()),
        (documents.References, ("document",), {"other"}),
        (
            documents.Draft,
            ("document", "delivery"),
            {"date", "currency", "exchange_rate", "customer", "recipient", "delivery", "notes", "references", "lines"}
            | {"layout", "payment_terms"},
        ),
        (
            documents.Customer,
            ("customer",),
            {"customer_number", "currency", "customer_group", "vat_zone", "corporate_identification_number", "ean"}
            | {"attention", "customer_contact", "default_delivery_location"},
        ),
        (documents.Product, ("product",), {"product_number", "product_group", "inventory"}),
    ],
)
def test_every_writable_field_can_be_set(model: type[BaseModel], sections: tuple[str, ...], never: set[str]) -> None:
    reached = {place.attribute for where, place in PLACES.items() if where[0] == "fields" and where[1] in sections}
    assert model.model_fields.keys() - never <= reached


EVERYTHING = """
numbers: {payment_terms: {map: order.payment.method, to: {checkmo: 5}, default: 1}, layout: {expr: "2"}}
fields:
  document:
    due_date: {expr: "date|add_days(14)"}
    project: 7
    salesperson: {map: order.store.code, to: {default: 3}, default: 4}
    vendor_reference: {expr: "'5'"}
    contact: {expr: "order.attributes.contact"}
    department: 1
  recipient: {public_entry_number: "A-1", attention: 9, nem_handel_type: peppol, ean: "5790000000005"}
  delivery: {date: {expr: "order.created_at|add_days(2)"}, location: 11, terms: EXW}
  line: {unit: 3, cost_price: {expr: "line.net / 2"}, department: 2, accrual_start: 2026-04-01, accrual_end: 2027-03-31}
  shipping: {unit: 4}
"""


def test_every_field_of_a_document(shop: Shop) -> None:
    one = replace(order(A, ship=("40", "10")), attributes={"contact": "12"})
    body = made(one, shop(EVERYTHING)).body
    assert (body.layout.layout_number, body.payment_terms.payment_terms_number) == (2, 5)
    assert body.due_date == date(2026, 3, 16)
    assert body.project == documents.ProjectRef(project_number=7)
    assert body.references == documents.References(
        other="000000017",
        customer_contact=documents.ContactRef(customer_contact_number=12),
        sales_person=documents.EmployeeRef(employee_number=3),
        vendor_reference=documents.EmployeeRef(employee_number=5),
    )
    assert body.recipient.public_entry_number == "A-1"
    assert body.recipient.attention == documents.ContactRef(customer_contact_number=9)
    assert (body.recipient.nem_handel_type, body.recipient.ean) == ("peppol", "5790000000005")
    assert body.delivery is not None
    assert (body.delivery.delivery_date, body.delivery.delivery_terms) == (date(2026, 3, 4), "EXW")
    assert body.delivery_location == documents.DeliveryLocationRef(delivery_location_number=11)
    goods, shipping = body.lines
    assert goods.unit == documents.UnitRef(unit_number=3)
    assert goods.unit_cost_price == Decimal("150.00")
    assert goods.departmental_distribution == documents.DistributionRef(departmental_distribution_number=2)
    assert goods.accrual == documents.Accrual(start_date=date(2026, 4, 1), end_date=date(2027, 3, 31))
    assert shipping.unit == documents.UnitRef(unit_number=4)
    assert shipping.departmental_distribution == documents.DistributionRef(departmental_distribution_number=1)
    assert (shipping.unit_cost_price, shipping.accrual) == (None, None)


def test_a_due_date_is_sent_with_its_own_terms_only(shop: Shop) -> None:
    body = made(order(A), shop('fields: {document: {due_date: {expr: "date|add_days(14)"}}}')).body
    assert body.due_date is None


@pytest.mark.parametrize(
    ("lines", "reason", "words"),
    [
        ("numbers: {payment_terms: 5}", "due_date", "set fields.document.due_date"),
        ("numbers: {payment_terms: 5}\nfields: {document: {due_date: 2026-03-01}}", "due_date", "lies before"),
        ("fields: {line: {accrual_start: 2026-04-01}}", "profile_expression", "belong together"),
        ("fields: {line: {accrual_start: 2026-04-01, accrual_end: 2026-03-01}}", "profile_expression", "lies before"),
        ("fields: {line: {cost_price: {expr: 'line.sku'}}}", "profile_expression", "not an amount"),
        ("fields: {line: {cost_price: {expr: '0 - 1'}}}", "profile_expression", "not an amount"),
        ("fields: {document: {salesperson: {expr: 'order.increment_id ~ 1.5'}}}", "profile_expression", "not a number"),
        ("fields: {delivery: {date: {expr: 'order.increment_id'}}}", "profile_expression", "not a date"),
        ("fields: {recipient: {nem_handel_type: {expr: 'order.state'}}}", "profile_expression", "does not know (ean,"),
    ],
)
def test_what_a_field_cannot_be_parks(shop: Shop, lines: str, reason: str, words: str) -> None:
    found = parked(order(A), shop(lines))
    assert found.reason == reason
    assert words in found.advice


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ("fields: {document: {project: 7}}", "projects"),
        ("fields: {document: {department: 1}}", "departments"),
        ("fields: {shipping: {department: 1}}", "departments"),
    ],
)
def test_a_field_whose_module_the_agreement_lacks_parks(shop: Shop, lines: str, word: str) -> None:
    one = order(A, ship=("40", "10"))
    found = parked(one, shop(lines), replace(BOOKS, modules=frozenset({15})))
    assert (found.reason, word in found.advice) == ("module", True)
    assert made(one, shop(lines), replace(BOOKS, modules=None))


def test_every_field_of_a_customer(shop: Shop) -> None:
    profile = shop(
        """
fields:
  customer:
    p_number: "1234567890"
    public_entry_number: X
    credit_limit: 5000
    barred: off
    e_invoicing_disabled: on
    salesperson: 2
    payment_terms: 2
    layout: {map: address.country, to: {DK: 1}, default: 2}
"""
    )
    body = made(order(A), profile).customer.body
    assert (body.p_number, body.public_entry_number, body.credit_limit) == ("1234567890", "X", Decimal("5000.00"))
    assert (body.barred, body.e_invoicing_disabled_by_default) == (False, True)
    assert body.sales_person == documents.EmployeeRef(employee_number=2)
    assert body.payment_terms == documents.PaymentTermsRef(payment_terms_number=2)
    assert body.layout == documents.LayoutRef(layout_number=1)


LONG = " ".join(f"ord{n}" for n in range(1000))


def test_names_are_cut_visibly_and_identifiers_stop(shop: Shop) -> None:
    wordy = address(firstname="x" * 300, lastname="")
    body = made(order(A, billing=wordy), shop("")).body
    assert body.recipient.name == "x" * 249 + "…"
    found = parked(order(A, billing=address(postcode="8" * 31)), shop(""))
    assert (found.reason, "fields.customer.zip has 31 characters" in found.advice) == ("too_long", True)
    cuts = shop('fields: {customer: {zip: {text: "{{ address.postcode }}", long: cut}}}')
    assert made(order(A, billing=address(postcode="8" * 31)), cuts).customer.body.zip == "8" * 29 + "…"
    stops = shop('fields: {recipient: {name: {expr: "address.firstname", long: stop}}}')
    assert parked(order(A, billing=wordy), stops).reason == "too_long"


def test_a_heading_goes_on_in_the_next_note_lines(shop: Shop) -> None:
    wraps = 'heading: {text: "{{ order.discount_description }}", long: wrap}, text1: {text: Hilsen, long: wrap}'
    one = order(A, discount_description=LONG)
    body = made(one, shop(f"fields: {{document: {{{wraps}}}}}")).body
    notes = body.notes
    assert notes is not None
    assert notes.heading
    assert notes.text_line1
    assert notes.text_line2
    assert (len(notes.heading) <= 250, len(notes.text_line1) <= 1000, len(notes.text_line2) <= 1000) == (True,) * 3
    whole = " ".join((notes.heading, notes.text_line1, notes.text_line2.removesuffix("…")))
    assert LONG.startswith(whole)
    assert notes.text_line2.endswith("…")


def test_what_goes_on_comes_before_the_lines_own_text(shop: Shop) -> None:
    wraps = 'heading: {text: "{{ order.discount_description }}", long: wrap}, text1: Hilsen'
    notes = made(order(A, discount_description=LONG[:300]), shop(f"fields: {{document: {{{wraps}}}}}")).body.notes
    assert notes is not None
    assert notes.text_line1 == f"{LONG[len(notes.heading or '') : 300].strip()}\nHilsen"
    assert notes.text_line2 is None


@given(st.text(st.sampled_from("ab \n"), max_size=60), st.integers(4, 30))
def test_a_broken_text_loses_nothing_but_spaces(words: str, most: int) -> None:
    words = words.strip()
    if len(words) <= most:
        return
    first, rest = broken(words, most)
    assert len(first) <= most
    assert first
    assert "".join((first + rest).split()) == "".join(words.split())


def test_a_long_text_that_stops_names_the_room(shop: Shop) -> None:
    stops = shop('fields: {document: {text1: {text: "{{ order.discount_description }}", long: stop}}}')
    found = parked(order(A, discount_description=LONG), stops)
    assert found.reason == "too_long"
    assert "e-conomic takes 1000" in found.advice


def test_every_field_of_a_product(shop: Shop) -> None:
    profile = shop(
        """
fields:
  product:
    name: {text: "{{ product.name }}", long: stop}
    description: "{{ product.name }} til alle"
    bar_code: "{{ product.sku }}"
    sales_price: 10
    recommended_price: {expr: "'12.345'"}
    barred: {expr: "product.is_virtual"}
    unit: 2
    department: {expr: "3"}
    package_volume: 1.5
    recommended_cost_price: 75
"""
    )
    body = made(order(A), profile).products[0].body
    assert body is not None
    assert (body.name, body.description, body.bar_code) == ("Vare A-1", "Vare A-1 til alle", "A-1")
    assert (body.sales_price, body.recommended_price, body.cost_price) == (Decimal("10.00"), Decimal("12.35"), None)
    assert (body.barred, body.unit) == (False, documents.UnitRef(unit_number=2))
    assert body.departmental_distribution == documents.DistributionRef(departmental_distribution_number=3)
    assert body.inventory == documents.Packing(package_volume=Decimal("1.50"), recommended_cost_price=Decimal("75.00"))
    long = parked(order(line(name="x" * 301, row="300", vat="75")), profile)
    assert (long.reason, "fields.product.name has 301" in long.advice) == ("too_long", True)
