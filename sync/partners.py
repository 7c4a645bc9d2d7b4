"""What stands below a debtor and on a document: the contact that the buyer is, and the place the goods go to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from cdc.keys import Key
from econ_client import requests, wire
from econ_client.answers import Answer
from econ_client.client import Economic
from econ_client.documents import (
    Contact,
    ContactAnswer,
    ContactRef,
    DeliveryLocation,
    DeliveryLocationAnswer,
    DeliveryLocationRef,
    References,
)
from econ_client.errors import Ambiguous
from econ_client.filters import field
from econ_client.requests import WriteRequest
from econ_client.search import addresses_in, normalised_email
from mapping.plan import WantedCustomer, WantedDocument
from sync import customers, writer
from sync.compare import fingerprint
from sync.context import Context
from sync.state.claims import Claim
from sync.state.intents import Intent
from sync.state.links import Link

CONTACT, LOCATION = "contact", "delivery_location"

_PLACE = ("address", "postal_code", "city", "country", "terms_of_delivery")


@dataclass(frozen=True, slots=True)
class Partner:
    """One contact or delivery location of a debtor. `role` is the same for all who ask for it."""

    kind: str
    debtor: int
    body: Contact | DeliveryLocation

    @property
    def role(self) -> str:
        """What tells it from the debtor's others: keys are shown in logs, so e-mails and addresses are hashed."""
        return f"{self.kind}:{self.debtor}:{hashlib.sha256(repr(_known_by(self.body)).encode()).hexdigest()[:24]}"

    @property
    def request(self) -> WriteRequest:
        """The write that makes it."""
        if isinstance(self.body, Contact):
            return requests.create_contact(self.debtor, self.body)
        return requests.create_delivery_location(self.debtor, self.body)


def completed(context: Context, claim: Claim, wanted: WantedDocument, debtor: int) -> WantedDocument:
    """The document with its debtor's contact and delivery location on it, made where they are missing.

    What the profile's fields have put there stays. Raises `Ended`, and what a write raises.
    """

    def ensured(partner: Partner) -> int:
        return ensure(context, claim, customers.entity_of(wanted.customer), partner)

    return _on_document(wanted, debtor, ensured)


def known(context: Context, wanted: WantedDocument, debtor: int) -> tuple[WantedDocument, tuple[Partner, ...]]:
    """As `completed` with what is there already; and what is missing. Nothing is written."""
    lacking: list[Partner] = []

    def found(partner: Partner) -> int | None:
        link = context.state.link(customers.entity_of(wanted.customer), partner.role)
        number = int(link.number) if link is not None else _look(context.economic, partner)
        if number is None:
            lacking.append(partner)
        return number

    return _on_document(wanted, debtor, found), tuple(lacking)


def ensure(context: Context, claim: Claim, entity: Key, partner: Partner) -> int:
    """The number of a contact or delivery location; made when there is none. Raises as `completed` does."""
    role = partner.role
    link = context.state.link(entity, role)
    if link is not None and not _pending(context, entity, role):
        return int(link.number)
    with customers.locked(context, claim, (role,)):
        for intent in _pending(context, entity, role):
            _settle(context, claim, partner, intent)
        link = context.state.link(entity, role) or _just_made(context, entity, role)
        if link is not None:
            return int(link.number)
        number = _look(context.economic, partner)
        if number is not None:
            context.fence()
            if not context.observe:
                context.state.save_link(claim, _link(entity, partner, number))
            return number
        unclear = context.state.last_unclear(entity, role)
        writer.wait_for_lists(None if unclear is None else unclear.last_sent_at, context.now())
        request = partner.request
        try:
            answer = writer.write(
                context, claim, entity, role, request, lambda a: _link(entity, partner, _number_in(partner, a), request)
            )
        except Ambiguous:
            customers.doubted(context, claim, entity)
            raise
        return _number_in(partner, answer)


def forget_missing(context: Context, claim: Claim, wanted: WantedCustomer, debtor: int) -> bool:
    """Forget the linked contact and delivery location that e-conomic has no more; whether there was one."""
    entity, forgotten = customers.entity_of(wanted), False
    for partner in _partners(wanted, debtor):
        link = context.state.link(entity, partner.role)
        if link is None:
            continue
        read = context.economic.contact if partner.kind == CONTACT else context.economic.delivery_location
        if read(debtor, int(link.number)) is None:
            context.fence()
            context.state.delete_link(claim, entity, partner.role)
            forgotten = True
    return forgotten


