"""A refund before the invoice is booked: the draft is reduced to what is left, if the profile says so.

Which memos a booked invoice has taken in is told by its amounts: those of the first memos, oldest first, that explain
what it lacks of what Magento charged.
"""

from __future__ import annotations

from collections.abc import Mapping

from mapping.case import Case
from mapping.plan import Amounts


def absorbed(case: Case, booked: Mapping[str, Amounts | None]) -> frozenset[int]:
    """The ids of the credit memos that drafts or booked invoices have taken in, or take in when they are made."""
    return frozenset()
