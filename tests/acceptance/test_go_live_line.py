"""An order from before the go-live line is touched by hand, by a mass update, by its customer's change of e-mail."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from sync.demo.people import random_cart, random_person
from sync.demo.placing import PlacedOrder
from tests.world import World, until

SINCE = datetime(2026, 6, 1, tzinfo=UTC)


def test_nothing_is_created_and_it_is_listed_as_skipped_before_go_live(world: World) -> None:
    rng = random.Random(1)
    profile = world.folder / "shop.yaml"
    profile.write_text(f"extends: sandbox\norders: {{since: {SINCE:%Y-%m-%d}}}\n")
    with world.shop() as shop:
        account = shop.register_customer(random_person(rng))
        old = [
            shop.place_order(random_cart(rng), account, created_at=SINCE - timedelta(days=30 * n + 1)) for n in range(3)
        ]
        for order in old[1:]:
            shop.invoice(order)
            shop.ship(order)
        service = world.service(PROFILE=str(profile)).start()

        shop.comment(old[0], "called the customer", status="pending_call")
        until("the hand was noticed", lambda: skipped(world, old[:1]))
        shop.mass_update([order.entity_id for order in old])
        until("the mass update was noticed", lambda: skipped(world, old))
        shop.change_email(account, "ny.adresse@example.com")
        shop.invoice_and_ship(old[0])
        until("everything was noticed", world.settled)

        listed = {task["reference"]: task for task in world.json("tasks", "list", "--reason", "before_go_live")}
        assert set(listed) == {order.increment_id for order in old}
        assert {task["state"] for task in listed.values()} == {"skipped"}
        assert not [request for request in world.requests() if request["method"] != "GET"]

        # the line lets pass what comes after it, also an order of the same customer
        new = shop.place_order(random_cart(rng), account)
        until("the new order stands", lambda: world.by_reference("/orders/drafts").get(new.increment_id))
        assert service.stop() == 0
    assert list(world.by_reference("/orders/drafts")) == [new.increment_id]


def skipped(world: World, orders: list[PlacedOrder]) -> bool:
    """Whether these and no other orders are skipped, before the go-live line."""
    tasks = world.tasks("skipped")
    return world.settled() and {(task.reference, task.reason) for task in tasks} == {
        (order.increment_id, "before_go_live") for order in orders
    }
