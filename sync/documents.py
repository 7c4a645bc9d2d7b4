"""One order's documents in e-conomic, brought to what is wanted: made, updated, removed, booked; people first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from cdc.models import Order
from econ_client import wire
from econ_client.documents import Draft, DraftAnswer
from econ_client.errors import Forbidden, Rejected
from econ_client.requests import WriteRequest
from econ_client.search import Found
from mapping.dates import local_date
from mapping.plan import WantedDocument
from mapping.settings import Settings
from sync import booked, booking, customers, drafts, partners, products, refused, upgrade, writer
from sync.context import Context, Ended
from sync.drafts import Document, Drafts
from sync.outcome import ParkedFor, Retry
from sync.state.claims import Claim
from sync.state.links import Link
from sync.state.tasks import RETRIED

NO_CUSTOMER, NO_PRODUCT = "E07060", "E07050"
"""e-conomic's codes for a document that names a debtor or a product which is not there."""


@dataclass(slots=True)
class Documents:
    """The documents of one order during one reconcile.

    `links` are the state's, `made` makes new ones. `changed` tells whether anything was written or learnt, `told` what
    people may want to know of what is booked. `fresh` are documents as e-conomic answered them in this reconcile,
    `whole` the same with every property; the drafts of the roles in `leaving` make way for an invoice; those of the
    roles in `absent` were sought and are not there. Every method may raise `Ended` with an outcome, and what a read or
    a write raises.
    """

    context: Context
    claim: Claim
    made: Drafts
    token: str
    links: dict[str, Link]
    order: Order
    started: datetime
    changed: bool = False
    told: list[str] = field(default_factory=list)
    fresh: dict[str, Document] = field(default_factory=dict)
    whole: dict[str, Any] = field(default_factory=dict)
    leaving: frozenset[str] = frozenset()
    absent: set[str] = field(default_factory=set)

    @property
    def settings(self) -> Settings:
        """The profile of the order's store view."""
        return self.context.profile.for_store(self.order.store.code).settings

    @property
    def invoiced(self) -> bool:
        """Whether there is an invoice of the order, draft or booked."""
        return any(role.startswith("invoice") for role in self.links)

    def find(self, wanted: Iterable[WantedDocument]) -> bool:
        """Link what stands already, before a debtor or a product is made for it; whether anything was found."""
        return any(self._adopt(one) for one in wanted if one.role not in self.links)

    def ensure(self, wanted: WantedDocument) -> None:
        """Make a wanted document stand in e-conomic as it should."""
        link = self.links.get(wanted.role) or self._adopt(wanted)
        if link is not None and link.document in drafts.BOOKED:
            booked.check_amounts(link, wanted)
            self.told += filter(None, [booked.since_booking(self.context, link, wanted)])
            return
        if link is None:
            self._create(wanted)
            return
        if link.document in ("order_sent", "order_archived"):
            if link.document == "order_archived" and upgrade.is_ours(link) and not self.invoiced:
                self._create(wanted)  # its invoice was withdrawn, and the order lives again
            return
        customer = customers.ensure(self.context, self.claim, wanted.customer)
        wanted = partners.completed(self.context, self.claim, wanted, customer)
        units = self.context.agreement.units
        request = drafts.update_request(wanted, customer, int(link.number), units)
        as_sent = link.fingerprint == drafts.body_mark(request.body)
        if as_sent and (link.net, link.vat, link.gross) == _amounts(wanted):
            return
        now = self.fresh.get(wanted.role) or drafts.read(self.context, link)
        if now is None:
            if not self._follow(link, wanted):
                self._create(wanted)
            return
        if drafts.sent_as_is(request, now) and drafts.same_totals(now, wanted.expected):
            self.fresh[wanted.role] = now
            self.keep(self.made.link(link.role, link.document, int(link.number), now, wanted.reference, request.body))
            return
        self.unedited(link, now)
        if not link.profile_hash:
            raise Ended(drafts.not_ours(link, wanted))
        # also when it is just what was sent and its totals are wrong: e-conomic computes them anew
        self.write(wanted, drafts.update_request(wanted, customer, int(link.number), units, now))

    def _create(self, wanted: WantedDocument) -> None:
        customer = self._customer(wanted)
        wanted = partners.completed(self.context, self.claim, wanted, customer)
        carried = upgrade.carried(self, wanted.role) if wanted.kind == "invoice_draft" else {}
        try:
            self.write(wanted, drafts.create_request(wanted, customer, carried))
        except Forbidden:
            if wanted.kind == "order_draft" and not any(role.startswith("order") for role in self.links):
                refused.note(self.context, self.settings)
            raise

    def _customer(self, wanted: WantedDocument) -> int:
        """The debtor: one that a draft order names, as it was just read, is there and the same still."""
        named = {now.customer.customer_number for role, now in self.fresh.items() if role.startswith("order")}
        if named:
            number = customers.ensure(self.context, self.claim, wanted.customer)
            if number in named:
                return number
        return customers.ensure(self.context, self.claim, wanted.customer, trusted_since=self.started)

    def book(self, wanted: WantedDocument) -> None:
        """Book a draft invoice that stands as wanted."""
        link = self.links.get(wanted.role)
        if link is None or link.document not in ("invoice_draft", "credit_note_draft"):
            return
        fresh = self.fresh.get(wanted.role)
        booking.brakes(self.context, self.claim)
        if fresh is None:
            fresh = drafts.read(self.context, link)
            if fresh is None:
                if not self._follow(link, wanted):
                    self._create(wanted)
                    self.book(wanted)
                return
            self.unedited(link, fresh)
        self.links[wanted.role] = booking.book(self.context, self.claim, wanted, link, fresh, self.made)
        self.changed = True

    def write(self, wanted: WantedDocument, request: WriteRequest) -> None:
        """Create or replace a wanted draft. Raises `Ended` when it was removed meanwhile, or its totals differ."""
        self._has_a_rate(wanted)
        try:
            answer = writer.write(
                self.context,
                self.claim,
                self.claim.key,
                wanted.role,
                request,
                lambda a: self.made.of_answer(wanted.role, wanted.reference, request, a),
            )
        except Rejected as error:
            if error.code == NO_CUSTOMER:
                customers.forget_missing(self.context, self.claim, wanted.customer)
            elif error.code == NO_PRODUCT:
                products.forget_missing(self.context, self.claim, (product.number for product in wanted.products))
            elif partners.forget_missing(self.context, self.claim, wanted.customer, _debtor_in(request)):
                raise Ended(Retry("changed_meanwhile", self.context.now(), counts=False)) from error
            raise
        self.changed = True
        self.links = self.context.state.links(self.claim.key)
        if request.method == "PUT" and answer.status == 201:
            # a PUT to a number that is gone creates it: somebody removed the draft between our look and our write
            link = self.links[wanted.role]
            writer.write(self.context, self.claim, self.claim.key, wanted.role, drafts.delete_request(link), _nothing)
            self.links.pop(wanted.role)
            raise Ended(_not_made_again(link))
        there = answer.parse(DraftAnswer)
        self.fresh[wanted.role] = there
        if not drafts.same_totals(there, wanted.expected):
            raise Ended(booking.totals_differ(self.context, wanted, there))

    def _has_a_rate(self, wanted: WantedDocument) -> None:
        """A document without a rate gets e-conomic's own of today, which is right for today's documents only."""
        if wanted.body.exchange_rate is None and wanted.body.date < local_date(self.context.now(), self.order.store):
            raise Ended(
                ParkedFor(
                    "exchange_rate",
                    f"The document is dated {wanted.body.date.isoformat()} and e-conomic knows only today's rate of "
                    f"{wanted.body.currency}. Let `exchange_rate` of the profile be `magento` or give the rate, or "
                    "make the document by hand.",
                )
            )

    def replace(self, link: Link, now: Document, **changes: Any) -> None:
        """Write a draft as e-conomic has it now, but for what changes."""
        request = drafts.change_request(link, now, self.context.agreement.units, **changes)
        key, role = self.claim.key, link.role
        writer.write(
            self.context,
            self.claim,
            key,
            role,
            request,
            lambda answer: self.made.of_answer(role, link.reference, request, answer),
        )
        self.changed = True
        self.links = self.context.state.links(key)

    def spared(self, role: str) -> bool:
        """Whether a look-up can be spared: this very state saw the order's INSERT and never wrote that document."""
        return self.claim.captured_insert and not self.context.state.ever_had_intent(self.claim.key, role)

    def _adopt(self, wanted: WantedDocument) -> Link | None:
        self._unclaimed(wanted)
        if wanted.role in self.absent or self.spared(wanted.role):
            return None
        found = self.context.economic.find_by_reference(wanted.reference, drafts.kinds_of(wanted.role))
        one = drafts.choose(found, wanted.role, wanted, booking.known_customers(self.context, wanted))
        if one is None:
            self.wait_for_lists(wanted.role)
            self.absent.add(wanted.role)
            return None
        return self.take(wanted, one)

    def _unclaimed(self, wanted: WantedDocument) -> None:
        """Raise `Ended` when the reference belongs to a document of an order with another id: a restored shop gives
        numbers again too."""
        for link in self.context.state.links_called([wanted.reference]):
            if link.entity.kind == "order" and link.entity != self.claim.key:
                raise Ended(
                    ParkedFor(
                        "identity_changed",
                        f"{drafts.name_of(link)} carries the reference {wanted.reference} and was made for order id "
                        f"{link.entity.id}, which had that number before this order (id {self.claim.key.id}) got it: "
                        "Magento's database was restored or copied. Nothing is sent for it. Remove the reference from "
                        "that document, or make this order's document, by hand.",
                    )
                )

    def _follow(self, link: Link, wanted: WantedDocument) -> bool:
        """A linked draft is not where it was: booked or moved by somebody (True), or removed and to be made again."""
        found = self.context.economic.find_by_reference(wanted.reference, drafts.kinds_of(wanted.role))
        one = drafts.choose(found, wanted.role, wanted, set())
        if one is None:
            self.removed(link)
            return False
        moved = self.take(wanted, one)
        if moved.document in drafts.BOOKED:
            booked.check_amounts(moved, wanted)
        return True

    def removed(self, link: Link) -> None:
        """Somebody removed a document: raise `Ended`, unless a person has asked to try again: then it is forgotten."""
        if self.claim.reason != RETRIED:
            raise Ended(_not_made_again(link))
        self.forget(link)

    def forget(self, link: Link) -> None:
        """Drop the link to a document that is there no more."""
        self.context.fence()
        if not self.context.observe:
            self.context.state.delete_link(self.claim, link.entity, link.role)
        self.links.pop(link.role, None)
        self.changed = True

    def take(self, wanted: WantedDocument, found: Found) -> Link:
        """Link a document that a look-up has found."""
        self.fresh[wanted.role] = found.document
        return self.keep(self.made.of_found(wanted.role, wanted.reference, found, None))

    def keep(self, link: Link) -> Link:
        """Store a link."""
        self.context.fence()
        if not self.context.observe:
            self.context.state.save_link(self.claim, link)
        self.links[link.role] = link
        self.changed = True
        return link

    def unedited(self, link: Link, now: Document) -> None:
        """Raise `Ended` when somebody has changed the document since we last sent or read it."""
        unclear = self.context.state.last_unclear(self.claim.key, link.role)
        if unclear is not None and unclear.request.method == "PUT" and drafts.sent_as_is(unclear.request, now):
            return  # it holds what we sent last, though e-conomic never said so
        drafts.unedited(link, now)

    def wait_for_lists(self, role: str) -> None:
        """Raise `Ended` while an absence in e-conomic's lists proves nothing about a role."""
        unclear = self.context.state.last_unclear(self.claim.key, role)
        writer.wait_for_lists(None if unclear is None else unclear.last_sent_at, self.context.now())


def _debtor_in(request: WriteRequest) -> int:
    customer = Draft.model_validate(wire.decode(request.body)).customer.customer_number
    return customer or 0


def _nothing(_: object) -> None:
    return None


def _not_made_again(link: Link) -> ParkedFor:
    return ParkedFor(
        "removed_in_economic",
        f"{drafts.name_of(link)} was removed in e-conomic. It is not made again by itself: `tasks retry` makes it "
        "again, `tasks skip` leaves it so.",
    )


def _amounts(wanted: WantedDocument) -> tuple[Decimal, Decimal, Decimal]:
    return wanted.expected.net, wanted.expected.vat, wanted.expected.gross
