"""Pulls that people ask for: what a command wants, and how whoever holds the shop's lock carries it out.

A command beside a running service stores a request (`ask`) and follows it; the service's pull thread calls `carry_out`
for each of `state.open_requests()` whose verb is `VERB`, oldest first, also when it was begun before a restart. It does
so also while the pull is paused, not accepted yet, or under `--observe`: the answer then says so. Nothing may be left
open but by `Stopped`: the command waits for an end.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from cdc.errors import MagentoError
from econ_client.errors import EconomicError
from sync import trouble
from sync.context import Context
from sync.errors import ConfigError, Fenced, SyncError
from sync.pull.acceptance import accept, accepted
from sync.pull.budget import Budget
from sync.pull.fieldonce import pull_products
from sync.pull.once import Once, Stopped, Tell
from sync.pull.products import ProductPull
from sync.pull.report import MOST_LINES, Report
from sync.pull.since import not_begun
from sync.pull.stock import StockPull
from sync.pull.words import NO_MODULE
from sync.state.errors import StateError
from sync.state.requests import Request
from sync.state.state import State

log = logging.getLogger("magento_economic.pull")

VERB = "pull"
TOLD_EVERY = 0.5
"""Seconds between two notes of how far a request is."""

What = Literal["stock", "products"]


class NotNow(ConfigError):
    """A pull was refused before anything was written; the hint says what has to change first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants pulled; no SKUs: everything. `accept`: stock may be written by itself from now on."""

    what: What = "stock"
    skus: tuple[str, ...] = ()
    accept: bool = False
    by: str = ""

    def ask(self, state: State) -> int:
        """Store it as a request; its number."""
        return state.ask(VERB, {"what": self.what, "skus": list(self.skus), "accept": self.accept, "by": self.by})

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Wish:
        """A wish from a request's arguments."""
        return cls(
            what=cast(What, arguments.get("what", "stock")),
            skus=tuple(arguments.get("skus", ())),
            accept=bool(arguments.get("accept")),
            by=str(arguments.get("by", "")),
        )


def refuse_any(context: Context) -> None:
    """Raise `NotNow` when nothing may be written into Magento now, whoever asks."""
    if context.observe:
        raise NotNow("nothing is written under --observe", hint="With `--dry-run` it says what would be written.")
    if "pull" in context.state.paused():
        raise NotNow("the pull is paused", hint="`resume --pull` lets the brake go; `--dry-run` works meanwhile.")


def refuse_without_module(context: Context) -> None:
    """Raise `NotNow` when e-conomic keeps no stock at all."""
    if not context.agreement.has_inventory:
        raise NotNow(
            NO_MODULE,
            hint="Turn on the module Lager in e-conomic, or keep stock in Magento and do without `pull stock`.",
        )


def refuse(engine: StockPull) -> None:
    """Raise `NotNow` when no stock may be written now."""
    context = engine.context
    refuse_without_module(context)
    refuse_any(context)
    wait = not_begun(engine.applier.since(), context.now())
    if wait:
        raise NotNow(wait)


def perform(
    engine: StockPull,
    budget: Budget,
    wish: Wish,
    *,
    tell: Tell = lambda _: None,
    stop: threading.Event | None = None,
    most: int = 10_000_000,
) -> Report:
    """Pull stock into Magento. Only for whoever holds the shop's lock.

    Raises `NotNow` before anything is written, and what `Once` raises.
    """
    refuse(engine)
    state = engine.context.state
    if wish.accept:
        state.follow_stock = True  # before orders are read: what changes meanwhile is told by capture
        accept(state, wish.by, engine.tables.way())
        engine.tables.forget()
    if not accepted(state):
        raise NotNow(
            "stock was not accepted yet", hint="`pull stock` shows what would be written, `--accept` writes it."
        )
    report = Report(dry_run=False, accepted=True, basis=engine.basis, sums=bool(wish.skus), most=most)
    once = Once(engine, budget, report, tell, stop or threading.Event())
    once.some(wish.skus) if wish.skus else once.all()
    report.message = _done(report, wish)
    return report


def perform_fields(
    fields: ProductPull | None,
    budget: Budget,
    wish: Wish,
    *,
    tell: Tell = lambda _: None,
    stop: threading.Event | None = None,
    most: int = 10_000_000,
) -> dict[str, Any]:
    """Pull product fields into Magento, and give what `pull products --json` prints. Raises as `perform` does."""
    if fields is None:
        raise NotNow("this service does not pull product fields")
    refuse_any(fields.context)
    return pull_products(fields, budget, wish.skus, most=most, tell=tell, stop=stop).as_json()


def carry_out(
    engine: StockPull,
    budget: Budget,
    request: Request,
    *,
    fields: ProductPull | None = None,
    stop: threading.Event | None = None,
) -> bool:
    """Carry out one open request, in the thread that owns the engines; False when it is not a pull, or has to wait.

    What goes wrong is told to whoever asked. A request that `stop` cut, or whose process lost the shop's lock, stays
    open. Raises the errors of `sync.state.errors` only.
    """
    if request.verb != VERB:
        return False
    state, wish, ends = engine.context.state, Wish.of(request.arguments), stop or threading.Event()
    told = [0.0]

    def tell(said: Mapping[str, Any]) -> None:
        if time.monotonic() - told[0] >= TOLD_EVERY:
            told[0] = time.monotonic()
            state.tell(request.id, said)

    state.tell(request.id, {})
    log.info("pull of %s, asked for by %s", wish.what, wish.by or "somebody")
    try:
        if wish.what == "products":
            said = perform_fields(fields, budget, wish, tell=tell, stop=ends, most=MOST_LINES)
        else:
            said = perform(engine, budget, wish, tell=tell, stop=ends, most=MOST_LINES).as_json()
    except (Stopped, Fenced):
        return False
    except StateError:
        raise
    except ConfigError as error:
        state.finish_request(request.id, {"refused": True, "hint": error.hint}, str(error))
    except (MagentoError, EconomicError, SyncError) as error:
        state.finish_request(request.id, {"hint": getattr(error, "hint", "")}, str(error))
    except Exception as error:  # noqa: BLE001  (the command must not wait for ever)
        said_so = f"internal error {type(error).__name__} at {trouble.where(error)}; please report it"
        log.error("%s", said_so)
        state.finish_request(request.id, None, said_so)
    else:
        state.finish_request(request.id, {"report": said})
    return True


def _done(report: Report, wish: Wish) -> str:
    if report.counts["differs"]:
        return "The pull was paused or lost the shop's lock meanwhile: what differs was not written."
    if wish.accept and wish.skus:
        return (
            "Accepted for all products. Only these were pulled now; the service writes the others when it next sweeps, "
            "and `pull stock` at once."
        )
    if wish.accept:
        return "From now on the service keeps Magento's stock at e-conomic's by itself."
    return ""
