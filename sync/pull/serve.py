"""The pull as the service runs it: what it works with, and why it rests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection

from cdc.lock import ShopLock
from sync.context import Context
from sync.gate import Gate
from sync.metrics import Metrics
from sync.parts import Parts
from sync.pull.acceptance import accepted
from sync.pull.asked import carry_out
from sync.pull.build import build, open_tables
from sync.pull.names import Inbox
from sync.pull.since import not_begun
from sync.pull.thread import Opened, PullThread
from sync.state.requests import Request


def nothing_to_pull(context: Context) -> str:
    """Why there is nothing that e-conomic may be asked for; the empty text when there is.

    The agreement is looked at each time: its modules change when its lists are read again.
    """
    if not accepted(context.state):
        return "stock was not accepted yet; `pull stock` shows what would be written, `--accept` begins"
    if not context.agreement.has_inventory:
        return "the agreement has no inventory module, so e-conomic has no stock to pull"
    return ""


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

    def rests() -> str:
        if "pull" in paused():
            return "it is paused"
        if context.observe:
            return "--observe writes nothing"
        why = nothing_to_pull(context)
        if not why and not watched():
            return "capture begins to watch the shop's stock"
        return why

    def may_write() -> bool:
        return lock.held and not context.observe and "pull" not in paused()

    def opened() -> Opened:
        tables = open_tables(parts, lock)
        engine, budget = build(parts, tables, may_write=may_write)
        ledger = engine.applier.ledger
        engine.applier.on_written = lambda written: metrics.pulled(written.held)

        def begin(stop: threading.Event) -> bool:
            if not ledger.fill(stop=stop.is_set):
                return False
            engine.resume()
            return True

        def wished(request: Request, stop: threading.Event) -> bool:
            return carry_out(engine, budget, request, stop=stop)

        def close() -> None:
            engine.close()
            tables.close()

        return Opened(
            engine=engine,
            budget=budget,
            begin=begin,
            waits=lambda: not_begun(engine.applier.since(), context.now()),
            carry_out=wished,
            close=close,
        )

    return PullThread(context, gate, inbox, opened, may_work, rests)
