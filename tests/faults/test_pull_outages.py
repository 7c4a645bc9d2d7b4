"""e-conomic is away, tired or busy in the middle of a sweep or a poll: it goes on by itself, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sync.pull.sweep import NOTE, read_note
from sync.status import status
from tests.faults.scale import FULL
from tests.shelf import Shelf
from tests.world import Service, World, until

SECRET = "a-secret-of-the-shop-0123456789"
EARLY, LATE = "P-0001", "P-0050"
"""Products of the first page and of the second."""

SMALL_PAGES = (
    "import econ_client.pages, sync.pull.thread\n"
    "econ_client.pages.Pages.__init__.__kwdefaults__['size'] = 40\n"
    "sync.pull.thread.BROKEN_OFF = 1.0"
)
"""So that 60 products are two pages; and what is begun anew after 15 seconds is after one."""

SLOW = {"method": "GET", "path": "/products", "fault": "latency", "seconds": 0.4}
STRIKES: dict[str, list[dict[str, Any]]] = {
    "tired": [{"fault": "500_before", "path": "/products", "times": 2}],
    "busy": [{"fault": "429", "path": "/products", "seconds": 1, "times": 1}],
    "cut": [{"fault": "drop_mid", "path": "/products", "times": 1}],
    "slow": [{**SLOW, "seconds": 2, "times": 1}],
}


@pytest.fixture(scope="module")
def shelf(world: World) -> Shelf:
    made = Shelf(world, 60, 50)
    world.command("pull", "stock", "--accept")
    return made


@pytest.fixture(scope="module")
def service(world: World, shelf: Shelf) -> Iterator[Service]:
    profile = world.folder / "profile.yaml"
    profile.write_text("extends: sandbox\npull: {every: 5, sweep: 86400}\n")
    made = world.service(PROFILE=str(profile), WEBHOOK_SECRET=SECRET, before=SMALL_PAGES).start()
    with world.state() as state:
        until("it has swept and polled", lambda: status(state)["pull"]["last_poll"], 20)
    yield made
    assert made.stop() == 0


def pages(world: World, what: str) -> list[str]:
    """The pages that the journal's sweeps, or its polls, have asked for."""
    asked = [one["query"] for one in world.requests() if one["path"] == "/products"]
    return [query for query in asked if ("filter=" in query) == (what == "poll")]


def silently(world: World, shelf: Shelf, wanted: dict[str, int]) -> None:
    """Stock moves, and `lastUpdated` does not: only a sweep can see it."""
    world.http.put("/_sandbox/agreement", json={"stock_moves_last_updated": "off"}).raise_for_status()
    shelf.count(wanted)
    world.http.put("/_sandbox/agreement", json={"stock_moves_last_updated": "on"}).raise_for_status()


def webhook(service: Service) -> None:
    """One that names nothing, so that there is a poll at once."""
    url = f"http://127.0.0.1:{service.port}/webhooks/economic/{SECRET}"
    httpx.post(url, content="?", timeout=10, trust_env=False).raise_for_status()


@pytest.mark.parametrize(
    ("what", "strike"),
    [
        ("sweep", "down"),
        ("poll", "cut"),
        *([("sweep", "tired"), ("sweep", "busy"), ("poll", "down"), ("poll", "slow")] if FULL else []),
    ],
)
def test_it_goes_on_by_itself_and_loses_nothing(
    world: World, shelf: Shelf, service: Service, what: str, strike: str
) -> None:
    before = shelf.held()
    wanted = before | {EARLY: before[EARLY] + 1, LATE: before[LATE] + 2}
    world.http.delete("/_sandbox/requests")
    world.faults(SLOW)
    if what == "sweep":
        silently(world, shelf, {LATE: wanted[LATE]})
        with world.state() as state:
            state.put(NOTE, "{}")
    else:
        webhook(service)
    until("the first page is asked for", lambda: pages(world, what), 20, every=0.02)
    if strike == "down":
        world.sandbox.stop()
        world.sandbox.agreement.stock.write(EARLY, {"inStock": Decimal(wanted[EARLY])})
        until("it says so", lambda: any("e-conomic" in why for why in service.reasons()), 10)
        world.sandbox.start()
        world.faults()
    else:
        world.faults(*STRIKES[strike])
        until("the second page is asked for", lambda: len(pages(world, what)) > 1, 20, every=0.02)
        world.stock(EARLY, wanted[EARLY])
    if what == "poll":
        world.stock(LATE, wanted[LATE])
    until("what happened meanwhile arrives", lambda: shelf.held() == wanted, 30)
    with world.state() as state:
        until("no sweep is under way", lambda: not read_note(state).under_way, 20)
    assert not [one for one in world.requests() if one["method"] != "GET"]
