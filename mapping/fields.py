"""A profile's fields: a literal, a text with ``{{ }}``, ``{expr: ...}`` or ``{map: expr, to: {...}, default: ...}``.

A text with ``{{ }}`` may also be written ``{text: ...}``, and each form in braces may say with ``long:`` what happens
to a text that e-conomic has no room for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Protocol, get_args
from typing import Literal as OneOf

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError

from mapping.absent import Place
from mapping.checking import nearest
from mapping.expressions import ColumnMissing, Expression, ExpressionError, compile_expression
from mapping.filters import bounded, sensible, text_of
from mapping.problems import CannotMap

Scope = Mapping[str, object]

Long = OneOf["cut", "wrap", "stop"]
"""What happens to a text that is too long: cut visibly, carried on in the next note line, or the document parked."""

LONGS: tuple[Long, ...] = get_args(Long)
_BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NUMBER = re.compile(r"\s*[0-9]+(?:\.[0-9]+)?\s*")
_FORMS = (frozenset({"text"}), frozenset({"expr"}), frozenset({"map", "to"}), frozenset({"map", "to", "default"}))


class Field(Protocol):
    """Something that has a value for an order, a line, a customer or a product."""

    def value(self, scope: Scope) -> object:
        """The value, native. Raises `ExpressionError`."""

    def literals(self) -> Iterator[object]:
        """Every value that stands in the profile itself, for checks against the agreement."""


def parts_of(field: Field) -> Iterator[Field]:
    """The field and every field in it: the rows of its tables."""
    yield field
    if isinstance(field, Sized):
        yield from parts_of(field.field)
    elif isinstance(field, Table):
        for row in (*field.to.values(), *((field.default,) if field.default is not None else ())):
            yield from parts_of(row)


def expressions_of(field: Field) -> Iterator[Expression]:
    """Every expression in a field."""
    for part in parts_of(field):
        if isinstance(part, Computed):
            yield part.expression
        elif isinstance(part, Template):
            yield from (piece for piece in part.parts if isinstance(piece, Expression))
        elif isinstance(part, Table):
            yield part.by


@dataclass(frozen=True, slots=True)
class Literal:
    """The same value always."""

    constant: object

    def value(self, scope: Scope) -> object:
        """The constant."""
        return self.constant

    def literals(self) -> Iterator[object]:
        """The constant."""
        yield self.constant


@dataclass(frozen=True, slots=True)
class Template:
    """Texts and expressions in turn, joined."""

    parts: tuple[str | Expression, ...]

    def value(self, scope: Scope) -> object:
        """One text."""
        return bounded("".join(p if isinstance(p, str) else text_of(p.evaluate(scope)) for p in self.parts))

    def literals(self) -> Iterator[object]:
        """None: what it gives is known with the data only."""
        return iter(())


@dataclass(frozen=True, slots=True)
class Computed:
    """An expression's native value: a SKU "007" stays a text."""

    expression: Expression

    def value(self, scope: Scope) -> object:
        """The expression's value."""
        return self.expression.evaluate(scope)

    def literals(self) -> Iterator[object]:
        """The constants among what it may give; a number written as a text is left to the data."""
        return (
            value for value in self.expression.results if not isinstance(value, str) or not _NUMBER.fullmatch(value)
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A value looked up by an expression's text; without a default an unlisted value is an error.

    A decimal is looked up without trailing zeros (``25``), truth as ``on`` and ``off``.
    """

    by: Expression
    to: Mapping[str, Field]
    default: Field | None

    def value(self, scope: Scope) -> object:
        """The row's value."""
        by = self.by.evaluate(scope)
        key = format(sensible(by).normalize(), "f") if isinstance(by, Decimal) else text_of(by)
        chosen = self.to.get(key, self.default)
        if chosen is None:
            rows = ", ".join(self.to)
            raise ExpressionError(
                f"`{self.by.source}` is `{key}`, which the table does not list ({rows}), and there is no default"
            )
        return chosen.value(scope)

    def literals(self) -> Iterator[object]:
        """Every row and the default."""
        for row in self.to.values():
            yield from row.literals()
        if self.default is not None:
            yield from self.default.literals()


@dataclass(frozen=True, slots=True)
class Sized:
    """A text field with its most characters and what happens to a longer text."""

    field: Field
    most: int
    long: Long

    def value(self, scope: Scope) -> object:
        """The value, as long as it is."""
        return self.field.value(scope)

    def literals(self) -> Iterator[object]:
        """Those of the field."""
        return self.field.literals()


@dataclass(frozen=True, slots=True)
class Spec:
    """A field as it stands in the profile, checked for its form; `compile` checks it against the models."""

    raw: object

    @property
    def long(self) -> Long | None:
        """What the profile says about texts that are too long; None when it says nothing."""
        return self.raw.get("long") if isinstance(self.raw, dict) else None

    def compile(self, types: Scope, place: Place | None = None) -> Field:
        """The field, compiled for names of these types. Raises `ExpressionError`."""
        return _compile(self.raw, types, place)


def _check(raw: Any) -> Spec:
    _check_form(raw)
    return Spec(raw)


def _check_form(raw: object, *, row: bool = False) -> None:
    if isinstance(raw, tuple):
        raise PydanticCustomError("field", "must be one value, not a list")
    if not isinstance(raw, dict):
        return
    if "long" in raw and row:
        raise PydanticCustomError("field", "must not have `long` in a row; it stands beside `map` and `to`")
    if raw.get("long", "cut") not in LONGS:
        raise PydanticCustomError(
            "field", "has `long: {long}` (allowed: {longs})", {"long": text_of(raw["long"]), "longs": ", ".join(LONGS)}
        )
    keys = raw.keys() - {"long"}
    if keys not in _FORMS:
        odd = next((key for key in raw if key not in _KEYS), None)
        near = nearest(odd, _KEYS) if odd is not None else ""
        said = f"has `{odd}`{near}{' A' if near else '; a'} field is" if odd is not None else "must be"
        raise PydanticCustomError("field", "{said} a value, a text with {braces}, {example}", {"said": said, **_WORDS})
    for key in ("text", "expr", "map"):
        if not isinstance(raw.get(key, ""), str):
            raise PydanticCustomError("field", "must have a text in quotes behind `{key}:`", {"key": key})
    if not isinstance(raw.get("to", {}), dict):
        raise PydanticCustomError(
            "field", "must have a table behind `to:`, such as {table}", {"table": "{DK: 1, SE: 2}"}
        )
    for value in (*raw.get("to", {}).values(), raw.get("default")):
        _check_form(value, row=True)


_KEYS = ("text", "expr", "map", "to", "default", "long")
_WORDS = {"braces": "{{ }}", "example": "`{text: ...}`, `{expr: ...}` or `{map: ..., to: {...}, default: ...}`"}

FieldSpec = Annotated[Spec, PlainValidator(_check)]


def is_spec(mark: object) -> bool:
    """Whether a mark in a model's annotation says that a field stands there."""
    return isinstance(mark, PlainValidator) and mark.func is _check


def _compile(raw: object, types: Scope, place: Place | None) -> Field:
    if isinstance(raw, dict):
        if "text" in raw:
            return _compile(raw["text"], types, place)
        if "expr" in raw:
            return Computed(compile_expression(raw["expr"], types, single=True, place=place))
        to = {str(key): _compile(value, types, place) for key, value in raw["to"].items()}
        default = _compile(raw["default"], types, place) if "default" in raw else None
        return Table(compile_expression(raw["map"], types, single=True, place=place), to, default)
    if not isinstance(raw, str) or ("{{" not in raw and "{%" not in raw and "}}" not in raw):
        return Literal(raw)
    if "{%" in raw or "{#" in raw:
        raise ExpressionError("only `{{ expression }}` may stand in a text; `{%` and `{#` are not allowed")
    parts: list[str | Expression] = []
    end = 0
    for match in _BRACES.finditer(raw):
        parts += [raw[end : match.start()], compile_expression(match[1].strip(), types, single=True, place=place)]
        end = match.end()
    parts.append(raw[end:])
    if any(isinstance(p, str) and ("{{" in p or "}}" in p) for p in parts):
        raise ExpressionError("a `{{` has no `}}`, or the other way round")
    return Template(tuple(p for p in parts if p != ""))


def text(field: Field | None, scope: Scope, *, what: str, most: int | None = None, cut: bool = True) -> str | None:
    """A field's value as a text of at most `most` characters; None when it is empty.

    The field's own length and `long` go before `most` and `cut`. A text that is cut ends with ``…``.

    Raises:
        CannotMap: ``profile_expression`` when the field has no value here, ``too_long`` when it may not be cut.
    """
    words = whole_text(field, scope, what)
    long: Long = "cut" if cut else "stop"
    if isinstance(field, Sized):
        most, long = field.most, field.long
    if most is not None and len(words) > most:
        if long == "stop":
            raise too_long(what, words, most)
        words = cut_to(words, most)
    return words or None


def whole_text(field: Field | None, scope: Scope, what: str) -> str:
    """A field's value as a text, as long as it is; '' when it is empty. Raises `CannotMap`."""
    if field is None:
        return ""
    try:
        return text_of(field.value(scope)).strip()
    except (ExpressionError, ValueError) as error:
        raise without_value(what, error) from error


def without_value(what: str, error: Exception) -> CannotMap:
    """Why a field or condition has no value."""
    if isinstance(error, ColumnMissing):
        return CannotMap("column_missing", f"{what}: {error}")
    return CannotMap("profile_expression", f"{what}: {error}")


def cut_to(words: str, most: int) -> str:
    """The text, cut visibly when it has more characters."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def too_long(what: str, words: str, most: int) -> CannotMap:
    """A text that may not be cut."""
    return CannotMap(
        "too_long",
        f"{what} has {len(words)} characters and e-conomic takes {most}; shorten it in Magento, or give the field "
        "`long: cut` in the profile",
    )


def number(field: Field | None, scope: Scope, *, what: str) -> int:
    """A field's value as a whole number. Raises `CannotMap`."""
    value = evaluated(field, scope, what) if field is not None else None
    if isinstance(value, bool):
        value = None
    try:
        found = Decimal(text_of(value)) if value not in (None, "") else None
    except ArithmeticError:
        found = None
    if found is None or found != found.to_integral_value() or found < 0:
        raise CannotMap("profile_expression", f"{what} is `{text_of(value)}`, which is not a number in e-conomic")
    return int(found)


def evaluated(field: Field, scope: Scope, what: str) -> object:
    """A field's native value. Raises `CannotMap` with the field's name when it has none."""
    try:
        return field.value(scope)
    except (ExpressionError, ValueError) as error:
        raise without_value(what, error) from error
