from __future__ import annotations

from typing import Any

import httpx
import pytest

from econ_client import search
from econ_client.errors import Ambiguous
from tests.unit.econ_client.fake import Table, economic
from tests.unit.econ_client.test_client import CUSTOMER, DRAFT

PLACES = ("/orders/drafts", "/orders/sent", "/orders/archived", "/invoices/drafts", "/invoices/booked")


def draft(other: str | None, **numbers: int) -> dict[str, Any]:
    return {**DRAFT, **numbers, "references": {"other": other} if other else {}}


def slim(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "lines"}


def world(**changed: Any) -> Table:
    return Table({**{path: [] for path in PLACES}, **{f"/{name.replace('_', '/')}": v for name, v in changed.items()}})


def test_a_token_is_a_whole_word() -> None:
    assert search.carries("4711 · DK-1", "DK-1")
    assert search.carries("4711·DK-1", "DK-1")
    assert search.carries("DK-1 4711", "DK-1")
    for other in ("DK-10", "dk-1", "XDK-1", "DK-1/F2", "", None):
        assert not search.carries(other, "DK-1")


def test_hits_come_with_their_lines_in_the_direction_documents_move() -> None:
    order = draft("4711 · DK-1", orderNumber=3)
    invoice = draft("DK-1", draftInvoiceNumber=8)
    booked = draft("DK-1", bookedInvoiceNumber=9, orderNumber=5)
    table = world(orders_archived=[slim(order)], invoices_drafts=[slim(invoice)], invoices_booked=[slim(booked)])
    table.answers |= {"/orders/archived/3": order, "/invoices/drafts/8": invoice, "/invoices/booked/9": booked}
    found = economic(table).find_by_reference("DK-1")
    assert [(f.kind, f.number) for f in found] == [("order_archived", 3), ("invoice_draft", 8), ("invoice_booked", 9)]
    assert all(len(f.document.lines) == 1 for f in found)
    assert [path for path in table.asked if path in PLACES] == list(PLACES)
    assert table.requests[0].url.params["filter"] == "references.other$like:DK-1"


def test_near_misses_of_the_search_are_not_fetched() -> None:
    near = [slim(draft(other, orderNumber=n)) for n, other in enumerate(("DK-10", "dk-1", "A DK-1/F2"), 1)]
    table = world(orders_drafts=near)
    assert economic(table).find_by_reference("DK-1") == []
    assert len(table.requests) == 5


def test_rows_without_references_are_looked_at_whole() -> None:
    whole = draft("DK-1", orderNumber=3)
    row = {name: value for name, value in slim(whole).items() if name != "references"}
    table = world(orders_drafts=[row])
    table.answers["/orders/drafts/3"] = whole
    assert [f.number for f in economic(table).find_by_reference("DK-1")] == [3]


def test_a_document_that_moves_during_the_search_is_met_once() -> None:
    moved = draft("DK-1", draftInvoiceNumber=8)
    booked = draft("DK-1", bookedInvoiceNumber=9)
    table = world(invoices_drafts=[slim(moved)], invoices_booked=[slim(booked)])
    table.answers["/invoices/booked/9"] = booked
    assert [f.kind for f in economic(table).find_by_reference("DK-1")] == ["invoice_booked"]


def test_a_reference_that_was_changed_meanwhile_is_no_hit() -> None:
    table = world(orders_drafts=[slim(draft("DK-1", orderNumber=3))])
    table.answers["/orders/drafts/3"] = draft("other", orderNumber=3)
    assert economic(table).find_by_reference("DK-1") == []


def test_many_pages_are_searched() -> None:
    rows = [slim(draft("DK-10", orderNumber=n)) for n in range(1, 1500)]
    last = draft("DK-1", orderNumber=1500)
    table = world(orders_drafts=[*rows, slim(last)])
    table.answers["/orders/drafts/1500"] = last
    assert [f.number for f in economic(table).find_by_reference("DK-1")] == [1500]


def test_only_the_kinds_asked_for_are_searched() -> None:
    table = world()
    economic(table).find_by_reference("DK-1", ["invoice_booked", "invoice_draft"])
    assert table.asked == ["/invoices/drafts", "/invoices/booked"]


@pytest.mark.parametrize("token", ["", "a b", "a·b", "a\u00a0b"])
def test_what_would_match_anything_is_refused(token: str) -> None:
    table = world()
    with pytest.raises(ValueError, match="no reference"):
        economic(table).find_by_reference(token)
    assert table.requests == []


def test_a_missing_collection_is_not_an_empty_one() -> None:
    table = world()
    table.answers["/orders/sent"] = httpx.Response(404, html="<h1>gone</h1>")
    with pytest.raises(Ambiguous):
        economic(table).find_by_reference("DK-1")


def test_a_row_without_its_number_is_said() -> None:
    with pytest.raises(Ambiguous, match="orderNumber"):
        economic(world(orders_drafts=[slim(draft("DK-1"))])).find_by_reference("DK-1")


def customers(*emails: str) -> Table:
    return Table({"/customers": [{**CUSTOMER, "customerNumber": 50 - n, "email": e} for n, e in enumerate(emails)]})


def test_customers_are_found_by_any_of_their_addresses() -> None:
    table = customers("A@b.dk", "xa@b.dk", "info@b.dk a@B.dk", "a@b.dk.example", "x@y.dk;a@b.dk")
    found = economic(table).customers_by_email(" a@b.DK ")
    assert [c.customer_number for c in found] == [46, 48, 50]
    assert table.requests[0].url.params["filter"] == "email$like:a@b.DK"


@pytest.mark.parametrize("email", ["", "  ", "a@b.dk c@d.dk"])
def test_no_address_matches_nobody(email: str) -> None:
    table = customers("a@b.dk")
    assert economic(table).customers_by_email(email) == []
    assert table.requests == []


def test_customers_are_found_by_company_number_however_it_is_written() -> None:
    numbers = ("12345678", "DK12345678", "12 34 56 78", "dk-12345678", "123456789", "SE12345678")
    rows = [{**CUSTOMER, "customerNumber": n, "corporateIdentificationNumber": c} for n, c in enumerate(numbers, 1)]
    table = Table({"/customers": rows})
    assert [c.customer_number for c in economic(table).customers_by_cvr("DK 12 34 56 78")] == [1, 2, 3, 4]
    assert table.requests[0].url.params["filter"] == (
        "(corporateIdentificationNumber$like:12345678)$or:(corporateIdentificationNumber$like:12 34 56 78)"
    )
    assert economic(table).customers_by_cvr(" - ") == []


def test_a_customer_row_that_cannot_be_read_tells_no_names() -> None:
    rows = [{**CUSTOMER, "customerGroup": "Jens Hemmelig"}]
    with pytest.raises(Ambiguous) as caught:
        economic(Table({"/customers": rows})).customers_by_email("jens@example.dk")
    assert "Hemmelig" not in str(caught.value)
    assert "customerGroup" in str(caught.value)
