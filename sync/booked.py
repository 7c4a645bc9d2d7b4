"""What an order says now that its booked document does not: amounts are the books' matter, the rest is told."""

from __future__ import annotations

import json
from typing import Any

from econ_client import wire
from mapping.plan import WantedDocument
from sync import drafts
from sync.compare import lacking
from sync.context import Context, Ended
from sync.outcome import ParkedFor
from sync.state.links import Link

_NOT_COMPARED = frozenset({"date", "exchange_rate", "due_date", "customer"})
"""Fixed by the booking: who owes the amount, at which date and rate."""


def check_amounts(link: Link, wanted: WantedDocument) -> None:
    """Raise `Ended` when a booked document does not come to what the shop says now."""
    if (link.net, link.vat, link.gross) == (wanted.magento.net, wanted.magento.vat, wanted.magento.gross):
        return
    raise Ended(
        ParkedFor(
            "booked_differs",
            f"Invoice {link.number} is booked with net {link.net}, VAT {link.vat}, gross {link.gross}; now the order "
            f"stands for {drafts.amounts_text(wanted.magento)}. A booked invoice cannot be changed: correct it in "
            "e-conomic with a credit note.",
        )
    )


def since_booking(context: Context, link: Link, wanted: WantedDocument) -> str:
    """What else differs by now, for people, without names and addresses; '' when nothing does, or nobody can tell.

    Only what was booked as we sent it, under the profile that still holds, tells what changed in the shop.
    """
    if not link.fingerprint or link.profile_hash != context.profile.fingerprint:
        return ""
    booked: dict[str, Any] = json.loads(link.answer) if link.answer else {}
    customer = (booked.get("customer") or {}).get("customer_number")
    if customer is None:
        return ""
    body = drafts.body_of(wanted, customer)
    if link.fingerprint == drafts.body_mark(wire.encode(body)):
        return ""
    found = lacking(body, booked, but=_NOT_COMPARED)
    if not found:
        return ""
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return (
        f"{drafts.name_of(link)} was booked before the order changed in Magento: {', '.join(found[:3])}{more}. The "
        "amounts are the same, and what is booked stays as it is."
    )
