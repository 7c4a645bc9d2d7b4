"""Odd answers of e-conomic while the service runs: each is said once, and all other products go on being written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from econ_client.sandbox import products
from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.wire import Doc
from sync.status import status
from tests.world import Service, World, until

SECRET = "a-secret-of-the-shop-0123456789"
MUG, SCREWS, NOTEBOOK, LAMP, SCARF = "007", "AB 12/34", "00042", "LAMPE-1", "TØRKLÆDE-RØD"
TWICE = ("krus-blå", "KRUS-BLÅ")
BARE = "50%_off"
SEEDED = 6
"""Products of the profile's own, such as shipping: their group keeps no stock."""
ALL = (MUG, SCREWS, NOTEBOOK, LAMP, SCARF, TWICE[0], BARE)


@pytest.fixture(scope="module")
def service(world: World) -> Iterator[Service]:
    """A service that polls when it is told to; every product has 20 pieces."""
    profile = world.folder / "profile.yaml"
    profile.write_text("extends: sandbox\npull: {every: 3600, sweep: 86400}\n")
    world.environment["PROFILE"] = str(profile)
    magento(world, TWICE[0], 900)
    for number in ALL:
        world.product(number, 20)
    world.command("pull", "stock", "--accept")
    made = world.service(WEBHOOK_SECRET=SECRET).start()
    until("it has swept and polled", lambda: pull(world)["last_poll"], 20)
    assert pull(world)["standings"]["fine"] == len(ALL)
    yield made
    assert made.stop() == 0


def magento(world: World, sku: str, product: int) -> None:
    """A product in Magento; SKUs that the database takes for the same share a source item."""
    world.sql(
        "INSERT INTO catalog_product_entity (entity_id, sku, type_id, attribute_set_id) VALUES (%s, %s, 'simple', 4)",
        product,
        sku,
    )
    world.sql(
        "INSERT INTO cataloginventory_stock_item (product_id, stock_id, qty, is_in_stock, manage_stock)"
        " VALUES (%s, 1, 1, 1, 1)",
        product,
    )
    world.sql(
        "INSERT IGNORE INTO inventory_source_item (source_code, sku, quantity, status) VALUES ('default', %s, 1, 1)",
        sku,
    )


def pull(world: World) -> dict[str, Any]:
    """What `status` says of the pull."""
    with world.state() as state:
        said: dict[str, Any] = status(state)["pull"]
    return said


def held(world: World) -> dict[str, int]:
    """What Magento's source holds."""
    rows = world.sql("SELECT sku, quantity FROM inventory_source_item WHERE source_code = 'default' AND sku IN %s", ALL)
    return {sku: int(quantity) for sku, quantity in rows}


def said(service: Service, sku: str) -> list[str]:
    """Why the log says that a product is left, each time that it says so."""
    lines = [line for line in service.log.read_text().splitlines() if f"stock of {sku} is left as it is" in line]
    return [line.partition("(")[2].partition(")")[0] for line in lines]


def looks(world: World, service: Service, mug: int) -> None:
    """Let it poll, and wait until what e-conomic says of the mug is written."""
    world.stock(MUG, mug)
    webhook(service)
    until("the mug is written", lambda: held(world)[MUG] == mug, 20)


def webhook(service: Service) -> None:
    """One that names nothing, so that there is a poll."""
    url = f"http://127.0.0.1:{service.port}/webhooks/economic/{SECRET}"
    httpx.post(url, content="?", timeout=10, trust_env=False).raise_for_status()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """e-conomic's answer holds no stock of one product."""
    show = products.show

    def without(agreement: Agreement, doc: Doc, base: str) -> Doc:
        shown = show(agreement, doc, base)
        if shown["productNumber"] == BARE:
            del shown["inventory"]
        return shown

    monkeypatch.setattr(products, "show", without)


@pytest.mark.usefixtures("bare")
def test_odd_answers_are_said_once_and_keep_no_other_back(world: World, service: Service) -> None:
    before = held(world)
    world.stock(SCREWS, -2)
    world.stock(NOTEBOOK, 2.5)
    body = world.http.get(f"/products/{LAMP}").json() | {"productGroup": {"productGroupNumber": 2}}
    world.http.put(f"/products/{LAMP}", json=body).raise_for_status()
    world.stock(LAMP, 7)
    world.stock(SCARF, 19)
    world.stock(BARE, 7)
    magento(world, TWICE[1], 901)
    world.stock(TWICE[0], 7)
    looks(world, service, 21)
    odd = {"negative": 1, "fractional": 1, "not_kept": 1 + SEEDED, "no_inventory": 1, "ambiguous_sku": 1, "fine": 2}
    until("they are told", lambda: pull(world)["standings"].items() >= odd.items(), 10)
    looks(world, service, 22)
    assert held(world) == before | {MUG: 22, SCARF: 19}
    reasons = {SCREWS: "negative", NOTEBOOK: "fractional", LAMP: "not_kept", BARE: "no_inventory"}
    for sku, reason in (reasons | {TWICE[0]: "ambiguous_sku"}).items():
        assert said(service, sku) == [reason]
    assert said(service, MUG) == said(service, SCARF) == []
    assert world.json("status")["pull"]["standings"].items() >= odd.items()

    world.stock(SCREWS, 11)
    world.stock(NOTEBOOK, 12)
    world.sql("DELETE FROM catalog_product_entity WHERE entity_id = 901")
    looks(world, service, 23)
    until("what is in order again is written", lambda: held(world)[TWICE[0]] == 7, 10)
    assert (held(world)[SCREWS], held(world)[NOTEBOOK]) == (11, 12)
    assert pull(world)["standings"]["fine"] == 5


def test_a_module_that_is_off_for_a_while_changes_nothing(world: World, service: Service) -> None:
    looks(world, service, 30)
    before = held(world)
    world.http.put("/_sandbox/agreement", json={"inventory": "off"}).raise_for_status()
    world.stock(MUG, 31)
    world.stock(SCARF, 31)
    for _ in range(2):
        asked = len(world.requests())
        webhook(service)
        until("it polls", lambda now=asked: len(world.requests()) > now, 10)  # type: ignore[misc]
    until("the products have no stock", lambda: pull(world)["standings"].get("no_inventory", 0) > 1, 10)
    assert pull(world)["standings"]["fine"] == 0
    assert held(world) == before
    assert (said(service, MUG), said(service, SCARF)) == (["no_inventory"], ["no_inventory"])
    world.http.put("/_sandbox/agreement", json={"inventory": "on"}).raise_for_status()
    looks(world, service, 32)
    until("all are written", lambda: held(world)[SCARF] == 31, 10)
    assert pull(world)["standings"]["fine"] == len(ALL) - 1, "all but the lamp"
