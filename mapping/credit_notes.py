"""From an order's credit memos to the credit notes that should exist in e-conomic.

A credit note is a draft invoice with negative quantities. It needs the booked invoice: its number stands on it, its
rate of exchange and its debtor are repeated.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cdc.models import CreditMemo, Order, Product
from econ_client import documents
from mapping.agreement import Agreement
from mapping.amounts import in_books
from mapping.booking import LARGEST_NUMBER, booked_as
from mapping.case import Case, case_of
from mapping.credit_lines import (
    Adjustments,
    adjustments,
    came_back,
    credited,
    memo_target,
    moved,
    with_adjustments,
)
from mapping.dates import local_date
from mapping.document import document_of
from mapping.fields import text
from mapping.halves import SERVICES, Half, choices, halves
from mapping.money import ZERO
from mapping.odd import ODD, odd
from mapping.plan import Amounts, Parked, Plan, Skipped, WantedDocument
from mapping.problems import CannotMap
from mapping.profile import Profile
from mapping.provenance import turned
from mapping.reduced import Refunds, absorbed, active_memos, sums
from mapping.reference import LONGEST, SEPARATOR, memo_token
from mapping.setting import setting_of
from mapping.when import Asked, asked

WAITS = "waits_for_invoice"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedInvoice:
    """What e-conomic has booked for a role of the order: an invoice's number, its rate, debtor, terms and amounts.

    `exchange_rate` is base currency for 100 units; None when it is not known, as are the others.
    """

    number: str
    exchange_rate: Decimal | None = None
    customer: int | None = None
    terms: int | None = None
    amounts: Amounts | None = None


def role_of(memo: CreditMemo) -> str:
    """The role of a credit memo's document."""
    return f"creditmemo:{memo.id}"


def refunds_of(booked: Mapping[str, BookedInvoice], restocked: Mapping[str, Collection[str]]) -> Refunds:
    """What is known of an order's refunds; an invoice that was made in parts counts as one."""
    amounts: dict[str, list[Amounts]] = {}
    for role, one in booked.items():
        if one.amounts is not None:
            amounts.setdefault(role.removesuffix(SERVICES), []).append(one.amounts)
    return Refunds({role: sums(parts) for role, parts in amounts.items()}, restocked)


def plan_credit_notes(
    order: Order,
    profile: Profile,
    agreement: Agreement,
    product_groups: Mapping[str, int] | None = None,
    *,
    booked: Mapping[str, BookedInvoice],
    restocked: Mapping[str, Collection[str]] | None = None,
    now: datetime.datetime | None = None,
    missing: Collection[str] = (),
    catalog: Mapping[int, Product] | None = None,
) -> Plan:
    """The credit notes of an order whose documents are to exist. Never raises for an odd order: it parks.

    Args:
        order: the order in one snapshot.
        profile: the shop's profile; the order's store view decides which rules hold.
        agreement: what the agreement's own lists say.
        product_groups: the product group in e-conomic by product number, for products that exist there.
        booked: what is booked, by the roles of the order's invoices. A memo whose invoice is not among them waits.
        restocked: what each memo's transaction put back into stock, by the memo's id: ``product:<id>``, ``sku:<sku>``.
        now: the time (aware UTC) by which the order has its age; this machine's when it is not given.
        missing: product numbers that e-conomic does not have, where another product may stand in for them.
        catalog: the lines' products by Magento's id, as far as they were loaded.
    """
    memos = active_memos(order.credit_memos)
    if not memos:
        return Plan()
    try:
        rules = profile.for_store(order.store.code)
        case = case_of(order, rules, agreement, product_groups or {}, missing=missing, catalog=catalog)
        found = asked(case, now or datetime.datetime.now(datetime.UTC))
        case = in_books(case)
        taken_in = absorbed(case, refunds_of(booked, restocked or {}))
    except CannotMap as cannot:
        return Plan(parked=(Parked(role_of(memos[0]), cannot.reason, cannot.advice),))
    except ODD as error:
        return Plan(parked=(odd(role_of(memos[0]), error),))
    plans = [
        Plan(skipped=(Skipped(role_of(memo), "invoice_reduced"),))
        if memo.id in taken_in
        else _plan(case, found, memo, booked, (restocked or {}).get(str(memo.id), ()))
        for memo in active_memos(case.order.credit_memos)
    ]
    return Plan(
        documents=tuple(one for plan in plans for one in plan.documents),
        skipped=tuple(one for plan in plans for one in plan.skipped),
        parked=tuple(one for plan in plans for one in plan.parked),
    )


def _plan(
    case: Case, found: Asked, memo: CreditMemo, booked: Mapping[str, BookedInvoice], raised: Collection[str]
) -> Plan:
    """The credit note of a memo; two where its goods and services were invoiced apart."""
    role, keys = role_of(memo), case.rules.settings.credit_notes
    try:
        if keys.since is not None and local_date(memo.created_at, case.order.store) < keys.since:
            return Plan(skipped=(Skipped(role, "before_credit_notes"),))
        if not keys.create:
            return Plan(skipped=(Skipped(role, "credit_note_by_hand"),))
        parts = halves(case, memo_target(case, memo))
        made: list[WantedDocument] = []
        for part in parts:
            invoices = _invoices_of(case, memo, part, booked)
            if not invoices:
                return Plan(skipped=(Skipped(role, WAITS),))
            note = _credit_note(case, memo, part, invoices, raised)
            if note.body.lines:
                made.append(_numbered(booked_as(note, case, found), case, memo, alone=len(parts) == 1))
    except CannotMap as cannot:
        return Plan(parked=(Parked(role, cannot.reason, cannot.advice),))
    except ODD as error:
        return Plan(parked=(odd(role, error),))
    return Plan(documents=tuple(made), skipped=() if made else (Skipped(role, "empty_credit_memo"),))


