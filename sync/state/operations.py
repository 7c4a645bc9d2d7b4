"""The state as the service and the commands use it: brakes, budgets, requests, the delivery log, sizes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from cdc.keys import Key
from sync.state import backwards, control, deliverylog, facts, intents, requests, schema, tasks
from sync.state.control import Brake, Pause
from sync.state.core import Core
from sync.state.deliverylog import Delivery
from sync.state.requests import Request
from sync.state.tasks import TaskFilter

INTENTS_KEPT = timedelta(days=7)
REQUESTS_KEPT = timedelta(days=7)


class OperationsState(Core):
    """Everything around the work itself."""

    def pause(self, brake: Brake, by: str) -> None:
        """Put a brake on, durably; one that is on keeps its time and its reason."""
        with self._write(anyone=True) as transaction:
            control.pause(transaction, brake, by=by)

    def resume(self, brake: Brake) -> bool:
        """Let a brake go, and the tasks that it held; False when it was not on."""
        with self._write() as transaction:
            released = control.resume(transaction, brake)
            tasks.retry(transaction, TaskFilter(reason=f"{brake}_paused"))
        self.bell.ring()
        return released

    def paused(self) -> dict[Brake, Pause]:
        """The brakes that are on."""
        with self._read() as transaction:
            return control.paused(transaction)

    def note_booking(self, *, backfill: bool = False) -> None:
        """Count one booking."""
        with self._write() as transaction:
            control.note_booking(transaction, backfill=backfill)

    def bookings(self, since: timedelta = timedelta(hours=1), *, backfill: bool = False) -> int:
        """How many bookings there were in the last `since`; those of confirmed backfills are counted apart."""
        with self._read() as transaction:
            return control.bookings(transaction, since, backfill=backfill)

    def first_booking(self) -> datetime | None:
        """When the oldest booking that is still known was made."""
        with self._read() as transaction:
            return control.first_booking(transaction)

    def put(self, name: str, value: str, by: str = "", *, anyone: bool = False) -> None:
        """Keep a small value across restarts (that the service runs, when something was last polled).

        `anyone`: also by a process that is not, or no longer, the shop's active one.
        """
        with self._write(anyone=anyone) as transaction:
            control.put(transaction, f"note:{name}", value, by=by)

    def get(self, name: str) -> str | None:
        """A value kept by `put`."""
        with self._read() as transaction:
            return control.get(transaction, f"note:{name}")

    def since(self, name: str) -> datetime | None:
        """When the value under a name was last stored."""
        with self._read() as transaction:
            return control.since(transaction, f"note:{name}")

    def follow_clock(self) -> timedelta:
        """Note the time; by how much the clock was set back since the last note: what waits has moved with it then."""
        with self._write() as transaction:
            back = backwards.follow(transaction)
        if back:
            self.bell.ring()
        return back

    def ask(self, verb: str, arguments: Mapping[str, Any]) -> int:
        """Store a request for whoever holds the shop's lock; its number."""
        with self._write() as transaction:
            return requests.ask(transaction, verb, arguments)

    def request(self, number: int) -> Request | None:
        """A request by its number, to follow it."""
        with self._read() as transaction:
            return requests.get(transaction, number)

    def open_requests(self) -> list[Request]:
        """Requests that are not done, oldest first."""
        with self._read() as transaction:
            return requests.open_(transaction)

    def tell(self, number: int, progress: Mapping[str, Any]) -> None:
        """Tell how far a request is."""
        with self._write() as transaction:
            requests.progress(transaction, number, progress)

    def finish_request(self, number: int, progress: Mapping[str, Any] | None = None, error: str = "") -> None:
        """End a request, with a sentence when it failed."""
        with self._write() as transaction:
            requests.finish(transaction, number, progress, error)

    def log_call(self, delivery: Delivery) -> None:
        """Note a call; it is stored with the next commit of a reconcile, or by `flush_calls`."""
        self._log.add(delivery)

    def flush_calls(self) -> None:
        """Store the calls that wait; the service does so every second."""
        if not self._log.waiting():
            return
        taken = self._log.take()
        try:
            with self._write(anyone=True) as transaction:
                deliverylog.store(transaction, taken)
        except BaseException:
            self._log.give_back(taken)
            raise

    def calls_today(self, now: datetime | None = None) -> int:
        """Calls of this day (UTC), stored or not."""
        day = now or datetime.now(UTC)
        waiting = self._log.calls(day)
        with self._read() as transaction:
            return deliverylog.calls_stored(transaction, day) + waiting

    def deliveries(self, key: Key | None = None, limit: int = 100) -> list[Delivery]:
        """The newest stored calls first; of one key or of all."""
        with self._read() as transaction:
            return deliverylog.read(transaction, key=key, limit=limit)

    def purge(self, retention: timedelta) -> dict[str, int]:
        """Drop what is old, a bounded amount in each commit; how many rows went. The service does so hourly.

        Intents and requests stay 7 days after their end, the delivery log and bookings `retention`.
        """
        gone = dict.fromkeys(("intent", "delivery", "booking", "request", "fact"), 0)
        for _ in range(20):
            with self._write() as transaction:
                some = {
                    "intent": intents.purge(transaction, transaction.now - INTENTS_KEPT),
                    "delivery": deliverylog.purge(transaction, transaction.now - retention),
                }
            gone = {name: number + some.get(name, 0) for name, number in gone.items()}
            if not any(some.values()):
                break
        with self._write() as transaction:
            old = transaction.now - retention
            gone["booking"] = control.purge_bookings(transaction, old)
            gone["request"] = requests.purge(transaction, transaction.now - REQUESTS_KEPT)
            # that there was an intent must be known for longer than that the INSERT was seen
            gone["fact"] = facts.purge(transaction, facts.INSERTED, old)
            gone["fact"] += facts.purge(transaction, facts.INTENT, old - INTENTS_KEPT)
            gone["fact"] += facts.purge(transaction, facts.IDENTITY, old)
        return gone

    def sizes(self) -> dict[str, int]:
        """Bytes of the state (`file_bytes`, `wal_bytes`) and rows of the tables that grow."""
        tables = (
            *(schema.task, schema.link, schema.intent, schema.delivery, schema.fact, schema.natural_key),
            *(schema.stock, schema.stock_line, schema.stock_order),
        )
        sizes: dict[str, int] = {}
        with self._read() as transaction:
            for table in tables:
                counted = select(func.count()).select_from(table).where(table.c.shop == transaction.shop)
                sizes[table.name] = transaction.connection.execute(counted).scalar_one()
            if transaction.postgresql:
                bytes_ = transaction.connection.exec_driver_sql("SELECT pg_database_size(current_database())")
                sizes["file_bytes"] = int(bytes_.scalar_one())
        file = self.database.file
        if file is not None:
            wal = file.with_name(file.name + "-wal")
            sizes["file_bytes"] = file.stat().st_size
            sizes["wal_bytes"] = wal.stat().st_size if wal.exists() else 0
        return sizes
