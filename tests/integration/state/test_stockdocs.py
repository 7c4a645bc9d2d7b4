"""What documents hold of products: booked, on open orders, and in writes that are under way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from cdc.keys import Key
from econ_client.requests import WriteRequest
from sync.state import Intent, Link, State
from tests.integration.state.given import NOW, Clock, order

D = Decimal
BOOK = WriteRequest("POST", "/invoices/booked", b'{"draftInvoice":{"draftInvoiceNumber":5}}')
BOOK_AS = WriteRequest("PUT", "/invoices/booked/900", b'{"draftInvoice":{"draftInvoiceNumber":5}}')
ORDER = WriteRequest(
    "POST",
    "/orders/drafts",
    b'{"lines":[{"product":{"productNumber":"P-1"},"quantity":2.00},{"description":"hello"}]}',
)


def picture(*lines: tuple[str, str]) -> str:
    """A stored answer, as `sync.compare.picture` writes it."""
    return json.dumps({"lines": [{"product": {"product_number": one}, "quantity": qty} for one, qty in lines]})


def linked(state: State, number: int, role: str, document: str, *lines: tuple[str, str], doc: str = "5") -> Link:
    link = Link(
        entity=order(number), role=role, document=document, number=doc, answer=picture(*lines), fingerprint="sent"
    )
    state.save_link(None, link)
    return link


def sent(state: State, request: WriteRequest, role: str, entity: Key | None = None) -> Intent:
    return state.open_intent(None, role, request, "key", entity or order(1), sent=True)


def test_pieces_are_counted_on_booked_invoices_and_nowhere_else(state: State, clock: Clock) -> None:
    linked(state, 1, "invoice", "invoice_booked", ("P-1", "2"), ("P-2", "1.5"), ("P-1", "0.25"), ("P-3", "-1"))
    clock.move(5)
    linked(state, 1, "invoice:services", "invoice_booked", ("P-2", "3"))
    linked(state, 1, "creditmemo:7", "credit_note_booked", ("P-1", "-2"))
    linked(state, 1, "order", "order_archived", ("P-1", "2"))
    linked(state, 2, "invoice", "invoice_draft", ("P-1", "9"))
    state.save_link(None, Link(entity=order(3), role="invoice:1", document="invoice_booked", number="8"))
    state.save_link(None, Link(entity=Key("customer", "1"), role="invoice", document="invoice_booked", number="8"))
    assert state.booked_quantities([1, 2, 3, 4, 1]) == {
        1: [({"P-1": D("2.25"), "P-2": D("1.5")}, NOW, True), ({"P-2": D(3)}, clock.now, True)],
        3: [({}, clock.now, False)],
    }
    assert state.booked_quantities([]) == {}


def test_a_booked_document_is_known_since_it_was_booked(state: State, clock: Clock) -> None:
    drafted = linked(state, 1, "invoice", "invoice_draft", ("P-1", "2"))
    clock.move(5)
    booked = linked(state, 1, "invoice", "invoice_booked", ("P-1", "2"), doc="900")
    since = clock.now
    clock.move(5)
    state.save_link(None, booked)
    state.doubt([booked])
    state.open_intent(None, "invoice", BOOK, "key", order(1))
    assert state.booked_quantities([1])[1][0][1] == since
    # another document in its place is known from now on, and a draft whenever it was written last
    linked(state, 1, "invoice", "invoice_booked", ("P-1", "1"), doc="901")
    assert state.booked_quantities([1]) == {1: [({"P-1": D(1)}, clock.now, True)]}
    state.save_link(None, drafted)
    clock.move(5)
    state.save_link(None, drafted)
    found = state.link(order(1), "invoice")
    assert found is not None
    assert found.updated_at == clock.now


def test_open_orders_hold_pieces_until_their_invoice_is_made(state: State, clock: Clock) -> None:
    linked(state, 1, "order", "order_draft", ("P-1", "2"))
    linked(state, 1, "order:services", "order_sent", ("P-2", "1"))
    linked(state, 2, "order", "order_archived", ("P-1", "2"))
    linked(state, 3, "order", "order_sent", ("P-1", "4"))
    linked(state, 3, "invoice", "invoice_draft", ("P-1", "4"))
    linked(state, 4, "order", "order_sent", ("P-1", "8"))
    making = sent(state, WriteRequest("POST", "/invoices/drafts", ORDER.body), "invoice", order(4))
    assert state.open_order_quantities([1, 2, 3, 4]) == {1: [({"P-1": D(2)}, NOW), ({"P-2": D(1)}, NOW)]}
    state.close_intent(None, making, "refused")
    assert state.open_order_quantities([4]) == {4: [({"P-1": D(8)}, NOW)]}


@pytest.mark.parametrize("request_", [BOOK, BOOK_AS])
@pytest.mark.parametrize("role", ["invoice", "creditmemo:7"])
def test_a_booking_touches_what_its_draft_holds_from_its_sending_to_its_end(
    state: State, clock: Clock, request_: WriteRequest, role: str
) -> None:
    linked(state, 1, role, "invoice_draft", ("P-1", "2"), ("P-2", "1"))
    intent = state.open_intent(None, role, request_, "key", order(1))
    assert state.writes_touching(NOW - timedelta(days=1)) == {}  # it is not sent yet
    state.mark_sent(None, intent)
    clock.move(10)
    assert state.writes_touching(clock.now) == {"P-1": None, "P-2": None}
    with state.work(None) as work:
        work.close_intent(intent)
        work.save_link(Link(entity=order(1), role=role, document="invoice_booked", number="9"))
    ended = clock.now
    clock.move(10)
    assert state.writes_touching(ended) == {"P-1": ended, "P-2": ended}
    assert state.writes_touching(ended + timedelta(microseconds=1)) == {}


def test_an_order_touches_what_it_held_and_what_it_holds(state: State, clock: Clock) -> None:
    linked(state, 1, "order", "order_draft", ("P-old", "2"))
    changing = sent(state, WriteRequest("PUT", "/orders/drafts/5", ORDER.body), "order")
    linked(state, 1, "order", "order_draft", ("P-1", "2"))
    state.close_intent(None, changing)
    since = clock.now
    assert state.writes_touching(since) == {"P-old": since, "P-1": since}
    assert state.writes_touching(since, orders=False) == {}
    clock.move(10)
    removing = sent(state, WriteRequest("DELETE", "/orders/sent/5", b""), "order")
    state.delete_link(None, order(1), "order")
    state.close_intent(None, removing)
    assert state.writes_touching(clock.now) == {"P-1": clock.now}
    assert state.writes_touching(since) == {"P-old": since, "P-1": clock.now}


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [("done", True), ("unclear", True), ("absent", True), ("overtaken", True), ("refused", False), ("unsent", False)],
)
def test_what_certainly_had_no_effect_touches_nothing(state: State, clock: Clock, outcome: str, counts: bool) -> None:
    intent = sent(state, ORDER, "order")
    clock.move(1)
    state.close_intent(None, intent, outcome)
    expected: Mapping[str, datetime | None] = {"P-1": clock.now} if counts else {}
    assert state.writes_touching(clock.now) == expected


def test_an_open_write_outweighs_one_that_ended_and_the_last_end_an_earlier_one(state: State, clock: Clock) -> None:
    first, second = sent(state, ORDER, "order", order(1)), sent(state, ORDER, "order", order(2))
    clock.move(1)
    state.close_intent(None, first)
    assert state.writes_touching(NOW) == {"P-1": None}
    clock.move(1)
    state.close_intent(None, second)
    assert state.writes_touching(NOW) == {"P-1": clock.now}


def test_files_drafts_and_everything_else_touch_nothing(state: State) -> None:
    linked(state, 1, "invoice", "invoice_draft", ("P-1", "2"))
    for number, path in enumerate(
        ("/orders/drafts/5/attachment/file", "/invoices/drafts", "/products", "/invoices/drafts/5", "/customers")
    ):
        sent(state, WriteRequest("POST", path, ORDER.body), "invoice", order(1 + number))
    assert state.writes_touching(NOW - timedelta(days=1)) == {}


def test_a_document_without_products_touches_none_and_one_of_which_nothing_is_known_any(state: State) -> None:
    sent(state, WriteRequest("POST", "/orders/drafts", b'{"lines":[{"description":"hello"}]}'), "order")
    assert state.writes_touching(NOW) == {}
    unknown = sent(state, WriteRequest("DELETE", "/orders/drafts/5", b""), "order", order(2))
    assert state.writes_touching(NOW) == {"*": None}
    # what another document of the same order holds is better than nothing
    linked(state, 2, "invoice", "invoice_draft", ("P-2", "1"))
    assert state.writes_touching(NOW) == {"P-2": None}
    state.close_intent(None, unknown)
    assert state.writes_touching(NOW) == {"P-2": NOW}


def test_nothing_is_looked_for_through_the_whole_shop(state: State) -> None:
    if not state.database.sqlite:
        pytest.skip("PostgreSQL plans by what the tables hold")
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(state.database.engine, "before_cursor_execute", note)
    state.booked_quantities([1, 2])
    linked(state, 1, "order", "order_draft", ("P-1", "2"))
    state.open_order_quantities([1, 2])
    state.writes_touching(NOW)
    state.due_stock(5)
    state.stock_rows(product_ids=[1])
    state.stock_rows(skus=["1"])
    state.stock_pages("1", 5)
    state.changed_orders(5)
    state.lines_of([1])
    event.remove(state.database.engine, "before_cursor_execute", note)
    reads = [one for one in asked if one[0].startswith("SELECT")]
    assert len(reads) == 10
    narrow = (
        "autoindex_link",
        "intent_entity",
        "intent_open",
        "intent_closed",
        "task_stock",
        "stock_",
        "autoindex_stock",
    )
    with state.database.read() as transaction:
        for statement, parameters in reads:
            plan = transaction.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps = [str(row[3]) for row in plan if "SEARCH" in str(row[3]) or "SCAN" in str(row[3])]
            assert steps, statement
            assert all("SEARCH" in step and any(one in step for one in narrow) for step in steps), (statement, steps)
