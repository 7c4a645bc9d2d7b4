"""The `filter` query parameter, with the oddities of the real thing.

Known from e-conomic's documentation and live probes: only listed properties may be used; text compares without regard
to case; `$like:` without `*` means contains; `[abc]` in `$like:` is a class; `$[` and `$]` are documented but match
nothing; `$in:` takes at most 200 numbers, and text in it matches nothing; some published properties answer 500.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from econ_client.sandbox.answers import Refused
from econ_client.sandbox.wire import Doc, getter

Predicate = Callable[[Doc], bool]
Hint = tuple[str, str]
"""(property, text that it must hold, case folded): what every document that a filter finds has."""
_OPERATOR = re.compile(r"([^$()]+)\$([a-z]+):")
_OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "like", "in", "nin")
_ESCAPABLE = "$()*,[]"
_WILDCARD = "*"
_APART = "\0"


@dataclass(frozen=True, slots=True)
class Property:
    """What may be done with a property in queries. `breaks`: operators that answer 500 in the real service."""

    kind: Literal["text", "number", "flag", "date"] = "text"
    filterable: bool = True
    sortable: bool = True
    breaks: tuple[str, ...] = ()


Properties = Mapping[str, Property]


@dataclass(frozen=True, slots=True)
class _Value:
    """A filter's right-hand side. `characters`: the text, with None for an unescaped wildcard."""

    characters: tuple[str | None, ...] = ()
    null: bool = False
    hopeless: bool = False

    @property
    def text(self) -> str:
        return "".join(_WILDCARD if character is None else character for character in self.characters)


def filter_error(reason: str, properties: Properties) -> Refused:
    """400 whose body lists what may be filtered on."""
    allowed = [name for name, known in properties.items() if known.filterable]
    return Refused(
        400,
        "Could not parse query string filter.",
        "Filtering on collections can be done using the querystring parameter 'filter'.",
        more={"errors": [reason], "allowedFilteringFields": allowed},
    )


def parse_filter(text: str, properties: Properties) -> Predicate:
    """A predicate over stored documents. Raises Refused (400, or 500 for what breaks the real service)."""
    return hinted_filter(text, properties)[0]


def hinted_filter(text: str, properties: Properties) -> tuple[Predicate, Hint | None]:
    """`parse_filter` with a hint, if the filter gives one."""
    parser = _Parser(text, properties)
    predicate = parser.parse()
    return predicate, parser.hint


def named(name: str, properties: Properties) -> tuple[str, Property | None]:
    """A property and its name as listed; clients in the field write names in any case."""
    if name not in properties:
        name = next((listed for listed in properties if listed.lower() == name.lower()), name)
    return name, properties.get(name)


