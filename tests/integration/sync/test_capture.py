"""The capture thread: whatever the reader or the state does, it goes on, or says why it does not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from cdc.binlog import BinlogReader
from cdc.errors import PositionLost
from cdc.keys import Key, Kind
from cdc.position import Committed, Heartbeat, LogPlace, Position, Touch, TransactionStart
from cdc.shop import Shop
from sync import capture as capturing
from sync.capture import Capture
from sync.metrics import Metrics
from sync.state import State, StockRow
from sync.state.changes import Klass
from sync.state.errors import StateUnreachable

Step = Callable[[], Committed | Heartbeat]


def at(number: int) -> Position:
    return Position(f"0-1-{number}", LogPlace("bin.000001", number))


def committed(number: int) -> Committed:
    start = TransactionStart(f"0-1-{number}", LogPlace("bin.000001", number - 1))
    return Committed(
        position=at(number),
        start=start,
        committed_at=datetime.now(UTC),
        touches={Key("order", str(number)): Touch(inserted=True)},
    )


class Reader:
    """Plays steps: each gives an item or raises; stops the capture when there are none left."""

    def __init__(self, stop: threading.Event, *steps: Step) -> None:
        self.stop = stop
        self.steps = list(steps)

    def position(self) -> Position:
        """Where the log ends."""
        return at(900)

    def transactions(self, position: Position, stop: threading.Event) -> Iterator[Committed | Heartbeat]:
        """As `BinlogReader.transactions`."""
        while self.steps:
            yield self.steps.pop(0)()
        self.stop.set()


class Changed:
    """A shop in which an order and its customer have changed."""

    def changed_since(self, _: datetime) -> list[Key]:
        """As `Shop.changed_since`."""
        return [Key("order", "5"), Key("customer", "6"), Key("product", "7")]


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State.open(f"sqlite:///{tmp_path / 'state.db'}") as opened:
        opened.set_position(at(1))
        yield opened


def capture(state: State, *steps: Step) -> Capture:
    """Run a capture over steps, to its end."""
    stop = threading.Event()
    made = Capture(
        state,
        cast(BinlogReader, Reader(stop, *steps)),
        cast(Shop, Changed()),
        Metrics(),
        active=lambda: True,
    )
    made.run(stop)
    return made


def fails(error: Exception) -> Step:
    def step() -> Any:
        raise error

    return step


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capturing, "RETRY_EVERY", 0.01)


def test_an_error_that_nobody_foresaw_does_not_end_capture(state: State, caplog: pytest.LogCaptureFixture) -> None:
    capture(state, lambda: committed(10), fails(RuntimeError("anna@example.dk")), lambda: committed(20))
    assert "internal error RuntimeError" in caplog.text
    assert "anna" not in caplog.text
    assert state.task(Key("order", "20")) is not None
    assert state.position() == at(20)


def test_a_state_that_is_away_during_a_gap_does_not_end_capture(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = state.stored_position, []

    def stored() -> Any:
        asked.append(1)
        if len(asked) == 2:
            raise StateUnreachable("the state does not answer")
        return real()

    monkeypatch.setattr(state, "stored_position", stored)
    capture(state, fails(PositionLost("purged")), fails(PositionLost("purged")))
    assert state.task(Key("order", "5")) is not None
    assert state.position() == at(900)


def test_a_gap_enqueues_only_what_is_reconciled(state: State) -> None:
    capture(state, fails(PositionLost("purged")))
    assert [task.key for task in state.tasks()] == [Key("order", "5")]


def test_a_gap_looks_at_orders_first(state: State) -> None:
    """Debtors and products that changed during a gap may be the whole catalog: they have a backfill's time."""
    stop = threading.Event()
    reader = cast(BinlogReader, Reader(stop, fails(PositionLost("purged"))))
    kinds: tuple[Kind, ...] = ("order", "product")
    Capture(state, reader, cast(Shop, Changed()), Metrics(), active=lambda: True, kinds=kinds).run(stop)
    assert {task.key: task.klass for task in state.tasks()} == {
        Key("order", "5"): Klass.ORDER,
        Key("product", "7"): Klass.BACKFILL,
    }


@pytest.mark.parametrize(("kinds", "skus"), [(("order",), []), (("order", "stock"), ["A", "B"])])
def test_after_a_gap_every_sku_is_looked_at_when_stock_is_followed(
    state: State, kinds: tuple[Kind, ...], skus: list[str]
) -> None:
    state.save_stock([StockRow(number="1", sku="A"), StockRow(number="2", sku="B")])
    stop = threading.Event()
    reader = cast(BinlogReader, Reader(stop, fails(PositionLost("purged"))))
    Capture(state, reader, cast(Shop, Changed()), Metrics(), active=lambda: True, kinds=kinds).run(stop)
    assert [one.sku for one in state.due_stock()] == skus
    assert state.position() == at(900)


def test_nothing_is_proven_about_the_server_while_the_connection_is_lost(state: State) -> None:
    def beat(*, connected: bool) -> Step:
        return lambda: Heartbeat(position=at(1), caught_up=True, lag_seconds=0, connected=connected, error="")

    assert capture(state, beat(connected=True)).health.verified
    assert not capture(state, beat(connected=True), beat(connected=False)).health.verified
