"""e-conomic in the model: one product's numbers, the documents that move them, and what people do there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(slots=True)
class Economic:
    """One product: `in_stock`, and what stands on open orders, by document."""

    in_stock: Decimal
    orders_reserve: bool
    ordered: dict[str, Decimal] = field(default_factory=dict)
    losses: list[tuple[datetime, Decimal]] = field(default_factory=list)
    phone_owed: Decimal = ZERO
    serial: int = 0

    @property
    def available(self) -> Decimal:
        """What e-conomic says is available: orders count if they reserve here."""
        return self.in_stock - (sum(self.ordered.values(), ZERO) if self.orders_reserve else ZERO)

    def lost(self, quantity: Decimal, now: datetime) -> None:
        """Note pieces that are gone without the shop having sold them."""
        self.losses.append((now, quantity))

    def lost_since(self, moment: datetime) -> Decimal:
        """The pieces gone at or after a moment."""
        return sum((quantity for at, quantity in self.losses if at >= moment), ZERO)
