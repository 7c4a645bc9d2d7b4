"""Which existing debtor a buyer is: by what the profile says, in its order, as far as each proves anything."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cdc.keys import Key
from cdc.models import Order
from sync.outcome import Done, Outcome, ParkedFor
from tests.integration.sync.desk import PLACED, Desk
from tests.integration.sync.test_accounts import account as account_of
from tests.unit.mapping.builders import address

CVR = "12345674"
EAN = "5790000000012"
COMPANY = "  cvr: {expr: address.vat_id}\n  ean: {expr: \"address.attributes.ean|default('')\"}\n"
SECOND = replace(PLACED, id=18, increment_id="000000018")


def there(desk: Desk, **fields: Any) -> int:
    """A debtor that e-conomic has already."""
    body = {
        "currency": "DKK",
        "customerGroup": {"customerGroupNumber": 1},
        "vatZone": {"vatZoneNumber": 1},
        "paymentTerms": {"paymentTermsNumber": 1},
        "name": "Anna A.",
        **fields,
    }
    answer = desk.http.post("/customers", json=body)
    answer.raise_for_status()
    number: int = answer.json()["customerNumber"]
    return number


def delivered(desk: Desk, order: Order) -> Outcome | None:
    desk.orders.by_id[order.id] = order
    desk.touch(Key("order", str(order.id)), inserted=True)
    return desk.deliver()


def debtor_of(desk: Desk, order: Order) -> int:
    """The debtor that an order is delivered to."""
    assert delivered(desk, order) == Done()
    drafts = {d["references"]["other"]: d["customer"]["customerNumber"] for d in desk.all("/orders/drafts")}
    number: int = drafts[order.increment_id]
    return number


def parked(desk: Desk, order: Order) -> str:
    outcome = delivered(desk, order)
    assert isinstance(outcome, ParkedFor)
    return outcome.reason


def account(**billing: Any) -> Order:
    return replace(PLACED, customer_id=5, is_guest=False, billing=address(**billing))


def profile(match: str, more: str = "") -> str:
    return f"customers:\n  match: {match}\n{more}"


@pytest.mark.parametrize("written", ["12345678", "+45 12 34 56 78", "1234 5678", "87654321 / 12345678"])
def test_a_phone_number_however_it_is_written(desk_with: Callable[..., Desk], written: str) -> None:
    desk = desk_with(profile("[email, phone]"))
    number = there(desk, telephoneAndFaxNumber=written)
    assert debtor_of(desk, PLACED) == number


def test_a_phone_number_is_compared_whole(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(profile("[phone]"))
    number = there(desk, telephoneAndFaxNumber="112345678")
    assert debtor_of(desk, PLACED) != number


@pytest.mark.parametrize(
    "fields",
    [{"customerGroup": {"customerGroupNumber": 2}}, {"corporateIdentificationNumber": CVR}, {"ean": EAN}],
    ids=["another group", "company number", "EAN"],
)
@pytest.mark.parametrize("by", ["email", "phone"])
def test_a_guest_proves_nothing_about_a_company(
    desk_with: Callable[..., Desk], by: str, fields: dict[str, Any]
) -> None:
    desk = desk_with(profile(f"[{by}]"))
    number = there(desk, email="anna@example.dk", telephoneAndFaxNumber="12345678", **fields)
    assert debtor_of(desk, PLACED) != number


def test_an_accounts_email_is_a_debtor_of_any_group_but_no_company(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(profile("[email]"))
    number = there(desk, email="x@y.dk anna@example.dk", customerGroup={"customerGroupNumber": 2})
    there(desk, email="anna@example.dk", corporateIdentificationNumber=CVR)
    assert debtor_of(desk, account()) == number


def test_a_company_number_must_agree_whatever_else_does(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(profile("[email, phone, cvr]", COMPANY))
    there(desk, email="anna@example.dk", telephoneAndFaxNumber="12345678")
    company = there(desk, corporateIdentificationNumber="DK 12 34 56 74", customerGroup={"customerGroupNumber": 2})
    assert debtor_of(desk, account(vat_id="DK-12345674", company="Firma")) == company


def test_an_ean_is_found_where_the_profile_looks_for_it(desk_with: Callable[..., Desk]) -> None:
    office = address(company="Kommunen", attributes={"ean": EAN})
    desk = desk_with(profile("[ean, email]", COMPANY))
    number = there(desk, ean=EAN)
    assert debtor_of(desk, replace(PLACED, billing=office)) == number


def test_the_first_entry_that_fits_anybody_decides(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(profile("[phone, email]"))
    there(desk, email="anna@example.dk")
    phone = there(desk, telephoneAndFaxNumber="12345678")
    assert debtor_of(desk, PLACED) == phone


def test_the_link_of_an_earlier_order_comes_first(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(profile("[phone, email]"))
    first = debtor_of(desk, PLACED)
    desk.http.put(f"/customers/{first}", json={**desk.all("/customers")[0], "telephoneAndFaxNumber": "1"})
    there(desk, telephoneAndFaxNumber="12345678")
    assert debtor_of(desk, SECOND) == first


def test_several_that_fit_park_and_barred_ones_do_not_count(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(profile("[email]"))
    there(desk, email="anna@example.dk", barred=True)
    one = there(desk, email="anna@example.dk")
    assert debtor_of(desk, PLACED) == one
    desk.state.delete_link(None, Key("customer", "guest-x"), "customer")
    there(desk, email="berta@example.dk")
    there(desk, email="berta@example.dk")
    assert parked(desk, replace(SECOND, customer_email="berta@example.dk")) == "customer_ambiguous"


def test_nobody_is_made_where_the_profile_says_so(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("customers: {create: off}\n")
    assert parked(desk, PLACED) == "customer_missing"
    assert desk.all("/customers") == []
    number = there(desk, email="anna@example.dk")
    desk.state.enqueue([Key("order", "17")], desk.state.tasks()[0].klass)
    assert desk.deliver() == Done()
    assert desk.all("/orders/drafts")[0]["customer"]["customerNumber"] == number


OFFSET = '  number: {expr: "customer.id + 1000"}\n'


def test_an_accounts_number_is_its_id_plus_an_offset_and_guests_get_e_conomics(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("customers:\n" + OFFSET)
    assert debtor_of(desk, account()) == 1005
    guest = replace(SECOND, customer_email="berta@example.dk")
    assert debtor_of(desk, guest) not in (1000, 1001, 1005)


@pytest.mark.parametrize(
    ("number", "given"),
    [("{expr: customer.cvr}", 12345674), ("{expr: address.telephone}", 12345678), ('"77{{ customer.id }}"', 775)],
)
def test_numbers_from_other_fields(desk_with: Callable[..., Desk], number: str, given: int) -> None:
    desk = desk_with(f"customers:\n  number: {number}\n{COMPANY}")
    assert debtor_of(desk, account(vat_id="DK12345674", telephone="+45 12 34 56 78")) == given


@pytest.mark.parametrize("given", ["A123", "0", "1234567890"])
def test_what_is_no_number_parks(desk_with: Callable[..., Desk], given: str) -> None:
    desk = desk_with("customers: {number: {expr: customer.firstname}}\n")
    assert parked(desk, account(firstname=given)) == "customer_number"
    assert desk.all("/customers") == []


def test_a_number_that_is_somebody_elses_parks(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("customers:\n" + OFFSET)
    there(desk, customerNumber=1005, name="En anden")
    assert parked(desk, account()) == "customer_number_taken"
    assert len(desk.all("/customers")) == 1


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({"email": "anna@example.dk"}, True),
        ({"name": "Anna"}, True),
        ({"email": "old@example.dk", "name": "anna åberg"}, True),
        ({"email": "old@example.dk", "telephoneAndFaxNumber": "12 34 56 78"}, True),
        ({"email": "old@example.dk", "name": "Bent"}, False),
        ({"corporateIdentificationNumber": CVR}, False),
        ({"corporateIdentificationNumber": CVR, "email": "anna@example.dk"}, True),
    ],
)
def test_a_number_finds_its_debtor_unless_it_is_somebody_else(
    desk_with: Callable[..., Desk], fields: dict[str, Any], fits: bool
) -> None:
    desk = desk_with(profile("[number, email]", OFFSET))
    there(desk, customerNumber=1005, **fields)
    if fits:
        assert debtor_of(desk, account()) == 1005
    else:
        assert parked(desk, account()) == "customer_number_taken"
    assert len(desk.all("/customers")) == 1


def test_two_with_one_phone_number_are_one_debtor_also_while_lists_are_late(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(profile("[email, phone]"), list_delay=5)
    for order in (PLACED, replace(SECOND, customer_email="berta@example.dk")):
        assert delivered(desk, order) == Done()
    desk.pass_time(10)
    assert len(desk.all("/customers")) == 1
    assert [d["customer"]["customerNumber"] for d in desk.all("/orders/drafts")] == [1, 1]


def at_once(desk: Desk, threads: int = 4) -> None:
    """Deliver everything that is due, in several threads."""

    def work() -> None:
        while desk.deliver() is not None:
            pass

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    work()


@pytest.mark.parametrize("match", ["[email, phone]", "[phone]", "[number, phone]"])
def test_many_at_once_with_one_phone_number_are_one_debtor(desk_with: Callable[..., Desk], match: str) -> None:
    number = "  number: {expr: address.telephone}\n" if "number" in match else ""
    desk = desk_with(profile(match, number), list_delay=1)
    for order_id in range(17, 29):
        one = replace(PLACED, id=order_id, increment_id=str(order_id), customer_email=f"a{order_id % 3}@example.dk")
        desk.orders.by_id[order_id] = one
        desk.touch(Key("order", str(order_id)), inserted=True)
    at_once(desk)
    desk.pass_time(125)
    at_once(desk)
    desk.pass_time(5)
    assert len(desk.all("/customers")) == 1
    assert [d["customer"]["customerNumber"] for d in desk.all("/orders/drafts")] == [
        desk.all("/customers")[0]["customerNumber"]
    ] * 12


def test_accounts_of_one_company_that_change_at_once_write_one_after_the_other(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("customers: {update: [address], sync: accounts, cvr: {expr: address.vat_id}}\n")
    firm = address(id=9, company="Firma", vat_id=CVR)
    people = {n: account_of(id=n, email=f"a{n}@example.dk", addresses=(firm,)) for n in range(5, 11)}
    for number, one in people.items():
        desk.orders.accounts[number] = one
        desk.touch(Key("customer", str(number)))
    at_once(desk)
    assert len(desk.all("/customers")) == 1
    for number, one in people.items():
        desk.orders.accounts[number] = replace(one, addresses=(replace(firm, street=(f"Gade {number}",)),))
        desk.touch(Key("customer", str(number)))
    desk.forget_journal()
    at_once(desk)
    first = desk.state.find_link("customer", "1")
    assert first is not None
    assert desk.all("/customers")[0]["address"] == f"Gade {first.entity.id}"
    assert desk.writes() == ["PUT /customers/1"]
    assert desk.state.open_intents() == []
