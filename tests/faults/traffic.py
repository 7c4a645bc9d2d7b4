"""A shop's day in small steps: orders are placed and change state, many of them under way at a time."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import suppress

from sync.demo.catalog import STORES
from sync.demo.people import Person, random_cart, random_person
from sync.demo.placing import Account
from sync.demo.shop import SimulatedShop
from tests.world import World

COURSES = (
    (),
    ("invoice",),
    ("cancel",),
    ("invoice", "ship"),
    ("invoice", "ship"),
    ("ship", "invoice"),
    ("invoice_and_ship",),
    ("invoice_and_ship",),
    ("hold", "unhold", "invoice", "ship"),
    ("hold", "unhold", "cancel"),
)


class Traffic:
    """`orders` orders by guests, companies and accounts, each on one of the courses above, in random order.

    Use it as a context: `allow(n)` lets its thread take n more steps, `finish()` lets it take all and waits for them.
    """

    def __init__(self, world: World, orders: int, seed: int) -> None:
        self._world = world
        self._rng = rng = random.Random(seed)
        guests = [random_person(rng, business=n % 5 == 0) for n in range(max(2, orders // 3))]
        with world.shop() as shop:
            accounts = [shop.register_customer(random_person(rng)) for _ in range(max(1, orders // 20))]
        self._buyers: list[Person | Account] = [*guests, *accounts]
        self._to_place = orders
        self._under_way: list[tuple[int, list[str]]] = []
        self._allowed = threading.Semaphore(0)
        self._free = threading.Event()
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)
        self._error: BaseException | None = None
        self.steps = 0

    def __enter__(self) -> Traffic:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def allow(self, steps: int) -> None:
        """Let it take some more steps."""
        self._allowed.release(steps)

    def finish(self) -> None:
        """Let it take all steps that are left, and wait for them. Raises what went wrong in the shop."""
        self._free.set()
        self._allowed.release()
        self._thread.join(120)
        assert not self._thread.is_alive(), "the shop is still at work"
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            with self._world.shop() as shop:
                while self._to_place or self._under_way:
                    if not self._free.is_set():
                        self._allowed.acquire()
                    self._step(shop)
                    self.steps += 1
        except BaseException as error:  # noqa: BLE001  (told by `finish`)
            self._error = error

    def _step(self, shop: SimulatedShop) -> None:
        rng = self._rng
        if self._to_place and (not self._under_way or rng.random() < 0.4):
            self._to_place -= 1
            self._place(shop)
            return
        entity_id, course = rng.choice(self._under_way)
        act: Callable[[int], object] = getattr(shop, course.pop(0))
        with suppress(ValueError):  # a service has nothing to ship, and what is shipped cannot be cancelled
            act(entity_id)
        self._under_way = [(one, rest) for one, rest in self._under_way if rest]

    def _place(self, shop: SimulatedShop) -> None:
        rng = self._rng
        buyer = rng.choice(self._buyers)
        store = buyer.store if isinstance(buyer, Account) else rng.choice(list(STORES))
        placed = shop.place_order(random_cart(rng), buyer, store=store, captured=rng.random() < 0.1)
        course = list(rng.choice(COURSES))
        if course:
            self._under_way.append((placed.entity_id, course))
