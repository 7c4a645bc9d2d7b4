"""Accounts that register, change and go in a real shop's database, followed by the service as a process."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import ANY

import pytest

from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU, DELIVERIES
from sync.demo.people import random_person
from sync.demo.placing import Account
from tests.world import Service, World, until

PROFILE = """\
extends: sandbox
customers:
  sync: accounts
  since: 2020-01-01
  update: [name, address, zip, city, email, phone]
  contacts: on
  delivery_locations: on
"""


@pytest.fixture(scope="module", autouse=True)
def service(world: World) -> Iterator[Service]:
    (world.folder / "profile.yaml").write_text(PROFILE)
    running = world.service(PROFILE=str(world.folder / "profile.yaml")).start()
    yield running
    assert running.stop() == 0


def register(world: World, *, business: bool = False) -> Account:
    with world.shop() as shop:
        return shop.register_customer(random_person(random.Random(), business=business))


def debtors(world: World, email: str) -> list[dict[str, Any]]:
    """The customers with an e-mail address, when everything is at rest."""
    until("it stands", world.settled)
    return [row for row in world.all("/customers") if row.get("email") == email]


def test_an_account_becomes_one_debtor_with_the_address_that_came_after_it(world: World) -> None:
    account = register(world)
    (debtor,) = debtors(world, account.person.email)
    assert debtor["name"] == account.person.name
    assert (debtor["zip"], debtor["city"]) == (account.person.postcode, account.person.city)


def test_a_changed_address_and_e_mail_are_followed_and_the_order_uses_the_same_debtor(world: World) -> None:
    account = register(world)
    (debtor,) = debtors(world, account.person.email)
    world.sql(
        "UPDATE customer_address_entity SET street = 'Nygade 3', city = 'Ribe', postcode = '6760' WHERE parent_id = %s",
        account.id,
    )
    with world.shop() as shop:
        account = shop.change_email(account, f"ny.{account.person.email}")
    (changed,) = debtors(world, account.person.email)
    assert changed["customerNumber"] == debtor["customerNumber"]
    assert (changed["address"], changed["zip"], changed["city"]) == ("Nygade 3", "6760", "Ribe")
    cart = Cart(items=(CartItem(BY_SKU["007"]),), delivery=DELIVERIES["flatrate_flatrate"])
    with world.shop() as shop:
        order = shop.place_order(cart, account)
    until("it stands", world.settled)
    (draft,) = world.by_reference("/orders/drafts")[order.increment_id]
    assert draft["customer"]["customerNumber"] == debtor["customerNumber"]
    assert len(world.all(f"/customers/{debtor['customerNumber']}/delivery-locations")) == 1


def test_a_login_costs_no_call(world: World) -> None:
    account = register(world)
    until("it stands", world.settled)
    before = len(world.requests())
    world.sql("UPDATE customer_entity SET failures_num = failures_num + 1 WHERE entity_id = %s", account.id)
    world.sql("UPDATE customer_entity SET updated_at = NOW() WHERE entity_id = %s", account.id)
    until("it was seen", world.settled)
    assert len(world.requests()) == before


def test_a_deleted_account_changes_nothing(world: World) -> None:
    account = register(world)
    (debtor,) = debtors(world, account.person.email)
    with world.shop() as shop:
        shop.delete_customer(account)
    until("it was seen", world.settled)
    assert world.http.get(f"/customers/{debtor['customerNumber']}").json() == {**debtor, "metaData": ANY}


def test_two_colleagues_of_one_company_are_two_contacts_of_one_debtor(world: World) -> None:
    person = random_person(random.Random(), business=True)
    cart = Cart(items=(CartItem(BY_SKU["007"]),), delivery=DELIVERIES["flatrate_flatrate"])
    with world.shop() as shop:
        shop.place_order(cart, person)
        shop.place_order(cart, replace(person, email=f"b.{person.email}", firstname="Bodil"))
    until("it stands", world.settled)
    number = person.vat_id.removeprefix("DK")
    (debtor,) = [row for row in world.all("/customers") if row.get("corporateIdentificationNumber") == number]
    contacts = world.all(f"/customers/{debtor['customerNumber']}/contacts")
    assert {row["email"] for row in contacts} == {person.email, f"b.{person.email}"}
