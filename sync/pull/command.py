"""`pull stock` as a command: it looks by itself, asks a running service to write, or takes the lock and writes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cdc.connect import Database, connect
from cdc.errors import MagentoError
from cdc.lock import PING_INTERVAL, WAIT_TIMEOUT, ShopLock, lock_name
from sync.books import read_books
from sync.errors import SyncError
from sync.parts import Parts, open_state
from sync.pull.acceptance import accepted
from sync.pull.asked import NotNow, Wish, perform
from sync.pull.budget import Budget
from sync.pull.build import build, open_tables
from sync.pull.once import Once, Tell
from sync.pull.report import Report
from sync.pull.since import not_begun
from sync.pull.stock import StockPull
from sync.pull.stocktake import stocktake
from sync.settings import Settings
from sync.state.state import State
from sync.status import service_runs

LOOK_EVERY = 0.2
"""Seconds between two looks at how far the service is."""

TAKEN_WITHIN = 60.0
"""Seconds in which a running service takes a request up."""

GONE_AFTER = 5.0
"""Seconds in which a service that stopped may be back."""

LOCKED_FOR = WAIT_TIMEOUT + 2.0
"""Seconds after which a session that holds the shop's lock is no dead process's any more."""


class PullFailed(SyncError):
    """What the service was asked for did not come to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was typed."""

    skus: tuple[str, ...] = ()
    dry_run: bool = False
    accept: bool = False
    stocktake: bool = False
    by: str = ""

    def check(self) -> None:
        """Raise `NotNow` for what contradicts itself."""
        if self.accept and (self.dry_run or self.stocktake):
            raise NotNow("--accept writes, and --dry-run and --stocktake never do: give one of them")
        if self.accept and self.skus:
            raise NotNow("--accept is about all products: give it without --sku")


def pull_stock(settings: Settings, options: Options, tell: Tell) -> dict[str, Any]:
    """What `pull stock --json` prints.

    Raises `NotNow` when it was refused, `PullFailed`, and the errors of `cdc.errors`, `econ_client.errors` and
    `sync.state.errors`.
    """
    options.check()
    state = open_state(settings)
    try:
        was_accepted, runs = accepted(state), service_runs(state)
        if options.dry_run or options.stocktake or not (was_accepted or options.accept):
            return _looked(settings, options, tell)
        wish = Wish(skus=options.skus, accept=options.accept, by=options.by)
        if runs:
            return dict(follow(state, wish.ask(state), tell))
    finally:
        state.close()
    parts = _parts(settings, observe=False)
    try:
        with _holding(settings, parts) as (lock, stop):
            engine, budget, close = _engine(parts, lock)
            try:
                return perform(engine, budget, wish, tell=tell, stop=stop).as_json()
            finally:
                close()
    finally:
        parts.close()


def follow(state: State, number: int, tell: Callable[[Mapping[str, Any]], None]) -> Mapping[str, Any]:
    """Wait for the end of a request, telling its progress; its report.

    A request that is not taken up, or whose service is gone, is withdrawn. Raises `NotNow` and `PullFailed`.
    """
    asked, seen = time.monotonic(), time.monotonic()
    shown: Mapping[str, Any] = {}
    while True:
        request = state.request(number)
        if request is None:
            raise PullFailed("the request is gone from the state", hint="Run the command again.")
        if request.done_at is not None:
            return _report(request.progress, request.error)
        if request.progress and request.progress != shown:
            shown = request.progress
            tell(shown)
        now = time.monotonic()
        if service_runs(state):
            seen = now
        if now - seen > GONE_AFTER:
            state.finish_request(number, error="withdrawn: the service was gone")
            begun = request.started_at is not None
            raise PullFailed(
                "the service has stopped before it was done" if begun else "the service has stopped",
                hint=("What was written stays. " if begun else "Nothing was written. ") + "Run the command again.",
            )
        if request.started_at is None and now - asked > TAKEN_WITHIN:
            state.finish_request(number, error="withdrawn: nobody took it up")
            raise NotNow(
                f"the service runs, but has not taken this up within {TAKEN_WITHIN:.0f} s",
                hint="Its `/health/ready` says why: it may be standby, or wait for e-conomic or Magento's database.",
            )
        time.sleep(LOOK_EVERY)


def _report(progress: Mapping[str, Any], error: str) -> Mapping[str, Any]:
    if not error:
        found: Mapping[str, Any] = progress["report"]
        return found
    hint = str(progress.get("hint", ""))
    raise NotNow(error, hint=hint) if progress.get("refused") else PullFailed(error, hint=hint)


def _looked(settings: Settings, options: Options, tell: Tell) -> dict[str, Any]:
    """What would be written, or what should be on the shelf: without the lock, beside whatever runs."""
    parts = _parts(settings, observe=True)
    try:
        was_accepted = accepted(parts.state)
        engine, budget, close = _engine(parts, None)
        try:
            if not parts.context.agreement.has_inventory:
                raise NotNow(
                    "the agreement has no inventory module, so e-conomic has no stock to pull",
                    hint="Turn on the module Lager in e-conomic, or keep stock in Magento.",
                )
            if options.stocktake:
                return stocktake(engine, budget, options.skus, tell)
            report = Report(dry_run=True, accepted=was_accepted, basis=engine.basis, sums=bool(options.skus))
            once = Once(engine, budget, report, tell)
            once.some(options.skus) if options.skus else once.all()
            report.message = _after(report, options, not_begun(engine.applier.since(), parts.context.now()))
            return report.as_json()
        finally:
            close()
    finally:
        parts.close()


def _after(report: Report, options: Options, wait: str) -> str:
    said = "Nothing was written."
    if not report.accepted:
        said += " `pull stock --accept` applies all of this, and lets the service go on by itself."
    elif report.counts["differs"]:
        said += " `pull stock` without --dry-run writes it."
    return f"{said} {wait}".strip()


def _parts(settings: Settings, *, observe: bool) -> Parts:
    """The parts, with the agreement read. Raises the errors of `econ_client.errors`."""
    parts = Parts(settings, observe=observe)
    try:
        parts.use(read_books(parts.economic, parts.profile))
    except BaseException:
        parts.close()
        raise
    return parts


def _engine(parts: Parts, lock: ShopLock | None) -> tuple[StockPull, Budget, Callable[[], None]]:
    tables = open_tables(parts, lock)
    engine, budget = build(parts, tables, looks_only=lock is None)

    def close() -> None:
        engine.close()
        tables.close()

    return engine, budget, close


@contextmanager
def _holding(settings: Settings, parts: Parts) -> Iterator[tuple[ShopLock, threading.Event]]:
    """The shop's lock, kept alive; the event is set when it is lost. Raises `NotNow` when another process has it."""
    database = Database.parse(settings.database_url, tls_ca=settings.tls_ca)
    lock = ShopLock(lambda: connect(database, read_timeout=10), lock_name(database.database, settings.shop))
    given_up, lost, done, began = threading.Event(), threading.Event(), threading.Event(), time.monotonic()

    def waiting(_: int | None) -> None:
        if time.monotonic() - began > LOCKED_FOR:
            given_up.set()

    def keep() -> None:
        while not done.wait(PING_INTERVAL):
            try:
                lock.ping()
            except MagentoError:
                lost.set()
                return

    if not lock.acquire(given_up, waiting):
        raise NotNow(
            "another process holds the shop's lock and does not take requests from this state",
            hint="Let a pull that runs elsewhere end, give the command the service's STATE_DATABASE_URL, or stop it.",
        )
    parts.context.active = lambda: lock.held
    keeper = threading.Thread(target=keep, name="lock", daemon=True)
    keeper.start()
    try:
        yield lock, lost
    finally:
        done.set()
        keeper.join()
        lock.release()
