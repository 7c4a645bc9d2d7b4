"""A refund before the invoice is booked: hand-computed drafts of what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from cdc.models import CreditMemo, Invoice, Order, OrderLine
from mapping.credit_notes import BookedInvoice, plan_credit_notes, refunds_of
from mapping.order import plan_order
from mapping.plan import Amounts, Plan
from mapping.profile import Profile
from tests.unit.mapping.builders import AGREEMENT, Shop, invoice, line, order, row
from tests.unit.mapping.memos import memo

REDUCE = "credit_notes: {before_booking: reduce}\n"
MUG = line("MUG-1", id=1, qty="2", row="160", vat="40")
TEA = line("TEA", id=2, qty="3", row="79.99", vat="20")
SENT = replace(MUG, qty_shipped=Decimal(2))
ONE_MUG = memo(row(MUG, qty="1", net="80", vat="20"), id=1)
ALL = memo(row(MUG, qty="2", net="160", vat="40"), row(TEA, qty="3", net="79.99", vat="20"), id=1, ship=("40", "10"))


def placed(*lines: OrderLine, state: str = "complete") -> Order:
    return order(*lines, state=state, ship=("40", "10"))


def plan(
    one: Order,
    profile: Profile,
    *memos: CreditMemo,
    booked: Mapping[str, BookedInvoice] | None = None,
    restocked: Mapping[str, tuple[str, ...]] | None = None,
) -> Plan:
    refunds = refunds_of(booked or {}, restocked or {})
    return plan_order(replace(one, credit_memos=memos), profile, AGREEMENT, refunds=refunds)


def lines(found: Plan) -> list[tuple[str, str, str]]:
    assert found.parked == ()
    (document,) = found.documents
    assert document.expected == document.magento
    return [
        (one.product.product_number, str(one.quantity), str(one.unit_net_price))
        for one in document.body.lines
        if one.product is not None
    ]


def test_what_was_never_sent_leaves_the_draft(shop: Shop) -> None:
    assert lines(plan(placed(MUG), shop(REDUCE), ONE_MUG)) == [
        ("MUG-1", "1.00", "80.00"),
        ("shipping", "1.00", "40.00"),
    ]


def test_what_the_buyer_keeps_stays_on_the_draft_at_a_lower_price(shop: Shop) -> None:
    assert lines(plan(placed(SENT), shop(REDUCE), ONE_MUG))[0] == ("MUG-1", "2.00", "40.00")
    back = {"1": ("sku:MUG-1",)}
    assert lines(plan(placed(SENT), shop(REDUCE), ONE_MUG, restocked=back))[0] == ("MUG-1", "1.00", "80.00")


def test_an_adjustment_is_taken_off_on_the_refund_product(shop: Shop) -> None:
    found = plan(placed(MUG), shop(REDUCE), memo(plus="100", id=1))
    assert lines(found)[-1] == ("refund", "1.00", "-80.00")
    assert found.documents[0].magento == Amounts(Decimal(120), Decimal(30), Decimal(150))


def test_a_full_refund_before_booking_removes_the_drafts(shop: Shop) -> None:
    found = plan(placed(MUG, TEA, state="closed"), shop(REDUCE), ALL)
    assert found.documents == ()
    assert set(found.removals) == {"order", "invoice"}


def test_a_draft_order_is_reduced_too(shop: Shop) -> None:
    found = plan(placed(MUG, state="processing"), shop(REDUCE), ONE_MUG)
    assert found.documents[0].kind == "order_draft"
    assert lines(found)[0] == ("MUG-1", "1.00", "80.00")


def test_it_waits_unless_the_profile_says_so(sandbox: Profile) -> None:
    assert lines(plan(placed(MUG), sandbox, ONE_MUG))[0] == ("MUG-1", "2.00", "80.00")


def test_the_amounts_tell_which_memos_a_booked_invoice_has_taken_in(shop: Shop) -> None:
    late = memo(row(MUG, qty="1", net="80", vat="20"), id=2)
    reduced = {"invoice": BookedInvoice(number="10001", amounts=Amounts(Decimal(120), Decimal(30), Decimal(150)))}
    whole = {"invoice": BookedInvoice(number="10001", amounts=Amounts(Decimal(200), Decimal(50), Decimal(250)))}
    one = replace(placed(MUG), credit_memos=(ONE_MUG, late), invoices=(_bill(),))
    for lines_ in (REDUCE, ""):  # also when the profile has changed since
        profile = shop(lines_)
        assert plan(one, profile, ONE_MUG, late, booked=reduced).documents[0].magento.gross == 150
        assert plan(one, profile, ONE_MUG, late, booked=whole).documents[0].magento.gross == 250
        notes = plan_credit_notes(one, profile, AGREEMENT, booked=reduced)
        assert [document.role for document in notes.documents] == ["creditmemo:2"]
        assert [(skipped.role, skipped.reason) for skipped in notes.skipped] == [("creditmemo:1", "invoice_reduced")]
        notes = plan_credit_notes(one, profile, AGREEMENT, booked=whole)
        assert [document.role for document in notes.documents] == ["creditmemo:1", "creditmemo:2"]


def test_a_booked_invoice_of_another_amount_is_not_explained_away(shop: Shop) -> None:
    other = {"invoice": BookedInvoice(number="10001", amounts=Amounts(Decimal(100), Decimal(25), Decimal(125)))}
    assert plan(placed(MUG), shop(REDUCE), ONE_MUG, booked=other).documents[0].magento.gross == 250


def test_each_magento_invoice_takes_in_its_own_memos(shop: Shop) -> None:
    profile = shop(f"invoices: per_magento_invoice\n{REDUCE}")
    bills = (
        invoice(row(MUG, qty="2", net="160", vat="40"), id=4),
        invoice(row(TEA, qty="3", net="79.99", vat="20"), id=5, ship=("40", "10")),
    )
    one = replace(placed(MUG, TEA), invoices=bills)
    found = plan(one, profile, replace(ONE_MUG, invoice_id=4))
    assert [(document.role, document.magento.gross) for document in found.documents] == [
        ("invoice:4", 100),
        ("invoice:5", Decimal("149.99")),
    ]
    whole = memo(row(MUG, qty="2", net="160", vat="40"), invoice_id=4)
    found = plan(one, profile, whole)
    assert [document.role for document in found.documents] == ["invoice:5"]
    assert "invoice:4" in found.removals


def _bill() -> Invoice:
    return invoice(row(MUG, qty="2", net="160", vat="40"), id=4, ship=("40", "10"))
