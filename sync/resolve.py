"""Writes whose outcome is not known, settled before anything new is sent: look up, send again, or give up."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from cdc.keys import Key
from econ_client.answers import Answer
from econ_client.documents import BookedAnswer
from econ_client.search import Found
from sync import attachments, drafts, vouchers, writer
from sync.compare import picture
from sync.context import Context
from sync.drafts import Drafts
from sync.state.claims import Claim
from sync.state.intents import Intent
from sync.state.links import Link


def settle_open(
    context: Context, claim: Claim, entity: Key, made: Drafts, still_wanted: Callable[[Link], bool] = lambda _: True
) -> bool:
    """Settle every open intent of an order; whether there was one.

    `still_wanted` says whether a linked draft is to be booked just as it was last sent: booking is final, so one that
    is in doubt is not sent again for an order that has changed meanwhile.

    Raises `Ended` when it is too early to tell, and what a write raises.
    """
    pending = context.state.open_intents(entity)
    for intent in pending:
        link = context.state.link(entity, intent.role)
        if vouchers.is_voucher(intent):
            vouchers.settle(context, claim, intent, made)
        elif intent.request.path.endswith("/attachment/file"):
            attachments.settle(context, claim, intent)
        elif intent.request.method == "PUT":
            _put(context, claim, intent, link, made)
        elif intent.request.method == "DELETE":
            _delete(context, claim, intent, link)
        elif intent.request.path == "/invoices/booked":
            _booking(context, claim, intent, link, made, still_wanted)
        else:
            _post(context, claim, intent, made)
    return bool(pending)


def _post(context: Context, claim: Claim, intent: Intent, made: Drafts) -> None:
    token = drafts.token_in(intent.request)
    found = context.economic.find_by_reference(token, drafts.kinds_of(intent.role))
    if intent.request.path == "/orders/sent":
        _marked_sent(context, claim, intent, found, made)
        return
    as_sent = [one for one in found if drafts.sent_as_is(intent.request, one.document)]
    if as_sent:
        link = made.of_found(intent.role, token, as_sent[0], intent.request.body)
        writer.settle_found(context, claim, intent, link)
    elif (one := drafts.choose_sent(found, intent.role, token, intent.request)) is not None:
        # it moved on, or somebody changed it already: adopted, and compared before anything is sent
        writer.settle_found(context, claim, intent, made.of_found(intent.role, token, one, None))
    elif writer.absent(context, claim, intent):
        writer.resend(context, claim, intent, lambda a: made.of_answer(intent.role, token, intent.request, a))


def _marked_sent(context: Context, claim: Claim, intent: Intent, found: Sequence[Found], made: Drafts) -> None:
    """An order that was to be marked as sent: sent again while it is a draft still, for a second one would be made."""
    token = drafts.token_in(intent.request)
    sent = next((one for one in found if one.kind != "order_draft"), None)
    if sent is not None:
        writer.settle_found(context, claim, intent, made.of_found(intent.role, token, sent, intent.request.body))
    elif not found:
        writer.not_observed(context, intent)
        writer.wait_for_lists(intent.last_sent_at, context.now())
        _give_up(context, claim, intent)
    elif writer.absent(context, claim, intent):
        writer.resend(context, claim, intent, lambda a: made.of_answer(intent.role, token, intent.request, a))


def _put(context: Context, claim: Claim, intent: Intent, link: Link | None, made: Drafts) -> None:
    now = drafts.read(context, link) if link is not None else None
    if link is None or now is None:
        _give_up(context, claim, intent)  # the link's own course finds out where the draft went
        return
    if drafts.sent_as_is(intent.request, now):
        settled = made.link(link.role, link.document, int(link.number), now, link.reference, intent.request.body)
        writer.settle_found(context, claim, intent, settled)
    elif json.loads(link.answer or "{}") == picture(now) and writer.absent(context, claim, intent):
        writer.resend(context, claim, intent, lambda a: made.of_answer(link.role, link.reference, intent.request, a))
    else:
        _give_up(context, claim, intent)


def _delete(context: Context, claim: Claim, intent: Intent, link: Link | None) -> None:
    if link is None or drafts.read(context, link) is None:
        writer.settle_found(context, claim, intent, None)
    elif writer.absent(context, claim, intent):
        writer.resend(context, claim, intent, lambda _: None)


def _booking(
    context: Context,
    claim: Claim,
    intent: Intent,
    link: Link | None,
    made: Drafts,
    still_wanted: Callable[[Link], bool],
) -> None:
    if link is None:
        _give_up(context, claim, intent)
        return
    found = context.economic.find_by_reference(link.reference, ("invoice_booked",))
    if found:
        booked = made.of_found(intent.role, link.reference, found[0], None)
        writer.settle_found(context, claim, intent, booked, books=True)
    elif intent.first_sent_at is not None and not still_wanted(link):
        writer.not_observed(context, intent)
        writer.wait_for_lists(intent.last_sent_at, context.now())
        _give_up(context, claim, intent)
    elif writer.absent(context, claim, intent):
        writer.resend(context, claim, intent, lambda a: booked_link(a, link, made), books=True)


def booked_link(answer: Answer, link: Link, made: Drafts) -> Link:
    """The link after its draft invoice was booked; what the draft held is still what was sent."""
    booked = answer.parse(BookedAnswer)
    after = made.link(link.role, "invoice_booked", booked.booked_invoice_number, booked, link.reference, None)
    return replace(after, fingerprint=link.fingerprint)


def _give_up(context: Context, claim: Claim, intent: Intent) -> None:
    writer.not_observed(context, intent)
    context.fence()
    with context.state.work(claim) as work:
        work.close_intent(intent, "overtaken")
