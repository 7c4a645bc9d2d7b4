"""The exact documents that would be sent for an order, customer or product; nothing is written anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cdc.keys import Key
from cdc.models import Order
from mapping.customer import account_vat, plan_customer
from mapping.halves import explained
from mapping.money import cents
from mapping.order import plan_order
from mapping.plan import Amounts, Plan, WantedCustomer, WantedDocument, WantedVoucher
from mapping.problems import CannotMap
from mapping.product import plan_product
from mapping.provenance import left_out
from sync import accounts, credit_notes, customers, debtors, drafts, payments, previewed, productchanges, refused
from sync.context import Context, Ended
from sync.errors import SyncError
from sync.goods import OrderGoods
from sync.outcome import ParkedFor
from sync.previewdocs import Documents
from sync.state.links import Link


class UnknownReference(SyncError):
    """Magento has no such order, customer or product."""


@dataclass(slots=True)
class Preview:
    """The contract of `preview --json`, and what is told besides.

    `order` says which order it is, `vat` how the VAT table decides for it, also when it is parked. `removals` and
    `marks` are what becomes of drafts that stand, `archived` those of the removals that become invoices. `left_out` are
    order lines that stand on no document, with why; `look_again_at` (ISO, UTC) when time alone may change the answer.
    `names` are the agreement's for numbers in bodies, by the body's key, and not in the JSON.
    """

    documents: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)
    parked: list[dict[str, str]] = field(default_factory=list)
    removals: list[str] = field(default_factory=list)
    marks: list[dict[str, str]] = field(default_factory=list)
    vat: list[dict[str, Any]] = field(default_factory=list)
    order: dict[str, Any] = field(default_factory=dict)
    look_again_at: str = ""
    archived: list[str] = field(default_factory=list)
    left_out: list[dict[str, Any]] = field(default_factory=list)
    names: Mapping[str, Mapping[int, str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Bodies hold exactly what is sent; amounts beside them are strings."""
        shown: dict[str, Any] = {"documents": self.documents, "skipped": self.skipped}
        more = {
            name: getattr(self, name)
            for name in ("parked", "left_out", "removals", "archived", "marks", "order", "vat", "look_again_at")
        }
        return {**shown, **{name: value for name, value in more.items() if value}}

    def told(self) -> list[str]:
        """One line a document for a log: kind, number of lines, totals, whether it is booked; nothing about people."""
        lines = []
        for document in self.documents:
            if "stands" in document and not document["book"] and document.get("action") != "update":
                continue
            said = str(document["kind"])
            if document["expected"] is not None:
                amounts = document["expected"]
                said += f" with {len(document['body'].get('lines', ()))} lines, net {amounts['net']}"
                said += f", VAT {amounts['vat']}, gross {amounts['gross']}"
                said += ", and book it" if document["book"] else ""
            elif document["kind"] == "product":
                said += f" {document['body'].get('productNumber', '')}"
            lines.append(said)
        lines += [f"the draft of `{role}` made an invoice" for role in self.archived]
        lines += [f"the deletion of the draft of `{role}`" for role in self.removals if role not in self.archived]
        return lines

    def park(self, role: str, reason: str, advice: str) -> None:
        """Tell what cannot be made."""
        self.parked.append({"role": role, "reason": reason, "advice": advice})


def preview_order(context: Context, ref: str) -> Preview:
    """What an order asks for now. Raises `UnknownReference`, and what reading Magento or e-conomic raises."""
    number = context.shop.find_order(ref)
    order = None if number is None else context.shop.order(number)
    if order is None:
        raise UnknownReference(f"Magento has no order {ref}", hint="give an increment id, or id:N")
    links = context.state.links(Key("order", str(order.id)))
    preview = Preview(order=_order_head(order), names=_names(context))
    plan = _planned(
        context,
        order,
        lambda goods: plan_order(
            order,
            context.profile,
            context.agreement,
            product_groups=goods.groups,
            admitted=bool(links),
            now=context.now(),
            missing=goods.missing,
            catalog=goods.catalog,
            refunds=credit_notes.refunds(context, order, links),
        ),
    )
    settings = context.profile.for_store(order.store.code).settings
    plan = refused.instead(context, plan, links, settings)
    notes = Plan()
    if plan.documents and order.credit_memos:
        notes = _planned(context, order, lambda goods: credit_notes.plan(context, order, links, goods))
    paid = payments.plan(context, order, links, notes)
    for skipped in (*plan.skipped, *notes.skipped, *paid.skipped):
        preview.skipped.append({"role": skipped.role, "reason": skipped.reason})
    for parked in (*plan.parked, *notes.parked, *paid.parked):
        preview.park(parked.role, parked.reason, parked.advice)
    preview.removals = [role for role in plan.removals if role in links]
    preview.marks = [{"role": role, "text": plan.mark} for role in plan.marks if role in links]
    preview.look_again_at = "" if plan.look_again_at is None else plan.look_again_at.isoformat()
    preview.vat = _vat(context, order)
    archives = settings.orders.upgrade == "archive"
    invoices = any(document.kind == "invoice_draft" for document in plan.documents)
    preview.archived = [role for role in preview.removals if archives and invoices]
    documents = Documents(context, links, preview.archived)
    _tell(preview, documents, (*plan.documents, *notes.documents), paid.vouchers)
    preview.left_out = [
        {"order_item_id": line.id, "sku": line.sku, "why": why} for line, why in left_out(order, plan.documents)
    ]
    preview.skipped += _payments_to_come(context, order, paid, links)
    preview.documents = documents.in_order()
    return preview


