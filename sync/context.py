"""What a reconcile works with, in one place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cdc.keys import Key
from cdc.shop import Shop
from econ_client.client import Economic
from mapping.agreement import Agreement
from mapping.profile import Profile
from sync.errors import Fenced
from sync.outcome import Outcome
from sync.state.state import State

CURRENT_KEY: ContextVar[Key | None] = ContextVar("current_key", default=None)
"""The key that this thread reconciles, for the delivery log."""


class Ended(Exception):
    """Ends a reconcile with an outcome, from wherever it stands."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome


class Observed(Exception):
    """`--observe`: this write would be sent now."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(slots=True)
class Context:
    """The two systems, the state and the rules, shared by all workers.

    `agreement` is replaced when the lists are read again. `active` says whether this process holds the shop's lock;
    `observe` refuses every write, also to the state's links and intents. `attachments` is the folder of files to
    attach. `books_doubted` is set when the agreement is not what it was: a date is refused, or stock is gone.
    """

    state: State
    shop: Shop
    economic: Economic
    profile: Profile
    agreement: Agreement
    active: Callable[[], bool] = field(default=lambda: True)
    observe: bool = False
    attachments: Path | None = None
    books_doubted: threading.Event = field(default_factory=threading.Event)

    def fence(self) -> None:
        """Raise `Fenced` when another process may be the shop's active one by now."""
        if not self.active():
            raise Fenced("this process has lost the shop's lock; nothing more is written")

    def now(self) -> datetime:
        """Aware UTC by the state database's clock."""
        return self.state.now()
