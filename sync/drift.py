"""What people did in e-conomic to documents of ours: noticed by its lists, and left to the reconcile of their keys.

A list only says that a document may not be what it was. The link's fingerprint is cleared, so that the reconcile of its
key reads the document afresh, and decides.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cdc.keys import Key
from econ_client.documents import BookedAnswer, DraftAnswer
from econ_client.errors import EconomicError
from econ_client.filters import field as filter_field
from econ_client.search import tokens_of
from sync import trouble
from sync.compare import listed_as
from sync.context import Context
from sync.state.changes import Klass
from sync.state.errors import StateError
from sync.state.links import Link

log = logging.getLogger("magento_economic.drift")

DRAFTS_EVERY = timedelta(hours=1)
BOOKED_EVERY = timedelta(minutes=5)

SETTLED = timedelta(minutes=5)
"""A link that is younger says more than a list, which may show an effect late."""

TOUCHED = timedelta(seconds=90)
"""e-conomic's `lastUpdated` has whole minutes: a later touch is one that is this much later than ours."""

_NEWEST = "drift:booked"
_LOOKED = "drift:drafts"
_ORDERS = ("order_draft",)
_INVOICES = ("invoice_draft", "credit_note_draft")


@dataclass(slots=True)
class Drift:
    """Compares open drafts with e-conomic's lists hourly, and follows its booked invoices every few minutes."""

    context: Context
    may_look: Callable[[], bool]

    def run(self, stop: threading.Event) -> None:
        """Look whenever it is due, until `stop`."""
        while not stop.wait(1.0):
            try:
                if self.may_look():
                    self.look()
            except EconomicError as error:
                log.warning("e-conomic's lists could not be read: %s", error)
                stop.wait(60)
            except StateError as error:
                log.warning("what people did in e-conomic could not be looked at: %s", error)
                stop.wait(5)
            except Exception as error:  # noqa: BLE001  (people's edits are met at the next change of their order too)
                log.error("internal error %s at %s; please report it", type(error).__name__, trouble.where(error))
                stop.wait(60)

    def look(self) -> int:
        """What is due now; how many keys are to be looked at again.

        Raises the errors of `econ_client.errors` and `sync.state.errors`.
        """
        found = 0
        if self._due(_NEWEST, BOOKED_EVERY):
            found += self.booked()
        if self._due(_LOOKED, DRAFTS_EVERY):
            found += self.drafts()
        return found

    def drafts(self) -> int:
        """Compare every open draft of ours with e-conomic's lists; one call for each thousand drafts there."""
        found = [
            *self._differing(_ORDERS, lambda: self.context.economic.orders("drafts")),
            *self._differing(_INVOICES, self.context.economic.invoice_drafts),
        ]
        keys = {link.entity for link in found}
        parked = {task.key for task in self.context.state.tasks(["parked"], keys=keys, limit=len(keys))}
        found = [link for link in found if link.entity not in parked]  # people know of it
        self._doubt(found)
        self.context.state.put(_LOOKED, "")
        return len(found)

    def booked(self) -> int:
        """Follow the numbers of booked invoices: a draft of ours that somebody has booked is found by its reference."""
        newest = int(self.context.state.get(_NEWEST) or 0)
        number = filter_field("/invoices/booked", "bookedInvoiceNumber")
        if not newest:
            # where it begins: what was booked before is found by the drafts that are gone
            first = self.context.economic.collection("/invoices/booked", sort="-bookedInvoiceNumber", page_size=1)
            newest = next((BookedAnswer.model_validate(row).booked_invoice_number for row in first), 0)
            self.context.state.put(_NEWEST, str(newest))
            return 0
        found: list[Link] = []
        for row in self.context.economic.invoices("booked", number.gt(newest)):
            newest = max(newest, row.booked_invoice_number)
            other = row.references.other if row.references else None
            found += [
                link
                for link in self.context.state.links_called(tokens_of(other))
                if link.document in (*_ORDERS, *_INVOICES)
            ]
        self._doubt(found)
        self.context.state.put(_NEWEST, str(newest))
        return len(found)

    def _differing(self, kinds: tuple[str, ...], listed: Callable[[], Iterator[DraftAnswer]]) -> Iterator[Link]:
        now = self.context.now()
        links = {
            int(link.number): link
            for kind in kinds
            for link in self.context.state.links_everywhere(kind)
            if link.updated_at is None or now - link.updated_at > SETTLED
        }
        if not links:
            return
        seen = set()
        for row in listed():
            link = links.get(row.number)
            if link is None:
                continue
            seen.add(row.number)
            if _touched(link, row.last_updated) or not listed_as(json.loads(link.answer or "{}"), row):
                yield link
        yield from (link for number, link in links.items() if number not in seen)

    def _doubt(self, links: list[Link]) -> None:
        if not links or self.context.observe:
            return
        self.context.fence()
        keys: Mapping[Key, None] = dict.fromkeys(link.entity for link in links)
        self.context.state.doubt(links)
        count = self.context.state.enqueue(sorted(keys), Klass.BACKFILL, reason="touched_in_economic")
        log.info("e-conomic's lists differ from what was left there: %d keys are looked at again", count)

    def _due(self, name: str, every: timedelta) -> bool:
        last = self.context.state.since(name)
        return last is None or self.context.now() - last >= every


def _touched(link: Link, last_updated: str | None) -> bool:
    if last_updated is None or link.updated_at is None:
        return False
    return datetime.fromisoformat(last_updated) - link.updated_at > TOUCHED
