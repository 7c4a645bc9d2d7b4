"""A draft that somebody edited, booked or removed in e-conomic is never overwritten, recreated or booked unseen."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU, DELIVERIES
from sync.demo.people import random_person
from sync.demo.placing import PlacedOrder
from sync.state.tasks import TaskRow
from tests.faults.books import assert_equal
from tests.world import Service, World, until

LEFT: set[str] = set()
"""Orders that a person has to finish; they are left out of the comparison at the end."""


@pytest.fixture(scope="module", autouse=True)
def service(world: World) -> Iterator[Service]:
    """One service for all; at the end every order that nobody touched has its documents."""
    running = world.service().start()
    yield running
    until("everything is delivered", world.settled)
    assert running.stop() == 0
    assert_equal(world, but=frozenset(LEFT))


def place(world: World, *, complete: bool = False) -> PlacedOrder:
    """An order that stands in e-conomic."""
    cart = Cart(items=(CartItem(BY_SKU["007"]),), delivery=DELIVERIES["flatrate_flatrate"])
    with world.shop() as shop:
        order = shop.place_order(cart, random_person(random.Random()))
        if complete:
            shop.invoice_and_ship(order)
    until("it stands", world.settled)
    return order


def parked(world: World, order: PlacedOrder) -> TaskRow:
    """Its task, as soon as it is parked."""
    found = until("it is parked", lambda: [t for t in world.tasks("parked") if t.reference == order.increment_id])
    LEFT.add(order.increment_id)
    return found[0]


def test_an_edited_draft_order_is_neither_overwritten_nor_replaced_by_an_invoice(world: World) -> None:
    order = place(world)
    (draft,) = world.by_reference("/orders/drafts")[order.increment_id]
    path = f"/orders/drafts/{draft['orderNumber']}"
    body = world.http.get(path).json()
    body["lines"][0]["unitNetPrice"] = 1
    world.http.put(path, json=body).raise_for_status()
    edited = world.http.get(path).json()
    with world.shop() as shop:
        shop.invoice_and_ship(order)
    task = parked(world, order)
    assert task.reason == "edited_in_economic"
    assert "unit_net_price" in task.advice
    assert world.http.get(path).json() == edited
    assert not world.booked(order.increment_id)
    assert order.increment_id not in world.by_reference("/invoices/drafts")


def test_an_edited_draft_of_a_cancelled_order_is_not_deleted(world: World) -> None:
    order = place(world)
    (draft,) = world.by_reference("/orders/drafts")[order.increment_id]
    path = f"/orders/drafts/{draft['orderNumber']}"
    body = world.http.get(path).json()
    body["notes"]["heading"] = "Ring til kunden"
    world.http.put(path, json=body).raise_for_status()
    with world.shop() as shop:
        shop.cancel(order)
    assert parked(world, order).reason == "edited_in_economic"
    assert world.http.get(path).json()["notes"]["heading"] == "Ring til kunden"


def test_a_removed_draft_is_parked_and_never_recreated(world: World) -> None:
    order = place(world)
    (draft,) = world.by_reference("/orders/drafts")[order.increment_id]
    world.http.delete(f"/orders/drafts/{draft['orderNumber']}").raise_for_status()
    with world.shop() as shop:
        shop.edit_address(order, kind="billing", city="Gilleleje")
    assert parked(world, order).reason == "removed_in_economic"
    assert order.increment_id not in world.by_reference("/orders/drafts")


def test_a_draft_invoice_that_a_person_booked_is_adopted(world: World) -> None:
    world.command("pause", "--booking")
    cart = Cart(items=(CartItem(BY_SKU["007"]),), delivery=DELIVERIES["flatrate_flatrate"])
    with world.shop() as shop:
        order = shop.place_order(cart, random_person(random.Random()))
        shop.invoice_and_ship(order)
    until("it waits", lambda: (t := world.task(order.entity_id)) and t.reason == "booking_paused")
    (draft,) = world.by_reference("/invoices/drafts")[order.increment_id]
    number = draft["draftInvoiceNumber"]
    world.http.post("/invoices/booked", json={"draftInvoice": {"draftInvoiceNumber": number}}).raise_for_status()
    world.command("resume", "--booking")
    until("it is settled", world.settled)
    booked = world.booked(order.increment_id)
    assert booked is not None
    with world.state() as state:
        link = state.find_link("invoice_booked", str(booked["bookedInvoiceNumber"]))
    assert link is not None
    assert link.reference == order.increment_id
    assert world.task(order.entity_id) is None


def test_a_draft_that_a_person_made_with_the_reference_is_adopted(world: World, service: Service) -> None:
    first = place(world)
    (row,) = world.by_reference("/orders/drafts")[first.increment_id]
    model = world.http.get(f"/orders/drafts/{row['orderNumber']}").json()
    assert service.stop() == 0
    cart = Cart(items=(CartItem(BY_SKU["007"]),), delivery=DELIVERIES["flatrate_flatrate"])
    person = random_person(random.Random())
    with world.shop() as shop:
        order = shop.place_order(cart, person)
    # while the service is away the bookkeeper enters the order by hand, for a customer of her own making
    customer = {
        "name": person.name,
        "email": person.email,
        "currency": "DKK",
        "customerGroup": {"customerGroupNumber": 1},
        "paymentTerms": {"paymentTermsNumber": 1},
        "vatZone": {"vatZoneNumber": 1},
    }
    number = world.http.post("/customers", json=customer).raise_for_status().json()["customerNumber"]
    theirs = {name: model[name] for name in ("date", "currency", "layout", "paymentTerms", "recipient", "lines")}
    theirs |= {"customer": {"customerNumber": number}, "references": {"other": order.increment_id}}
    made = world.http.post("/orders/drafts", json=theirs).raise_for_status().json()
    service.start()
    until("it is settled", world.settled)
    (draft,) = world.by_reference("/orders/drafts")[order.increment_id]
    assert draft["orderNumber"] == made["orderNumber"]
    assert draft["customer"]["customerNumber"] == number
