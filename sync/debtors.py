"""Which debtor in e-conomic is somebody: looked for by what the profile says, as far as each proves anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from econ_client import wire
from econ_client.client import Economic
from econ_client.documents import Customer, CustomerAnswer
from econ_client.filters import field
from econ_client.requests import WriteRequest
from econ_client.search import addresses_in, normalised_cvr, normalised_email, phones_in
from mapping.identity import normal_phone
from mapping.places import PLACES
from mapping.plan import WantedCustomer
from mapping.settings.customers import UPDATABLE
from sync.compare import canonical
from sync.context import Context, Ended
from sync.outcome import ParkedFor
from sync.state.links import Link

_OWN = {
    "cvr": "corporate_identification_number",
    "ean": "ean",
    "group": "customer_group",
    "vat_zone": "vat_zone",
    "currency": "currency",
}
ATTRIBUTES: Mapping[str, str] = {
    name: _OWN.get(name) or PLACES["fields", "customer", name].attribute for name in UPDATABLE
}
"""A debtor's attribute in e-conomic's model, by its name in the profile."""

_NOT_KEPT = frozenset({"e_invoicing_disabled_by_default", "vat_number"})
"""e-conomic takes these without keeping them: the first is for PATCH alone, the second for agreements elsewhere."""


def find(context: Context, wanted: WantedCustomer) -> CustomerAnswer | None:
    """The one existing debtor that fits, or None. Raises `Ended` when several do, or the wanted number is another's.

    A company is found by its number only; a guest by a whole e-mail address or phone number among debtors without
    company number or EAN in the profile's consumer groups, for these prove nothing about a company.
    """
    for by in wanted.match:
        look = _LOOK.get(by)
        if look is None or (by in ("ean", "email", "phone") and _surer(wanted, by)):
            continue
        there = look(context.economic, wanted)
        found = [one for one in there if fits(wanted, one, by)]
        if by == "number" and there and not found:
            raise Ended(number_taken(wanted))
        found = [one for one in found if not one.barred] or found
        if len(found) > 1:
            raise Ended(_ambiguous(found, wanted, by))
        if found:
            return found[0]
    return None


def fits(wanted: WantedCustomer, debtor: Customer, by: str) -> bool:
    """Whether a debtor that was found `by` something may be the wanted one."""
    cvr, ean = normalised_cvr(debtor.corporate_identification_number or ""), (debtor.ean or "").strip()
    guest = wanted.magento_id is None
    if wanted.cvr:
        return cvr == normalised_cvr(wanted.cvr) and (not wanted.ean or ean == wanted.ean)
    if wanted.ean:
        return ean == wanted.ean
    if cvr or ean:
        # the bookkeeper may have added the company number of an account that is known by its number
        return by == "number" and not guest and wanted.email in addresses_in(debtor.email)
    if guest and debtor.customer_group.customer_group_number not in wanted.consumer_groups:
        return False
    return by != "number" or _nothing_says_otherwise(wanted, debtor)


def same_person(wanted: WantedCustomer, made: Customer) -> bool:
    """Whether a debtor that has just been made is the wanted one, though no list may show it yet."""
    known = {
        "number": made.customer_number is not None and made.customer_number == wanted.body.customer_number,
        "cvr": bool(wanted.cvr),
        "ean": bool(wanted.ean),
        "email": bool(wanted.email) and wanted.email in addresses_in(made.email),
        "phone": bool(wanted.phone) and wanted.phone in _phones(made),
    }
    return any(known.get(by, False) and fits(wanted, made, by) for by in wanted.match)


def made_by(context: Context, request: WriteRequest) -> CustomerAnswer | None:
    """The debtor that a stored POST has made, if there is one: it holds everything that was sent."""
    sent = Customer.model_validate(wire.decode(request.body))
    economic = context.economic
    if sent.customer_number is not None:
        one = economic.customer(sent.customer_number)
        found = [one] if one is not None else []
    elif sent.corporate_identification_number:
        found = economic.customers_by_cvr(sent.corporate_identification_number)
    elif sent.email and len(addresses_in(sent.email)) == 1:
        found = economic.customers_by_email(sent.email)
    else:
        found = list(economic.customers(field("/customers", "name").eq(sent.name)))
    return next((one for one in found if holds(sent, one)), None)


def holds(sent: Customer, there: Customer) -> bool:
    """Whether a debtor holds everything that was sent."""
    now = there.model_dump()
    return all(
        canonical(value) == canonical(now.get(name))
        for name, value in sent.model_dump(exclude_none=True).items()
        if name not in _NOT_KEPT
    )


def fields_of(debtor: Customer) -> dict[str, Any]:
    """What a debtor holds in the fields that an account may change, by attribute, as it can be stored and compared."""
    return dict(canonical(debtor.model_dump(include=set(ATTRIBUTES.values()))))


def same_value(attribute: str, one: Any, other: Any) -> bool:
    """Whether two values of a field mean the same: company numbers and e-mails are written in many ways."""
    if attribute == "corporate_identification_number":
        return normalised_cvr(one or "") == normalised_cvr(other or "")
    if attribute == "email":
        return addresses_in(one or "") == addresses_in(other or "")
    return bool((one or None) == (other or None))


def person(debtor: Customer) -> dict[str, str]:
    """What tells one debtor from another."""
    known = {
        "email": normalised_email(debtor.email or ""),
        "cvr": normalised_cvr(debtor.corporate_identification_number or ""),
        "ean": debtor.ean or "",
        "name": debtor.name.strip().casefold(),
    }
    return {name: value for name, value in known.items() if value}


def still_them(link: Link, now: Customer | None) -> bool:
    """Whether a debtor is the one that was linked: one of e-mail, company number, EAN and name is as it was.

    e-conomic gives the number of a deleted customer to the next one.
    """
    if now is None:
        return False
    before: dict[str, Any] = json.loads(link.answer or "{}")
    return not before or any(value == before.get(name) for name, value in person(now).items())


def may_be_made(context: Context, wanted: WantedCustomer) -> None:
    """Raise `Ended` when nobody was found and none may be made: the profile forbids it, or the number is taken."""
    if not wanted.create:
        raise Ended(missing(wanted))
    number = wanted.body.customer_number
    if number is not None and "number" not in wanted.match and context.economic.customer(number) is not None:
        raise Ended(number_taken(wanted))


def number_taken(wanted: WantedCustomer) -> ParkedFor:
    """The number that the profile gives belongs to another debtor."""
    number = wanted.body.customer_number
    return ParkedFor(
        "customer_number_taken",
        f"customers.number gives this buyer number {number}, but customer {number} in e-conomic is somebody else. Give "
        "one of the two another number; or, if it is the buyer, correct company number, EAN, name or e-mail there, and "
        "let `customers.match` have `number`. Then `tasks retry`.",
    )


def missing(wanted: WantedCustomer) -> ParkedFor:
    """Nobody was found, and the profile lets no debtor be made."""
    looked = ", ".join(by for by in wanted.match if by != "link")
    return ParkedFor(
        "customer_missing",
        f"e-conomic has no customer that is this buyer (looked for by {looked or 'nothing'}), and the profile says "
        "`customers.create: off`. Create the customer there with the same company number or e-mail, then "
        "`tasks retry`.",
    )


def _ambiguous(found: list[CustomerAnswer], wanted: WantedCustomer, by: str) -> ParkedFor:
    numbers = ", ".join(str(one.customer_number) for one in found[:5])
    what = {"cvr": f"company number {wanted.cvr}", "ean": f"EAN {wanted.ean}", "phone": "the buyer's phone number"}
    return ParkedFor(
        "customer_ambiguous",
        f"e-conomic has {len(found)} customers with {what.get(by, 'the e-mail address')} (numbers {numbers}). Bar or "
        "change all but one there, then `tasks retry`.",
    )


def _surer(wanted: WantedCustomer, by: str) -> bool:
    """Whether the debtor would have been found already: what is surer must agree anyway."""
    if wanted.cvr:
        return "cvr" in wanted.match
    return bool(wanted.ean) and by != "ean" and "ean" in wanted.match


def _nothing_says_otherwise(wanted: WantedCustomer, debtor: Customer) -> bool:
    addresses = addresses_in(debtor.email) - {""}
    if not addresses or not wanted.email or wanted.email in addresses:
        return True
    phone = normal_phone(wanted.body.telephone_and_fax_number or "")
    same_name = debtor.name.strip().casefold() == wanted.body.name.strip().casefold()
    return same_name or (phone != "" and phone in _phones(debtor))


def _phones(debtor: Customer) -> set[str]:
    return phones_in(debtor.telephone_and_fax_number) | phones_in(debtor.mobile_phone)


def _by_number(economic: Economic, wanted: WantedCustomer) -> list[CustomerAnswer]:
    number = wanted.body.customer_number
    found = economic.customer(number) if number is not None else None
    return [found] if found is not None else []


_LOOK: Mapping[str, Callable[[Economic, WantedCustomer], list[CustomerAnswer]]] = {
    "number": _by_number,
    "cvr": lambda economic, wanted: economic.customers_by_cvr(wanted.cvr),
    "ean": lambda economic, wanted: economic.customers_by_ean(wanted.ean),
    "email": lambda economic, wanted: economic.customers_by_email(wanted.email),
    "phone": lambda economic, wanted: economic.customers_by_phone(wanted.phone),
}
