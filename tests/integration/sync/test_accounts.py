"""Accounts and their debtors: what is followed, what people keep, and what an account's change never does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cdc.keys import Key
from cdc.models import Customer
from econ_client import wire
from sync import orphans
from sync.outcome import Done, ParkedFor, Retry, SkippedFor, Unchanged
from sync.preview import preview_customer, preview_order
from sync.state.changes import Klass
from tests.integration.sync.desk import PLACED, Desk
from tests.unit.mapping import builders
from tests.unit.mapping.builders import RETAIL, address

ACCOUNT = Key("customer", "5")
MADE = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
UPDATES = "customers: {update: [name, address, zip, city, email, phone, group, website]}\n"


def account(**changes: Any) -> Customer:
    return builders.account(**{"created_at": MADE, "updated_at": MADE, **changes})


def ordered(desk: Desk) -> None:
    """The account's order is delivered: its debtor is number 1."""
    desk.orders.accounts[5] = account()
    desk.orders.by_id[17] = replace(PLACED, customer_id=5, is_guest=False, customer_since=MADE)
    assert desk.place() == Done()
    desk.forget_journal()


def change(desk: Desk, **changes: Any) -> object:
    """The account changes in Magento, and is delivered."""
    desk.orders.accounts[5] = replace(desk.orders.accounts[5], **changes)
    desk.touch(ACCOUNT)
    return desk.deliver()


def moved(**changes: Any) -> tuple[Any, ...]:
    return (address(id=9, street=("Vestergade 2",), city="Odense C", postcode="5000", **changes),)


