"""One debtor for one person or company, also while e-conomic's lists are late; one for each EAN."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cdc.keys import Key
from cdc.models import Order
from sync.outcome import Done, ParkedFor, Retry
from tests.integration.sync.desk import PLACED, Desk
from tests.unit.mapping.builders import address

CVR = "customers: {cvr: {expr: address.vat_id}, ean: {expr: address.telephone}}\n"
SECOND = replace(PLACED, id=18, increment_id="000000018")


def place(desk: Desk, *orders: Order) -> None:
    """Deliver new orders one after the other."""
    for one in orders:
        desk.orders.by_id[one.id] = one
        desk.touch(Key("order", str(one.id)), inserted=True)
        assert desk.deliver() == Done()


def debtors(desk: Desk) -> list[int]:
    """The debtor of each draft order."""
    return [draft["customer"]["customerNumber"] for draft in desk.all("/orders/drafts")]


def test_a_guest_who_makes_an_account_stays_one_debtor_while_lists_are_late(
    desk_with: Callable[..., Desk],
) -> None:
    desk = desk_with(list_delay=5)
    place(desk, PLACED, replace(SECOND, customer_id=5))
    desk.pass_time(10)
    assert len(desk.all("/customers")) == 1
    assert debtors(desk) == [1, 1]


def test_two_accounts_of_one_company_are_one_debtor_while_lists_are_late(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(CVR, list_delay=5)
    company = address(vat_id="12345674", company="Firma")
    place(desk, replace(PLACED, billing=company, customer_id=5), replace(SECOND, billing=company, customer_id=6))
    desk.pass_time(10)
    assert len(desk.all("/customers")) == 1


def test_a_debtor_that_may_have_been_made_for_another_key_is_waited_for(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(list_delay=5)
    desk.faults({"method": "POST", "path": "/customers", "fault": "drop_after", "times": 1})
    desk.place()
    desk.orders.by_id[18] = replace(SECOND, customer_id=5)
    desk.touch(Key("order", "18"), inserted=True)
    outcome = desk.deliver()
    assert isinstance(outcome, Retry)
    assert outcome.reason == "outcome_unknown"
    desk.pass_time(130)
    while desk.deliver() is not None:
        pass
    desk.pass_time(10)
    assert len(desk.all("/customers")) == 1
    assert debtors(desk) == [1, 1]


def test_a_guest_is_not_taken_for_the_company_that_has_the_same_e_mail(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(CVR, list_delay=5)
    place(desk, replace(PLACED, billing=address(vat_id="12345674", company="Firma"), customer_id=5), SECOND)
    desk.pass_time(10)
    assert debtors(desk) == [1, 2]


def test_each_ean_of_a_company_number_is_a_debtor_of_its_own(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(CVR)
    first = address(vat_id="12345674", company="Kommunen", telephone="5790000000012")
    other = replace(first, telephone="5790000000029")
    third = replace(SECOND, id=19, increment_id="000000019", billing=first)
    place(desk, replace(PLACED, billing=first), replace(SECOND, billing=other), third)
    assert debtors(desk) == [1, 2, 1]
    assert [c["ean"] for c in desk.all("/customers")] == ["5790000000012", "5790000000029"]


def test_an_account_id_that_stands_for_another_person_is_never_sent(desk: Desk) -> None:
    made = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    desk.orders.by_id[17] = replace(PLACED, customer_id=5, is_guest=False, customer_since=made)
    desk.place()
    desk.orders.by_id[18] = replace(
        PLACED,
        id=18,
        increment_id="000000018",
        customer_id=5,
        is_guest=False,
        customer_email="another@example.dk",
        customer_since=made + timedelta(days=9),
    )
    desk.touch(Key("order", "18"), inserted=True)
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "identity_changed"
    assert len(desk.all("/customers")) == len(desk.all("/orders/drafts")) == 1
