"""The pull's thread without Magento: an engine that remembers what it is told, turned by hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, cast

from cdc.shop import Shop
from econ_client.client import Economic
from econ_client.sandbox.seed import new_inventory
from mapping.agreement import Agreement
from mapping.profile import Profile, load_profile
from sync.context import Context
from sync.gate import Gate
from sync.pull.budget import Budget
from sync.pull.names import Inbox, names
from sync.pull.seen import SeenProduct
from sync.pull.thread import Opened, PullThread
from sync.state import State
from tests.integration.sync.desk import Desk


@dataclass
class Recorder:
    """What the engine was told. `seen` holds e-conomic's last number of each product."""

    now: Any
    took: list[SeenProduct] = field(default_factory=list)
    seen: dict[str, Decimal | None] = field(default_factory=dict)
    swept: int = 0
    drained: int = 0
    poison: str = ""
    fails: Exception | None = None
    again: list[str] = field(default_factory=list)
    largest: int = 0

    def take(self, answers: Sequence[SeenProduct]) -> None:
        """Remember, and fail as told."""
        if self.fails is not None:
            raise self.fails
        if any(one.number == self.poison for one in answers):
            raise KeyError(self.poison)
        self.largest = max(self.largest, len(answers))
        self.took += answers
        for one in answers:
            self.seen[one.number] = one.quantity("in_stock")

    def drain(self) -> bool:
        self.drained += 1
        return False

    def wanted(self) -> list[str]:
        wanted, self.again = self.again, []
        return wanted

    def next_due(self) -> datetime | None:
        return None

    def known(self, numbers: Collection[str]) -> set[str]:
        return {number for number in numbers if number in self.seen}

    def differs(self, answers: Sequence[SeenProduct]) -> set[str]:
        return {
            one.number
            for one in answers
            if one.number in self.seen and self.seen[one.number] != one.quantity("in_stock")
        }

    def sweep_done(self) -> None:
        self.swept += 1


@cache
def _profile() -> Profile:
    return load_profile("sandbox")


class PullDesk(Desk):
    """A desk that opens fast: nothing is read of the agreement."""

    def open(self) -> None:
        self.state = State.open(f"sqlite:///{self.folder / 'state.db'}", clock=self.now)
        self.economic = Economic(self.sandbox.url, "demo", "demo", timeout=5)
        agreement = Agreement(base_currency="DKK", has_inventory=True, vat_rates={})
        self.context = Context(self.state, cast(Shop, self.orders), self.economic, _profile(), agreement)


class Puller:
    """A pull at a desk. `turn` does one round; `idle` does rounds until nothing is left to do."""

    def __init__(self, desk: Desk, *, limit: int = 15_000) -> None:
        self.desk = desk
        self.engine = Recorder(desk.now)
        self.inbox = Inbox()
        self.gate = Gate()
        self.stop = threading.Event()
        self.why = ""
        self.limit = limit
        self.opened = 0
        self.skew = timedelta()
        self.thread = self.new_thread()

    def new_thread(self) -> PullThread:
        """As after a restart of the service."""
        self.thread = PullThread(
            self.desk.context, self.gate, self.inbox, self._open, lambda: None, lambda: self.why, clock=self.clock
        )
        return self.thread

    def clock(self) -> float:
        """Seconds that have passed; `skew` is by how much our wall clock was set wrong."""
        return time.monotonic() + (self.desk.ahead - self.skew).total_seconds()

    def _open(self) -> Opened:
        self.opened += 1
        return Opened(
            engine=self.engine, budget=Budget(self.desk.state, self.limit, self.desk.economic.pace, self.clock)
        )

    def idle(self, most: int = 500) -> list[str]:
        """Rounds until there is a pause; the products that were told meanwhile, in order."""
        before = len(self.engine.took)
        for _ in range(most):
            if self.thread._guarded(self.stop) > 0:
                return [one.number for one in self.engine.took[before:]]
        raise AssertionError("the pull is never idle")

    def webhook(self, *texts: str) -> None:
        """A webhook names something."""
        for text in texts:
            self.inbox.put(names(text.encode()))

    def put(self, *numbers: str, stock: str = "10") -> None:
        """Products appear in e-conomic."""
        agreement = self.desk.sandbox.agreement
        for number in numbers:
            doc = {
                "productNumber": number,
                "name": number,
                "productGroup": {"productGroupNumber": 1},
                "salesPrice": Decimal("0.00"),
                "barred": False,
                "inventory": new_inventory() | {"inStock": Decimal(stock)},
                "lastUpdated": agreement.clock.stamp(minutes=True),
            }
            agreement.products.put(number, doc)

    def move(self, number: str, stock: str) -> None:
        """A product's stock changes in e-conomic."""
        answer = self.desk.http.put(f"/_sandbox/stock/{number}", json={"inStock": int(stock)})
        answer.raise_for_status()

    def calls(self) -> list[str]:
        """The calls since the last look at them, with their filter or page."""
        rows = self.desk.journal()
        self.desk.forget_journal()
        return [f"{row['path']}?{row['query']}" if row.get("query") else row["path"] for row in rows]
