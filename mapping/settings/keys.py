"""The base of every table in the profile, and the kinds of values that its keys take."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError


class Keys(BaseModel):
    """Base of every table in the profile: strict, frozen, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _on_off(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if value in ("on", "off"):
        return value == "on"
    raise PydanticCustomError("on_off", "must be on or off")


def _limit(value: Any) -> Any:
    if value is False or value == "off":
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise PydanticCustomError("limit", "must be a whole number from 1, or off")


def _since(value: Any) -> Any:
    if value is None or isinstance(value, datetime.date):
        return value
    if isinstance(value, dict):
        for code, number in value.items():
            if not isinstance(number, str) or not any(c.isdigit() for c in number):
                raise PydanticCustomError(
                    "since", 'must have an increment id in quotes for {code}, such as "000000123"', {"code": str(code)}
                )
        return value
    raise PydanticCustomError(
        "since", "must be a date such as 2026-12-31, or a quoted increment id per store code: {example}",
        {"example": '{default: "000000123"}'},
    )  # fmt: skip


def _decimal(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value


_DATE = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_LIMIT = {"anyOf": [{"type": "integer", "minimum": 1}, {"enum": ["off", False]}]}
_IDS = {"type": "object", "additionalProperties": {"type": "string", "pattern": "[0-9]"}}
_SINCE = {"anyOf": [_DATE, _IDS, {"type": "null"}]}

OnOff = Annotated[bool, BeforeValidator(_on_off), WithJsonSchema({"enum": ["on", "off", True, False]})]
Limit = Annotated[int | None, BeforeValidator(_limit), WithJsonSchema(_LIMIT)]
Since = Annotated[datetime.date | dict[str, str] | None, BeforeValidator(_since), WithJsonSchema(_SINCE)]
Amount = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0), WithJsonSchema({"type": "number", "minimum": 0})]
Number = Annotated[int, Field(ge=1)]
Words = tuple[str, ...]
