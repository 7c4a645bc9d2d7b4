"""What the fields of a section are worth, ready for e-conomic's models: numbers, days, amounts, words and texts."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from mapping.agreement import Agreement
from mapping.compiled import Rules
from mapping.fields import Field, Scope, evaluated, number, text, whole_text
from mapping.filters import day_of, text_of
from mapping.money import cents
from mapping.places import DEPARTMENTS, PLACES, PROJECTS, Place
from mapping.problems import CannotMap

_MODULES = {DEPARTMENTS: "departments", PROJECTS: "projects"}


def filled(
    rules: Rules,
    section: tuple[str, ...],
    scope: Scope,
    *,
    only: Collection[str] | None = None,
    but: Collection[str] = (),
    agreement: Agreement | None = None,
) -> dict[str, Any]:
    """Every field of a section that is set and has a value, by the name of its attribute in e-conomic's model.

    Args:
        rules: the store view's rules.
        section: where the fields stand, such as ``("fields", "customer")``.
        scope: what their expressions see.
        only: the fields to take; all of them when left out.
        but: fields that the caller fills itself.
        agreement: what the agreement offers, where a field may need one of its modules.

    Raises:
        CannotMap: ``profile_expression``, ``too_long``, or ``module`` for a field whose module the agreement lacks.
    """
    found: dict[str, Any] = {}
    for where, place in PLACES.items():
        if where[:-1] != section or not place.attribute or where[-1] in but:
            continue
        if only is not None and where[-1] not in only:
            continue
        value = one(rules, where, scope, agreement=agreement)
        if value is not None:
            found[place.attribute] = value
    return found


def one(rules: Rules, where: tuple[str, ...], scope: Scope, *, agreement: Agreement | None = None) -> Any:
    """One field's value as its place takes it; None when it is not set or empty. Raises `CannotMap`."""
    field = rules.field(*where)
    if field is None:
        return None
    place, what = PLACES[where], ".".join(where)
    value = _READ[place.kind](field, scope, what, place)
    if value is None:
        return None
    if place.module is not None and agreement is not None and agreement.lacks(place.module):
        raise CannotMap(
            "module",
            f"{what} is set, but the agreement has no module for {_MODULES[place.module]}; add the module in "
            "e-conomic, or take the field out of the profile",
        )
    return place.ref(**{place.key: value}) if place.ref is not None else value


def day(field: Field, scope: Scope, what: str) -> datetime.date | None:
    """A field's value as a day, times in the store's time zone. Raises `CannotMap`."""
    value = evaluated(field, scope, what)
    if value in (None, ""):
        return None
    try:
        return day_of(value, getattr(scope.get("store"), "timezone", ""))
    except (ValueError, OSError):
        shown = text_of(value) if isinstance(value, str | int | Decimal) else type(value).__name__
        raise CannotMap("profile_expression", f"{what} is `{shown}`, not a date such as 2026-12-31") from None


def price(field: Field, scope: Scope, what: str) -> Decimal | None:
    """A field's value as an amount with two decimals, never negative. Raises `CannotMap`."""
    value = evaluated(field, scope, what)
    if value in (None, ""):
        return None
    shown = text_of(value) if isinstance(value, str | int | Decimal) else type(value).__name__
    try:
        found = None if isinstance(value, bool) else cents(Decimal(shown.strip()))
    except ArithmeticError:
        found = None
    if found is None or found < 0:
        raise CannotMap("profile_expression", f"{what} is `{shown}`, not an amount from 0")
    return found


def flag(field: Field, scope: Scope, what: str) -> bool | None:
    """A field's value as on or off. Raises `CannotMap`."""
    value = evaluated(field, scope, what)
    if value in (None, ""):
        return None
    found = {"on": True, "off": False, "1": True, "0": False}.get(text_of(value).lower())
    if found is None:
        raise CannotMap("profile_expression", f"{what} is `{text_of(value)}`, which is neither on nor off")
    return found


def _text(field: Field, scope: Scope, what: str, place: Place) -> str | None:
    return text(field, scope, what=what, most=place.most, cut=place.long != "stop")


def _number(field: Field, scope: Scope, what: str, place: Place) -> int | None:
    value = evaluated(field, scope, what)
    return None if value in (None, "") else number(field, scope, what=what)


def _choice(field: Field, scope: Scope, what: str, place: Place) -> str | None:
    words = whole_text(field, scope, what)
    if words and words not in place.choices:
        raise CannotMap(
            "profile_expression", f"{what} is `{words}`, which e-conomic does not know ({', '.join(place.choices)})"
        )
    return words or None


_READ: Mapping[str, Callable[[Field, Scope, str, Place], Any]] = {
    "text": _text,
    "number": _number,
    "date": lambda field, scope, what, place: day(field, scope, what),
    "price": lambda field, scope, what, place: price(field, scope, what),
    "flag": lambda field, scope, what, place: flag(field, scope, what),
    "choice": _choice,
}
