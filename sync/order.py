"""One order: what it is now, which documents should exist, and the fewest calls that close the difference."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from cdc.keys import Key
from cdc.models import Order
from econ_client import wire
from mapping.order import order_reference, plan_order
from mapping.plan import Plan, WantedDocument
from mapping.problems import CannotMap
from sync import attachments, booking, credit_notes, customers, drafts, leaving, payments, refused, resolve
from sync.context import Context, Ended
from sync.documents import Documents
from sync.drafts import Drafts
from sync.goods import OrderGoods
from sync.outcome import Done, Outcome, ParkedFor, SkippedFor, Unchanged
from sync.state.claims import Claim
from sync.state.links import Link
from sync.thread import Thread

_BY_GROUP = frozenset({"vat_rate", "vat_account"})
"""Reasons that e-conomic's own product group may settle: somebody has corrected it, or it never was the profile's."""


@dataclass(slots=True)
class Reconcile:
    """One run for one order.

    `wanted_mark` is the fingerprint of what is wanted, once it is known; `documents` are there once nothing of an
    earlier run is open any more.
    """

    context: Context
    claim: Claim
    reference: str = ""
    wanted_mark: str = ""
    documents: Documents | None = None

    def run(self) -> Outcome:
        """Reconcile. Raises `Ended` with an outcome, or the error that `sync.trouble` turns into one."""
        entity, started = self.claim.key, self.context.now()
        order = self.context.shop.order(entity.id, self.claim.starts)
        links = self.context.state.links(entity)
        if order is None:
            return self._deleted(links)
        self.reference = order.increment_id
        identity = identity_of(order)
        _same_identity(links, self.context.state.identity(entity), identity, entity)
        self.claim = replace(self.claim, identity=identity)
        try:
            token = order_reference(order, self.context.profile)
        except CannotMap as cannot:
            return ParkedFor(cannot.reason, cannot.advice)
        made = Drafts(entity, identity, self.context.profile.fingerprint)
        settled = resolve.settle_open(
            self.context, self.claim, entity, made, lambda link: self._still_wanted(order, links, link)
        )
        if settled:
            links = self.context.state.links(entity)
        documents = Documents(self.context, self.claim, made, token, links, order, started, changed=settled)
        self.documents = documents
        plan = self._plan(order, links, started)
        notes = self._notes(order, plan, links)
        self._marked(order, plan, notes, links)
        if plan.parked:
            return ParkedFor(plan.parked[0].reason, plan.parked[0].advice, look_again_at=plan.look_again_at)
        try:
            self._not_refused_already()
            thread = Thread(self.context, self.claim, order)
            thread.check(plan, links)
            plan = self._invoiced(plan, documents, thread, started)
            notes = self._notes(order, plan, documents.links)
            self._marked(order, plan, notes, documents.links)
            credit_notes.carry_out(documents, notes)
            payments.carry_out(documents, self._marked(order, plan, notes, documents.links))
        except Ended as ended:
            if isinstance(ended.outcome, ParkedFor):
                return replace(ended.outcome, look_again_at=plan.look_again_at)
            raise
        return _outcome(plan, notes, documents)

    def _marked(self, order: Order, plan: Plan, notes: Plan, links: dict[str, Link]) -> Plan:
        """The payments beside what is booked by now; all that is wanted is what a refusal is remembered for."""
        paid = payments.plan(self.context, order, links, notes)
        self.wanted_mark = mark_of(plan, notes, paid)
        return paid

    def _invoiced(self, plan: Plan, documents: Documents, thread: Thread, now: datetime) -> Plan:
        """Carry a plan out. It is made anew when somebody has booked what a refund was to make smaller."""
        before = credit_notes.booked_invoices(documents.links).keys()
        try:
            self._carry_out(plan, documents, thread)
        except Ended:
            order, links = documents.order, documents.links
            if not order.credit_memos or credit_notes.booked_invoices(links).keys() == before:
                raise
            plan = self._plan(order, links, now)
            if plan.parked:
                raise
            self._carry_out(plan, documents, thread)
        return plan

    @staticmethod
    def _carry_out(plan: Plan, documents: Documents, thread: Thread) -> None:
        leaving.check_leaving(documents, plan)
        stood_for = leaving.superseded(documents, plan)
        wanted_now = [wanted for wanted in plan.documents if wanted.role not in stood_for]
        differing: Ended | None = None
        for wanted in wanted_now:
            if wanted.kind == "order_draft" and documents.invoiced:
                continue  # an order that is opened again does not get a second document
            try:
                documents.ensure(wanted)
            except Ended as ended:
                if not booking.is_totals_differ(ended.outcome):
                    raise
                differing = ended  # the draft stands, to be looked at: what makes way for it goes all the same
        for role in plan.removals:
            leaving.remove(documents, role, cancelled=not plan.documents)
        for role in plan.marks:
            leaving.mark(documents, role, plan.mark)
        if plan.skipped and documents.order.state == "canceled":
            leaving.not_booked(documents)
        if differing is not None:
            raise differing
        for wanted in wanted_now:
            attachments.ensure(documents, wanted)
            if wanted.book and not _is_booked(wanted, documents.links):
                booking.brakes(documents.context, documents.claim)
                thread.may_book()
                documents.book(wanted)

    def _deleted(self, links: Mapping[str, Link]) -> Outcome:
        if links or self.context.state.open_intents(self.claim.key):
            return ParkedFor(
                "deleted_in_magento",
                f"The order was deleted in Magento, but e-conomic has {_listed(links)}. Decide there what becomes of "
                "it, then `tasks skip`.",
            )
        return Unchanged()

    def _plan(self, order: Order, links: Mapping[str, Link], now: datetime) -> Plan:
        """The order's documents."""
        plan = self._planned(
            order,
            links,
            lambda goods: plan_order(
                order,
                self.context.profile,
                self.context.agreement,
                product_groups=goods.groups,
                admitted=self.claim.admitted or bool(links),
                now=now,
                missing=goods.missing,
                catalog=goods.catalog,
                refunds=credit_notes.refunds(self.context, order, links),
            ),
        )
        settings = self.context.profile.for_store(order.store.code).settings
        return refused.instead(self.context, plan, links, settings)

    def _notes(self, order: Order, plan: Plan, links: Mapping[str, Link]) -> Plan:
        """The credit notes of an order whose documents are to exist."""
        if not plan.documents or not order.credit_memos:
            return Plan()
        return self._planned(order, links, lambda goods: credit_notes.plan(self.context, order, links, goods))

    def _planned(self, order: Order, links: Mapping[str, Link], planning: Callable[[OrderGoods], Plan]) -> Plan:
        """Plan with the product groups that e-conomic really has: they decide the VAT."""
        goods = OrderGoods.of(self.context, order)
        for _ in range(6):
            plan = planning(goods)
            open_ones = [wanted for wanted in plan.documents if not _is_booked(wanted, links)]
            if (open_ones or plan.parked) and goods.load():
                continue
            if any(parked.reason in _BY_GROUP for parked in plan.parked) and goods.ask(self.claim):
                continue
            if plan.parked or not open_ones:
                return plan
            goods.own(self.claim, plan)
            lacking = goods.lacking(plan)
            if not lacking:
                return plan
            if self.documents is not None and self.documents.find(plan.documents):
                links = self.documents.links
                continue
            for wanted in plan.documents:
                customers.ensure(self.context, self.claim, wanted.customer)
            goods.ensure(self.claim, lacking)
        return plan

    def _still_wanted(self, order: Order, links: Mapping[str, Link], link: Link) -> bool:
        """Whether the order, as it is now, wants the linked draft booked as it stands; True when it stands no more."""
        now = drafts.read(self.context, link)
        if now is None:
            return True
        plan = self._plan(order, links, self.context.now())
        notes = self._notes(order, plan, links)
        both = (*plan.documents, *notes.documents)
        wanted = next((one for one in both if one.role == link.role and one.book), None)
        if plan.parked or wanted is None:
            return False
        customer = customers.ensure(self.context, self.claim, wanted.customer)
        request = drafts.update_request(wanted, customer, int(link.number), self.context.agreement.units)
        return drafts.sent_as_is(request, now) and drafts.same_totals(now, wanted.expected)

    def _not_refused_already(self) -> None:
        claim = self.claim
        if claim.refused and claim.refused == self.wanted_mark:
            raise Ended(ParkedFor(claim.reason or "refused", claim.advice, claim.error_code, claim.refused))


