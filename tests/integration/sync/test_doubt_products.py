"""Writes of a catalog product that ended in doubt: one product, and it holds what the profile wants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cdc.keys import Key
from sync.outcome import Done, SkippedFor, Unchanged
from tests.integration.sync.desk import Desk
from tests.integration.sync.test_catalog import CATALOG, MUG, edit, put, save, there

FAULTS = ["drop_before", "drop_after", "drop_mid", "500_before", "500_after", "429"]
WRITES = [("POST", "/products"), ("PUT", "/products/*")]
DeskWith = Callable[..., Desk]


def _settled(desk: Desk) -> None:
    for _ in range(12):
        desk.deliver()
        if not desk.state.tasks() and not desk.state.open_intents():
            return
        desk.pass_time(61)
    raise AssertionError(f"never settled: {desk.state.open_intents()}")


def _one_and_right(desk: Desk, name: str = "Stort krus") -> None:
    assert [p["productNumber"] for p in desk.all("/products")].count("MUG-7") == 1
    found = there(desk)
    assert (found["name"], Decimal(str(found["salesPrice"]))) == (name, Decimal("79.96"))
    assert desk.state.open_intents() == []
    assert save(desk, name=name) == Unchanged()


def _live(desk: Desk) -> None:
    save(desk)
    _settled(desk)
    save(desk, name="Stort krus")
    _settled(desk)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("write", WRITES, ids=lambda w: f"{w[0]} {w[1]}")
def test_one_product_whatever_happens_to_the_answer(desk_with: DeskWith, write: tuple[str, str], fault: str) -> None:
    desk = desk_with(CATALOG)
    desk.faults({"method": write[0], "path": write[1], "fault": fault, "times": 2})
    _live(desk)
    _one_and_right(desk)


@pytest.mark.parametrize("write", WRITES, ids=lambda w: f"{w[0]} {w[1]}")
def test_one_product_when_errors_are_remembered_and_lists_are_late(desk_with: DeskWith, write: tuple[str, str]) -> None:
    desk = desk_with(CATALOG, cache_errors=True, list_delay=0.3)
    desk.faults({"method": write[0], "path": write[1], "fault": "500_after", "times": 1})
    _live(desk)
    desk.pass_time(5)
    _one_and_right(desk)


class Killed(BaseException):
    """The process dies."""


def _dying(desk: Desk, write: tuple[str, str], sent: bool) -> None:
    real = desk.economic.send

    def send(request: Any, key: str) -> Any:
        if request.method == write[0] and request.path.startswith(write[1].rstrip("*")):
            if sent:
                real(request, key)
            raise Killed
        return real(request, key)

    desk.economic.send = send  # type: ignore[method-assign,assignment]


def _until_killed(desk: Desk, **attributes: Any) -> None:
    try:
        save(desk, **attributes)
    except Killed:
        desk.restart()


@pytest.mark.parametrize("write", WRITES, ids=lambda w: f"{w[0]} {w[1]}")
@pytest.mark.parametrize("sent", [True, False])
def test_one_product_when_the_process_dies_around_a_write(
    desk_with: DeskWith, write: tuple[str, str], sent: bool
) -> None:
    desk = desk_with(CATALOG)
    _dying(desk, write, sent)
    _until_killed(desk)
    _settled(desk)
    _until_killed(desk, name="Stort krus")
    _settled(desk)
    _one_and_right(desk)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
@pytest.mark.parametrize("write", WRITES, ids=lambda w: f"{w[0]} {w[1]}")
def test_a_product_that_changed_while_its_write_was_in_doubt_ends_as_it_is_now(
    desk_with: DeskWith, write: tuple[str, str], fault: str
) -> None:
    desk = desk_with(CATALOG)
    desk.faults({"method": write[0], "path": write[1], "fault": fault, "times": 1})
    save(desk)
    save(desk, name="Mellemstort krus")
    save(desk, name="Stort krus")
    _settled(desk)
    _one_and_right(desk)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_change_that_went_back_while_its_write_was_in_doubt(desk_with: DeskWith, fault: str) -> None:
    desk = desk_with(CATALOG)
    save(desk)
    desk.faults({"method": "PUT", "path": "/products/*", "fault": fault, "times": 1})
    save(desk, name="Stort krus")
    save(desk)
    _settled(desk)
    _one_and_right(desk, "Krus")


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_what_people_change_while_a_write_is_in_doubt_stays(desk_with: DeskWith, fault: str) -> None:
    desk = desk_with(CATALOG)
    save(desk)
    desk.faults({"method": "PUT", "path": "/products/*", "fault": fault, "times": 1})
    save(desk, name="Stort krus")
    edit(desk, barCode="5701234567899", name="Bogholderens krus")
    _settled(desk)
    found = there(desk)
    assert (found["barCode"], found["name"]) == ("5701234567899", "Bogholderens krus")
    assert save(desk, name="Kæmpekrus") == Unchanged()
    assert there(desk)["name"] == "Bogholderens krus"


def test_a_field_that_people_own_is_not_taken_for_ours_after_a_doubt(desk_with: DeskWith) -> None:
    """The replacement repeats the bookkeeper's text: an empty wish must not clear it later."""
    desk = desk_with(CATALOG.replace("sync:", "existing: update\n  sync:"))
    put(desk, description="Bogholderens egen tekst")
    desk.faults({"method": "PUT", "path": "/products/*", "fault": "drop_after", "times": 1})
    save(desk, description="")
    _settled(desk)
    assert save(desk, description="", name="Stort krus") == Done()
    assert there(desk)["description"] == "Bogholderens egen tekst"


def test_somebody_makes_the_product_while_its_own_making_is_in_doubt(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG)
    desk.faults({"method": "POST", "path": "/products", "fault": "drop_before", "times": 1})
    save(desk)
    put(desk)
    _settled(desk)
    found = there(desk)
    assert (found["name"], found["productGroup"]["productGroupNumber"]) == ("Kaffekrus", 2)


def test_a_product_that_goes_while_its_change_is_in_doubt_stays_away(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG)
    save(desk)
    desk.faults({"method": "PUT", "path": "/products/*", "fault": "drop_before", "times": 1})
    save(desk, name="Stort krus")
    desk.http.delete("/products/MUG-7").raise_for_status()
    assert desk.deliver_until(SkippedFor) == SkippedFor("product_removed")
    assert desk.state.open_intents() == []
    desk.state.retry([Key("product", "7")])
    assert desk.deliver() == Done()
    _one_and_right(desk)


def test_an_order_that_needs_the_product_settles_its_write(desk_with: DeskWith) -> None:
    desk = desk_with(CATALOG)
    product = replace(MUG, sku="MUG-1", id=101)
    desk.faults({"method": "POST", "path": "/products", "fault": "drop_after", "times": 1})
    save(desk, product)
    desk.touch(inserted=True)
    _settled(desk)
    assert [p["productNumber"] for p in desk.all("/products")].count("MUG-1") == 1
    assert len(desk.all("/orders/drafts")) == 1
