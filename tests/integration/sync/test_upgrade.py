"""A draft order becomes an invoice as e-conomic does it: sent, proposed, invoiced, archived; or it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cdc.keys import Key
from sync.checks import check_economic
from sync.outcome import Done, ParkedFor, Retry, SkippedFor, Unchanged
from tests.integration.sync.desk import GROSS, ORDER, PLACED, Desk
from tests.integration.sync.test_invoices import of_mugs
from tests.unit.mapping.builders import address, invoice, line, order, row

COMPLETE: dict[str, Any] = {"state": "complete", "status": "complete"}
STEPS = ["POST /orders/sent", "POST /invoices/drafts", "POST /invoices/booked"]


def one_booked(desk: Desk, archived: int = 1) -> dict[str, Any]:
    """Exactly one invoice, and the order either archived or gone."""
    (booked,) = desk.all("/invoices/booked")
    assert Decimal(str(booked["grossAmount"])) == GROSS
    assert desk.all("/invoices/drafts") == desk.all("/orders/drafts") == desk.all("/orders/sent") == []
    assert len(desk.all("/orders/archived")) == archived
    return booked


def test_the_order_is_archived_by_its_invoice(desk: Desk) -> None:
    desk.place()
    desk.forget_journal()
    desk.change(**COMPLETE)
    assert desk.deliver() == Done()
    assert desk.writes() == STEPS
    one_booked(desk)
    (archived,) = desk.all("/orders/archived")
    assert archived["references"]["other"] == "000000017"
    link = desk.state.link(ORDER, "order")
    assert link is not None
    assert (link.document, link.number) == ("order_archived", str(archived["orderNumber"]))
    desk.forget_journal()
    for _ in range(2):
        desk.touch()
        assert desk.deliver() == Unchanged()
        assert desk.journal() == []
        desk.restart()
        desk.forget_journal()


def test_the_invoice_says_what_the_shop_says_now_and_links_the_order(desk: Desk) -> None:
    desk.place()
    soap = desk.http.get("/orders/drafts/1").json()["soap"]
    desk.change(billing=address(city="Odense"), **COMPLETE)
    assert desk.deliver() == Done()
    body = next(r["body"] for r in desk.journal() if (r["method"], r["path"]) == ("POST", "/invoices/drafts"))
    assert body["recipient"]["city"] == "Odense"
    assert body["soap"] == soap
    assert "netAmount" not in body
    assert "orderNumber" not in body


def test_from_placed_to_booked_a_new_guest_costs_six_writes_and_four_reads(desk: Desk) -> None:
    desk.place()
    desk.change(**COMPLETE)
    desk.deliver()
    key = Key("order", "18")
    desk.forget_journal()
    desk.orders.by_id[18] = replace(PLACED, id=18, increment_id="000000018", customer_email="bo@example.dk")
    desk.touch(key, inserted=True)
    desk.deliver()
    desk.orders.by_id[18] = replace(desk.orders.by_id[18], **COMPLETE)
    desk.touch(key)
    desk.deliver()
    assert len(desk.writes()) == 5
    assert len([r for r in desk.journal() if r["method"] == "GET"]) == 4
    assert len(desk.all("/orders/archived")) == len(desk.all("/invoices/booked")) == 2


def test_an_order_may_be_deleted_instead(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("orders: {since: 2000-01-01, upgrade: delete}\n")
    desk.place()
    desk.forget_journal()
    desk.change(**COMPLETE)
    assert desk.deliver() == Done()
    assert desk.writes() == ["POST /invoices/drafts", "DELETE /orders/drafts/1", "POST /invoices/booked"]
    one_booked(desk, archived=0)


FAULTS = ("drop_before", "drop_mid", "drop_after", "500_before", "500_after", "429")


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("path", ["/orders/sent", "/invoices/drafts", "/invoices/booked"])
def test_one_invoice_whatever_happens_to_an_answer(desk: Desk, path: str, fault: str, restart: bool) -> None:
    desk.place()
    desk.faults({"method": "POST", "path": path, "fault": fault, "times": 1})
    desk.change(**COMPLETE)
    outcome = desk.deliver()
    if not isinstance(outcome, Done):
        if restart:
            desk.restart()
        desk.deliver_until(Done)
    one_booked(desk)


@pytest.mark.parametrize("fault", ["drop_before", "500_after"])
@pytest.mark.parametrize("path", ["/orders/sent/1/templates/*", "/orders/archived/1", "/orders/drafts/1"])
def test_one_invoice_whatever_happens_to_a_read(desk: Desk, path: str, fault: str) -> None:
    desk.place()
    desk.faults({"method": "GET", "path": path, "fault": fault, "times": 1})
    desk.change(**COMPLETE)
    assert isinstance(desk.deliver(), Retry)
    desk.restart()
    desk.deliver_until(Done)
    one_booked(desk)


@pytest.mark.parametrize("path", ["/orders/sent", "/invoices/drafts"])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_half_way_a_cancelled_order_leaves_nothing(desk: Desk, path: str, fault: str) -> None:
    desk.place()
    desk.faults({"method": "POST", "path": path, "fault": fault, "times": 1})
    desk.change(**COMPLETE)
    desk.deliver()
    desk.change(state="canceled", status="canceled")
    desk.restart()
    for _ in range(4):
        desk.pass_time(200)
        desk.deliver()
    for places in ("/orders/drafts", "/orders/sent", "/invoices/drafts", "/invoices/booked"):
        assert desk.all(places) == [], places


def test_half_way_a_changed_order_is_invoiced_as_it_is_now(desk: Desk) -> None:
    desk.place()
    desk.faults({"method": "POST", "path": "/invoices/drafts", "fault": "500_before", "times": 1})
    desk.change(**COMPLETE)
    assert isinstance(desk.deliver(), Retry)
    desk.change(shipping=address(city="Odense"))
    desk.deliver_until(Done)
    assert one_booked(desk)["delivery"]["city"] == "Odense"


def test_an_agreement_that_does_not_archive_loses_the_order(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """As when e-conomic recognises an order by something that its proposal does not hold."""
    desk.place()
    upgrade = desk.http.get("/orders/drafts/1").json()
    desk.change(**COMPLETE)
    desk.state.pause("booking", by="test")
    desk.deliver()
    assert len(desk.all("/orders/archived")) == 1
    link = desk.state.link(ORDER, "order")
    assert link is not None
    number = desk.http.post("/orders/sent", json={k: v for k, v in upgrade.items() if k != "orderNumber"}).json()
    desk.state.save_link(None, replace(link, document="order_sent", number=str(number["orderNumber"])))
    desk.state.resume("booking")
    desk.touch()
    assert desk.deliver() == Done()
    assert "did not archive" in caplog.text
    one_booked(desk)


def test_an_order_that_somebody_sent_is_archived_too(desk: Desk) -> None:
    desk.place()
    desk.http.post("/orders/sent", json=desk.http.get("/orders/drafts/1").json()).raise_for_status()
    desk.change(**COMPLETE)
    assert desk.deliver() == Done()
    one_booked(desk)


def test_an_order_that_somebody_edited_is_not_sent(desk: Desk) -> None:
    desk.place()
    draft = desk.http.get("/orders/drafts/1").json()
    draft["lines"][0]["unitNetPrice"] = 70
    desk.http.put("/orders/drafts/1", json=draft).raise_for_status()
    desk.forget_journal()
    desk.change(**COMPLETE)
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "edited_in_economic"
    assert desk.writes() == []


def test_an_order_cancelled_after_its_invoice_was_made_keeps_its_place_in_the_archive(
    desk_with: Callable[..., Desk],
) -> None:
    desk = desk_with("booking: off\n")
    desk.place()
    desk.change(**COMPLETE)
    desk.deliver()
    desk.change(state="canceled", status="canceled")
    assert desk.deliver() == Done()
    assert desk.all("/invoices/drafts") == desk.all("/orders/drafts") == []
    assert len(desk.all("/orders/archived")) == 1
    desk.change(state="new", status="pending")
    assert desk.deliver() == Done()
    assert len(desk.all("/orders/drafts")) == 1
    desk.change(**COMPLETE)
    assert desk.deliver() == Done()
    assert len(desk.all("/invoices/drafts")) == 1
    assert len(desk.all("/orders/archived")) == 2


def test_where_orders_are_refused_one_invoice_stands_from_the_beginning(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(orders="refused")
    desk.touch(inserted=True)
    outcome = desk.deliver()
    assert isinstance(outcome, Retry)
    assert outcome.reason == "orders_refused"
    assert desk.deliver() == Done()
    (draft,) = desk.all("/invoices/drafts")
    assert desk.all("/orders/drafts") == []
    assert desk.all("/invoices/booked") == []
    desk.change(shipping=address(city="Odense"))
    assert desk.deliver() == Done()
    desk.forget_journal()
    desk.change(**COMPLETE)
    assert desk.deliver() == Done()
    (booked,) = desk.all("/invoices/booked")
    assert booked["orderNumber"] == draft["draftInvoiceNumber"]
    assert desk.all("/invoices/drafts") == []
    assert [write for write in desk.writes() if "/orders" in write] == []


def test_a_refusal_is_remembered_across_a_restart_and_tried_again_the_next_day(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(orders="refused")
    desk.place()
    desk.deliver()
    desk.restart()
    for number, tries in ((18, 0), (19, 1)):
        desk.forget_journal()
        key = Key("order", str(number))
        desk.orders.by_id[number] = replace(PLACED, id=number, increment_id=f"0000000{number}")
        desk.touch(key, inserted=True)
        desk.deliver_until(Done)
        assert desk.writes().count("POST /orders/drafts") == tries
        desk.pass_time(90_000)
    desk.change(shipping=address(city="Odense"))
    assert desk.deliver() == Done()
    assert len(desk.all("/invoices/drafts")) == 3


def test_where_orders_are_refused_the_order_may_be_parked(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("orders: {since: 2000-01-01, refused: park}\n", orders="refused")
    outcome = desk.place()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "forbidden"
    assert desk.all("/invoices/drafts") == []
    desk.change(**COMPLETE)
    assert desk.deliver() == Done()
    assert len(desk.all("/invoices/booked")) == 1


def test_an_order_opened_again_after_its_booking_gets_nothing_more(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(orders="refused")
    desk.orders.by_id[17] = replace(PLACED, **COMPLETE)
    desk.place()
    desk.state.put("orders_refused", desk.now().isoformat())
    desk.change(state="processing", status="processing")
    assert desk.deliver() == Unchanged()
    assert desk.all("/invoices/drafts") == []


def test_a_cancelled_order_that_stood_as_an_invoice_leaves_no_draft(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(orders="refused")
    desk.touch(inserted=True)
    desk.deliver_until(Done)
    desk.change(state="canceled", status="canceled")
    assert desk.deliver() == Done()
    assert desk.all("/invoices/drafts") == []


def test_observe_neither_sends_nor_remembers(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(observe=True, orders="refused")
    assert desk.place() == SkippedFor("observed")
    assert desk.writes() == []


def test_the_first_of_several_invoices_archives_the_order(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("invoices: per_magento_invoice\n")
    tea = invoice(row(PLACED.lines[1], qty="3", net="79.99", vat="20"), id=2, ship=("39.20", "9.80"))
    desk.place()
    desk.change(invoices=(of_mugs(1),), **COMPLETE)
    assert desk.deliver() == Done()
    desk.change(invoices=(of_mugs(1), tea))
    assert desk.deliver() == Done()
    assert len(desk.all("/invoices/booked")) == 2
    assert desk.all("/orders/drafts") == desk.all("/orders/sent") == []
    assert len(desk.all("/orders/archived")) == 1


@pytest.mark.parametrize("fault", ["", "drop_before", "500_after"])
def test_both_halves_of_an_order_in_two_zones_are_archived(desk_with: Callable[..., Desk], fault: str) -> None:
    desk = desk_with("vat: {two_zones: split}\n")
    plan = line("PLAN", id=3, row="40", vat="0", rate="0", product_type="virtual", is_virtual=True)
    far = address(country="US", postcode="10001")
    desk.orders.by_id[17] = order(*PLACED.lines, plan, ship=("39.20", "9.80"), billing=far)
    desk.place()
    assert len(desk.all("/orders/drafts")) == 2
    if fault:
        desk.faults({"method": "POST", "path": "/orders/sent", "fault": fault, "times": 1})
    desk.change(**COMPLETE)
    desk.deliver_until(Done)
    assert len(desk.all("/invoices/booked")) == len(desk.all("/orders/archived")) == 2
    assert desk.all("/orders/drafts") == desk.all("/orders/sent") == desk.all("/invoices/drafts") == []


@pytest.mark.parametrize(
    ("profile", "inventory", "said"),
    [
        ("", "on", "a draft invoice is made instead"),
        ("orders: {since: 2000-01-01, refused: park}\n", "on", "such orders are parked"),
        ("", "off", ""),
        ("when: [{state: [complete], then: invoice}]\n", "on", ""),
    ],
)
def test_check_says_what_becomes_of_draft_orders(
    desk_with: Callable[..., Desk], profile: str, inventory: str, said: str
) -> None:
    desk = desk_with(profile, inventory=inventory)
    found = [check.found for check in check_economic(desk.economic, desk.context.profile)[0]]
    told = [text for text in found if "refuse orders from apps" in text]
    assert (said in told[0]) if said else told == []