def debtor(desk: Desk, number: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = desk.http.get(f"/customers/{number}").json()
    return found


def edit(desk: Desk, **changes: Any) -> None:
    """Somebody changes the debtor in e-conomic."""
    body = {**debtor(desk), **changes}
    desk.http.put("/customers/1", json={k: v for k, v in body.items() if v is not None}).raise_for_status()
    desk.forget_journal()


def test_a_changed_account_changes_its_debtor_in_the_permitted_fields_only(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("customers: {update: [address, zip]}\n")
    ordered(desk)
    edit(desk, creditLimit=5000, publicEntryNumber="7", salesPerson={"employeeNumber": 1})
    assert change(desk, addresses=moved()) == Done()
    now = debtor(desk)
    assert (now["address"], now["zip"], now["city"]) == ("Vestergade 2", "5000", "Aarhus C")
    assert (now["creditLimit"], now["publicEntryNumber"]) == (5000, "7")
    assert now["salesPerson"]["employeeNumber"] == 1
    assert desk.writes() == ["PUT /customers/1"]


def test_nothing_is_sent_when_nothing_differs(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(UPDATES)
    ordered(desk)
    assert change(desk, updated_at=datetime(2026, 4, 1, tzinfo=UTC)) == Unchanged()
    assert desk.writes() == []


def test_without_permission_nothing_is_even_read(desk: Desk) -> None:
    ordered(desk)
    assert change(desk, addresses=moved()) == Unchanged()
    assert desk.journal() == []


def test_what_somebody_has_changed_in_e_conomic_is_left_and_told(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(UPDATES)
    ordered(desk)
    edit(desk, address="Havnen 9")
    assert change(desk, lastname="Berg", addresses=(address(id=9, lastname="Berg"),)) == Done()
    assert (debtor(desk)["name"], debtor(desk)["address"]) == ("Anna Berg", "Havnen 9")
    outcome = change(desk, addresses=moved(lastname="Berg"))
    assert isinstance(outcome, SkippedFor)
    assert outcome.reason == "customer_edited"
    assert "address" in outcome.advice
    assert (debtor(desk)["address"], debtor(desk)["city"]) == ("Havnen 9", "Odense C")
    desk.forget_journal()
    outcome = change(desk, updated_at=datetime(2026, 4, 1, tzinfo=UTC))
    assert isinstance(outcome, SkippedFor)
    assert desk.writes() == []
    edit(desk, address="Vestergade 2")
    assert change(desk, updated_at=datetime(2026, 4, 2, tzinfo=UTC)) == Unchanged()
    assert change(desk, addresses=(address(id=9, street=("Nygade 3",)),)) == Done()
    assert debtor(desk)["address"] == "Nygade 3"


def test_a_field_that_magento_owns_is_written_over(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("customers: {update: [address, city], overwrite: [address]}\n")
    ordered(desk)
    edit(desk, address="Havnen 9", city="Skagen")
    assert change(desk, updated_at=datetime(2026, 4, 1, tzinfo=UTC)) == Done()
    assert (debtor(desk)["address"], debtor(desk)["city"]) == ("Søndergade 1, 2. th", "Skagen")


def test_a_field_that_is_emptied_is_cleared_but_not_by_an_account_without_an_address(
    desk_with: Callable[..., Desk],
) -> None:
    desk = desk_with(UPDATES)
    ordered(desk)
    assert change(desk, addresses=(), default_billing_id=None) == Unchanged()
    assert debtor(desk)["address"] == "Søndergade 1, 2. th"
    assert change(desk, addresses=(address(id=9, telephone=""),), default_billing_id=9) == Done()
    assert "telephoneAndFaxNumber" not in debtor(desk)


def test_a_moved_account_has_another_group(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(
        "customers:\n  update: [group]\n  groups:\n    - {magento_group: [Wholesale], group: business}\n"
        "    - {group: private}\n"
    )
    ordered(desk)
    assert change(desk, group=replace(RETAIL, id=2, code="Wholesale")) == Done()
    assert debtor(desk)["customerGroup"]["customerGroupNumber"] == 2


@pytest.mark.parametrize(
    "changes",
    [{"is_active": False}, {"email": "anonymous-5@example.dk"}, {"email": "x@removed.invalid"}],
    ids=["inactive", "anonymised", "invalid"],
)
def test_deleted_and_anonymised_accounts_are_left_alone(
    desk_with: Callable[..., Desk], changes: dict[str, Any]
) -> None:
    desk = desk_with(UPDATES)
    ordered(desk)
    assert change(desk, firstname="-", addresses=moved(), **changes) == Unchanged()
    del desk.orders.accounts[5]
    desk.touch(ACCOUNT)
    assert desk.deliver() == Unchanged()
    assert desk.writes() == []


def test_an_account_id_that_stands_for_another_person_changes_nothing(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(UPDATES)
    ordered(desk)
    outcome = change(desk, created_at=datetime(2026, 5, 1, tzinfo=UTC), addresses=moved())
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "identity_changed"
    assert desk.writes() == []


def test_a_debtor_that_is_gone_or_somebody_else_by_now_is_not_written_to(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(UPDATES)
    ordered(desk)
    desk.http.delete("/orders/drafts/1")
    order = desk.all("/orders/drafts")
    assert order == []
    desk.http.delete("/customers/1").raise_for_status()
    stranger = {
        "currency": "DKK", "customerGroup": {"customerGroupNumber": 1}, "vatZone": {"vatZoneNumber": 1},
        "paymentTerms": {"paymentTermsNumber": 1}, "name": "En anden", "email": "en@anden.dk", "customerNumber": 1,
    }  # fmt: skip
    desk.http.post("/customers", json=stranger).raise_for_status()
    desk.forget_journal()
    assert change(desk, addresses=moved()) == SkippedFor("customer_gone")
    assert desk.writes() == []
    assert debtor(desk)["name"] == "En anden"
    desk.orders.by_id[18] = replace(PLACED, id=18, increment_id="18", customer_id=5, customer_since=MADE)
    desk.touch(Key("order", "18"), inserted=True)
    assert desk.deliver() == Done()
    assert debtor(desk, 2)["email"] == "Anna@Example.dk"


def test_a_debtor_of_two_accounts_follows_the_first(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("customers: {update: [address], cvr: {expr: address.vat_id}}\n")
    firm = address(id=9, company="Firma", vat_id="12345674")
    desk.orders.accounts[5] = account(addresses=(firm,))
    desk.orders.accounts[6] = account(id=6, email="b@example.dk", addresses=(replace(firm, street=("Filialen 1",)),))
    for order_id, customer_id in ((17, 5), (18, 6)):
        one = replace(PLACED, id=order_id, increment_id=f"0000000{order_id}", customer_id=customer_id, billing=firm)
        desk.orders.by_id[order_id] = replace(one, is_guest=False, customer_since=MADE)
        desk.touch(Key("order", str(order_id)), inserted=True)
        assert desk.deliver() == Done()
    desk.touch(Key("customer", "6"))
    assert desk.deliver() == SkippedFor("customer_shared")
    assert debtor(desk)["address"] == "Søndergade 1, 2. th"


def test_an_accounts_change_alone_makes_no_debtor(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(UPDATES)
    desk.orders.accounts[5] = account()
    assert change(desk, firstname="Anne") == Unchanged()
    assert desk.all("/customers") == []


def test_new_accounts_become_debtors_where_the_profile_says_so_and_old_ones_do_not(
    desk_with: Callable[..., Desk],
) -> None:
    desk = desk_with("customers: {sync: accounts, since: 2026-03-01}\n")
    desk.orders.accounts[5] = account()
    assert change(desk) == Done()
    assert debtor(desk)["name"] == "Anna Åberg"
    desk.orders.accounts[6] = account(id=6, email="b@example.dk", created_at=datetime(2026, 2, 28, tzinfo=UTC))
    desk.touch(Key("customer", "6"))
    assert desk.deliver() == SkippedFor("before_go_live")
    assert len(desk.all("/customers")) == 1
    desk.state.enqueue([Key("customer", "6")], Klass.BACKFILL, admitted=True)
    assert desk.deliver() == Done()
    assert len(desk.all("/customers")) == 2


def test_the_accounts_debtor_is_the_one_that_its_order_then_uses(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("customers: {sync: accounts}\n")
    desk.orders.accounts[5] = account()
    assert change(desk) == Done()
    desk.orders.by_id[17] = replace(PLACED, customer_id=5, is_guest=False, customer_since=MADE)
    assert desk.place() == Done()
    assert len(desk.all("/customers")) == 1


def test_observe_writes_nothing(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(UPDATES)
    ordered(desk)
    desk.observe = True
    desk.restart()
    assert change(desk, addresses=moved()) == SkippedFor("observed")
    assert desk.writes() == []
    assert desk.state.open_intents() == []


FAULTS = ["drop_before", "drop_after", "drop_mid", "500_before", "500_after", "429"]


@pytest.mark.parametrize("fault", FAULTS)
def test_an_update_in_doubt_ends_as_the_account_is_now(desk_with: Callable[..., Desk], fault: str) -> None:
    desk = desk_with(UPDATES)
    ordered(desk)
    desk.faults({"method": "PUT", "path": "/customers/*", "fault": fault, "times": 1})
    assert isinstance(change(desk, addresses=moved()), Retry)
    desk.restart()
    outcome = change(desk, addresses=(address(id=9, street=("Nygade 3",), city="Ribe", postcode="6760"),))
    for _ in range(6):
        if outcome is None or isinstance(outcome, Retry):
            desk.pass_time(61)
            outcome = desk.deliver()
    assert (debtor(desk)["address"], debtor(desk)["city"]) == ("Nygade 3", "Ribe")
    assert len(desk.all("/customers")) == 1
    assert desk.state.open_intents() == []


def test_an_update_in_doubt_gives_way_to_people(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(UPDATES, cache_errors=True)
    ordered(desk)
    desk.faults({"method": "PUT", "path": "/customers/*", "fault": "500_before", "times": 1})
    assert isinstance(change(desk, addresses=moved()), Retry)
    desk.faults()
    edit(desk, address="Havnen 9", creditLimit=100)
    desk.pass_time(61)
    outcome = desk.deliver()
    assert isinstance(outcome, SkippedFor)
    assert outcome.reason == "customer_edited"
    now = debtor(desk)
    assert (now["address"], now["city"], now["creditLimit"]) == ("Havnen 9", "Odense C", 100)
    assert desk.state.open_intents() == []


def test_a_remembered_error_of_an_update_that_had_its_effect_is_no_edit_by_people(
    desk_with: Callable[..., Desk],
) -> None:
    desk = desk_with(UPDATES, cache_errors=True)
    ordered(desk)
    desk.faults({"method": "PUT", "path": "/customers/*", "fault": "500_after", "times": 1})
    assert isinstance(change(desk, addresses=moved()), Retry)
    change(desk, addresses=(address(id=9, street=("Nygade 3",)),))
    desk.pass_time(61)
    while desk.deliver() is not None:
        pass
    assert debtor(desk)["address"] == "Nygade 3"


@pytest.mark.parametrize("had_effect", [True, False])
def test_a_debtor_in_doubt_of_an_order_that_is_cancelled_is_settled(desk: Desk, had_effect: bool) -> None:
    fault = "drop_after" if had_effect else "drop_before"
    desk.faults({"method": "POST", "path": "/customers", "fault": fault, "times": 1})
    desk.touch(inserted=True)
    desk.deliver()
    desk.change(state="canceled", status="canceled")
    for _ in range(8):
        desk.pass_time(31)
        while desk.deliver() is not None:
            pass
    assert desk.state.open_intents() == []
    assert len(desk.all("/customers")) == int(had_effect)
    assert (desk.state.find_link("customer", "1") is not None) == had_effect
    assert desk.state.tasks() == []


def test_a_debtor_in_doubt_when_the_process_dies_is_settled_after_the_start(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    real = desk.economic.send

    def dying(request: Any, key: str) -> Any:
        real(request, key)
        raise Killed

    monkeypatch.setattr(desk.economic, "send", dying)
    desk.touch(inserted=True)
    with pytest.raises(Killed):
        desk.deliver()
    desk.restart()
    orphans.look_again(desk.state)
    desk.change(state="canceled", status="canceled")
    for _ in range(6):
        while desk.deliver() is not None:
            pass
        desk.pass_time(61)
    assert desk.state.open_intents() == []
    assert len(desk.all("/customers")) == 1


def test_preview_shows_the_very_bytes_that_are_then_sent(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(UPDATES)
    ordered(desk)
    edit(desk, creditLimit=5000)
    (shown,) = preview_customer(desk.context, "id:5").documents
    assert (shown["action"], shown["stands"]) == ("keep", "customer 1")
    desk.orders.accounts[5] = account(addresses=moved())
    (shown,) = preview_customer(desk.context, "id:5").documents
    assert shown["action"] == "update"
    desk.touch(ACCOUNT)
    assert desk.deliver() == Done()
    with closing(sqlite3.connect(desk.folder / "state.db")) as state:
        ((sent,),) = state.execute("SELECT body FROM intent WHERE path = '/customers/1'").fetchall()
    assert bytes(sent) == wire.encode(shown["body"])


def test_preview_parks_where_no_debtor_may_be_made(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("customers: {create: off}\n")
    desk.orders.accounts[5] = account()
    assert [one["reason"] for one in preview_customer(desk.context, "id:5").parked] == ["customer_missing"]
    assert [one["reason"] for one in preview_order(desk.context, "id:17").parked] == ["customer_missing"]


def test_an_address_that_comes_after_the_account_completes_its_debtor(desk_with: Callable[..., Desk]) -> None:
    """Magento stores a new account first, then its address, in transactions of their own."""
    desk = desk_with("customers: {sync: accounts}\n")
    desk.orders.accounts[5] = account(addresses=(), default_billing_id=None)
    assert change(desk) == Done()
    assert (debtor(desk)["name"], "address" in debtor(desk)) == ("Anna Åberg", False)
    assert debtor(desk)["vatZone"]["vatZoneNumber"] == 1
    assert change(desk) == Unchanged()
    abroad = address(id=9, country="NO", city="Oslo")
    assert change(desk, addresses=(abroad,), default_billing_id=9) == Done()
    now = debtor(desk)
    assert (now["city"], now["country"], now["vatZone"]["vatZoneNumber"]) == ("Oslo", "Norge", 3)
    desk.forget_journal()
    assert change(desk, addresses=moved()) == Unchanged()
    assert desk.journal() == []


def test_who_had_the_number_before_is_no_account_of_the_debtor(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(UPDATES)
    desk.http.delete("/customers/1")
    ordered(desk)
    for draft in desk.all("/orders/drafts"):
        desk.http.delete(f"/orders/drafts/{draft['orderNumber']}").raise_for_status()
    desk.http.delete("/customers/1").raise_for_status()
    lives = address(id=9, firstname="Berta")
    berta: dict[str, Any] = {"email": "berta@example.dk", "firstname": "Berta", "addresses": (lives,)}
    desk.orders.accounts[6] = account(id=6, **berta)
    bought = replace(PLACED, id=18, increment_id="18", customer_id=6, customer_email="berta@example.dk")
    desk.orders.by_id[18] = replace(bought, customer_since=MADE, billing=address(firstname="Berta"))
    desk.touch(Key("order", "18"), inserted=True)
    assert desk.deliver() == Done()
    assert debtor(desk)["email"] == "berta@example.dk"
    desk.orders.accounts[6] = account(id=6, **{**berta, "addresses": moved(firstname="Berta")})
    desk.touch(Key("customer", "6"))
    assert desk.deliver() == Done()
    assert debtor(desk)["city"] == "Odense C"
