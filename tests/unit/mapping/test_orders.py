"""Which document an order asks for: states, the go-live line, targets, dates, currency, references."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdc.models import Order, StatusChange
from mapping.order import order_reference, plan_order
from mapping.plan import Plan, WantedDocument
from mapping.profile import Profile
from tests.unit.mapping.builders import AGREEMENT, STORE, Shop, invoice, line, order, row

A = line(qty="3", row="300", vat="75")


def plan(one: Order, profile: Profile, *, admitted: bool = False) -> Plan:
    return plan_order(one, profile, AGREEMENT, admitted=admitted)


def document(one: Order, profile: Profile) -> WantedDocument:
    (only,) = plan(one, profile).documents
    return only


@pytest.mark.parametrize("state", ["new", "processing"])
def test_an_open_order_is_a_draft_order(sandbox: Profile, state: str) -> None:
    found = plan(order(A, state=state), sandbox)
    (only,) = found.documents
    assert (only.kind, only.role, only.book, found.removals) == ("order_draft", "order", False, ())


@pytest.mark.parametrize("state", ["complete", "closed"])
def test_a_finished_order_is_an_invoice_in_place_of_its_draft_order(sandbox: Profile, state: str) -> None:
    found = plan(order(A, state=state), sandbox)
    (only,) = found.documents
    assert (only.kind, only.role, only.book, found.removals) == ("invoice_draft", "invoice", True, ("order",))
    assert only.reference == "000000017"


def test_booking_is_off_unless_the_shop_says_so(shop: Shop) -> None:
    assert not document(order(A, state="complete"), shop("booking: off")).book


def test_a_parked_invoice_keeps_the_draft_order(sandbox: Profile) -> None:
    found = plan(order(line(row="100", vat="24"), state="complete"), sandbox)
    assert found.parked[0].role == "invoice"
    assert found.removals == ()


def test_a_cancelled_orders_drafts_go(sandbox: Profile) -> None:
    found = plan(order(A, state="canceled"), sandbox)
    assert found == Plan(removals=("order", "invoice"))


@pytest.mark.parametrize(
    ("state", "status", "reason"),
    [
        ("pending_payment", "pending_payment", "pending_payment"),
        ("payment_review", "payment_review", "payment_review"),
        ("payment_review", "fraud", "fraud"),
        ("processing", "fraud", "fraud"),
        ("holded", "holded", "holded"),
        ("somewhere", "new_state", "no_rule"),
    ],
)
def test_waiting_states_leave_everything_alone(sandbox: Profile, state: str, status: str, reason: str) -> None:
    found = plan(order(A, state=state, status=status), sandbox)
    assert [s.reason for s in found.skipped] == [reason]
    assert (found.documents, found.removals, found.parked) == ((), (), ())


def test_an_order_from_before_the_line_is_skipped_unless_admitted(shop: Shop) -> None:
    profile = shop("orders: {since: 2026-03-03}")
    old = order(A)
    assert [s.reason for s in plan(old, profile).skipped] == ["before_go_live"]
    assert plan(old, profile, admitted=True).documents
    late = replace(old, created_at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    assert plan(late, profile).documents


@pytest.mark.parametrize(
    ("increment", "code", "live"),
    [
        ("000000122", "default", False),
        ("000000123", "default", True),
        ("000000123-2", "default", True),
        ("000000122-1", "default", False),
        ("2000000001", "default", True),
        ("000000999", "other", False),
    ],
)
def test_the_line_as_a_number_per_store(shop: Shop, increment: str, code: str, live: bool) -> None:
    profile = shop('orders: {since: {default: "000000123"}}')
    one = replace(order(A), increment_id=increment, store=replace(STORE, code=code))
    assert bool(plan(one, profile).documents) is live


def test_the_target_is_what_was_invoiced(sandbox: Profile) -> None:
    """3 ordered, 2 invoiced, 1 cancelled: the order's grand total still says 3."""
    sold = replace(A, qty_canceled=Decimal(1), qty_invoiced=Decimal(2), tax_canceled=Decimal(25))
    done = order(sold, state="complete", invoices=(invoice(row(sold, qty="2", net="200", vat="50")),))
    found = document(done, sandbox)
    assert found.expected.gross == Decimal("250.00")
    assert found.body.lines[0].quantity == Decimal("2.00")


def test_cancelled_magento_invoices_do_not_count(sandbox: Profile) -> None:
    gone = invoice(row(A, qty="3", net="300", vat="75"), id=1, state="canceled")
    first = invoice(row(A, qty="1", net="100", vat="25"), id=2)
    second = invoice(row(A, qty="1", net="100", vat="25"), id=3, created_at=datetime(2026, 3, 9, 23, 30, tzinfo=UTC))
    found = document(order(A, state="complete", invoices=(gone, first, second)), sandbox)
    assert found.expected.net == Decimal("200.00")
    assert found.body.date == date(2026, 3, 10)


