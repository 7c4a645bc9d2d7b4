"""The JSON Schema of a profile, for editors: which keys there are, what each takes, and what it is unless said.

It is read from the same models that check a profile when it loads. What needs more than one place of the profile to be
told (names that must be defined, numbers that must exist, expressions) is left to `profile check`.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from mapping.fields import LONGS, is_spec
from mapping.inheritance import shipped_names
from mapping.places import Kind, Place, place_of
from mapping.settings import PER_STORE, Settings

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TEMPLATE = {"type": "string", "pattern": r"\{\{.*\}\}"}
_DATE = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_EMPTY: list[Any] = [{"type": "null"}, {"const": ""}]
_LITERALS: Mapping[Kind, list[Any]] = {
    "text": [{"type": ["string", "number", "boolean", "null"]}],
    "value": [{"type": ["string", "number", "boolean", "null"]}],
    "number": [{"type": "integer", "minimum": 1}, _TEMPLATE, *_EMPTY],
    "date": [_DATE, _TEMPLATE, *_EMPTY],
    "price": [{"type": "number", "minimum": 0}, _TEMPLATE, *_EMPTY],
    "flag": [{"enum": ["on", "off", True, False]}, _TEMPLATE, *_EMPTY],
    "choice": [_TEMPLATE, *_EMPTY],
}


def profile_schema() -> dict[str, Any]:
    """The schema, as JSON's own values."""
    definitions: dict[str, Any] = {}
    root = _table(Settings, (), definitions)
    per_store = {key: value for key, value in root["properties"].items() if key in PER_STORE}
    root["properties"] = {
        "extends": {
            "description": f"What this profile changes: {', '.join(shipped_names())}, or a path beside the file.",
            "anyOf": [{"enum": list(shipped_names())}, {"type": "string", "minLength": 1}],
        },
        **root["properties"],
        "stores": {
            "description": "What is different in one store view, by the store view's code.",
            "type": ["object", "null"],
            "additionalProperties": {"type": "object", "properties": per_store, "additionalProperties": False},
        },
    }
    return {
        "$schema": DIALECT,
        "title": "Profile of magento-economic",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _table(model: type[BaseModel], where: tuple[str, ...], definitions: dict[str, Any]) -> dict[str, Any]:
    properties = {
        about.alias or name: _key(about, (*where, about.alias or name), definitions)
        for name, about in model.model_fields.items()
    }
    required = [about.alias or name for name, about in model.model_fields.items() if about.is_required()]
    return {
        "type": "object",
        "description": inspect.cleandoc(model.__doc__ or "").replace("\n", " "),
        "properties": properties,
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def _key(about: FieldInfo, where: tuple[str, ...], definitions: dict[str, Any]) -> dict[str, Any]:
    parts = [about.annotation, *typing.get_args(about.annotation), *about.metadata]
    if any(is_spec(mark) for part in parts for mark in (part, *getattr(part, "__metadata__", ()))):
        return _field(where, definitions)
    tables = list(_models(about.annotation))
    if tables:
        inner = _table(tables[0], where, definitions)
        if typing.get_origin(about.annotation) is tuple:
            return {"type": "array", "items": inner}
        return inner
    annotation: Any = about.annotation
    for mark in about.metadata:
        annotation = Annotated[annotation, mark]
    schema = TypeAdapter(annotation).json_schema()
    default = about.default
    if isinstance(default, bool):
        default = "on" if default else "off"
    if isinstance(default, str | int) and default != "":
        schema["default"] = default
    return schema


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is not None:
        for argument in typing.get_args(annotation):
            yield from _models(argument)


def _field(where: tuple[str, ...], definitions: dict[str, Any]) -> dict[str, Any]:
    """A reference to the schema of a field of its kind, with what is told of this one."""
    place = place_of(where) or Place(kind="value")
    longs = [long for long in LONGS if long != "wrap" or place.wraps] if place.kind == "text" else []
    name = "note" if place.wraps else "choice_" + "_".join(where) if place.kind == "choice" else place.kind
    if name not in definitions:
        literals = [*_LITERALS[place.kind], *([{"enum": list(place.choices)}] if place.choices else [])]
        definitions[f"{name}_row"] = {"anyOf": [*literals, *_forms(name, [])]}
        definitions[name] = {"anyOf": [*literals, *_forms(name, longs)]}
    if place.kind == "text" and place.most is not None:
        unless = f"cut after {place.most} characters" if place.long == "cut" else "never cut"
        return {
            "$ref": f"#/$defs/{name}",
            "description": f"At most {place.most} characters; {unless} unless `long` says so.",
        }
    return {"$ref": f"#/$defs/{name}"}


def _forms(name: str, longs: Sequence[str]) -> Iterator[dict[str, Any]]:
    long = {"long": {"enum": longs, "description": "What happens to a text that is too long."}} if longs else {}
    row = {"$ref": f"#/$defs/{name}_row"}
    words = {"type": "string"}
    for keys, required in (
        ({"text": {**words, "description": "A text with {{ expressions }}."}}, ["text"]),
        ({"expr": {**words, "description": "An expression; its own value is taken."}}, ["expr"]),
        (
            {
                "map": {**words, "description": "An expression that is looked up in `to`."},
                "to": {"type": "object", "additionalProperties": row},
                "default": row,
            },
            ["map", "to"],
        ),
    ):
        yield {"type": "object", "properties": {**keys, **long}, "required": required, "additionalProperties": False}
