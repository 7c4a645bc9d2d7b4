"""A debtor's POST in doubt while the buyer changes: exactly one debtor, and it is what the profile wants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cdc.keys import Key
from sync.outcome import Done, Retry
from tests.integration.sync.desk import PLACED, Desk
from tests.integration.sync.test_accounts import MADE, account, moved
from tests.unit.mapping.builders import address

FOLLOWED = "customers:\n  sync: accounts\n  update: [name, address, zip, city, email, phone]\n"
FAULTS = ["drop_before", "drop_after", "drop_mid", "500_before", "500_after"]
ACCOUNT = Key("customer", "5")


def settled(desk: Desk, rounds: int = 8) -> None:
    """Time passes until everything is at rest."""
    for _ in range(rounds):
        while desk.deliver() is not None:
            pass
        desk.pass_time(61)
    assert desk.state.open_intents() == []
    assert desk.state.tasks() == []


@pytest.mark.parametrize("late", [0, 5], ids=["lists at once", "lists late"])
@pytest.mark.parametrize("fault", FAULTS)
def test_an_account_that_changes_while_its_debtor_is_in_doubt(
    desk_with: Callable[..., Desk], fault: str, late: int
) -> None:
    desk = desk_with(FOLLOWED, list_delay=late)
    desk.faults({"method": "POST", "path": "/customers", "fault": fault, "times": 1})
    desk.orders.accounts[5] = account()
    desk.touch(ACCOUNT)
    assert isinstance(desk.deliver(), Retry)
    desk.restart()
    desk.orders.accounts[5] = account(email="anna@nyt.dk", addresses=moved())
    desk.touch(ACCOUNT)
    settled(desk)
    desk.touch(ACCOUNT)
    settled(desk)
    (one,) = desk.all("/customers")
    assert (one["email"], one["city"]) == ("anna@nyt.dk", "Odense C")


@pytest.mark.parametrize("fault", FAULTS)
def test_an_order_whose_buyer_changes_the_e_mail_while_the_debtor_is_in_doubt(desk: Desk, fault: str) -> None:
    """A guest with another e-mail is another person: what was made for the first is linked, or it is not made."""
    desk.faults({"method": "POST", "path": "/customers", "fault": fault, "times": 1})
    desk.touch(inserted=True)
    assert isinstance(desk.deliver(), Retry)
    desk.change(customer_email="anna@nyt.dk", billing=address(email="anna@nyt.dk"))
    settled(desk)
    (draft,) = desk.all("/orders/drafts")
    emails = {row["customerNumber"]: row["email"] for row in desk.all("/customers")}
    assert emails[draft["customer"]["customerNumber"]] == "anna@nyt.dk"
    assert len(emails) == (2 if fault in ("drop_after", "drop_mid", "500_after") else 1)
    linked = {link.number for number in emails for link in desk.state.find_links("customer", str(number))}
    assert linked == {str(number) for number in emails}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_debtor_with_a_number_of_its_own(desk_with: Callable[..., Desk], fault: str) -> None:
    desk = desk_with('customers: {number: {expr: "customer.id + 1000"}}\n')
    desk.faults({"method": "POST", "path": "/customers", "fault": fault, "times": 2})
    desk.orders.by_id[17] = replace(PLACED, customer_id=5, is_guest=False, customer_since=MADE)
    desk.touch(inserted=True)
    desk.restart()
    settled(desk)
    (one,) = desk.all("/customers")
    assert one["customerNumber"] == 1005
    assert desk.all("/orders/drafts")[0]["customer"]["customerNumber"] == 1005


@pytest.mark.parametrize("fault", FAULTS)
def test_a_debtor_that_carries_no_e_mail_is_known_by_everything_that_was_sent(
    desk_with: Callable[..., Desk], fault: str
) -> None:
    desk = desk_with("fields: {customer: {email: null}}\n")
    desk.faults({"method": "POST", "path": "/customers", "fault": fault, "times": 2})
    desk.touch(inserted=True)
    settled(desk)
    assert len(desk.all("/customers")) == len(desk.all("/orders/drafts")) == 1


def test_a_debtor_that_came_to_nothing_is_made_after_the_key_is_too_old(desk: Desk) -> None:
    desk.faults({"method": "POST", "path": "/customers", "fault": "drop_before", "times": 1})
    desk.touch(inserted=True)
    assert isinstance(desk.deliver(), Retry)
    desk.pass_time(50 * 60)
    settled(desk)
    assert len(desk.all("/customers")) == len(desk.all("/orders/drafts")) == 1


def test_a_change_between_look_and_write_creates_nobody(
    desk_with: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PUT to a number that is gone creates it: what it has made is taken away again."""
    desk = desk_with(FOLLOWED)
    desk.orders.accounts[5] = account()
    desk.touch(ACCOUNT)
    assert desk.deliver() == Done()
    real = desk.economic.send

    def removed_first(request: Any, key: str) -> Any:
        if request.method == "PUT":
            desk.http.delete("/customers/1").raise_for_status()
        return real(request, key)

    monkeypatch.setattr(desk.economic, "send", removed_first)
    desk.orders.accounts[5] = account(addresses=moved())
    desk.touch(ACCOUNT)
    outcome = desk.deliver()
    assert getattr(outcome, "reason", "") == "customer_gone"
    monkeypatch.undo()
    desk.touch(ACCOUNT)
    outcome = desk.deliver()
    assert getattr(outcome, "reason", "") == "customer_gone"
    assert desk.all("/customers") == []
    desk.orders.by_id[17] = replace(PLACED, customer_id=5, is_guest=False, customer_since=MADE)
    assert desk.place() == Done()
    assert len(desk.all("/customers")) == 1


@pytest.mark.parametrize("fault", [*FAULTS, "429", ""])
def test_a_debtor_without_e_invoices_has_one_patch_that_holds(desk_with: Callable[..., Desk], fault: str) -> None:
    desk = desk_with("fields: {customer: {e_invoicing_disabled: on}}\n")
    if fault:
        desk.faults({"method": "PATCH", "path": "/customers/*", "fault": fault, "times": 1})
    desk.touch(inserted=True)
    desk.deliver()
    desk.restart()
    settled(desk, 4)
    assert [row["eInvoicingDisabledByDefault"] for row in desk.all("/customers")] == [True]
    assert len(desk.all("/orders/drafts")) == 1
