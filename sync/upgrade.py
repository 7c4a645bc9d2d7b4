"""How a draft order becomes an invoice the way e-conomic does it: it is marked as sent, and its invoice archives it.

e-conomic proposes the invoice of a sent order (templates/upgrade-instructions/draftInvoice), and archives the order
when a draft invoice is made with what the proposal says of the order (REST documentation, Orders). Ours is made with
the lines that the shop asks for. Each step is a write of its own; whatever happens between two, the next look finds the
order where it is: a draft, sent by us, or archived.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from econ_client import requests
from econ_client.documents import Draft, DraftAnswer
from econ_client.errors import Forbidden, NotFound, Rejected
from econ_client.upgrade import Upgrade
from mapping.halves import SERVICES
from sync import writer
from sync.context import Context
from sync.state.links import Link

if TYPE_CHECKING:
    from sync.documents import Documents

log = logging.getLogger("magento_economic.deliver")

_OWN = frozenset(field.alias or name for name, field in Draft.model_fields.items())
"""What the invoice says for itself."""

_COMPUTED = frozenset(
    {
        "netAmount", "netAmountInBaseCurrency", "grossAmount", "grossAmountInBaseCurrency", "vatAmount",
        "roundingAmount", "marginInBaseCurrency", "marginPercentage", "costPriceInBaseCurrency",
        "lastUpdated", "pdf", "attachment", "templates",
    }
)  # fmt: skip
"""What e-conomic computes or links of the order, and ignores in a new document."""

_STATES: Mapping[str, Literal["drafts", "sent"]] = {"order_draft": "drafts", "order_sent": "sent"}


def is_ours(link: Link) -> bool:
    """Whether a sent or archived order is so because we made it an invoice; people's are left alone."""
    return link.document in ("order_sent", "order_archived") and bool(link.profile_hash)


def read(documents: Documents, link: Link) -> DraftAnswer | None:
    """A draft order as it is now; the whole of it is kept, for marking it as sent."""
    try:
        answer = documents.context.economic.get(f"/orders/drafts/{int(link.number)}")
    except NotFound:
        return None
    documents.whole[link.role] = answer.data
    return answer.parse(DraftAnswer)


def carried(documents: Documents, role: str) -> Mapping[str, Any]:
    """Make the order of an invoice ready; what the invoice takes over so that e-conomic archives the order.

    Nothing when no draft order makes way, when the profile has it deleted, or when e-conomic refuses to mark it. Raises
    what a read or a write raises.
    """
    mine = f"order{SERVICES}" if role.endswith(SERVICES) else "order"
    link = documents.links.get(mine)
    if link is None or mine not in documents.leaving or documents.settings.orders.upgrade != "archive":
        return {}
    if link.document == "order_draft" and (mine in documents.whole or read(documents, link) is not None):
        link = _sent(documents, link)
    if link.document != "order_sent":
        return {}
    try:
        proposed = documents.context.economic.upgrade_instructions("sent", int(link.number))
    except NotFound:
        return {}
    return _taken_over(proposed)


def foreseen(context: Context, link: Link) -> Mapping[str, Any]:
    """What the invoice of a linked order will take over, as far as e-conomic says it of the order where it is now."""
    state = _STATES.get(link.document)
    if state is None:
        return {}
    try:
        return _taken_over(context.economic.upgrade_instructions(state, int(link.number)))
    except NotFound:
        return {}


def _taken_over(proposed: Upgrade) -> Mapping[str, Any]:
    return {name: value for name, value in proposed.document.items() if name not in _OWN | _COMPUTED}


def finished(documents: Documents, link: Link) -> None:
    """After the invoice: the order that we sent is archived, or goes."""
    economic, number = documents.context.economic, int(link.number)
    if economic.order_archived(number) is not None:
        documents.keep(replace(link, document="order_archived"))
        return
    if economic.order_sent(number) is not None:
        if not is_ours(link):
            return
        log.warning(
            "e-conomic did not archive order %d when its invoice was made: it is deleted. `orders.upgrade: delete` in "
            "the profile spares the calls.",
            number,
        )
        withdraw(documents, link)
    elif economic.order_draft(number) is not None:
        documents.keep(replace(link, document="order_draft", profile_hash=""))  # somebody opened it again
    else:
        documents.forget(link)


def withdraw(documents: Documents, link: Link) -> None:
    """Delete an order that we sent."""
    request = requests.delete_order_sent(int(link.number))
    try:
        writer.write(documents.context, documents.claim, documents.claim.key, link.role, request, lambda _: None)
    except NotFound:
        documents.forget(link)
    documents.links.pop(link.role, None)
    documents.changed = True


def _sent(documents: Documents, link: Link) -> Link:
    request = requests.mark_order_sent(documents.whole[link.role])
    try:
        writer.write(
            documents.context,
            documents.claim,
            documents.claim.key,
            link.role,
            request,
            lambda answer: documents.made.of_answer(link.role, link.reference, request, answer),
        )
    except (Rejected, Forbidden) as error:
        log.warning("e-conomic does not mark order %s as sent, so it is deleted instead: %s", link.number, error)
        return link
    documents.changed = True
    documents.fresh.pop(link.role, None)
    documents.links = documents.context.state.links(documents.claim.key)
    return documents.links[link.role]
