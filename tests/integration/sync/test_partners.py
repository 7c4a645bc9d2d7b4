"""Contacts and delivery locations: one for one buyer and one place, on the document, whatever happens to the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cdc.keys import Key
from sync.outcome import Done, Retry, Unchanged
from tests.integration.sync.desk import PLACED, Desk
from tests.unit.mapping.builders import address

ON = "customers: {cvr: {expr: address.vat_id}, contacts: on, delivery_locations: on}\n"
FIRM = address(company="Firma", vat_id="12345674")
STOCK = address(company="Firma", street=("Lageret 7",), city="Vejle", postcode="7100")
BOUGHT = replace(PLACED, billing=FIRM, shipping=STOCK)
SECOND = replace(BOUGHT, id=18, increment_id="000000018")


def place(desk: Desk, order: Any = BOUGHT) -> object:
    desk.orders.by_id[order.id] = order
    desk.touch(Key("order", str(order.id)), inserted=True)
    return desk.deliver()


def drafts(desk: Desk) -> list[dict[str, Any]]:
    """The draft orders, whole."""
    return [desk.http.get(f"/orders/drafts/{d['orderNumber']}").json() for d in desk.all("/orders/drafts")]


def on(draft: dict[str, Any]) -> tuple[int, int, int]:
    """The contact, the attention and the location of a draft."""
    return (
        draft["references"]["customerContact"]["customerContactNumber"],
        draft["recipient"]["attention"]["customerContactNumber"],
        draft["deliveryLocation"]["deliveryLocationNumber"],
    )


def test_the_buyer_and_the_place_stand_on_the_document(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(ON)
    assert place(desk) == Done()
    (contact,) = desk.all("/customers/1/contacts")
    assert (contact["name"], contact["email"], contact["phone"]) == ("Anna Åberg", "Anna@Example.dk", "12345678")
    (location,) = desk.all("/customers/1/delivery-locations")
    assert (location["address"], location["postalCode"], location["city"]) == ("Lageret 7", "7100", "Vejle")
    assert on(drafts(desk)[0]) == (
        contact["customerContactNumber"],
        contact["customerContactNumber"],
        location["deliveryLocationNumber"],
    )


def test_the_next_order_makes_neither_again_and_asks_nothing(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(ON)
    place(desk)
    desk.forget_journal()
    assert place(desk, SECOND) == Done()
    assert desk.writes() == ["POST /orders/drafts"]
    assert [r["path"] for r in desk.journal() if r["path"].startswith("/customers/1/")] == []
    first, second = drafts(desk)
    assert on(first) == on(second)
    desk.touch()
    assert desk.deliver() == Unchanged()


def test_what_is_there_is_found_by_e_mail_and_content(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(ON)
    place(desk)
    body = {"name": "Bertas kontor", "email": "BERTA@example.dk"}
    contact = desk.http.post("/customers/1/contacts", json=body).json()["customerContactNumber"]
    body = {"address": "HAVNEN  2", "postalCode": "9990", "city": "Skagen", "country": "Danmark"}
    location = desk.http.post("/customers/1/delivery-locations", json=body).json()["deliveryLocationNumber"]
    harbour = address(street=("Havnen 2",), postcode="9990", city="Skagen")
    assert place(desk, replace(SECOND, customer_email="berta@example.dk", shipping=harbour)) == Done()
    assert on(drafts(desk)[1]) == (contact, contact, location)
    assert len(desk.all("/customers/1/contacts")) == len(desk.all("/customers/1/delivery-locations")) == 2


def test_each_buyer_of_a_company_is_a_contact_and_private_buyers_are_none(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(ON)
    place(desk)
    place(desk, replace(SECOND, customer_email="berta@example.dk"))
    private = replace(SECOND, id=19, increment_id="000000019", billing=address(), customer_email="carl@example.dk")
    assert place(desk, private) == Done()
    assert [c["email"] for c in desk.all("/customers/1/contacts")] == ["Anna@Example.dk", "berta@example.dk"]
    assert desk.all("/customers/2/contacts") == []
    assert len(desk.all("/customers/2/delivery-locations")) == 1


def test_what_the_profile_puts_on_the_document_stays(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(ON + "fields: {delivery: {location: 1}, document: {contact: 1}}\n")
    desk.faults({"method": "POST", "path": "/orders/drafts", "fault": "500_before", "times": 1})
    place(desk)
    assert desk.all("/customers/1/contacts") == desk.all("/customers/1/delivery-locations") == []


def test_without_the_keys_no_call_is_made(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("customers: {cvr: {expr: address.vat_id}}\n")
    place(desk)
    assert not [r for r in desk.journal() if "contacts" in r["path"] or "delivery-locations" in r["path"]]


def test_a_contact_that_somebody_removed_is_made_again(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(ON)
    place(desk)
    desk.http.delete(f"/orders/drafts/{drafts(desk)[0]['orderNumber']}").raise_for_status()
    desk.http.delete("/customers/1/contacts/1").raise_for_status()
    assert isinstance(place(desk, SECOND), Retry)
    assert desk.deliver() == Done()
    assert len(desk.all("/customers/1/contacts")) == 1


FAULTS = ["drop_before", "drop_after", "drop_mid", "500_before", "500_after", "429"]
PATHS = ["/customers/*/contacts", "/customers/*/delivery-locations"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("path", PATHS)
def test_one_of_each_whatever_happens_to_the_answer(desk_with: Callable[..., Desk], path: str, fault: str) -> None:
    desk = desk_with(ON)
    desk.faults({"method": "POST", "path": path, "fault": fault, "times": 2})
    assert isinstance(place(desk), Retry)
    desk.restart()
    desk.deliver_until(Done)
    settled(desk)


@pytest.mark.parametrize("path", PATHS)
def test_one_of_each_while_errors_are_remembered_and_lists_are_late(desk_with: Callable[..., Desk], path: str) -> None:
    desk = desk_with(ON, cache_errors=True, list_delay=5)
    desk.faults({"method": "POST", "path": path, "fault": "500_after", "times": 1})
    assert isinstance(place(desk), Retry)
    desk.deliver_until(Done)
    place(desk, replace(SECOND, customer_id=5, is_guest=False))
    for _ in range(6):
        while desk.deliver() is not None:
            pass
        desk.pass_time(61)
    settled(desk)
    assert len({on(draft) for draft in drafts(desk)}) == 1


@pytest.mark.parametrize("path", PATHS)
def test_a_write_in_doubt_of_an_order_that_is_cancelled_is_settled(desk_with: Callable[..., Desk], path: str) -> None:
    desk = desk_with(ON)
    desk.faults({"method": "POST", "path": path, "fault": "drop_after", "times": 1})
    assert isinstance(place(desk), Retry)
    desk.change(state="canceled", status="canceled")
    for _ in range(8):
        desk.pass_time(31)
        while desk.deliver() is not None:
            pass
    assert desk.state.open_intents() == []
    assert desk.state.tasks() == []


def settled(desk: Desk) -> None:
    assert len(desk.all("/customers")) == 1
    assert len(desk.all("/customers/1/contacts")) == len(desk.all("/customers/1/delivery-locations")) == 1
    assert desk.state.open_intents() == []
