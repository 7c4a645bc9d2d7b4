"""Our pull in the model: what the engine does between a product's number and Magento's row, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mapping import stock
from mapping.asof import as_of
from mapping.stock import Known, Seen
from tests.model.world import World

Steps = Iterator[None]


def capture(world: World) -> Steps:
    """The ledger catches up with the orders that are committed, and forgets those that are done."""
    state, orders = world.state, world.shop.orders
    state.candidates.update(orders)
    state.newest = max(state.candidates, default=0)
    applied = state.memory.applied
    for number in list(state.candidates):
        order = orders.get(number)
        booked = sum(
            (one.quantity for one in state.booked.get(number, ()) if applied and one.known_at < applied.asked_at), 0
        )
        if order is None or (order.ordered - order.cancelled <= booked and world.rng.random() < 0.5):
            state.candidates.discard(number)
    yield


def known_of(world: World, seen: Seen) -> dict[int, Known]:
    """What the state knows of the orders."""
    state = world.state
    ids = {*state.judged, *state.taken_off, *state.booked, *state.on_orders}
    return {
        number: Known(
            skipped=state.judged.get(number, False),
            taken_off=state.taken_off.get(number, world.zero),
            booked=tuple(state.booked.get(number, ())),
            on_open_orders=state.on_orders.get(number, world.zero) if world.proven else world.zero,
        )
        for number in ids
    }


def pull(world: World) -> Steps:
    """One look: by a new read, or by the last one, as when the shop's rows changed."""
    state, shop = world.state, world.shop
    if state.seen is not None and world.rng.random() < 0.35:
        seen, processed = state.seen, state.processed
        world.tell(f"look with {seen.quantity} from before")
    else:
        asked = world.now
        yield
        quantity, processed = world.number(), world.now
        yield
        seen = state.seen = Seen(quantity=quantity, asked_at=asked)
        state.processed = processed
        world.tell(f"look with {seen.quantity}, newly read")
    if any(one.closed_at is None or one.closed_at >= seen.asked_at for one in state.writes):
        world.tell("a write is in the way")
        return
    known = known_of(world, seen)
    if world.waits_for_falls:
        booked = [one for of in known.values() for one in of.booked]
        waiting = as_of(seen, state.applied, booked, world.now)
        world.unclean = world.unclean or waiting is not seen
        seen = waiting
    demands = shop.demands(state.candidates, state.newest)
    if world.rng.random() < 0.3 and state.memory.applied is not None:
        yield
    rows = shop.stocked(state.candidates, state.newest, demands=demands)
    if state.memory.applied is None:
        state.memory = stock.found(rows, known, world.stock_since, seen.asked_at)
        world.began(rows)
    elif not state.started:
        cut = state.memory.applying is not None
        state.memory = stock.taken_up(rows, state.memory, known, world.stock_since, world.now)
        world.took_up(rows, cut=cut)
    state.started = True
    forecast = stock.decide(rows, seen, state.memory, known, world.stock_since, world.now)
    if forecast.refused:
        return
    if not forecast.changes(rows):
        if rows.demands != shop.stocked(state.candidates, state.newest).demands:
            world.unclean = True  # orders changed between the two readings, and it came out even
        state.memory, state.applied = forecast.memory, seen
        world.looked(rows, processed)
        world.tell(f"nothing to write; {state.memory}")
        return
    memory = state.memory
    state.memory = replace(memory, applying=forecast.memory.applied)
    yield
    rows = shop.stocked(state.candidates, state.newest)
    decision = stock.decide(rows, seen, memory, known, world.stock_since, world.now)
    if decision.changes(rows):
        before, shop.row = shop.row, decision.sum.quantity
        world.tell(f"wrote {shop.row} over {before}: {decision.sum}")
        world.wrote(seen, known)
    world.looked(rows, processed)
    yield
    state.memory, state.applied = decision.memory, seen
    world.tell(f"remembered {state.memory}")
