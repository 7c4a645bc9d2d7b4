"""How debtors are made, found and updated."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mapping.fields import FieldSpec
from mapping.settings.keys import Keys, Number, Words


class GroupRule(Keys):
    """A row that gives a customer group; every condition must hold."""

    if_: str | None = Field(default=None, alias="if")
    magento_group: Words | None = None
    country: Words | None = None
    group: str | Number


class CustomerKeys(Keys):
    """How debtors are made and found."""

    guests: Literal["own"] | Number = "own"
    currency: str = Field(default="DKK", pattern=r"^[A-Z]{3}$")
    consumer_groups: tuple[str | Number, ...] = ()
    cvr: FieldSpec | None = None
    ean: FieldSpec | None = None
    groups: tuple[GroupRule, ...] = ()
