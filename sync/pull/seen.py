"""What was seen of e-conomic's products, and what takes it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from econ_client.documents import ProductAnswer
from mapping.stock import Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenProduct:
    """A product as e-conomic answered it. `asked_at` is `state.now()` from before its request was sent (aware UTC).

    Lists may show an effect late (then the answer is older than `asked_at`), and the same answer comes several times.
    """

    product: ProductAnswer
    asked_at: datetime

    @property
    def number(self) -> str:
        """e-conomic's product number, as e-conomic writes it."""
        return self.product.product_number

    def quantity(self, basis: Basis) -> Decimal | None:
        """The number that decides; None when e-conomic keeps no stock of the product, or the module is off."""
        inventory = self.product.inventory
        if inventory is None:
            return None
        return inventory.in_stock if basis == "in_stock" else inventory.available


class Engine(Protocol):
    """What the pull's thread works for. Only that thread calls it, never two calls at once."""

    def take(self, answers: Sequence[SeenProduct]) -> object:
        """Take a batch (a page at most, 1,000) in; the same product may come again, unchanged."""

    def drain(self) -> bool:
        """Work on what capture says has changed, a bounded amount; True when more of it waits."""

    def wanted(self) -> list[str]:
        """The numbers that e-conomic has to be asked for again by now; they are not told twice."""

    def next_due(self) -> datetime | None:
        """When `wanted` or `drain` will have something to do by themselves; None when never."""

    def known(self, numbers: Collection[str]) -> set[str]:
        """Those of the numbers that are known as products."""

    def differs(self, answers: Sequence[SeenProduct]) -> set[str]:
        """Numbers that say something else than what was seen last; new ones do not count. Asked before `take`."""

    def sweep_done(self) -> None:
        """Every product of e-conomic was given to `take` since the last call; any other is not there any more."""
