"""How debtors are made, found and updated."""

from __future__ import annotations

import datetime
from typing import Any, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from mapping.fields import FieldSpec
from mapping.settings.keys import Keys, Number, OnOff, Words

Match = Literal["link", "number", "cvr", "ean", "email", "phone"]
"""What an existing debtor is found by."""

Updatable = Literal[
    "name", "address", "zip", "city", "country", "email", "phone", "mobile", "website", "p_number",
    "public_entry_number", "vat_number", "credit_limit", "barred", "salesperson", "payment_terms", "layout",
    "cvr", "ean", "group", "vat_zone", "currency",
]  # fmt: skip
"""Fields of a debtor that an account may change: those of `fields.customer`, and what the profile finds itself."""

UPDATABLE: tuple[Updatable, ...] = get_args(Updatable)


class GroupRule(Keys):
    """A row that gives a customer group; every condition must hold."""

    if_: str | None = Field(default=None, alias="if")
    magento_group: Words | None = None
    country: Words | None = None
    group: str | Number


class LeaveKeys(Keys):
    """Accounts that are left alone, such as anonymised ones."""

    if_: str | None = Field(default=None, alias="if")


class CustomerKeys(Keys):
    """How debtors are made, found and updated.

    `match` is tried in its order; links always come first. `number` is a debtor's number, e-conomic's own when it has
    no value. `sync` says whether accounts that were made from `since` on (default: the date of `orders.since`) become
    debtors by themselves. Accounts may change the fields in `update`; those in `overwrite` also where somebody has
    changed them in e-conomic.
    """

    guests: Literal["own"] | Number = "own"
    create: OnOff = True
    number: FieldSpec | None = None
    match: tuple[Match, ...] = ("link", "cvr", "email")
    currency: str = Field(default="DKK", pattern=r"^[A-Z]{3}$")
    consumer_groups: tuple[str | Number, ...] = ()
    cvr: FieldSpec | None = None
    ean: FieldSpec | None = None
    groups: tuple[GroupRule, ...] = ()
    sync: Literal["orders", "accounts"] = "orders"
    since: datetime.date | None = None
    update: tuple[Updatable, ...] = ()
    overwrite: tuple[Updatable, ...] = ()
    leave: LeaveKeys = LeaveKeys()
    contacts: OnOff = False
    delivery_locations: OnOff = False

    @field_validator("match")
    @classmethod
    def _sensible(cls, match: tuple[Match, ...], info: ValidationInfo) -> tuple[Match, ...]:
        if len(set(match)) != len(match):
            raise PydanticCustomError("field", "names something twice")
        if "link" in match[1:]:
            raise PydanticCustomError("field", "must have `link` first, or not at all: links always come first")
        if "number" in match and getattr(info.data.get("number"), "raw", None) is None and "number" in info.data:
            raise PydanticCustomError("field", "has `number`, but `customers.number` does not say which number that is")
        return match

    @field_validator("overwrite")
    @classmethod
    def _permitted(cls, overwrite: tuple[Updatable, ...], info: ValidationInfo) -> tuple[Updatable, ...]:
        lacking: list[Any] = [name for name in overwrite if name not in info.data.get("update", overwrite)]
        if lacking:
            raise PydanticCustomError(
                "field", "has {names}, which `customers.update` does not have", {"names": ", ".join(lacking)}
            )
        return overwrite
