"""One order's documents in e-conomic, brought to what is wanted: made, updated, removed, booked; people first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from cdc.models import Order
from econ_client.documents import DraftAnswer
from econ_client.errors import NotFound, Rejected
from econ_client.requests import WriteRequest
from econ_client.search import Found
from mapping.plan import Plan, WantedDocument
from sync import booking, customers, drafts, products, writer
from sync.context import Context, Ended
from sync.drafts import Document, Drafts
from sync.outcome import ParkedFor
from sync.state.claims import Claim
from sync.state.links import Link
from sync.state.tasks import RETRIED

NO_CUSTOMER, NO_PRODUCT = "E07060", "E07050"
"""e-conomic's codes for a document that names a debtor or a product which is not there."""

_AMOUNTS = ("net", "vat", "gross")


@dataclass(slots=True)
class Documents:
    """The documents of one order during one reconcile.

    `links` are the state's, `made` makes new ones. `changed` tells whether anything was written or learnt. Every method
    may raise `Ended` with an outcome, and what a read or a write raises.
    """

    context: Context
    claim: Claim
    made: Drafts
    token: str
    links: dict[str, Link]
    order: Order
    started: datetime
    changed: bool = False
    _fresh: dict[str, Document] = field(default_factory=dict)

    @property
    def invoiced(self) -> bool:
        """Whether there is an invoice of the order, draft or booked."""
        return any(role.startswith("invoice") for role in self.links)

    def check_leaving(self, plan: Plan) -> None:
        """Before an invoice is made: the draft order that makes way must be as we left it.

        When it is gone, somebody may have made the invoice out of it: that one is taken over, not doubled.
        """
        link = self.links.get("order")
        if "order" not in plan.removals or not plan.documents:
            return
        if link is None and (self.changed or not self.invoiced):
            self._look_for("order", plan.documents[0])
            return
        if link is None or link.document != "order_draft":
            return
        now = drafts.read(self.context, link)
        if now is not None:
            self._unedited(link, now)
            self._fresh["order"] = now
            return
        if self._deleted_by_us("order"):
            return
        found = self.context.economic.find_by_reference(self.token)
        moved = self._fitting(found, "order", plan.documents[0])
        if moved is not None:
            self._keep(self.made.of_found("order", self.token, moved, None))
        elif not any(one.kind in drafts.INVOICE_KINDS for one in found):
            self._removed(link)
        for wanted in plan.documents:
            one = drafts.choose(found, wanted.role, wanted, set())
            if one is not None and wanted.role not in self.links:
                self._take(wanted, one)

    def superseded(self, plan: Plan) -> frozenset[str]:
        """Make way where invoices are cut differently now: by order, by Magento invoice, or a Magento invoice is gone.

        Drafts that no longer should exist are removed. What is booked stays: the roles that it stands for are returned,
        and get no document of their own. Raises `Ended` when what is booked is not what is wanted.
        """
        wanted = {one.role: one for one in plan.documents if one.kind == "invoice_draft"}
        stale = [role for role in self.links if role.startswith("invoice") and role not in wanted]
        if not wanted or not stale:
            return frozenset()
        for role in stale:
            self.remove(role, cancelled=False)
        booked = [self.links[role] for role in stale if role in self.links]
        if not booked:
            return frozenset()
        lacking = {role: one.magento for role, one in wanted.items() if role not in self.links}
        there = tuple(sum((getattr(link, name) or 0 for link in booked), Decimal(0)) for name in _AMOUNTS)
        if there != tuple(sum((getattr(one, name) for one in lacking.values()), Decimal(0)) for name in _AMOUNTS):
            raise Ended(_cut_differently(booked))
        return frozenset(lacking)

    def ensure(self, wanted: WantedDocument) -> None:
        """Make a wanted document stand in e-conomic as it should."""
        link = self.links.get(wanted.role) or self._adopt(wanted)
        if link is not None and link.document == "invoice_booked":
            _booked_as_wanted(link, wanted)
            return
        if link is None:
            self._create(wanted)
            return
        if link.document in ("order_sent", "order_archived"):
            return
        customer = customers.ensure(self.context, self.claim, wanted.customer)
        units = self.context.agreement.units
        request = drafts.update_request(wanted, customer, int(link.number), units)
        as_sent = link.fingerprint == drafts.body_mark(request.body)
        if as_sent and (link.net, link.vat, link.gross) == _amounts(wanted):
            return
        now = self._fresh.get(wanted.role) or drafts.read(self.context, link)
        if now is None:
            if not self._follow(link, wanted):
                self._create(wanted)
            return
        if drafts.sent_as_is(request, now) and drafts.same_totals(now, wanted.expected):
            self._fresh[wanted.role] = now
            self._keep(self.made.link(link.role, link.document, int(link.number), now, wanted.reference, request.body))
            return
        self._unedited(link, now)
        if not link.profile_hash:
            raise Ended(drafts.not_ours(link, wanted))
        # also when it is just what was sent and its totals are wrong: e-conomic computes them anew
        self._write(wanted, drafts.update_request(wanted, customer, int(link.number), units, now))

    def _create(self, wanted: WantedDocument) -> None:
        customer = customers.ensure(self.context, self.claim, wanted.customer, trusted_since=self.started)
        self._write(wanted, drafts.create_request(wanted, customer))

    def remove(self, role: str, *, cancelled: bool) -> None:
        """Remove the draft of a role, if there is one that nobody works on."""
        link = self.links.get(role)
        if link is None and cancelled:
            link = self._look_for(role)
        if link is None:
            return
        if link.document == "order_draft" or link.document == "invoice_draft":
            now = self._fresh.get(role) or drafts.read(self.context, link)
            if now is None and not self._deleted_by_us(role):
                found = self.context.economic.find_by_reference(link.reference, drafts.kinds_of(role))
                moved = self._fitting(found, role, gross=link.gross)
                if moved is not None:
                    link = self._keep(self.made.of_found(role, link.reference, moved, None))
                    now = moved.document
        if link.document == "invoice_booked" or (link.document != "invoice_draft" and link.document != "order_draft"):
            if cancelled:
                raise Ended(_too_late(link))
            return
        if now is not None:
            self._unedited(link, now)
            try:
                writer.write(self.context, self.claim, self.claim.key, role, drafts.delete_request(link), _nothing)
            except NotFound:
                now = None
        if now is None:
            self.context.fence()
            if not self.context.observe:
                self.context.state.delete_link(self.claim, self.claim.key, role)
        self.links.pop(role, None)
        self.changed = True

    def book(self, wanted: WantedDocument) -> None:
        """Book a draft invoice that stands as wanted."""
        link = self.links.get(wanted.role)
        if link is None or link.document != "invoice_draft":
            return
        fresh = self._fresh.get(wanted.role)
        booking.brakes(self.context, self.claim)
        if fresh is None:
            fresh = drafts.read(self.context, link)
            if fresh is None:
                if not self._follow(link, wanted):
                    self._create(wanted)
                    self.book(wanted)
                return
            self._unedited(link, fresh)
        self.links[wanted.role] = booking.book(self.context, self.claim, wanted, link, fresh, self.made)
        self.changed = True

    def _write(self, wanted: WantedDocument, request: WriteRequest) -> None:
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
        self._fresh[wanted.role] = there
        if not drafts.same_totals(there, wanted.expected):
            raise Ended(booking.totals_differ(self.context, wanted, there))

    def _spared(self, role: str) -> bool:
        """Whether a look-up can be spared: this very state saw the order's INSERT and never wrote that document."""
        return self.claim.captured_insert and not self.context.state.ever_had_intent(self.claim.key, role)

    def _adopt(self, wanted: WantedDocument) -> Link | None:
        if self._spared(wanted.role):
            return None
        found = self.context.economic.find_by_reference(wanted.reference, drafts.kinds_of(wanted.role))
        one = drafts.choose(found, wanted.role, wanted, booking.known_customers(self.context, wanted))
        if one is None:
            self._wait_for_lists(wanted.role)
            return None
        return self._take(wanted, one)

    def _look_for(self, role: str, instead: WantedDocument | None = None) -> Link | None:
        """The document of a role that has no link and should not exist; `instead` is what takes its place."""
        if self._spared(role):
            return None
        found = self._fitting(self.context.economic.find_by_reference(self.token, drafts.kinds_of(role)), role, instead)
        if found is None:
            self._wait_for_lists(role)
            return None
        self._fresh[role] = found.document
        return self._keep(self.made.of_found(role, self.token, found, None))

    def _fitting(
        self,
        found: Sequence[Found],
        role: str,
        instead: WantedDocument | None = None,
        gross: Decimal | None = None,
    ) -> Found | None:
        """The found document that stands for this order and may be removed. Raises `Ended` when one does not fit."""
        known = (self.order.totals.grand_total, gross, instead.magento.gross if instead else None)
        totals = {one for one in known if one is not None}
        customers_ = booking.known_customers(self.context, instead) if instead else set()
        return drafts.choose_leaving(found, role, self.token, self.order.currency, totals, customers_)

    def _follow(self, link: Link, wanted: WantedDocument) -> bool:
        """A linked draft is not where it was: booked or moved by somebody (True), or removed and to be made again."""
        found = self.context.economic.find_by_reference(wanted.reference, drafts.kinds_of(wanted.role))
        one = drafts.choose(found, wanted.role, wanted, set())
        if one is None:
            self._removed(link)
            return False
        moved = self._take(wanted, one)
        if moved.document == "invoice_booked":
            _booked_as_wanted(moved, wanted)
        return True

    def _removed(self, link: Link) -> None:
        """Somebody removed a document: raise `Ended`, unless a person has asked to try again: then it is forgotten."""
        if self.claim.reason != RETRIED:
            raise Ended(_not_made_again(link))
        self.context.fence()
        if not self.context.observe:
            self.context.state.delete_link(self.claim, link.entity, link.role)
        self.links.pop(link.role, None)
        self.changed = True

    def _take(self, wanted: WantedDocument, found: Found) -> Link:
        self._fresh[wanted.role] = found.document
        return self._keep(self.made.of_found(wanted.role, wanted.reference, found, None))

    def _keep(self, link: Link) -> Link:
        self.context.fence()
        if not self.context.observe:
            self.context.state.save_link(self.claim, link)
        self.links[link.role] = link
        self.changed = True
        return link

    def _unedited(self, link: Link, now: Document) -> None:
        """Raise `Ended` when somebody has changed the document since we last sent or read it."""
        unclear = self.context.state.last_unclear(self.claim.key, link.role)
        if unclear is not None and unclear.request.method == "PUT" and drafts.sent_as_is(unclear.request, now):
            return  # it holds what we sent last, though e-conomic never said so
        drafts.unedited(link, now)

    def _deleted_by_us(self, role: str) -> bool:
        unclear = self.context.state.last_unclear(self.claim.key, role)
        return unclear is not None and unclear.request.method == "DELETE"

    def _wait_for_lists(self, role: str) -> None:
        unclear = self.context.state.last_unclear(self.claim.key, role)
        writer.wait_for_lists(None if unclear is None else unclear.last_sent_at, self.context.now())


