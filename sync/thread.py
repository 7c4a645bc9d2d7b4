"""The thread of an edited order: Magento cancels it and places another, 000000123-1, which follows it.

The new order is stored first, then the old one gets its relation_child_id, then it is cancelled, each in a transaction
of its own: for a while both look alive (Magento 2.4, AdminOrder/Create::createOrder).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from cdc.keys import Key
from cdc.models import Order
from mapping.order import order_references
from mapping.plan import Plan
from mapping.problems import CannotMap
from sync import drafts
from sync.context import Context, Ended
from sync.outcome import ParkedFor, Retry
from sync.state.claims import Claim
from sync.state.links import Link
from sync.state.tasks import RETRIED

LONGEST = 50
"""Orders of one thread that are looked at."""

LOOK_AGAIN = timedelta(seconds=10)


@dataclass(slots=True)
class Thread:
    """What came before an order in its thread. Reads nothing for an order that is no edit of another."""

    context: Context
    claim: Claim
    order: Order
    _before: list[Order] | None = field(default=None)

    def check(self, plan: Plan, links: dict[str, Link]) -> None:
        """Raise `Ended` when an earlier order of the thread is booked: what was edited would be booked twice.

        A person's `tasks retry` lets it pass, once the earlier invoice is credited.
        """
        if not plan.documents or self.claim.reason == RETRIED or any(_is_booked(link) for link in links.values()):
            return
        for earlier in self._earlier():
            booked = [link.number for link in self._links(earlier) if _is_booked(link)]
            if not booked and not links:
                booked = self._booked_in_economic(earlier)
            if booked:
                raise Ended(self._edited_after_booking(earlier, booked))

    def may_book(self) -> None:
        """Raise `Ended` while an earlier order of the thread could still be booked too.

        First Magento must show that it was replaced, then nobody may be working on it: whoever begins afterwards sees
        the same, and removes its drafts.
        """
        for earlier in self._earlier(anew=True):
            entity = Key("order", str(earlier.id))
            waits = ""
            if not earlier.relation_child_id and earlier.state != "canceled":
                waits = "is not cancelled in Magento yet"
            elif self._is_worked_on(entity):
                waits = "is being worked on"
            elif self.context.state.open_intents(entity):
                waits = "has a write whose outcome is not known"
            else:
                left = [drafts.name_of(link) for link in self._links(earlier) if link.role.startswith("invoice")]
                waits = f"still has {', '.join(left)} in e-conomic" if left and self.claim.reason != RETRIED else ""
            if waits:
                said = f"Order {self.order.increment_id} took the place of {earlier.increment_id}, which {waits}."
                due = self.context.now() + LOOK_AGAIN
                raise Ended(Retry("edited_order_open", due, f"{said} It is booked afterwards.", counts=False))
        for earlier in () if self.claim.reason == RETRIED else self._earlier():
            booked = self._booked_in_economic(earlier)
            if booked:
                raise Ended(self._edited_after_booking(earlier, booked))

    def _earlier(self, *, anew: bool = False) -> list[Order]:
        """The orders that this one follows, newest first, as Magento shows them."""
        if self._before is None or (anew and self._before):
            self._before = []
            thread, parent = self.order.original_increment_id, self.order.relation_parent_id
            while parent.isdecimal() and len(self._before) < LONGEST:
                found = self.context.shop.order(int(parent))
                if found is None or thread not in (found.increment_id, found.original_increment_id):
                    break
                self._before.append(found)
                parent = found.relation_parent_id
        return self._before

    def _links(self, earlier: Order) -> Sequence[Link]:
        return list(self.context.state.links(Key("order", str(earlier.id))).values())

    def _is_worked_on(self, entity: Key) -> bool:
        task = self.context.state.task(entity)
        return task is not None and task.state == "running"

    def _booked_in_economic(self, earlier: Order) -> list[str]:
        try:
            tokens = order_references(earlier, self.context.profile)
        except CannotMap:
            return []
        found = [one for token in tokens for one in self.context.economic.find_by_reference(token, ("invoice_booked",))]
        return [str(one.number) for one in found]

    def _edited_after_booking(self, earlier: Order, booked: Sequence[str]) -> ParkedFor:
        invoices = f"invoice {booked[0]}" if len(booked) == 1 else f"invoices {', '.join(booked[:5])}"
        return ParkedFor(
            "edited_after_booking",
            f"Order {earlier.increment_id} is booked in e-conomic ({invoices}) and was then edited in Magento: "
            f"{self.order.increment_id} took its place. Both would state the sale. Credit {invoices} in e-conomic, "
            f"then `tasks retry` books {self.order.increment_id}; or correct the difference there and `tasks skip`.",
        )


def _is_booked(link: Link) -> bool:
    return link.document == "invoice_booked"
