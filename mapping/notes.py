"""A document's heading and its two texts, where what has no room in one line is carried on in the next."""

from __future__ import annotations

from econ_client import documents
from mapping.compiled import Rules
from mapping.fields import Scope, cut_to, too_long, whole_text
from mapping.places import NOTE_LINES, PLACES


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


def broken(words: str, most: int) -> tuple[str, str]:
    """A text in two: at most `most` characters, broken between words, and the rest.

    A word is broken only when more than half of the line would stay empty.
    """
    at = max(words.rfind(" ", 0, most + 1), words.rfind("\n", 0, most + 1))
    if at < most // 2:
        return words[:most], words[most:]
    return words[:at].rstrip(), words[at:].strip()