def _is_booked(wanted: WantedDocument, links: Mapping[str, Link]) -> bool:
    return wanted.role in links and links[wanted.role].document in drafts.BOOKED


def _outcome(plan: Plan, notes: Plan, documents: Documents) -> Outcome:
    if plan.skipped and not plan.documents and not documents.changed:
        return SkippedFor(plan.skipped[0].reason, plan.look_again_at)
    rests = credit_notes.resting(notes, invoiced=documents.invoiced)
    if rests:
        return SkippedFor(rests, plan.look_again_at)
    if any(wanted.unnumbered and not _is_booked(wanted, documents.links) for wanted in plan.documents):
        return SkippedFor("no_magento_invoice", plan.look_again_at)
    if documents.told:
        return SkippedFor("changed_after_booking", plan.look_again_at, " ".join(documents.told))
    return Done(plan.look_again_at) if documents.changed else Unchanged(plan.look_again_at)


def _same_identity(
    links: Mapping[str, Link], written: Mapping[str, str], identity: Mapping[str, str], entity: Key
) -> None:
    """`written` says who the order was at its last write, which may have no link yet."""
    for before in (*(link.identity for link in links.values()), written):
        if before and dict(before) != dict(identity):
            raise Ended(
                ParkedFor(
                    "identity_changed",
                    f"Order id {entity.id} was {_who(before)} when something was made of it in e-conomic, and is "
                    f"{_who(identity)} now: Magento's database was restored or copied. Nothing is sent for it. "
                    f"See to {_listed(links)} by hand. If it is the right database, stop the service and move the "
                    "state file away: documents are found again by their reference.",
                )
            )


def _who(identity: Mapping[str, str]) -> str:
    return f"{identity.get('increment_id')} of {identity.get('created_at', '')[:19]}"


def _listed(links: Mapping[str, Link]) -> str:
    return ", ".join(drafts.name_of(link) for link in links.values()) or "an unfinished write"


def identity_of(order: Order) -> dict[str, str]:
    """Who the order is: after a restore, AUTO_INCREMENT gives its id to another."""
    return {
        "increment_id": order.increment_id,
        "store": order.store.code,
        "created_at": order.created_at.isoformat(),
    }


def mark_of(plan: Plan, notes: Plan, paid: Plan) -> str:
    """The fingerprint of everything that a plan, and those of the credit notes and the payments, want."""
    digest = hashlib.sha256()
    for document in (*plan.documents, *notes.documents):
        digest.update(f"{document.role} {document.book} ".encode())
        digest.update(wire.encode(document.body))
        digest.update(wire.encode(document.customer.body))
    digest.update(",".join(plan.removals).encode())
    digest.update(f"{plan.marks} {plan.mark}".encode() if plan.marks else b"")
    for voucher in paid.vouchers:
        digest.update(f"{voucher}".encode())
    return digest.hexdigest()
