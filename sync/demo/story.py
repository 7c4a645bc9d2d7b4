"""What happens in the demo's shop: who buys what, and what the staff does with each order."""

from __future__ import annotations

import heapq
import random
import threading
import time
from dataclasses import dataclass

from sync.demo.people import Person, random_person
from sync.demo.placing import Account
from sync.demo.scenes import Buyer, Scene, scenes
from sync.demo.shop import SimulatedShop

LONGEST_GAP = 0.35
"""Seconds between two orders of a small demo; many orders come faster."""

SHORTEST_GAP = 0.05
WHOLE = 20.0
BETWEEN_STEPS = 0.8


@dataclass(slots=True)
class Act:
    """An order of the story. `committed_at` is time.monotonic() of its latest commit; `over`: nothing more comes."""

    scene: Scene
    order_id: int = 0
    increment_id: str = ""
    committed_at: float = 0.0
    over: bool = False


class Story:
    """Plays scenes in a shop from a thread of its own. `over` is set when the last is played or one has failed."""

    def __init__(self, shop: SimulatedShop, count: int, rng: random.Random) -> None:
        self._shop = shop
        self._rng = rng
        self._stop = threading.Event()
        self._regulars: dict[Buyer, Person | Account] = {}
        self._thread = threading.Thread(target=self._play, name="shop", daemon=True)
        self.acts = [Act(scene) for scene in scenes(count, rng)]
        self.over = threading.Event()
        self.failure: BaseException | None = None

    def open(self) -> None:
        """Let the regular customers open their accounts, then let the orders come."""
        self._regulars = {
            "customer": self._shop.register_customer(random_person(self._rng)),
            "returning guest": random_person(self._rng),
        }
        self._thread.start()

    def close(self) -> None:
        """Stop between two steps."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(10)

    def _play(self) -> None:
        try:
            self._follow()
        except Exception as failure:  # noqa: BLE001  (it is raised where the story is waited for)
            self.failure = failure
        finally:
            self.over.set()

    def _follow(self) -> None:
        gap = max(SHORTEST_GAP, min(LONGEST_GAP, WHOLE / max(1, len(self.acts))))
        began = time.monotonic()
        diary = [(number * gap, number, 0) for number in range(len(self.acts))]
        heapq.heapify(diary)
        while diary:
            at, number, step = heapq.heappop(diary)
            if self._stop.wait(max(0.0, began + at - time.monotonic())):
                return
            act = self.acts[number]
            self._step(act, step)
            if step < len(act.scene.steps):
                heapq.heappush(diary, (time.monotonic() - began + BETWEEN_STEPS, number, step + 1))
            else:
                act.over = True
            self._shop.noise(1, self._rng)

    def _step(self, act: Act, step: int) -> None:
        if step == 0:
            self._place(act)
            return
        shop = self._shop
        match act.scene.steps[step - 1]:
            case "invoice":
                act.committed_at = shop.invoice(act.order_id).committed_at_monotonic
            case "ship":
                act.committed_at = self._ship(act)
            case "invoice_and_ship":
                act.committed_at = shop.invoice_and_ship(act.order_id).committed_at_monotonic
            case "cancel":
                act.committed_at = shop.cancel(act.order_id)
            case "refund":
                shop.credit_memo(act.order_id)
            case "refund_one":
                shop.refund_one(act.order_id)

    def _ship(self, act: Act) -> float:
        """Ship; a drawn cart may hold nothing to send, and was complete with its invoice."""
        try:
            return self._shop.ship(act.order_id).committed_at_monotonic
        except ValueError:
            return act.committed_at

    def _place(self, act: Act) -> None:
        scene = act.scene
        cart = scene.cart(self._rng)
        buyer = self._regulars.get(scene.buyer) or random_person(self._rng, business=scene.buyer == "company")
        if self._rng.random() < 0.15:
            self._shop.fail_order(cart, buyer)
        placed = self._shop.place_order(cart, buyer, captured=scene.captured)
        act.order_id, act.committed_at = placed.entity_id, placed.committed_at_monotonic
        act.increment_id = placed.increment_id
