"""Carries one write out: the intent with the exact bytes is stored, they are sent, then link and intent are settled.

Whatever happens in between, the next reconcile of the same key finds the intent and settles it first (`sync.resolve`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from cdc.keys import Key
from econ_client.answers import Answer
from econ_client.errors import Ambiguous, EconomicError, NotAuthorised, RateLimited, Unavailable
from econ_client.requests import WriteRequest
from sync.context import Context, Ended, Observed
from sync.outcome import Retry
from sync.state.claims import Claim
from sync.state.intents import Intent
from sync.state.links import Link
from sync.state.work import Work

RESEND_FOR = timedelta(minutes=45)
"""How long after the first send the same bytes go out under the same key: e-conomic remembers a key for an hour."""

SETTLE = timedelta(minutes=2)
"""An absence in e-conomic's lists that is seen sooner after a send proves nothing."""

Settle = Callable[[Answer], Link | None]
"""Makes the link from the answer; None deletes it."""


def write(
    context: Context,
    claim: Claim,
    entity: Key,
    role: str,
    request: WriteRequest,
    settle: Settle,
    *,
    books: bool = False,
    allow: Callable[[Work], None] | None = None,
) -> Answer:
    """Send a new write. `allow` may object by raising, in the commit that stores the write.

    Raises `Observed` with `--observe`, `GenerationMoved` when the key has changed since it was loaded, and the errors
    of `econ_client.errors`.
    """
    if context.observe:
        raise Observed(f"{request.method} {request.path}")
    context.fence()
    with context.state.work(claim) as work:
        if allow is not None:
            allow(work)
        intent = work.open_intent(role, request, uuid.uuid4().hex, entity, sent=True)
    return _send(context, claim, intent, settle, first=True, books=books)


def resend(context: Context, claim: Claim, intent: Intent, settle: Settle, *, books: bool = False) -> Answer:
    """Send a stored write again: the same bytes under the same key."""
    if context.observe:
        raise Observed(f"{intent.request.method} {intent.request.path} (again)")
    context.fence()
    first = intent.first_sent_at is None
    with context.state.work(claim) as work:
        intent = work.mark_sent(intent)
    return _send(context, claim, intent, settle, first=first, books=books)


def _send(context: Context, claim: Claim, intent: Intent, settle: Settle, *, first: bool, books: bool) -> Answer:
    try:
        answer = context.economic.send(intent.request, intent.idempotency_key)
        link = settle(answer)
    except (RateLimited, Unavailable, NotAuthorised):
        if first:
            with context.state.work(claim) as work:
                work.close_intent(intent, "unsent")
        raise
    except Ambiguous as error:
        if error.from_cache:
            with context.state.work(claim) as work:
                work.close_intent(intent, "unclear")
        raise
    except EconomicError as error:
        with context.state.work(claim) as work:
            work.close_intent(intent, "unclear" if error.from_cache else "refused")
        raise
    with context.state.work(claim) as work:
        work.close_intent(intent)
        if books:
            work.note_booking(backfill=claim.admitted)
        if link is None:
            work.delete_link(intent.entity, intent.role)
        else:
            work.save_link(link)
    return answer


def settle_found(context: Context, claim: Claim, intent: Intent, link: Link | None, *, books: bool = False) -> None:
    """The write had its effect, as a look-up shows: close the intent and keep (or delete) the link.

    Raises `Observed` with `--observe`.
    """
    not_observed(context, intent)
    context.fence()
    with context.state.work(claim) as work:
        work.close_intent(intent)
        if books:
            work.note_booking(backfill=claim.admitted)
        if link is None:
            work.delete_link(intent.entity, intent.role)
        else:
            work.save_link(link)


def absent(context: Context, claim: Claim, intent: Intent) -> bool:
    """The write's effect was not found: whether the same bytes may go out again (True), or the intent is given up.

    Raises `Ended` when it is too early to tell, and `Observed` with `--observe`.
    """
    not_observed(context, intent)
    now = context.now()
    if intent.first_sent_at is None or now - intent.first_sent_at < RESEND_FOR:
        return True
    wait_for_lists(intent.last_sent_at, now)
    with context.state.work(claim) as work:
        work.close_intent(intent, "absent")
    return False


def not_observed(context: Context, intent: Intent) -> None:
    """Raise `Observed` with `--observe`: a run that may write settles what is open."""
    if context.observe:
        raise Observed(f"{intent.request.method} {intent.request.path} (settled)")


def wait_for_lists(last_sent: datetime | None, now: datetime) -> None:
    """Raise `Ended` with a retry while an absence in e-conomic's lists proves nothing."""
    if last_sent is not None and now - last_sent < SETTLE:
        raise Ended(
            Retry(
                "outcome_unknown",
                last_sent + SETTLE,
                "A write ended without an answer; e-conomic's lists are trusted two minutes after it.",
                counts=False,
            )
        )
