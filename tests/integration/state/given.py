"""What the tests of the state start from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from cdc.keys import Key
from cdc.position import Committed, LogPlace, Position, RestockFact, Touch, TransactionStart, XaStep
from econ_client.requests import WriteRequest
from sync.state import Claim, State

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

POST = WriteRequest("POST", "/orders/drafts", b'{"currency":"DKK"}')


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def order(number: int) -> Key:
    return Key("order", str(number))


def at(offset: int) -> Position:
    return Position(f"0-1-{offset}", LogPlace("bin.000001", offset))


def start(offset: int) -> TransactionStart:
    return TransactionStart(f"0-1-{offset}", LogPlace("bin.000001", offset))


def committed(
    offset: int,
    *keys: Key,
    inserted: bool = False,
    deleted: bool = False,
    seconds: float = 10,
    restocked: Iterable[RestockFact] = (),
    xa: XaStep | None = None,
) -> Committed:
    """A transaction that ends at `offset` and was committed `seconds` after NOW."""
    return Committed(
        position=at(offset),
        start=start(offset - 1),
        committed_at=NOW + timedelta(seconds=seconds),
        touches={key: Touch(inserted=inserted, deleted=deleted) for key in keys},
        restocked=tuple(restocked),
        xa=xa,
    )


def changed(state: State, *keys: Key, offset: int = 10, inserted: bool = False) -> None:
    """Let a transaction touch keys."""
    state.record([committed(offset, *keys, inserted=inserted)], at(offset))


def taken(state: State, worker: str = "worker", lease: float = 60) -> Claim:
    """A claim that must be there."""
    claim = state.claim(worker, lease)
    assert claim is not None
    return claim
