"""Texts of others, of any length and with any character, are stored: one of them must not keep the rest out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cdc.keys import Key
from econ_client.requests import WriteRequest
from sync.outcome import ParkedFor
from sync.state import State
from sync.state.deliverylog import Delivery
from sync.state.errors import StateError
from tests.integration.state.given import changed, order, taken

LONG = "E" * 300 + "\0"


def test_an_outcome_with_texts_of_any_length_is_stored(state: State) -> None:
    changed(state, order(17))
    state.finish(taken(state), ParkedFor("refused", f"nul \0 {LONG}", LONG, "x"), reference=LONG)
    task = state.task(order(17))
    assert task is not None
    assert task.state == "parked"
    assert task.error_code == "E" * 100


def test_a_call_with_texts_of_any_length_is_stored(state: State) -> None:
    call = Delivery(
        at=datetime.now(UTC), method="GET", path="/self\0", status=500, milliseconds=1, log_id=LONG, error_code=LONG
    )
    state.log_call(call)
    state.flush_calls()
    (stored,) = state.deliveries()
    assert stored.error_code == "E" * 100


def test_an_error_of_the_database_repeats_nothing_that_was_to_be_stored(state: State) -> None:
    request = WriteRequest("POST", "/customers", b"anna@example.dk")
    unfit: Any = object()
    with pytest.raises(StateError) as raised:
        state.open_intent(None, "customer", request, "key", Key("customer", unfit))
    assert "anna" not in f"{raised.value} {raised.value.__cause__}"
