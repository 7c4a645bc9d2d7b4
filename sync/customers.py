"""The debtor that a document needs: linked, found, or created; never two for one person."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from cdc.keys import Key
from econ_client import requests, wire
from econ_client.answers import Answer
from econ_client.documents import Customer, CustomerAnswer
from econ_client.errors import Ambiguous, Rejected
from econ_client.requests import WriteRequest
from mapping.plan import WantedCustomer
from sync import debtors, einvoicing, writer
from sync.compare import dump, fingerprint
from sync.context import Context, Ended
from sync.debtors import find as find
from sync.outcome import ParkedFor
from sync.state.changes import Klass
from sync.state.claims import Claim
from sync.state.intents import Intent
from sync.state.links import Link

ROLE = "customer"
LOCK_TIMEOUT = 60.0
INCOMPLETE = "incomplete"
"""What the link of a debtor says that was made of an account without an address."""

NUMBER_EXISTS = "E06010"
"""e-conomic's code for a number that is taken."""


def entity_of(wanted: WantedCustomer) -> Key:
    """Accounts are linked by their id, guests by a hash of what makes them one person: keys are shown in logs."""
    if wanted.magento_id is not None:
        return Key("customer", str(wanted.magento_id))
    # the institutions of one company number have an EAN each, and are debtors each
    person = f"{wanted.natural_key} ean:{wanted.ean}" if wanted.ean else wanted.natural_key
    return Key("customer", "guest-" + hashlib.sha256(person.encode()).hexdigest()[:24])


@contextmanager
def locked(context: Context, claim: Claim, keys: tuple[str, ...]) -> Iterator[None]:
    """Hold a debtor's natural keys, in their order."""
    with ExitStack() as stack:
        for key in keys:
            stack.enter_context(context.state.lock_natural_key(claim, "customer", key, LOCK_TIMEOUT))
        yield


def ensure(context: Context, claim: Claim, wanted: WantedCustomer, *, trusted_since: datetime | None = None) -> int:
    """The debtor's number. Raises `Ended` when people have to decide, and what a write raises.

    With `trusted_since`, a link from before that time is held against the debtor as it is now, and forgotten when it is
    somebody else by now.
    """
    if wanted.number is not None:
        return wanted.number
    entity = entity_of(wanted)
    link = context.state.link(entity, ROLE)
    same_identity(link, wanted)
    if link is not None and not any(map(_makes, context.state.open_intents(entity))):
        recent = trusted_since is None or (link.created_at is not None and link.created_at >= trusted_since)
        if recent or debtors.still_them(link, context.economic.customer(int(link.number), link.self_)):
            return _finished(context, claim, link, wanted)
        forget(context, claim, entity)
    with locked(context, claim, wanted.natural_keys):
        link = context.state.link(entity, ROLE)
        for intent in filter(_makes, context.state.open_intents(entity)):
            link = _settle(context, claim, wanted, intent) or link
        if link is not None:
            return _finished(context, claim, link, wanted)
        found = find(context, wanted)
        if found is not None:
            link = link_to(entity, found, found.customer_number, wanted)
        else:
            link = _just_made(context, wanted, entity)
        if link is None:
            return _create(context, claim, wanted, entity)
        context.fence()
        if not context.observe:
            context.state.save_link(claim, link)
        return int(link.number)


def doubted(context: Context, claim: Claim, entity: Key) -> None:
    """Let a write in doubt for an account or guest be settled, whatever becomes of the order that asked for it."""
    if entity != claim.key:
        context.state.enqueue([entity], Klass.ENTITY, reason="outcome_unknown")


def forget(context: Context, claim: Claim, entity: Key) -> None:
    """Forget a debtor that is gone, or somebody else by now: the next try finds, or makes, the right one."""
    context.fence()
    if not context.observe:
        context.state.delete_link(claim, entity, ROLE)


def forget_missing(context: Context, claim: Claim, wanted: WantedCustomer) -> None:
    """Forget the linked debtor if e-conomic has it no more."""
    entity = entity_of(wanted)
    link = context.state.link(entity, ROLE)
    if link is not None and context.economic.customer(int(link.number)) is None:
        forget(context, claim, entity)


