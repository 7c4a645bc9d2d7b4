"""Writes that ended in doubt: for each write of an order's life, every way to lose the answer; one document."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from cdc.keys import Key
from sync.outcome import Done, SkippedFor
from tests.integration.sync.desk import GROSS, Desk
from tests.unit.mapping.builders import address

WRITES = [
    ("POST", "/customers"),
    ("POST", "/products"),
    ("POST", "/orders/drafts"),
    ("PUT", "/orders/drafts/*"),
    ("POST", "/invoices/drafts"),
    ("DELETE", "/orders/drafts/*"),
    ("POST", "/invoices/booked"),
]
FAULTS = ["drop_before", "drop_after", "drop_mid", "500_before", "500_after", "429"]


def _live(desk: Desk) -> None:
    """Placed, edited, completed; delivered until it is done each time."""
    desk.touch(inserted=True)
    desk.deliver_until(Done)
    desk.change(shipping=address(city="Odense"))
    desk.deliver_until(Done)
    desk.change(state="complete", status="complete")
    desk.deliver_until(Done)


def _one_of_everything(desk: Desk) -> None:
    (booked,) = desk.all("/invoices/booked")
    assert Decimal(str(booked["grossAmount"])) == GROSS
    assert desk.all("/orders/drafts") == []
    assert desk.all("/invoices/drafts") == []
    assert len(desk.all("/customers")) == 1
    own = [p["productNumber"] for p in desk.all("/products")]
    assert sorted(own).count("MUG-1") == own.count("TEA") == 1
    assert desk.state.open_intents() == []


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("write", WRITES, ids=lambda w: f"{w[0]} {w[1]}")
def test_one_document_whatever_happens_to_the_answer(desk: Desk, write: tuple[str, str], fault: str) -> None:
    desk.faults({"method": write[0], "path": write[1], "fault": fault, "times": 2})
    _live(desk)
    _one_of_everything(desk)


@pytest.mark.parametrize("write", WRITES, ids=lambda w: f"{w[0]} {w[1]}")
def test_one_document_when_errors_are_remembered_and_lists_are_late(
    desk_with: Callable[..., Desk], write: tuple[str, str]
) -> None:
    desk = desk_with(cache_errors=True, list_delay=0.3)
    desk.faults({"method": write[0], "path": write[1], "fault": "500_after", "times": 1})
    _live(desk)
    desk.pass_time(5)
    _one_of_everything(desk)


@pytest.mark.parametrize("write", WRITES, ids=lambda w: f"{w[0]} {w[1]}")
@pytest.mark.parametrize("sent", [True, False])
def test_one_document_when_the_process_dies_around_a_write(
    desk: Desk, write: tuple[str, str], sent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dies after the intent is stored: before it is sent, or after it took effect and before the answer is read."""

    class Killed(BaseException):
        pass

    real = desk.economic.send

    def dying(request: Any, key: str) -> Any:
        if request.method == write[0] and request.path.startswith(write[1].rstrip("*")):
            if sent:
                real(request, key)
            raise Killed
        return real(request, key)

    monkeypatch.setattr(desk.economic, "send", dying)
    desk.touch(inserted=True)
    _step(desk, Killed)
    desk.change(shipping=address(city="Odense"))
    _step(desk, Killed)
    desk.change(state="complete", status="complete")
    _step(desk, Killed)
    _one_of_everything(desk)


def _step(desk: Desk, killed: type[BaseException]) -> None:
    try:
        while desk.deliver() is not None:
            pass
    except killed:
        desk.restart()
        while desk.deliver() is not None:
            pass


def test_an_order_that_changed_while_its_write_was_in_doubt_ends_as_it_is_now(desk: Desk) -> None:
    desk.faults({"method": "POST", "path": "/orders/drafts", "fault": "drop_after", "times": 1})
    desk.touch(inserted=True)
    desk.deliver()
    desk.change(shipping=address(city="Odense"))
    desk.deliver_until(Done)
    (draft,) = desk.all("/orders/drafts")
    assert desk.http.get(f"/orders/drafts/{draft['orderNumber']}").json()["delivery"]["city"] == "Odense"


def test_a_restored_state_looks_up_before_it_creates(desk: Desk) -> None:
    desk.place()
    desk.close_state()
    for file in desk.folder.glob("state.db*"):
        file.unlink()
    desk.open()
    desk.touch(inserted=True, ago=60)
    desk.deliver_until(Done)
    assert len(desk.all("/orders/drafts")) == 1
    assert len(desk.all("/customers")) == 1
    link = desk.state.link(Key("order", "17"), "order")
    assert link is not None
    assert link.fingerprint


def test_observe_settles_nothing(desk: Desk) -> None:
    desk.place()
    desk.faults({"method": "PUT", "path": "*", "fault": "drop_after", "times": 1})
    desk.change(shipping=address(city="Odense"))
    desk.deliver()
    desk.observe = True
    desk.restart()
    before = desk.state.link(Key("order", "17"), "order"), desk.state.open_intents()
    desk.pass_time(61)
    assert desk.deliver() == SkippedFor("observed")
    assert (desk.state.link(Key("order", "17"), "order"), desk.state.open_intents()) == before
