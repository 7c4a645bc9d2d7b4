"""From an order's captures and online refunds to the vouchers that should stand in a journal. Off unless said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from cdc.models import Capture, Order
from mapping.agreement import Agreement
from mapping.amounts import in_books
from mapping.case import Case, case_of
from mapping.credit_notes import BookedInvoice
from mapping.dates import day_to_book, local_date
from mapping.fields import evaluated, number, text
from mapping.halves import SERVICES
from mapping.money import ZERO, cents
from mapping.odd import ODD, odd
from mapping.plan import Parked, Plan, Skipped, WantedVoucher
from mapping.problems import CannotMap
from mapping.profile import Profile
from mapping.reference import LONGEST, payment_token, with_text
from mapping.twice import POSTING_TYPES

NO_ACCOUNT = "no_clearing_account"
_ROLES = {"capture": "payment", "refund": "refund"}


def plan_payments(
    order: Order,
    profile: Profile,
    agreement: Agreement,
    *,
    booked: Mapping[str, BookedInvoice],
    reduced: Collection[str] = (),
    drafts: Collection[str] = (),
) -> Plan:
    """The vouchers of an order's payments against what is booked. Never raises for an odd order: it parks.

    Args:
        order: the order in one snapshot.
        profile: the shop's profile; the order's store view decides which rules hold.
        agreement: what the agreement's own lists say.
        booked: what is booked, by the roles of invoices and credit notes. What is paid for others comes later.
        reduced: the roles of credit memos that an invoice has taken in: their refunds are set against it.
        drafts: the roles of documents that are not booked yet: where one is a half, its payment waits for it.
    """
    if not order.captures or not booked:
        return Plan()
    vouchers: list[WantedVoucher] = []
    skipped: list[Skipped] = []
    parked: list[Parked] = []
    try:
        rules = profile.for_store(order.store.code)
        if not rules.settings.payments.record:
            return Plan()
        case = in_books(case_of(order, rules, agreement, {}))
    except CannotMap as cannot:
        return Plan(parked=(Parked("payment", cannot.reason, cannot.advice),))
    except ODD as error:
        return Plan(parked=(odd("payment", error),))
    left = {role: abs(one.amounts.gross) for role, one in booked.items() if one.amounts is not None}
    for capture in order.captures:
        role = f"{_ROLES[capture.kind]}:{capture.id}"
        try:
            since = rules.settings.payments.since
            pays = _pays(order, capture, booked, reduced, drafts)
            parts = _shared(_amount(case, capture), capture, pays, left)
            if since is not None and local_date(capture.at, order.store) < since:
                skipped.append(Skipped(role, "before_payments"))
                continue
            account = _account(case, capture) if pays else None
            if pays and account is None:
                skipped.append(Skipped(role, NO_ACCOUNT))
            elif account is not None:
                vouchers += _vouchers(case, capture, role, pays, parts, account)
        except CannotMap as cannot:
            parked.append(Parked(role, cannot.reason, cannot.advice))
        except ODD as error:
            parked.append(odd(role, error))
    return Plan(vouchers=tuple(vouchers), skipped=tuple(skipped), parked=tuple(parked))


def _pays(
    order: Order,
    capture: Capture,
    booked: Mapping[str, BookedInvoice],
    reduced: Collection[str],
    drafts: Collection[str],
) -> dict[str, BookedInvoice]:
    """The booked documents that a payment is for, by role; none while one of them is not booked."""
    candidates = [f"invoice:{capture.id}", "invoice"]
    if capture.kind == "refund":
        memo = f"creditmemo:{capture.id}"
        candidates = _reduced_by(order, capture.id) if memo in reduced else [memo]
    for role in candidates:
        both = (role, f"{role}{SERVICES}")
        found = {one: booked[one] for one in both if one in booked}
        if found:
            return {} if any(one in drafts for one in both) else found
    return {}


def _reduced_by(order: Order, memo_id: int) -> list[str]:
    """The roles of the invoices that may have taken a credit memo in, as `mapping.reduced` shares them out."""
    active = [one.id for one in order.invoices if one.state != "canceled"]
    named = next((memo.invoice_id for memo in order.credit_memos if memo.id == memo_id), None)
    own = [named] if named is not None else active if len(active) == 1 else []
    return [*(f"invoice:{one}" for one in own), "invoice"]


def _account(case: Case, capture: Capture) -> int | None:
    """The clearing account of the payment's method; None when the profile has none for it."""
    field = case.rules.field("payments", "accounts")
    scope = {**case.scope, "payment": capture, "invoice": ""}
    if field is None or evaluated(field, scope, "payments.accounts") in (None, ""):
        return None
    return number(field, scope, what="payments.accounts")


