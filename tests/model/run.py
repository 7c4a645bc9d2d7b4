"""One run: parties in random turns, then quiet, then equality."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from mapping.inflight import LONGEST
from mapping.stock import Seen
from tests.model import books, people
from tests.model.pull import capture, known_of, pull
from tests.model.world import Broken, World

Steps = Iterator[None]
OURS = ("pull", "capture", "deliver", "resolve")
OFTEN = ("checkout", "pull")


@dataclass(frozen=True, slots=True)
class Result:
    """How a run went: `wrong` is empty if all was kept; `story` tells it step by step."""

    layout: str
    seed: int
    wrong: str
    story: tuple[str, ...]
    writes: int
    late: bool


def run(layout: str, seed: int, steps: int = 45) -> Result:
    """A run; the same seed is the same run."""
    world = World(layout, seed)
    wrong, late = "", False
    try:
        active = _turns(world, world.rng.randint(steps - 15, steps + 15))
        late = _quiet(world, active)
    except Broken as broken:
        wrong = str(broken)
        world.tell(f"BROKEN: {broken}")
    return Result(layout=layout, seed=seed, wrong=wrong, story=tuple(world.story), writes=world.writes, late=late)


def _turns(world: World, steps: int) -> list[tuple[str, Steps]]:
    active: list[tuple[str, Steps]] = []
    for _ in range(steps):
        world.now += timedelta(seconds=world.rng.uniform(0.05, 2))
        if active and world.rng.random() < 0.65:
            _advance(active, world.rng.randrange(len(active)))
        else:
            _begin(world, active)
        world.check()
    return active


def _advance(active: list[tuple[str, Steps]], which: int) -> None:
    try:
        next(active[which][1])
    except StopIteration:
        active.pop(which)


def _begin(world: World, active: list[tuple[str, Steps]]) -> None:
    rng = world.rng
    names = {name for name, _ in active}
    chances: list[tuple[str, int, Callable[[], Steps]]] = [
        ("checkout", 12, lambda: people.checkout(world)),
        ("shop", 3, lambda: people.of_an_order(world, people.cancel)),
        ("shop", 5, lambda: people.of_an_order(world, people.invoice)),
        ("shop", 5, lambda: people.of_an_order(world, people.ship)),
        ("shop", 4, lambda: people.of_an_order(world, people.refund)),
        ("shop", 1, lambda: people.of_an_order(world, people.edited)),
        ("shop", 1 if world.deletes else 0, lambda: people.of_an_order(world, people.delete)),
        ("shop", 1 if world.edits_up else 0, lambda: people.edit_up(world)),
        ("shop", 1 if world.edits_down else 0, lambda: people.edit_down(world)),
        ("books", 2, lambda: people.purchase(world)),
        ("books", 1, lambda: people.loss(world)),
        ("books", 2, lambda: people.phone(world)),
        ("books", 1, lambda: people.of_an_order(world, books.booked_by_people)),
        ("deliver", 12, lambda: people.of_an_order(world, books.deliver)),
        ("pull", 0 if "pull" in names else 30, lambda: pull(world)),
        ("capture", 8, lambda: capture(world)),
        ("resolve", 0 if "deliver" in names else 2, lambda: books.resolve(world)),
        ("crash", 6 if world.crashes else 0, lambda: _crash(world, active)),
        ("wait", 2, lambda: _wait(world, active)),
    ]
    weights = [
        chance * mood if name not in OFTEN else chance
        for (name, chance, _), mood in zip(chances, world.moods, strict=False)
    ]
    name, _, begin = rng.choices(chances, weights=weights)[0]
    active.append((name, begin()))
    _advance(active, len(active) - 1)


def _crash(world: World, active: list[tuple[str, Steps]]) -> Steps:
    active[:] = [(name, steps) for name, steps in active if name not in OURS]
    world.busy.clear()
    world.state.started = False
    world.tell("crash")
    yield


def _wait(world: World, active: list[tuple[str, Steps]]) -> Steps:
    """The clock jumps: by some minutes, or beyond a quarter of an hour when no checkout is under way."""
    length = LONGEST + timedelta(minutes=1) if not world.shop.checkouts else timedelta(minutes=4)
    if world.may_wait(length):
        for _ in capture(world):  # it lags by seconds
            pass
        world.now += length
        world.state.started = world.state.started and not world.shop.changed  # who could look, would have
        world.tell(f"{length} pass")
    yield


def _quiet(world: World, active: list[tuple[str, Steps]]) -> bool:
    """All that is under way ends; then promise 3, whether at once or a quarter of an hour later. Raises `Broken`."""
    for steps in ([one for _, one in active], [books.resolve(world), capture(world)]):
        for one in steps:
            for _ in one:
                world.now += timedelta(seconds=1)
                world.check()
    late = False
    for attempt in range(3):
        world.now += timedelta(seconds=1)
        seen = _look(world)
        if seen is None:
            return False
        target = world.target(seen, known_of(world, seen))
        offer, left = max(world.shop.offer(stock) for stock in world.shop.stock_ids), _uncounted(world)
        if offer == target + left or (len(world.shop.stocks) > 1 and left and offer <= target):
            return late
        if attempt == 2 or not world.unclean:
            raise Broken(f"quiet, but {offer} is offered, T is {target}, and {left} reserved for what does not count")
        late = True
        world.now += LONGEST + timedelta(seconds=1)
    return late


def _look(world: World) -> Seen | None:
    """A look that nobody disturbs; None where e-conomic's number is none to write."""
    world.state.seen = None
    for _ in pull(world):
        world.now += timedelta(seconds=1)
        world.check()
    seen: Seen | None = world.state.seen
    return seen if seen is not None and seen.quantity >= 0 else None


def _uncounted(world: World) -> Decimal:
    """Reservations that stay taken off: of skipped orders, and of those that do not exist."""
    shop, state = world.shop, world.state
    counted = {order.increment_id for order in shop.orders.values() if not state.judged.get(order.id, False)}
    return sum((quantity for (_, number), quantity in shop.reservations.items() if number not in counted), world.zero)
