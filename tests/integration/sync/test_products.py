"""Products: their group in e-conomic is the bookkeeper's, and decides the VAT."""

from __future__ import annotations

from decimal import Decimal

from sync.outcome import Done, ParkedFor
from tests.integration.sync.desk import GROSS, ORDER, Desk
from tests.unit.mapping.builders import address, line, order


def put(desk: Desk, number: str, group: int) -> None:
    """Put a product into a group, as the bookkeeper does."""
    body = {"productNumber": number, "name": number, "productGroup": {"productGroupNumber": group}}
    desk.http.put(f"/products/{number}", json=body).raise_for_status()


def test_a_product_group_that_was_corrected_is_seen_by_the_next_try(desk: Desk) -> None:
    put(desk, "MUG-1", 3)
    outcome = desk.place()
    assert isinstance(outcome, ParkedFor)
    assert outcome.reason == "vat_rate"
    put(desk, "MUG-1", 1)
    desk.state.retry([ORDER])
    assert desk.deliver() == Done()
    (draft,) = desk.all("/orders/drafts")
    assert Decimal(str(draft["grossAmount"])) == GROSS


def test_a_product_that_e_conomic_has_in_another_group_than_the_profile_says_is_mapped_with_that(desk: Desk) -> None:
    put(desk, "BOOK", 3)
    abroad = address(country="DE")
    desk.orders.by_id[17] = order(
        line("BOOK", id=1, row="100", vat="0", rate="0"), ship=(), billing=abroad, shipping=abroad
    )
    assert desk.place() == Done()
    (draft,) = desk.all("/orders/drafts")
    assert Decimal(str(draft["grossAmount"])) == 100
