"""The state: everything that has to outlive the process."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType

from sync.state.capture import CaptureState
from sync.state.delivery import DeliveryState
from sync.state.engine import Clock, Database, damaged
from sync.state.epoch import Epoch
from sync.state.errors import StateError
from sync.state.migrate import migrate
from sync.state.operations import OperationsState
from sync.state.queue import QueueState
from sync.state.stockstate import StockState

_CHECKED_UP_TO = 64 * 1024 * 1024  # bytes; a bigger file would delay the start by seconds


class State(CaptureState, QueueState, DeliveryState, OperationsState, StockState):
    """One shop's state, used by many threads. Times are aware UTC by the state database's clock.

    Every method may raise StateBusy, StateFull, StateUnreachable (all three retryable) and StateDamaged.
    """

    @classmethod
    def open(cls, url: str, shop: str = "default", *, busy_timeout: float = 5.0, clock: Clock | None = None) -> State:
        """Open a state, creating or upgrading its tables.

        `busy_timeout` in seconds: how long to wait for another process's lock. `clock` is for tests.

        Raises:
            StateRefused: the URL, the folder, the rights or the login are wrong.
            StateDamaged: the file is damaged, was emptied, or is no state.
            StateNewer: a newer program has changed the tables.
            StateBusy, StateFull, StateUnreachable: retryable.
        """
        database = Database(url, shop, busy_timeout=busy_timeout, clock=clock)
        try:
            epoch = Epoch(database)
            epoch.refuse_emptied()
            created = migrate(database)
            if not created:
                _check(database)
            epoch.settle(created=created)
            database.guard()
        except BaseException:
            database.close()
            raise
        return cls(database, epoch)

    def close(self) -> None:
        """Store the calls that wait, if the state can be written, and close all connections."""
        try:
            with suppress(StateError):
                self.flush_calls()
        finally:
            self.database.close()

    def __enter__(self) -> State:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _check(database: Database) -> None:
    file = database.file
    if file is None or file.stat().st_size > _CHECKED_UP_TO:
        return
    with database.read() as transaction:
        found = transaction.connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if found != "ok":
        raise damaged(database.name, str(found).splitlines()[0])
