"""What stands at the head of a document beside dates and amounts: references, project, place of delivery, due date."""

from __future__ import annotations

import datetime
import re
from typing import Any

from econ_client import documents
from mapping.agreement import Agreement
from mapping.compiled import Rules
from mapping.fields import Scope, cut_to, too_long, whole_text
from mapping.places import place_of
from mapping.problems import CannotMap
from mapping.reference import LONGEST, SEPARATOR, with_text
from mapping.values import filled, one

_DOCUMENT = ("fields", "document")
_REFERENCES = ("salesperson", "vendor_reference", "contact")
_SHORTEST_TEXT = 20
_WORDS = re.compile(r"[\s·]+")
_NUMBER = re.compile(r"\D*(\d+)(?:[-/].*)?")
_DIGITS = 8
_NEAR = 10_000_000
"""Numbers of a shop's orders lie this near to each other; a buyer's own numbers as good as never do."""


def references(token: str, rules: Rules, scope: Scope, agreement: Agreement) -> documents.References:
    """The document's key with the shop's own text before it, and the people. Raises `CannotMap`."""
    people = filled(rules, _DOCUMENT, scope, only=_REFERENCES, agreement=agreement)
    return documents.References(other=with_text(token, _own_text(token, rules, scope)), **people)


def header(rules: Rules, scope: Scope, agreement: Agreement, terms: int, date: datetime.date) -> dict[str, Any]:
    """The due date, project and delivery location of a document dated `date` on payment terms `terms`.

    e-conomic takes a due date with terms of the type ``dueDate`` only, and must have one there.

    Raises:
        CannotMap: ``due_date`` when it is missing or before the document's date, else as `filled`.
    """
    found = filled(rules, _DOCUMENT, scope, only=("project",), agreement=agreement)
    found |= filled(rules, ("fields", "delivery"), scope, only=("location",), agreement=agreement)
    if agreement.terms_types.get(terms) != "dueDate":
        return found
    due = one(rules, (*_DOCUMENT, "due_date"), scope)
    if due is None:
        raise CannotMap(
            "due_date",
            f"payment terms {terms} ({agreement.payment_terms.get(terms, '')}) need a due date on each document; set "
            'fields.document.due_date, such as {expr: "date|add_days(14)"}, or choose other terms',
        )
    if due < date:
        raise CannotMap("due_date", f"the due date {due} lies before the document's date {date}; correct the profile")
    return {**found, "due_date": due}


def _reads_like(word: str, token: str) -> bool:
    """Whether a word has the form of a reference: as many digits, and a number near to this order's."""
    one, other = _NUMBER.fullmatch(word), _NUMBER.fullmatch(token)
    if one is None or other is None or len(one[1]) != len(other[1]) or len(one[1]) < _DIGITS:
        return False
    return abs(int(one[1]) - int(other[1])) < _NEAR


def _own_text(token: str, rules: Rules, scope: Scope) -> str | None:
    where = ("reference", "text")
    words = whole_text(rules.field(*where), scope, ".".join(where))
    room = max(LONGEST - len(token) - len(SEPARATOR), _SHORTEST_TEXT)
    if len(words) > room:
        if rules.long(where) == "stop" and place_of(where) is not None:
            raise too_long(".".join(where), words, room)
        words = cut_to(words, room)
    for word in _WORDS.split(words):
        if word != token and _reads_like(word, token):
            raise CannotMap(
                "reference",
                f"reference.text holds `{word}`, which reads like the reference of another order; nothing but the "
                "order's own number may look so",
            )
    return words or None
