"""What `preview` shows is what is then sent, byte for byte, and told so that a bookkeeper can follow it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from econ_client import wire
from sync.outcome import Done, ParkedFor, Unchanged
from sync.preview import Preview, preview_order
from tests.integration.sync.desk import PLACED, Desk
from tests.unit.mapping.builders import address, line, order

FAR = address(country="US", postcode="10001")
PLAN = line("PLAN", id=3, row="40", vat="0", rate="0", product_type="virtual", is_virtual=True)
SPLIT = "vat: {two_zones: split}\n"
MIXED = order(*PLACED.lines, PLAN, ship=("39.20", "9.80"), billing=FAR)


def written(desk: Desk) -> list[bytes]:
    """The exact bytes of every body that was written with care, oldest first, bookings left out."""
    with sqlite3.connect(desk.folder / "state.db") as state:
        rows = state.execute(
            "SELECT body FROM intent WHERE path NOT LIKE '%/booked' AND method <> 'DELETE' ORDER BY id"
        )
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
    desk.close_state()
    (desk.folder / "state.db").unlink()
    desk.open()
    desk.pass_time(300)
    desk.change(state="complete", status="complete")
    assert isinstance(desk.deliver(), Done)
    assert desk.all("/orders/drafts") == []
    assert len(desk.all("/invoices/booked")) == 2


def test_a_cancelled_order_loses_both_halves(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(SPLIT)
    desk.orders.by_id[17] = MIXED
    foretold(desk)
    desk.close_state()
    (desk.folder / "state.db").unlink()
    desk.open()
    desk.pass_time(300)
    desk.change(state="canceled", status="canceled")
    outcome = desk.deliver()
    assert not isinstance(outcome, ParkedFor), outcome
    assert desk.all("/orders/drafts") == []
