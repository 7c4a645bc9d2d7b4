"""Whether a debtor gets e-invoices by default: e-conomic ignores it in POST and PUT, and takes it by PATCH alone."""

from __future__ import annotations

import json
from dataclasses import replace

from econ_client import requests, wire
from econ_client.documents import Customer
from mapping.plan import WantedCustomer
from sync import writer
from sync.compare import dump
from sync.context import Context
from sync.state.claims import Claim
from sync.state.links import Link

ROLE = "customer_e_invoicing"
_KNOWN = "e_invoicing_disabled"


def known(made: Customer) -> dict[str, bool]:
    """What the link of a debtor that was made here remembers of it."""
    return {_KNOWN: bool(made.e_invoicing_disabled_by_default)}


def kept(link: Link) -> dict[str, bool]:
    """What a link remembers: nothing for debtors that others made, which are left as they are."""
    found = json.loads(link.answer or "{}")
    return {_KNOWN: bool(found[_KNOWN])} if _KNOWN in found else {}


def ensure(context: Context, claim: Claim, link: Link, wanted: WantedCustomer) -> None:
    """Set it on a debtor that was made here, where the profile says otherwise. Raises what a write raises."""
    settle(context, claim, link)
    disabled = wanted.body.e_invoicing_disabled_by_default
    link = context.state.link(link.entity, link.role) or link
    if disabled is None or kept(link).get(_KNOWN, disabled) == disabled:
        return
    request = requests.set_e_invoicing(int(link.number), disabled=disabled)
    writer.write(context, claim, link.entity, ROLE, request, lambda _: _with(link, disabled))


def settle(context: Context, claim: Claim, link: Link) -> None:
    """Settle an open PATCH: the same again does no harm, for it sets one property to one value."""
    for intent in context.state.open_intents(link.entity):
        if intent.role != ROLE:
            continue
        there = context.economic.customer(int(link.number), link.self_)
        disabled = bool(wire.decode(intent.request.body).get("eInvoicingDisabledByDefault"))
        if there is None or bool(there.e_invoicing_disabled_by_default) == disabled:
            writer.settle_found(context, claim, intent, _with(link, disabled))
        elif writer.absent(context, claim, intent):
            writer.resend(context, claim, intent, lambda _, d=disabled: _with(link, d))  # type: ignore[misc]


def _with(link: Link, disabled: bool) -> Link:
    return replace(link, answer=dump({**json.loads(link.answer or "{}"), _KNOWN: disabled}))
