"""`pull stock` as a command: it looks by itself, asks a running service to write, or takes the lock and writes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from cdc.connect import Database, connect
from cdc.lock import WAIT_TIMEOUT, ShopLock, lock_name
from sync.books import read_books
from sync.errors import SyncError
from sync.parts import Parts, open_state
from sync.pull.acceptance import accepted
from sync.pull.asked import NotNow, Wish, perform, perform_fields, refuse_without_module
from sync.pull.budget import Budget
from sync.pull.build import build, build_fields, open_tables
from sync.pull.fieldonce import pull_products as fields_once
from sync.pull.once import Once, Tell
from sync.pull.products import ProductPull
from sync.pull.report import Report
from sync.pull.since import not_begun
from sync.pull.stock import StockPull
from sync.pull.stocktake import stocktake
from sync.settings import Settings
from sync.state.state import State
from sync.status import service_runs
from sync.threads import started

LOOK_EVERY = 0.2
"""Seconds between two looks at how far the service is."""

TAKEN_WITHIN = 60.0
"""Seconds in which a running service takes a request up, while it carries out no other."""

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


def pull_stock(settings: Settings, options: Options, tell: Tell) -> dict[str, Any]:
    """What `pull stock --json` prints.

    Raises `NotNow` when it was refused, `PullFailed`, and the errors of `cdc.errors`, `econ_client.errors` and
    `sync.state.errors`.
    """
    options.check()
    state = open_state(settings)
    try:
        was_accepted = accepted(state)
        if options.dry_run or options.stocktake or not (was_accepted or options.accept):
            return _looked(settings, options, tell)
        wish = Wish(skus=options.skus, accept=options.accept, by=options.by)
        if service_runs(state):
            return dict(follow(state, wish.ask(state), tell))
    finally:
        state.close()
    with _writing(settings) as (parts, lock, stop), _engine(parts, lock) as (engine, budget):
        return perform(engine, budget, wish, tell=tell, stop=stop).as_json()


def pull_products(settings: Settings, options: Options, tell: Tell) -> dict[str, Any]:
    """What `pull products --json` prints; `skus`, `dry_run` and `by` count. Raises as `pull_stock` does."""
    wish = Wish(what="products", skus=options.skus, by=options.by)
    if options.dry_run:
        with _reading(settings) as parts, _engine(parts, None) as (_, budget), _fields(parts, None) as one:
            return fields_once(one, budget, options.skus, dry_run=True, tell=tell).as_json()
    with closing(open_state(settings)) as state:
        if service_runs(state):
            return dict(follow(state, wish.ask(state), tell))
    with (
        _writing(settings) as (parts, lock, stop),
        _engine(parts, lock) as (_, budget),
        _fields(parts, lock) as one,
    ):
        return perform_fields(one, budget, wish, tell=tell, stop=stop)


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
        if any(one.started_at is not None for one in state.open_requests()):
            asked = now  # others come first
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
        try:
            time.sleep(LOOK_EVERY)  # the service answers in the state, which tells nobody
        except KeyboardInterrupt:
            raise PullFailed("the service goes on with it", hint="Its log and `status` say how it ends.") from None


def _report(progress: Mapping[str, Any], error: str) -> Mapping[str, Any]:
    if not error:
        found: Mapping[str, Any] = progress["report"]
        return found
    hint = str(progress.get("hint", ""))
    raise NotNow(error, hint=hint) if progress.get("refused") else PullFailed(error, hint=hint)


def _looked(settings: Settings, options: Options, tell: Tell) -> dict[str, Any]:
    """What would be written, or what should be on the shelf: without the lock, beside whatever runs."""
    with _reading(settings) as parts, _engine(parts, None) as (engine, budget):
        refuse_without_module(parts.context)
        if options.stocktake:
            return stocktake(engine, budget, options.skus, tell)
        was_accepted = accepted(parts.state)
        report = Report(dry_run=True, accepted=was_accepted, basis=engine.basis, sums=bool(options.skus))
        once = Once(engine, budget, report, tell)
        once.some(options.skus) if options.skus else once.all()
        report.message = _after(report, not_begun(engine.applier.since(), parts.context.now()))
        return report.as_json()


def _after(report: Report, wait: str) -> str:
    said = "Nothing was written."
    if report.sold_out:
        counted = "1 product is" if report.sold_out == 1 else f"{report.sold_out} products are"
        said += (
            f" {counted} on sale in Magento and would have nothing left: e-conomic has none of them that is not sold."
        )
    if not report.accepted:
        said += " `pull stock --accept` applies all of this, and lets the service go on by itself."
    elif report.counts["differs"]:
        said += " `pull stock` without --dry-run writes it."
    return f"{said} {wait}".strip()


@contextmanager
def _reading(settings: Settings, *, observe: bool = True) -> Iterator[Parts]:
    """The parts, with the agreement read. Raises the errors of `econ_client.errors`."""
    with closing(Parts(settings, observe=observe)) as parts:
        parts.use(read_books(parts.economic, parts.profile))
        yield parts


@contextmanager
def _writing(settings: Settings) -> Iterator[tuple[Parts, ShopLock, threading.Event]]:
    """The parts of a process that holds the shop's lock; the event is set when it is lost."""
    with _reading(settings, observe=False) as parts, _holding(settings, parts) as (lock, lost):
        try:
            yield parts, lock, lost
        except KeyboardInterrupt:
            hint = "What was written stays. Run the command again: it goes on with what still differs."
            raise PullFailed("the pull was interrupted", hint=hint) from None


@contextmanager
def _engine(parts: Parts, lock: ShopLock | None) -> Iterator[tuple[StockPull, Budget]]:
    with closing(open_tables(parts, lock)) as tables:
        engine, budget = build(parts, tables, looks_only=lock is None)
        with closing(engine):
            yield engine, budget


@contextmanager
def _fields(parts: Parts, lock: ShopLock | None) -> Iterator[ProductPull]:
    fields = build_fields(parts, lock)
    with closing(fields.tables):
        yield fields


@contextmanager
def _holding(settings: Settings, parts: Parts) -> Iterator[tuple[ShopLock, threading.Event]]:
    """The shop's lock, kept alive; the event is set when it is lost. Raises `NotNow` when another process has it."""
    database = Database.parse(settings.database_url, tls_ca=settings.tls_ca)
    lock = ShopLock(lambda: connect(database, read_timeout=10), lock_name(database.database, settings.shop))
    given_up, lost, done, began = threading.Event(), threading.Event(), threading.Event(), time.monotonic()

    def waiting(_: str) -> None:
        if time.monotonic() - began > LOCKED_FOR:
            given_up.set()

    if not lock.acquire(given_up, waiting):
        raise NotNow(
            "another process holds the shop's lock and does not take requests from this state",
            hint="Let a pull that runs elsewhere end, give the command the service's STATE_DATABASE_URL, or stop it.",
        )
    parts.context.active = lambda: lock.held
    keeper = started("lock", lock.keep, done, lambda _: lost.set())
    try:
        parts.state.take_over(lambda: lock.held)
        yield lock, lost
    finally:
        done.set()
        keeper.join()
        lock.release()
