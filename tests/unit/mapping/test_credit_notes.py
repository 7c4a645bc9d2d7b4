"""Credit notes: hand-computed, for each way in which money goes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cdc.models import CreditMemo, Order
from mapping.agreement import Agreement
from mapping.credit_notes import BookedInvoice, plan_credit_notes
from mapping.plan import Amounts, Plan, WantedDocument
from mapping.profile import Profile
from tests.unit.mapping.builders import AGREEMENT, Shop, address, invoice, line, order, row
from tests.unit.mapping.memos import memo

MUG = line("MUG-1", id=1, qty="2", row="160", vat="40")
TEA = line("TEA", id=2, qty="3", row="79.99", vat="20")
BOOKED = {"invoice": BookedInvoice(number="10001", exchange_rate=Decimal(100), customer=7)}
PLACED = order(MUG, TEA, state="complete", ship=("39.20", "9.80"))


def plan(
    one: Order,
    profile: Profile,
    *memos: CreditMemo,
    booked: Mapping[str, BookedInvoice] = BOOKED,
    restocked: Mapping[str, Collection[str]] | None = None,
    agreement: Agreement = AGREEMENT,
) -> Plan:
    return plan_credit_notes(replace(one, credit_memos=memos), profile, agreement, booked=booked, restocked=restocked)


def note(
    one: Order,
    profile: Profile,
    *memos: CreditMemo,
    restocked: Mapping[str, Collection[str]] | None = None,
    agreement: Agreement = AGREEMENT,
    booked: Mapping[str, BookedInvoice] = BOOKED,
) -> WantedDocument:
    found = plan(one, profile, *memos, restocked=restocked, agreement=agreement, booked=booked)
    assert found.parked == ()
    (document,) = found.documents
    return document


def lines(document: WantedDocument) -> list[tuple[str, str, str]]:
    """Product, quantity and price of each line."""
    return [
        (one.product.product_number, str(one.quantity), str(one.unit_net_price))
        for one in document.body.lines
        if one.product is not None
    ]


def amounts(net: str, vat: str, gross: str) -> Amounts:
    return Amounts(Decimal(net), Decimal(vat), Decimal(gross))


def test_goods_that_came_back_return_on_their_own_product_and_others_on_the_refund_product(sandbox: Profile) -> None:
    both = memo(row(MUG, qty="1", net="80", vat="20"), row(TEA, qty="3", net="79.99", vat="20"), ship=("39.20", "9.80"))
    document = note(PLACED, sandbox, both, restocked={"1": ["product:101", "sku:MUG-1"]})
    assert document.kind == "credit_note_draft"
    assert document.role == "creditmemo:1"
    assert document.reference == "000000017/K000000201"
    assert lines(document) == [
        ("MUG-1", "-1.00", "80.00"),
        ("refund", "-2.00", "26.66"),
        ("refund", "-1.00", "26.67"),
        ("refund", "-1.00", "39.20"),
    ]
    assert document.expected == document.magento == amounts("-199.19", "-49.80", "-248.99")
    assert document.book
    assert document.body.date == date(2026, 3, 10)
    assert document.body.customer.customer_number is None
    assert document.customer.number == 7


def test_the_invoices_number_stands_on_it(sandbox: Profile) -> None:
    document = note(PLACED, sandbox, memo(row(MUG, qty="1", net="80", vat="20")))
    assert document.body.notes is not None
    assert document.body.notes.heading == "Kreditnota til faktura 10001, webordre 000000017"
    assert document.body.references is not None
    assert document.body.references.other == "Faktura#10001 000000017/K000000201"


def test_the_requisition_number_stays_before_it(shop: Shop) -> None:
    profile = shop("reference: {prefix: DK-, text: '4711'}\ncredit_notes: {heading: null}\n")
    document = note(PLACED, profile, memo(row(MUG, qty="1", net="80", vat="20")))
    assert document.body.references is not None
    assert document.body.references.other == "4711 · Faktura#10001 DK-000000017/K000000201"
    assert document.body.notes is not None
    assert document.body.notes.heading == "Webordre 000000017"


@pytest.mark.parametrize(("restock", "product"), [("captured", "refund"), ("always", "MUG-1"), ("never", "refund")])
def test_whether_goods_came_back_is_the_profiles_to_say_where_nothing_is_known(
    shop: Shop, restock: str, product: str
) -> None:
    profile = shop(f"credit_notes: {{restock: {restock}}}\n")
    document = note(PLACED, profile, memo(row(MUG, qty="2", net="160", vat="40")))
    assert lines(document) == [(product, "-2.00", "80.00")]


def test_never_overrides_what_was_seen(shop: Shop) -> None:
    seen = {"1": ["sku:MUG-1"]}
    one = memo(row(MUG, qty="2", net="160", vat="40"))
    assert lines(note(PLACED, shop("credit_notes: {restock: never}\n"), one, restocked=seen))[0][0] == "refund"
    assert lines(note(PLACED, shop(""), one, restocked=seen))[0][0] == "MUG-1"


def test_an_adjustment_is_a_reduction_of_the_price_with_vat_in_it(sandbox: Profile) -> None:
    document = note(PLACED, sandbox, memo(plus="100"))
    assert lines(document) == [("refund", "-1.00", "80.00")]
    assert document.body.lines[0].description == "Prisnedslag"
    assert document.magento == amounts("-80", "-20", "-100")


def test_an_adjustment_fee_stands_on_it_the_other_way(sandbox: Profile) -> None:
    document = note(PLACED, sandbox, memo(row(MUG, qty="2", net="160", vat="40"), minus="50"))
    assert lines(document) == [("refund", "-2.00", "80.00"), ("refund", "1.00", "40.00")]
    assert document.body.lines[1].description == "Gebyr"
    assert document.expected == document.magento == amounts("-120", "-30", "-150")


def test_an_adjustment_is_shared_out_over_the_invoices_rates(sandbox: Profile) -> None:
    book = line("BOOK", id=3, qty="1", row="300", vat="0", rate="0")
    one = order(replace(MUG, qty_ordered=Decimal(1), row_total=Decimal("80"), tax_amount=Decimal("20")), book)
    document = note(one, sandbox, memo(plus="40"))
    assert lines(document) == [("refund", "-1.00", "8.00"), ("refund-untaxed", "-1.00", "30.00")]
    assert document.magento == amounts("-38", "-2", "-40")
    assert document.products[1].body is not None


def test_a_compensation_carries_no_vat(shop: Shop) -> None:
    document = note(PLACED, shop("credit_notes: {adjustments: compensation}\n"), memo(plus="99.99"))
    assert lines(document) == [("refund-untaxed", "-1.00", "99.99")]
    assert document.expected == document.magento == amounts("-99.99", "0", "-99.99")


def test_a_vat_gap_is_closed_by_a_pair_with_its_signs_turned(sandbox: Profile) -> None:
    item = line("GAP", id=1, row="39.98", vat="9.99")
    document = note(order(item), sandbox, memo(row(item, qty="1", net="39.98", vat="9.99")))
    assert lines(document) == [
        ("refund", "-1.00", "39.98"),
        ("rounding-vat", "1.00", "0.02"),
        ("rounding", "-1.00", "0.02"),
    ]
    assert document.expected == document.magento == amounts("-39.98", "-9.99", "-49.97")


def test_abroad_the_refund_product_has_no_vat_either(sandbox: Profile) -> None:
    away = address(country="US")
    item = line("A-1", row="100", vat="0", rate="0")
    one = order(item, billing=away, shipping=away)
    document = note(one, sandbox, memo(row(item, qty="1", net="100", vat="0")))
    assert lines(document) == [("refund", "-1.00", "100.00")]
    assert document.magento == amounts("-100", "0", "-100")


def test_the_rate_of_exchange_is_the_invoices(sandbox: Profile) -> None:
    item = line("A-1", row="100", vat="25")
    one = order(item, currency="EUR", base_currency="DKK", base_to_order_rate=Decimal("0.1340"))
    booked = {"invoice": BookedInvoice(number="10001", exchange_rate=Decimal("744.10"), customer=7)}
    document = note(one, sandbox, memo(row(item, qty="1", net="100", vat="25")), booked=booked)
    assert document.body.exchange_rate == Decimal("744.10")


def test_a_memo_waits_for_its_invoice(sandbox: Profile) -> None:
    found = plan(PLACED, sandbox, memo(row(MUG, qty="1", net="80", vat="20")), booked={})
    assert [(one.role, one.reason) for one in found.skipped] == [("creditmemo:1", "waits_for_invoice")]
    assert found.documents == ()


def test_each_memo_is_for_its_own_magento_invoice(shop: Shop) -> None:
    profile = shop("invoices: per_magento_invoice\n")
    bills = (
        invoice(row(MUG, qty="2", net="160", vat="40"), id=4),
        invoice(row(TEA, qty="3", net="79.99", vat="20"), id=5),
    )
    one = replace(PLACED, invoices=bills)
    memos = (
        memo(row(MUG, qty="1", net="80", vat="20"), id=1, invoice_id=4),
        memo(row(TEA, qty="3", net="79.99", vat="20"), id=2, invoice_id=5),
        memo(row(MUG, qty="1", net="80", vat="20"), id=3),
    )
    first = {"invoice:4": BookedInvoice(number="10004")}
    found = plan(one, profile, *memos, booked=first)
    assert [document.role for document in found.documents] == ["creditmemo:1"]
    assert [one.role for one in found.skipped] == ["creditmemo:2", "creditmemo:3"]
    second = {**first, "invoice:5": BookedInvoice(number="10005")}
    named = [
        document.body.references.other
        for document in plan(one, profile, *memos, booked=second).documents
        if document.body.references is not None
    ]
    assert named == [
        "Faktura#10004 000000017/K000000201",
        "Faktura#10005 000000017/K000000202",
        "Faktura#10004 Faktura#10005 000000017/K000000203",
    ]


def test_a_cancelled_memo_is_no_refund(sandbox: Profile) -> None:
    assert plan(PLACED, sandbox, memo(row(MUG, qty="1", net="80", vat="20"), state="canceled")) == Plan()


def test_without_a_refund_product_of_that_rate_it_parks_and_says_which(sandbox: Profile) -> None:
    bare = replace(AGREEMENT, products={**AGREEMENT.products, "refund": 3})
    found = plan(PLACED, sandbox, memo(row(MUG, qty="1", net="80", vat="20")), agreement=bare)
    (parked,) = found.parked
    assert parked.reason == "refund_product"
    assert "25%" in parked.advice


def test_a_refund_product_for_each_rate(shop: Shop) -> None:
    profile = shop("numbers: {products: {refund: [refund, refund-12]}}\n")
    rates = {**AGREEMENT.vat_rates, (4, 1): Decimal(12)}
    agreement = replace(AGREEMENT, vat_rates=rates, products={**AGREEMENT.products, "refund-12": 4, "FOOD": 4})
    item = line("FOOD", row="100", vat="12", rate="12")
    document = note(order(item), profile, memo(row(item, qty="1", net="100", vat="12")), agreement=agreement)
    assert lines(document) == [("refund-12", "-1.00", "100.00")]


def test_credit_notes_may_be_left_to_people(shop: Shop) -> None:
    profile = shop("credit_notes: {create: off}\n")
    found = plan(PLACED, profile, memo(row(MUG, qty="1", net="80", vat="20")))
    assert [one.reason for one in found.skipped] == ["credit_note_by_hand"]


@pytest.mark.parametrize(("lines_", "books"), [("booking: off\n", False), ("credit_notes: {book: off}\n", False)])
def test_drafts_only(shop: Shop, lines_: str, books: bool) -> None:
    assert note(PLACED, shop(lines_), memo(plus="10")).book is books


def test_a_refund_in_parts_comes_to_the_whole(sandbox: Profile) -> None:
    parts = [
        memo(row(TEA, qty="1", net="26.66", vat="6.67"), id=1),
        memo(row(TEA, qty="1", net="26.67", vat="6.66"), id=2, ship=("39.20", "9.80")),
        memo(row(TEA, qty="1", net="26.66", vat="6.67"), row(MUG, qty="2", net="160", vat="40"), id=3),
    ]
    made = plan(PLACED, sandbox, *parts).documents
    assert sum(one.magento.gross for one in made) == -PLACED.totals.grand_total
    assert sum(one.expected.vat for one in made) == -PLACED.totals.tax


def test_older_memos_were_credited_elsewhere(shop: Shop) -> None:
    one = memo(row(MUG, qty="1", net="80", vat="20"))
    assert plan(PLACED, shop("credit_notes: {since: 2026-03-11}\n"), one).skipped[0].reason == "before_credit_notes"
    assert len(plan(PLACED, shop("credit_notes: {since: 2026-03-10}\n"), one).documents) == 1


@pytest.mark.parametrize(
    ("keys", "books", "number"), [("", False, None), ("number_offset: 900000000", True, 900000201)]
)
def test_with_magentos_numbers_a_credit_note_never_takes_an_invoices(
    shop: Shop, keys: str, books: bool, number: int | None
) -> None:
    profile = shop(f"invoice_number: magento\ncredit_notes: {{{keys}}}\n")
    document = note(PLACED, profile, memo(row(MUG, qty="1", net="80", vat="20")))
    assert (document.book, document.book_with) == (books, number)
