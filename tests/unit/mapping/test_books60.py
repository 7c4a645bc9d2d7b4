"""Orders worked out by hand: each has just the documents of its row, or parks for its reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from econ_client import wire
from mapping.credit_notes import BookedInvoice, plan_credit_notes
from mapping.order import plan_order
from tests.unit.mapping.arithmetic import economic
from tests.unit.mapping.books60.case import Case
from tests.unit.mapping.books60.every import at, every, lines_of, wanted_fields
from tests.unit.mapping.builders import AGREEMENT, Shop

CASES = every()
AGREED = replace(AGREEMENT, currencies=AGREEMENT.currencies | {"JPY"})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_order_has_the_documents_that_were_worked_out(shop: Shop, case: Case) -> None:
    profile = shop(case.profile)
    plan = plan_order(case.order, profile, AGREED)
    assert [parked.reason for parked in plan.parked] == ([case.parks] if case.parks else []), plan.parked
    booked = {one.role: BookedInvoice(number="10001", exchange_rate=one.body.exchange_rate) for one in plan.documents}
    notes = plan_credit_notes(case.order, profile, AGREED, booked=booked)
    assert not notes.parked, notes.parked
    documents = (*plan.documents, *notes.documents)
    assert len(documents) == len(case.documents), documents
    for made, row in zip(documents, case.documents, strict=True):
        body = wire.plain(made.body)
        amounts = (Decimal(row.net), Decimal(row.vat), Decimal(row.gross))
        assert lines_of(body) == list(row.lines), case.why
        assert (made.expected.net, made.expected.vat, made.expected.gross) == amounts, case.why
        groups = {p.number: p.body.product_group.product_group_number for p in made.products if p.body is not None}
        assert economic(made.body, {**AGREED.products, **groups}, AGREED, "document/half_up") == amounts
        assert made.kind == row.kind
        assert made.reference.endswith(case.order.increment_id + row.suffix)
        fields = wanted_fields(row, case)
        assert {path: at(body, path) for path in fields} == fields


def test_the_tables_are_large_enough() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    assert sum(bool(case.parks) for case in CASES) >= 8
    assert min(Counter(case.name.partition(":")[0] for case in CASES).values()) >= 7