def _nothing(_: object) -> None:
    return None


def _booked_as_wanted(link: Link, wanted: WantedDocument) -> None:
    if (link.net, link.vat, link.gross) != (wanted.magento.net, wanted.magento.vat, wanted.magento.gross):
        raise Ended(
            ParkedFor(
                "booked_differs",
                f"Invoice {link.number} is booked with net {link.net}, VAT {link.vat}, gross {link.gross}; now the "
                f"order stands for {drafts.amounts_text(wanted.magento)}. A booked invoice cannot be changed: correct "
                "it in e-conomic with a credit note.",
            )
        )


def _not_made_again(link: Link) -> ParkedFor:
    return ParkedFor(
        "removed_in_economic",
        f"{drafts.name_of(link)} was removed in e-conomic. It is not made again by itself: `tasks retry` makes it "
        "again, `tasks skip` leaves it so.",
    )


def _amounts(wanted: WantedDocument) -> tuple[Decimal, Decimal, Decimal]:
    return wanted.expected.net, wanted.expected.vat, wanted.expected.gross


def _cut_differently(booked: Sequence[Link]) -> ParkedFor:
    listed = ", ".join(f"{link.number} (gross {link.gross})" for link in booked[:5])
    return ParkedFor(
        "invoicing_changed",
        f"Booked in e-conomic: {listed}. The order's Magento invoices, or the profile's `invoices`, have changed since,"
        " and what is wanted now comes to something else. Nothing more is made: correct it in e-conomic, then "
        "`tasks skip`.",
    )


def _too_late(link: Link) -> ParkedFor:
    if link.document == "invoice_booked":
        return ParkedFor(
            "booked_but_cancelled",
            f"The order is cancelled, but invoice {link.number} is booked. Make a credit note in e-conomic, then "
            "`tasks skip`.",
        )
    return ParkedFor(
        "sent_in_economic",
        f"The order is cancelled, but {drafts.name_of(link)} was sent from e-conomic. Cancel it there, then "
        "`tasks skip`.",
    )
