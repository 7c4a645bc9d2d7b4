"""From an order and a profile to the documents that should exist in e-conomic."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from cdc.models import Invoice, Order, Product
from mapping.agreement import Agreement
from mapping.amounts import in_books
from mapping.booking import as_invoices
from mapping.case import Case, case_of
from mapping.dates import is_live
from mapping.document import order_documents
from mapping.halves import SERVICES, SERVICES_REFERENCE, has_both, has_goods_and_services, may_be_split
from mapping.odd import ODD, odd
from mapping.plan import Parked, Plan, Skipped, WantedDocument
from mapping.problems import CannotMap
from mapping.profile import Profile
from mapping.reduced import NO_REFUNDS, Refunds
from mapping.reference import invoice_token, order_token
from mapping.target import active_invoices
from mapping.when import Asked, asked

_LEFT = {
    "wait": Skipped("order", "wait"),
    "keep": Skipped("order", "kept"),
    "skip": Skipped("order", "skipped_by_profile"),
}
"""Rows that leave what exists alone, with the reason that they have without one of their own."""


def plan_order(
    order: Order,
    profile: Profile,
    agreement: Agreement,
    product_groups: Mapping[str, int] | None = None,
    *,
    admitted: bool = False,
    now: datetime.datetime | None = None,
    missing: Collection[str] = (),
    catalog: Mapping[int, Product] | None = None,
    refunds: Refunds = NO_REFUNDS,
) -> Plan:
    """The documents that should exist for an order as it is now. Never raises for an odd order: it parks.

    Args:
        order: the order in one snapshot.
        profile: the shop's profile; the order's store view decides which rules hold.
        agreement: what the agreement's own lists say.
        product_groups: the product group in e-conomic by product number, for products that exist there; others get
            the profile's.
        admitted: the order lies before the go-live line but has a link, or a backfill has admitted it.
        now: the time (aware UTC) by which the order has its age; this machine's when it is not given.
        missing: product numbers that e-conomic does not have, where another product may stand in for them.
        catalog: the lines' products by Magento's id, as far as they were loaded; others are as the lines tell.
        refunds: what is booked, and what came back: a refund before booking may make a draft smaller.
    """
    role, look_again_at = "order", None
    try:
        rules = profile.for_store(order.store.code)
        if not admitted and not is_live(order, rules.settings.orders.since):
            return Plan(skipped=(Skipped(role, "before_go_live"),))
        case = case_of(order, rules, agreement, product_groups or {}, missing=missing, catalog=catalog)
        if order.relation_child_id:
            return Plan(removals=_roles(case))  # it was edited: another order has taken its place
        found = asked(case, now or datetime.datetime.now(datetime.UTC))
        look_again_at = found.look_again_at
        role = "invoice" if found.rule is not None and found.rule.then == "invoice" else "order"
        return replace(_plan(in_books(case), found, refunds), look_again_at=look_again_at)
    except CannotMap as cannot:
        return Plan(parked=(Parked(role, cannot.reason, cannot.advice),), look_again_at=look_again_at)
    except ODD as error:
        return Plan(parked=(odd(role, error),), look_again_at=look_again_at)


def order_reference(order: Order, profile: Profile) -> str:
    """The token of an order's draft order and of its one invoice, with the prefix of the order's store view.

    Raises:
        CannotMap: ``reference`` when the increment id cannot be a token.
    """
    return order_token(profile.for_store(order.store.code).settings.reference.prefix, order.increment_id)


def order_references(order: Order, profile: Profile) -> tuple[str, ...]:
    """Every token that an invoice of the order may have, however the profile cuts them. Raises as `order_reference`."""
    prefix = profile.for_store(order.store.code).settings.reference.prefix
    whole = order_token(prefix, order.increment_id)
    tokens = (whole, *(invoice_token(prefix, order.increment_id, one.increment_id) for one in active_invoices(order)))
    return (*tokens, *(f"{token}{SERVICES_REFERENCE}" for token in tokens)) if has_goods_and_services(order) else tokens


def _plan(case: Case, found: Asked, refunds: Refunds) -> Plan:
    rule, order = found.rule, case.order
    if rule is None:
        return Plan(skipped=(Skipped("order", "no_rule"),))
    if rule.then == "remove":
        return Plan(removals=_roles(case))
    if rule.then == "mark":
        return Plan(marks=_roles(case), mark=case.rules.settings.cancelled.mark)
    if rule.then in ("order", "invoice"):
        return _documents(case, found, rule.then, refunds)
    named = order.state if rule.then == "wait" else ""
    left = _LEFT[rule.then]
    return Plan(skipped=(replace(left, reason=rule.reason or named or left.reason),))


def _roles(case: Case) -> tuple[str, ...]:
    roles = ("order", "invoice", *(f"invoice:{i.id}" for i in case.order.invoices))
    return (*roles, *(f"{role}{SERVICES}" for role in roles)) if may_be_split(case) else roles


def _documents(case: Case, found: Asked, wanted: str, refunds: Refunds) -> Plan:
    order, prefix = case.order, case.rules.settings.reference.prefix
    made: list[WantedDocument] = []
    parked: list[Parked] = []
    nothing: list[Skipped] = []
    refunded: list[str] = []
    invoices = active_invoices(order)
    jobs: list[tuple[str, Sequence[Invoice]]] = [(wanted, invoices)]
    if wanted == "invoice" and case.rules.settings.invoices == "per_magento_invoice" and invoices:
        jobs = [(f"invoice:{i.id}", (i,)) for i in invoices]
    for role, of in jobs:
        try:
            token = (
                invoice_token(prefix, order.increment_id, of[0].increment_id)
                if ":" in role
                else order_token(prefix, order.increment_id)
            )
            parts = order_documents(case, role, token, of, refunds)
            made += as_invoices(parts, case, found, of)
            nothing += [] if parts else [Skipped(role, "nothing_left")]
            refunded += [] if parts else [role, f"{role}{SERVICES}"] if has_both(case) else [role]
        except CannotMap as cannot:
            parked.append(Parked(role, cannot.reason, cannot.advice))
        except ODD as error:
            parked.append(odd(role, error))
    gone: tuple[str, ...] = ()
    if (made or refunded) and not parked:
        there = {one.role for one in made}
        leaving = ("order", f"order{SERVICES}") if has_both(case) else ("order",)
        gone = tuple(role for role in leaving if role not in there and (wanted == "invoice" or ":" in role))
    removals = tuple(dict.fromkeys((*gone, *refunded)))
    return Plan(documents=tuple(made), skipped=tuple(nothing), parked=tuple(parked), removals=removals)
