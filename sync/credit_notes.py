"""The credit notes of one order: after its invoices, with the same care."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from cdc.models import Order
from mapping.credit_notes import WAITS, BookedInvoice, plan_credit_notes, refunds_of, role_of
from mapping.halves import SERVICES
from mapping.plan import Amounts, Plan
from mapping.reduced import NO_REFUNDS, Refunds
from sync import leaving
from sync.context import Context, Ended
from sync.documents import Documents
from sync.goods import OrderGoods
from sync.outcome import ParkedFor
from sync.state.links import Link

_RESTS = ("credit_note_by_hand", WAITS)


def plan(context: Context, order: Order, links: Mapping[str, Link], goods: OrderGoods | None = None) -> Plan:
    """The credit notes that should exist beside what is booked."""
    return plan_credit_notes(
        order,
        context.profile,
        context.agreement,
        {} if goods is None else goods.groups,
        missing=() if goods is None else goods.missing,
        catalog=None if goods is None else goods.catalog,
        booked=booked_invoices(links),
        restocked=_restocked(context, order),
        now=context.now(),
    )


def refunds(context: Context, order: Order, links: Mapping[str, Link]) -> Refunds:
    """What is known of an order's refunds: what is booked, and what came back into stock."""
    if not order.credit_memos:
        return NO_REFUNDS
    return refunds_of(booked_invoices(links), _restocked(context, order))


def _restocked(context: Context, order: Order) -> dict[str, tuple[str, ...]]:
    return {fact.creditmemo_id: fact.raised for fact in context.state.restocked(str(order.id))}


def booked_invoices(links: Mapping[str, Link]) -> dict[str, BookedInvoice]:
    """What is booked of an order's invoices, as e-conomic answered it last, by role."""
    return {
        role: booked_as(link)
        for role, link in links.items()
        if role.startswith("invoice") and link.document == "invoice_booked"
    }


def carry_out(documents: Documents, wanted: Plan) -> None:
    """Bring the credit notes to what is wanted; what parks one does not hold up the other credit notes.

    Raises `Ended` with the first parking, or with what everybody has to wait for, and what a read or a write raises.
    """
    _withdrawn(documents, wanted)
    parked = [
        ParkedFor(one.reason, one.advice) for one in wanted.parked if not _is_booked(documents.links.get(one.role))
    ]
    for one in wanted.documents:
        try:
            documents.ensure(one)
            if one.book:
                documents.book(one)
        except Ended as ended:
            if not isinstance(ended.outcome, ParkedFor):
                raise
            parked.append(ended.outcome)
    if parked:
        raise Ended(parked[0])


def resting(wanted: Plan, *, invoiced: bool) -> str:
    """The reason for which a credit memo has no credit note yet; '' when none is missing."""
    reasons = {one.reason for one in wanted.skipped}
    return next((r for r in _RESTS if r in reasons and (invoiced or r == WAITS)), "")


def _withdrawn(documents: Documents, wanted: Plan) -> None:
    """Remove the drafts of credit memos that were cancelled, or are gone, in Magento."""
    active = {role_of(memo) for memo in documents.order.credit_memos if memo.state != "canceled"}
    active -= {one.role for one in wanted.skipped if one.reason == "invoice_reduced"}
    for role in [role for role in documents.links if role.startswith("creditmemo:")]:
        if role.removesuffix(SERVICES) in active:
            continue
        link = documents.links[role]
        leaving.remove(documents, role, cancelled=False)
        link = documents.links.get(role, link)
        if _is_booked(link) and role in documents.links:
            raise Ended(
                ParkedFor(
                    "credit_memo_cancelled",
                    f"The credit memo was cancelled in Magento, but credit note {link.number} is booked. Make an "
                    "invoice for its amount in e-conomic, then `tasks skip`.",
                )
            )


def _is_booked(link: Link | None) -> bool:
    return link is not None and link.document == "credit_note_booked"


def booked_as(link: Link) -> BookedInvoice:
    """What a link to a booked invoice or credit note tells of it."""
    known: dict[str, Any] = json.loads(link.answer or "{}")
    amounts = None
    if link.net is not None and link.vat is not None and link.gross is not None:
        amounts = Amounts(link.net, link.vat, link.gross)
    return BookedInvoice(
        number=link.number,
        exchange_rate=_decimal(known.get("exchange_rate")),
        customer=(known.get("customer") or {}).get("customer_number"),
        terms=(known.get("payment_terms") or {}).get("payment_terms_number"),
        amounts=amounts,
    )


def _decimal(value: object) -> Decimal | None:
    try:
        return Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None
