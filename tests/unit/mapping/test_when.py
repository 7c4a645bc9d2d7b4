"""Rows of `when`: every condition, the order of the rows, ages, and what a row says about booking and sending."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cdc.models import Order, Payment
from mapping.order import plan_order
from mapping.plan import Plan, Skipped
from mapping.profile import ProfileError
from tests.unit.mapping.builders import AGREEMENT, RETAIL, STORE, ZERO, Shop, address, invoice, line, order, row

PLACED = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MUG = line("MUG", qty="2", row="160", vat="40")


def planned(shop: Shop, rows: str, of: Order, *, more: str = "", age: timedelta = timedelta()) -> Plan:
    """The plan under these rows of `when`, so long after the order was placed."""
    listed = "".join(f"  - {{{text.strip()}}}\n" for text in rows.strip().splitlines())
    return plan_order(of, shop(f"{more}when:\n{listed}"), AGREEMENT, now=of.created_at + age)


def kinds(plan: Plan) -> list[str]:
    assert not plan.parked
    return [document.kind for document in plan.documents]


def paid_by(method: str) -> Payment:
    return Payment(method=method, amount_ordered=ZERO, amount_paid=ZERO, amount_refunded=ZERO)


@pytest.mark.parametrize(
    ("condition", "changes", "other"),
    [
        ("state: [processing]", {"state": "processing"}, {"state": "new"}),
        ("status: [Pending]", {"status": "Pending"}, {"status": "pending"}),
        ("store: [en]", {"store": replace(STORE, code="en")}, {"store": STORE}),
        ("payment: [ean]", {"payment": paid_by("ean")}, {"payment": paid_by("eanx")}),
        ("payment: ['quickpay_*']", {"payment": paid_by("quickpay_mobilepay")}, {"payment": paid_by("quickpay")}),
        ("payment: [free]", {"payment": paid_by("free")}, {"payment": None}),
        ("shipping: ['gls_*']", {"shipping_method": "gls_12345"}, {"shipping_method": "flatrate_flatrate"}),
        ("shipping: ['a[1]_*']", {"shipping_method": "a[1]_b"}, {"shipping_method": "a1_b"}),
        ("customer_group: [General]", {"customer_group": RETAIL}, {}),
        ("country: [SE, NO]", {"shipping": address(country="SE")}, {"billing": address(country="SE")}),
        ("country: [eu]", {"shipping": address(country="DE")}, {"shipping": address(country="NO")}),
        (
            "country: [SE]",
            {"is_virtual": True, "shipping": None, "billing": address(country="SE")},
            {"is_virtual": True, "shipping": address(country="SE")},
        ),
        ("currency: [DKK]", {}, {"currency": "EUR", "base_to_order_rate": Decimal("0.1340")}),
        ("above: 199.99", {}, {"lines": (line("MUG", qty="2", row="159.98", vat="40"),)}),
        ("above: 200", {"lines": (line("MUG", qty="2", row="160.01", vat="40"),)}, {}),
        ("below: 200", {"lines": (line("MUG", qty="2", row="159.98", vat="40"),)}, {}),
        ("if: 'order.coupon_code'", {"coupon_code": "JUL"}, {"coupon_code": ""}),
    ],
)
def test_a_condition_holds_or_not(shop: Shop, condition: str, changes: dict[str, Any], other: dict[str, Any]) -> None:
    rows = f"{condition}, then: order\nthen: skip, reason: other"
    for given, expected in ((changes, "order"), (other, "other")):
        changed = dict(given)
        lines = changed.pop("lines", (MUG,))
        plan = planned(shop, rows, order(*lines, **changed))
        reasons = [skipped.reason for skipped in plan.skipped]
        assert reasons == ([] if expected == "order" else [expected]), given


def test_all_conditions_of_a_row_must_hold_and_the_first_row_wins(shop: Shop) -> None:
    rows = """
        status: [Pending], above: 100, currency: [DKK], then: order
        status: [Complete], then: invoice
        status: [Pending], then: skip, reason: small
    """
    assert kinds(planned(shop, rows, order(MUG, status="Pending"))) == ["order_draft"]
    assert kinds(planned(shop, rows, order(MUG, state="complete", status="Complete"))) == ["invoice_draft"]
    small = order(line("MUG", row="40", vat="10"), status="Pending")
    assert planned(shop, rows, small).skipped == (Skipped("order", "small"),)
    assert planned(shop, rows, order(MUG, status="Packed")).skipped == (Skipped("order", "no_rule"),)


@pytest.mark.parametrize(
    ("text", "age"), [("30m", timedelta(minutes=30)), ("2h", timedelta(hours=2)), ("3d", timedelta(3))]
)
def test_an_age_matches_from_its_very_moment_and_tells_when_to_look_again(
    shop: Shop, text: str, age: timedelta
) -> None:
    rows = f"older_than: {text}, state: [new], then: order\nthen: wait, reason: young"
    before = planned(shop, rows, order(MUG), age=age - timedelta(seconds=1))
    assert before.skipped == (Skipped("order", "young"),)
    assert before.look_again_at == PLACED + age
    after = planned(shop, rows, order(MUG), age=age)
    assert kinds(after) == ["order_draft"]
    assert after.look_again_at is None


def test_the_next_of_several_ages_is_told_and_rows_that_cannot_match_are_not(shop: Shop) -> None:
    rows = """
        older_than: 14d, then: remove
        older_than: 1h, state: [holded], then: remove
        older_than: 2d, then: invoice
        then: order
        older_than: 3h, then: skip
    """
    plan = planned(shop, rows, order(MUG))
    assert kinds(plan) == ["order_draft"]
    assert plan.look_again_at == PLACED + timedelta(days=2)
    plan = planned(shop, rows, order(MUG), age=timedelta(days=2))
    assert kinds(plan) == ["invoice_draft"]
    assert plan.look_again_at == PLACED + timedelta(days=14)
    assert planned(shop, rows, order(MUG), age=timedelta(days=14)).removals[0] == "order"


def test_a_parked_order_is_looked_at_again_too(shop: Shop) -> None:
    odd = order(MUG, currency="XXX")
    plan = planned(shop, "older_than: 2h, then: remove\nthen: order", odd)
    assert plan.parked[0].reason == "currency"
    assert plan.look_again_at == PLACED + timedelta(hours=2)


@pytest.mark.parametrize(
    ("row_", "reason"),
    [
        ("then: wait", "new"),
        ("then: keep", "kept"),
        ("then: skip", "skipped_by_profile"),
        ("then: wait, reason: erp_first", "erp_first"),
        ("then: keep, reason: ask_first", "ask_first"),
    ],
)
def test_rows_that_leave_what_exists_alone_name_a_reason(shop: Shop, row_: str, reason: str) -> None:
    plan = planned(shop, row_, order(MUG))
    assert plan == Plan(skipped=(Skipped("order", reason),))


def test_a_mark_is_the_profiles_text_on_every_draft_of_the_order(shop: Shop) -> None:
    cancelled = order(MUG, state="canceled", invoices=(invoice(row(MUG, qty="2", net="160", vat="40"), id=9),))
    plan = planned(shop, "state: [canceled], then: mark", cancelled)
    assert plan.marks == ("order", "invoice", "invoice:9")
    assert plan.mark == "Annulleret i webshoppen"
    plan = planned(shop, "state: [canceled], then: mark", cancelled, more='cancelled: {mark: "Cancelled"}\n')
    assert plan.mark == "Cancelled"


def test_the_shipped_profile_removes_the_drafts_of_a_cancelled_order(shop: Shop) -> None:
    plan = plan_order(order(MUG, state="canceled"), shop(""), AGREEMENT)
    assert plan.removals[:2] == ("order", "invoice")


@pytest.mark.parametrize(
    ("booking", "row_", "booked"), [("on", "", True), ("on", ", book: off", False), ("off", ", book: on", False)]
)
def test_a_row_can_hold_a_booking_back_but_never_allow_one(shop: Shop, booking: str, row_: str, booked: bool) -> None:
    plan = planned(shop, f"then: invoice{row_}", order(MUG), more=f"booking: {booking}\n")
    assert [document.book for document in plan.documents] == [booked]


@pytest.mark.parametrize(
    ("send", "method", "wanted"),
    [
        ("none", "ean", None),
        ("ean", "ean", "EAN"),
        ("Email", "ean", "Email"),
        ("{map: order.payment.method, to: {ean: ean, checkmo: email}, default: none}", "ean", "EAN"),
        ("{map: order.payment.method, to: {ean: ean, checkmo: email}, default: none}", "free", None),
    ],
)
def test_how_an_invoice_is_sent(shop: Shop, send: str, method: str, wanted: str | None) -> None:
    plan = planned(shop, f"then: invoice, send: {send}", order(MUG, payment=paid_by(method)))
    assert [document.send_by for document in plan.documents] == [wanted]
    assert planned(shop, f"then: order, send: {send}", order(MUG)).documents[0].send_by is None


def test_a_way_of_sending_that_only_the_order_knows_parks_when_there_is_none_such(shop: Shop) -> None:
    plan = planned(shop, "then: invoice, send: {expr: order.payment.method}", order(MUG, payment=paid_by("fax")))
    assert [parked.reason for parked in plan.parked] == ["send"]
    assert "fax" in plan.parked[0].advice


@pytest.mark.parametrize(
    ("row_", "said"),
    [
        ("older_than: 2 hours", "older_than"),
        ("older_than: 0h", "older_than"),
        ("above: high", "above"),
        ("send: fax", "send"),
        ("send: {map: order.currency, to: {DKK: fax}}", "send"),
        ("payments: [ean]", "payments"),
    ],
)
def test_a_mistake_in_a_row_names_its_place(shop: Shop, row_: str, said: str) -> None:
    with pytest.raises(ProfileError) as caught:
        planned(shop, f"{row_}, then: invoice", order(MUG))
    assert any(f"when[0].{said}" in str(problem) for problem in caught.value.problems)


def test_an_order_that_was_edited_makes_way_for_the_one_that_took_its_place(shop: Shop) -> None:
    plan = planned(shop, "then: invoice", order(MUG, relation_child_id="18"))
    assert not plan.documents
    assert plan.removals[:2] == ("order", "invoice")
