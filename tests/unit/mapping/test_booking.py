"""What a document is booked as: its number, and the file that belongs to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cdc.models import Invoice, Order
from mapping.order import plan_order
from mapping.plan import Plan
from sync.sending import is_gln
from tests.unit.mapping.builders import AGREEMENT, Shop, invoice, line, order, row

MUG = line("MUG", qty="2", row="160", vat="40")
NUMBERED = "invoice_number: magento\n"


def of(number: str, *, id: int = 1, qty: str = "2", net: str = "160", vat: str = "40") -> Invoice:  # noqa: A002
    made = invoice(row(MUG, qty=qty, net=net, vat=vat), id=id)
    return replace(made, increment_id=number, created_at=datetime(2026, 3, 4 + id, 10, 0, tzinfo=UTC))


def finished(*invoices: Invoice) -> Order:
    return order(MUG, state="complete", invoices=invoices)


def planned(shop: Shop, profile: str, what: Order) -> Plan:
    return plan_order(what, shop(profile), AGREEMENT)


@pytest.mark.parametrize(
    ("number", "book_with"),
    [
        ("000000101", 101),
        ("101", 101),
        ("DK-000101", 101),
        ("FAKTURA2026", 2026),
        ("999999999", 999_999_999),
        ("2000000001", None),
        ("000000000", None),
        ("101-1", None),
        ("101A", None),
        ("A1B2", None),
        ("", None),
    ],
)
def test_the_number_is_magentos_in_digits(shop: Shop, number: str, book_with: int | None) -> None:
    plan = planned(shop, NUMBERED, finished(of(number)))
    if book_with is None:
        assert [parked.reason for parked in plan.parked] == ["invoice_number"]
        return
    (document,) = plan.documents
    assert (document.book, document.book_with) == (True, book_with)


def test_e_conomic_numbers_unless_the_profile_says_otherwise(shop: Shop) -> None:
    (document,) = planned(shop, "", finished(of("2000000001"))).documents
    assert (document.book, document.book_with) == (True, None)


def test_a_draft_that_is_not_booked_needs_no_number(shop: Shop) -> None:
    (document,) = planned(shop, NUMBERED + "booking: off\n", finished(of("101A"))).documents
    assert (document.book, document.book_with, document.unnumbered) == (False, None, False)


def test_without_a_magento_invoice_nothing_is_booked(shop: Shop) -> None:
    (document,) = planned(shop, NUMBERED, finished()).documents
    assert (document.book, document.book_with, document.unnumbered) == (False, None, True)


def test_one_document_of_several_invoices_has_the_number_of_the_last(shop: Shop) -> None:
    parts = (of("000000105", id=2, qty="1", net="80", vat="20"), of("000000104", id=1, qty="1", net="80", vat="20"))
    (document,) = planned(shop, NUMBERED, finished(*parts)).documents
    assert document.book_with == 105
    each = planned(shop, NUMBERED + "invoices: per_magento_invoice\n", finished(*parts)).documents
    assert [one.book_with for one in each] == [105, 104]


def test_cancelled_invoices_give_no_number(shop: Shop) -> None:
    gone = replace(of("000000106", id=2), state="canceled")
    (document,) = planned(shop, NUMBERED, finished(of("000000105"), gone)).documents
    assert document.book_with == 105


def test_a_store_view_may_have_its_own_way_of_numbering(shop: Shop) -> None:
    profile = shop("stores: {default: {invoice_number: magento}}\n")
    (document,) = plan_order(finished(of("000000105")), profile, AGREEMENT).documents
    assert document.book_with == 105


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ('"invoices/{{ magento_invoice.increment_id }}.pdf"', "invoices/000000101.pdf"),
        ("\"{{ date|date('%Y') }}/{{ order.increment_id }}.pdf\"", "2026/000000017.pdf"),
        ("{map: order.currency, to: {DKK: dk.pdf}, default: null}", "dk.pdf"),
        ("{map: order.currency, to: {EUR: eu.pdf}, default: null}", ""),
    ],
)
def test_a_files_name_is_a_field(shop: Shop, field: str, name: str) -> None:
    (document,) = planned(shop, f"attachments: {{invoice: {field}}}\n", finished(of("000000101"))).documents
    assert document.attachment == name


def test_a_draft_order_has_no_file_and_an_invoice_before_magentos_names_one_that_cannot_be(shop: Shop) -> None:
    profile = 'attachments: {invoice: "{{ magento_invoice.increment_id }}.pdf"}\n'
    (document,) = planned(shop, profile, order(MUG)).documents
    assert document.attachment == ""
    (document,) = planned(shop, profile, finished()).documents
    assert document.attachment == ".pdf"


@pytest.mark.parametrize(
    ("ean", "right"),
    [
        ("5790000000005", True),
        ("5798000420526", True),
        ("5798000420525", False),
        ("5790000000012", True),
        ("579000000001", False),
        ("57900000000120", False),
        ("579000000001X", False),
        ("", False),
    ],
)
def test_a_gln_ends_in_its_check_digit(ean: str, right: bool) -> None:
    assert is_gln(ean) is right
