"""Random refunds end equal to the øre or parked, in every rounding mode; whole quantities hardly ever park."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdc.models import CreditMemo, Order
from mapping.credit_notes import BookedInvoice, plan_credit_notes, refunds_of
from mapping.order import plan_order
from mapping.plan import WantedDocument
from tests.unit.mapping.arithmetic import MODES, ZERO, charged, economic, in_invoices, nets_of, random_cart, vats_of
from tests.unit.mapping.builders import AGREEMENT
from tests.unit.mapping.memos import memo
from tests.unit.mapping.test_books import groups_of, profile

EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 2**32)
REDUCE = "credit_notes: {before_booking: reduce}\n"


def refunded(chance: random.Random, *, whole: bool = True, adjusted: bool = False) -> Order:
    """An order whose goods and shipping went back in one to three credit memos, some with adjustments."""
    order = random_cart(chance, whole=whole).order("complete")
    cut = in_invoices(order, chance, chance.randint(1, 3))
    memos = []
    for number, bill in enumerate(cut.invoices, start=1):
        plus = Decimal(chance.randint(0, 5000)) / 100 if adjusted and chance.random() < 0.5 else ZERO
        minus = Decimal(chance.randint(0, 2000)) / 100 if adjusted and chance.random() < 0.3 else ZERO
        totals = replace(
            bill.totals,
            adjustment_positive=plus,
            adjustment_negative=minus,
            grand_total=bill.totals.grand_total + plus - minus,
        )
        memos.append(replace(memo(*bill.lines, id=number), totals=totals))
    return replace(order, credit_memos=tuple(memos))


def reasons(order: Order, mode: str) -> list[str]:
    """The reason for parking of each memo, '' for one whose credit note equals it."""
    whole = {"invoice": BookedInvoice(number="10001", customer=1)}
    plan = plan_credit_notes(order, profile(mode), AGREEMENT, booked=whole)
    made = {document.role: document for document in plan.documents}
    why = {parked.role: parked.reason for parked in plan.parked}
    for one in order.credit_memos:
        document = made.get(f"creditmemo:{one.id}")
        if document is not None:
            check(document, one, mode)
    return [why.get(f"creditmemo:{one.id}", "") for one in order.credit_memos]


def check(document: WantedDocument, one: CreditMemo, mode: str) -> None:
    groups = groups_of(document)
    net, vat, gross = economic(document.body, groups, AGREEMENT, mode)
    assert (net, vat, gross) == (document.expected.net, document.expected.vat, document.expected.gross)
    assert document.expected == document.magento
    assert gross == -one.totals.grand_total
    if not one.totals.adjustment_positive and not one.totals.adjustment_negative:
        assert vat == -one.totals.tax
    assert all((line.unit_net_price or ZERO) >= 0 for line in document.body.lines)
    assert sum(nets_of(document.body, groups, AGREEMENT).values(), ZERO) == net
    assert sum(vats_of(document.body, groups, AGREEMENT, mode).values(), ZERO) == vat


@pytest.mark.parametrize("mode", MODES)
@EXAMPLES
@given(seed=SEEDS, whole=st.booleans(), adjusted=st.booleans())
def test_random_refunds_end_equal_or_parked(mode: str, seed: int, whole: bool, adjusted: bool) -> None:
    reasons(refunded(random.Random(seed), whole=whole, adjusted=adjusted), mode)


@pytest.mark.parametrize("adjusted", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_refunds_of_whole_quantities_hardly_ever_park(mode: str, adjusted: bool) -> None:
    chance = random.Random(f"{mode} {adjusted}")
    found = Counter(why for _ in range(150) for why in reasons(refunded(chance, adjusted=adjusted), mode))
    assert sum(n for why, n in found.items() if why) * 100 <= found.total(), found


@pytest.mark.parametrize("mode", MODES)
@EXAMPLES
@given(seed=SEEDS, adjusted=st.booleans())
def test_a_reduced_invoice_and_later_credit_notes_come_to_what_is_left(mode: str, seed: int, adjusted: bool) -> None:
    """Booked after the first memos: what it has taken in is told by its amounts, the others are credited."""
    chance = random.Random(seed)
    order = refunded(chance, adjusted=adjusted)
    early = chance.randint(0, len(order.credit_memos))
    before = replace(order, credit_memos=order.credit_memos[:early])
    plan = plan_order(before, profile(mode, REDUCE), AGREEMENT)
    if plan.parked or not plan.documents:
        return
    (document,) = plan.documents
    assert economic(document.body, groups_of(document), AGREEMENT, mode)[2] == document.magento.gross
    booked = {"invoice": BookedInvoice(number="10001", customer=1, amounts=document.magento)}
    again = plan_order(order, profile(mode, REDUCE), AGREEMENT, refunds=refunds_of(booked, {}))
    notes = plan_credit_notes(order, profile(mode, REDUCE), AGREEMENT, booked=booked)
    if again.parked or notes.parked:
        return
    assert again.documents[0].magento == document.magento
    credited = sum((one.magento.gross for one in notes.documents), ZERO)
    paid_back = sum((one.totals.grand_total for one in order.credit_memos), ZERO)
    assert document.magento.gross + credited == charged(order)[2] - paid_back
