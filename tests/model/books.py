"""What our deliverer, and people instead of it, do with an order's documents in e-conomic, in the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from mapping.stock import Booked
from tests.model.shop import Order
from tests.model.world import World

ZERO = Decimal(0)
Steps = Iterator[None]


@dataclass(slots=True)
class Write:
    """A call that may move the product's number: stored before it is sent, closed with what its answer says."""

    order: int
    keep: Callable[[datetime], None]
    done: bool = False
    closed_at: datetime | None = None

    def close(self, now: datetime) -> None:
        """Store the answer, or that nothing came of it."""
        if self.done:
            self.keep(now)
        self.closed_at = now


def sent(world: World, order: Order, what: str, effect: Callable[[], None], keep: Callable[[datetime], None]) -> Steps:
    """One call: stored and sent, processed, answered, the answer stored; four steps."""
    write, what = Write(order.id, keep), f"{what} of order {order.increment_id}"
    world.state.writes.append(write)
    yield
    if world.rng.random() < 0.9:
        effect()
        write.done = True
        world.tell(f"{what}: done in e-conomic")
    else:
        world.tell(f"{what}: refused")
    yield
    if world.rng.random() < 0.5:
        yield
    write.close(world.now)
    world.tell(f"{what}: stored")


def resolve(world: World) -> Steps:
    """What became of calls that a crash left open is looked up, one at a time."""
    for write in [one for one in world.state.writes if one.closed_at is None]:
        yield
        if write.closed_at is None:
            write.close(world.now)
            world.tell("a call in doubt is settled")


def deliver(world: World, order: Order) -> Steps:
    """Whatever the order asks for next: a document, less in it, its booking, a credit."""
    state = world.state
    if order.id not in state.judged:
        state.judged[order.id] = order.test
    if state.judged[order.id] or order.created_at < world.since or order.id in world.busy:
        return
    if any(write.order == order.id and write.closed_at is None for write in state.writes):
        return  # what became of that comes first
    world.busy.add(order.id)
    try:
        yield from _next(world, order)
    finally:
        world.busy.discard(order.id)


def _next(world: World, order: Order) -> Steps:
    wanted = wanted_of(world, order)
    if wanted > 0 and world.documents.get(order.id, ZERO) != wanted:
        yield from _document(world, order, wanted)
    elif wanted > 0 and order.invoiced > 0 and world.rng.random() < 0.7:
        invoiced = order.invoiced - world.booked.get(order.id, ZERO)
        yield from _book(world, order, min(wanted, invoiced) if world.per_invoice and invoiced > 0 else wanted)
    elif order.back > 0 and world.booked.get(order.id, ZERO) > 0:
        yield from _credit(world, order)


def wanted_of(world: World, order: Order) -> Decimal:
    """What an unbooked document should hold."""
    gone = order.cancelled + world.taken_off.get(order.id, ZERO) + world.booked.get(order.id, ZERO)
    return order.ordered - gone - min(order.back, max(ZERO, order.ordered - gone))


def _document(world: World, order: Order, wanted: Decimal) -> Steps:
    gone = order.cancelled + world.taken_off.get(order.id, ZERO) + world.booked.get(order.id, ZERO)
    off = min(order.back, max(ZERO, order.ordered - gone))

    def effect() -> None:
        world.documents[order.id] = wanted
        world.taken_off[order.id] = world.taken_off.get(order.id, ZERO) + off
        world.freed(off)
        order.back -= off
        if world.with_orders:
            world.economic.ordered[str(order.id)] = wanted

    def keep(now: datetime) -> None:
        world.state.taken_off[order.id] = world.state.taken_off.get(order.id, ZERO) + off
        if world.with_orders:
            world.state.on_orders[order.id] = wanted

    yield from sent(world, order, f"document over {wanted}", effect, keep)


def _book(world: World, order: Order, quantity: Decimal) -> Steps:
    left = world.documents[order.id] - quantity

    def upgraded() -> None:
        world.economic.ordered.pop(str(order.id), None)

    def forget(now: datetime) -> None:
        world.state.on_orders.pop(order.id, None)

    if str(order.id) in world.economic.ordered:
        yield from sent(world, order, "upgrade", upgraded, forget)
        if str(order.id) in world.economic.ordered:
            return

    def effect() -> None:
        world.economic.in_stock -= quantity
        world.booked[order.id] = world.booked.get(order.id, ZERO) + quantity
        world.documents[order.id] = left

    def keep(now: datetime) -> None:
        world.state.booked.setdefault(order.id, []).append(Booked(quantity=quantity, known_at=now))

    yield from sent(world, order, f"booking over {quantity}", effect, keep)


def _credit(world: World, order: Order) -> Steps:
    quantity = order.back

    def effect() -> None:
        world.economic.in_stock += quantity
        world.freed(quantity)
        order.back -= quantity

    yield from sent(world, order, f"credit over {quantity}", effect, lambda now: None)


def booked_by_people(world: World, order: Order) -> Steps:
    """A person books our draft as it stands; we learn of it some steps later."""
    quantity = world.documents.get(order.id, ZERO)
    if quantity <= 0 or order.id in world.busy or str(order.id) in world.economic.ordered:
        return
    world.busy.add(order.id)
    world.economic.in_stock -= quantity
    world.booked[order.id] = world.booked.get(order.id, ZERO) + quantity
    world.documents[order.id] = ZERO
    world.tell(f"a person books {order.increment_id} over {quantity}")
    for _ in range(world.rng.randrange(1, 6)):
        yield
    world.state.booked.setdefault(order.id, []).append(Booked(quantity=quantity, known_at=world.now, ours=False))
    world.busy.discard(order.id)
    world.tell(f"the booking of {order.increment_id} was noticed")
