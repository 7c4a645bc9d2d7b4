"""One order: what it is now, which documents should exist, and the fewest calls that close the difference."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cdc.keys import Key
from cdc.models import Order
from econ_client import wire
from econ_client.documents import DraftAnswer
from econ_client.errors import NotFound
from mapping.order import order_reference, plan_order
from mapping.plan import Plan, WantedDocument
from mapping.problems import CannotMap
from sync import booking, customers, drafts, products, resolve, writer
from sync.context import Context, Ended
from sync.drafts import Document, Drafts
from sync.outcome import Done, Outcome, ParkedFor, SkippedFor, Unchanged
from sync.state.claims import Claim
from sync.state.links import Link


@dataclass(slots=True)
class Reconcile:
    """One run for one order. `wanted_mark` is the fingerprint of what is wanted, once it is known."""

    context: Context
    claim: Claim
    reference: str = ""
    wanted_mark: str = ""
    changed: bool = False
    _links: dict[str, Link] = field(default_factory=dict)
    _fresh: dict[str, Document] = field(default_factory=dict)

    def run(self) -> Outcome:
        """Reconcile. Raises `Ended` with an outcome, or the error that `sync.trouble` turns into one."""
        entity = self.claim.key
        order = self.context.shop.order(entity.id, self.claim.starts)
        self._links = self.context.state.links(entity)
        if order is None:
            return self._deleted(entity)
        self.reference = order.increment_id
        identity = identity_of(order)
        self._same_identity(identity)
        try:
            token = order_reference(order, self.context.profile)
        except CannotMap as cannot:
            return ParkedFor(cannot.reason, cannot.advice)
        made = Drafts(entity, identity, self.context.profile.fingerprint)
        if resolve.settle_open(self.context, self.claim, entity, made):
            self._links = self.context.state.links(entity)
            self.changed = True
        plan = self._plan(order)
        self.wanted_mark = mark_of(plan)
        if plan.parked:
            first = plan.parked[0]
            return ParkedFor(first.reason, first.advice, refused="")
        self._not_refused_already()
        self._check_leaving(plan)
        for document in plan.documents:
            if document.role == "order" and self._invoiced():
                continue  # an order that is opened again does not get a second document
            self._ensure(document, made)
        for role in plan.removals:
            self._remove(role, token, made, cancelled=not plan.documents)
        for document in plan.documents:
            if document.book:
                self._book(document, made)
        return self._outcome(order, plan)

    def _outcome(self, order: Order, plan: Plan) -> Outcome:
        if plan.skipped and not plan.documents and not self.changed:
            return SkippedFor(plan.skipped[0].reason, plan.look_again_at)
        if any(memo.state != "canceled" for memo in order.credit_memos) and self._invoiced():
            return SkippedFor("credit_note_by_hand", plan.look_again_at)
        return Done(plan.look_again_at) if self.changed else Unchanged(plan.look_again_at)

    def _deleted(self, entity: Key) -> Outcome:
        if self._links or self.context.state.open_intents(entity):
            listed = ", ".join(drafts.name_of(link) for link in self._links.values()) or "an unfinished write"
            return ParkedFor(
                "deleted_in_magento",
                f"The order was deleted in Magento, but e-conomic has {listed}. Decide there what becomes of it, then "
                "`tasks skip`.",
            )
        return Unchanged()

    def _same_identity(self, identity: dict[str, str]) -> None:
        for link in self._links.values():
            if link.identity and dict(link.identity) != identity:
                raise Ended(
                    ParkedFor(
                        "identity_changed",
                        f"Order id {self.claim.key.id} was {link.identity.get('increment_id')} when it was linked and "
                        f"is {identity['increment_id']} now: Magento's database was restored or copied. Nothing is sent. "
                        "Run `relink` when it is the right database.",
                    )
                )

    def _plan(self, order: Order) -> Plan:
        """Plan with the product groups that e-conomic really has: they decide the VAT."""
        context = self.context
        groups = products.known_groups(context, {line.sku for line in order.lines})
        for _ in range(3):
            plan = plan_order(
                order,
                context.profile,
                context.agreement,
                product_groups=groups,
                admitted=self.claim.admitted or bool(self._links),
            )
            if plan.parked or not plan.documents or (not self._needs_work(plan)):
                return plan
            numbers = {product.number: product for wanted in plan.documents for product in wanted.products}
            missing = [product for number, product in numbers.items() if number not in groups]
            if not missing:
                return plan
            for wanted in plan.documents:
                customers.ensure(context, self.claim, wanted.customer)
            found = products.ensure_all(context, self.claim, missing)
            groups = {**groups, **found}
        return plan

    def _needs_work(self, plan: Plan) -> bool:
        return any(
            document.role not in self._links or self._links[document.role].document != "invoice_booked"
            for document in plan.documents
        )

    def _not_refused_already(self) -> None:
        claim = self.claim
        if claim.refused and claim.refused == self.wanted_mark:
            raise Ended(ParkedFor(claim.reason or "refused", claim.advice, claim.error_code, claim.refused))

    def _check_leaving(self, plan: Plan) -> None:
        """Before an invoice is made for it, the draft order that makes way must be as we left it."""
        link = self._links.get("order")
        if "order" not in plan.removals or not plan.documents or link is None or link.document != "order_draft":
            return
        now = drafts.read(self.context, link)
        if now is not None:
            drafts.unedited(link, now)
            self._fresh["order"] = now

    def _ensure(self, wanted: WantedDocument, made: Drafts) -> None:
        link = self._links.get(wanted.role) or self._adopt(wanted, made)
        if link is not None and link.document == "invoice_booked":
            self._booked_as_wanted(link, wanted)
            return
        customer = customers.ensure(self.context, self.claim, wanted.customer)
        if link is None:
            request = drafts.create_request(wanted, customer)
            answer = writer.write(
                self.context,
                self.claim,
                self.claim.key,
                wanted.role,
                request,
                lambda a: made.of_answer(wanted.role, wanted.reference, request, a),
            )
            self._wrote(wanted, answer.parse(DraftAnswer))
            return
        if link.document in ("order_sent", "order_archived"):
            return
        request = drafts.update_request(wanted, customer, int(link.number), self.context.agreement.units)
        if link.fingerprint == drafts.body_mark(request.body):
            self._totals_as_wanted(link, wanted)
            return
        now = self._fresh.get(wanted.role) or drafts.read(self.context, link)
        if now is None:
            self._gone(link, wanted, made)
            return
        drafts.unedited(link, now)
        if not link.fingerprint and drafts.sent_as_is(request, now):
            # adopted: what stands there is what is wanted
            settled = made.link(link.role, link.document, int(link.number), now, wanted.reference, request.body)
            self.context.fence()
            if not self.context.observe:
                self.context.state.save_link(self.claim, settled)
            self._links[wanted.role], self._fresh[wanted.role] = settled, now
            return
        answer = writer.write(
            self.context,
            self.claim,
            self.claim.key,
            wanted.role,
            request,
            lambda a: made.of_answer(wanted.role, wanted.reference, request, a),
        )
        if answer.status == 201:
            # a PUT to a number that is gone creates it: somebody removed the draft between our look and our write
            self._undo(wanted.role)
        self._wrote(wanted, answer.parse(DraftAnswer))

    def _undo(self, role: str) -> None:
        link = self.context.state.links(self.claim.key)[role]
        writer.write(self.context, self.claim, self.claim.key, role, drafts.delete_request(link), lambda _: link)
        raise Ended(_removed(link))

    def _wrote(self, wanted: WantedDocument, answer: DraftAnswer) -> None:
        self.changed = True
        self._links = self.context.state.links(self.claim.key)
        self._fresh[wanted.role] = answer
        if not drafts.same_totals(answer, wanted.expected):
            raise Ended(booking.totals_differ(self.context, wanted, answer))

    def _totals_as_wanted(self, link: Link, wanted: WantedDocument) -> None:
        if (link.net, link.vat, link.gross) != (wanted.expected.net, wanted.expected.vat, wanted.expected.gross):
            now = self._fresh.get(wanted.role) or drafts.read(self.context, link)
            if now is not None and not drafts.same_totals(now, wanted.expected):
                raise Ended(booking.totals_differ(self.context, wanted, now))

    def _booked_as_wanted(self, link: Link, wanted: WantedDocument) -> None:
        if (link.net, link.vat, link.gross) != (wanted.magento.net, wanted.magento.vat, wanted.magento.gross):
            raise Ended(
                ParkedFor(
                    "booked_differs",
                    f"Invoice {link.number} is booked with net {link.net}, VAT {link.vat}, gross {link.gross}; the "
                    f"order now stands for {drafts.amounts_text(wanted.magento)}. A booked invoice cannot be changed: "
                    "correct it in e-conomic with a credit note.",
                )
            )

    def _invoiced(self) -> bool:
        return any(role.startswith("invoice") for role in self._links)

    def _spared(self, role: str) -> bool:
        """Whether a look-up can be spared: this very state saw the order's INSERT and never wrote that document."""
        return self.claim.captured_insert and not self.context.state.ever_had_intent(self.claim.key, role)

    def _adopt(self, wanted: WantedDocument, made: Drafts) -> Link | None:
        if self._spared(wanted.role):
            return None
        found = self.context.economic.find_by_reference(wanted.reference, drafts.kinds_of(wanted.role))
        one = drafts.choose(found, wanted.role, wanted, booking.known_customers(self.context, wanted))
        if one is None:
            writer.wait_for_lists(self.context.state.last_unclear_send(self.claim.key, wanted.role), self.context.now())
            return None
        link = made.of_found(wanted.role, wanted.reference, one, None)
        self.context.fence()
        if not self.context.observe:
            self.context.state.save_link(self.claim, link)
        self.changed = True
        self._links[wanted.role] = link
        self._fresh[wanted.role] = one.document
        return link

    def _gone(self, link: Link, wanted: WantedDocument, made: Drafts) -> None:
        """A linked draft is not where it was: booked or moved by somebody, or removed."""
        found = self.context.economic.find_by_reference(wanted.reference, drafts.kinds_of(wanted.role))
        one = drafts.choose(found, wanted.role, wanted, set())
        if one is None:
            raise Ended(_removed(link))
        moved = made.of_found(wanted.role, wanted.reference, one, None)
        self.context.fence()
        if not self.context.observe:
            self.context.state.save_link(self.claim, moved)
        self.changed = True
        self._links[wanted.role] = moved
        if moved.document == "invoice_booked":
            self._booked_as_wanted(moved, wanted)

    def _remove(self, role: str, token: str, made: Drafts, *, cancelled: bool) -> None:
        link = self._links.get(role)
        if link is None and not self._spared(role):
            found = self.context.economic.find_by_reference(token, drafts.kinds_of(role))
            if len(found) == 1:
                link = made.of_found(role, token, found[0], None)
                if not self.context.observe:
                    self.context.state.save_link(self.claim, link)
                self._links[role] = link
        if link is None:
            return
        if link.document == "invoice_booked":
            raise Ended(
                ParkedFor(
                    "booked_but_cancelled",
                    f"The order is cancelled, but invoice {link.number} is booked. Make a credit note in e-conomic, "
                    "then `tasks skip`.",
                )
            )
        if link.document in ("order_sent", "order_archived"):
            if cancelled:
                raise Ended(
                    ParkedFor(
                        "sent_in_economic",
                        f"The order is cancelled, but {drafts.name_of(link)} was sent from e-conomic. Cancel it there, "
                        "then `tasks skip`.",
                    )
                )
            return
        now = self._fresh.get(role) or drafts.read(self.context, link)
        if now is not None:
            drafts.unedited(link, now)
            try:
                writer.write(
                    self.context, self.claim, self.claim.key, role, drafts.delete_request(link), lambda _: None
                )
            except NotFound:
                now = None
        if now is None:
            self.context.fence()
            if not self.context.observe:
                self.context.state.delete_link(self.claim, self.claim.key, role)
        self._links.pop(role, None)
        self.changed = True

    def _book(self, wanted: WantedDocument, made: Drafts) -> None:
        link = self._links.get(wanted.role)
        if link is None or link.document != "invoice_draft":
            return
        fresh = self._fresh.get(wanted.role)
        if fresh is None:
            fresh = drafts.read(self.context, link)
            if fresh is None:
                self._gone(link, wanted, made)
                return
            drafts.unedited(link, fresh)
        self._links[wanted.role] = booking.book(self.context, self.claim, wanted, link, fresh, made)
        self.changed = True


def _removed(link: Link) -> ParkedFor:
    return ParkedFor(
        "removed_in_economic",
        f"{drafts.name_of(link)} was removed in e-conomic. It is not made again. `tasks skip` when that was meant; "
        "otherwise make the document by hand with the order's reference and `tasks retry`.",
    )


def identity_of(order: Order) -> dict[str, str]:
    """Who the order is: after a restore, AUTO_INCREMENT gives its id to another."""
    return {
        "increment_id": order.increment_id,
        "store": order.store.code,
        "created_at": order.created_at.isoformat(),
    }


def mark_of(plan: Plan) -> str:
    """The fingerprint of everything that a plan wants."""
    digest = hashlib.sha256()
    for document in plan.documents:
        digest.update(f"{document.role} {document.book} ".encode())
        digest.update(wire.encode(document.body))
        digest.update(wire.encode(document.customer.body))
    digest.update(",".join(plan.removals).encode())
    return digest.hexdigest()
