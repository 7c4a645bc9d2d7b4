"""What is asked for less often: upgrades, appended lines, chosen numbers, sendings, single entries of the lists."""

from __future__ import annotations

from typing import Literal

import pytest

from econ_client import requests, wire
from econ_client.answers import Answer
from econ_client.client import Economic
from econ_client.documents import BookedAnswer, Booking, DraftAnswer, DraftInvoiceRef
from econ_client.errors import Ambiguous
from econ_client.upgrade import upgrade_of
from tests.integration.econ_client.conftest import send
from tests.integration.econ_client.test_client_on_sandbox import draft


def test_both_shapes_of_what_an_order_becomes() -> None:
    document = {
        "date": "2026-03-01",
        "currency": "DKK",
        "paymentTerms": {"paymentTermsNumber": 1},
        "customer": {"customerNumber": 7},
        "recipient": {"name": "Bo", "vatZone": {"vatZoneNumber": 1}},
        "soap": {"orderHandle": {"id": 3}},
        "lines": [{"description": "Kop", "metaData": {"delete": {}}}],
        "metaData": {"create": {}},
        "self": "https://restapi.e-conomic.com/orders/sent/3/templates/upgrade-instructions/draftInvoice",
    }
    for shape in (document, {"draftInvoice": document, "self": "x"}):
        upgrade = upgrade_of(Answer(200, wire.encode(shape)), "/x")
        assert (upgrade.draft.customer.customer_number, upgrade.draft.layout) == (7, None)
        sent = wire.decode(requests.upgrade_order(upgrade).body)
        assert (sent["soap"], sent["lines"]) == ({"orderHandle": {"id": 3}}, [{"description": "Kop"}])
        assert not {"metaData", "self"} & set(sent)
    for strange in (b"[]", b'{"draftInvoice":1}', b'{"draftInvoice":{}}'):
        with pytest.raises(Ambiguous):
            upgrade_of(Answer(200, strange), "/x")


def test_lines_are_appended_and_a_number_is_chosen(client: Economic, customer: int) -> None:
    invoice = send(client, requests.create_invoice_draft(draft(customer))).parse(DraftAnswer)
    longer = send(client, requests.add_lines(invoice.number, draft(customer).lines)).parse(DraftAnswer)
    assert len(longer.lines) == 2 * len(invoice.lines)
    assert longer.net_amount == 2 * invoice.net_amount
    assert [line.line_number for line in longer.lines] == list(range(1, len(longer.lines) + 1))
    booked = send(client, requests.book_with_number(77_001, invoice.number)).parse(BookedAnswer)
    assert (booked.booked_invoice_number, booked.order_number) == (77_001, invoice.number)
    assert booked.gross_amount == longer.gross_amount
    assert list(client.sendings(77_001)) == []


def test_who_was_sent_an_invoice(client: Economic, customer: int) -> None:
    invoice = send(client, requests.create_invoice_draft(draft(customer))).parse(DraftAnswer)
    reference = DraftInvoiceRef(draft_invoice_number=invoice.number)
    booked = send(client, requests.book(Booking(draft_invoice=reference, send_by="Email"))).parse(BookedAnswer)
    [sending] = client.sendings(booked.booked_invoice_number)
    assert sending.invoice is not None
    assert sending.invoice.booked_invoice_number == booked.booked_invoice_number
    assert sending.status
    assert sending.id in [one.id for one in client.sendings()]


def test_e_invoicing_is_switched_off_by_patch_alone(client: Economic, customer: int) -> None:
    for wanted in (True, False, True):
        send(client, requests.set_e_invoicing(customer, disabled=wanted))
        current = client.get(f"/customers/{customer}").data
        change = requests.merged(current, {"eInvoicingDisabledByDefault": not wanted})
        send(client, requests.update_customer(customer, change))
        found = client.customer(customer)
        assert found is not None
        assert found.e_invoicing_disabled_by_default is wanted


def test_each_list_has_its_single_entries(client: Economic) -> None:
    for group in client.product_groups():
        assert client.product_group(group.product_group_number) == group
    for unit in client.units():
        assert client.unit(unit.unit_number) == unit
    for zone in client.vat_zones():
        assert client.vat_zone(zone.vat_zone_number) == zone
    for terms in client.payment_terms():
        assert client.terms(terms.payment_terms_number) == terms
    for layout in client.layouts():
        assert client.layout(layout.layout_number) == layout
    for currency in client.currencies():
        assert client.currency(currency.code) == currency
    for department in client.departments():
        assert client.department(department.department_number) == department
    for employee in client.employees():
        assert client.employee(employee.employee_number) == employee
    for year in client.accounting_years():
        assert client.accounting_year(year.year) == year
    for journal in client.journals():
        assert client.journal(journal.journal_number) == journal
    for share in client.distributions():
        kind: Literal["departments", "distributions"] = (
            "departments" if share.distribution_type == "department" else "distributions"
        )
        assert client.distribution(share.departmental_distribution_number, kind) == share
    assert client.period("2026", 3) == list(client.periods("2026"))[2]
    assert client.unit(987) is None
