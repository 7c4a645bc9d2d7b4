"""How a document is booked: whether at all, and how e-conomic sends it, as the row of `when` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mapping.case import Case
from mapping.fields import text
from mapping.mistakes import shown
from mapping.plan import SendBy, WantedDocument
from mapping.problems import CannotMap
from mapping.when import Asked

_SEND: Mapping[str, SendBy | None] = {"none": None, "ean": "EAN", "email": "Email"}


def booked_as(document: WantedDocument, case: Case, found: Asked) -> WantedDocument:
    """The document with what the row says about its booking; `book: on` books nothing that `booking: off` holds.

    Raises:
        CannotMap: ``send`` when the row names no way of sending that there is.
    """
    if not document.book or found.rule is None:
        return document
    return replace(document, book=found.rule.book is not False, send_by=_send_by(case, found))


def _send_by(case: Case, found: Asked) -> SendBy | None:
    where = ("when", found.index, "send")
    way = (text(case.rules.field(*where), case.scope, what=shown(where), most=100) or "none").lower()
    if way not in _SEND:
        raise CannotMap("send", f"{shown(where)} is `{way}` for this order (allowed: {', '.join(_SEND)})")
    return _SEND[way]
