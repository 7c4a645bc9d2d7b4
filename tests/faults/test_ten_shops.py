"""Ten shops with one PostgreSQL over three processes: each shop is active once, also when one process is killed."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from cdc.lock import lock_name
from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.people import random_person
from tests.faults.books import assert_equal
from tests.faults.frozen import has_stopped, send
from tests.faults.scale import of
from tests.integration.state.postgresql import PrivatePostgreSQL
from tests.world import Service, World, a_schema, a_world, until

SHOPS = of(10, 2)
KILLS = of(3, 1)
PROCESSES = 3
WITHIN = 10.0
SECRET = "a-secret-of-the-shop-0123456789"


@pytest.fixture
def worlds(mariadb: PrivateMariaDB, postgresql: PrivatePostgreSQL, tmp_path: Path) -> Iterator[dict[str, World]]:
    """Shops by their name, each with its own agreement, all with one state; their files are in `shops`."""
    folder = tmp_path / "shops"
    folder.mkdir()
    with ExitStack() as stack:
        url = stack.enter_context(postgresql.database(f"shops_{os.getpid()}_{random.randrange(10**9)}"))
        worlds = {}
        for number in range(SHOPS):
            name = f"shop{number}"
            schema = stack.enter_context(a_schema(mariadb))
            world = stack.enter_context(a_world(mariadb, schema, tmp_path, msi=False))
            world.environment |= {"STATE_DATABASE_URL": url, "SHOP": name}
            said = {key: world.environment[key] for key in ("MAGENTO_DATABASE_URL", "ECONOMIC_API_URL")}
            (folder / f"{name}.env").write_text("".join(f'{key}="{value}"\n' for key, value in said.items()))
            worlds[name] = world
        yield worlds
        for service in next(iter(worlds.values())).services:
            service.kill()


def process(worlds: dict[str, World], **environment: str) -> Service:
    """A process for all shops: what their files do not say is in its environment."""
    world = next(iter(worlds.values()))
    common = {**world.environment, "DELIVERY_PARALLELISM": "1", **environment}
    for own in ("MAGENTO_DATABASE_URL", "ECONOMIC_API_URL", "SHOP"):
        del common[own]
    made = Service(common, world.folder, "--shops", str(world.folder / "shops"))
    made.log = world.folder / f"process{len(world.services)}.log"
    world.services.append(made)
    return made


def told(services: list[Service]) -> list[dict[str, dict[str, Any]]]:
    """What each process that answers says of its shops."""
    answers = []
    for service in services:
        with suppress(httpx.HTTPError):
            answers.append(service.ask("/health/ready").json()["shops"])
    return answers


def active(services: list[Service], shop: str) -> int:
    """How many processes say that they are the shop's active one."""
    return sum(one[shop]["active"] for one in told(services))


def each_once(services: list[Service], worlds: dict[str, World]) -> Callable[[], bool]:
    """Whether each shop is active and ready in one process, and no shop in two."""

    def look() -> bool:
        answers = told(services)
        counts = {name: [one[name]["active"] for one in answers].count(True) for name in worlds}
        assert max(counts.values()) < 2, counts
        ready = {name for one in answers for name, said in one.items() if said["ready"]}
        return set(counts.values()) == {1} and ready == set(worlds)

    return look


def holders(worlds: dict[str, World], of_: Service | None = None) -> list[int | None]:
    """The session on Magento's server that holds each shop's lock; only those shops that a process is active for."""
    shops = worlds if of_ is None else [name for name, said in told([of_])[0].items() if said["active"]]
    return [worlds[name].sql("SELECT IS_USED_LOCK(%s)", lock_name(worlds[name].schema, name))[0][0] for name in shops]


def place_order(world: World, seed: int) -> None:
    with world.shop(msi=False) as shop:
        shop.place_order(Cart(items=(CartItem(BY_SKU["007"], Decimal(1)),)), random_person(random.Random(seed)))


def delivered(worlds: dict[str, World], orders: int) -> bool:
    return all(len(world.by_reference("/orders/drafts")) == orders for world in worlds.values())


