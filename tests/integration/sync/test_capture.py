"""The capture thread: whatever the reader or the state does, it goes on, or says why it does not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from cdc.binlog import BinlogReader, CaptureStatus
from cdc.errors import DatabaseUnreachable, PositionLost
from cdc.gap import Who
from cdc.keys import Key, Kind
from cdc.position import Committed, Heartbeat, LogPlace, Position, Touch, TransactionStart
from cdc.shop import Shop
from sync import capture as capturing
from sync.capture import Capture
from sync.gap import Gap
from sync.metrics import Metrics
from sync.state import State, StockRow
from sync.state.changes import Klass
from sync.state.errors import StateUnreachable
from sync.state.links import Link
from tests.world import until

MADE = datetime(2026, 1, 2, tzinfo=UTC)

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
        self.status = CaptureStatus()

    def position(self) -> Position:
        """Where the log ends."""
        return at(900)

    def transactions(self, position: Position, stop: threading.Event) -> Iterator[Committed | Heartbeat]:
        """As `BinlogReader.transactions`."""
        while self.steps:
            yield self.steps.pop(0)()
        self.stop.set()


class Changed:
    """A shop in which an order, a customer and a product have changed."""

    def __init__(self) -> None:
        self.since: datetime | None = None

    def changed_since(self, since: datetime, kinds: Collection[Kind]) -> Iterator[list[Key]]:
        """As `Shop.changed_since`."""
        self.since = since
        for key in (Key("order", "5"), Key("customer", "6"), Key("product", "7")):
            if key.kind in kinds:
                yield [key]

    def newer_than(self, kind: Kind, known: int) -> Iterator[list[Key]]:
        """As `Shop.newer_than`."""
        yield [Key(kind, str(known + 1))]

    def orders_there(self, ids: Collection[int]) -> dict[int, Who]:
        """As `Shop.orders_there`: those with an even id are as they were, the others gone."""
        return {one: Who(f"0{one}", MADE) for one in ids if one % 2 == 0}


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State.open(f"sqlite:///{tmp_path / 'state.db'}") as opened:
        opened.set_position(at(1))
        yield opened


def capture(state: State, *steps: Step, shop: Changed | None = None, on_gap: str = "backfill") -> Capture:
    """Run a capture over steps, to its end."""
    stop = threading.Event()
    made = Capture(
        state,
        cast(BinlogReader, Reader(stop, *steps)),
        cast(Shop, shop or Changed()),
        Metrics(),
        active=lambda: True,
        on_gap=on_gap,
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


def booked(order: int) -> Link:
    """The link of a booked invoice."""
    identity = {"increment_id": f"0{order}", "store": "default", "created_at": MADE.isoformat()}
    return Link(
        entity=Key("order", str(order)), role="invoice", document="invoice_booked", number="9", identity=identity
    )


def test_of_orders_with_final_documents_only_those_that_are_gone_are_looked_at(state: State) -> None:
    for link in (booked(20), booked(21), replace(booked(22), document="invoice_draft")):
        state.save_link(None, link)
    capture(state, fails(PositionLost("purged")))
    assert {task.key.id for task in state.tasks()} == {"5", "21", "22", "23"}, "23 is the one that is new"


def test_after_another_server_was_adopted_every_known_order_is_looked_at(state: State) -> None:
    state.save_link(None, booked(20))
    stored = state.stored_position()
    assert stored is not None
    gap = Gap.after(stored, datetime.now(UTC), "another server", other_log=True)
    state.set_position(at(800), other_log=True, gap=gap.dump())
    capture(state)
    assert {task.key.id for task in state.tasks()} == {"5", "20", "21"}
    done = Gap.load(state.gap_note())
    assert done is not None
    assert done.done_at is not None
    assert done.looked_at == {"order": 3}
    state.skip([task.key for task in state.tasks()])
    capture(state)
    assert {task.state for task in state.tasks()} == {"skipped"}, "it is done once"


def test_an_order_skipped_by_hand_whose_id_is_another_orders_by_now_is_let_go(state: State) -> None:
    for number in (30, 32):
        state.save_link(None, booked(number))
        state.enqueue([Key("order", str(number))], Klass.ORDER)
    state.skip([Key("order", "30"), Key("order", "32")], by="skipped by a person")
    stored = state.stored_position()
    assert stored is not None
    gap = Gap.after(stored, datetime.now(UTC), "another server", other_log=True)
    state.set_position(at(800), other_log=True, gap=gap.dump())

    class Restored(Changed):
        def orders_there(self, ids: Collection[int]) -> dict[int, Who]:
            placed = datetime.now(UTC) + timedelta(hours=1)
            return {one: Who(f"0{one}", placed if one == 32 else MADE) for one in ids}

    capture(state, shop=Restored())
    assert {task.key.id: task.state for task in state.tasks() if task.key.id in ("30", "32")} == {
        "30": "skipped",
        "32": "waiting",
    }


@pytest.mark.parametrize(
    ("ahead", "doubted"), [(timedelta(hours=-3), False), (timedelta(0), False), (timedelta(days=400), True)]
)
def test_the_window_of_a_gap_never_shrinks_to_nothing(state: State, ahead: timedelta, doubted: bool) -> None:
    """A server's clock that ran ahead leaves commit times in the future."""
    before = datetime.now(UTC)
    state.set_position(at(2), before + ahead)
    for link in (booked(20), booked(22)):
        state.save_link(None, link)
    shop = Changed()
    capture(state, fails(PositionLost("purged")), shop=shop)
    assert shop.since is not None
    assert shop.since < before + min(ahead, timedelta(0)) - timedelta(minutes=9)
    gap = Gap.load(state.gap_note())
    assert gap is not None
    assert gap.doubted is doubted
    looked_at = {task.key.id for task in state.tasks()}
    assert ({"20", "22"} <= looked_at) is doubted, "a window that proves nothing spares nothing"


