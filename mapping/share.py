"""What an order leaves to e-conomic of the goods that it took: nothing, or less than its rows say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from cdc.models import Order
from mapping.agreement import Agreement
from mapping.amounts import in_books
from mapping.case import Case, case_of
from mapping.money import ZERO
from mapping.odd import ODD
from mapping.problems import CannotMap
from mapping.profile import Profile
from mapping.reduced import NO_REFUNDS, Refunds, left_of
from mapping.target import active_invoices, invoiced, ordered
from mapping.when import asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`skipped`: the profile leaves the order out. `taken_off` are pieces by product id (Magento's) that it took off a
    draft, or will not put on one, because they were refunded before they were sent."""

    skipped: bool = False
    taken_off: Mapping[int, Decimal] = field(default_factory=dict)


WHOLE = Share()


def share_of(
    order: Order, profile: Profile, agreement: Agreement, refunds: Refunds = NO_REFUNDS, *, now: datetime
) -> Share:
    """What an order leaves to e-conomic. An order that cannot be mapped leaves all of it: that is what is safe."""
    try:
        case = case_of(order, profile.for_store(order.store.code), agreement, {})
        rule = asked(case, now).rule
        if rule is not None and rule.then == "skip":
            return Share(skipped=True)
        return Share(taken_off=_taken_off(in_books(case), refunds)) if order.credit_memos else WHOLE
    except (CannotMap, *ODD):
        return WHOLE


def may_leave_out(profile: Profile) -> bool:
    """Whether any store view's profile has a row that leaves orders out."""
    return any(rule.then == "skip" for rules in profile.every_rules() for rule in rules.settings.when)


def _taken_off(case: Case, refunds: Refunds) -> dict[int, Decimal]:
    order, settings = case.order, case.rules.settings
    invoices, rows = active_invoices(order), settings.totals
    if settings.invoices == "per_magento_invoice" and invoices:
        targets = [(f"invoice:{one.id}", invoiced(order, (one,), rows)) for one in invoices]
    else:
        targets = [("invoice", invoiced(order, invoices, rows) if invoices else ordered(order, rows))]
    off: dict[int, Decimal] = {}
    for role, target in targets:
        left = {line.line.id: line.quantity for line in left_of(case, role, target, refunds).target.lines}
        for line in target.lines:
            product = line.line.stock_product_id
            less = line.quantity - left.get(line.line.id, line.quantity)
            if product is not None and less > 0:
                off[product] = off.get(product, ZERO) + less
    return off
