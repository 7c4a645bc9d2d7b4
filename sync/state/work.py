"""One commit of a reconcile: link, intent and outcome together, only while the task is still the worker's."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from cdc.keys import Key
from econ_client.requests import WriteRequest
from sync.outcome import Outcome
from sync.state import claims, control, facts, intents, links
from sync.state.changes import Klass, enqueue
from sync.state.claims import Claim
from sync.state.codec import dump_strings
from sync.state.engine import Transaction
from sync.state.errors import GenerationMoved
from sync.state.intents import Intent
from sync.state.links import Link


class Work:
    """What can be written in one commit. Made by `State.work`; the claim's token was checked at its beginning.

    Without a claim nothing is fenced: only for whoever holds the shop's lock and works on no task (relink, polling).
    """

    def __init__(self, transaction: Transaction, claim: Claim | None) -> None:
        self._transaction = transaction
        self._claim = claim
        self._moved = claim is not None and claims.held(transaction, claim).generation != claim.generation
        self.newest_intent = 0
        self.finished = False
        self.rings = False

    @property
    def moved(self) -> bool:
        """Whether the key has changed again since it was claimed."""
        return self._moved

    def save_link(self, link: Link) -> None:
        """Insert or replace a link."""
        links.save(self._transaction, link)

    def delete_link(self, entity: Key, role: str) -> bool:
        """Drop a link; False when there was none."""
        return links.remove(self._transaction, entity, role)

    def clear_fingerprint(self, entity: Key, role: str) -> None:
        """Say that what the document holds is not known any more."""
        links.clear_fingerprint(self._transaction, entity, role)

    def open_intent(
        self,
        role: str,
        request: WriteRequest,
        idempotency_key: str,
        entity: Key,
        *,
        sent: bool = False,
        even_if_moved: bool = False,
    ) -> Intent:
        """Store a write before it is sent; `sent` also says that it is sent right after this commit.

        Raises:
            GenerationMoved: the key changed again (`even_if_moved` lets it pass: the write does not depend on that).
            IntentOpen: an earlier write for the same (entity, role) is not closed.
        """
        if self._moved and not even_if_moved and self._claim is not None:
            raise GenerationMoved(
                f"{self._claim.key} changed again; it is loaded and mapped anew before anything is sent"
            )
        intent = intents.open_(self._transaction, entity, role, request, idempotency_key, sent=sent)
        if self._claim is not None and self._claim.identity and entity == self._claim.key:
            who = dump_strings(self._claim.identity)
            facts.note(self._transaction, facts.IDENTITY, [(entity, "", who)])
        self.newest_intent = intent.id
        return intent

    def mark_sent(self, intent: Intent) -> Intent:
        """Say that the write is sent (again) right after this commit."""
        return intents.mark_sent(self._transaction, intent)

    def close_intent(self, intent: Intent, outcome: str = "done") -> None:
        """Say what became of the write: ``done``, ``refused``, ``absent``."""
        intents.close(self._transaction, intent, outcome)

    def bookings(self, since: timedelta) -> int:
        """Live bookings of the last `since`, and those whose outcome is not known yet; nobody adds one meanwhile."""
        transaction = self._transaction
        if transaction.postgresql:
            transaction.connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(transaction.shop))))
        return control.bookings(transaction, since) + intents.opened_to(transaction, "/invoices/booked")

    def note_booking(self, *, backfill: bool = False) -> None:
        """Count one booking."""
        control.note_booking(self._transaction, backfill=backfill)

    def enqueue(self, keys: list[Key], klass: Klass, *, admitted: bool = False, reason: str = "") -> None:
        """Let keys be looked at that follow from this one."""
        enqueue(self._transaction, keys, klass, admitted=admitted, reason=reason)
        self.rings = True

    def finish(self, outcome: Outcome, *, reference: str = "") -> bool:
        """Store the outcome and let the task go; True when the key waits again because it changed meanwhile."""
        if self._claim is None:
            raise ValueError("there is no claim to finish")
        self.finished = True
        again = claims.finish(self._transaction, self._claim, outcome, reference=reference)
        self.rings = self.rings or again
        return again
