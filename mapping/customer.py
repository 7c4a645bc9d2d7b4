"""The debtor that a document needs, and who the document is made out to."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping

from cdc.models import Address, Customer, Order
from econ_client import documents
from mapping.choice import Choice
from mapping.compiled import Rules
from mapping.fields import Field, Table, number, text
from mapping.identity import debtor_number, normal_cvr, normal_ean, normal_email, normal_phone
from mapping.places import PLACES
from mapping.plan import WantedCustomer
from mapping.problems import CannotMap
from mapping.profile import Profile
from mapping.settings.customers import UPDATABLE
from mapping.values import filled
from mapping.views import NO_ADDRESS, Buyer, VatRow, buyer_from, buyer_of
from mapping.zones import choose

_ALWAYS = frozenset({"group", "vat_zone", "currency", "payment_terms", "layout"})
"""Fields of a debtor that the profile always has a value for."""

_BY_PLACE = frozenset({"group", "vat_zone"})
"""Fields that an account without an address says nothing about."""


def identified(buyer: Buyer, rules: Rules, scope: Mapping[str, object], address: Address) -> Buyer:
    """The buyer with the company number and EAN that the profile finds. Raises `CannotMap`."""
    cvr = text(rules.field("customers", "cvr"), scope, what="customers.cvr") or ""
    ean = text(rules.field("customers", "ean"), scope, what="customers.ean") or ""
    home = rules.settings.vat.home
    return dataclasses.replace(buyer, cvr=normal_cvr(cvr, address.country, home), ean=normal_ean(ean))


def order_customer(
    order: Order, rules: Rules, scope: Mapping[str, object], buyer: Buyer, row: VatRow
) -> WantedCustomer:
    """The debtor of an order's documents, with what it should have below it. Raises `CannotMap`."""
    wanted = _wanted(
        buyer,
        rules,
        scope,
        row,
        currency=order.currency,
        terms=number(rules.field("numbers", "payment_terms"), scope, what="numbers.payment_terms"),
        layout=number(rules.field("numbers", "layout"), scope, what="numbers.layout"),
    )
    location = _location(order, rules, scope) if wanted.number is None else None
    return dataclasses.replace(wanted, location=location)


def plan_customer(customer: Customer, profile: Profile) -> WantedCustomer:
    """The debtor that a customer account asks for.

    Raises:
        CannotMap: with reason and advice, when the account cannot be made a debtor.
    """
    rules = profile.for_store(customer.store.code)
    address = customer.billing or (customer.addresses[0] if customer.addresses else NO_ADDRESS)
    buyer = buyer_from(customer)
    scope: dict[str, object] = {"customer": buyer, "address": address, "store": customer.store}
    buyer = scope["customer"] = identified(buyer, rules, scope, address)
    place = _place(rules, address)
    row = choose(rules, {**scope, "address": place}, buyer, place, "goods").row
    return _wanted(
        buyer,
        rules,
        scope,
        row,
        place=place,
        currency=rules.settings.customers.currency,
        terms=_without_order(rules.field("numbers", "payment_terms"), scope, "numbers.payment_terms"),
        layout=_without_order(rules.field("numbers", "layout"), scope, "numbers.layout"),
    )


def account_vat(customer: Customer, profile: Profile) -> Choice:
    """How the VAT table decides for an account, as for goods sent to its billing address. Raises `CannotMap`."""
    rules = profile.for_store(customer.store.code)
    address = customer.billing or (customer.addresses[0] if customer.addresses else NO_ADDRESS)
    scope: dict[str, object] = {"customer": buyer_from(customer), "address": address, "store": customer.store}
    buyer = scope["customer"] = identified(buyer_from(customer), rules, scope, address)
    place = _place(rules, address)
    return choose(rules, {**scope, "address": place}, buyer, place, "goods")


def _place(rules: Rules, address: Address) -> Address:
    """Without an address the buyer is taken for one at home, until there is one."""
    return address if address.country else dataclasses.replace(address, country=rules.settings.vat.home)


def recipient(rules: Rules, scope: Mapping[str, object], buyer: Buyer, row: VatRow) -> documents.Recipient:
    """Who the document is made out to: the buyer's own data, also with a collective debtor. Raises `CannotMap`."""
    found = filled(rules, ("fields", "recipient"), scope)
    if "name" not in found:
        raise CannotMap(
            "customer_name",
            "the buyer has neither a name, a company nor an e-mail; correct the order's billing address",
        )
    if buyer.ean:
        found = {"ean": buyer.ean, "nem_handel_type": "ean", **found}
    return documents.Recipient(**found, vat_zone=documents.VatZoneRef(vat_zone_number=row.zone))


def delivery(order: Order, rules: Rules, scope: Mapping[str, object]) -> documents.Delivery | None:
    """Where the goods go; None for orders without a shipping address. Raises `CannotMap`."""
    if order.shipping is None or order.is_virtual:
        return None
    to = {**scope, "address": order.shipping}
    found = filled(rules, ("fields", "delivery"), to, but=("location",))
    return documents.Delivery(**found) if found else None


def order_buyer(order: Order) -> tuple[Buyer, Address]:
    """The order's buyer and billing address, before the profile has looked for a company number."""
    return buyer_of(order), order.billing or NO_ADDRESS


def left_alone(customer: Customer, profile: Profile) -> bool:
    """Whether an account changes nothing in e-conomic: it is inactive, or the profile says so. Raises `CannotMap`."""
    rules = profile.for_store(customer.store.code)
    address = customer.billing or (customer.addresses[0] if customer.addresses else NO_ADDRESS)
    scope = {"customer": buyer_from(customer), "address": address, "store": customer.store}
    if not customer.is_active:
        return True
    return rules.settings.customers.leave.if_ is not None and rules.holds(("customers", "leave"), scope)


