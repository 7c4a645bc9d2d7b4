"""Which document an order asks for, and when."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mapping.settings.keys import Keys, Words


class WhenRule(Keys):
    """A row that says which document an order asks for. `wait` leaves what exists alone, with a named reason."""

    if_: str | None = Field(default=None, alias="if")
    state: Words | None = None
    status: Words | None = None
    then: Literal["order", "invoice", "remove", "wait"]
    reason: str | None = Field(default=None, pattern=r"^[a-z0-9_]+$")
