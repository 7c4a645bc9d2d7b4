"""Sending by EAN (NemHandel): what the receiver asks for is there before the invoice is booked, for that is final.

e-conomic sends when it books, once; it wants the agreement's own company number, an EAN and a contact (REST
documentation, Invoices). Public bodies also refuse an invoice without their requisition number.
"""

from __future__ import annotations

import re

from mapping.plan import WantedDocument
from sync.context import Context, Ended
from sync.drafts import Document
from sync.outcome import ParkedFor

_GLN = re.compile(r"[0-9]{13}")


def check(context: Context, wanted: WantedDocument, fresh: Document) -> None:
    """Raise `Ended` naming everything that is missing for an invoice that is to be sent by EAN; one read."""
    if wanted.send_by != "EAN":
        return
    lacks = _lacks(context, wanted, fresh)
    if lacks:
        raise Ended(
            ParkedFor(
                "ean_incomplete",
                f"The invoice is to be sent by EAN, but {'; '.join(lacks)}. Nothing is booked. Complete it in Magento, "
                "the profile or e-conomic, then `tasks retry`.",
            )
        )


def _lacks(context: Context, wanted: WantedDocument, fresh: Document) -> list[str]:
    number = fresh.customer.customer_number
    debtor = context.economic.customer(number) if number is not None else None
    lacks = []
    if not context.agreement.cvr:
        lacks.append("the agreement has no company number (Settings > Company in e-conomic)")
    for whose, ean in (("the document", fresh.recipient.ean), (f"customer {number}", debtor.ean if debtor else None)):
        if not ean:
            lacks.append(f"{whose} has no EAN")
        elif not is_gln(ean):
            lacks.append(f"the EAN of {whose} is no GLN: its check digit is wrong")
    if not (fresh.recipient.attention or (fresh.references and fresh.references.customer_contact)):
        lacks.append("the document names no contact (`customers.contacts: on`, or `fields.recipient.attention`)")
    if not _requisition(wanted, fresh):
        lacks.append("references.other holds no requisition number beside the reference (`reference.text`)")
    return lacks


def _requisition(wanted: WantedDocument, fresh: Document) -> str:
    other = (fresh.references.other if fresh.references else None) or ""
    return other.replace("·", " ").replace(wanted.reference, "", 1).strip()


def is_gln(ean: str) -> bool:
    """Whether 13 digits end in their GS1 check digit: weights 1 and 3 in turn, the sum a multiple of ten."""
    if not _GLN.fullmatch(ean):
        return False
    return sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(ean)) % 10 == 0