def settle_unwanted(context: Context, claim: Claim, intent: Intent) -> None:
    """Settle a write in doubt that nothing asks for any more. Raises `Ended` with a retry while it is too early."""
    writer.not_observed(context, intent)
    writer.wait_for_lists(intent.last_sent_at, context.now())
    partner = _sent(intent)
    number = _look(context.economic, partner)
    if number is not None:
        writer.settle_found(context, claim, intent, _link(intent.entity, partner, number, intent.request))
        return
    context.fence()
    with context.state.work(claim) as work:
        work.close_intent(intent, "absent")


def _on_document(wanted: WantedDocument, debtor: int, number_of: Callable[[Partner], int | None]) -> WantedDocument:
    body = wanted.body
    for partner in _partners(wanted.customer, debtor):
        if partner.kind == LOCATION and body.delivery_location is None:
            number = number_of(partner)
            if number is not None:
                body = body.model_copy(
                    update={"delivery_location": DeliveryLocationRef(delivery_location_number=number)}
                )
        elif partner.kind == CONTACT:
            references = body.references or References()
            number = number_of(partner) if references.customer_contact is None else None
            if number is not None:
                contact = ContactRef(customer_contact_number=number)
                changes: dict[str, object] = {"references": references.model_copy(update={"customer_contact": contact})}
                if body.recipient.attention is None:
                    changes["recipient"] = body.recipient.model_copy(update={"attention": contact})
                body = body.model_copy(update=changes)
    return wanted if body is wanted.body else replace(wanted, body=body)


def _partners(wanted: WantedCustomer, debtor: int) -> tuple[Partner, ...]:
    contact = (Partner(CONTACT, debtor, wanted.contact),) if wanted.contact is not None else ()
    location = (Partner(LOCATION, debtor, wanted.location),) if wanted.location is not None else ()
    return (*contact, *location)


def _look(economic: Economic, partner: Partner) -> int | None:
    """The debtor's own, that is known by the same: the first of several, for they say the same."""
    debtor, body, key = partner.debtor, partner.body, _known_by(partner.body)
    if isinstance(body, Contact):
        where = field(f"/customers/{debtor}/contacts", "email").contains((body.email or "").strip())
        contacts = [one for one in economic.contacts(debtor, where) if not one.deleted]
        fitting = [one.customer_contact_number for one in contacts if key[0] in addresses_in(one.email)]
    else:
        places = [one for one in economic.delivery_locations(debtor) if not one.barred]
        fitting = [one.delivery_location_number for one in places if _known_by(one) == key]
    return min(fitting, default=None)


def _known_by(body: Contact | DeliveryLocation) -> tuple[str, ...]:
    if isinstance(body, Contact):
        return (normalised_email(body.email or ""),)
    return tuple(" ".join((getattr(body, name) or "").casefold().split()) for name in _PLACE)


def _just_made(context: Context, entity: Key, role: str) -> Link | None:
    """The one that was made for another key, and that no list may show yet. Raises `Ended` when it is too early."""
    for intent in context.state.writes_since(role, context.now() - writer.SETTLE):
        if intent.entity == entity:
            continue
        link = context.state.link(intent.entity, role)
        if link is not None:
            return link
        writer.wait_for_lists(intent.last_sent_at, context.now())
    return None


def _pending(context: Context, entity: Key, role: str) -> list[Intent]:
    return [one for one in context.state.open_intents(entity) if one.role == role]


def _settle(context: Context, claim: Claim, partner: Partner, intent: Intent) -> None:
    number = _look(context.economic, partner)
    if number is not None:
        writer.settle_found(context, claim, intent, _link(intent.entity, partner, number, intent.request))
    elif writer.absent(context, claim, intent):
        writer.resend(
            context,
            claim,
            intent,
            lambda a: _link(intent.entity, partner, _number_in(partner, a), intent.request),
        )


def _sent(intent: Intent) -> Partner:
    kind, debtor, _ = intent.role.split(":")
    model = Contact if kind == CONTACT else DeliveryLocation
    return Partner(kind, int(debtor), model.model_validate(wire.decode(intent.request.body)))


def _number_in(partner: Partner, answer: Answer) -> int:
    if partner.kind == CONTACT:
        return answer.parse(ContactAnswer).customer_contact_number
    return answer.parse(DeliveryLocationAnswer).delivery_location_number


def _link(entity: Key, partner: Partner, number: int, request: WriteRequest | None = None) -> Link:
    return Link(
        entity=entity,
        role=partner.role,
        document=partner.kind,
        number=str(number),
        fingerprint=fingerprint(request.body) if request is not None else "",
    )
