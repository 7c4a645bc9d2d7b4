"""JSON as it goes over the wire: compact UTF-8, camelCase, absent instead of null, amounts as exact decimals.

e-conomic refuses explicit nulls ("Expected String but got Null"), so a value that is not set is left out.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import simplejson
from pydantic import BaseModel
from pydantic.alias_generators import to_camel


def encode(value: BaseModel | Mapping[str, Any]) -> bytes:
    """The bytes of a request body.

    Keys keep the order of the model's fields or of the mapping, so equal values in equal order give equal bytes.
    Decimals keep their digits (`Decimal("1.10")` is sent as ``1.10``); dates are ``YYYY-MM-DD``; aware times are UTC
    ``YYYY-MM-DDThh:mm:ssZ``.

    Raises:
        TypeError: a float, or a type that has no form in JSON.
        ValueError: NaN, infinity, a naive time, or None inside a list.
    """
    return simplejson.dumps(
        plain(value), use_decimal=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode("utf-8")


def plain(value: BaseModel | Mapping[str, Any]) -> dict[str, Any]:
    """A body as plain values: dicts, lists, texts, whole numbers and Decimals; raises as `encode`."""
    made: dict[str, Any] = _plain(value, "body")
    return made


def decode(body: bytes) -> Any:
    """What a body says: objects as dicts, numbers with a point or an exponent as `Decimal`, others as int.

    Raises:
        ValueError: not UTF-8 or not JSON; the message repeats nothing of the body.
    """
    try:
        return simplejson.loads(body.decode("utf-8-sig"), use_decimal=True)
    except (ValueError, RecursionError):
        problem = f"the body of {len(body)} bytes is not JSON"
    raise ValueError(problem)


def _plain(value: Any, where: str) -> Any:
    if isinstance(value, BaseModel):
        named = ((field.alias or name, getattr(value, name)) for name, field in type(value).model_fields.items())
        return {name: _plain(item, f"{where}.{name}") for name, item in named if item is not None}
    if isinstance(value, Mapping):
        return {_key(name): _plain(item, f"{where}.{name}") for name, item in value.items() if item is not None}
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return _number(value, where)
    if isinstance(value, datetime.datetime):
        return timestamp(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        if any(item is None for item in value):
            raise ValueError(f"{where} holds None in a list; e-conomic refuses null")
        return [_plain(item, f"{where}[{index}]") for index, item in enumerate(value)]
    raise TypeError(f"{where} is a {type(value).__name__}; use Decimal, int, str, bool, date or a model")


def _key(name: str) -> str:
    return to_camel(name) if "_" in name else name


def _number(value: Decimal, where: str) -> Decimal:
    if not value.is_finite():
        raise ValueError(f"{where} is not a finite number")
    if value.is_zero():
        value = abs(value)
    return Decimal(format(value, "f"))


def timestamp(value: datetime.datetime) -> str:
    """An aware time as e-conomic writes it, in UTC.

    Raises:
        ValueError: the time is naive.
    """
    if value.tzinfo is None:
        raise ValueError("a time without zone cannot be sent to e-conomic")
    return value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
