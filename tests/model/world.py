"""The model's world: the clock, all parties' rows, what is promised, and the story of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from cdc.models_stock import Stocked
from mapping.inflight import LONGEST
from mapping.stock import Basis, Booked, Known, Memory, Seen, Since
from tests.model.economic import Economic
from tests.model.shop import Order, Shop

if TYPE_CHECKING:
    from tests.model.books import Write

ZERO = Decimal(0)
BEGIN = datetime(2026, 12, 1, 12, tzinfo=UTC)


class Broken(AssertionError):
    """Something that was promised does not hold."""


@dataclass(slots=True)
class State:
    """What is stored on our side, and `started`: whether this process has looked already."""

    memory: Memory = field(default_factory=Memory)
    seen: Seen | None = None
    applied: Seen | None = None
    processed: datetime = BEGIN
    candidates: set[int] = field(default_factory=set)
    newest: int = 0
    judged: dict[int, bool] = field(default_factory=dict)
    taken_off: dict[int, Decimal] = field(default_factory=dict)
    booked: dict[int, list[Booked]] = field(default_factory=dict)
    on_orders: dict[int, Decimal] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    started: bool = False


class World:
    """One product in one run. The attributes that a layout or a seed decides are set once, at the beginning."""

    zero = ZERO

    def __init__(self, layout: str, seed: int) -> None:
        self.rng = rng = Random(f"{layout}-{seed}")
        self.story: list[str] = []
        self.now = BEGIN
        self.since = BEGIN - timedelta(hours=1)
        self.stock_since = Since(otherwise=self.since)
        self.split_cancels = layout == "magento1" or rng.random() < 0.5
        self.edits_up, self.edits_down, self.crashes, self.skips, self.deletes = (rng.random() < 0.3 for _ in range(5))
        self.waits_for_falls = rng.random() < 0.5
        self.per_invoice = rng.random() < 0.4
        self.basis: Basis = "available" if rng.random() < 0.4 else "in_stock"
        self.with_orders = self.basis == "available" and rng.random() < 0.7
        reserve = rng.random() < 0.7
        self.proven = reserve and rng.random() < 0.7
        stocks = {"msi_default": (1,), "msi_source": (2,) if rng.random() < 0.7 else (2, 3)}.get(layout, ())
        shelf = Decimal(rng.randrange(2, 9))
        self.shop = Shop(layout=layout, row=shelf + rng.randrange(-2, 4), shelf=shelf, stocks=stocks)
        self.economic = Economic(in_stock=shelf, orders_reserve=reserve)
        self.state = State()
        self.documents: dict[int, Decimal] = {}
        self.booked: dict[int, Decimal] = {}
        self.taken_off: dict[int, Decimal] = {}
        self.busy: set[int] = set()
        self.live = self.unclean = self.lifted = False
        self.applied = BEGIN
        self.numbers = 0
        self.writes = self.orders_made = 0
        self.returned = self.masked = ZERO
        self.moods = [rng.choice((0, 1, 1, 3)) for _ in range(20)]
        if rng.random() < 0.4:
            self._settled()

    def _settled(self) -> None:
        """An order from before `stock.since`: e-conomic has left it out already, and it is not shipped."""
        self.shop.last_id += 1
        order = Order(
            id=self.shop.last_id, increment_id=self.next_number(), stock=self.shop.stock_ids[0],
            created_at=self.since - timedelta(days=1), ordered=self.pieces(), virtual=False, test=False, committed=True,
        )  # fmt: skip
        self.shop.take(order)
        self.shop.orders[order.id] = order
        self.economic.in_stock = max(ZERO, self.economic.in_stock - order.ordered)
        self.shop.shelf = self.economic.in_stock + order.ordered
        self.tell(f"order {order.increment_id} from before takes {order.ordered}")

    def next_number(self) -> str:
        """A new increment id."""
        self.numbers += 1
        return str(self.numbers)

    def pieces(self) -> Decimal:
        """A few."""
        return Decimal(self.rng.choice((1, 1, 1, 2, 2, 3)))

    def some(self, most: Decimal) -> Decimal:
        """One to so many."""
        return Decimal(self.rng.randint(1, int(most)))

    def rare(self, possible: bool) -> bool:
        """Seldom, and only in runs where it may happen."""
        return possible and self.rng.random() < 0.2

    def tell(self, what: str) -> None:
        """Add to the story."""
        self.story.append(
            f"{(self.now - BEGIN).total_seconds():8.1f}  row {self.shop.row} shelf {self.shop.shelf} "
            f"in stock {self.economic.in_stock}: {what}"
        )

    def number(self) -> Decimal:
        """What e-conomic answers now."""
        return self.economic.available if self.basis == "available" else self.economic.in_stock

    def hidden(self, rows: Stocked) -> Decimal:
        """What only the row tells of: checkouts under way, and orders that a look did not see."""
        if self.shop.reserves:
            return ZERO
        seen = {demand.order_id for demand in rows.demands}
        unseen = (order.ordered for order in self.shop.orders.values() if order.committed and order.id not in seen)
        return sum((one.quantity for one in self.shop.checkouts), ZERO) + sum(unseen, ZERO)

    def began(self, rows: Stocked) -> None:
        """The first look: what is under way is not known."""
        self.masked = self.hidden(rows)
        self.unclean = self.unclean or self.masked > 0

    def took_up(self, rows: Stocked, *, cut: bool) -> None:
        """A process looks for the first time: what is held is held anew; a checkout may pass for a cut write."""
        held = self.state.memory.in_flight.whole
        self.unclean = self.unclean or held > 0
        if cut and not held:
            self.masked = max(self.masked, self.hidden(rows))

    def freed(self, quantity: Decimal) -> None:
        """E-conomic's side got pieces back that a refund gave Magento before: what that hid counts from now."""
        hid = min(quantity, self.returned)
        self.returned -= hid
        self.masked += hid

    def looked(self, rows: Stocked, processed: datetime) -> None:
        """The pull has seen the row, and applied a number that e-conomic made at that time."""
        self.live, self.applied, self.shop.raised, self.shop.changed = True, processed, False, False
        hidden = self.hidden(rows)
        self.masked, self.returned = min(self.masked, hidden), min(self.returned, hidden)
        if self.masked + self.returned > 0 or (self.lifted and (hidden or self.state.memory.in_flight.pieces)):
            self.unclean = True
        self.lifted = False

    def wrote(self, seen: Seen, known: dict[int, Known]) -> None:
        """Promise 1. Raises `Broken`."""
        self.writes += 1
        target = self.target(seen, known)
        for stock in self.shop.stock_ids:
            if self.shop.offer(stock) > target + self.masked + self.returned:
                raise Broken(f"after a write stock {stock} offers {self.shop.offer(stock)}, T is {target}")

    def target(self, seen: Seen, known: dict[int, Known]) -> Decimal:
        """T, by all orders that are committed."""
        whole = seen.quantity
        for order in self.shop.orders.values():
            of = known.get(order.id, Known())
            if order.created_at >= self.since and not of.skipped:
                booked = sum((one.quantity for one in of.booked if one.known_at < seen.asked_at), ZERO)
                whole -= max(ZERO, order.ordered - order.cancelled - of.taken_off - of.on_open_orders - booked)
        return whole

    def check(self) -> None:
        """Promise 2. Raises `Broken`."""
        if not self.live or len(self.shop.stocks) > 1:
            return
        excepted = self.economic.lost_since(self.applied) + self.masked
        free = self.shop.free(self.economic.phone_owed)
        if (offer := self.shop.offer(self.shop.stock_ids[0])) > free + excepted:
            raise Broken(f"{offer} offered, {free} free, {excepted} excepted")

    def may_wait(self, length: timedelta) -> bool:
        """Whether no checkout under way would get too old, or be taken for an older one."""
        return not any(one.chained or self.now + length - one.began >= LONGEST for one in self.shop.checkouts)
