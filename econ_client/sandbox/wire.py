"""JSON with decimals: what comes in with a point is a `Decimal`, and a `Decimal` goes out as a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import simplejson

Doc = dict[str, Any]
"""A JSON object: strings, integers, `Decimal`s, booleans, objects and arrays."""


def loads(raw: bytes) -> Any:
    """Parse UTF-8 JSON, also with a byte order mark; half a surrogate pair becomes a replacement character.

    Raises ValueError for anything else, NaN and Infinity included.
    """
    parsed = simplejson.loads(raw.decode("utf-8-sig"), use_decimal=True, allow_nan=False)
    return _whole(parsed) if b"\\ud" in raw or b"\\uD" in raw else parsed


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(item) for name, item in value.items()}
    return value


def dumps(value: Any) -> bytes:
    """Compact UTF-8 JSON; half a surrogate pair becomes a question mark."""
    text: str = simplejson.dumps(value, use_decimal=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def getter(name: str) -> Callable[[Doc], Any]:
    """Reads a dotted property of a stored document; None when it is absent."""
    steps = name.split(".")
    if len(steps) == 1:
        return lambda doc: doc.get(name)

    def get(doc: Doc) -> Any:
        found: Any = doc
        for step in steps:
            found = found.get(step) if isinstance(found, dict) else None
        return found

    return get
