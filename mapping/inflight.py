"""Checkouts in flight, where Magento takes stock in a commit of its own before the order exists.

With a payment gateway the order follows seconds later. Until then only the row tells: it holds less than what was
applied last and the orders seen since explain. Such a shortfall is taken off every new quantity too, for a quarter of
an hour; one that lasts longer is somebody's edit.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    """The shortfall that is known, oldest first. Old pieces stay listed, uncounted, until the row is written."""

    pieces: tuple[Piece, ...] = ()

    @property
    def whole(self) -> Decimal:
        """All of it, however old."""
        return sum((piece.quantity for piece in self.pieces), ZERO)

    def held(self, now: datetime) -> Decimal:
        """What may still become orders."""
        return sum((piece.quantity for piece in self.pieces if now - piece.since < LONGEST), ZERO)

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
        return InFlight((*self.pieces, Piece(quantity=quantity, since=now)))


NOTHING = InFlight()


def gap_of(gaps: Sequence[Decimal], known: InFlight) -> Decimal:
    """How much less the row holds than it should, where one of several values may have been applied last.

    A process that ended in the middle of a write leaves two possibilities. The one that leaves nothing unexplained is
    what happened; where none does, the larger shortfall is assumed.
    """
    for gap in gaps:
        if gap == known.whole:
            return gap
    return ZERO if ZERO in gaps else max(gaps)


def holding(known: InFlight, gap: Decimal, *, arrived: Decimal, now: datetime) -> InFlight:
    """What is in flight by a new look. `arrived`: how much more orders take than at the last one.

    A row that holds too much was raised by somebody, which says nothing about checkouts: only orders end them then.
    """
    if gap < 0:
        return known.less(max(ZERO, arrived))
    whole = known.whole
    return known.more(gap - whole, now) if gap > whole else known.less(whole - gap)
