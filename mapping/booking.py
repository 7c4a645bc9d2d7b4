"""How a document is booked: whether at all, under which number, with which file, and how e-conomic sends it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from cdc.models import ZERO, Invoice, Totals
from mapping.case import Case
from mapping.fields import text
from mapping.mistakes import shown
from mapping.plan import SendBy, WantedDocument
from mapping.problems import CannotMap
from mapping.when import Asked

LARGEST_NUMBER = 999_999_999
"""The highest invoice number that e-conomic takes."""

LONGEST_NAME = 1_000

_SEND: Mapping[str, SendBy | None] = {"none": None, "ean": "EAN", "email": "Email"}
_DIGITS = re.compile(r"[^0-9]*0*([0-9]+)")
_NO_TOTALS = Totals(**dict.fromkeys(Totals.__dataclass_fields__, ZERO))
_NO_INVOICE = Invoice(
    id=0, increment_id="", state="open", created_at=datetime(1970, 1, 1, tzinfo=UTC), totals=_NO_TOTALS, lines=()
)
"""What a file's name sees while Magento has no invoice: the file cannot be there."""


def booked_as(document: WantedDocument, case: Case, found: Asked) -> WantedDocument:
    """The document with what the row says about its booking; `book: on` books nothing that `booking: off` holds.

    Raises:
        CannotMap: ``send`` when the row names no way of sending that there is.
    """
    if not document.book or found.rule is None:
        return document
    return replace(document, book=found.rule.book is not False, send_by=_send_by(case, found))


def as_invoices(
    documents: Sequence[WantedDocument], case: Case, found: Asked, invoices: Sequence[Invoice]
) -> list[WantedDocument]:
    """The documents that stand for `invoices` together, ready to be booked; draft orders stay as they are.

    Several Magento invoices in one document have the number, and the file, of the last of them, as they have its date.

    Raises:
        CannotMap: as `booked_as`; ``invoice_number`` when Magento's number cannot be e-conomic's.
    """
    last = max(invoices, key=lambda invoice: (invoice.created_at, invoice.id), default=None)
    ready: list[WantedDocument] = []
    for document in (booked_as(one, case, found) for one in documents):
        if document.kind == "order_draft":
            ready.append(document)
            continue
        named = replace(document, attachment=_attachment(document, case, last))
        ready.append(_numbered(named, case, last, alone=len(documents) == 1))
    return ready


def _send_by(case: Case, found: Asked) -> SendBy | None:
    where = ("when", found.index, "send")
    way = (text(case.rules.field(*where), case.scope, what=shown(where), most=100) or "none").lower()
    if way not in _SEND:
        raise CannotMap("send", f"{shown(where)} is `{way}` for this order (allowed: {', '.join(_SEND)})")
    return _SEND[way]


def _numbered(document: WantedDocument, case: Case, last: Invoice | None, *, alone: bool) -> WantedDocument:
    """With the number to book with; while Magento has no invoice there is none, and nothing is booked."""
    if not document.book or case.rules.settings.invoice_number == "economic":
        return document
    if last is None:
        return replace(document, book=False, unnumbered=True)
    if not alone:
        raise CannotMap(
            "invoice_number",
            f"Magento's invoice {last.increment_id} is two documents in e-conomic (vat.two_zones: split), which cannot "
            "both have its number; book this order by hand, or let e-conomic number (`invoice_number: economic`)",
        )
    found = _DIGITS.fullmatch(last.increment_id)
    if found is None or not 1 <= int(found[1]) <= LARGEST_NUMBER:
        raise CannotMap(
            "invoice_number",
            f"Magento's invoice number {last.increment_id} cannot be one in e-conomic, which takes 1 to "
            f"{LARGEST_NUMBER} in digits; change the store view's number format in Magento, or set "
            "`invoice_number: economic`",
        )
    return replace(document, book_with=int(found[1]))


def _attachment(document: WantedDocument, case: Case, last: Invoice | None) -> str:
    field = case.rules.field("attachments", "invoice")
    if field is None:
        return ""
    scope = {**case.scope, "date": document.body.date, "magento_invoice": last or _NO_INVOICE}
    return text(field, scope, what="attachments.invoice", most=LONGEST_NAME) or ""
