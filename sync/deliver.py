"""The delivery threads: claim a task, reconcile its key, store how it ended."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from cdc.errors import MagentoError
from cdc.keys import Kind
from econ_client.errors import Ambiguous, EconomicError, NotAuthorised, Rejected, Unavailable
from sync import trouble
from sync.books import DATE_REFUSED
from sync.context import CURRENT_KEY, Context, Ended, Observed
from sync.errors import Fenced, SyncError
from sync.gate import Gate
from sync.metrics import Metrics
from sync.outcome import Done, Outcome, ParkedFor, Retry, SkippedFor, Unchanged
from sync.preview import Preview, preview_customer, preview_order, preview_product
from sync.reconcilers import RECONCILED, reconciler
from sync.state.changes import Klass
from sync.state.claims import Claim
from sync.state.errors import ClaimLost, StateError

log = logging.getLogger("magento_economic.deliver")

LEASE = 900.0
"""Seconds that a claim is held: longer than all calls of one reconcile with their time-outs."""

LONGEST_PAUSE = 0.5
"""Seconds after which a worker without work looks again, if nobody has rung."""

BACKFILL_SHARE = 0.6
"""Share of the day's fair use from which backfills wait for the next day: the rest is for live orders."""

LIVE = tuple(klass for klass in Klass if klass is not Klass.BACKFILL)

AMBIGUOUS_IN_A_ROW = 5
"""So many unanswered calls in a row, over all keys, are an outage: everybody waits for the probe."""

_SHOW: dict[Kind, Callable[[Context, str], Preview]] = {
    "order": preview_order,
    "customer": preview_customer,
    "product": preview_product,
}

_WORDS: dict[type[Outcome], str] = {
    Done: "done",
    Unchanged: "unchanged",
    SkippedFor: "skipped",
    Retry: "retry",
    ParkedFor: "parked",
}


