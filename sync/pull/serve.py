"""The pull as the service runs it: what it works with, and why it rests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection

from cdc.errors import StockKeptOtherwise
from cdc.lock import ShopLock
from cdc.stock import StockTables
from sync import trouble
from sync.context import Context
from sync.gate import Gate
from sync.metrics import Metrics
from sync.parts import Parts
from sync.pull.acceptance import accept, accepted, agreed_way
from sync.pull.asked import carry_out
from sync.pull.both import Both
from sync.pull.build import build, build_fields, open_tables
from sync.pull.names import Inbox
from sync.pull.since import not_begun
from sync.pull.thread import Opened, PullThread
from sync.pull.words import NO_MODULE
from sync.state.requests import Request

LOOK_EVERY = 60.0
"""Seconds between two looks whether the shop keeps stock as it was agreed."""

ASK_AGAIN = 900.0
"""Seconds between two readings of the agreement's lists while they say that it keeps no stock: a module comes back."""


def stock_rests(context: Context) -> str:
    """Why no stock is pulled; the empty text when it is.

    The agreement is looked at each time: its modules change when its lists are read again.
    """
    if not accepted(context.state):
        return "stock was not accepted yet; `pull stock` shows what would be written, `--accept` begins"
    if not context.agreement.has_inventory:
        return NO_MODULE
    return ""


class _Way:
    """Whether the shop keeps stock as it did when that was accepted; while not, it is looked up each minute."""

    def __init__(self, tables: StockTables) -> None:
        self._tables = tables
        self._said, self._at = "", 0.0

    def changed(self) -> str:
        """Why nothing may be written; the empty text when all is as it was. Raises the errors of `cdc.errors`."""
        if not self._said or time.monotonic() - self._at > LOOK_EVERY:
            self._said, self._at = "", time.monotonic()
            try:
                _ = self._tables.layout
            except StockKeptOtherwise as error:
                self._said = trouble.told(error)
        return self._said

    def forget(self) -> None:
        """It may have been accepted by now."""
        self._said = ""


class ModuleGone:
    """Has the agreement's lists read again now and then while stock is accepted and they name no inventory module."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._asked = time.monotonic()

    def look(self) -> None:
        """Doubt the lists when it is time to."""
        if self._context.agreement.has_inventory or not accepted(self._context.state):
            self._asked = time.monotonic()
        elif time.monotonic() - self._asked > ASK_AGAIN:
            self._asked = time.monotonic()
            self._context.books_doubted.set()


def pull_thread(
    parts: Parts,
    lock: ShopLock,
    gate: Gate,
    metrics: Metrics,
    inbox: Inbox,
    *,
    may_work: Callable[[], str | None],
    paused: Callable[[], Collection[str]],
    watched: Callable[[], bool],
) -> PullThread:
    """The service's pull. `watched` says whether capture watches stock by now, and sees to it that it soon does."""
    context = parts.context
    module = ModuleGone(context)

    def rests() -> str:
        module.look()
        if "pull" in paused():
            return "it is paused"
        if context.observe:
            return "--observe writes nothing"
        why = stock_rests(context)
        if not why and not watched():
            return "capture begins to watch the shop's stock"
        return "" if context.profile.targets() else why

    def may_write() -> bool:
        return lock.held and not context.observe and "pull" not in paused()

    def opened() -> Opened:
        stock, budget = build(parts, open_tables(parts, lock), may_write=may_write)
        fields = build_fields(parts, lock, may_write=may_write)
        engine = Both(stock, fields, lambda: not stock_rests(context))
        stock.applier.on_written = lambda written: metrics.pulled(written.held)
        ready = [False]

        def begin(stop: threading.Event) -> bool:
            if engine.stocks() and not ready[0]:
                if not agreed_way(context.state):
                    accept(context.state, "the service", stock.tables.way())
                if not stock.applier.ledger.fill(stop=stop.is_set):
                    return False
                stock.resume()
                ready[0] = True
            return True

        def wished(request: Request, stop: threading.Event) -> bool:
            try:
                return carry_out(stock, budget, request, fields=fields, stop=stop)
            finally:
                way.forget()

        way = _Way(stock.tables)

        def waits() -> str:
            return (way.changed() or not_begun(stock.applier.since(), context.now())) if engine.stocks() else ""

        return Opened(engine=engine, budget=budget, begin=begin, waits=waits, carry_out=wished, close=engine.close)

    return PullThread(context, gate, inbox, opened, may_work, rests)
