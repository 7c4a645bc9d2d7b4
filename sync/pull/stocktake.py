"""What should lie on the shelf: e-conomic's stock, and what booking and shipping have done one without the other.

    on the shelf = inStock + booked and not shipped - shipped and not booked

over the orders since `stock.since` that the profile does not skip. Nothing more leaves the shelf for an order that is
complete, closed or cancelled, whatever its columns say: Magento counts no shipment of virtual goods, and a refunded
piece is never shipped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from cdc.models_stock import Demand
from mapping.money import ZERO
from mapping.stock import Known, Since
from sync.pull.budget import Budget
from sync.pull.ledger import AT_ONCE, EARLIER
from sync.pull.looking import SINGLY, look
from sync.pull.once import Tell
from sync.pull.report import quantity
from sync.pull.seeing import Reading
from sync.pull.seen import SeenProduct
from sync.pull.stock import StockPull

OVER = frozenset({"complete", "closed", "canceled"})
"""States of orders in Magento that ship nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One order whose shipping and booking differ."""

    increment_id: str
    booked: Decimal
    shipped: Decimal
    waits: bool

    @property
    def adds(self) -> Decimal:
        """What of it still lies on the shelf though e-conomic has it sold; negative where it is the other way."""
        more = self.booked - self.shipped
        return more if more < 0 or self.waits else ZERO


@dataclass(slots=True)
class Shelf:
    """One product's parts."""

    parts: list[Part] = field(default_factory=list)

    @property
    def unshipped(self) -> Decimal:
        """Booked and not shipped."""
        return sum((part.adds for part in self.parts if part.adds > 0), ZERO)

    @property
    def unbooked(self) -> Decimal:
        """Shipped and not booked."""
        return -sum((part.adds for part in self.parts if part.adds < 0), ZERO)


def part_of(demand: Demand, known: Known, since: Since) -> Part | None:
    """What an order says of a product's shelf; None when nothing."""
    if known.skipped or since.settled(demand):
        return None
    booked = sum((one.quantity for one in known.booked), ZERO)
    shipped = min(demand.shipped, demand.ordered)
    part = Part(increment_id=demand.increment_id, booked=booked, shipped=shipped, waits=demand.state not in OVER)
    return part if part.adds else None


def stocktake(engine: StockPull, budget: Budget, skus: Sequence[str], tell: Tell) -> dict[str, Any]:
    """What `pull stock --stocktake --json` prints: all products whose stock e-conomic keeps, or some SKUs.

    Raises the errors of `cdc.errors`, `econ_client.errors` and `sync.state.errors`, and `OutOfCalls`.
    """
    lines: list[dict[str, Any]] = []
    answers = list(_answers(engine, budget, skus))
    numbers = {one.number: one for one in answers if one.product.inventory is not None}
    matches = {number: one for number, one in engine.matcher.match(numbers).items() if not isinstance(one, str)}
    shelves = _shelves(engine, {product.id: number for number, product in matches.items()}, tell)
    for number, answer in sorted(numbers.items()):
        product = matches.get(number)
        in_stock = answer.product.inventory.in_stock if answer.product.inventory is not None else None
        if in_stock is None or (product is None and not skus):
            continue
        shelf = shelves.get(product.id, Shelf()) if product is not None else Shelf()
        sku = product.sku if product is not None else ""
        lines.append(shelf_line(sku, number, in_stock, answer.asked_at, shelf))
    return {"what": "stocktake", "lines": lines}


def shelf_line(sku: str, number: str, in_stock: Decimal, asked_at: datetime, shelf: Shelf) -> dict[str, Any]:
    """A product in one line of `--json`. Quantities are texts."""
    return {
        "sku": sku,
        "number": number,
        "on_shelf": quantity(in_stock + shelf.unshipped - shelf.unbooked),
        "in_stock": quantity(in_stock),
        "booked_unshipped": quantity(shelf.unshipped),
        "shipped_unbooked": quantity(shelf.unbooked),
        "asked_at": asked_at.isoformat(timespec="milliseconds"),
        "orders": [
            {"order": part.increment_id, "booked": quantity(part.booked), "shipped": quantity(part.shipped)}
            for part in shelf.parts
        ],
    }


def _answers(engine: StockPull, budget: Budget, skus: Sequence[str]) -> Iterator[SeenProduct]:
    if skus:
        numbers = [number for number in engine.matcher.number_of(skus).values() if number is not None]
        for start in range(0, len(numbers), SINGLY):
            yield from look(engine.context, budget, numbers[start : start + SINGLY]).found
        return
    reading = Reading(engine.context, budget)
    while (page := reading.page()) is not None:
        yield from page


def _shelves(engine: StockPull, numbers: Mapping[int, str], tell: Tell) -> dict[int, Shelf]:
    """The shelf of each product; `numbers` gives the products that are asked for by id."""
    ledger, tables = engine.applier.ledger, engine.tables
    since = engine.applier.since()
    ledger.fill(lambda read: tell({"stage": "orders", "done": read, "of": None, "written": 0}))
    first = min([since.otherwise, *since.by_store.values()]) - EARLIER
    shelves: dict[int, Shelf] = defaultdict(Shelf)
    after = read = 0
    while orders := tables.orders_since(first, after, AT_ONCE):
        after, read = orders[-1], read + len(orders)
        demands: dict[int, list[Demand]] = defaultdict(list)
        for demand in tables.demands(orders):
            if demand.product_id in numbers:
                demands[demand.product_id].append(demand)
        known = ledger.known(demands, {product: numbers[product] for product in demands})
        for product, some in demands.items():
            parts = (part_of(one, known[product][one.order_id], since) for one in some)
            shelves[product].parts += [part for part in parts if part is not None]
        tell({"stage": "orders", "done": read, "of": None, "written": 0})
    return shelves
