"""The pull's thread: one loop that sees what changed in e-conomic and hands it to the engine."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cdc.errors import LockLost, MagentoError
from econ_client.errors import Ambiguous, EconomicError, Interrupted, NotAuthorised, RateLimited, Unavailable
from sync import trouble
from sync.context import Context
from sync.errors import Fenced, SyncError
from sync.gate import Gate
from sync.pull.budget import Budget, OutOfCalls
from sync.pull.names import Inbox
from sync.pull.post import Post
from sync.pull.seeing import Poll
from sync.pull.seen import Engine
from sync.pull.sweep import Sweep, Sweeps
from sync.state.errors import StateError
from sync.state.requests import Request

log = logging.getLogger("magento_economic.pull")

LONGEST_PAUSE = 1.0
"""Seconds between two looks at brakes and requests, when nothing rings."""

LASTING = 5.0
"""Seconds after which a reason to rest is worth a line in the log."""

REQUESTS_EVERY = 0.5
UNANSWERED_IN_A_ROW = 3
LARGE = 3.0
"""Seconds to the next poll for each further page of one: after a mass change every poll of the overlap is large."""

BROKEN_OFF = 15.0
"""Seconds after which a poll that broke off is begun anew, at most."""

SOONEST = 1.0
"""Seconds between two polls, at least, also when webhooks ask for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The engine with what belongs to it.

    `begin` makes it ready, and is quick once it is; False when the event was set meanwhile. `waits` says why it may not
    be used yet, else nothing. `carry_out` does what a command asked for, False when that has to wait.
    """

    engine: Engine
    budget: Budget
    begin: Callable[[threading.Event], bool] = lambda _: True
    waits: Callable[[], str] = str
    carry_out: Callable[[Request, threading.Event], bool] = lambda _request, _stop: False
    close: Callable[[], None] = lambda: None


@dataclass(slots=True)
class PullThread:
    """Drains what capture says, looks at what webhooks name, polls, and sweeps; in this order, a call at a time.

    `may_work` says why this process may do nothing now, None when it may; `rests` why it is not to pull, the empty text
    when it is. `open_` builds the engine when it is needed first.
    """

    context: Context
    gate: Gate
    inbox: Inbox
    open_: Callable[[], Opened]
    may_work: Callable[[], str | None]
    rests: Callable[[], str]
    clock: Callable[[], float] = time.monotonic
    resting: str = "not started"
    """Why nothing is pulled, as `status` says it; the empty text while it goes on."""
    _opened: _Work | None = None
    _said: str = ""
    _resting_since: float = 0.0
    _rest_until: float = 0.0
    _silent_until: float = 0.0
    _unanswered: int = 0
    _asked_at: float = field(default=-REQUESTS_EVERY)
    _alone: threading.Lock = field(default_factory=threading.Lock)

    def run(self, stop: threading.Event) -> None:
        """Pull until `stop` is set and `state.stock_bell` rings. Nothing is raised."""
        bell = self.context.state.stock_bell
        while not self._alone.acquire(timeout=LONGEST_PAUSE):  # an earlier thread is still in its last call
            if stop.is_set():
                return
        try:
            while not stop.is_set():
                heard = bell.rings
                wait = self._guarded(stop)
                if wait > 0 and not stop.is_set():
                    bell.wait(heard, min(wait, LONGEST_PAUSE))
        finally:
            self._close()
            self._alone.release()

    def note(self) -> dict[str, Any]:
        """What the running service says of itself: ``{"resting", "waiting", "next_sweep", "limit"}``."""
        work = self._opened
        return {
            "resting": self.resting,
            "waiting": self.inbox.waiting() + (work.post.waiting() if work else 0),
            "next_sweep": work.next_sweep if work and not self.resting else None,
            "limit": self.context.profile.settings.pull.calls,
        }

    def turn(self, stop: threading.Event) -> float:
        """One round; seconds that nothing is to be done. Raises what the engine and e-conomic raise."""
        why = self.may_work()
        if why is not None:
            self._rest(why, at_once=False)
            return LONGEST_PAUSE
        if self._carried_out(stop):
            self._rest_until = 0.0  # what stood in the way may be accepted by now
            return 0.0
        why = self.rests()
        if not why and self.clock() < self._rest_until:
            return self._rest_until - self.clock()
        work = None if why else self._work()
        if work is not None:
            why = work.opened.waits()
        if work is None or why:
            self._rest(why)
            return LONGEST_PAUSE
        if not work.opened.begin(stop):
            return 0.0
        busy = work.opened.engine.drain()
        why = self._silent(work)
        if why:
            self._rest(why)
            return 0.0 if busy else LONGEST_PAUSE
        wait = work.step()
        self._rest("")
        self._unanswered = 0
        return 0.0 if busy else wait

    def _guarded(self, stop: threading.Event) -> float:
        try:
            return self.turn(stop)
        except OutOfCalls as error:
            self._silent_until = self.clock() + 10
            self._rest(str(error))
        except EconomicError as error:
            self._pace(error)
        except (Fenced, LockLost) as error:
            log.warning("%s", error)
            self._rest_until = self.clock() + 1
        except StateError as error:
            log.warning("the pull waits for the state: %s", error)
            self._rest_until = self.clock() + 1
        except (MagentoError, SyncError) as error:
            said, lasts = trouble.told(error), not getattr(error, "retryable", False)
            if not lasts or said != self._said:
                log.warning("the pull waits: %s", said)
            if lasts:
                self.resting = self._said = said
            self._rest_until = self.clock() + (60 if lasts else 5)
        except Exception as error:  # noqa: BLE001  (a thread that ends is missed by nobody)
            log.error("internal error %s at %s; please report it", type(error).__name__, trouble.where(error))
            self._rest_until = self.clock() + 30
        if self._opened is not None:
            self._opened.abandon()
        return LONGEST_PAUSE

    def _pace(self, error: EconomicError) -> None:
        """An outage or refused tokens stop everybody, and a limit this thread."""
        now = self.clock()
        match error:
            case NotAuthorised():
                self.gate.close("not_authorised", str(error), refused=True)
            case Interrupted():
                pass
            case Unavailable():
                self.gate.close("economic_unreachable", str(error))
            case RateLimited():
                self._silent_until = now + min(60.0, error.retry_after)
            case Ambiguous():
                self._unanswered += 1
                self._silent_until = now + 2
                if self._unanswered >= UNANSWERED_IN_A_ROW:
                    self.gate.close("economic_unreachable", str(error))
            case _:
                log.warning("e-conomic's products could not be read: %s", error)
                self._silent_until = now + 60

    def _silent(self, work: _Work) -> str:
        """Why e-conomic is not asked now; what capture says is worked on nevertheless."""
        closed = self.gate.closed
        if closed is not None:
            return "e-conomic refuses the tokens" if closed.refused else "e-conomic is not reachable"
        if max(self._silent_until - self.clock(), self.context.economic.pace.held_for) > 0:
            return self.resting or "e-conomic asks for fewer calls, or did not answer"
        if work.opened.budget.left() < 1:
            return "the pull's calls of today (UTC) are used up"
        return ""

    def _rest(self, why: str, *, at_once: bool = True) -> None:
        """Say once why the pull rests, and that it goes on; not `at_once` for what a start may bring for a moment."""
        if why != self.resting:
            self.resting, self._resting_since = why, self.clock()
        if why == self._said or not (at_once or self.clock() - self._resting_since > LASTING):
            return
        if why:
            log.info("the pull rests: %s", why)
        elif self._said:
            log.info("the pull goes on")
        self._said = why

    def _carried_out(self, stop: threading.Event) -> bool:
        """Whether something that a command asked for was done."""
        if self.clock() - self._asked_at < REQUESTS_EVERY:
            return False
        self._asked_at = self.clock()
        requests = self.context.state.open_requests()
        return any(self._work().opened.carry_out(one, stop) for one in requests)

    def _work(self) -> _Work:
        if self._opened is None:
            opened = self.open_()
            try:
                self._opened = _Work(self.context, opened, self.inbox, self.clock)
            except BaseException:
                opened.close()
                raise
        return self._opened

    def _close(self) -> None:
        work, self._opened = self._opened, None
        self.resting = self._said = "not started"
        if work is not None:
            work.opened.close()


class _Work:
    """What is done with an engine."""

    def __init__(self, context: Context, opened: Opened, inbox: Inbox, clock: Callable[[], float]) -> None:
        engine, budget = opened.engine, opened.budget
        keys = context.profile.settings.pull
        self.opened = opened
        self.next_sweep: str | None = None
        self.post = Post(context, budget, engine, inbox, clock)
        self.poll = Poll(context, budget, engine, clock)
        self.sweeps = Sweeps(context, budget, keys.sweep)
        self._context = context
        self._every = float(keys.every)
        self._clock = clock
        self._polled_at: float | None = None
        self._anew_at: float | None = None
        self._sweep: Sweep | None = None
        self._page_at = self._spread = 0.0
        self.poll.load()

    def abandon(self) -> None:
        """Begin a poll that broke off anew, and soon, also where polls are seldom."""
        if self.poll.under_way:
            self.poll.abandon()
            self._anew_at = self._clock() + BROKEN_OFF

    def step(self) -> float:
        """The most urgent thing; seconds that nothing is to be done."""
        self.post.sort()
        again = self.opened.engine.wanted()
        if again:
            self.post.again(again)
            return 0.0
        if self.post.look():
            return 0.0
        now = self._clock()
        if self.poll.cursor is None:
            # what was touched before is not known: all of it is read first
            return self._swept(now)
        if self.poll.under_way or self._poll_in(now) <= 0:
            return self._polled(now)
        wait = self._swept(now) if self._sweep is not None or self._sweep_due() else LONGEST_PAUSE
        return max(0.0, min(wait, self._poll_in(now), self._engine_in()))

    def _polled(self, now: float) -> float:
        if not self.poll.under_way:
            self._polled_at, self._anew_at, self.post.poll = now, None, False
        self.poll.step()
        return 0.0

    def _poll_in(self, now: float) -> float:
        """Seconds until the next poll."""
        if self._polled_at is None:
            return 0.0
        every = max(self._every, LARGE * (self.poll.calls - 1))
        every = self.opened.budget.between_polls(every, self.sweeps.calls_an_hour())
        if self.post.poll and now - self._polled_at >= SOONEST and self.opened.budget.spare():
            return 0.0
        return min(self._polled_at + every, self._anew_at or math.inf) - now

    def _sweep_due(self) -> bool:
        if self.post.sweep:
            self.sweeps.asked, self.post.sweep = True, False
        due = self.sweeps.due_at()
        self.next_sweep = due.isoformat()
        return due <= self._context.now()

    def _swept(self, now: float) -> float:
        if self._sweep is None:
            if not self._sweep_due():
                return LONGEST_PAUSE
            self._sweep = Sweep(
                self._context, self.opened.budget, self.opened.engine, self.poll, self.post.recent, self._clock
            )
            self._spread, self.sweeps.asked = self.sweeps.spread(), False
        if now < self._page_at:
            return self._page_at - now
        more = self._sweep.step()
        if more:
            self._page_at = now + self._sweep.gap(self._spread)
            return 0.0
        self.sweeps.ended(self._sweep)
        self._sweep, self._page_at = None, 0.0
        return 0.0

    def _engine_in(self) -> float:
        due = self.opened.engine.next_due()
        return LONGEST_PAUSE if due is None else (due - self._context.now()).total_seconds()
