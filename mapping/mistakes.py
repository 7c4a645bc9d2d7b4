"""Pydantic's findings in words for people: what is wrong, what is allowed, and the nearest name."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core.core_schema import ErrorType

from mapping.checking import nearest
from mapping.filters import text_of
from mapping.profile_yaml import Problem, Step, Tree

_SHAPES = {
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "decimal_type": "must be a number",
    "is_instance_of": "must be a number",
    "decimal_parsing": "must be a number",
    "tuple_type": "must be a list, such as [a, b]",
    "model_type": "must be a table of keys",
    "dict_type": "must be a table of keys",
    "date_type": "must be a date, such as 2026-12-31",
    "none_required": "must be left empty",
}
_PATTERNS = {
    r"^[^\s·/]*$": "up to 20 characters without spaces, `·` and `/`",
    r"^[a-z0-9_]+$": "small letters, digits and `_`",
    r"^[A-Z]{3}$": "three capital letters, such as DKK",
    r"^[A-Za-z0-9_$]+$": "a column's name",
}
_MONEY = frozenset(
    {"quantity", "qty", "price", "unit_price", "unit_net_price", "net_price", "discount", "vat", "vat_rate"}
)
_PYDANTICS = frozenset(typing.get_args(ErrorType))
"""Errors in pydantic's words; all others are in our own."""


def problems_of(
    error: ValidationError, tree: Tree, model: type[BaseModel]
) -> Iterator[tuple[tuple[Step, ...], Problem]]:
    """One problem per place, each with the line of the value."""
    by_place: dict[tuple[Step, ...], list[str]] = {}
    for found in error.errors(include_url=False):
        where = _real(found["loc"], tree, keep_last=found["type"] in ("extra_forbidden", "missing"))
        by_place.setdefault(where, []).append(_words(found, where, tree, model))
    for where, messages in by_place.items():
        mark = tree.find(where).mark
        first, *rest = dict.fromkeys(messages)
        also = [other.removeprefix(f"`{shown(where)}` ") for other in rest]
        yield where, Problem(mark.file, mark.line, " or ".join((first, *also)))


def shown(where: Sequence[Step]) -> str:
    """A place as people write it: ``when[2].state``."""
    text = ""
    for step in where:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _real(loc: Sequence[Step], tree: Tree, *, keep_last: bool) -> tuple[Step, ...]:
    where: tuple[Step, ...] = ()
    for i, step in enumerate(loc):
        if tree.find(where).child(step) is not None or (keep_last and i == len(loc) - 1):
            where = (*where, step)
    return where


def _words(found: Mapping[str, Any], where: Sequence[Step], tree: Tree, model: type[BaseModel]) -> str:
    kind, place = found["type"], f"`{shown(where)}`"
    value = tree.find(where)
    raw = value.raw if not isinstance(value.value, dict | list) else "a table or list"
    if kind == "extra_forbidden":
        allowed = _keys_at(where[:-1], model) + ([] if where[1:] else ["extends", "stores"])
        key = str(where[-1])
        if where[:1] == ("fields",) and key in _MONEY:
            said = "quantity, price, discount and VAT are what the order says, to the øre, and no fields"
            return f"{place}: {said} (allowed: {', '.join(sorted(allowed))})"
        return f"unknown key {place}{nearest(key, allowed)} (allowed: {', '.join(sorted(allowed))})"
    if kind == "missing":
        return f"{place} is missing"
    if kind not in _PYDANTICS:
        return f"{place} {found['msg']}"
    if kind == "literal_error":
        allowed = [a.strip("'") for a in str(found["ctx"]["expected"]).replace(" or ", ", ").split(", ")]
        return f"{place} is `{raw}`{nearest(raw, allowed)} (allowed: {', '.join(allowed)})"
    if kind.startswith("int") and isinstance(found["input"], str) and raw.isdigit():
        return f"{place} must be a whole number; write {raw} without quotes"
    if kind == "string_type":
        if isinstance(found["input"], dict | tuple) or found["input"] is None:
            return f"{place} must be a text"
        return f'{place} must be a text; write "{raw or text_of(found["input"])}" in quotes'
    if kind == "string_pattern_mismatch":
        allowed_here = _PATTERNS.get(str(found["ctx"]["pattern"]), "other characters")
        return f"{place} is `{raw}`; it takes {allowed_here}"
    if kind == "greater_than_equal":
        return f"{place} is too small: it must be at least {found['ctx']['ge']}, not `{raw}`"
    if kind == "less_than_equal":
        return f"{place} is too large: it must be at most {found['ctx']['le']}, not `{raw}`"
    if kind == "string_too_short":
        return f"{place} is empty; leave the key out instead"
    if kind == "string_too_long":
        return f"{place} has {len(raw)} characters; it takes {found['ctx']['max_length']}"
    return f"{place} {_SHAPES.get(kind, found['msg'])}" + (f", not `{raw}`" if kind in _SHAPES else "")


def _keys_at(where: Sequence[Step], model: type[BaseModel]) -> list[str]:
    kind: object = model
    for step in where:
        kind = _inside(kind, step)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [f.alias or name for name, f in kind.model_fields.items()]
    return []


def _inside(kind: object, step: Step) -> object:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if step in (name, field.alias):
                return _model_in(field.annotation)
    return kind


def _model_in(annotation: object) -> object:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is not None:
        for argument in typing.get_args(annotation):
            inner = _model_in(argument)
            if inner is not None:
                return inner
    return None
