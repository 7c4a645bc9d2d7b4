"""Whether a field can be what its place in e-conomic takes, as far as that is known before there is an order."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

from mapping.checking import nearest
from mapping.fields import Computed, Field, Sized, Spec, Table, Template
from mapping.filters import text_of
from mapping.mistakes import shown
from mapping.places import NOTE_LINES, Place, place_of
from mapping.profile_yaml import Step

_WANTED = {
    "number": "it needs a number from 1, without quotes",
    "date": "it needs a date, such as 2026-12-31 or {expr: ...}",
    "price": "it needs an amount from 0, without quotes",
    "flag": "it needs on or off",
}
_KINDS = {"number": "a number", "date": "a date", "price": "an amount", "flag": "on or off"}


def misfits(spec: Spec, field: Field, where: tuple[Step, ...]) -> Iterator[str]:
    """What is wrong with a field at its place, one sentence for each mistake."""
    place, name = place_of(where), f"`{shown(where)}`"
    if place is None:
        return
    if spec.long is not None and place.kind != "text":
        yield f"{name}: `long` says what happens to long texts; {name} is no text, so leave `long` out"
    elif spec.long == "wrap" and not place.wraps:
        lines = ", ".join(f"`fields.document.{line}`" for line in NOTE_LINES)
        yield f"{name}: only the note lines ({lines}) can wrap (allowed here: cut, stop)"
    for literal in field.literals():
        if literal is not None and literal != "":
            yield from (f"{name} {said}" for said in _literal(literal, place, field))
    for kind in _kinds(field):
        if kind in _IMPOSSIBLE.get(place.kind, ()):
            yield f"{name} is {_said(kind)}, but it needs {_KINDS[place.kind]}"


def _literal(literal: object, place: Place, field: Field) -> Iterator[str]:
    words = text_of(literal)
    if place.kind == "text":
        if isinstance(field, Sized) and field.long == "stop" and len(words) > field.most:
            yield f"has {len(words)} characters and e-conomic takes {field.most}"
    elif place.kind == "choice":
        if words not in place.choices:
            yield f"is `{words}`{nearest(words, place.choices)} (allowed: {', '.join(place.choices)})"
    elif place.kind in _FITS and not _FITS[place.kind](literal):
        yield f"is `{words}`; {_WANTED[place.kind]}"


def _is_number(literal: object) -> bool:
    return isinstance(literal, int) and not isinstance(literal, bool) and literal >= 1


def _is_date(literal: object) -> bool:
    if isinstance(literal, str):
        try:
            datetime.date.fromisoformat(literal)
        except ValueError:
            return False
        return True
    return isinstance(literal, datetime.date)


def _is_price(literal: object) -> bool:
    return isinstance(literal, int | Decimal) and not isinstance(literal, bool) and literal >= 0


def _is_flag(literal: object) -> bool:
    return isinstance(literal, bool) or literal in ("on", "off")


_FITS = {"number": _is_number, "date": _is_date, "price": _is_price, "flag": _is_flag}
_IMPOSSIBLE: dict[str, tuple[str, ...]] = {
    "number": ("date", "flag"),
    "price": ("date", "flag"),
    "date": ("number", "flag"),
    "flag": ("date", "text"),
}


def _said(kind: str) -> str:
    return {"number": "a number", "date": "a date", "flag": "on or off", "text": "a text"}[kind]


def _kinds(field: Field) -> Iterator[str]:
    if isinstance(field, Sized):
        yield from _kinds(field.field)
    elif isinstance(field, Computed):
        yield field.expression.kind
    elif isinstance(field, Template):
        yield "text"
    elif isinstance(field, Table):
        for row in (*field.to.values(), *((field.default,) if field.default is not None else ())):
            yield from _kinds(row)
