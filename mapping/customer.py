"""The debtor that a document needs, and who the document is made out to."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from cdc.models import Address, Customer, Order
from econ_client import documents
from mapping.compiled import Rules
from mapping.fields import Field, Table, number, text
from mapping.plan import WantedCustomer
from mapping.problems import CannotMap
from mapping.profile import Profile
from mapping.values import filled
from mapping.views import NO_ADDRESS, Buyer, VatRow, buyer_from, buyer_of
from mapping.zones import vat_row

_FOREIGN_VAT_ID = re.compile(r"[A-Z]{2}[0-9A-Z]*[0-9]{2}[0-9A-Z]*")


def normal_email(email: str) -> str:
    """The e-mail as it is compared: trimmed and in small letters."""
    return email.strip().lower()


def normal_cvr(vat_id: str, country: str, home: str = "DK") -> str:
    """A company number as it is compared: ``DK 12 34 56 78`` is ``12345678``; '' for what cannot be one.

    A Danish number has 8 digits; a foreign one keeps its country's prefix.
    """
    plain = "".join(c for c in vat_id.upper() if c.isalnum())
    if plain.startswith(home) and plain[len(home) :].isdigit():
        plain = plain[len(home) :]
        country = home
    if country in ("", home):
        return plain if re.fullmatch(r"[0-9]{8}", plain) else ""
    if _FOREIGN_VAT_ID.fullmatch(plain):
        return plain
    return plain if plain.isdigit() and 6 <= len(plain) <= 15 else ""


def normal_ean(ean: str) -> str:
    """A GLN of 13 digits, or ''."""
    plain = "".join(c for c in ean if not c.isspace())
    return plain if re.fullmatch(r"[0-9]{13}", plain) else ""


def identified(buyer: Buyer, rules: Rules, scope: Mapping[str, object], address: Address) -> Buyer:
    """The buyer with the company number and EAN that the profile finds. Raises `CannotMap`."""
    cvr = text(rules.field("customers", "cvr"), scope, what="customers.cvr") or ""
    ean = text(rules.field("customers", "ean"), scope, what="customers.ean") or ""
    home = rules.settings.vat.home
    return dataclasses.replace(buyer, cvr=normal_cvr(cvr, address.country, home), ean=normal_ean(ean))


def order_customer(
    order: Order, rules: Rules, scope: Mapping[str, object], buyer: Buyer, row: VatRow
) -> WantedCustomer:
    """The debtor of an order's documents. Raises `CannotMap`."""
    return _wanted(
        buyer,
        rules,
        scope,
        row,
        currency=order.currency,
        terms=number(rules.field("numbers", "payment_terms"), scope, what="numbers.payment_terms"),
        layout=number(rules.field("numbers", "layout"), scope, what="numbers.layout"),
    )


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
    row = vat_row(rules, scope, buyer, address)
    return _wanted(
        buyer,
        rules,
        scope,
        row,
        currency=rules.settings.customers.currency,
        terms=_without_order(rules.field("numbers", "payment_terms"), scope, "numbers.payment_terms"),
        layout=_without_order(rules.field("numbers", "layout"), scope, "numbers.layout"),
    )


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


def _wanted(
    buyer: Buyer, rules: Rules, scope: Mapping[str, object], row: VatRow, *, currency: str, terms: int, layout: int
) -> WantedCustomer:
    keys = rules.settings.customers
    collective = keys.guests if buyer.is_guest and isinstance(keys.guests, int) else None
    email = normal_email(buyer.email)
    if collective is not None:
        key = f"number:{collective}"
    elif buyer.cvr:
        key = f"cvr:{buyer.cvr}"
    elif email:
        key = f"email:{email}"
    else:
        raise CannotMap(
            "customer_email", "the buyer has neither an e-mail nor a company number to be known by; correct the order"
        )
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
        currency=currency,
        customer_group=documents.CustomerGroupRef(customer_group_number=_group(buyer, rules, scope)),
        vat_zone=documents.VatZoneRef(vat_zone_number=row.zone),
        corporate_identification_number=buyer.cvr or None,
        ean=buyer.ean or None,
    )
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
    )


def _group(buyer: Buyer, rules: Rules, scope: Mapping[str, object]) -> int:
    address = scope.get("address")
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
