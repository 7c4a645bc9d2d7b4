"""The state as reconcilers use it: links and intents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from cdc.keys import Key
from econ_client.requests import WriteRequest
from sync.state import facts, intents, links
from sync.state.claims import Claim
from sync.state.codec import load_mapping
from sync.state.core import Core
from sync.state.intents import Intent
from sync.state.links import Link


class DeliveryState(Core):
    """Links and intents. Each write here is a commit of its own; `work` puts several into one."""

    def links(self, entity: Key) -> dict[str, Link]:
        """The links of an entity by role."""
        with self._read() as transaction:
            return links.of(transaction, entity)

    def link(self, entity: Key, role: str) -> Link | None:
        """One link."""
        return self.links(entity).get(role)

    def links_of(self, entities: Iterable[Key]) -> dict[Key, dict[str, Link]]:
        """The links of many entities by role; one without links is left out."""
        with self._read() as transaction:
            return links.of_many(transaction, entities)

    def find_link(self, document: str, number: str) -> Link | None:
        """The oldest link to a document."""
        found = self.find_links(document, number)
        return found[0] if found else None

    def find_links(self, document: str, number: str) -> list[Link]:
        """Every link to a document: entities may share one (guests and their debtor)."""
        with self._read() as transaction:
            return links.by_number(transaction, document, number)

    def links_numbered(self, documents: Collection[str], numbers: Collection[str]) -> list[Link]:
        """The links to documents of these kinds that have one of these numbers."""
        with self._read() as transaction:
            return links.numbered(transaction, documents, numbers)

    def links_to(self, document: str, *, after: int = 0, limit: int = 1_000) -> list[tuple[int, Link]]:
        """A page of the links to one kind of document; pass the last row id as `after` for the next page."""
        with self._read() as transaction:
            return links.of_document(transaction, document, after=after, limit=limit)

    def links_everywhere(self, document: str) -> Iterator[Link]:
        """Every link to one kind of document, read page by page."""
        after = 0
        while page := self.links_to(document, after=after):
            yield from (link for _, link in page)
            after = page[-1][0]

    def links_called(self, references: Collection[str]) -> list[Link]:
        """The links to documents with one of these references."""
        if not references:
            return []
        with self._read() as transaction:
            return links.called(transaction, references)

    def doubt(self, doubted: Iterable[Link]) -> None:
        """Say that these documents may not hold any more what was last sent."""
        with self._write() as transaction:
            for link in doubted:
                links.clear_fingerprint(transaction, link.entity, link.role)

    def links_by_kind(self) -> dict[str, int]:
        """Links by kind of document."""
        with self._read() as transaction:
            return links.counts(transaction)

    def save_link(self, claim: Claim | None, link: Link) -> None:
        """Insert or replace a link. Raises ClaimLost."""
        with self.work(claim) as work:
            work.save_link(link)

    def delete_link(self, claim: Claim | None, entity: Key, role: str) -> bool:
        """Drop a link; False when there was none. Raises ClaimLost."""
        with self.work(claim) as work:
            return work.delete_link(entity, role)

    def open_intent(
        self,
        claim: Claim | None,
        role: str,
        request: WriteRequest,
        idempotency_key: str,
        entity: Key,
        *,
        sent: bool = False,
        even_if_moved: bool = False,
    ) -> Intent:
        """Commit a write before it is sent; the link's fingerprint is cleared with it.

        `sent` also says that it is sent right after, which spares `mark_sent` its commit.

        Raises:
            ClaimLost: the task is another's by now.
            GenerationMoved: the key changed again (`even_if_moved` lets it pass).
            IntentOpen: an earlier write for the same (entity, role) is not closed.
        """
        with self.work(claim) as work:
            return work.open_intent(role, request, idempotency_key, entity, sent=sent, even_if_moved=even_if_moved)

    def mark_sent(self, claim: Claim | None, intent: Intent) -> Intent:
        """Say that the write is sent (again) right after this. Raises ClaimLost, IntentOpen (closed by another)."""
        with self.work(claim) as work:
            return work.mark_sent(intent)

    def close_intent(self, claim: Claim | None, intent: Intent, outcome: str = "done") -> None:
        """Say what became of the write: ``done``, ``refused``, ``absent``. Raises ClaimLost."""
        with self.work(claim) as work:
            work.close_intent(intent, outcome)

    def open_intents(self, entity: Key | None = None) -> list[Intent]:
        """Writes whose outcome is not known, oldest first; of one entity or of all."""
        with self._read() as transaction:
            return intents.opened(transaction, entity)

    def identity(self, entity: Key) -> dict[str, str]:
        """Who an entity was when its last write was stored; empty when there was none, or it is long ago."""
        with self._read() as transaction:
            known = facts.read(transaction, facts.IDENTITY, entity).get("", "")
        return {name: str(value) for name, value in load_mapping(known).items()}

    def ever_had_intent(self, entity: Key, *roles: str) -> bool:
        """Whether there ever was a write for one of the entity's roles, as far as this state remembers."""
        with self._read() as transaction:
            return intents.ever(transaction, entity, roles)

    def writes_since(self, role: str, since: datetime) -> list[Intent]:
        """Creations for a role, of any entity, that were sent after a time and may have had their effect."""
        with self._read() as transaction:
            return intents.sent_since(transaction, role, since)

    def last_unclear(self, entity: Key, role: str) -> Intent | None:
        """The last write of a role, if it was given up without its outcome being known."""
        with self._read() as transaction:
            return intents.last_unclear(transaction, entity, role)