@pytest.mark.timeout(600)
def test_each_shop_is_active_once_when_a_process_dies_or_stops(worlds: dict[str, World]) -> None:
    services = [process(worlds).start(ready=False) for _ in range(PROCESSES)]
    until("each shop is active once", each_once(services, worlds), 90)
    until("the others stand by", lambda: all(one.ready() for one in services), 30)
    orders = 0
    for turn in range(KILLS + 1):
        orders += 1
        for world in worlds.values():
            place_order(world, orders)
        busiest = max(services, key=lambda one: sum(said["active"] for said in told([one])[0].values()))
        left = [one for one in services if one is not busiest]
        frozen, before = turn == KILLS, set(holders(worlds, of_=busiest))
        if frozen:
            send(busiest, signal.SIGSTOP)
            until("it has stopped", lambda: has_stopped(busiest), 20)  # noqa: B023  (used at once)
        else:
            busiest.kill()
        until("others hold the locks", lambda: not {None, *before} & set(holders(worlds)), WITHIN)  # noqa: B023
        until("each shop is active once", each_once(left, worlds), WITHIN)
        until("every order is delivered", lambda: delivered(worlds, orders), 60, every=0.2)  # noqa: B023
        if frozen:
            send(busiest, signal.SIGCONT)
        else:
            busiest.start(ready=False)
        until("it stands by again", busiest.ready, 60)
        until("each shop is active once", each_once(services, worlds), 30)
    assert len(set(holders(worlds))) == SHOPS
    for service in services:
        assert service.stop() == 0
        assert "Traceback" not in service.log.read_text()
    for world in worlds.values():
        assert assert_equal(world) == orders


def test_a_shop_that_cannot_be_served_is_named_and_keeps_no_other_back(worlds: dict[str, World]) -> None:
    folder = next(iter(worlds.values())).folder / "shops"
    (folder / "broken.env").write_text("PROFILE=nowhere.yaml\nMAGENTO_DATABASE_URL=mysql://u:geheim@127.0.0.1:1/x\n")
    (folder / "alike.env").write_text(f"HTTP_PORT=1\nMAGENTO_DATABASE_URL={worlds['shop0'].server.url('x')}\n")
    with (folder / "shop1.env").open("a") as file:
        file.write(f"WEBHOOK_SECRET={SECRET}\n")
    service = process(worlds).start(ready=False)

    def served() -> bool:
        shops = told([service])
        return bool(shops) and all(shops[0][name]["ready"] for name in worlds)

    until("the others are served", served, 60)
    answer = service.ask("/health/ready")
    assert answer.status_code == 503
    shops = answer.json()["shops"]
    assert "nowhere.yaml" in shops["broken"]["reasons"][0]
    assert "HTTP_PORT is the process's" in shops["alike"]["reasons"][0]
    assert "geheim" not in service.log.read_text()
    one = service.ask("/shops/shop1/health/ready")
    assert (one.status_code, one.json()) == (200, {"ready": True, "reasons": [], "paused": []})
    assert service.ask("/shops/broken/health/ready").status_code == 503
    assert service.ask("/shops/nobody/health/ready").status_code == 404
    assert service.metric("magento_economic_active", shop="shop0") == 1
    hook = f"http://127.0.0.1:{service.port}/webhooks/economic/"
    assert httpx.post(hook + SECRET, content="number=007").status_code == 204
    assert httpx.post(hook + SECRET[:-1], content="number=007").status_code == 404
    until("it was taken", lambda: service.metric("magento_economic_webhooks_total", shop="shop1") == 1, 20)
    assert service.metric("magento_economic_webhooks_total", shop="shop0") == 0
    assert "[shop0]" in service.log.read_text()
    place_order(worlds["shop0"], 1)
    until("it is delivered", lambda: worlds["shop0"].by_reference("/orders/drafts"), 30)
    assert worlds["shop0"].json("status")["links"]["order_draft"] == 1
    assert worlds["shop1"].json("status")["links"]["order_draft"] == 0
    (folder / "again.env").write_text("SHOP=shop0\n")
    done = worlds["shop0"].command("run", "--shops", str(folder), code=2)
    assert "both of the shop shop0" in done.stderr
    assert service.stop() == 0
    (folder / "again.env").unlink()
    service.start(ready=False)
    until("it serves", lambda: told([service]), 20)
    assert service.stop() == 0, "in the middle of its start"
