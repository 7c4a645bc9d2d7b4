"""A document's heading and its two texts, where what has no room in one line is carried on in the next."""

from __future__ import annotations

import datetime

from econ_client import documents
from mapping.compiled import Rules
from mapping.fields import Scope, cut_to, too_long, whole_text
from mapping.places import NOTE_LINES, PLACES

_LONGEST_TEXT = 1000


def notes(rules: Rules, scope: Scope) -> documents.Notes | None:
    """The notes; None when all are empty. Raises `CannotMap` (``too_long`` for a text that may not be cut)."""
    found: dict[str, str] = {}
    over = ""
    for name in NOTE_LINES:
        where = ("fields", "document", name)
        place, field = PLACES[where], rules.field(*where)
        most = place.most or 0
        own = whole_text(field, scope, ".".join(where))
        words = "\n".join(part for part in (over, own) if part)
        long = rules.long(where) if field is not None else "wrap"
        over = ""
        if len(words) > most:
            if long == "stop":
                raise too_long(".".join(where), words, most)
            if long == "wrap" and name != NOTE_LINES[-1]:
                words, over = broken(words, most)
            else:
                words = cut_to(words, most)
        if words:
            found[place.attribute] = words
    return documents.Notes(**found) if found else None


def with_original(notes: documents.Notes | None, date: datetime.date, rules: Rules, scope: Scope) -> documents.Notes:
    """The notes with the date that the document had before it moved to an open day, in the first text with room.

    Where neither has room the second text makes some: an accountant must find the date.
    """
    field, found = rules.field("dates", "note"), notes or documents.Notes()
    said = whole_text(field, scope, "dates.note") or date.isoformat()
    for name in ("text_line1", "text_line2"):
        words = "\n".join(part for part in (getattr(found, name), said) if part)
        if len(words) <= _LONGEST_TEXT:
            return found.model_copy(update={name: words})
    kept = cut_to(found.text_line2 or "", _LONGEST_TEXT - len(said) - 1)
    return found.model_copy(update={"text_line2": f"{kept}\n{said}"})


def broken(words: str, most: int) -> tuple[str, str]:
    """A text in two: at most `most` characters, broken between words, and the rest.

    A word is broken only when more than half of the line would stay empty.
    """
    at = max(words.rfind(" ", 0, most + 1), words.rfind("\n", 0, most + 1))
    if at < most // 2:
        return words[:most], words[most:]
    return words[:at].rstrip(), words[at:].strip()