def _wanted(
    buyer: Buyer,
    rules: Rules,
    scope: Mapping[str, object],
    row: VatRow,
    *,
    currency: str,
    terms: int,
    layout: int,
    place: Address | None = None,
) -> WantedCustomer:
    keys = rules.settings.customers
    collective = keys.guests if buyer.is_guest and isinstance(keys.guests, int) else None
    email, phone = normal_email(buyer.email), _phone(scope) if "phone" in keys.match else ""
    number_ = debtor_number(rules.field("customers", "number"), scope, buyer) if collective is None else None
    key, *further = _natural_keys(buyer, collective, email, phone, keys.match, number_)
    consumer = tuple(dict.fromkeys(_group_number(rules, g) for g in keys.consumer_groups))
    found = filled(rules, ("fields", "customer"), scope)
    if "name" not in found:
        raise CannotMap(
            "customer_name", "the buyer has neither a name, a company nor an e-mail; correct the billing address"
        )
    own = {
        "payment_terms": documents.PaymentTermsRef(payment_terms_number=terms),
        "layout": documents.LayoutRef(layout_number=layout),
    }
    body = documents.Customer(
        **{**own, **found},
        customer_number=number_,
        currency=currency,
        customer_group=documents.CustomerGroupRef(customer_group_number=_group(buyer, rules, scope, place)),
        vat_zone=documents.VatZoneRef(vat_zone_number=row.zone),
        corporate_identification_number=buyer.cvr or None,
        ean=buyer.ean or None,
    )
    given = tuple(name for name in UPDATABLE if _is_given(name, rules, scope, body))
    return WantedCustomer(
        natural_key=key,
        magento_id=buyer.id,
        email=email,
        cvr=buyer.cvr,
        ean=buyer.ean,
        consumer_groups=consumer,
        number=collective,
        body=body,
        identity={"created_at": buyer.since.isoformat()} if buyer.id is not None and buyer.since else {},
        further_keys=tuple(further),
        match=keys.match,
        phone=phone,
        create=keys.create,
        update=tuple(name for name in keys.update if name in given),
        overwrite=keys.overwrite,
        given=given,
        complete=scope["address"] != NO_ADDRESS,
        contact=_contact(buyer, rules, scope) if collective is None else None,
    )


def _natural_keys(
    buyer: Buyer, collective: int | None, email: str, phone: str, match: Collection[str], number_: int | None
) -> list[str]:
    """What the buyer is known by, the surest first. Raises `CannotMap`."""
    if collective is not None:
        return [f"number:{collective}"]
    known = {"cvr": buyer.cvr, "ean": buyer.ean, "email": email, "phone": phone}
    keys = [f"{name}:{value}" for name, value in known.items() if value]
    if not keys:
        raise CannotMap(
            "customer_email", "the buyer has neither an e-mail nor a company number to be known by; correct the order"
        )
    # one lock is enough where the surest is also what a debtor is found by
    sure = keys[0].partition(":")[0]
    further = [one for one in keys[1:] if one.partition(":")[0] in match and not (sure == "cvr" and "cvr" in match)]
    return [keys[0], *further, *([f"number:{number_}"] if number_ is not None else [])]


def _phone(scope: Mapping[str, object]) -> str:
    address = scope.get("address")
    return normal_phone(address.telephone) if isinstance(address, Address) else ""


def _is_given(name: str, rules: Rules, scope: Mapping[str, object], body: documents.Customer) -> bool:
    """Whether the profile has a value for a field that an account may change; an empty one, if there is an address."""
    has_address = scope["address"] != NO_ADDRESS
    if name in _ALWAYS:
        return has_address or name not in _BY_PLACE
    section = ("customers",) if name in ("cvr", "ean") else ("fields", "customer")
    if rules.field(*section, name) is None:
        return False
    return has_address or getattr(body, PLACES[(*section, name)].attribute) is not None


def _contact(buyer: Buyer, rules: Rules, scope: Mapping[str, object]) -> documents.Contact | None:
    """The buyer as a contact of a company or public body; None for others, and for buyers without an e-mail."""
    if not rules.settings.customers.contacts or not (buyer.cvr or buyer.ean):
        return None
    found = filled(rules, ("fields", "contact"), scope)
    return documents.Contact(**found) if found.get("name") and found.get("email") else None


def _location(order: Order, rules: Rules, scope: Mapping[str, object]) -> documents.DeliveryLocation | None:
    if not rules.settings.customers.delivery_locations or order.shipping is None or order.is_virtual:
        return None
    found = filled(rules, ("fields", "delivery_location"), {**scope, "address": order.shipping})
    return documents.DeliveryLocation(**found) if found else None


def _group(buyer: Buyer, rules: Rules, scope: Mapping[str, object], place: Address | None) -> int:
    address = place or scope.get("address")
    country = address.country if isinstance(address, Address) else ""
    for i, row in enumerate(rules.settings.customers.groups):
        if row.magento_group is not None and buyer.group.code not in row.magento_group:
            continue
        if row.country is not None and country not in row.country:
            continue
        if rules.holds(("customers", "groups", i), scope):
            return _group_number(rules, row.group)
    raise CannotMap("customer_group", "no row of customers.groups matches the buyer; add a last row without conditions")


def _group_number(rules: Rules, group: str | int) -> int:
    found = group if isinstance(group, int) else rules.settings.numbers.customer_groups.get(group)
    if found is None:
        raise CannotMap("customer_group", f"numbers.customer_groups.{group} is not set")
    return found


def _without_order(field: Field | None, scope: Mapping[str, object], what: str) -> int:
    try:
        return number(field, scope, what=what)
    except CannotMap:
        if isinstance(field, Table) and field.default is not None:
            return number(field.default, scope, what=what)
        raise