def _numbered(document: WantedDocument, case: Case, memo: CreditMemo, *, alone: bool) -> WantedDocument:
    """With a number of Magento's where invoices have theirs: e-conomic's next one would be that of an invoice to come.

    Without `credit_notes.number_offset` there is none, and the draft is left to people.
    """
    settings = case.rules.settings
    if not document.book or settings.invoice_number == "economic":
        return document
    digits = "".join(c for c in memo.increment_id if c in "0123456789")
    offset = settings.credit_notes.number_offset
    if offset is None or not digits or not alone:
        return replace(document, book=False)
    found = offset + int(digits)
    if found > LARGEST_NUMBER:
        raise CannotMap(
            "invoice_number",
            f"credit memo {memo.increment_id} and credit_notes.number_offset make {found}, and e-conomic's numbers go "
            f"up to {LARGEST_NUMBER}; choose a smaller offset",
        )
    return replace(document, book_with=found)


def _invoices_of(
    case: Case, memo: CreditMemo, part: Half, booked: Mapping[str, BookedInvoice]
) -> tuple[BookedInvoice, ...]:
    """The booked invoices that a memo takes back from; none while one that it may be for is not booked yet."""
    apart = part.role or (SERVICES if [*choices(case, part.target)] == ["services"] else "")

    def of(role: str) -> BookedInvoice | None:
        return booked.get(f"{role}{apart}") or (None if part.role else booked.get(role))

    own = of(f"invoice:{memo.invoice_id}") if memo.invoice_id is not None else None
    own = own or of("invoice")
    if own is not None:
        return (own,)
    if memo.invoice_id is not None:
        return ()
    every = [of(f"invoice:{invoice.id}") for invoice in case.order.invoices if invoice.state != "canceled"]
    there = tuple(one for one in every if one is not None)
    return there if len(there) == len(every) else ()


def _credit_note(
    case: Case, memo: CreditMemo, part: Half, invoices: Sequence[BookedInvoice], raised: Collection[str]
) -> WantedDocument:
    order, keys = case.order, case.rules.settings.credit_notes
    date = local_date(memo.created_at, order.store)
    setting = setting_of(case, date, part.target)
    numbers = ", ".join(invoice.number for invoice in invoices)
    scope = {**setting.scope, "memo": memo, "invoice": numbers}
    target, more = part.target, Adjustments((), ZERO, ZERO)
    if not part.role:  # adjustments stay with the goods
        more = adjustments(case, memo, setting, numbers)
        target = with_adjustments(target, more)
    token = memo_token(case.rules.settings.reference.prefix, order.increment_id, memo.increment_id)
    document = document_of(
        case,
        f"{role_of(memo)}{part.role}",
        f"{token}{part.reference}",
        target,
        date,
        rate=next((invoice.exchange_rate for invoice in invoices if invoice.exchange_rate is not None), None),
        more=more.lines,
        moved=moved(came_back(order, raised, keys.restock)),
    )
    body = document.body.model_copy(
        update={
            "lines": tuple(credited(line) for line in document.body.lines),
            "notes": _notes(document.body.notes, _heading(case, scope)),
            "references": _references(document, invoices),
        }
    )
    debtor = next((invoice.customer for invoice in invoices if invoice.customer is not None), None)
    return replace(
        document,
        kind="credit_note_draft",
        body=body,
        book=document.book and keys.book,
        customer=document.customer if debtor is None else replace(document.customer, number=debtor),
        expected=_turned(document.expected),
        magento=_turned(document.magento),
        rates=turned(document.rates),
    )


def _heading(case: Case, scope: Mapping[str, object]) -> str:
    return text(case.rules.field("credit_notes", "heading"), scope, what="credit_notes.heading", most=LONGEST) or ""


def _notes(notes: documents.Notes | None, heading: str) -> documents.Notes | None:
    """The document's notes with the credit note's own heading."""
    if not heading:
        return notes
    return (notes or documents.Notes()).model_copy(update={"heading": heading})


def _references(document: WantedDocument, invoices: Sequence[BookedInvoice]) -> documents.References:
    """The document's references with the invoices' numbers before its token.

    They are written with ``#``: a bare number might be the token of another order.
    """
    known = document.body.references or documents.References()
    own = (known.other or "").removesuffix(document.reference).removesuffix(SEPARATOR)
    token = document.reference
    for invoice in reversed(invoices):
        named = f"Faktura#{invoice.number} {token}"
        if len(named) > LONGEST:
            break
        token = named
    room = LONGEST - len(token) - len(SEPARATOR)
    if own and len(own) > room:
        own = own[: max(room - 1, 0)].rstrip() + "…"
    return known.model_copy(update={"other": f"{own}{SEPARATOR}{token}" if own else token})


def _turned(amounts: Amounts) -> Amounts:
    return Amounts(ZERO - amounts.net, ZERO - amounts.vat, ZERO - amounts.gross)
