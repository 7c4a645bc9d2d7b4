"""What is to be written into a product that exists, so that it holds what the profile owns, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from econ_client import wire
from mapping.plan import WantedProduct
from sync.productlinks import PROPERTIES, Memory, fields_of

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be written into a product, by the profile's names (None clears), and what people have made of it."""

    wanted: Fields
    left: Fields
    seen: Fields


def changes_of(wanted: WantedProduct, there: Mapping[str, Any], memory: Memory, owned: tuple[str, ...]) -> Changes:
    """What is to be written so that the owned fields of a product hold what is wanted.

    A field that differs from what was seen last was changed by people and is left. An empty wish clears only what this
    program wrote itself.
    """
    wishes = fields_of({} if wanted.body is None else wire.plain(wanted.body))
    now = fields_of(there)
    seen = {**now, **memory.seen} if memory.seen else dict(now)
    changed: dict[str, Any] = {}
    left: dict[str, Any] = {}
    for name in owned:
        wish, found = wishes.get(name), now.get(name)
        if wish == found:
            seen = _with(seen, name, found)
        elif memory.seen and found != memory.seen.get(name):
            left[name] = found
        elif wish is not None:
            changed[name] = _raw(wanted, name)
        elif memory.sent.get(name) == found:
            changed[name] = None
    for name in now.keys() | seen.keys():
        if name not in owned:
            seen = _with(seen, name, now.get(name))
    return Changes(changed, left, seen)


def _with(fields: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    rest = {one: kept for one, kept in fields.items() if one != name}
    return rest if value is None else {**rest, name: value}


def _raw(wanted: WantedProduct, name: str) -> Any:
    """A field's wish as it goes on the wire."""
    outer, inner = PROPERTIES[name]
    value = wire.plain(wanted.body).get(outer) if wanted.body is not None else None
    return value.get(inner) if inner and isinstance(value, Mapping) else value
