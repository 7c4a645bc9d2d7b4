"""Which document an order asks for, and when."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from mapping.fields import FieldSpec, Spec
from mapping.settings.keys import Amount, Keys, OnOff, Words

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_AGE = re.compile(r"([0-9]{1,6})([mhd])")

Then = Literal["order", "invoice", "wait", "remove", "keep", "mark", "skip"]


def _age(value: Any) -> Any:
    found = _AGE.fullmatch(value) if isinstance(value, str) else None
    if found is None or not int(found[1]):
        raise PydanticCustomError("age", "must be an age such as 30m, 2h or 3d")
    return datetime.timedelta(**{_UNITS[found[2]]: int(found[1])})


def _ways(spec: Spec) -> Spec:
    raw = spec.raw
    written = [*raw.get("to", {}).values(), raw.get("default")] if isinstance(raw, dict) else [raw]
    for way in written:
        literal = not isinstance(way, str) or "{{" not in way
        if literal and not isinstance(way, dict) and way is not None and str(way).lower() not in SEND:
            raise PydanticCustomError(
                "send", "has `{way}` (allowed: {ways})", {"way": str(way), "ways": ", ".join(SEND)}
            )
    return spec


SEND = ("none", "ean", "email")
"""How e-conomic may send an invoice when it books it."""

_AGE_SCHEMA = {"type": "string", "pattern": r"^[0-9]{1,6}[mhd]$"}
Age = Annotated[datetime.timedelta, BeforeValidator(_age), WithJsonSchema(_AGE_SCHEMA)]


class WhenRule(Keys):
    """A row that says which document an order asks for; all of its conditions must hold.

    `payment` and `shipping` take `*` for any characters. `country` is where the goods go (billing for virtual orders),
    and `eu` stands for `vat.eu`. `above` and `below` compare the order's grand total, in the order's own currency and
    VAT included; the amount itself is neither above nor below. `older_than` is the age since the order was placed.
    """

    if_: str | None = Field(default=None, alias="if")
    state: Words | None = None
    status: Words | None = None
    store: Words | None = None
    payment: Words | None = None
    shipping: Words | None = None
    customer_group: Words | None = None
    country: Words | None = None
    currency: Words | None = None
    above: Amount | None = None
    below: Amount | None = None
    older_than: Age | None = None
    then: Then
    reason: str | None = Field(default=None, pattern=r"^[a-z0-9_]+$")
    book: OnOff | None = None
    send: Annotated[FieldSpec, AfterValidator(_ways)] | None = None


class CancelledKeys(Keys):
    """What a draft says whose order asks to be marked: it stands before the draft's heading."""

    mark: str = Field(default="Annulleret i webshoppen", min_length=1, max_length=100)
