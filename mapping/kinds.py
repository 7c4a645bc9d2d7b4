"""What is known of an expression's type before there is an order: a number, a text, a date, on/off, or many values."""

from __future__ import annotations

import dataclasses
import datetime
import types
import typing
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Literal

UNKNOWN = Any
"""The type of a value that only the data knows."""

Kind = Literal["number", "text", "flag", "date", "nothing", "list", "table", "thing", "unknown"]

SAID: Mapping[Kind, str] = {
    "number": "a number",
    "text": "a text",
    "flag": "on or off",
    "date": "a date",
    "nothing": "nothing",
    "list": "a list",
    "table": "a table",
}


def kind_of(of: object) -> Kind:
    """The kind of a type; ``unknown`` when the type allows several."""
    of = without_none(of)
    if of is None or of is type(None):
        return "nothing"
    origin = typing.get_origin(of)
    if origin in (tuple, list):
        return "list"
    if is_mapping(of):
        return "table"
    if not isinstance(of, type):
        return "unknown"
    if dataclasses.is_dataclass(of):
        return "thing"
    if issubclass(of, bool):
        return "flag"
    if issubclass(of, int | float | Decimal):
        return "number"
    if issubclass(of, str):
        return "text"
    return "date" if issubclass(of, datetime.date) else "unknown"


def words_of(of: object) -> tuple[str, ...]:
    """The words that a text may be, when the models list them; else nothing."""
    if typing.get_origin(of) is Literal:
        return tuple(str(word) for word in typing.get_args(of))
    return ()


def without_none(of: object) -> object:
    """The type of an optional value; a list of words is a text."""
    if isinstance(of, types.UnionType) or typing.get_origin(of) is typing.Union:
        rest = [a for a in typing.get_args(of) if a is not type(None)]
        return without_none(rest[0]) if len(rest) == 1 else UNKNOWN
    if typing.get_origin(of) is Literal:
        return str
    return of


def is_mapping(of: object) -> bool:
    """Whether the type is a table whose keys only the data knows."""
    origin = typing.get_origin(of)
    return isinstance(origin, type) and issubclass(origin, Mapping)


@cache
def attributes(model: type) -> Mapping[str, object]:
    """The fields and properties of a model with their types."""
    hints = dict(typing.get_type_hints(model))
    for name in dir(model):
        attribute = getattr(model, name)
        if not name.startswith("_") and isinstance(attribute, property) and attribute.fget is not None:
            hints[name] = typing.get_type_hints(attribute.fget).get("return", UNKNOWN)
    return {name: kind for name, kind in hints.items() if not name.startswith("_")}