def same_identity(link: Link | None, wanted: WantedCustomer) -> None:
    """Raise `Ended` when an account's id stands for another person than when it was linked."""
    if link is not None and link.identity and wanted.identity and dict(link.identity) != dict(wanted.identity):
        raise Ended(
            ParkedFor(
                "identity_changed",
                f"Customer id {wanted.magento_id} was another account when it was linked to customer {link.number}: "
                "Magento's database was restored or copied. Nothing is sent. If it is the right database, stop the "
                "service and move the state file away: debtors are found again by company number or e-mail.",
            )
        )


def link_to(
    entity: Key, debtor: Customer, number: int, wanted: WantedCustomer | None, body: bytes | None = None
) -> Link:
    """The link to a debtor as e-conomic has it; `body` is what was sent, None when it was found or just read."""
    made: dict[str, Any] = einvoicing.known(debtor) if body is not None else {}
    if body is not None and wanted is not None and not wanted.complete:
        made[INCOMPLETE] = True
    return Link(
        entity=entity,
        role=ROLE,
        document="customer",
        number=str(number),
        fingerprint=fingerprint(body) if body is not None else "",
        identity=wanted.identity if wanted is not None else {},
        answer=dump({**debtors.person(debtor), **made, "fields": debtors.fields_of(debtor)}),
        self_=getattr(debtor, "link", None) or "",
    )


def _create(context: Context, claim: Claim, wanted: WantedCustomer, entity: Key) -> int:
    unclear = context.state.last_unclear(entity, ROLE)
    writer.wait_for_lists(None if unclear is None else unclear.last_sent_at, context.now())
    debtors.may_be_made(context, wanted)
    request = requests.create_customer(wanted.body)
    try:
        answer = writer.write(context, claim, entity, ROLE, request, lambda a: _created(entity, request, a, wanted))
    except Ambiguous:
        doubted(context, claim, entity)
        raise
    except Rejected as error:
        if error.code == NUMBER_EXISTS and wanted.body.customer_number is not None:
            raise Ended(debtors.number_taken(wanted)) from error
        raise
    return _finished(context, claim, _created(entity, request, answer, wanted), wanted)


def _finished(context: Context, claim: Claim, link: Link, wanted: WantedCustomer) -> int:
    """The number of a linked debtor, with what is set by calls of its own."""
    if wanted.body.e_invoicing_disabled_by_default is not None:
        try:
            einvoicing.ensure(context, claim, link, wanted)
        except Ambiguous:
            doubted(context, claim, link.entity)
            raise
    return int(link.number)


def _just_made(context: Context, wanted: WantedCustomer, entity: Key) -> Link | None:
    """The link to the debtor that was made for the same person or company under another key; lists may be late.

    Raises `Ended` when it is too early to tell whether it was made.
    """
    for intent in context.state.writes_since(ROLE, context.now() - writer.SETTLE):
        if intent.entity == entity:
            continue
        if not debtors.same_person(wanted, Customer.model_validate(wire.decode(intent.request.body))):
            continue
        link = context.state.link(intent.entity, ROLE)
        if link is not None:
            return replace(link, entity=entity, identity=wanted.identity, fingerprint="")
        writer.wait_for_lists(intent.last_sent_at, context.now())
    return None


def _makes(intent: Intent) -> bool:
    return intent.role == ROLE and intent.request.method == "POST"


def _settle(context: Context, claim: Claim, wanted: WantedCustomer, intent: Intent) -> Link | None:
    made = debtors.made_by(context, intent.request)
    found = made or find(context, wanted)
    if found is not None:
        body = intent.request.body if made is not None else None
        link = link_to(intent.entity, found, found.customer_number, wanted, body)
        writer.settle_found(context, claim, intent, link)
        return link
    if writer.absent(context, claim, intent):
        writer.resend(context, claim, intent, lambda a: _created(intent.entity, intent.request, a, wanted))
        return context.state.link(intent.entity, ROLE)
    return None


def _created(entity: Key, request: WriteRequest, answer: Answer, wanted: WantedCustomer) -> Link:
    made = answer.parse(CustomerAnswer)
    return link_to(entity, made, made.customer_number, wanted, request.body)
