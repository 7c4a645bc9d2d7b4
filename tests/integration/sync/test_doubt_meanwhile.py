"""Writes in doubt while the world goes on: the order changes, lists show effects late, the process restarts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from cdc.keys import Key
from sync.outcome import Done
from tests.integration.sync.desk import GROSS, Desk
from tests.unit.mapping.builders import address

CREATES = [("POST", "/customers"), ("POST", "/products"), ("POST", "/orders/drafts")]
UPDATES = [("PUT", "/orders/drafts/*")]
ENDS = [("POST", "/invoices/drafts"), ("POST", "/orders/sent"), ("POST", "/invoices/booked")]
WRITES = [*CREATES, *UPDATES, *ENDS]
FAULTS = ["drop_before", "drop_after", "drop_mid"]
LATE = 100.0
"""Seconds until a list shows an effect: less than the two minutes after which an absence in lists is believed."""

writes = pytest.mark.parametrize("write", WRITES, ids=lambda w: f"{w[0]} {w[1]}")
faults = pytest.mark.parametrize("fault", FAULTS)


def _break(desk: Desk, write: tuple[str, str], fault: str, times: int = 1) -> None:
    desk.faults({"method": write[0], "path": write[1], "fault": fault, "times": times})


def _settle(desk: Desk, seconds: float = 31, tries: int = 30) -> None:
    """Deliver until nothing is due any more, restarting and letting time pass after every try."""
    for _ in range(tries):
        desk.deliver()
        if desk.state.task(Key("order", "17")) is None and not desk.state.open_intents():
            return
        desk.restart()
        desk.pass_time(seconds)
    task = desk.state.task(Key("order", "17"))
    raise AssertionError(f"never settled: {task}, {desk.state.open_intents()}")


def _one_booked(desk: Desk, city: str) -> None:
    desk.pass_time(LATE + 1)
    (booked,) = desk.all("/invoices/booked")
    whole: dict[str, Any] = desk.http.get(f"/invoices/booked/{booked['bookedInvoiceNumber']}").json()
    assert Decimal(str(whole["grossAmount"])) == GROSS
    assert whole["delivery"]["city"] == city
    assert desk.all("/orders/drafts") == desk.all("/invoices/drafts") == []
    _one_of_each_base(desk)


def _one_draft(desk: Desk, city: str) -> None:
    desk.pass_time(LATE + 1)
    (draft,) = desk.all("/orders/drafts")
    whole: dict[str, Any] = desk.http.get(f"/orders/drafts/{draft['orderNumber']}").json()
    assert whole["delivery"]["city"] == city
    assert Decimal(str(whole["grossAmount"])) == GROSS
    assert desk.all("/invoices/drafts") == desk.all("/invoices/booked") == []
    _one_of_each_base(desk)


def _one_of_each_base(desk: Desk) -> None:
    assert len(desk.all("/customers")) == 1
    numbers = [product["productNumber"] for product in desk.all("/products")]
    assert numbers.count("MUG-1") == numbers.count("TEA") == 1
    assert desk.state.open_intents() == []


@faults
@writes
def test_one_document_with_a_restart_after_every_try(
    desk_with: Callable[..., Desk], write: tuple[str, str], fault: str
) -> None:
    desk = desk_with(list_delay=LATE)
    _break(desk, write, fault, times=2)
    desk.touch(inserted=True)
    _settle(desk)
    desk.change(shipping=address(city="Odense"))
    _settle(desk)
    desk.change(state="complete", status="complete")
    _settle(desk)
    _one_booked(desk, "Odense")


@faults
@pytest.mark.parametrize("write", [*CREATES, *UPDATES], ids=lambda w: f"{w[0]} {w[1]}")
def test_an_order_that_changes_while_a_write_is_in_doubt_ends_as_it_is_now(
    desk_with: Callable[..., Desk], write: tuple[str, str], fault: str
) -> None:
    desk = desk_with(list_delay=LATE)
    if write in UPDATES:
        desk.place()
        _break(desk, write, fault)
        desk.change(shipping=address(city="Odense"))
    else:
        _break(desk, write, fault)
        desk.touch(inserted=True)
    assert not isinstance(desk.deliver(), Done)
    desk.change(shipping=address(city="Aarhus"))
    desk.restart()
    _settle(desk)
    _one_draft(desk, "Aarhus")


@faults
@pytest.mark.parametrize("write", ENDS, ids=lambda w: f"{w[0]} {w[1]}")
def test_an_order_that_changes_on_its_way_to_being_booked_is_booked_once(
    desk_with: Callable[..., Desk], write: tuple[str, str], fault: str
) -> None:
    """Booked before the change: it stays. Not booked yet: it holds what is wanted now. Either way once, and whole."""
    desk = desk_with(list_delay=LATE)
    desk.place()
    _break(desk, write, fault)
    desk.change(state="complete", status="complete")
    assert not isinstance(desk.deliver(), Done)
    was_booked = write[1] == "/invoices/booked" and fault != "drop_before"
    before = city_of(desk)
    desk.change(shipping=address(city="Aarhus"))
    desk.restart()
    _settle(desk)
    _one_booked(desk, before if was_booked else "Aarhus")


@faults
@pytest.mark.parametrize("write", [*CREATES, *UPDATES], ids=lambda w: f"{w[0]} {w[1]}")
def test_an_order_that_is_cancelled_while_a_write_is_in_doubt_leaves_no_draft(
    desk_with: Callable[..., Desk], write: tuple[str, str], fault: str
) -> None:
    desk = desk_with(list_delay=LATE)
    if write in UPDATES:
        desk.place()
        _break(desk, write, fault)
        desk.change(shipping=address(city="Odense"))
    else:
        _break(desk, write, fault)
        desk.touch(inserted=True)
    desk.deliver()
    desk.change(state="canceled", status="canceled")
    desk.restart()
    _try_on(desk)
    assert desk.all("/orders/drafts") == desk.all("/invoices/drafts") == desk.all("/invoices/booked") == []
    assert desk.state.open_intents(Key("order", "17")) == []
    desk.change(state="processing", status="processing")
    _try_on(desk)
    _one_draft(desk, city_of(desk))


def _try_on(desk: Desk) -> None:
    """Deliver what is due, with restarts, for as long as any doubt can last."""
    for _ in range(12):
        desk.deliver()
        desk.restart()
        desk.pass_time(31)
    desk.pass_time(LATE + 1)


def city_of(desk: Desk) -> str:
    """Where the order goes to now."""
    shipping = desk.orders.by_id[17].shipping
    assert shipping is not None
    return shipping.city
