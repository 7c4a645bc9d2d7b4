"""The rules of one store view: settings with every field and condition compiled against the models."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from mapping.absent import Absent, Place
from mapping.expressions import Expression, ExpressionError, compile_expression
from mapping.fields import Field, Long, Scope, Sized, Spec, is_spec, without_value
from mapping.fits import misfits
from mapping.mistakes import shown
from mapping.places import place_of
from mapping.profile_yaml import Problem, Step, Tree
from mapping.settings import Settings
from mapping.views import SCOPES

_SCOPE_OF: Mapping[tuple[str, ...], str] = {
    ("numbers",): "order",
    ("reference",): "document",
    ("exchange_rate",): "document",
    ("dates",): "document",
    ("totals",): "document",
    ("customers",): "buyer",
    ("products",): "product",
    ("products", "number"): "product_number",
    ("vat",): "order",
    ("when",): "order",
    ("attachments",): "attachment",
    ("credit_notes",): "credit_note",
    ("payments",): "payment",
    ("fields", "customer"): "buyer",
    ("fields", "contact"): "buyer",
    ("fields", "delivery_location"): "buyer",
    ("fields", "document"): "document",
    ("fields", "recipient"): "document",
    ("fields", "delivery"): "document",
    ("fields", "line"): "line",
    ("fields", "shipping"): "document",
    ("fields", "fee"): "document",
    ("fields", "discount"): "document",
    ("fields", "rounding"): "document",
    ("fields", "refund"): "document",
    ("fields", "product"): "product",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a store view's profile says, ready to be used."""

    settings: Settings
    fields: Mapping[tuple[Step, ...], Field]
    conditions: Mapping[tuple[Step, ...], Expression]

    def field(self, *where: Step) -> Field | None:
        """The field at a place of the profile, or None when it is not set."""
        return self.fields.get(where)

    def long(self, where: tuple[str, ...]) -> Long:
        """What happens to a text that has no room at a place: what the profile says, else the place's own."""
        field, place = self.fields.get(where), place_of(where)
        if isinstance(field, Sized):
            return field.long
        return place.long if place is not None else "cut"

    def holds(self, where: tuple[Step, ...], scope: Scope) -> bool:
        """Whether the row's `if` holds; a row without one always does. Raises `CannotMap`."""
        condition = self.conditions.get((*where, "if"))
        if condition is None:
            return True
        try:
            return bool(condition.evaluate(scope))
        except ExpressionError as error:
            raise without_value(f"{shown(where)}.if", error) from error


def compile_rules(settings: Settings, tree: Tree, problems: list[Problem], absent: Absent) -> Rules:
    """Compile every field and condition; mistakes go to `problems` with their lines."""
    fields: dict[tuple[Step, ...], Field] = {}
    conditions: dict[tuple[Step, ...], Expression] = {}
    for where, value in _walk(settings, ()):
        scope = _scope(where)
        try:
            if isinstance(value, Spec):
                if value.raw is not None:
                    field = value.compile(scope, _place(tree, where, absent))
                    fields[where] = _sized(value, field, where)
                    marks = tree.find(where).mark
                    problems += [Problem(marks.file, marks.line, said) for said in misfits(value, field, where)]
            else:
                conditions[where] = compile_expression(value, scope, place=_place(tree, where, absent))
        except ExpressionError as error:
            mark = tree.find(where).mark
            problems.append(Problem(mark.file, mark.line, f"`{shown(where)}`: {error}"))
    return Rules(settings, fields, conditions)


def _place(tree: Tree, where: tuple[Step, ...], absent: Absent) -> Place:
    mark = tree.find(where).mark
    return Place(f"{mark.file}:{mark.line}", absent)


def _sized(spec: Spec, field: Field, where: tuple[Step, ...]) -> Field:
    place = place_of(where)
    if place is None or place.kind != "text" or place.most is None:
        return field
    return Sized(field, place.most, spec.long or place.long)


def _walk(value: object, where: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], Spec | str]]:
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            key = field.alias or name
            inner = getattr(value, name)
            if isinstance(inner, Spec) or (key == "if" and isinstance(inner, str)):
                yield (*where, key), inner
            else:
                yield from _walk(inner, (*where, key))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from _walk(item, (*where, i))


def _paths(model: type[BaseModel], where: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where a profile may have a field that is no row of a list."""
    for name, about in model.model_fields.items():
        path = (*where, about.alias or name)
        parts = (about.annotation, *typing.get_args(about.annotation), *about.metadata)
        if any(is_spec(part) for part in _metadata(parts)):
            yield path
        for part in parts:
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from _paths(part, path)


def _metadata(parts: Iterable[object]) -> Iterator[object]:
    for part in parts:
        yield part
        yield from getattr(part, "__metadata__", ())


FIELD_PATHS = frozenset(_paths(Settings))
"""Every field of the profile, by its place."""


def _scope(where: Sequence[Step]) -> Mapping[str, object]:
    for length in (2, 1):
        name = _SCOPE_OF.get(tuple(str(s) for s in where[:length]))
        if name is not None:
            return SCOPES[name]
    return SCOPES["order"]
