"""Columns of Magento's that a profile names and that are not there just now: what names one makes nothing meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Named = tuple[str, str]
"""A model and its attribute, or a third-party column, as an expression names them: ``("Order", "coupon_code")``."""


@dataclass(slots=True)
class Absent:
    """Shared by all expressions of one profile; replaced as a whole when Magento's tables change.

    `columns` maps what expressions name to the column for people: ``sales_order.coupon_code``.
    """

    columns: Mapping[Named, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands (``shop.yaml:12``), and what is absent for the profile that it belongs to."""

    at: str = ""
    absent: Absent = field(default_factory=Absent)