def test_a_gap_waits_for_a_person_when_the_profile_says_so(state: State) -> None:
    stop = threading.Event()
    reader = Reader(stop, *[fails(PositionLost("purged"))] * 3)
    made = Capture(
        state, cast(BinlogReader, reader), cast(Shop, Changed()), Metrics(), active=lambda: True, on_gap="stop"
    )
    made.run(stop)
    assert "capture adopt" in made.health.stopped
    assert state.position() == at(1)
    assert not state.tasks()


def test_a_process_that_dies_while_a_gap_is_gone_over_begins_anew(state: State) -> None:
    class Away(Changed):
        def newer_than(self, kind: Kind, known: int) -> Iterator[list[Key]]:
            raise DatabaseUnreachable("gone")

    state.save_link(None, booked(20))
    stop = threading.Event()
    reader = Reader(stop, fails(PositionLost("purged")))
    made = Capture(state, cast(BinlogReader, reader), cast(Shop, Away()), Metrics(), active=lambda: not stop.is_set())
    runner = threading.Thread(target=made.run, args=(stop,))
    runner.start()
    until("it has failed", lambda: "gone" in made.health.stopped, 10)
    stop.set()
    runner.join()
    assert state.position() == at(900)
    capture(state)
    assert {task.key.id for task in state.tasks()} == {"5", "21"}


def test_changes_that_cannot_matter_are_counted_also_of_transactions_that_are_not_handed_on(state: State) -> None:
    stop = threading.Event()
    reader = Reader(stop, lambda: Heartbeat(position=at(5), caught_up=True, lag_seconds=0))
    reader.status.counters.rows_unchanged = 4
    metrics = Metrics()
    Capture(state, cast(BinlogReader, reader), cast(Shop, Changed()), metrics, active=lambda: True).run(stop)
    assert "magento_economic_capture_unchanged_rows_total 4.0" in metrics.text().decode()
