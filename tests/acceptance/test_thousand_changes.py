"""A thousand products are counted anew in e-conomic: each is written once, and nothing of it goes back."""

from __future__ import annotations

import httpx

from sync.status import status
from tests.shelf import Shelf
from tests.world import Service, World, until

SECRET = "a-secret-of-the-shop-0123456789"
SKUS = 1000


def looks(world: World) -> list[str]:
    """The calls for products; no call may have written."""
    asked = world.requests()
    assert {one["method"] for one in asked} <= {"GET"}
    return [f"{one['path']}?{one['query']}" for one in asked if one["path"].startswith("/products")]


def webhook(service: Service, text: str) -> None:
    """One of e-conomic's."""
    url = f"http://127.0.0.1:{service.port}/webhooks/economic/{SECRET}"
    httpx.post(url, content=text, timeout=10, trust_env=False).raise_for_status()


def test_a_thousand_changes_are_written_once_and_do_not_come_back(world: World) -> None:
    profile = world.folder / "profile.yaml"
    profile.write_text("extends: sandbox\npull: {every: 3600, sweep: 86400}\n")
    shelf = Shelf(world, SKUS, 50)
    world.command("pull", "stock", "--accept", PROFILE=str(profile))
    assert shelf.heard() == {}
    service = world.service(PROFILE=str(profile), WEBHOOK_SECRET=SECRET).start()
    with world.state() as state:
        until("it has swept and polled", lambda: status(state)["pull"]["last_poll"], 20)

    wanted = {sku: number % 40 for number, sku in enumerate(shelf.skus)}
    shelf.count(wanted)
    world.http.delete("/_sandbox/requests")
    webhook(service, "a product that nobody knows")
    until("all of them are written", lambda: shelf.held() == wanted, 60, every=0.2)
    until("our own writes were seen", shelf.echoed, 60, every=0.3)
    assert shelf.heard() == {sku: [quantity] for sku, quantity in wanted.items()}
    assert len(looks(world)) == 2, "one poll of two pages"
    assert shelf.torn() == []

    sku = shelf.skus[7]
    world.sql("UPDATE inventory_source_item SET quantity = 70 WHERE sku = %s", sku)
    until("an edit upward is put back", lambda: shelf.held()[sku] == 7, 10)
    until("that was seen", shelf.echoed, 10)
    assert shelf.heard()[sku] == [7, 70, 7]
    assert len(looks(world)) == 2, "what somebody wrote needs no call either"

    shelf.hush()
    world.hooks(service, SECRET, "stock_updated")
    moved = {sku: wanted[sku] + 1 for sku in shelf.skus[:100]}
    shelf.count(moved)
    until("webhooks bring them too", lambda: shelf.held() == wanted | moved, 60, every=0.2)
    until("our own writes were seen", shelf.echoed, 60, every=0.3)
    assert shelf.heard() == {sku: [quantity] for sku, quantity in moved.items()}
    assert len(looks(world)) > 2
    assert service.metric("magento_economic_pull_writes_total") == SKUS + 1 + len(moved)
    assert service.stop() == 0