class _Parser:
    def __init__(self, text: str, properties: Properties) -> None:
        self.text = text
        self.properties = properties
        self.at = 0
        self.hint: Hint | None = None

    def parse(self) -> Predicate:
        predicate = self.alternatives()
        if self.at != len(self.text):
            raise self.error(f"Unexpected '{self.text[self.at]}' at position {self.at}.")
        return predicate

    def error(self, reason: str) -> Refused:
        return filter_error(reason, self.properties)

    def accept(self, token: str) -> bool:
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def alternatives(self) -> Predicate:
        parts = [self.conjunction()]
        while self.accept("$or:"):
            parts.append(self.conjunction())
            self.hint = None
        return parts[0] if len(parts) == 1 else lambda doc: any(part(doc) for part in parts)

    def conjunction(self) -> Predicate:
        parts = [self.term()]
        while self.accept("$and:"):
            parts.append(self.term())
        return parts[0] if len(parts) == 1 else lambda doc: all(part(doc) for part in parts)

    def term(self) -> Predicate:
        if self.accept("("):
            inner = self.alternatives()
            if not self.accept(")"):
                raise self.error("A parenthesis is not closed.")
            return inner
        match = _OPERATOR.match(self.text, self.at)
        if match is None:
            raise self.error(f"Expected a property and an operator at position {self.at}.")
        operator = match[2]
        if operator not in _OPERATORS:
            raise self.error(f"Unknown operator '${operator}:'.")
        name, known = named(match[1].strip(), self.properties)
        if known is None or not known.filterable:
            raise self.error(f"Filtering is not allowed on property '{name}'.")
        self.at = match.end()
        breaks = operator in known.breaks
        if not breaks and operator in ("in", "nin"):
            return self.membership(name, known, operator == "in")
        value = self.value()
        if breaks or (value.null and "null" in known.breaks):
            raise Refused(500, "Internal server error.", "An unhandled exception was thrown.", "E00500")
        return self.comparison(name, known, operator, value)

    def membership(self, name: str, known: Property, inside: bool) -> Predicate:
        end = self.text.find("]", self.at)
        if not self.accept("[") or end < 0:
            raise self.error("The operators $in: and $nin: need their values in brackets.")
        entries = self.text[self.at : end].split(",")
        self.at = end + 1
        if len(entries) > 200:
            raise self.error("At most 200 values are allowed in $in: and $nin:.")
        if known.kind != "number":
            return lambda doc: False
        wanted = {None if entry.strip() == "$null:" else self.operand(known, entry.strip()) for entry in entries}
        get = getter(name)
        return lambda doc: (get(doc) in wanted) is inside

    def value(self) -> _Value:
        if self.accept("$null:"):
            return _Value(null=True)
        characters: list[str | None] = []
        hopeless = False
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == "$":
                if self.text.startswith(("$and:", "$or:"), self.at):
                    break
                following = self.text[self.at + 1 : self.at + 2]
                if not following or following not in _ESCAPABLE:
                    raise self.error(f"Unknown escape '${following}' at position {self.at}.")
                hopeless = hopeless or following in "[]"
                characters.append(following)
                self.at += 2
                continue
            if character == ")":
                break
            if character == "(":
                raise self.error(f"Unexpected '(' at position {self.at}.")
            characters.append(None if character == _WILDCARD else character)
            self.at += 1
        return _Value(tuple(characters), hopeless=hopeless)

    def operand(self, known: Property, text: str) -> Any:
        try:
            if known.kind == "number":
                return _finite(text)
            if known.kind == "date":
                when = datetime.datetime.fromisoformat(text)
                if "T" not in text:
                    return text
                utc = when.astimezone(datetime.UTC) if when.tzinfo else when
                return utc.strftime("%Y-%m-%dT%H:%M:%SZ")
        except (ValueError, InvalidOperation):
            raise self.error(f"The value '{text[:40]}' does not fit the property's type.") from None
        if known.kind == "flag":
            if text.lower() not in ("true", "false"):
                raise self.error(f"The value '{text[:40]}' is not a boolean.")
            return text.lower() == "true"
        return text.casefold()

    def comparison(self, name: str, known: Property, operator: str, value: _Value) -> Predicate:
        get = getter(name)
        if value.hopeless:
            return lambda doc: False
        if value.null:
            if operator not in ("eq", "ne"):
                raise self.error("$null: can only be compared with $eq: and $ne:.")
            return (lambda doc: get(doc) is None) if operator == "eq" else (lambda doc: get(doc) is not None)
        if operator == "like":
            if known.kind != "text":
                raise self.error(f"The operator $like: is not allowed on property '{name}'.")
            matches = _like(value.characters)
            self.hint = (name, _longest(value.characters).casefold())
            return lambda doc: matches(get(doc) or "")
        wanted = self.operand(known, value.text)
        fold = known.kind == "text"

        def held(doc: Doc) -> Any:
            found = get(doc)
            if known.kind == "flag":
                return bool(found)
            return found.casefold() if fold and isinstance(found, str) else found

        if operator == "eq":
            if fold:
                self.hint = (name, wanted)
            return lambda doc: held(doc) == wanted
        if operator == "ne":
            return lambda doc: held(doc) != wanted
        if known.kind == "flag":
            raise self.error(f"The operator ${operator}: is not allowed on property '{name}'.")
        compare = _ORDERS[operator]
        return lambda doc: (found := held(doc)) is not None and compare(found, wanted)


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


def _longest(characters: tuple[str | None, ...]) -> str:
    """The longest stretch without a wildcard or a class, which every match holds as it stands."""
    if "[" in characters:
        return ""
    text = "".join(_APART if character is None else character for character in characters)
    return max(text.split(_APART), key=len)


def _like(characters: tuple[str | None, ...]) -> Callable[[str], bool]:
    if None not in characters and "[" not in characters:
        needle = "".join(character or "" for character in characters).casefold()
        return lambda text: needle in text.casefold()
    pattern: list[str] = []
    at = 0
    while at < len(characters):
        character = characters[at]
        if character == "[" and "]" in characters[at + 2 :]:
            end = characters.index("]", at + 2)
            inside = "".join(member or _WILDCARD for member in characters[at + 1 : end])
            negated = inside.startswith("^")
            members = inside[1:] if negated else inside
            pattern.append(f"[{'^' if negated else ''}{re.escape(members).replace(chr(92) + '-', '-')}]")
            at = end
        else:
            pattern.append(".*" if character is None else re.escape(character))
        at += 1
    joined = "".join(pattern)
    expression = re.compile(joined if None in characters else f".*{joined}.*", re.IGNORECASE | re.DOTALL)
    return lambda text: expression.fullmatch(text) is not None


def _finite(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number
