"""The three things that are measured, each in a world of its own."""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from sync.demo.mariadb import PrivateMariaDB
from sync.demo.people import Person, random_cart, random_person
from sync.demo.placing import Account, PlacedOrder
from tests.bench.journal import Request, first
from tests.bench.world import World, until

ORDERS, INVOICES, BOOKED = "/orders/drafts", "/invoices/drafts", "/invoices/booked"
LATE = 0.1


@dataclass(slots=True)
class Latency:
    """Milliseconds from a commit, by the shop's clock, to a request's arrival. The commit of `first_request` and
    `order` placed an order; that of `invoice` and `booking` completed it."""

    orders: int = 0
    first_request: list[float] = field(default_factory=list)
    order: list[float] = field(default_factory=list)
    invoice: list[float] = field(default_factory=list)
    booking: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Calls:
    """Writes and reads of each order from placed to booked."""

    writes: list[int] = field(default_factory=list)
    reads: list[int] = field(default_factory=list)

    def add(self, requests: Sequence[Request]) -> None:
        """One order's requests."""
        self.writes.append(sum(one.write for one in requests))
        self.reads.append(sum(not one.write for one in requests))


@dataclass(slots=True)
class AtOnce:
    """The phase with a sandbox that answers at once."""

    latency: Latency
    guest: Calls
    customer: Calls
    idle_mb: float


@dataclass(slots=True)
class Throughput:
    """Orders that waited, delivered as fast as it goes: first as draft orders, then completed and booked.

    `seconds` are from each wave's first request to its last answer.
    """

    orders: int
    requests: int
    seconds: float
    parallelism: int
    busy_mb: float
    peak_mb: float

    @property
    def per_minute(self) -> float:
        """Orders from placed to booked in a minute."""
        return self.orders / self.seconds * 60

    @property
    def ceiling(self) -> float:
        """What the parallelism allows: parallelism / (requests per order x 0.1 s), in a minute."""
        return self.parallelism / (self.requests / self.orders * LATE) * 60

    @property
    def share(self) -> float:
        """Delivered of what is allowed."""
        return self.per_minute / self.ceiling


def at_once(server: PrivateMariaDB, orders: int, rng: random.Random) -> AtOnce:
    """One order at a time; every third is a known customer's."""
    with ExitStack() as everything:
        world = World(everything, server, "at_once")
        time.sleep(3)  # idle memory is that of a service that has been ready for a while
        measured = AtOnce(Latency(orders), Calls(), Calls(), world.memory_mb())
        account = world.warm_up(rng)
        for number in range(orders):
            buyer: Person | Account = account if number % 3 == 2 else random_person(rng)
            calls = measured.customer if buyer is account else measured.guest
            calls.add(_one(world, buyer, measured.latency, rng))
        world.rest()
        assert world.sandbox.count(BOOKED) == orders + 1
        return measured


def _one(world: World, buyer: Person | Account, latency: Latency, rng: random.Random) -> list[Request]:
    sandbox, shop = world.sandbox, world.shop
    shop.noise(1, rng)
    placed = shop.place_order(random_cart(rng), buyer)
    until("the draft order stands", lambda: first(sandbox.journal(), "POST", ORDERS) is not None, 0.015)
    time.sleep(0.03)  # what the checkout still wrote after its commit is looked at, too
    requests = sandbox.journal()
    post = first(requests, "POST", ORDERS)
    assert post is not None
    latency.first_request.append((requests[0].at - placed.committed_at_monotonic) * 1000)
    latency.order.append((post.at - placed.committed_at_monotonic) * 1000)
    seen = len(requests)
    completed = shop.invoice_and_ship(placed)
    until("the invoice is booked", lambda: first(sandbox.journal(), "POST", BOOKED) is not None, 0.015)
    requests = sandbox.journal()
    sandbox.clear()
    invoice, booking = first(requests, "POST", INVOICES), first(requests, "POST", BOOKED)
    assert invoice is not None
    assert booking is not None
    latency.first_request.append((requests[seen].at - completed.committed_at_monotonic) * 1000)
    latency.invoice.append((invoice.at - completed.committed_at_monotonic) * 1000)
    latency.booking.append((booking.at - completed.committed_at_monotonic) * 1000)
    return requests


def late(server: PrivateMariaDB, orders: int, rng: random.Random, *, gap: float = 0.4) -> Latency:
    """Orders that come every `gap` seconds whatever happens, each completed 1.2 s later; every answer takes 100 ms."""
    with ExitStack() as everything:
        world = World(everything, server, "late")
        world.warm_up(rng)
        world.sandbox.answer_after(LATE)
        placed: list[PlacedOrder] = []
        completed: dict[str, float] = {}
        began = time.monotonic()
        diary = [(number * gap, -1) for number in range(orders)]
        while diary:
            at, number = heapq.heappop(diary)
            time.sleep(max(0.0, began + at - time.monotonic()))  # orders come at a given pace
            if number < 0:
                placed.append(world.shop.place_order(random_cart(rng), random_person(rng)))
                heapq.heappush(diary, (at + 1.2, len(placed) - 1))
            else:
                done = world.shop.invoice_and_ship(placed[number])
                completed[placed[number].increment_id] = done.committed_at_monotonic
        until("everything is booked", lambda: world.sandbox.count(BOOKED) == orders + 1, 0.3)
        return _matched(world.sandbox.journal(), placed, completed, world)


def _matched(
    journal: Sequence[Request], placed: Sequence[PlacedOrder], completed: dict[str, float], world: World
) -> Latency:
    """Requests found again by reference, look-ups of debtors by e-mail, bookings by the booked documents."""
    posts = {(one.path, one.reference): one.at for one in journal if one.method == "POST" and one.reference}
    look_ups = [one for one in journal if one.path == "/customers" and not one.write]
    bookings = world.sandbox.bookings()
    measured = Latency(len(placed))
    for order in placed:
        number, at = order.increment_id, order.committed_at_monotonic
        asked = next(one.at for one in look_ups if order.email in one.query)
        measured.first_request.append((asked - at) * 1000)
        measured.order.append((posts[ORDERS, number] - at) * 1000)
        measured.invoice.append((posts[INVOICES, number] - completed[number]) * 1000)
        measured.booking.append((bookings[number] - completed[number]) * 1000)
    return measured


def throughput(server: PrivateMariaDB, orders: int, rng: random.Random) -> Throughput:
    """`orders` guests' orders wait, then their completion waits; every answer takes 100 ms."""
    with ExitStack() as everything:
        world = World(everything, server, "throughput")
        world.warm_up(rng)
        world.sandbox.answer_after(LATE)
        requests, seconds, busy = 0, 0.0, [0.0]

        def wave(path: str, wanted: int) -> None:
            nonlocal requests, seconds
            world.sandbox.clear()
            world.release()

            def delivered() -> bool:
                busy.append(world.memory_mb())
                return world.sandbox.count(path) == wanted

            until("everything is delivered", delivered, 0.4)
            world.rest()
            journal = world.sandbox.journal()
            requests += len(journal)
            seconds += journal[-1].at + LATE - journal[0].at

        world.hold()
        placed = [world.shop.place_order(random_cart(rng), random_person(rng)) for _ in range(orders)]
        wave(ORDERS, orders)
        world.hold()
        for order in placed:
            world.shop.invoice_and_ship(order)
        wave(BOOKED, orders + 1)
        return Throughput(orders, requests, seconds, world.settings.parallelism, max(busy), world.memory_mb("VmHWM"))
