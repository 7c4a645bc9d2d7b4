"""The service: capture, deliveries and HTTP, while this process is the shop's active one."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cdc.connect import Database, connect
from cdc.errors import MagentoError
from cdc.lock import PING_INTERVAL, ShopLock, lock_name
from econ_client.errors import EconomicError, NotAuthorised
from sync import checks, orphans, startup, trouble
from sync.books import look_at_dates_again
from sync.capture import Capture, CaptureHealth
from sync.deliver import Deliverer
from sync.drift import Drift
from sync.errors import ConfigError
from sync.figures import read_figures
from sync.gate import Gate
from sync.metrics import Metrics
from sync.parts import Parts
from sync.pull.figures import PullFigures
from sync.pull.names import Inbox
from sync.pull.serve import pull_thread
from sync.schedules import Schedules
from sync.startup import Refused
from sync.state.changes import Klass
from sync.state.control import BRAKES
from sync.state.errors import StateError
from sync.state.tasks import TaskFilter
from sync.status import forget_service, note_service, status
from sync.web import WebServer, create_app
from sync.webhook import Webhooks

log = logging.getLogger("magento_economic.service")

WRONG_PROBE = 600.0
"""Seconds between two looks at an agreement that has come to lack what the profile names."""

MOST_LAG = 60.0
HUNG = 1.0
"""Seconds after which Magento's server is not waited for any longer while the service stops."""
BOOKS_EVERY = timedelta(hours=24)
DOUBTED_AFTER = timedelta(minutes=1)
"""The least time between two looks at the agreement because it refused a date."""
PURGE_EVERY = 3600.0


@dataclass(slots=True)
class _Session:
    """One stretch of being active."""

    stop: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)


