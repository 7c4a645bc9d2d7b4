"""Every field that a profile may fill, on its way to the sandbox and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from sync.outcome import Done, ParkedFor, Unchanged
from tests.integration.sync.desk import Desk

FIELDS = """
numbers: {payment_terms: {map: order.payment.method, to: {checkmo: 5}, default: 1}, layout: 2}
reference: {text: {expr: "order.payment.po_number"}}
fields:
  customer: {credit_limit: 5000, salesperson: 2, p_number: "1234567890", public_entry_number: A-1, layout: 1}
  document:
    heading: {text: "Webordre {{ order.increment_id }} {{ 'meget lang ' ~ order.discount_description }}", long: wrap}
    due_date: {expr: "date|add_days(14)"}
    salesperson: 1
    vendor_reference: 2
    department: 1
  recipient: {public_entry_number: A-1, nem_handel_type: corporateIdentificationNumber}
  delivery: {date: {expr: "order.created_at|add_days(2)"}, terms: "{{ order.shipping_description }}"}
  line: {unit: 3, cost_price: {expr: "line.net / 2"}, department: 3, accrual_start: 2026-04-01, accrual_end: 2027-03-31}
  shipping: {unit: 2}
  product: {description: "{{ product.name }}", bar_code: "{{ product.sku }}", department: 2, unit: 2, barred: off}
"""


def test_every_field_arrives_and_nothing_looks_edited_afterwards(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(FIELDS)
    words = " ".join(f"ord{n}" for n in range(60))
    desk.change(discount_description=words)
    assert isinstance(desk.place(), Done)
    (row,) = desk.all("/orders/drafts")
    draft = desk.http.get(f"/orders/drafts/{row['orderNumber']}").json(parse_float=Decimal)
    assert draft["paymentTerms"]["paymentTermsNumber"] == 5
    assert draft["dueDate"] == "2026-03-16"
    assert draft["layout"]["layoutNumber"] == 2
    assert draft["references"]["salesPerson"]["employeeNumber"] == 1
    assert draft["references"]["vendorReference"]["employeeNumber"] == 2
    assert draft["recipient"]["publicEntryNumber"] == "A-1"
    assert draft["recipient"]["nemHandelType"] == "corporateIdentificationNumber"
    assert draft["delivery"]["deliveryDate"] == "2026-03-04"
    assert draft["delivery"]["deliveryTerms"] == "GLS pakkeshop"
    notes = draft["notes"]
    assert len(notes["heading"]) <= 250
    assert f"{notes['heading']} {notes['textLine1']}" == f"Webordre 000000017 meget lang {words}"
    goods, shipping = draft["lines"][0], draft["lines"][-1]
    assert goods["unit"]["unitNumber"] == 3
    assert Decimal(goods["unitCostPrice"]) == 80
    assert goods["departmentalDistribution"]["departmentalDistributionNumber"] == 3
    assert goods["accrual"] == {"startDate": "2026-04-01", "endDate": "2027-03-31"}
    assert shipping["unit"]["unitNumber"] == 2
    assert shipping["departmentalDistribution"]["departmentalDistributionNumber"] == 1
    (customer,) = desk.all("/customers")
    assert customer["creditLimit"] == 5000
    assert customer["salesPerson"]["employeeNumber"] == 2
    assert (customer["pNumber"], customer["publicEntryNumber"]) == ("1234567890", "A-1")
    assert customer["layout"]["layoutNumber"] == 1
    product = desk.http.get("/products/MUG-1").json()
    assert (product["description"], product["barCode"]) == ("Vare MUG-1", "MUG-1")
    assert product["departmentalDistribution"]["departmentalDistributionNumber"] == 2
    assert (product["unit"]["unitNumber"], product["barred"]) == (2, False)
    desk.forget_journal()
    desk.touch()
    assert isinstance(desk.deliver(), Unchanged)
    assert desk.writes() == []


def test_a_requisition_that_is_too_long_parks_and_a_shorter_one_goes_through(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("reference: {text: {expr: order.payment.po_number}}")
    payment = desk.orders.by_id[17].payment
    assert payment is not None
    desk.change(payment=replace(payment, po_number="x" * 300))
    outcome = desk.place()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "too_long"
    desk.change(payment=replace(payment, po_number="REQ 4711"))
    assert isinstance(desk.deliver(), Done)
    (row,) = desk.all("/orders/drafts")
    assert row["references"]["other"] == "REQ 4711 · 000000017"
