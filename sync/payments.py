"""The vouchers of one order's payments: once the document that they pay is booked, and never a second time."""

from __future__ import annotations

import logging

from cdc.models import Order
from mapping.credit_notes import BookedInvoice
from mapping.payments import plan_payments
from mapping.plan import Plan, WantedVoucher
from sync import credit_notes, vouchers, writer
from sync.context import Context, Ended
from sync.documents import Documents
from sync.drafts import BOOKED, DRAFTS
from sync.outcome import ParkedFor
from sync.state.links import Link

log = logging.getLogger("magento_economic.deliver")


def plan(context: Context, order: Order, links: dict[str, Link], notes: Plan) -> Plan:
    """The vouchers that should exist beside what is booked; `notes` are the order's credit notes."""
    return plan_payments(
        order,
        context.profile,
        context.agreement,
        booked=_booked(links),
        drafts=[role for role, link in links.items() if link.document in DRAFTS],
        reduced=[one.role for one in notes.skipped if one.reason == "invoice_reduced"],
    )


def carry_out(documents: Documents, wanted: Plan) -> None:
    """Make the vouchers that are missing. One that stands, or that a bookkeeper removed, is left as it is.

    Raises `Ended` with the first parking, or with what everybody has to wait for, and what a read or a write raises.
    """
    parked = [ParkedFor(one.reason, one.advice) for one in wanted.parked if one.role not in documents.links]
    for one in wanted.vouchers:
        try:
            _ensure(documents, one)
        except Ended as ended:
            if not isinstance(ended.outcome, ParkedFor):
                raise
            parked.append(ended.outcome)
    if parked:
        raise Ended(parked[0])


def _ensure(documents: Documents, wanted: WantedVoucher) -> None:
    context, claim, made = documents.context, documents.claim, documents.made
    if wanted.role in documents.links:
        return
    year = vouchers.year_of(context, wanted.day)
    if not documents.spared(wanted.role):
        found = vouchers.find(context, wanted.journal, wanted.reference, year)
        if found is not None:
            documents.keep(vouchers.link_of(made, wanted.role, wanted.reference, wanted.journal, found))
            return
        documents.wait_for_lists(wanted.role)
    if _settled(context, wanted):
        log.info("%s: document %s is settled in e-conomic already; no voucher is made", claim.key, wanted.number)
        return
    writer.write(
        context,
        claim,
        claim.key,
        wanted.role,
        vouchers.request_of(wanted, year),
        lambda a: vouchers.of_answer(made, wanted.role, wanted.reference, wanted.journal, a),
    )
    documents.changed = True
    documents.links = context.state.links(claim.key)


def _settled(context: Context, wanted: WantedVoucher) -> bool:
    """Whether nothing is left to pay on the document: somebody has registered the payment in e-conomic."""
    document = context.economic.booked(int(wanted.number))
    return document is not None and document.paid is True


def _booked(links: dict[str, Link]) -> dict[str, BookedInvoice]:
    """What is booked of the order's invoices and credit notes, by role."""
    return {role: credit_notes.booked_as(link) for role, link in links.items() if link.document in BOOKED}
