"""Stock and product fields as one engine: what is seen of a product goes to whichever of the two is to be pulled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from cdc.models_stock import StockProduct
from sync.pull.products import ProductPull
from sync.pull.seen import SeenProduct
from sync.pull.stock import StockPull


@dataclass(frozen=True, slots=True)
class Both:
    """The engine of a shop. `stocks` says whether stock is pulled now; fields are when the profile says so.

    Every method may raise the errors of `cdc.errors` and `sync.state.errors`.
    """

    stock: StockPull
    fields: ProductPull
    stocks: Callable[[], bool]

    def take(self, answers: Sequence[SeenProduct]) -> None:
        """Stock first: it is what is sold too often."""
        if self.stocks():
            self.stock.take(answers)
        if not self.fields.idle:
            self.fields.take(answers)

    def drain(self) -> bool:
        """What capture says has changed concerns stock only."""
        return self.stock.drain() if self.stocks() else False

    def wanted(self) -> list[str]:
        """Products whose booking was under way."""
        return self.stock.wanted() if self.stocks() else []

    def next_due(self) -> datetime | None:
        """When stock has something to do by itself."""
        return self.stock.next_due() if self.stocks() else None

    def known(self, numbers: Collection[str]) -> set[str]:
        """Products that were seen before; where only fields are pulled, products of the shop."""
        if self.stocks():
            return self.stock.known(numbers)
        matches = self.fields.matcher.match(numbers)
        return {number for number, match in matches.items() if isinstance(match, StockProduct)}

    def differs(self, answers: Sequence[SeenProduct]) -> set[str]:
        """Whether `lastUpdated` tells of changes is in doubt for stock only."""
        return self.stock.differs(answers) if self.stocks() else set()

    def sweep_done(self) -> None:
        """Say which products are in one system only."""
        if self.stocks():
            self.stock.sweep_done()

    def close(self) -> None:
        """End threads and connections."""
        self.stock.close()
        self.stock.tables.close()
        self.fields.tables.close()
