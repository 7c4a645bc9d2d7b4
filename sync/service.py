"""The service: capture, deliveries and HTTP, while this process is the shop's active one."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.types import ASGIApp

from cdc.connect import Database, connect
from cdc.errors import MagentoError
from cdc.lock import ShopLock, lock_name
from sync import columns, standby, startup
from sync.capture import Capture, CaptureHealth
from sync.check import Check
from sync.deliver import Deliverer
from sync.drift import Drift
from sync.errors import ConfigError
from sync.gate import Gate
from sync.keeper import Keeper
from sync.metrics import Metrics
from sync.parts import Parts
from sync.pull.names import Inbox
from sync.pull.serve import pull_thread
from sync.schedules import Schedules
from sync.startup import Refused
from sync.state.errors import NotActive, StateError
from sync.status import status
from sync.threads import started, thread
from sync.web import WebServer, create_app
from sync.webhook import Webhooks

log = logging.getLogger("magento_economic.service")

MOST_LAG = 60.0
STANDBY = "standby"
AWAKE = 0.5
"""Seconds that the main thread sleeps at most: a signal that the system gives to another thread does not wake it."""

HUNG = 1.0
"""Seconds after which Magento's server is not waited for any longer while the service stops."""


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
        self._turn = threading.Event()
        """Set when what runs now has to end: the lock is lost, the service stops, or its threads begin anew."""
        self.gate = Gate()
        self.metrics = Metrics()
        database = Database.parse(parts.settings.database_url, tls_ca=parts.settings.tls_ca)
        self.lock = ShopLock(
            lambda: connect(database, read_timeout=10), lock_name(database.database, parts.settings.shop)
        )
        parts.context.active = lambda: self.lock.held
        parts.on_call = self._called
        self.behind: Callable[[], float] = lambda: 0.0
        """Seconds for which a free lock is left to other processes first."""
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
            paused=lambda: self.keeper.pauses,
            watched=self._watches_stock,
        )
        self.keeper = Keeper(
            parts,
            self.gate,
            self.metrics,
            stop=self.stop,
            health=lambda: self._health,
            refuse=self._refuse,
            note=self.pull.note,
            received=lambda: self.inbox.received,
            taken=self._turn.set,
        )
        self._fatal: ConfigError | None = None
        self._standby = "the shop's lock is not held yet"
        self._wait = standby.Wait(parts)

    def run(self) -> None:
        """Check, serve, and return after `stop`. Raises `ConfigError` for whatever definitely refuses a start."""
        settings = self.parts.settings
        try:
            web = WebServer(self.app(), settings.http_host, settings.http_port)
            web.start()
        except ConfigError:
            self.parts.close()
            raise
        log.info("http on %s:%d", settings.http_host, web.port)
        try:
            self.serve()
        finally:
            web.stop()

    def app(self) -> ASGIApp:
        """The service's HTTP side."""
        state = self.parts.state
        return self.webhooks(
            create_app(self.reasons, lambda: status(state), self.metrics, paused=lambda: sorted(self.keeper.pauses))
        )

    def webhooks(self, app: ASGIApp) -> ASGIApp:
        """Takes this shop's webhooks, and passes everything else on to `app`."""
        return Webhooks(app, self.parts.settings.webhook_secret, self.inbox.put)

    def serve(self) -> None:
        """`run` without HTTP of its own."""
        parts = self.parts
        try:
            startup.check_magento(parts, self.stop)
            if startup.check_economic(parts, self.gate, self.stop):
                self.keeper.books_at = datetime.now(UTC)
            if not self.stop.is_set():
                keeper = started("keeper", self.keeper.run)
                while not self.stop.is_set():
                    self._be_active()
                keeper.join(0.5)
        finally:
            self.keeper.leave()
            parts.close()
            log.info("stopped")
        if self._fatal is not None:
            raise self._fatal

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
        self._turn.set()
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
        if health is not None and health.schema:
            why.append(f"nothing can be loaded from Magento: {health.schema}")
        if self.parts.books is None:
            why.append("the agreement's numbers could not be checked yet; nothing is sent")
        closed = self.gate.closed
        if closed is not None:
            why.append(f"e-conomic: {closed.message}")
        if self.keeper.trouble:
            why.append(self.keeper.trouble)
        return why

    @property
    def active(self) -> bool:
        """Whether this process is the shop's active one."""
        return not self._standby and self.lock.held

    @property
    def stands_by(self) -> bool:
        """Whether another process is the active one, and this one waits for nothing else."""
        return self._standby.startswith(STANDBY) and not self.keeper.trouble

    @property
    def _health(self) -> CaptureHealth | None:
        capture = self.capture  # another thread may set it to None meanwhile
        return None if capture is None else capture.health

    def _may_work(self) -> str | None:
        """Why no task is claimed now; None when tasks are."""
        if self.gate.closed is not None:
            return "e-conomic is not reachable"
        health = self._health
        if health is not None and health.schema:
            return "Magento's tables lack what every load needs"
        return "paused" if "deliver" in self.keeper.pauses else self._may_pull() or self._wait.left()

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
            self._turn.set()
        return "stock" in self.parts.watched

    def _be_active(self) -> None:
        """Wait for the shop's lock, then work until it is lost or the service stops."""
        self._wait.begin()
        try:
            if not self.lock.acquire(self.stop, self._waiting, self.behind):
                return
        except MagentoError as error:
            self._say_standby(f"Magento's database: {error}")
            self.stop.wait(1)
            return
        self._standby = "the shop is being taken over"
        done, lost = threading.Event(), list[MagentoError]()

        def losing(error: MagentoError) -> None:
            lost.append(error)
            self._turn.set()

        keeping = started("lock", self.lock.keep, done, losing)
        try:
            while True:
                self._turn.clear()  # before the look at what is set before it
                if lost or self.stop.is_set():
                    break
                self._work_until(self._turn)
        except MagentoError as error:
            lost.append(error)
        finally:
            done.set()
            keeping.join()
            self.lock.release()
            self.metrics.active.set(0)
        if lost:
            self._say_standby(f"not active any more: {lost[0]}")
        self.stop.wait(1)

    def _work_until(self, turn: threading.Event) -> None:
        session = self._session = _Session()
        try:
            if self._take_over(turn):
                self._standby = ""
                self.metrics.active.set(1)
                self._start(session)
                while not turn.wait(AWAKE):
                    pass
        finally:
            self._end(session)

    def _take_over(self, turn: threading.Event) -> bool:
        """Make the state this process's own; False when it lost the lock, or shall stop, meanwhile."""
        while not turn.is_set() and not self.stop.is_set():
            try:
                self._wait.end()
                standby.take_over(self.parts, lambda: self.lock.held)
                self.keeper.pauses = frozenset(self.parts.state.paused())
                self.parts.watch()
            except StateError as error:
                if not error.retryable and not isinstance(error, NotActive):
                    raise
                self.keeper.troubled(str(error))
                turn.wait(0.5)
            else:
                self.keeper.troubled("")
                return True
        return False

    def _waiting(self, holder: str) -> None:
        self._say_standby(f"{STANDBY}: another process is the shop's active one ({holder})")
        self._wait.behind_another()

    def _say_standby(self, why: str) -> None:
        if self._standby != why and not self.stop.is_set():
            log.warning("%s", why)
        self._standby = why

    def _start(self, session: _Session) -> None:
        parts = self.parts
        self.capture = Capture(
            parts.state,
            parts.reader,
            parts.shop,
            self.metrics,
            active=lambda: self.lock.held,
            on_gap=parts.profile.settings.on_gap,
            kinds=parts.watched,
            columns=lambda: columns.look(parts.state, parts.shop, parts.profile),
        )
        work = {
            "capture": self.capture.run,
            "drift": self.drift.run,
            "pull": self.pull.run,
            **({"schedules": self.schedules.run} if "product" in parts.watched else {}),
        }
        session.threads = [
            *(thread(name, run, session.stop) for name, run in work.items()),
            *(
                thread(f"worker-{n}", self.deliverer.run, f"worker-{n}", session.stop)
                for n in range(1, parts.settings.workers + 1)
            ),
        ]
        for one in session.threads:
            one.start()
        log.info("active: capturing and delivering with %d workers", parts.settings.workers)

    def _end(self, session: _Session) -> None:
        session.stop.set()
        self.parts.interrupt()
        self.parts.state.wake()
        deadline = time.monotonic() + max(0.5, self.parts.settings.stop_timeout - 1)  # the rest is for closing
        for one in session.threads:
            one.join(max(0.0, deadline - time.monotonic()))
        late = [one.name for one in session.threads if one.is_alive()]
        if late and self.stop.is_set():
            log.warning("stopping without %s: their calls are looked up at the next start", ", ".join(late))
        self.capture = None
        self.metrics.connected.set(0)

    def _refuse(self, wrong: list[Check]) -> None:
        self._fatal = Refused(wrong)
        self.shut_down()

    def _called(self, method: str, status_: int | None, seconds: float) -> None:
        self.metrics.calls.labels(method, str(status_ or "none")).inc()
        self.metrics.call_seconds.observe(seconds)
