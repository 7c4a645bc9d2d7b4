"""What a shop says of its stock, and of how often e-conomic is asked for it."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field

from mapping.settings.back import BackKeys
from mapping.settings.keys import Keys

SourceCode = Annotated[str, Field(min_length=1, max_length=255)]
"""inventory_source.source_code is varchar(255)."""


class StockKeys(Keys):
    """e-conomic's stock in Magento.

    `since`: from when orders count; unset: as `orders.since` where that is a date. `basis`: which of e-conomic's
    numbers is taken. `source`: Magento's source that holds this stock, unset: the only one that sells. `outside`:
    sources whose goods e-conomic does not know.
    """

    since: datetime.date | None = None
    basis: Literal["in_stock", "available"] = "in_stock"
    source: SourceCode | None = None
    outside: tuple[SourceCode, ...] = ()


class PullKeys(Keys):
    """How e-conomic's products are looked at: seconds between two polls, between two sweeps, and calls a day.

    `fields`: where in Magento the fields go that e-conomic owns.
    """

    every: int = Field(default=15, ge=5, le=3600)
    sweep: int = Field(default=3600, ge=300, le=86400)
    calls: int = Field(default=15000, ge=100, le=50000)
    fields: BackKeys = BackKeys()
