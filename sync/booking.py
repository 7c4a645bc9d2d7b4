"""Booking: final, so it has a brake, and net, VAT and gross must be the shop's before it and are checked after it."""

from __future__ import annotations

from datetime import timedelta

from econ_client import requests
from econ_client.documents import BookedAnswer, Booking, DraftAnswer, DraftInvoiceRef
from econ_client.errors import Rejected
from econ_client.search import tokens_of
from mapping.plan import WantedDocument
from mapping.predict import predictions
from sync import customers, drafts, products, resolve, sending, writer
from sync.context import Context, Ended
from sync.drafts import Document, Drafts
from sync.outcome import Outcome, ParkedFor, Retry
from sync.state.claims import Claim
from sync.state.links import Link

LOOK_AT_BRAKE = timedelta(seconds=30)  # `resume` wakes what waits; one that was being worked on waits so long
LOOK_AT_LIMIT = timedelta(seconds=30)
PER = timedelta(hours=1)


def book(context: Context, claim: Claim, wanted: WantedDocument, link: Link, fresh: Document, made: Drafts) -> Link:
    """Book a draft invoice; the link to the booked one.

    `fresh` is the draft as e-conomic answered it in this very reconcile; `brakes` has been asked. Raises `Ended` when a
    total differs or, after booking, e-conomic has booked something else; and what a write raises.
    """
    if not drafts.same_totals(fresh, wanted.magento):
        raise Ended(totals_differ(context, wanted, fresh))
    sending.check(context, wanted, fresh)
    draft = DraftInvoiceRef(draft_invoice_number=int(link.number))
    request = requests.book(Booking(draft_invoice=draft, book_with_number=wanted.book_with, send_by=wanted.send_by))
    try:
        answer = writer.write(
            context,
            claim,
            claim.key,
            wanted.role,
            request,
            lambda a: resolve.booked_link(a, link, made),
            books=True,
            allow=lambda work: _within_limit(context, claim, work.bookings(PER)),
        )
    except Rejected:
        found = context.economic.find_by_reference(wanted.reference, ("invoice_booked",))
        if len(found) != 1:
            _number_is_free(context, wanted, link)
            raise
        booked_link = made.of_found(wanted.role, wanted.reference, found[0], None)
        context.state.save_link(claim, booked_link)
        return booked_link
    booked = answer.parse(BookedAnswer)
    if wanted.book_with not in (None, booked.booked_invoice_number):
        raise Ended(
            ParkedFor(
                "booked_differs",
                f"{wanted.reference} was to be booked as invoice {wanted.book_with}, Magento's number, and e-conomic "
                f"booked it as {booked.booked_invoice_number}.",
            )
        )
    if not drafts.same_totals(booked, wanted.magento):
        raise Ended(
            ParkedFor(
                "booked_differs",
                f"Invoice {booked.booked_invoice_number} was booked with {drafts.totals_text(booked)}, the shop says "
                f"{drafts.amounts_text(wanted.magento)}. Correct it in e-conomic with a credit note.",
            )
        )
    return resolve.booked_link(answer, link, made)


def _number_is_free(context: Context, wanted: WantedDocument, link: Link) -> None:
    """Raise `Ended` when the refusal is explained by another invoice that has the number."""
    other = context.economic.booked(wanted.book_with) if wanted.book_with is not None else None
    if other is None:
        return
    tokens = tokens_of(other.references.other if other.references else None)
    whose = tokens[-1] if tokens else "no reference"  # what stands before the token is free text
    raise Ended(
        ParkedFor(
            "invoice_number_taken",
            f"Magento's invoice is number {wanted.book_with} ({wanted.reference}, "
            f"{drafts.amounts_text(wanted.magento)}), but e-conomic has an invoice with that number already: {whose}, "
            f"of {other.date.isoformat()}, {drafts.totals_text(other)}. Draft invoice {link.number} is not booked. "
            "Book it by hand under another number, or let the two number apart: one series for each store view, or "
            "`invoice_number: economic`.",
        )
    )


def brakes(context: Context, claim: Claim) -> None:
    """Raise `Ended` while booking is paused or its limit is reached: before a call is spent on the draft."""
    pauses = context.state.paused()
    if "booking" in pauses:
        raise Ended(
            Retry(
                "booking_paused",
                context.now() + LOOK_AT_BRAKE,
                f"Booking is paused since {pauses['booking'].since:%Y-%m-%d %H:%M} UTC; `resume --booking` goes on.",
                counts=False,
            )
        )
    if _limit(context, claim) is not None:
        _within_limit(context, claim, context.state.bookings(PER))


def _limit(context: Context, claim: Claim) -> int | None:
    return None if claim.admitted else context.profile.settings.booking_limit


def _within_limit(context: Context, claim: Claim, booked: int) -> None:
    limit = _limit(context, claim)
    if limit is not None and booked >= limit:
        raise Ended(
            Retry(
                "booking_limit",
                context.now() + LOOK_AT_LIMIT,
                f"{limit} invoices were booked within an hour, the profile's booking_limit. The rest waits; raise "
                "booking_limit if this many are meant.",
                counts=False,
            )
        )


def totals_differ(context: Context, wanted: WantedDocument, there: Document) -> Outcome:
    """What e-conomic computed is not what was predicted; when another way of rounding VAT explains it, it is named."""
    kind = "draft" if isinstance(there, DraftAnswer) else "document"
    said = (
        f"e-conomic's {kind} says {drafts.totals_text(there)}; expected was {drafts.amounts_text(wanted.expected)}, "
        f"the shop charged {drafts.amounts_text(wanted.magento)}. Nothing is booked."
    )
    numbers = {product.number for product in wanted.products}
    groups = {**context.agreement.products, **products.known_groups(context, numbers)}
    for mode, amounts in predictions(wanted.body, groups, context.agreement):
        if drafts.same_totals(there, amounts):
            said += f" It fits `vat_rounding: {mode}`: set that in the profile."
            break
    else:
        said += " Look at the product groups and the VAT zone of the document."
    return ParkedFor("totals_differ", said)


def is_totals_differ(outcome: Outcome) -> bool:
    """Whether a reconcile ended because a draft's totals are not the expected ones."""
    return isinstance(outcome, ParkedFor) and outcome.reason == "totals_differ"


def known_customers(context: Context, wanted: WantedDocument) -> set[int]:
    """The debtors that a document with this reference may belong to; empty when it is not known yet."""
    if wanted.customer.number is not None:
        return {wanted.customer.number}
    link = context.state.link(customers.entity_of(wanted.customer), customers.ROLE)
    return {int(link.number)} if link else set()
