"""What the profile says of debtors: how they are found and numbered, what accounts change, and mistakes in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mapping.customer import left_alone, plan_customer
from mapping.identity import normal_phone
from mapping.order import plan_order
from mapping.plan import WantedCustomer
from mapping.problems import CannotMap
from mapping.profile import Profile, ProfileError, load_profile
from tests.unit.mapping.builders import AGREEMENT, GUEST, RETAIL, Shop, address, line, order
from tests.unit.mapping.test_buyers import account

A = line(row="100", vat="25")
FIRM = address(company="Firma", vat_id="DK 12 34 56 78", attributes={"ean": "5790000123456"})


def customer_of(profile: Profile, **changes: Any) -> WantedCustomer:
    plan = plan_order(order(A, **changes), profile, AGREEMENT)
    assert not plan.parked, plan.parked
    return plan.documents[0].customer


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("12 34 56 78", "12345678"),
        ("+45 12345678", "12345678"),
        ("0045-12345678", "12345678"),
        ("4512345678", "4512345678"),
        ("+47 22 33 44 55", "4722334455"),
        ("(0)70-123 45 67", "0701234567"),
        ("1234", ""),
        ("12345678 lok. 5", ""),
        ("", ""),
    ],
)
def test_phones_as_they_are_compared(written: str, plain: str) -> None:
    assert normal_phone(written) == plain


@pytest.mark.parametrize(
    ("number", "changes", "given"),
    [
        ('{expr: "customer.id + 100000"}', {"customer_id": 5, "is_guest": False}, 100005),
        ('{expr: "customer.id + 100000"}', {}, None),
        ('"10{{ customer.id }}"', {}, None),
        ('{expr: "customer.id + 100000 if customer.id else 99999"}', {}, None),
        ("{expr: customer.cvr}", {"billing": FIRM}, 12345678),
        ("{expr: customer.cvr}", {}, None),
        ("{expr: \"address.telephone|digits\"}", {"billing": address(telephone="+45 12 34")}, 451234),
        ("{expr: address.telephone}", {"billing": address(telephone="+45 12 34 56 78")}, 12345678),
        ("{expr: \"'0012'\"}", {}, 12),
        ("{expr: \"'999999999'\"}", {}, 999999999),
    ],
)  # fmt: skip
def test_the_number_of_a_debtor(shop: Shop, number: str, changes: dict[str, Any], given: int | None) -> None:
    wanted = customer_of(shop(f"customers: {{number: {number}}}"), **changes)
    assert wanted.body.customer_number == given
    assert (f"number:{given}" in wanted.natural_keys) == (given is not None)


@pytest.mark.parametrize("telephone", ["+46 70 123 45 67", "ring først", "0", "1000000000"])
def test_what_is_no_number_of_a_debtor_parks_without_repeating_it(shop: Shop, telephone: str) -> None:
    profile = shop("customers: {number: {expr: address.telephone}}")
    (parked,) = plan_order(order(A, billing=address(telephone=telephone)), profile, AGREEMENT).parked
    assert parked.reason == "customer_number"
    assert telephone not in parked.advice


def test_everything_that_a_debtor_is_found_by_is_locked(shop: Shop) -> None:
    guest = customer_of(shop("customers: {match: [email, phone]}"))
    assert guest.natural_keys == ("email:anna@example.dk", "phone:12345678")
    assert customer_of(shop("")).natural_keys == ("email:anna@example.dk",)
    company = customer_of(shop("customers: {match: [cvr, phone]}"), billing=FIRM)
    assert company.natural_keys == ("cvr:12345678",)
    by_phone = customer_of(shop("customers: {match: [phone]}"), billing=FIRM)
    assert by_phone.natural_keys == ("cvr:12345678", "phone:12345678")


def test_a_buyer_without_e_mail_may_be_known_by_phone(shop: Shop) -> None:
    nobody: dict[str, Any] = {"customer_email": "", "billing": address(email="")}
    assert customer_of(shop("customers: {match: [phone]}"), **nobody).natural_key == "phone:12345678"
    (parked,) = plan_order(order(A, **nobody), shop(""), AGREEMENT).parked
    assert parked.reason == "customer_email"


def test_an_account_changes_only_what_the_profile_gives(shop: Shop) -> None:
    profile = shop("customers: {update: [name, mobile, website, cvr, ean, group, layout]}")
    assert plan_customer(account(), profile).update == ("name", "cvr", "group", "layout")
    bare = plan_customer(account(addresses=(), default_billing_id=None), profile)
    assert bare.update == ("name", "layout")
    assert not bare.complete


def test_an_account_without_an_address_is_taken_for_one_at_home(sandbox: Profile) -> None:
    bare = plan_customer(account(addresses=(), default_billing_id=None), sandbox)
    assert (bare.body.vat_zone.vat_zone_number, bare.body.country) == (1, None)


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({}, False),
        ({"is_active": False}, True),
        ({"email": "Anonymous-12@firma.dk"}, True),
        ({"email": "12@deleted.invalid"}, True),
    ],
)
def test_accounts_that_are_left_alone(sandbox: Profile, changes: dict[str, Any], left: bool) -> None:
    assert left_alone(account(**changes), sandbox) == left


def test_which_accounts_are_left_alone_is_the_shops_to_say(shop: Shop) -> None:
    profile = shop("customers: {leave: {if: \"customer.group.code == 'Slettet'\"}}")
    assert left_alone(account(group=replace(RETAIL, code="Slettet")), profile)
    assert not left_alone(account(email="anonymous@firma.dk"), profile)


def test_groups_by_magento_group_and_country(shop: Shop) -> None:
    profile = shop(
        "customers:\n  groups:\n    - {magento_group: [NOT LOGGED IN], country: [SE, 'NO'], group: 7}\n"
        "    - {magento_group: [NOT LOGGED IN], group: private}\n    - {group: business}\n"
    )
    groups = {
        (group.code, country): customer_of(
            profile, customer_group=group, billing=address(country=country)
        ).body.customer_group.customer_group_number
        for group in (GUEST, RETAIL)
        for country in ("DK", "NO")
    }
    assert groups == {
        ("NOT LOGGED IN", "DK"): 1,
        ("NOT LOGGED IN", "NO"): 7,
        ("General", "DK"): 2,
        ("General", "NO"): 2,
    }


def test_contacts_of_companies_and_locations_of_everybody(shop: Shop) -> None:
    profile = shop("customers: {contacts: on, delivery_locations: on}")
    there = address(company="Firma", street=("Lageret 7",), city="Vejle")
    company = customer_of(profile, billing=FIRM, shipping=there)
    assert company.contact is not None
    assert (company.contact.name, company.contact.email) == ("Anna Åberg", "Anna@Example.dk")
    assert company.location is not None
    assert (company.location.address, company.location.city) == ("Lageret 7", "Vejle")
    private = customer_of(profile)
    assert private.contact is None
    assert private.location is not None
    collective = customer_of(shop("customers: {guests: 999, contacts: on, delivery_locations: on}"))
    assert (collective.contact, collective.location) == (None, None)
    assert customer_of(shop(""), billing=FIRM, shipping=there).location is None


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("customers: {match: [cvr, link]}", "`customers.match` must have `link` first"),
        ("customers: {match: [cvr, cvr]}", "`customers.match` names something twice"),
        ("customers: {match: [number]}", "`customers.match` has `number`, but `customers.number` does not say"),
        ("customers: {match: [mail]}", "(allowed: link, number, cvr, ean, email, phone)"),
        ("customers: {update: [nme]}", "did you mean `name`?"),
        ("customers: {update: [name], overwrite: [name, city]}", "`customers.overwrite` has city, which"),
        ("customers: {leave: {if: customer.nme}}", "`customers.leave.if`: `customer.nme`"),
        ("customers: {number: {expr: order.id}}", "`order` is not known here"),
        ("fields: {contact: {nme: x}}", "unknown key `fields.contact.nme`; did you mean `name`?"),
        ("fields: {delivery_location: {zip: {expr: order.id}}}", "`order` is not known here"),
    ],
)
def test_mistakes(tmp_path: Path, lines: str, said: str) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(f"extends: sandbox\n{lines}\n")
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    (problem,) = caught.value.problems
    assert problem.line == 2
    assert said in problem.message


def test_a_name_that_cannot_be_a_debtors_is_told(shop: Shop) -> None:
    with pytest.raises(CannotMap, match="customer_name"):
        plan_customer(
            account(firstname="", lastname="", email=" ", taxvat="DK12345678"), shop("fields: {customer: {name: null}}")
        )
