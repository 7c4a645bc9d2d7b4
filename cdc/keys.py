"""Keys: what may have changed in Magento."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["order", "customer", "product", "stock"]


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What may have changed: an order, customer or product by its entity id, or a stock key by its SKU.

    `id` is a string on purpose: SKUs such as ``007`` or ``1E5`` are not numbers.
    """

    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
