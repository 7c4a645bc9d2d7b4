"""Whether e-conomic's number has our own bookings in it yet.

A booking that was answered before the number was asked for should have made it fall; but e-conomic may move stock, or
show it in lists, a moment later. Then the order would count as booked while the number still holds its pieces, and they
would be offered twice. So a booking counts only once its fall is seen, for two minutes at most: after that whatever
else came in explains the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mapping.money import ZERO
from mapping.stock import Booked, Seen

SETTLES = timedelta(minutes=2)


def as_of(seen: Seen, before: Seen | None, bookings: Sequence[Booked], now: datetime) -> Seen:
    """The number as of a time up to which bookings may count; `before` is the one that was seen last.

    `bookings` are all of the product's that are known. `seen` itself when the number has them all.
    """
    if before is None:
        return seen
    between = [one for one in bookings if one.ours and before.asked_at <= one.known_at < seen.asked_at]
    if seen.quantity <= before.quantity - sum((one.quantity for one in between), ZERO):
        return seen
    doubtful = [one.known_at for one in between if now - one.known_at < SETTLES]
    return replace(seen, asked_at=min(doubtful)) if doubtful else seen