def _vouchers(
    case: Case,
    capture: Capture,
    role: str,
    pays: Mapping[str, BookedInvoice],
    parts: Mapping[str, Decimal],
    account: int,
) -> list[WantedVoucher]:
    """One voucher; one for each document where goods and services were invoiced apart."""
    order, rules = case.order, case.rules
    settings = rules.settings
    if settings.payments.journal is None:
        raise CannotMap("payment_journal", "payments.journal is not set; vouchers need the number of a journal")
    periods, closed = case.agreement.periods, settings.dates.closed_period
    day = day_to_book(local_date(capture.at, order.store), periods, closed)
    token = payment_token(settings.reference.prefix, order.increment_id, capture.kind, capture.id)
    negative = (settings.payments.sign == "credit") == (capture.kind == "capture")
    made: list[WantedVoucher] = []
    for paid_role, document in pays.items():
        apart = SERVICES if paid_role.endswith(SERVICES) else ""
        part = parts[paid_role]
        if part == 0:
            continue
        own = f"{token}/S" if apart else token
        words = text(
            rules.field("payments", "text"),
            {**case.scope, "payment": capture, "invoice": document.number},
            what="payments.text",
            most=LONGEST,
        )
        made.append(
            WantedVoucher(
                role=f"{role}{apart}",
                reference=own,
                pays=paid_role,
                number=document.number,
                journal=settings.payments.journal,
                day=day,
                amount=ZERO - part if negative else part,
                currency=order.currency,
                exchange_rate=None if order.currency == case.agreement.base_currency else document.exchange_rate,
                customer=_customer(document, case.agreement),
                account=account,
                text=with_text(own, words),
            )
        )
    return made


def _amount(case: Case, capture: Capture) -> Decimal:
    return cents(capture.base_amount if case.rules.settings.amounts == "base" else capture.amount)


def _shared(
    amount: Decimal, capture: Capture, pays: Mapping[str, BookedInvoice], left: dict[str, Decimal]
) -> dict[str, Decimal]:
    """A payment shared out over the documents it is for, by what earlier ones have left of each; the last has the rest.

    What goes back for an invoice that was made smaller is what earlier payments had over: it stands where the rest is.
    """
    parts: dict[str, Decimal] = {}
    back = capture.kind == "refund" and any(role.startswith("invoice") for role in pays)
    for role in pays:
        last = role == [*pays][-1]
        part = amount if last else ZERO if back else min(amount, max(left.get(role, amount), ZERO))
        parts[role] = part
        amount -= part
        if role in left:
            left[role] += part if back else -part
    return parts


def _customer(document: BookedInvoice, agreement: Agreement) -> int:
    """The debtor that was invoiced. Raises `CannotMap` when e-conomic has posted the payment itself."""
    kind = agreement.terms_types.get(document.terms or 0)
    if kind in POSTING_TYPES:
        raise CannotMap(
            "payment_posted",
            f"document {document.number} is booked on payment terms {document.terms} of the type {kind}, which post "
            "the payment themselves: a voucher would post it twice. Leave the method out of payments.accounts, or "
            "choose other terms for it",
        )
    if document.customer is None:
        raise CannotMap("payment_customer", f"who document {document.number} was booked on is not known")
    return document.customer