def test_a_draft_order_is_ordered_less_cancelled(sandbox: Profile) -> None:
    sold = replace(A, qty_canceled=Decimal(1), tax_canceled=Decimal(25))
    found = document(order(sold, state="processing"), sandbox)
    assert (found.expected.net, found.expected.vat) == (Decimal("200.00"), Decimal("50.00"))


def test_discounted_shipping_of_an_invoice_is_read_from_its_totals(sandbox: Profile) -> None:
    billed = invoice(row(A, qty="3", net="300", vat="75"), ship=("40", "5", "20", "0"))
    billed = replace(billed, totals=replace(billed.totals, shipping_discount=Decimal(0)))
    found = document(order(A, ship=("40", "5", "20", "0"), state="complete", invoices=(billed,)), sandbox)
    assert found.body.lines[-1].unit_net_price == Decimal("20.00")


def test_one_document_per_magento_invoice(shop: Shop) -> None:
    profile = shop("invoices: per_magento_invoice\nreference: {prefix: DK-}")
    rows = [invoice(row(A, qty=q, net=n, vat=v), id=i) for i, q, n, v in [(1, "1", "100", "25"), (2, "2", "200", "50")]]
    found = plan(order(A, state="complete", invoices=tuple(rows)), profile)
    assert [(d.role, d.reference) for d in found.documents] == [
        ("invoice:1", "DK-000000017/F000000101"),
        ("invoice:2", "DK-000000017/F000000102"),
    ]


def test_dates_are_the_stores_own(sandbox: Profile) -> None:
    eve = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert document(order(A, created_at=eve), sandbox).body.date == date(2027, 1, 1)
    azores = replace(STORE, timezone="Atlantic/Azores")
    assert document(order(A, created_at=eve, store=azores), sandbox).body.date == date(2026, 12, 31)


def test_an_invoice_without_magento_invoices_has_the_date_of_its_status(sandbox: Profile) -> None:
    history = tuple(
        StatusChange(status=s, created_at=datetime(2026, 3, d, 12, tzinfo=UTC))
        for s, d in [("complete", 3), ("complete", 6), ("", 8)]
    )
    assert document(order(A, state="complete", history=history), sandbox).body.date == date(2026, 3, 6)
    bare = order(A, state="complete", updated_at=datetime(2026, 4, 1, 12, tzinfo=UTC))
    assert document(bare, sandbox).body.date == date(2026, 4, 1)


def test_the_rate_of_exchange_is_always_sent(sandbox: Profile) -> None:
    assert document(order(A), sandbox).body.exchange_rate == 100
    euros = order(A, currency="EUR", base_to_order_rate=Decimal("0.1340"))
    assert document(euros, sandbox).body.exchange_rate == Decimal("746.268657")
    assert document(euros, sandbox).customer.body.currency == "EUR"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"currency": "JPY"}, "currency"),
        ({"currency": "EUR", "base_currency": "SEK"}, "exchange_rate"),
        ({"currency": "EUR", "base_to_order_rate": Decimal(0)}, "exchange_rate"),
        ({"store": replace(STORE, timezone="Mars/Olympus")}, "time_zone"),
        ({"increment_id": "10 0"}, "reference"),
        ({"customer_email": "", "billing": None, "shipping": None}, "customer_email"),
    ],
)
def test_odd_orders_park(sandbox: Profile, changes: dict[str, Any], reason: str) -> None:
    found = plan(order(A, **changes), sandbox)
    assert [p.reason for p in found.parked] == [reason]
    assert found.parked[0].advice


def test_nothing_makes_it_raise(sandbox: Profile) -> None:
    broken = replace(A, row_total=Decimal("NaN"), name=None)  # type: ignore[arg-type]
    assert plan(order(broken), sandbox).parked
    assert plan(replace(order(A), lines=None), sandbox).parked  # type: ignore[arg-type]
    assert plan(replace(order(A), currency=None), sandbox).parked  # type: ignore[arg-type]


