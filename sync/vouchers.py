"""Vouchers in a journal: found again by the token in their text, made, and settled when their writing is in doubt.

A voucher has no reference of its own. It stands in the journal until a bookkeeper books it, and then among what is
booked in its accounting year; both are looked at.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from econ_client import requests, wire
from econ_client.answers import Answer
from econ_client.documents import (
    AccountRef,
    CurrencyRef,
    CustomerPayment,
    CustomerRef,
    Entries,
    Voucher,
    VoucherAnswer,
    YearRef,
)
from econ_client.filters import field as filter_field
from econ_client.requests import WriteRequest
from econ_client.search import carries
from mapping.plan import WantedVoucher
from sync import writer
from sync.context import Context, Ended
from sync.drafts import Drafts
from sync.outcome import ParkedFor
from sync.state.claims import Claim
from sync.state.intents import Intent
from sync.state.links import Link


@dataclass(frozen=True, slots=True)
class FoundVoucher:
    """A voucher that carries a token: its accounting year and number."""

    year: str
    number: int


def request_of(wanted: WantedVoucher, year: str) -> WriteRequest:
    """The write that makes a voucher."""
    payment = CustomerPayment(
        date=wanted.day,
        amount=wanted.amount,
        text=wanted.text,
        currency=CurrencyRef(code=wanted.currency),
        exchange_rate=wanted.exchange_rate,
        contra_account=AccountRef(account_number=wanted.account),
        customer=CustomerRef(customer_number=wanted.customer),
        customer_invoice=int(wanted.number),
    )
    voucher = Voucher(accounting_year=YearRef(year=year), entries=Entries(customer_payments=(payment,)))
    return requests.create_voucher(wanted.journal, voucher)


def year_of(context: Context, day: datetime.date) -> str:
    """The accounting year of a day. Raises `Ended` when e-conomic has none."""
    for year in context.economic.accounting_years():
        if year.from_date <= day <= year.to_date:
            return year.year
    raise Ended(
        ParkedFor(
            "accounting_year",
            f"e-conomic has no accounting year for the payment's date {day.isoformat()}. Create it there, then "
            "`tasks retry`.",
        )
    )


def find(context: Context, journal: int, token: str, year: str) -> FoundVoucher | None:
    """The voucher whose text holds the token: in the journal, else among what is booked in the year."""
    path = f"/journals/{journal}/entries"
    for entry in context.economic.entries(journal, filter_field(path, "text").contains(token)):
        if carries(entry.text, token) and entry.voucher is not None:
            known = entry.voucher.accounting_year
            return FoundVoucher(known.year if known is not None else year, entry.voucher.voucher_number)
    text = filter_field("/accounting-years/:n/entries", "text")
    for posted in context.economic.posted(year, text.contains(token)):
        if carries(posted.text, token):
            return FoundVoucher(year, posted.voucher_number or 0)
    return None


def link_of(made: Drafts, role: str, token: str, journal: int, found: FoundVoucher) -> Link:
    """The link to a voucher: its number is ``<journal>/<year>-<number>``."""
    return Link(
        entity=made.entity,
        role=role,
        document="voucher",
        number=f"{journal}/{found.year}-{found.number}",
        reference=token,
        profile_hash=made.profile_hash,
        identity=made.identity,
    )


def of_answer(made: Drafts, role: str, token: str, journal: int, answer: Answer) -> Link:
    """The link to the voucher that was just made; e-conomic answers an array."""
    voucher = answer.parse_all(VoucherAnswer)[0]
    found = FoundVoucher(voucher.accounting_year.year, voucher.voucher_number)
    return link_of(made, role, token, journal, found)


def is_voucher(intent: Intent) -> bool:
    """Whether a stored write makes a voucher."""
    return intent.request.path.startswith("/journals/")


def settle(context: Context, claim: Claim, intent: Intent, made: Drafts) -> None:
    """Find out what became of a write: look the voucher up, send it again, or give it up.

    Raises `Ended` when it is too early to tell, and what a write raises.
    """
    voucher = Voucher.model_validate(wire.decode(intent.request.body))
    journal = int(intent.request.path.split("/")[2])
    (payment,) = voucher.entries.customer_payments or ()
    token = (payment.text or "").replace("·", " ").split()[-1]
    found = find(context, journal, token, voucher.accounting_year.year)
    if found is not None:
        writer.settle_found(context, claim, intent, link_of(made, intent.role, token, journal, found))
    elif writer.absent(context, claim, intent):
        writer.resend(context, claim, intent, lambda a: of_answer(made, intent.role, token, journal, a))
