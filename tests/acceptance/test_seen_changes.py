"""The running service brings e-conomic's stock into Magento: accepted beside it, then by webhooks and by polls."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from sync.status import status
from tests.world import Service, World, until

SECRET = "a-secret-of-the-test-0123456789"
MUG, SCREWS = "007", "AB 12/34"


def held(world: World, sku: str) -> int | None:
    """What Magento's source holds."""
    [(found,)] = world.sql("SELECT quantity FROM inventory_source_item WHERE source_code='default' AND sku=%s", sku)
    return None if found is None else int(found)


def pull(world: World) -> dict[str, Any]:
    """What `status` says of the pull."""
    with world.state() as state:
        said: dict[str, Any] = status(state)["pull"]
    return said


@pytest.fixture(scope="module")
def service(world: World) -> Iterator[Service]:
    """A service that has to look at stock; not accepted yet."""
    profile = world.folder / "profile.yaml"
    profile.write_text("extends: sandbox\npull: {every: 5}\n")
    world.environment["PROFILE"] = str(profile)
    world.product(MUG, 40)
    world.product(SCREWS, 100)
    service = world.service(WEBHOOK_SECRET=SECRET)
    service.start()
    world.hooks(service, SECRET, "stock_updated", "product_updated")
    yield service
    service.stop()


def test_from_acceptance_to_what_changes(world: World, service: Service) -> None:
    said = pull(world)
    assert (said["accepted"], said["last_poll"], said["calls"]["today"]) == (False, None, 0)
    assert until("why it rests is said", lambda: "not accepted" in pull(world)["resting"], 10)

    done = world.command("pull", "stock", "--accept")
    assert "2 written" in done.stdout
    assert (held(world, MUG), held(world, SCREWS)) == (40, 100)
    until("it polls", lambda: pull(world)["last_poll"], 20)

    began = time.monotonic()
    world.stock(MUG, 33)
    until("a webhook brings the new number", lambda: held(world, MUG) == 33, 10, every=0.01)
    assert time.monotonic() - began < 2, "long before the next poll"

    world.http.put("/_sandbox/webhooks", json=[]).raise_for_status()
    world.stock(SCREWS, 90)
    until("a poll brings the new number", lambda: held(world, SCREWS) == 90, 15)

    world.sql("UPDATE inventory_source_item SET quantity=500 WHERE source_code='default' AND sku=%s", MUG)
    until("an edit upward is put back", lambda: held(world, MUG) == 33, 10)

    said = pull(world)
    assert (said["accepted"], said["applied"], said["resting"]) == (True, 5, "")
    assert said["standings"]["fine"] == 2
    assert said["last_sweep"] is not None
    assert service.metric("magento_economic_pull_writes_total") == 5
    assert service.metric("magento_economic_pull_held_seconds_count") == 5
    assert service.metric("magento_economic_webhooks_total") > 0
    assert SECRET not in service.log.read_text()

    with world.state() as state:
        state.pause("pull", by="a test")
        until("it rests", lambda: pull(world)["resting"] == "it is paused", 10)
        world.stock(SCREWS, 80)
        state.resume("pull")
    until("it goes on", lambda: held(world, SCREWS) == 80, 15)