class Service:
    """Runs until `stop` is set. `parts` are built from the settings; see `sync.parts`."""

    _session: _Session | None = None

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.stop = threading.Event()
        self.gate = Gate()
        self.metrics = Metrics()
        database = Database.parse(parts.settings.database_url, tls_ca=parts.settings.tls_ca)
        self.lock = ShopLock(
            lambda: connect(database, read_timeout=10), lock_name(database.database, parts.settings.shop)
        )
        parts.context.active = lambda: self.lock.held
        parts.on_call = self._called
        self.capture: Capture | None = None
        self.deliverer = Deliverer(parts.context, self.gate, self.metrics, self._may_work)
        self.drift = Drift(parts.context, lambda: self._may_work() is None)
        self.schedules = Schedules(parts.context, lambda: self._may_pull() is None)
        self.inbox = Inbox(parts.state.stock_bell.ring)
        self.pull = pull_thread(
            parts,
            self.lock,
            self.gate,
            self.metrics,
            self.inbox,
            may_work=self._may_pull,
            paused=lambda: self._pauses,
            watched=self._watches_stock,
        )
        self._pull_figures = PullFigures(parts.state, self.metrics)
        self._begin_anew = threading.Event()
        self._fatal: ConfigError | None = None
        self._books_at: datetime | None = None
        self._purged_at = time.monotonic()
        self._looked_at = 0.0
        self._standby = "the shop's lock is not held yet"
        self._state_trouble = ""
        self._pauses: frozenset[str] = frozenset()

    def run(self) -> None:
        """Check, serve, and return after `stop`. Raises `ConfigError` for whatever definitely refuses a start."""
        parts = self.parts
        app = create_app(self.reasons, lambda: status(parts.state), self.metrics, paused=lambda: sorted(self._pauses))
        web = WebServer(
            Webhooks(app, parts.settings.webhook_secret, self.inbox.put),
            parts.settings.http_host,
            parts.settings.http_port,
        )
        try:
            web.start()
            log.info("http on %s:%d", parts.settings.http_host, web.port)
            startup.check_magento(parts, self.stop)
            if startup.check_economic(parts, self.gate, self.stop):
                self._books_at = datetime.now(UTC)
            if not self.stop.is_set():
                self._serve()
        finally:
            self._leave(web)
        if self._fatal is not None:
            raise self._fatal

    def _serve(self) -> None:
        self._look_again_after_a_new_profile()
        if not self.parts.context.observe:
            self.parts.state.retry(TaskFilter(reason="observed"))
        keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)
        keeper.start()
        while not self.stop.is_set():
            self._be_active()
        keeper.join(0.5)

    def on_signal(self, *_: object) -> None:
        """Shut down, from a signal handler: in a thread, for the interrupted one may hold the very locks it takes."""
        threading.Thread(target=self._shut_down_in_time, name="stop", daemon=True).start()

    def _shut_down_in_time(self) -> None:
        self.shut_down()
        while True:  # to the end of the process
            time.sleep(0.25)  # nothing wakes this thread: it is there for servers that hang
            self.lock.interrupt(after=HUNG)

    def shut_down(self) -> None:
        """Claim nothing more and let calls in flight end."""
        self.stop.set()
        session = self._session
        if session is not None:
            session.stop.set()  # before its reader is woken: what that then meets is no loss of the connection
        self.parts.pace.stop.set()
        self.parts.interrupt()
        self.parts.state.wake()

    def reasons(self) -> list[str]:
        """Why the service is not ready, for people."""
        why = []
        if self._standby:
            why.append(self._standby)
        elif not self.lock.held:
            why.append("Magento's server has not confirmed the shop's lock for some seconds")
        health = self._health
        if health is None or not health.connected:
            said = "" if health is None else health.stopped or health.error
            why.append(f"the binlog is not being read{': ' if said else ''}{said}")
        elif health.lag_seconds > MOST_LAG:
            why.append(f"capture is {health.lag_seconds:.0f} s behind")
        if self.parts.books is None:
            why.append("the agreement's numbers could not be checked yet; nothing is sent")
        closed = self.gate.closed
        if closed is not None:
            why.append(f"e-conomic: {closed.message}")
        if self._state_trouble:
            why.append(self._state_trouble)
        return why

    @property
    def _health(self) -> CaptureHealth | None:
        capture = self.capture  # another thread may set it to None meanwhile
        return None if capture is None else capture.health

    def _may_work(self) -> str | None:
        """Why no task is claimed now; None when tasks are."""
        if self.gate.closed is not None:
            return "e-conomic is not reachable"
        return "paused" if "deliver" in self._pauses else self._may_pull()

    def _may_pull(self) -> str | None:
        """Why nothing is pulled now; None when it is."""
        health = self._health
        if self.stop.is_set() or not self.lock.held:
            return "not active"
        if self.parts.books is None:
            return "the agreement's numbers could not be checked yet"
        if health is None or not health.verified or health.wrong_server:
            return "the server is not proven to be the right one"
        return None

    def _watches_stock(self) -> bool:
        """Whether capture watches stock; if not, it is made to: stock was accepted while it ran."""
        if "stock" not in self.parts.watched:
            self._begin_anew.set()
        return "stock" in self.parts.watched

    def _look_again_after_a_new_profile(self) -> None:
        """Open documents follow a changed profile; booked ones stay, and what was skipped or parked is tried anew."""
        state, mark = self.parts.state, self.parts.profile.fingerprint
        before = state.get("profile")
        if before == mark:
            return
        if before is not None:
            open_kinds = ("order_draft", "invoice_draft", "credit_note_draft")
            keys = {link.entity for kind in open_kinds for link in state.links_everywhere(kind)}
            keys |= {task.key for task in state.tasks(("parked", "skipped", "waiting"), limit=1_000_000)}
            count = state.enqueue(sorted(keys), Klass.BACKFILL, reason="new_profile")
            log.info("the profile has changed: %d keys are looked at again", count)
        state.put("profile", mark)

    def _be_active(self) -> None:
        """Wait for the shop's lock, then work until it is lost or the service stops."""
        try:
            if not self.lock.acquire(self.stop, self._waiting):
                return
        except MagentoError as error:
            self._say_standby(f"Magento's database: {error}")
            self.stop.wait(1)
            return
        self._standby = ""
        self.metrics.active.set(1)
        session = self._session = _Session()
        try:
            self._take_over()
            self._start(session)
            while not self.stop.wait(PING_INTERVAL):
                self.lock.ping()
                if self._begin_anew.is_set():
                    self._end(session)
                    session = self._session = _Session()
                    self._take_over()
                    self._start(session)
        except MagentoError as error:
            self._say_standby(f"not active any more: {error}")
        finally:
            self._end(session)
            self.lock.release()
            self.metrics.active.set(0)
        self.stop.wait(1)

    def _take_over(self) -> None:
        while not self.stop.is_set():
            try:
                self.parts.state.take_over()
                if not self.parts.context.observe:
                    orphans.look_again(self.parts.state)
                self._pauses = frozenset(self.parts.state.paused())
                self.parts.watch()
            except StateError as error:
                if not error.retryable:
                    raise
                self._state_trouble = str(error)
                self.stop.wait(0.5)
            else:
                self._state_trouble = ""
                return

    def _waiting(self, session_id: int | None) -> None:
        self._say_standby(
            "standby: another process is the shop's active one"
            + (f" (session {session_id} on Magento's server)" if session_id else "")
        )

    def _say_standby(self, why: str) -> None:
        if self._standby != why and not self.stop.is_set():
            log.warning("%s", why)
        self._standby = why

    def _start(self, session: _Session) -> None:
        parts = self.parts
        self._begin_anew.clear()
        self.capture = Capture(
            parts.state,
            parts.reader,
            parts.shop,
            self.metrics,
            active=lambda: self.lock.held,
            on_gap=parts.profile.settings.on_gap,
            kinds=parts.watched,
        )
        session.threads = [
            threading.Thread(target=self.capture.run, args=(session.stop,), name="capture", daemon=True),
            *(
                threading.Thread(
                    target=self.deliverer.run, args=(f"worker-{n}", session.stop), name=f"worker-{n}", daemon=True
                )
                for n in range(1, parts.settings.workers + 1)
            ),
            threading.Thread(target=self.drift.run, args=(session.stop,), name="drift", daemon=True),
            threading.Thread(target=self.pull.run, args=(session.stop,), name="pull", daemon=True),
        ]
        if "product" in parts.watched:
            session.threads.append(
                threading.Thread(target=self.schedules.run, args=(session.stop,), name="schedules", daemon=True)
            )
        for thread in session.threads:
            thread.start()
        log.info("active: capturing and delivering with %d workers", parts.settings.workers)

    def _end(self, session: _Session) -> None:
        session.stop.set()
        self.parts.interrupt()
        self.parts.state.wake()
        deadline = time.monotonic() + max(0.5, self.parts.settings.stop_timeout - 1)  # the rest is for closing
        for thread in session.threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        late = [thread.name for thread in session.threads if thread.is_alive()]
        if late and self.stop.is_set():
            log.warning("stopping without %s: their calls are looked up at the next start", ", ".join(late))
        self.capture = None
        self.metrics.connected.set(0)

    def _leave(self, web: WebServer) -> None:
        web.stop()
        try:
            forget_service(self.parts.state)
        except StateError:
            log.warning("the state could not be told that the service has stopped")
        self.parts.close()
        log.info("stopped")

    def _keep(self) -> None:
        """Everything that is done every now and then, in a thread of its own."""
        while not self.stop.wait(0.25):
            try:
                self._probe()
                self._look()
            except StateError as error:
                self._state_trouble = str(error)
                self.stop.wait(1)
            except Exception as error:  # noqa: BLE001  (without this thread no closed gate would ever open again)
                log.error("internal error %s at %s; please report it", type(error).__name__, trouble.where(error))
                self.stop.wait(1)

    def _probe(self) -> None:
        due = self.gate.probe_in()
        if due is not None and due > 0:
            return
        age = datetime.now(UTC) - self._books_at if self._books_at is not None else timedelta()
        doubted = self.parts.context.books_doubted.is_set() and age > DOUBTED_AFTER
        stale = age > BOOKS_EVERY or doubted
        if due is None and self.parts.books is not None and not stale:
            return
        try:
            if self.parts.books is None or stale:
                found, books = checks.check_economic(self.parts.economic, self.parts.profile)
                wrong = [check for check in found if check.verdict == "wrong"]
                if wrong and self.parts.books is None:
                    self._fatal = Refused(wrong)
                    self.shut_down()
                    return
                if books is None or wrong:
                    said = (wrong or found)[0]
                    # the answer is people's to change, and each look costs a call for every list and product
                    self.gate.probe_failed("economic_unreachable", said.found, after=WRONG_PROBE if wrong else None)
                    return
                self.parts.context.books_doubted.clear()
                look_at_dates_again(self.parts.state, self.parts.context.agreement, books.agreement)
                self.parts.use(books)
                self._books_at = datetime.now(UTC)
            else:
                self.parts.economic.self_()
        except NotAuthorised as error:
            self.gate.probe_failed("not_authorised", str(error), refused=True)
        except EconomicError as error:
            self.gate.probe_failed("economic_unreachable", str(error))
        else:
            if due is not None:
                log.info("e-conomic answers again")
            self.gate.open()
            self.parts.state.bell.ring()

    def _look(self) -> None:
        """Pauses every round; figures, calls and the note for commands every two seconds; purging hourly."""
        state, metrics = self.parts.state, self.metrics
        self._pauses = frozenset(state.paused())
        for brake in BRAKES:
            metrics.paused.labels(brake).set(brake in self._pauses)
        if time.monotonic() - self._looked_at < 2:
            return
        health = self._health
        note_service(
            state,
            connected=health is not None and health.connected,
            lag_seconds=0.0 if health is None else health.lag_seconds,
            standby=bool(self._standby),
            pull=self.pull.note(),
        )
        state.flush_calls()
        self._looked_at, self._state_trouble = time.monotonic(), ""
        metrics.gate.set(self.gate.closed is None)
        read_figures(state, metrics)
        self._pull_figures.take(self.inbox.received, self.pull.note()["waiting"])
        if time.monotonic() - self._purged_at > PURGE_EVERY:
            self._purged_at = time.monotonic()
            state.purge(timedelta(days=self.parts.settings.retention_days))

    def _called(self, method: str, status_: int | None, seconds: float) -> None:
        self.metrics.calls.labels(method, str(status_ or "none")).inc()
        self.metrics.call_seconds.observe(seconds)
