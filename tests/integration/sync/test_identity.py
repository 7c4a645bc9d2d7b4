"""After a restore an id, or a number, is another order's: what was made of the first one is never touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cdc.keys import Key
from sync.outcome import Done, ParkedFor, Retry
from tests.integration.sync.desk import PLACED, Desk


def parked(desk: Desk) -> ParkedFor:
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    return outcome


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_write_in_doubt_is_never_taken_for_the_order_that_has_its_id_now(desk: Desk, fault: str) -> None:
    """Neither its bytes go out again, nor is what it made linked to another order and then overwritten."""
    desk.faults({"method": "POST", "path": "/orders/drafts", "fault": fault, "times": 1})
    assert isinstance(desk.place(), Retry)
    made = desk.all("/orders/drafts")
    desk.forget_journal()
    desk.change(created_at=PLACED.created_at + timedelta(days=2), customer_email="en.anden@example.dk")
    desk.pass_time(200)
    said = parked(desk)
    assert said.reason == "identity_changed"
    assert "unfinished write" in said.advice
    assert PLACED.increment_id in said.advice
    assert desk.writes() == []
    assert desk.all("/orders/drafts") == made
    desk.change(created_at=PLACED.created_at)
    assert isinstance(desk.deliver_until(Done), Done), "it is the first order again"
    assert len(desk.all("/orders/drafts")) == 1


def test_a_number_that_another_orders_document_has_is_not_given_twice(desk: Desk) -> None:
    assert isinstance(desk.place(), Done)
    desk.forget_journal()
    desk.orders.by_id[18] = replace(PLACED, id=18, created_at=PLACED.created_at + timedelta(days=2))
    desk.touch(Key("order", "18"), inserted=True)
    said = parked(desk)
    assert said.reason == "identity_changed"
    assert "order id 17" in said.advice
    assert desk.writes() == []
    assert len(desk.all("/orders/drafts")) == 1


def test_a_link_of_the_first_order_protects_its_document(desk: Desk) -> None:
    assert isinstance(desk.place(), Done)
    before = desk.all("/orders/drafts")
    desk.forget_journal()
    desk.change(created_at=PLACED.created_at + timedelta(days=2), state="complete")
    assert parked(desk).reason == "identity_changed"
    assert desk.writes() == []
    assert desk.all("/orders/drafts") == before
