"""What comes of webhooks: products to look at, orders to look at again, or a poll."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sync.context import Context
from sync.pull.budget import Budget
from sync.pull.looking import SINGLY, cost, look
from sync.pull.names import Inbox
from sync.pull.seeing import OVERLAP, take
from sync.pull.seen import Engine
from sync.state.changes import Klass

MANY = 200
"""Products that are looked at by name; when more of them wait, all are."""

OURS = timedelta(minutes=1)
"""A document that we wrote so lately is what the webhook is about: there is nothing to see."""

_OPEN = ("order_draft", "invoice_draft", "credit_note_draft")
_DOCUMENTS = (*_OPEN, "order_sent", "invoice_booked", "credit_note_booked")


@dataclass(slots=True)
class Post:
    """Sorts what the inbox holds, and looks at products by their numbers. Used by the pull's thread.

    `poll` and `sweep` are set when one should come soon.
    """

    context: Context
    budget: Budget
    engine: Engine
    inbox: Inbox
    clock: Callable[[], float] = time.monotonic
    poll: bool = False
    sweep: bool = False
    _waiting: dict[str, None] = field(default_factory=dict)
    _looked_at: dict[str, float] = field(default_factory=dict)

    def waiting(self) -> int:
        """How many products wait to be looked at."""
        return len(self._waiting)

    def sort(self) -> None:
        """See what came. Makes no call; raises the errors of `sync.state.errors`."""
        came = self.inbox.take()
        if not came.came:
            return
        self.poll |= came.poll or came.flooded
        self.sweep |= came.flooded
        try:
            known = self.engine.known(came.texts) if came.texts else set()
            orders = self._orders([text for text in came.texts if text.isascii() and text.isdigit()])
        except BaseException:
            self.inbox.put_back(came)
            raise
        self._waiting |= dict.fromkeys(sorted(known))
        self.poll |= not known and not orders
        if len(self._waiting) > MANY:
            self._waiting.clear()
            self.poll = self.sweep = True

    def look(self) -> bool:
        """Look at the products that wait, as far as calls can be spared now; whether any were looked at.

        Raises the errors of `econ_client.errors`, `sync.state.errors` and of the engine, and `OutOfCalls`.
        """
        if not self._waiting:
            return False
        numbers, left = list(self._waiting), self.budget.left()
        for singly in (SINGLY, 1):
            calls = cost(numbers, singly)
            if calls <= left and self.budget.spare(calls):
                self._look(numbers, singly)
                break
        else:
            return False
        for number in numbers:
            self._waiting.pop(number, None)
        return True

    def again(self, numbers: Sequence[str]) -> None:
        """Look at products that the engine wants to see once more; raises as `look`, and looks at them later then."""
        if cost(numbers) > self.budget.left():
            self._waiting |= dict.fromkeys(numbers)
            return
        try:
            self._look(numbers)
        except BaseException:
            self._waiting |= dict.fromkeys(numbers)
            raise

    def recent(self) -> set[str]:
        """The products that were looked at by number within the last minutes."""
        oldest = self.clock() - OVERLAP.total_seconds()
        self._looked_at = {number: at for number, at in self._looked_at.items() if at >= oldest}
        return set(self._looked_at)

    def _look(self, numbers: Sequence[str], singly: int = SINGLY) -> None:
        looked = look(self.context, self.budget, numbers, singly)
        self._looked_at |= dict.fromkeys(numbers, self.clock())
        if len(self._looked_at) > 10 * MANY:
            self.recent()
        take(self.engine, looked.found)
        self.poll |= bool(looked.gone)  # it may have another number by now

    def _orders(self, numbers: Sequence[str]) -> bool:
        """Let the orders be looked at again whose documents have these numbers; whether there are any."""
        state = self.context.state
        links = state.links_numbered(_DOCUMENTS, numbers) if numbers else []
        now = self.context.now()
        old = [link for link in links if link.updated_at is None or now - link.updated_at > OURS]
        parked = {task.key for task in state.tasks(["parked"], keys={one.entity for one in old}, limit=len(old) or 1)}
        old = [link for link in old if link.entity not in parked]  # people know of it
        if old:
            self.context.fence()
            state.doubt([link for link in old if link.document in _OPEN])
            state.enqueue(sorted({link.entity for link in old}), Klass.BACKFILL, reason="touched_in_economic")
        return bool(links)
