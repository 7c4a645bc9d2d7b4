"""One booked invoice for one sale, however the profile or Magento cuts invoices afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cdc.models import Invoice
from sync.outcome import Done, ParkedFor, Unchanged
from tests.integration.sync.desk import PLACED, Desk
from tests.unit.mapping.builders import invoice, row

PER_INVOICE, PER_ORDER = "invoices: per_magento_invoice\n", "invoices: per_order\n"
COMPLETE = replace(PLACED, state="complete", status="complete")


def of_all(number: int = 1, **changes: Any) -> Invoice:
    """A Magento invoice of everything that was ordered."""
    mug, tea = PLACED.lines
    rows = row(mug, qty="2", net="160", vat="40"), row(tea, qty="3", net="79.99", vat="20")
    return invoice(*rows, id=number, ship=("39.20", "9.80"), **changes)


def of_mugs(number: int = 1) -> Invoice:
    """A Magento invoice of the mugs alone."""
    return invoice(row(PLACED.lines[0], qty="2", net="160", vat="40"), id=number)


def use(desk: Desk, profile: str) -> None:
    """Restart with another profile."""
    desk.path.write_text("extends: sandbox\n" + profile)
    desk.restart()


@pytest.mark.parametrize(("before", "after"), [(PER_ORDER, PER_INVOICE), (PER_INVOICE, PER_ORDER)])
def test_what_is_booked_stands_under_a_profile_that_cuts_invoices_differently(
    desk_with: Callable[..., Desk], before: str, after: str
) -> None:
    desk = desk_with(before)
    desk.orders.by_id[17] = replace(COMPLETE, invoices=(of_all(),))
    desk.place()
    use(desk, after)
    desk.touch()
    assert desk.deliver() == Unchanged()
    assert len(desk.all("/invoices/booked")) == 1
    assert desk.all("/invoices/drafts") == []


@pytest.mark.parametrize(("before", "after"), [(PER_ORDER, PER_INVOICE), (PER_INVOICE, PER_ORDER)])
def test_a_draft_invoice_follows_a_profile_that_cuts_invoices_differently(
    desk_with: Callable[..., Desk], before: str, after: str
) -> None:
    desk = desk_with("booking: off\n" + before)
    desk.orders.by_id[17] = replace(COMPLETE, invoices=(of_all(),))
    desk.place()
    use(desk, after)
    desk.touch()
    assert desk.deliver() == Done()
    assert desk.all("/invoices/drafts") == []
    assert len(desk.all("/invoices/booked")) == 1


def test_a_magento_invoice_that_comes_after_the_booking_is_not_booked_again(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(PER_INVOICE)
    desk.orders.by_id[17] = COMPLETE
    desk.place()
    desk.change(invoices=(of_all(),))
    assert desk.deliver() == Unchanged()
    assert len(desk.all("/invoices/booked")) == 1


def test_a_magento_invoice_of_another_amount_than_what_is_booked_parks(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(PER_INVOICE)
    desk.orders.by_id[17] = COMPLETE
    desk.place()
    desk.change(invoices=(of_mugs(),))
    outcome = desk.deliver()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "invoicing_changed"
    assert len(desk.all("/invoices/booked")) == 1


def test_a_draft_makes_way_when_its_magento_invoice_is_cancelled(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with("booking: off\n" + PER_INVOICE)
    desk.orders.by_id[17] = replace(COMPLETE, invoices=(of_all(1),))
    desk.place()
    desk.change(invoices=(of_all(1, state="canceled"), of_all(2)))
    assert desk.deliver() == Done()
    (draft,) = desk.all("/invoices/drafts")
    assert draft["references"]["other"].endswith("/F000000102")


def test_two_magento_invoices_are_two_documents(desk_with: Callable[..., Desk]) -> None:
    desk = desk_with(PER_INVOICE)
    tea = invoice(row(PLACED.lines[1], qty="3", net="79.99", vat="20"), id=2, ship=("39.20", "9.80"))
    desk.orders.by_id[17] = replace(COMPLETE, invoices=(of_mugs(1),))
    desk.place()
    desk.change(invoices=(of_mugs(1), tea))
    assert desk.deliver() == Done()
    assert len(desk.all("/invoices/booked")) == 2
