"""Bad weather on the way to e-conomic: random faults, one after the other, on writes."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence

from tests.world import World

METHODS = ("POST", "POST", "POST", "PUT", "DELETE")
PATHS = (
    "*",
    "*",
    "/customers*",
    "/products*",
    "/orders/drafts*",
    "/orders/sent*",
    "/invoices/drafts*",
    "/invoices/booked*",
)


class Weather:
    """As long as the block lasts, `kinds` of faults strike `at_once` writes each, a new one every `every` seconds."""

    def __init__(self, world: World, kinds: Sequence[str], *, seed: int, every: float = 0.15, at_once: int = 2) -> None:
        self._world = world
        self._kinds = kinds
        self._rng = random.Random(seed)
        self._every = every
        self._at_once = at_once
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="weather", daemon=True)

    def __enter__(self) -> Weather:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(10)
        self._world.faults()

    def _run(self) -> None:
        rng = self._rng
        while not self._over.is_set():
            fault = {"fault": rng.choice(self._kinds), "times": rng.randint(1, self._at_once)}
            self._world.faults({**fault, "method": rng.choice(METHODS), "path": rng.choice(PATHS)})
            self._over.wait(self._every)


def struck(world: World) -> int:
    """How many writes did not get the answer that they should have got."""
    return sum(
        1
        for request in world.requests()
        if request["method"] != "GET" and (request["status"] is None or request["status"] in (429, 500))
    )
