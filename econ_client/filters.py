"""Filters on e-conomic's collections: ``email$like:a@b.dk$and:lastUpdated$gt:2026-12-01T00:00:00Z``.

Only properties that e-conomic filters on in fact are offered (`econ_client.filterable`). Grammar, escapes and limits:
e-conomic's documentation, corrected by probes of a real agreement.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from econ_client import wire
from econ_client.filterable import FILTERABLE, Kind, template

Value = str | int | Decimal | bool | datetime.date | datetime.datetime

MOST_VALUES = 200
"""Values that `$in` takes; one more is answered with 400."""

_ESCAPES = str.maketrans({"$": "$$", "(": "$(", ")": "$)", "*": "$*", ",": "$,"})


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter for one collection; combine with `&` and `|`.

    `text` is the unencoded filter; it may hold people's data and is left out of the repr.
    """

    collection: str
    text: str

    def __and__(self, other: Filter) -> Filter:
        return self._with("$and:", other)

    def __or__(self, other: Filter) -> Filter:
        return self._with("$or:", other)

    def __repr__(self) -> str:
        return f"Filter({self.collection!r})"

    def fits(self, path: str) -> bool:
        """Whether this is a filter for the collection at that path."""
        return template(path) == template(self.collection)

    def _with(self, operator: str, other: Filter) -> Filter:
        if not self.fits(other.collection):
            raise ValueError(f"filters of {self.collection} and {other.collection} cannot be combined")
        return Filter(self.collection, f"({self.text}){operator}({other.text})")


@dataclass(frozen=True, slots=True)
class Field:
    """A property to compare; made by `field`. String comparison at e-conomic's is case-insensitive."""

    collection: str
    name: str
    kind: Kind

    def eq(self, value: Value) -> Filter:
        """Equal."""
        return self._compare("eq", value)

    def ne(self, value: Value) -> Filter:
        """Not equal."""
        if self.kind == "flag":
            raise ValueError(f"{self.name}$ne answers 500 at e-conomic; use eq with the other value")
        return self._compare("ne", value)

    def gt(self, value: Value) -> Filter:
        """Greater, or later."""
        return self._compare("gt", value, ordered=True)

    def gte(self, value: Value) -> Filter:
        """Greater or equal."""
        return self._compare("gte", value, ordered=True)

    def lt(self, value: Value) -> Filter:
        """Less, or earlier."""
        return self._compare("lt", value, ordered=True)

    def lte(self, value: Value) -> Filter:
        """Less or equal."""
        return self._compare("lte", value, ordered=True)

    def contains(self, value: str) -> Filter:
        """The text contains the value. What comes back may hold more: `_` and `%` may act as wildcards there."""
        if self.kind != "text":
            raise ValueError(f"{self.name} is no text")
        return self._made("like", _text(self.name, value).replace("[", "[[]"))

    def spread(self, value: str) -> Filter:
        """The text contains the value's characters in their order, whatever stands between them, as in ``12 34 56``."""
        if self.kind != "text":
            raise ValueError(f"{self.name} is no text")
        if not value.isalnum():
            raise ValueError(f"{self.name}: letters and digits only can be spread")
        return self._made("like", f"*{'*'.join(value)}*")

    def among(self, values: Iterable[int]) -> Filter:
        """One of up to 200 numbers. For strings e-conomic answers nothing, so they are refused here."""
        numbers = list(values)
        if self.kind != "number" or not all(isinstance(n, int) and not isinstance(n, bool) for n in numbers):
            raise ValueError(f"{self.name}: $in works with numbers only")
        if not 1 <= len(numbers) <= MOST_VALUES:
            raise ValueError(f"{self.name}: $in takes 1 to {MOST_VALUES} values, not {len(numbers)}")
        return self._made("in", f"[{','.join(str(n) for n in numbers)}]")

    def among_each(self, values: Iterable[int]) -> list[Filter]:
        """One of any number of numbers: as many filters as e-conomic's limit needs, each number once."""
        numbers = list(dict.fromkeys(values))
        return [self.among(numbers[start : start + MOST_VALUES]) for start in range(0, len(numbers), MOST_VALUES)]

    def missing(self) -> Filter:
        """Has no value."""
        if self.kind == "flag":
            raise ValueError(f"{self.name}$eq:$null: answers 500 at e-conomic")
        return self._made("eq", "$null:")

    def _compare(self, operator: str, value: Value, *, ordered: bool = False) -> Filter:
        if ordered and self.kind in ("text", "flag"):
            raise ValueError(f"{self.name} has no order")
        return self._made(operator, _written(self.name, self.kind, value))

    def _made(self, operator: str, value: str) -> Filter:
        return Filter(self.collection, f"{self.name}${operator}:{value}")


def field(collection: str, name: str) -> Field:
    """A property of a collection that e-conomic filters on.

    Raises:
        ValueError: e-conomic does not filter this collection, or not on this property.
    """
    names = FILTERABLE.get(template(collection))
    if names is None:
        raise ValueError(f"{collection} is not known to be filterable; known: {', '.join(sorted(FILTERABLE))}")
    if name not in names:
        raise ValueError(f"{collection} is not filterable on `{name}`; it is on: {', '.join(sorted(names))}")
    return Field(collection, name, names[name])


def _written(name: str, kind: Kind, value: Value) -> str:
    if kind == "flag" and isinstance(value, bool):
        return "true" if value else "false"
    if kind == "number" and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    if kind == "time" and isinstance(value, datetime.datetime):
        return wire.timestamp(value)
    if kind == "date" and isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    if kind == "text" and isinstance(value, str):
        return _text(name, value)
    raise ValueError(f"{name} is a {kind}; a {type(value).__name__} cannot be compared with it")


def _text(name: str, value: str) -> str:
    if not value:
        raise ValueError(f"{name}: an empty text matches everything; use missing()")
    return value.translate(_ESCAPES)