def _tell(
    preview: Preview, documents: Documents, wanted: Iterable[WantedDocument], vouchers: Iterable[WantedVoucher]
) -> None:
    for document in wanted:
        if document.kind == "order_draft" and documents.invoiced:
            preview.skipped.append({"role": document.role, "reason": "already_invoiced"})
            continue
        if _is_booked(documents.links.get(document.role)):
            preview.skipped.append({"role": document.role, "reason": "already_booked"})
        try:
            documents.add(document)
        except Ended as ended:
            if isinstance(ended.outcome, ParkedFor):
                preview.park(document.role, ended.outcome.reason, ended.outcome.advice)
    for voucher in vouchers:
        try:
            skip = documents.add_voucher(voucher)
            if skip is not None:
                preview.skipped.append({"role": skip.role, "reason": skip.reason})
        except Ended as ended:
            if isinstance(ended.outcome, ParkedFor):
                preview.park(voucher.role, ended.outcome.reason, ended.outcome.advice)


def _payments_to_come(context: Context, order: Order, paid: Plan, links: Mapping[str, Link]) -> list[dict[str, str]]:
    """The payments whose vouchers wait until what they pay is booked."""
    if not context.profile.for_store(order.store.code).settings.payments.record:
        return []
    known = {*links, *(v.role for v in paid.vouchers), *(s.role for s in paid.skipped), *(p.role for p in paid.parked)}
    roles = [f"{'payment' if capture.kind == 'capture' else 'refund'}:{capture.id}" for capture in order.captures]
    # a payment of several documents has several roles, each with its own beginning
    waiting = [role for role in roles if not any(one == role or one.startswith(f"{role}:") for one in known)]
    return [{"role": role, "reason": "waits_for_booking"} for role in waiting]


def _is_booked(link: Link | None) -> bool:
    return link is not None and link.document in drafts.BOOKED


def _planned(context: Context, order: Order, planning: Callable[[OrderGoods], Plan]) -> Plan:
    """Plan with the product groups that e-conomic has; of products that are not there yet, the profile's."""
    goods = OrderGoods.of(context, order)
    while True:
        plan = planning(goods)
        if (plan.documents or plan.parked) and goods.load():
            continue
        unknown = [one for one in goods.lacking(plan) if one.number not in context.agreement.products]
        if not unknown:
            return plan
        goods.suppose(unknown)


def preview_customer(context: Context, ref: str) -> Preview:
    """The debtor that an account asks for."""
    number = context.shop.find_customer(ref)
    customer = None if number is None else context.shop.customer(number)
    if customer is None:
        raise UnknownReference(f"Magento has no customer {ref}", hint="give an e-mail address, or id:N")
    preview = Preview(names=_names(context))
    try:
        preview.vat = [previewed.choice(account_vat(customer, context.profile), context.agreement)]
        _account(context, preview, plan_customer(customer, context.profile))
    except CannotMap as cannot:
        preview.park("customer", cannot.reason, cannot.advice)
    except Ended as ended:
        if isinstance(ended.outcome, ParkedFor):
            preview.park("customer", ended.outcome.reason, ended.outcome.advice)
    return preview


def preview_product(context: Context, ref: str) -> Preview:
    """The product that a catalog product asks for."""
    number = context.shop.find_product(ref)
    product = None if number is None else context.shop.product(number)
    if product is None:
        raise UnknownReference(f"Magento has no product {ref}", hint="give a SKU, or id:N")
    preview = Preview(names=_names(context))
    try:
        wanted = plan_product(product, context.profile, context.agreement)
    except CannotMap as cannot:
        preview.park("product", cannot.reason, cannot.advice)
    else:
        body, reason, there = productchanges.foreseen(context, product, wanted)
        if body is None:
            preview.skipped.append({"role": "product", "reason": reason})
        else:
            stands = {"stands": f"product {there}"} if there else {}
            preview.documents.append({**previewed.alone("product", body), **stands})
    return preview


def _account(context: Context, preview: Preview, wanted: WantedCustomer) -> None:
    link = context.state.link(customers.entity_of(wanted), customers.ROLE)
    if link is None:
        found = debtors.find(context, wanted)
        stands = {} if found is None else {"stands": f"customer {found.customer_number}"}
        if found is None:
            debtors.may_be_made(context, wanted)
        preview.documents.append({**previewed.alone("customer", wanted.body), **stands})
        return
    changes = accounts.foreseen(context, link, wanted) if wanted.update else None
    if changes is not None and changes.left:
        preview.skipped.append({"role": "customer", "reason": "customer_edited"})
    changed = changes.body if changes is not None else None
    preview.documents.append(
        {
            **previewed.alone("customer", wanted.body if changed is None else changed),
            "action": "keep" if changed is None else "update",
            "stands": f"customer {link.number}",
        }
    )


def _names(context: Context) -> dict[str, Mapping[int, str]]:
    agreement = context.agreement
    return {
        "customerGroup": agreement.customer_groups,
        "productGroup": agreement.product_groups,
        "vatZone": agreement.vat_zones,
        "paymentTerms": agreement.payment_terms,
        "layout": agreement.layouts,
        "unit": agreement.units,
    }


def _order_head(order: Order) -> dict[str, Any]:
    """Which order it is and what it comes to in Magento; nothing about people."""
    vat, gross = cents(order.totals.tax), cents(order.totals.grand_total)
    return {
        "increment_id": order.increment_id,
        "id": order.id,
        "store": order.store.code,
        "state": order.state,
        "status": order.status,
        "created_at": order.created_at.isoformat(),
        "currency": order.currency,
        "totals": previewed.amounts(Amounts(gross - vat, vat, gross)),
    }


def _vat(context: Context, order: Order) -> list[dict[str, Any]]:
    """How the VAT table decides; nothing where it cannot, which has parked the order already."""
    try:
        return [
            previewed.choice(one, context.agreement) for one in explained(order, context.profile, context.agreement)
        ]
    except CannotMap:
        return []
