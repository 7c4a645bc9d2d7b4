"""An order that e-conomic refuses is parked with advice; the next orders go on."""

from __future__ import annotations

import random

from sync.demo.people import random_cart, random_person
from tests.faults.books import assert_equal
from tests.world import World, until


def test_an_order_of_a_barred_customer_is_parked_with_advice_and_the_next_go_on(world: World) -> None:
    rng = random.Random(1)
    guest = random_person(rng)
    service = world.service().start()
    with world.shop() as shop:
        first = shop.place_order(random_cart(rng), guest)
        until("the first stands", world.settled)
        customer = next(row for row in world.all("/customers") if row["email"] == guest.email)
        bar(world, customer["customerNumber"], barred=True)
        second = shop.place_order(random_cart(rng), guest)
        others = [shop.place_order(random_cart(rng), random_person(rng)) for _ in range(5)]
        parked = until("it is parked", lambda: world.tasks("parked"))[0]
        assert parked.reference == second.increment_id
        assert parked.reason == "refused"
        assert "barred" in parked.advice.lower()
        assert parked.error_code
        until("the others stand", world.settled)
        drafts = world.by_reference("/orders/drafts")
        assert {order.increment_id for order in [first, *others]} == set(drafts)

        sent = len(world.requests())
        shop.comment(second, "a change that does not change what is wanted", status="pending_call")
        until("it was looked at", lambda: world.settled() and (t := world.task(second.entity_id)) and t.generation > 1)
        writes = [request for request in world.requests()[sent:] if request["method"] != "GET"]
        assert not writes, "what was refused was sent again though nothing had changed"

        bar(world, customer["customerNumber"], barred=False)
        world.command("tasks", "retry", second.increment_id)
        until("it stands at last", world.settled)
    assert service.stop() == 0
    assert assert_equal(world) == 7


def test_an_order_with_a_layout_that_is_gone_is_parked_with_advice_and_waits_for_it(world: World) -> None:
    rng = random.Random(2)
    layouts = world.sandbox.agreement.lookups["layouts"]
    layout = layouts.get(1)
    assert layout is not None
    service = world.service().start()
    with world.shop() as shop:
        until("it is ready", service.ready)
        layouts.remove(1)
        refused = shop.place_order(random_cart(rng), random_person(rng))
        parked = until("it is parked", lambda: world.tasks("parked"))[0]
        assert (parked.reference, parked.reason) == (refused.increment_id, "refused")
        assert "layout" in parked.advice.lower()
        layouts.put(1, layout)
        following = shop.place_order(random_cart(rng), random_person(rng))
        until("the next one stands", lambda: world.by_reference("/orders/drafts").get(following.increment_id))
        world.command("tasks", "retry", "--reason", "refused")
        until("both stand", world.settled)
    assert service.stop() == 0
    assert_equal(world)


def bar(world: World, number: int, *, barred: bool) -> None:
    """What a bookkeeper does with a customer."""
    body = world.http.get(f"/customers/{number}").json()
    world.http.put(f"/customers/{number}", json={**body, "barred": barred}).raise_for_status()
