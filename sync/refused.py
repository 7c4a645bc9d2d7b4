"""Agreements that take no orders from apps: a draft invoice stands in for the draft order, and is booked as itself.

e-conomic's documentation says that orders cannot be written on agreements with the inventory module; shops report both.
So it is tried, and a refusal is remembered for a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from mapping.plan import Plan, WantedDocument
from mapping.profile import Profile
from mapping.settings import Settings
from sync import drafts
from sync.check import Check
from sync.context import Context, Ended
from sync.outcome import Retry
from sync.state.links import Link

REMEMBERED = timedelta(days=1)
_NOTE = "orders_refused"


def since(context: Context, *, ever: bool = False) -> datetime | None:
    """When e-conomic last refused an order, if that was within a day; with `ever` however long ago."""
    if not context.agreement.has_inventory:
        return None
    text = context.state.get(_NOTE)
    at = datetime.fromisoformat(text) if text else None
    return at if at is not None and (ever or context.now() - at < REMEMBERED) else None


def note(context: Context, settings: Settings) -> None:
    """Remember a refusal and raise `Ended`, to plan anew; nothing where the profile wants the order parked."""
    if settings.orders.refused == "park" or not context.agreement.has_inventory:
        return
    context.state.put(_NOTE, context.now().isoformat())
    said = "e-conomic takes no orders from apps on this agreement: a draft invoice is made instead (`orders.refused`)."
    raise Ended(Retry("orders_refused", context.now(), said, counts=False))


def instead(context: Context, plan: Plan, links: Mapping[str, Link], settings: Settings) -> Plan:
    """The plan with draft invoices in place of the draft orders that e-conomic refuses."""
    orders = [wanted for wanted in plan.documents if wanted.kind == "order_draft"]
    if not orders or settings.orders.refused == "park" or any(role.startswith("order") for role in links):
        return plan
    invoiced = [link for role, link in links.items() if role.startswith("invoice")]
    if any(link.document in drafts.BOOKED for link in invoiced) or since(context, ever=bool(invoiced)) is None:
        return plan
    return replace(plan, documents=tuple(map(_as_invoice, plan.documents)))


def check(profile: Profile, *, has_inventory: bool) -> Check | None:
    """What `check` says of draft orders; None where none are asked for, or where e-conomic takes them."""
    if not has_inventory or not any(rule.then == "order" for rule in profile.settings.when):
        return None
    may = "with the inventory module e-conomic may refuse orders from apps"
    if profile.settings.orders.refused == "invoice_draft":
        return Check("draft orders", "ok", f"{may}: a draft invoice is made instead then (`orders.refused`)")
    return Check(
        "draft orders",
        "warning",
        f"{may}, and such orders are parked then",
        fix="Set `orders: {refused: invoice_draft}`, or leave the rows `then: order` out of `when`.",
    )


def _as_invoice(wanted: WantedDocument) -> WantedDocument:
    if wanted.kind != "order_draft":
        return wanted
    return replace(wanted, kind="invoice_draft", role=wanted.role.replace("order", "invoice", 1), book=False)
