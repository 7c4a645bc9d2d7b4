"""What `preview` shows is what is then sent, byte for byte, and told so that a bookkeeper can follow it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from cdc.models import Capture
from econ_client import wire
from sync.outcome import Done, ParkedFor, Unchanged
from sync.preview import Preview, preview_order
from sync.previewtext import lines_of
from tests.integration.sync.desk import PLACED, Desk
from tests.unit.mapping.builders import address, line, order, row
from tests.unit.mapping.builders import invoice as bill
from tests.unit.mapping.memos import memo

FAR = address(country="US", postcode="10001")
PLAN = line("PLAN", id=3, row="40", vat="0", rate="0", product_type="virtual", is_virtual=True)
MUG, TEA = PLACED.lines
SHIP = ("39.20", "9.80")
SPLIT = "vat: {two_zones: split}\n"
MIXED = order(*PLACED.lines, PLAN, ship=("39.20", "9.80"), billing=FAR)


def written(desk: Desk) -> list[bytes]:
    """The exact bytes of every body that was written, oldest first; booking, and moving an order, are no documents."""
    documents = "method <> 'DELETE' AND path NOT LIKE '%/booked' AND path NOT LIKE '/orders/sent%'"
    with sqlite3.connect(desk.folder / "state.db") as state:
        rows = state.execute(f"SELECT body FROM intent WHERE {documents} ORDER BY id")
        return [bytes(body) for (body,) in rows]


def bodies(preview: Preview, customer: int) -> list[bytes]:
    """The bytes that the preview says will be written; what e-conomic assigns is filled in where `pending` names it."""
    found = []
    for one in preview.documents:
        body = one["body"]
        if "customer.customerNumber" in one["pending"]:
            assert body["customer"] == {}
            body = {**body, "customer": {"customerNumber": customer}}
        if one.get("action") != "keep":
            found.append(wire.encode(body))
    return found


def foretold(desk: Desk) -> Preview:
    """Preview, deliver, and hold the two against each other."""
    preview = preview_order(desk.context, "id:17")
    before = len(written(desk))
    desk.touch()
    outcome = desk.deliver()
    assert isinstance(outcome, Done), outcome
    (customer,) = [row["customerNumber"] for row in desk.all("/customers")]
    assert written(desk)[before:] == bodies(preview, customer)
    return preview


def test_a_new_order_then_its_change_then_its_invoice(desk: Desk) -> None:
    first = foretold(desk)
    assert [one["kind"] for one in first.documents] == ["customer", "product", "product", "order_draft"]
    assert first.documents[-1]["pending"] == ["customer.customerNumber"]
    assert first.documents[-1]["action"] == "create"
    assert preview_order(desk.context, "id:17").documents[-1]["action"] == "keep"
    desk.orders.by_id[17] = replace(desk.orders.by_id[17], shipping_description="Post")
    changed = foretold(desk)
    assert [(one["kind"], one["action"], one["pending"]) for one in changed.documents] == [
        ("order_draft", "update", [])
    ]
    assert changed.documents[-1]["stands"].startswith("order draft ")
    desk.orders.by_id[17] = replace(desk.orders.by_id[17], state="complete", status="complete")
    invoiced = foretold(desk)
    assert [(one["kind"], one["book"]) for one in invoiced.documents] == [("invoice_draft", True)]
    assert invoiced.removals == ["order"]
    booked = preview_order(desk.context, "id:17")
    assert booked.skipped == [{"role": "invoice", "reason": "already_booked"}]
    assert [(one["book"], one["action"]) for one in booked.documents] == [(False, "keep")]


def test_goods_and_services_in_two_documents(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(SPLIT)
    desk.orders.by_id[17] = MIXED
    drafted = foretold(desk)
    assert [one["role"] for one in drafted.documents if one["expected"]] == ["order", "order:services"]
    assert [row["references"]["other"] for row in desk.all("/orders/drafts")] == ["000000017", "000000017/S"]
    desk.orders.by_id[17] = replace(MIXED, state="complete", status="complete")
    invoiced = foretold(desk)
    assert [one["role"] for one in invoiced.documents] == ["invoice", "invoice:services"]
    assert invoiced.removals == ["order", "order:services"]
    assert desk.all("/orders/drafts") == []
    assert sorted(Decimal(str(row["grossAmount"])) for row in desk.all("/invoices/booked")) == [
        Decimal(40),
        PLACED.totals.grand_total,
    ]
    desk.touch()
    assert isinstance(desk.deliver(), Unchanged)


def test_two_zones_that_become_one_leave_one_document(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(SPLIT)
    desk.orders.by_id[17] = MIXED
    foretold(desk)
    free = replace(PLAN, tax_percent=Decimal(25), tax_amount=Decimal(10))
    desk.orders.by_id[17] = order(*PLACED.lines, free, ship=("39.20", "9.80"))
    foretold(desk)
    (left,) = desk.all("/orders/drafts")
    assert left["references"]["other"] == "000000017"


def test_two_zones_are_found_again_without_the_state(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(SPLIT)
    desk.orders.by_id[17] = MIXED
    foretold(desk)
    desk.lose_state()
    desk.change(state="complete", status="complete")
    assert isinstance(desk.deliver(), Done)
    assert desk.all("/orders/drafts") == []
    assert len(desk.all("/invoices/booked")) == 2


def test_a_cancelled_order_loses_both_halves(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(SPLIT)
    desk.orders.by_id[17] = MIXED
    foretold(desk)
    desk.lose_state()
    desk.change(state="canceled", status="canceled")
    outcome = desk.deliver()
    assert not isinstance(outcome, ParkedFor), outcome
    assert desk.all("/orders/drafts") == []


def test_a_credit_note_and_a_voucher(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("payments: {record: on, journal: 1, accounts: 5820, sign: credit}\n")
    billed = bill(row(MUG, qty="2", net="160", vat="40"), row(TEA, qty="3", net="79.99", vat="20"), id=4, ship=SHIP)
    capture = Capture(
        id=4,
        kind="capture",
        method="checkmo",
        amount=PLACED.totals.grand_total,
        base_amount=PLACED.totals.grand_total,
        at=datetime(2026, 3, 5, 12, tzinfo=UTC),
    )
    complete = replace(PLACED, state="complete", status="complete", invoices=(billed,))
    desk.orders.by_id[17] = replace(complete, captures=(capture,))
    waiting = preview_order(desk.context, "id:17").skipped
    assert waiting == [{"role": "payment:4", "reason": "waits_for_booking"}]
    desk.orders.by_id[17] = complete
    foretold(desk)
    refunded = replace(complete, credit_memos=(memo(row(MUG, qty="1", net="80", vat="20"), id=1),))
    desk.orders.by_id[17] = refunded
    credited = foretold(desk)
    assert [(one["kind"], one["role"], one["book"]) for one in credited.documents if one["action"] != "keep"] == [
        ("credit_note_draft", "creditmemo:1", True)
    ]
    note = credited.documents[-1]
    assert note["expected"] == note["magento"] == {"net": "-80.00", "vat": "-20.00", "gross": "-100.00"}
    assert [rate["magento"] for rate in note["rates"]] == [{"net": "-80.00", "vat": "-20.00"}]
    assert [(one["source"], one["net"]) for one in note["lines"]] == [("order_line", "-80.00")]
    desk.orders.by_id[17] = replace(refunded, captures=(capture,))
    assert "Voucher `payment:4` in journal 1, reference 000000017/P4, to be made" in text(desk)
    paid = foretold(desk)
    (voucher,) = [one for one in paid.documents if one["kind"] == "voucher"]
    assert voucher["pays"]["role"] == "invoice"
    assert {"role": "payment:4", "reason": "already_recorded"} in preview_order(desk.context, "id:17").skipped


def test_where_orders_are_refused_the_invoice_that_stands_in_is_shown(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(orders="refused")
    desk.place()
    assert [one["kind"] for one in preview_order(desk.context, "id:17").documents] == ["invoice_draft"]
    desk.pass_time(61)
    instead = foretold(desk)
    assert [(one["kind"], one["book"]) for one in instead.documents] == [("invoice_draft", False)]


def text(desk: Desk) -> str:
    """What people read; no line is longer than a terminal is wide."""
    lines = list(lines_of(preview_order(desk.context, "id:17")))
    assert [line for line in lines if len(line) > 80] == []
    return "\n".join(lines)


def test_people_see_where_each_line_came_from_and_both_sides(desk: Desk) -> None:
    said = text(desk)
    assert "Draft order `order`, reference 000000017\n  is made; it is not booked" in said
    assert "Vare MUG-1 (order item 1, SKU MUG-1)" in said
    assert "GLS pakkeshop (shipping)" in said
    assert "customer group 1 (Webshop privat)" in said
    assert "  at 25%               279.19      69.80             279.19      69.80\n" in said
    assert "Both sides are the same." in said
    assert "VAT zone 1 (Indland) for goods, by delivery address: row `domestic`\n    because country DK" in said
    assert "e-conomic will assign: customer.customerNumber" in said


def test_people_see_what_closes_a_difference(desk: Desk) -> None:
    desk.orders.by_id[17] = order(line("CUP", row="39.98", vat="9.99", name="Kop " * 60))
    said = text(desk)
    assert said.count("(closes a rounding difference; see below)") == 2
    assert "  at 25%                39.96       9.99              39.98       9.99\n" in said
    assert "  at 0%                  0.02       0.00               0.00       0.00\n" in said
    assert "Rounding lines close what e-conomic computes otherwise" in said


def test_people_see_the_row_also_when_an_order_parks(desk: Desk) -> None:
    to = address(country="DE", postcode="10115", vat_id="DE123456789")
    desk.orders.by_id[17] = order(line("A", row="100", vat="0", rate="0"), billing=to, shipping=to)
    said = text(desk)
    assert "by delivery address: row `EU consumer`" in said
    assert "not `EU business`: a VAT number is given, but Magento has not validated it" in said
    assert "not `EU consumer, OSS`: numbers.vat_zones.oss_de is not set" in said
    assert "PARKED `order`: vat_rate\n  A: Magento charged 0%, but e-conomic has 25%" in said
    preview = preview_order(desk.context, "id:17")
    (vat,) = preview.as_json()["vat"]
    assert (vat["row"], vat["zone"], vat["zone_name"], vat["by"]) == ("EU consumer", 1, "Indland", "delivery")
    assert "123456789" not in str(preview.as_json())


def test_people_see_what_is_skipped_and_why(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("orders: {since: 2027-01-01}\n")
    assert "Skipped `order`: before_go_live. It is older than `orders.since`" in text(desk)
    desk.orders.by_id[17] = replace(PLACED, created_at=PLACED.created_at.replace(year=2028), state="holded")
    assert "Skipped `order`: holded. A row of the profile's `when` says so." in text(desk)


def test_an_order_that_is_opened_again_gets_no_second_document(desk: Desk) -> None:
    desk.change(state="complete", status="complete")
    desk.deliver_until(Done)
    desk.orders.by_id[17] = replace(PLACED, state="processing", status="processing")
    preview = preview_order(desk.context, "id:17")
    assert preview.skipped == [{"role": "order", "reason": "already_invoiced"}]
    assert preview.documents == []


def test_what_is_booked_and_not_wanted_any_more_is_told(desk: Desk) -> None:
    desk.change(state="complete", status="complete")
    desk.deliver_until(Done)
    desk.orders.by_id[17] = order(line("MUG-1", row="10", vat="2.50"), state="complete")
    (parked,) = preview_order(desk.context, "id:17").parked
    assert (parked["role"], parked["reason"]) == ("invoice", "booked_differs")
    assert "invoice booked 10001 stays as it is" in text(desk)


def test_a_draft_that_somebody_edited_is_told_and_not_shown_as_sent(desk: Desk) -> None:
    desk.place()
    (draft,) = desk.all("/orders/drafts")
    whole = desk.http.get(f"/orders/drafts/{draft['orderNumber']}").json()
    whole["notes"]["heading"] = "Ring først"
    desk.http.put(f"/orders/drafts/{draft['orderNumber']}", json=whole).raise_for_status()
    desk.orders.by_id[17] = replace(PLACED, shipping_description="Post")
    preview = preview_order(desk.context, "id:17")
    assert [one["reason"] for one in preview.parked] == ["edited_in_economic"]
    assert preview.documents == []


def test_nothing_is_written_by_looking(desk: Desk) -> None:
    desk.place()
    desk.forget_journal()
    desk.orders.by_id[17] = replace(PLACED, shipping_description="Post")
    before = len(written(desk))
    text(desk)
    assert desk.writes() == []
    assert len(written(desk)) == before


def test_people_see_which_order_items_stand_on_no_document(desk: Desk) -> None:
    gone = replace(line("GONE", id=4, qty="2", row="50", vat="12.50"), qty_canceled=Decimal(2))
    shirt = line("SHIRT-M", id=5, row="100", vat="25", role="configurable", product_type="configurable")
    medium = line("SHIRT-M", id=6, parent_id=5, role="configurable_child", carries_money=False, carries_stock=False)
    desk.orders.by_id[17] = order(gone, shirt, medium)
    preview = preview_order(desk.context, "id:17")
    assert preview.as_json()["left_out"] == [
        {"order_item_id": 4, "sku": "GONE", "why": "cancelled in Magento"},
        {"order_item_id": 6, "sku": "SHIRT-M", "why": "order item 5 stands for it"},
    ]
    assert "Order item 4, SKU GONE, is on no document: cancelled in Magento." in text(desk)
