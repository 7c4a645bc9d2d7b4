"""Checkouts in flight, where Magento takes stock in a commit of its own before the order exists.

With a payment gateway the order follows seconds later. Until then only the row tells: it holds less than what was
applied last and the orders seen since explain. Such a shortfall is taken off every new quantity too, for a quarter of
an hour; one that lasts longer is somebody's edit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from mapping.money import ZERO

LONGEST = timedelta(minutes=15)
"""How long a checkout may be in flight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some of a shortfall, and when it was first noticed (aware UTC)."""

    quantity: Decimal
    since: datetime


@dataclass(frozen=True, slots=True)
class InFlight:
    """The shortfall that is known, oldest first."""

    pieces: tuple[Piece, ...] = ()

    @property
    def whole(self) -> Decimal:
        """All of it, however old."""
        return sum((piece.quantity for piece in self.pieces), ZERO)

    def held(self, now: datetime) -> Decimal:
        """What may still become orders."""
        return self.counted(now).whole

    def counted(self, now: datetime) -> InFlight:
        """Without what is too old to become orders. Nothing else is to be remembered once the row is written."""
        return InFlight(tuple(piece for piece in self.pieces if now - piece.since < LONGEST))

    def less(self, quantity: Decimal) -> InFlight:
        """Without so much of it, the oldest first: what stays is then younger than it may be, never older."""
        kept: list[Piece] = []
        for piece in self.pieces:
            off = min(quantity, piece.quantity)
            quantity -= off
            if piece.quantity > off:
                kept.append(replace(piece, quantity=piece.quantity - off))
        return InFlight(tuple(kept))

    def more(self, quantity: Decimal, now: datetime) -> InFlight:
        """With so much more, noticed now."""
        return InFlight((*self.pieces, Piece(quantity=quantity, since=now))) if quantity else self

    def anew(self, now: datetime) -> InFlight:
        """All of it as if noticed now: nobody looked for a while, and one checkout may stand where another stood."""
        return NOTHING.more(self.whole, now)


NOTHING = InFlight()


def holding(known: InFlight, gap: Decimal, *, arrived: Decimal, now: datetime) -> InFlight:
    """What is in flight by a new look. `arrived`: how much more orders take than at the last one.

    Orders are taken for the oldest checkouts that were known, and what is missing beyond the rest for new ones. A row
    that holds too much was raised by somebody, which says nothing about checkouts: only orders end them then.
    """
    left = known.less(max(ZERO, arrived))
    if gap < 0:
        return left
    return left.more(gap - left.whole, now) if gap > left.whole else left.less(left.whole - gap)
