"""Magento's number on e-conomic's invoice, and invoices that e-conomic sends by EAN or e-mail when it books them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cdc.keys import Key
from sync.outcome import Done, ParkedFor, SkippedFor, Unchanged
from tests.integration.sync.desk import PLACED, Desk
from tests.integration.sync.test_invoices import of_all
from tests.unit.mapping.builders import address

COMPLETE: dict[str, Any] = {"state": "complete", "status": "complete"}
NUMBERED = "invoice_number: magento\n"
EAN = "5798000420526"
BY_EAN = (
    "reference: {text: {expr: order.payment.po_number}}\n"
    "customers: {ean: {expr: address.company}, contacts: on}\n"
    "fields: {customer: {name: Kommunen}, recipient: {name: Kommunen}}\n"
    "when: [{then: invoice, send: ean}]\n"
)


def test_an_invoice_has_magentos_number(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(NUMBERED)
    desk.place()
    desk.change(invoices=(of_all(),), **COMPLETE)
    assert desk.deliver() == Done()
    assert [row["bookedInvoiceNumber"] for row in desk.all("/invoices/booked")] == [101]
    desk.touch()
    assert desk.deliver() == Unchanged()


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_before", "500_after"])
def test_the_number_is_the_same_whatever_happens_to_the_answer(desk_with: Callable[..., Desk], fault: str) -> None:
    desk = desk_with(NUMBERED)
    desk.orders.by_id[17] = replace(PLACED, invoices=(of_all(),), **COMPLETE)
    desk.faults({"method": "POST", "path": "/invoices/booked", "fault": fault, "times": 1})
    desk.touch(inserted=True)
    desk.deliver_until(Done)
    assert [row["bookedInvoiceNumber"] for row in desk.all("/invoices/booked")] == [101]


def test_a_draft_waits_for_the_magento_invoice_that_numbers_it(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(NUMBERED)
    desk.orders.by_id[17] = replace(PLACED, **COMPLETE)
    assert desk.place() == SkippedFor("no_magento_invoice")
    assert len(desk.all("/invoices/drafts")) == 1
    desk.change(invoices=(of_all(),))
    assert desk.deliver() == Done()
    assert [row["bookedInvoiceNumber"] for row in desk.all("/invoices/booked")] == [101]


def test_a_number_that_is_taken_parks_with_both_sides(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(NUMBERED)
    desk.orders.by_id[16] = replace(PLACED, id=16, increment_id="000000016", invoices=(of_all(),), **COMPLETE)
    desk.orders.by_id[17] = replace(PLACED, invoices=(of_all(),), **COMPLETE)
    desk.touch(Key("order", "16"), inserted=True)
    assert desk.deliver() == Done()
    outcome = desk.place()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "invoice_number_taken"
    for said in ("number 101", "000000017", "000000016", "348.99", "2026-03-05"):
        assert said in outcome.advice, said
    assert len(desk.all("/invoices/booked")) == len(desk.all("/invoices/drafts")) == 1
    desk.change(invoices=(of_all(2),))
    assert desk.deliver() == Done()
    assert sorted(row["bookedInvoiceNumber"] for row in desk.all("/invoices/booked")) == [101, 102]


def public(**changes: Any) -> dict[str, Any]:
    """A public body's order: its EAN stands where this shop keeps it, and its requisition number with the payment."""
    home = replace(address(), company=changes.pop("ean", EAN))
    assert PLACED.payment is not None
    paid = replace(PLACED.payment, po_number=changes.pop("requisition", "4711"))
    return {"billing": home, "payment": paid, **COMPLETE, **changes}


@pytest.mark.parametrize("fault", ["", "drop_before", "drop_after", "500_after"])
def test_an_invoice_is_sent_by_ean_once(desk_with: Callable[..., Desk], fault: str) -> None:
    desk = desk_with(BY_EAN)
    desk.orders.by_id[17] = replace(PLACED, **public())
    if fault:
        desk.faults({"method": "POST", "path": "/invoices/booked", "fault": fault, "times": 1})
    desk.touch(inserted=True)
    desk.deliver_until(Done)
    (booked,) = desk.all("/invoices/booked")
    (sent,) = desk.all("/invoices/sent")
    assert sent["invoice"]["bookedInvoiceNumber"] == booked["bookedInvoiceNumber"]
    assert sent["sendBy"] == "ean"
    desk.restart()
    desk.touch()
    desk.deliver()
    assert len(desk.all("/invoices/sent")) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ean": "5798000420525"}, "check digit"),
        ({"ean": ""}, "has no EAN"),
        ({"requisition": ""}, "requisition"),
    ],
)
def test_an_invoice_that_the_receiver_would_refuse_is_not_booked(
    desk_with: Callable[..., Desk], changes: dict[str, str], said: str
) -> None:
    desk = desk_with(BY_EAN)
    desk.orders.by_id[17] = replace(PLACED, **public(**changes))
    outcome = desk.place()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "ean_incomplete"
    assert said in outcome.advice
    assert desk.all("/invoices/booked") == desk.all("/invoices/sent") == []
    assert len(desk.all("/invoices/drafts")) == 1


def test_everything_that_is_missing_is_named_at_once(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("when: [{then: invoice, send: ean}]\n")
    desk.context.agreement = replace(desk.context.agreement, cvr="")
    desk.orders.by_id[17] = replace(PLACED, **COMPLETE)
    outcome = desk.place()
    assert isinstance(outcome, ParkedFor)
    for said in ("no company number", "the document has no EAN", "customer 1 has no EAN", "no contact", "requisition"):
        assert said in outcome.advice, said


def test_an_invoice_is_sent_by_e_mail_when_it_is_booked(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("when: [{then: invoice, send: email}]\n")
    desk.orders.by_id[17] = replace(PLACED, **COMPLETE)
    assert desk.place() == Done()
    (body,) = (row["body"] for row in desk.journal() if row["path"] == "/invoices/booked" and row["method"] == "POST")
    assert body["sendBy"] == "Email"
    assert len(desk.all("/invoices/sent")) == 1


def test_nothing_is_said_of_sending_unless_asked(desk: Desk) -> None:
    desk.orders.by_id[17] = replace(PLACED, **COMPLETE)
    desk.place()
    (body,) = (row["body"] for row in desk.journal() if row["path"] == "/invoices/booked" and row["method"] == "POST")
    assert body == {"draftInvoice": {"draftInvoiceNumber": 1}}


def test_what_people_wrote_before_a_reference_is_not_repeated(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(NUMBERED + 'reference: {text: "{{ address.lastname }}"}\n')
    buyer = replace(address(), lastname="Hemmelig")
    first = replace(PLACED, id=16, increment_id="000000016", billing=buyer, invoices=(of_all(),), **COMPLETE)
    desk.orders.by_id[16] = first
    desk.orders.by_id[17] = replace(PLACED, invoices=(of_all(),), **COMPLETE)
    desk.touch(Key("order", "16"), inserted=True)
    assert desk.deliver() == Done()
    (booked,) = desk.all("/invoices/booked")
    assert "Hemmelig" in booked["references"]["other"]
    outcome = desk.place()
    assert isinstance(outcome, ParkedFor)
    assert "000000016" in outcome.advice
    assert "Hemmelig" not in outcome.advice
