"""Links and intents: stored before sending, together, and only by whoever holds the task."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, event

from econ_client.requests import WriteRequest
from sync.outcome import Done
from sync.state import ClaimLost, GenerationMoved, IntentOpen, Link, State
from tests.integration.state.given import NOW, POST, Clock, changed, order, taken

LINK = Link(
    entity=order(1),
    role="invoice",
    document="invoice_draft",
    number="70",
    reference="000000001",
    fingerprint="f1",
    answer='{"net":1}',
    net=Decimal("100.00"),
    vat=Decimal("25.00"),
    gross=Decimal("125.00"),
    profile_hash="p1",
    identity={"increment_id": "000000001", "store": "default"},
    product_group=1,
)


def test_a_link_comes_back_as_it_was_saved(state: State, clock: Clock) -> None:
    state.save_link(None, LINK)
    clock.move(60)
    state.save_link(None, replace(LINK, number="71", net=None))
    stored = state.link(order(1), "invoice")
    assert stored == replace(LINK, number="71", net=None, created_at=NOW, updated_at=NOW + timedelta(seconds=60))
    assert "answer" not in repr(stored)
    assert state.find_link("invoice_draft", "71") == stored
    assert state.find_link("invoice_draft", "70") is None
    assert state.links_by_kind() == {"invoice_draft": 1}
    assert state.links_of([order(1), order(2)]) == {order(1): {"invoice": stored}}
    assert [link for _, link in state.links_to("invoice_draft")] == [stored]
    assert state.delete_link(None, order(1), "invoice")
    assert not state.delete_link(None, order(1), "invoice")
    assert state.links(order(1)) == {}


def test_an_intent_keeps_the_exact_bytes_and_clears_the_fingerprint(state: State, clock: Clock) -> None:
    changed(state, order(1))
    claim = taken(state)
    state.save_link(claim, LINK)
    request = WriteRequest("PUT", "/invoices/drafts/70", b'{"net":100.00,"name":"\xc3\xa6"}')
    intent = state.open_intent(claim, "invoice", request, "key-1", order(1))
    assert intent.first_sent_at is None
    assert state.link(order(1), "invoice").fingerprint == ""  # type: ignore[union-attr]
    assert state.open_intents(order(1)) == [intent]
    assert state.open_intents() == [intent]
    clock.move(1)
    sent = state.mark_sent(claim, intent)
    clock.move(1)
    sent = state.mark_sent(claim, sent)
    assert sent.first_sent_at == NOW + timedelta(seconds=1)
    assert sent.last_sent_at == NOW + timedelta(seconds=2)
    assert state.open_intents(order(1)) == [sent]
    state.close_intent(claim, sent, "refused")
    assert state.open_intents(order(1)) == []
    with pytest.raises(IntentOpen):
        state.mark_sent(claim, sent)


def test_sending_can_be_folded_into_opening(state: State) -> None:
    changed(state, order(1))
    intent = state.open_intent(taken(state), "invoice", POST, "key", order(1), sent=True)
    assert (intent.first_sent_at, intent.last_sent_at) == (NOW, NOW)
    assert state.open_intents() == [intent]


def test_at_most_one_intent_is_open_for_a_role(state: State) -> None:
    changed(state, order(1))
    claim = taken(state)
    first = state.open_intent(claim, "invoice", POST, "key-1", order(1))
    with pytest.raises(IntentOpen):
        state.open_intent(claim, "invoice", POST, "key-2", order(1))
    other = state.open_intent(claim, "order", POST, "key-3", order(1))
    state.close_intent(claim, first)
    second = state.open_intent(claim, "invoice", POST, "key-4", order(1))
    assert state.open_intents(order(1)) == [other, second]


def test_nothing_stale_is_sent(state: State) -> None:
    changed(state, order(1))
    claim = taken(state)
    changed(state, order(1), offset=20)
    with pytest.raises(GenerationMoved):
        state.open_intent(claim, "invoice", POST, "key", order(1))
    assert state.open_intents() == []
    fresh = state.refresh(claim)
    assert (fresh.generation, fresh.token, fresh.starts[0].place.offset) == (2, claim.token, 19)
    intent = state.open_intent(fresh, "invoice", POST, "key", order(1))
    changed(state, order(1), offset=30)
    state.close_intent(fresh, intent)
    state.open_intent(fresh, "invoice", POST, "key", order(1), even_if_moved=True)


def test_link_intent_and_outcome_are_one_commit(state: State) -> None:
    changed(state, order(1))
    claim = taken(state)
    intent = state.open_intent(claim, "invoice", POST, "key", order(1), sent=True)
    commits: list[str] = []

    def note(_connection: Connection) -> None:
        commits.append("commit")

    event.listen(state.database.engine, "commit", note)
    with state.work(claim) as work:
        work.save_link(LINK)
        work.close_intent(intent)
        work.note_booking()
        work.finish(Done())
    assert len(commits) == 1
    assert state.bookings() == 1
    assert state.open_intents() == []
    assert state.task(order(1)) is None


def test_all_of_a_work_or_none(state: State) -> None:
    changed(state, order(1))
    claim = taken(state)

    def torn() -> None:
        with state.work(claim) as work:
            work.save_link(LINK)
            work.finish(Done())
            raise RuntimeError("the worker breaks here")

    with pytest.raises(RuntimeError):
        torn()
    assert state.links(order(1)) == {}
    assert state.counts()["running"] == 1
    with pytest.raises(ValueError, match="no claim"), state.work(None) as work:
        work.finish(Done())


def test_after_losing_the_claim_nothing_is_written(state: State) -> None:
    changed(state, order(1))
    claim = taken(state)
    state.take_over()
    with pytest.raises(ClaimLost):
        state.open_intent(claim, "invoice", POST, "key", order(1))
    with pytest.raises(ClaimLost), state.work(claim) as work:
        work.save_link(LINK)
    assert state.links(order(1)) == {}
    assert state.open_intents() == []


def test_that_there_was_an_intent_outlives_the_intent(state: State, clock: Clock) -> None:
    changed(state, order(1))
    claim = taken(state)
    assert not state.ever_had_intent(order(1), "invoice")
    state.close_intent(claim, state.open_intent(claim, "invoice", POST, "key", order(1)))
    assert state.ever_had_intent(order(1), "invoice", "order")
    assert not state.ever_had_intent(order(1), "order")
    clock.move(8 * 86_400)
    gone = state.purge(timedelta(days=90))
    assert gone["intent"] == 1
    assert state.sizes()["intent"] == 0
    assert state.ever_had_intent(order(1), "invoice")
    clock.move(98 * 86_400)
    assert state.purge(timedelta(days=90))["fact"] == 1
    assert not state.ever_had_intent(order(1), "invoice")


def test_the_memory_of_an_insert_ends_before_that_of_its_intents(state: State, clock: Clock) -> None:
    changed(state, order(1), inserted=True)
    claim = taken(state)
    state.close_intent(claim, state.open_intent(claim, "invoice", POST, "key", order(1)))
    state.finish(claim, Done())
    clock.move(91 * 86_400)
    state.purge(timedelta(days=90))
    changed(state, order(1), offset=20)
    assert not taken(state).captured_insert
    assert state.ever_had_intent(order(1), "invoice")