class Deliverer:
    """What the delivery threads share. `may_work` says why not, or None."""

    def __init__(self, context: Context, gate: Gate, metrics: Metrics, may_work: Callable[[], str | None]) -> None:
        self.context = context
        self.gate = gate
        self.metrics = metrics
        self._may_work = may_work
        self._unanswered = 0
        self._backfills_wait = False
        self._counting = threading.Lock()

    def run(self, name: str, stop: threading.Event) -> None:
        """Work until `stop` is set; a task in hand is finished first. Nothing is raised."""
        while not stop.is_set():
            try:
                self._turn(name, stop)
            except StateError as error:
                log.warning("deliveries wait for the state: %s", error)
                stop.wait(1.0)
            except Exception as error:  # noqa: BLE001  (a thread that ends is missed by nobody)
                log.error("internal error %s at %s", type(error).__name__, trouble.where(error))
                stop.wait(1.0)

    def _turn(self, name: str, stop: threading.Event) -> None:
        bell = self.context.state.bell
        heard = bell.rings
        if self._may_work():
            bell.wait(heard, LONGEST_PAUSE)
            return
        classes = self._classes()
        claim = self.context.state.claim(name, LEASE, classes=classes, kinds=RECONCILED)
        if claim is None:
            bell.wait(heard, self._pause() if Klass.BACKFILL in classes else LONGEST_PAUSE)
        else:
            self.one(claim, stop)

    def one(self, claim: Claim, stop: threading.Event | None = None) -> Outcome | None:
        """Reconcile one claimed key; None when its outcome could not be stored (it is tried again)."""
        began = time.monotonic()
        CURRENT_KEY.set(claim.key)
        outcome, reference = self._reconcile(claim)
        if outcome is None or not self._finished(claim, outcome, reference, stop or threading.Event()):
            return None
        self._tell(claim, outcome, reference, time.monotonic() - began)
        return outcome

    def _finished(self, claim: Claim, outcome: Outcome, reference: str, stop: threading.Event) -> bool:
        """Store the outcome; while the state cannot be written, wait: no other key could be claimed either."""
        until = time.monotonic() + LEASE
        while True:
            try:
                self.context.state.finish(claim, outcome, reference=reference)
            except ClaimLost as error:
                log.warning("%s", error)
                return False
            except StateError as error:
                log.warning("the outcome of %s waits for the state: %s", claim.key, error)
                if not error.retryable or time.monotonic() > until or stop.wait(0.5):
                    return False
            else:
                return True

    def _reconcile(self, claim: Claim) -> tuple[Outcome | None, str]:
        run = reconciler(self.context, claim)
        try:
            outcome = run.run()
            if self.context.observe and isinstance(outcome, Done):
                # a document was found in the books; the link to it is left to a run that may write
                outcome = SkippedFor("observed")
        except Ended as ended:
            outcome = ended.outcome
        except Observed as observed:
            self._show(claim, run.reference, observed.what)
            outcome = SkippedFor("observed")
        except Fenced as error:
            log.error("%s: %s", claim.key, error)
            return None, ""
        except Exception as error:  # noqa: BLE001  (one poison key must not end the thread)
            if isinstance(error, ClaimLost):
                log.warning("%s", error)
                return None, ""
            self._pace(error)
            outcome = trouble.outcome_of(error, attempts=claim.attempts, now=self._now(), wanted=run.wanted_mark)
            if isinstance(error, Rejected) and error.code == DATE_REFUSED:
                self.context.books_doubted.set()
            return outcome, run.reference
        self._answered()
        return outcome, run.reference

    def _show(self, claim: Claim, reference: str, first: str) -> None:
        """`--observe`: every document that would be sent, with its totals; no names, no addresses."""
        try:
            show = _SHOW.get(claim.key.kind, preview_order)
            told = show(self.context, f"id:{claim.key.id}").told()
        except (SyncError, EconomicError, MagentoError) as error:
            told = [f"{first} (and what follows it: {type(error).__name__})"]
        for document in told or [first]:
            log.info("observe: %s %s would send %s", claim.key, reference, document)

    def _pace(self, error: Exception) -> None:
        """An outage or refused tokens stop everybody, not only this key."""
        if isinstance(error, NotAuthorised):
            self.gate.close("not_authorised", str(error), refused=True)
        elif isinstance(error, Unavailable):
            self.gate.close("economic_unreachable", str(error))
        elif isinstance(error, Ambiguous):
            with self._counting:
                self._unanswered += 1
                many = self._unanswered >= AMBIGUOUS_IN_A_ROW
            if many:
                self.gate.close("economic_unreachable", str(error))
        elif isinstance(error, EconomicError):
            self._answered()

    def _classes(self) -> tuple[Klass, ...]:
        """Live orders always; backfills only while their share of the day's calls lasts."""
        spent = self.context.economic.pace.room_today(BACKFILL_SHARE) == 0
        with self._counting:
            told, self._backfills_wait = self._backfills_wait, spent
        if spent and not told:
            log.warning(
                "backfills wait for the next day (UTC): they have used their %.0f%% of the calls that e-conomic's fair "
                "use allows a day; live orders go on",
                BACKFILL_SHARE * 100,
            )
        return LIVE if spent else tuple(Klass)

    def _answered(self) -> None:
        with self._counting:
            self._unanswered = 0

    def _pause(self) -> float:
        """Seconds to wait when nothing can be claimed: until the next task is due, at most half a second."""
        try:
            due = self.context.state.next_due()
        except StateError:
            return LONGEST_PAUSE
        if due is None:
            return LONGEST_PAUSE
        return min(LONGEST_PAUSE, max(0.01, (due - self._now()).total_seconds()))

    def _now(self) -> datetime:
        """By the state database's clock; by this machine's while that does not answer."""
        try:
            return self.context.now()
        except StateError:
            return datetime.now(UTC)

    def _tell(self, claim: Claim, outcome: Outcome, reference: str, seconds: float) -> None:
        word = _WORDS[type(outcome)]
        reason = getattr(outcome, "reason", "")
        self.metrics.outcomes.labels(claim.key.kind, word, reason).inc()
        if isinstance(outcome, Done):
            waited = (self._now() - claim.first_seen).total_seconds()
            self.metrics.delivered.observe(max(0.0, waited))
        if isinstance(outcome, Retry) and not outcome.counts:
            level = logging.DEBUG
        else:
            level = logging.WARNING if isinstance(outcome, ParkedFor) else logging.INFO
        advice = getattr(outcome, "advice", "")
        said = f": {advice}" if advice else ""
        log.log(
            level,
            "%s %s %s%s (%.0f ms)%s",
            claim.key,
            reference or "-",
            word,
            f" {reason}" if reason else "",
            seconds * 1000,
            said,
        )
