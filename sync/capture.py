"""The capture thread: what the binlog says goes into the state, and the position with it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from cdc.binlog import BinlogReader
from cdc.errors import MagentoError, PositionLost, SchemaMissing, WrongServer
from cdc.keys import Kind
from cdc.position import Committed, Heartbeat, Position
from cdc.shop import Shop
from sync import gap as gaps
from sync import trouble
from sync.gap import Gap
from sync.metrics import Metrics
from sync.state.changes import Klass
from sync.state.errors import StateError
from sync.state.state import State
from sync.state.tasks import TaskState

log = logging.getLogger("magento_economic.capture")

STORE_IDLE_EVERY = 1.0
"""Seconds between commits of a position that moved over transactions which touched nothing."""

ORDERS: tuple[Kind, ...] = ("order",)
RETRY_EVERY = 10.0

STOPPED = (
    "`on_gap: stop` waits for a person: `magento-economic capture adopt` goes on from the log's present end, and what "
    "may have changed meanwhile is looked at again. Keep the binlog longer (binlog_expire_logs_seconds)."
)


@dataclass(slots=True)
class CaptureHealth:
    """How capture is doing, read by health, status and delivery.

    `verified`: the anchor of the stored position was found on this server, so its orders are the ones that we know.
    `schema` names what Magento's tables lack so that nothing can be loaded.
    `stopped` names why capture cannot go on by itself; `wrong_server` also forbids delivering.
    """

    connected: bool = False
    verified: bool = False
    lag_seconds: float = 0.0
    stopped: str = ""
    wrong_server: bool = False
    error: str = ""
    schema: str = ""


class Capture:
    """Runs a `BinlogReader` into a `State` until told to stop."""

    def __init__(
        self,
        state: State,
        reader: BinlogReader,
        shop: Shop,
        metrics: Metrics,
        *,
        active: Callable[[], bool],
        on_gap: str = "backfill",
        kinds: Collection[Kind] = ORDERS,
        columns: Callable[[], None] | None = None,
    ) -> None:
        self._state = state
        self._reader = reader
        self._shop = shop
        self._metrics = metrics
        self._active = active
        self._on_gap = on_gap
        self._kinds = kinds
        self._columns = columns or (lambda: None)
        self._columns_at = 0.0
        self._stopping = threading.Event()
        self._stored: Position | None = None
        self._stored_at = 0.0
        self.health = CaptureHealth()

    def run(self, stop: threading.Event) -> None:
        """Capture until `stop` is set. Nothing is raised: what cannot heal is told in `health`."""
        self._stopping = stop
        while not stop.is_set():
            try:
                self._follow_over_gaps(stop)
            except WrongServer as error:
                self._stop(trouble.told(error), wrong=True)
                stop.wait(RETRY_EVERY)
            except (MagentoError, StateError) as error:
                self._stop(trouble.told(error))
                stop.wait(1.0 if error.retryable else RETRY_EVERY)
            except Exception as error:  # noqa: BLE001  (a thread that ends is missed by nobody)
                self._stop(f"internal error {type(error).__name__} at {trouble.where(error)}; please report it")
                stop.wait(RETRY_EVERY)

    def _follow_over_gaps(self, stop: threading.Event) -> None:
        try:
            self._follow(stop)
        except PositionLost as error:
            stored = self._state.stored_position()
            if stored is None:
                raise
            if self._on_gap != "backfill":
                raise PositionLost(str(error), hint=STOPPED) from error
            self._gap(Gap.after(stored, datetime.now(UTC), str(error)))

    def _follow(self, stop: threading.Event) -> None:
        self._look_at_gap(stop)
        position = self._state.position()
        if position is None:
            position = self._reader.position()
            self._state.set_position(position)
            log.info("first start: capture begins at %s", position.gtid_set or position.place)
        self._stored = position
        self._look_at_columns()
        self._try_again("parked", reason="column_missing")
        for item in self._reader.transactions(position, stop):
            if not self._active():
                stop.wait(0.2)
                return
            if isinstance(item, Heartbeat):
                self._beat(item)
            else:
                self._store(item)

    def _beat(self, beat: Heartbeat) -> None:
        health = self.health
        health.connected, health.lag_seconds, health.error = beat.connected, beat.lag_seconds, beat.error
        # while the connection is lost nothing proves that the server behind the address is still the same
        health.verified = beat.connected
        if beat.connected:
            health.stopped, health.wrong_server = "", False
        self._metrics.connected.set(beat.connected)
        self._metrics.lag.set(beat.lag_seconds)
        read = self._reader.status.counters
        self._metrics.read(
            events_dropped=read.events_dropped,
            rows=read.rows,
            unchanged_rows=read.rows_unchanged,
            events_by_library=read.decoded_by_library,
        )
        now = time.monotonic()
        if health.schema and now - self._columns_at > RETRY_EVERY:
            self._shop.forget()
            self._look_at_columns()
        if beat.position != self._stored and now - self._stored_at >= STORE_IDLE_EVERY:
            self._patiently(lambda: self._state.record((), beat.position))
            self._stored, self._stored_at = beat.position, now

    def _store(self, committed: Committed) -> None:
        health = self.health
        health.connected = health.verified = True
        health.stopped = ""
        if committed.ddl_tables:
            log.info("tables changed: %s", ", ".join(committed.ddl_tables))
            self._shop.forget()
            self._look_at_columns()
        self._patiently(lambda: self._state.record((committed,), committed.position))
        if committed.position is not None:
            self._stored, self._stored_at = committed.position, time.monotonic()
        if committed.ddl_tables:
            self._try_again("parked", "running")  # a running one may have seen the former columns
        self._metrics.transactions.inc()

    def _look_at_columns(self) -> None:
        """See which columns of the profile are there. While tables lack what every load needs, nothing is loaded."""
        health, self._columns_at = self.health, time.monotonic()
        try:
            self._columns()
        except SchemaMissing as error:
            said = trouble.told(error)
            if health.schema != said:
                log.error("nothing can be loaded from Magento: %s", said)
            health.schema = said
        else:
            health.schema = ""

    def _try_again(self, *states: TaskState, reason: str | None = None) -> None:
        """Let tasks be looked at anew: other columns may be there now."""
        tasks = self._state.tasks(states, reason=reason, limit=100_000)
        self._state.enqueue([task.key for task in tasks], Klass.BACKFILL)

    def _patiently(self, write: Callable[[], None]) -> None:
        """Write to the state; while its disk is full or it is locked, the stream waits and nothing is lost."""
        pause = 0.1
        while True:
            try:
                write()
            except StateError as error:
                if not error.retryable or not self._active():
                    raise
                self.health.error = str(error)
                log.warning("capture waits for the state: %s", error)
                if self._stopping.wait(pause):
                    raise
                pause = min(pause * 2, 5.0)
            else:
                if self.health.error:
                    self.health.error = ""
                return

    def _gap(self, gap: Gap) -> None:
        self._state.set_position(self._reader.position(), gap=gap.dump())
        self._metrics.gaps.inc()
        log.warning("GAP in the binlog after %s: %s", _minute(gap.since), gap.why)

    def _look_at_gap(self, stop: threading.Event) -> None:
        """Carry out what a gap, or the adoption of another server, asks for."""
        gap = Gap.load(self._state.gap_note())
        if gap is None or gap.done_at is not None:
            return
        self.health.stopped = f"the binlog had a gap ({gap.why.rstrip('.')}): what may have changed is being sought"
        done = gaps.look_at(self._state, self._shop, self._kinds, gap, lambda: self._active() and not stop.is_set())
        if done is None:
            return
        for kind, number in done.looked_at.items():
            self._metrics.gap_keys.labels(kind).inc(number)
        log.warning(
            "after the gap: %s are looked at again, those that changed since %s and those that are known",
            ", ".join(f"{number} {kind} keys" for kind, number in sorted(done.looked_at.items())) or "no keys",
            _minute(gap.since),
        )

    def _stop(self, why: str, *, wrong: bool = False) -> None:
        health, said = self.health, why.strip()
        if health.stopped != said:
            log.error("capture stopped: %s", said)
        health.connected, health.stopped, health.wrong_server = False, said, wrong
        self._metrics.connected.set(0)


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
