"""The debtor that a document needs: linked, found, or created; never two for one person."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from cdc.keys import Key
from econ_client import requests, wire
from econ_client.answers import Answer
from econ_client.documents import Customer, CustomerAnswer
from econ_client.requests import WriteRequest
from econ_client.search import normalised_cvr, normalised_email
from mapping.plan import WantedCustomer
from sync import writer
from sync.compare import dump, fingerprint
from sync.context import Context, Ended
from sync.outcome import ParkedFor
from sync.state.claims import Claim
from sync.state.intents import Intent
from sync.state.links import Link

ROLE = "customer"
LOCK_TIMEOUT = 60.0


def entity_of(wanted: WantedCustomer) -> Key:
    """Accounts are linked by their id, guests by a hash of what makes them one person: keys are shown in logs."""
    if wanted.magento_id is not None:
        return Key("customer", str(wanted.magento_id))
    # the institutions of one company number have an EAN each, and are debtors each
    person = f"{wanted.natural_key} ean:{wanted.ean}" if wanted.ean else wanted.natural_key
    return Key("customer", "guest-" + hashlib.sha256(person.encode()).hexdigest()[:24])


def ensure(context: Context, claim: Claim, wanted: WantedCustomer, *, trusted_since: datetime | None = None) -> int:
    """The debtor's number. Raises `Ended` when people have to decide, and what a write raises.

    e-conomic gives the number of a deleted customer to the next one. With `trusted_since`, a link from before that time
    is held against the debtor as it is now, and forgotten when it is somebody else by now.
    """
    if wanted.number is not None:
        return wanted.number
    entity = entity_of(wanted)
    link = context.state.link(entity, ROLE)
    _same_identity(link, wanted)
    if link is not None and not _pending(context, entity):
        recent = trusted_since is None or (link.created_at is not None and link.created_at >= trusted_since)
        if recent or _still_them(link, context.economic.customer(int(link.number))):
            return int(link.number)
        context.fence()
        if not context.observe:
            context.state.delete_link(claim, entity, ROLE)
    with context.state.lock_natural_key(claim, "customer", wanted.natural_key, LOCK_TIMEOUT):
        link = context.state.link(entity, ROLE)
        for intent in context.state.open_intents(entity):
            link = _settle(context, claim, wanted, intent) or link
        if link is not None:
            return int(link.number)
        found = find(context, wanted)
        number = found.customer_number if found is not None else _just_made(context, wanted, entity)
        if number is not None:
            context.fence()
            if not context.observe:
                context.state.save_link(claim, _linked(entity, number, wanted, found))
            return number
        unclear = context.state.last_unclear(entity, ROLE)
        writer.wait_for_lists(None if unclear is None else unclear.last_sent_at, context.now())
        request = requests.create_customer(wanted.body)
        answer = writer.write(context, claim, entity, ROLE, request, lambda a: _created(entity, request, a, wanted))
        return answer.parse(CustomerAnswer).customer_number


def find(context: Context, wanted: WantedCustomer) -> CustomerAnswer | None:
    """The one existing debtor that fits, or None.

    A company is found by its number, which must be the only one; a person by a whole e-mail address among debtors
    without company number or EAN in the profile's consumer groups, for an address proves nothing about a company.
    """
    if wanted.cvr:
        companies = [c for c in context.economic.customers_by_cvr(wanted.cvr) if _fits(wanted, c)]
        return _only(companies, f"company number {wanted.cvr}")
    if wanted.ean or not wanted.email:
        # an EAN without a company number identifies nobody well enough to be found by e-mail
        return None
    people = [c for c in context.economic.customers_by_email(wanted.email) if _fits(wanted, c)]
    return _only(people, "the order's e-mail address")


def forget_missing(context: Context, claim: Claim, wanted: WantedCustomer) -> None:
    """Forget the linked debtor if e-conomic has it no more: the next try finds, or makes, another."""
    entity = entity_of(wanted)
    link = context.state.link(entity, ROLE)
    if link is not None and context.economic.customer(int(link.number)) is None:
        context.fence()
        context.state.delete_link(claim, entity, ROLE)


def _fits(wanted: WantedCustomer, debtor: Customer) -> bool:
    """Whether a debtor with the wanted company number or e-mail may be the wanted one."""
    cvr = normalised_cvr(debtor.corporate_identification_number or "")
    if wanted.cvr:
        return cvr == normalised_cvr(wanted.cvr) and (not wanted.ean or debtor.ean == wanted.ean)
    consumer = debtor.customer_group.customer_group_number in wanted.consumer_groups
    return not cvr and not debtor.ean and not wanted.ean and consumer


def _just_made(context: Context, wanted: WantedCustomer, entity: Key) -> int | None:
    """The debtor that was made for the same person or company under another key, and that no list may show yet.

    Raises `Ended` when it is too early to tell whether it was made.
    """
    for intent in context.state.writes_since(ROLE, context.now() - writer.SETTLE):
        if intent.entity == entity:
            continue
        made = Customer.model_validate(wire.decode(intent.request.body))
        same = wanted.cvr or normalised_email(made.email or "") == normalised_email(wanted.email)
        if not same or not _fits(wanted, made):
            continue
        link = context.state.link(intent.entity, ROLE)
        if link is not None:
            return int(link.number)
        writer.wait_for_lists(intent.last_sent_at, context.now())
    return None


def _only(found: list[CustomerAnswer], what: str) -> CustomerAnswer | None:
    if len(found) > 1:
        numbers = ", ".join(str(c.customer_number) for c in found[:5])
        raise Ended(
            ParkedFor(
                "customer_ambiguous",
                f"e-conomic has {len(found)} customers with {what} (numbers {numbers}). Bar or change all but one "
                "there, then `tasks retry`.",
            )
        )
    return found[0] if found else None


def _pending(context: Context, entity: Key) -> bool:
    return bool(context.state.open_intents(entity))


def _settle(context: Context, claim: Claim, wanted: WantedCustomer, intent: Intent) -> Link | None:
    found = find(context, wanted)
    if found is not None:
        link = _link(intent.entity, found, intent.request, wanted)
        writer.settle_found(context, claim, intent, link)
        return link
    if writer.absent(context, claim, intent):
        writer.resend(context, claim, intent, lambda a: _created(intent.entity, intent.request, a, wanted))
        return context.state.link(intent.entity, ROLE)
    return None


def _same_identity(link: Link | None, wanted: WantedCustomer) -> None:
    if link is not None and link.identity and wanted.identity and dict(link.identity) != dict(wanted.identity):
        raise Ended(
            ParkedFor(
                "identity_changed",
                f"Customer id {wanted.magento_id} was another account when it was linked to customer {link.number}: "
                "Magento's database was restored or copied. Nothing is sent. If it is the right database, stop the "
                "service and move the state file away: debtors are found again by company number or e-mail.",
            )
        )


def _created(entity: Key, request: WriteRequest, answer: Answer, wanted: WantedCustomer) -> Link:
    return _link(entity, answer.parse(CustomerAnswer), request, wanted)


def _linked(entity: Key, number: int, wanted: WantedCustomer, found: CustomerAnswer | None) -> Link:
    return Link(
        entity=entity,
        role=ROLE,
        document="customer",
        number=str(number),
        identity=wanted.identity,
        answer=dump(_person(found or wanted.body)),
    )


def _person(customer: Customer) -> dict[str, str]:
    """What tells one debtor from another."""
    known = {
        "email": normalised_email(customer.email or ""),
        "cvr": normalised_cvr(customer.corporate_identification_number or ""),
        "ean": customer.ean or "",
        "name": customer.name.strip().casefold(),
    }
    return {name: value for name, value in known.items() if value}


def _still_them(link: Link, now: CustomerAnswer | None) -> bool:
    """Whether a debtor is the one that was linked: one of e-mail, company number, EAN and name is as it was."""
    if now is None:
        return False
    before: dict[str, str] = json.loads(link.answer or "{}")
    return not before or any(value == before.get(name) for name, value in _person(now).items())


def _link(entity: Key, customer: CustomerAnswer, request: WriteRequest, wanted: WantedCustomer) -> Link:
    return Link(
        entity=entity,
        role=ROLE,
        document="customer",
        number=str(customer.customer_number),
        fingerprint=fingerprint(request.body),
        identity=wanted.identity,
        answer=dump(_person(customer)),
    )
