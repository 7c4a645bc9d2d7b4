"""Debtors, recipients and VAT zones."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cdc.models import Address, Customer, Order, OrderLine
from mapping.customer import plan_customer
from mapping.identity import normal_cvr, normal_ean
from mapping.order import plan_order
from mapping.plan import WantedDocument
from mapping.problems import CannotMap
from mapping.profile import Profile
from tests.unit.mapping import builders
from tests.unit.mapping.builders import AGREEMENT, RETAIL, Shop, address, line, order

A = line(row="100", vat="25")
REVERSE = "Omvendt betalingspligt / reverse charge"
FREE = line(row="100", vat="0", rate="0")


def document(one: Order, profile: Profile) -> WantedDocument:
    plan = plan_order(one, profile, AGREEMENT)
    assert not plan.parked, plan.parked
    return plan.documents[0]


def account(**changes: Any) -> Customer:
    return builders.account(**{"email": "Kunde@Firma.dk", "firstname": "Kim", "lastname": "Kunde", **changes})


@pytest.mark.parametrize(
    ("written", "country", "cvr"),
    [
        ("DK 12 34 56 78", "DK", "12345678"),
        ("dk-12345678", "DK", "12345678"),
        ("12345678", "", "12345678"),
        ("12345678", "DK", "12345678"),
        ("DK12345678", "SE", "12345678"),
        ("1234567", "DK", ""),
        ("010203-1234", "DK", ""),
        ("ingen", "DK", ""),
        ("SE 5566778899 01", "SE", "SE556677889901"),
        ("DE123456789", "DE", "DE123456789"),
        ("n/a", "DE", ""),
        ("", "DK", ""),
    ],
)
def test_company_numbers(written: str, country: str, cvr: str) -> None:
    assert normal_cvr(written, country) == cvr


def test_gln() -> None:
    assert normal_ean("5790 0001 2345 6") == "5790000123456"
    assert normal_ean("579") == ""


def test_a_guest_is_known_by_the_email_in_consumer_groups_only(sandbox: Profile) -> None:
    wanted = document(order(A), sandbox).customer
    assert wanted.natural_key == "email:anna@example.dk"
    assert (wanted.magento_id, wanted.consumer_groups, wanted.number) == (None, (1,), None)
    assert wanted.body.customer_group.customer_group_number == 1
    assert wanted.body.name == "Anna Åberg"
    assert wanted.body.address == "Søndergade 1, 2. th"


@pytest.mark.parametrize("where", ["taxvat", "vat_id"])
def test_a_company_is_known_by_its_number(sandbox: Profile, where: str) -> None:
    firm = address(company="Firma ApS", vat_id="DK 12 34 56 78" if where == "vat_id" else "")
    bought = order(A, billing=firm, customer_taxvat="DK12345678" if where == "taxvat" else "")
    found = document(bought, sandbox)
    assert found.customer.natural_key == "cvr:12345678"
    assert found.customer.body.corporate_identification_number == "12345678"
    assert found.customer.body.customer_group.customer_group_number == 2
    assert found.body.recipient.name == "Firma ApS"


def test_an_ean_stands_on_debtor_and_recipient(shop: Shop) -> None:
    profile = shop("customers: {ean: {expr: \"address.attributes.ean|default('')\"}}")
    office = address(company="Kommunen", attributes={"ean": "5790000123456"})
    found = document(order(A, billing=office), profile)
    assert found.customer.ean == "5790000123456"
    assert (found.body.recipient.ean, found.body.recipient.nem_handel_type) == ("5790000123456", "ean")
    assert document(order(A), profile).body.recipient.ean is None


def test_guests_may_share_one_debtor_and_stay_on_the_document(shop: Shop) -> None:
    found = document(order(A), shop("customers: {guests: 999}"))
    assert (found.customer.natural_key, found.customer.number) == ("number:999", 999)
    assert found.body.customer.customer_number == 999
    assert found.body.recipient.name == "Anna Åberg"


def test_names_are_cut_visibly_and_emails_never(sandbox: Profile) -> None:
    long = document(order(A, billing=address(company="F" * 400)), sandbox)
    assert long.body.recipient.name == "F" * 249 + "…"
    assert long.customer.body.name == "F" * 254 + "…"
    plan = plan_order(order(A, customer_email="a" * 300 + "@x.dk"), sandbox, AGREEMENT)
    assert plan.parked[0].reason == "too_long"


def test_goods_go_to_the_shipping_address(sandbox: Profile) -> None:
    found = document(order(A, shipping=address(city="Odense", country="DK")), sandbox)
    assert found.body.delivery is not None
    assert found.body.delivery.city == "Odense"
    assert found.body.recipient.city == "Aarhus C"
    assert document(order(A, is_virtual=True, shipping=None), sandbox).body.delivery is None


def german(**changes: object) -> Address:
    return address(country="DE", **changes)


@pytest.mark.parametrize(
    ("to", "sold", "zone", "note"),
    [
        (address(), A, 1, None),
        (german(), A, 1, None),
        (german(vat_id="DE123456789", vat_is_valid=True), FREE, 2, REVERSE),
        (german(vat_id="DE123456789", vat_is_valid=False), A, 1, None),
        (german(vat_id="123456789", vat_is_valid=True), A, 1, None),
        (address(country="GR", vat_id="EL123456789", vat_is_valid=True), FREE, 2, REVERSE),
        (address(country="NO"), FREE, 3, None),
        (address(country="GL"), FREE, 3, None),
        (address(country="GB"), FREE, 3, None),
        (address(vat_id="DK12345678", vat_is_valid=True), A, 1, None),
    ],
)  # fmt: skip
def test_zones(sandbox: Profile, to: Address, sold: OrderLine, zone: int, note: str | None) -> None:
    found = document(order(sold, billing=to, shipping=to), sandbox)
    assert found.body.recipient.vat_zone.vat_zone_number == zone
    assert found.body.notes is not None
    assert found.body.notes.text_line1 == note


def test_a_customer_group_may_be_exempt(shop: Shop) -> None:
    profile = shop(
        "vat:\n  zones:\n"
        "    - {name: exempt, country: [DK], customer_group: [Diplomat], zone: domestic_exempt}\n"
        "    - {name: domestic, zone: domestic}\n"
    )
    diplomat = order(FREE, customer_group=replace(RETAIL, code="Diplomat"))
    found = document(diplomat, profile)
    assert found.body.recipient.vat_zone.vat_zone_number == 4
    body = found.products[0].body
    assert body is not None
    assert body.product_group.product_group_number == 1


def test_an_account_becomes_a_debtor(sandbox: Profile) -> None:
    wanted = plan_customer(account(), sandbox)
    assert (wanted.natural_key, wanted.magento_id) == ("email:kunde@firma.dk", 5)
    assert wanted.body.currency == "DKK"
    assert wanted.body.vat_zone.vat_zone_number == 1
    assert plan_customer(account(addresses=(), default_billing_id=None), sandbox).body.name == "Kim Kunde"
    firm = plan_customer(account(taxvat="DK12345678"), sandbox)
    assert firm.body.customer_group.customer_group_number == 2


def test_an_account_has_the_default_of_terms_by_payment_method(shop: Shop) -> None:
    profile = shop("numbers: {payment_terms: {map: order.payment.method, to: {checkmo: 2}, default: 1}}")
    assert plan_customer(account(), profile).body.payment_terms.payment_terms_number == 1


def test_an_account_without_email_cannot_be_known(sandbox: Profile) -> None:
    with pytest.raises(CannotMap, match="customer_email"):
        plan_customer(account(email=" "), sandbox)


def test_untaxed_amounts_stay_untaxed_abroad(sandbox: Profile) -> None:
    to = address(country="NO")
    found = document(order(FREE, billing=to, shipping=to, ship=("50", "0")), sandbox)
    assert found.expected.vat == Decimal(0)
    assert [p.number for p in found.products] == ["A-1", "shipping"]