def test_the_reference_is_always_a_whole_token(shop: Shop) -> None:
    profile = shop('reference: {prefix: DK-, text: "{{ order.payment.po_number }}"}')
    bare = document(order(A), profile)
    assert bare.body.references is not None
    assert bare.body.references.other == "DK-000000017"
    one = order(A)
    assert one.payment is not None
    asked = document(replace(one, payment=replace(one.payment, po_number="4711")), profile)
    assert asked.body.references is not None
    assert asked.body.references.other == "4711 · DK-000000017"
    wordy = replace(one, payment=replace(one.payment, po_number="x" * 400))
    assert [p.reason for p in plan(wordy, profile).parked] == ["too_long"]
    for hostile in ("000000018", "ref DK-000000018", "000000018/F000000001", "000000018-1"):
        other = replace(one, payment=replace(one.payment, po_number=hostile))
        assert [p.reason for p in plan(other, profile).parked] == ["reference"], hostile
    for harmless in ("DK-000000017", "450001234", "4711-1", "2000000018"):
        buyers = document(replace(one, payment=replace(one.payment, po_number=harmless)), profile)
        assert buyers.body.references is not None
    cuts = shop('reference: {prefix: DK-, text: {text: "{{ order.payment.po_number }}", long: cut}}')
    long = document(wordy, cuts)
    assert long.body.references is not None
    assert long.body.references.other is not None
    assert len(long.body.references.other) == 250
    assert long.body.references.other.endswith("… · DK-000000017")


def test_store_views_may_have_prefixes_of_their_own(shop: Shop) -> None:
    profile = shop("reference: {prefix: A-}\nstores: {en: {reference: {prefix: B-}}}")
    english = order(A, store=replace(STORE, code="en"))
    assert order_reference(english, profile) == document(english, profile).reference == "B-000000017"
    assert order_reference(order(A), profile) == document(order(A), profile).reference == "A-000000017"


def test_an_edited_order_is_an_order_of_its_own(sandbox: Profile) -> None:
    edited = order(A, increment_id="000000017-1", original_increment_id="000000017")
    assert document(edited, sandbox).reference == "000000017-1"


def test_a_store_view_may_have_rules_of_its_own(shop: Shop) -> None:
    profile = shop(
        "stores:\n  en:\n    numbers: {layout: 2}\n"
        "    fields: {document: {heading: 'Order {{ order.increment_id }}'}}\n"
    )
    english = document(order(A, store=replace(STORE, code="en")), profile).body
    danish = document(order(A), profile).body
    assert (english.layout.layout_number, danish.layout.layout_number) == (2, 1)
    assert english.notes is not None
    assert english.notes.heading == "Order 000000017"
    assert danish.notes is not None
    assert danish.notes.heading == "Webordre 000000017"


def test_terms_by_payment_method(shop: Shop) -> None:
    profile = shop("numbers: {payment_terms: {map: order.payment.method, to: {banktransfer: 2}, default: 1}}")
    assert document(order(A), profile).body.payment_terms.payment_terms_number == 1
    one = order(A)
    assert one.payment is not None
    paid = replace(one, payment=replace(one.payment, method="banktransfer"))
    assert document(paid, profile).body.payment_terms.payment_terms_number == 2


def test_a_rule_may_ask_for_anything(shop: Shop) -> None:
    profile = shop(
        "when:\n"
        "  - {if: 'order.totals.grand_total == 0', then: wait, reason: free_order}\n"
        "  - {status: [pending], then: invoice}\n"
    )
    free = order(line(row="0", vat="0"))
    assert plan(free, profile).skipped[0].reason == "free_order"
    assert document(order(A), profile).kind == "invoice_draft"


ODD: tuple[Any, ...] = (
    None,
    "",
    "x" * 5000,
    "\x00",
    Decimal("NaN"),
    Decimal("-1"),
    Decimal("1e40"),
    Decimal("0.00001"),
    10**30,
    (),
    {},
)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_no_field_can_make_it_raise(sandbox: Profile, data: st.DataObject) -> None:
    one = order(A, state=data.draw(st.sampled_from(["new", "complete", "closed"])), ship=("40", "10"))
    one = replace(one, invoices=data.draw(st.sampled_from([(), (invoice(row(A, qty="3", net="300", vat="75")),)])))
    odd = data.draw(st.sampled_from(ODD))
    part = data.draw(st.sampled_from(["", "lines", "billing", "shipping", "totals", "store", "customer_group"]))
    whole = getattr(one, part)[0] if part == "lines" else getattr(one, part) if part else one
    name = data.draw(st.sampled_from(sorted(f.name for f in fields(whole))))
    broken: Any = replace(whole, **{name: odd})
    changes: dict[str, Any] = {part: (broken,) if part == "lines" else broken}
    found = plan_order(replace(one, **changes) if part else broken, sandbox, AGREEMENT)
    assert found.documents or found.parked or found.skipped or found.removals
    for made in found.documents:
        assert made.expected == made.magento
