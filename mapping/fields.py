"""A profile's fields: a literal, a text with ``{{ }}``, ``{expr: ...}`` or ``{map: expr, to: {...}, default: ...}``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Protocol

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError

from mapping.expressions import Expression, ExpressionError, compile_expression
from mapping.filters import bounded, text_of
from mapping.problems import CannotMap

Scope = Mapping[str, object]

_BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_EXPR_KEYS = frozenset({"expr"})
_MAP_KEYS = frozenset({"map", "to", "default"})


class Field(Protocol):
    """Something that has a value for an order, a line, a customer or a product."""

    def value(self, scope: Scope) -> object:
        """The value, native. Raises `ExpressionError`."""

    def literals(self) -> Iterator[object]:
        """Every value that stands in the profile itself, for checks against the agreement."""


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
        """None: what it gives is known with the data only."""
        return iter(())


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
        key = format(by.normalize(), "f") if isinstance(by, Decimal) else text_of(by)
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
class Spec:
    """A field as it stands in the profile, checked for its form; `compile` checks it against the models."""

    raw: object

    def compile(self, types: Scope) -> Field:
        """The field, compiled for names of these types. Raises `ExpressionError`."""
        return _compile(self.raw, types)


def _check(raw: Any) -> Spec:
    _check_form(raw)
    return Spec(raw)


def _check_form(raw: object) -> None:
    if isinstance(raw, tuple):
        raise PydanticCustomError("field", "must be one value, not a list")
    if not isinstance(raw, dict):
        return
    keys = set(raw)
    if keys == _EXPR_KEYS and isinstance(raw["expr"], str):
        return
    if {"map", "to"} <= keys <= _MAP_KEYS and isinstance(raw["map"], str) and isinstance(raw["to"], dict):
        for value in (*raw["to"].values(), raw.get("default")):
            _check_form(value)
        return
    raise PydanticCustomError("field", "must be a value, a text with {braces}, {example}", _WORDS)


_WORDS = {"braces": "{{ }}", "example": "`{expr: ...}` or `{map: ..., to: {...}, default: ...}`"}

FieldSpec = Annotated[Spec, PlainValidator(_check)]


def _compile(raw: object, types: Scope) -> Field:
    if isinstance(raw, dict):
        if "expr" in raw:
            return Computed(compile_expression(raw["expr"], types))
        to = {str(key): _compile(value, types) for key, value in raw["to"].items()}
        default = _compile(raw["default"], types) if "default" in raw else None
        return Table(compile_expression(raw["map"], types), to, default)
    if not isinstance(raw, str) or ("{{" not in raw and "{%" not in raw and "}}" not in raw):
        return Literal(raw)
    if "{%" in raw or "{#" in raw:
        raise ExpressionError("only `{{ expression }}` may stand in a text; `{%` and `{#` are not allowed")
    parts: list[str | Expression] = []
    end = 0
    for match in _BRACES.finditer(raw):
        parts += [raw[end : match.start()], compile_expression(match[1].strip(), types)]
        end = match.end()
    parts.append(raw[end:])
    if any(isinstance(p, str) and ("{{" in p or "}}" in p) for p in parts):
        raise ExpressionError("a `{{` has no `}}`, or the other way round")
    return Template(tuple(p for p in parts if p != ""))


def text(field: Field | None, scope: Scope, *, what: str, most: int, cut: bool = True) -> str | None:
    """A field's value as a text of at most `most` characters; None when it is empty.

    A text that is too long is cut visibly with ``…``, or with `cut` off refused.

    Raises:
        CannotMap: ``profile_expression`` when the field has no value here, ``too_long`` when it may not be cut.
    """
    if field is None:
        return None
    value = evaluated(field, scope, what)
    words = text_of(value).strip() if not isinstance(value, list | tuple) else ""
    if len(words) > most:
        if not cut:
            raise CannotMap("too_long", f"{what} has {len(words)} characters and e-conomic takes {most}; shorten it")
        words = words[: most - 1].rstrip() + "…"
    return words or None


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
        raise CannotMap("profile_expression", f"{what}: {error}") from error
