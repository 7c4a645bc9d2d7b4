"""`pull stock` as people run it: a dry run first, acceptance, then what changes; the sum, the stocktake and JSON."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from typing import Any

from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU
from sync.demo.people import random_person
from sync.demo.placing import PlacedOrder
from sync.pull.report import quantity
from tests.world import World

MUG, SCREWS, LAMP, CLOTH, SETUP = "007", "AB 12/34", "LAMPE-1", "STOF-METER", "OPSÆTNING"


def stock(world: World, number: str, in_stock: str) -> None:
    """What e-conomic says of a product from now on."""
    path = "/_sandbox/stock/" + number.replace("/", "%2F")
    world.http.put(path, content=f'{{"inStock": {in_stock}}}').raise_for_status()


def product(world: World, number: str, in_stock: str, *, group: int = 1) -> None:
    body = {"productNumber": number, "name": number, "productGroup": {"productGroupNumber": group}}
    world.http.post("/products", json=body).raise_for_status()
    stock(world, number, in_stock)


def held(world: World, sku: str) -> str | None:
    """What Magento's source holds."""
    [(found,)] = world.sql("SELECT quantity FROM inventory_source_item WHERE source_code='default' AND sku=%s", sku)
    return quantity(found)


def cart(sku: str, pieces: int) -> Cart:
    return Cart(items=(CartItem(BY_SKU[sku], Decimal(pieces)),))


def order(world: World, sku: str, pieces: int) -> PlacedOrder:
    with world.shop() as shop:
        return shop.place_order(cart(sku, pieces), random_person(random.Random(pieces)))


def pull(world: World, *arguments: str) -> dict[str, Any]:
    said: dict[str, Any] = world.json("pull", "stock", *arguments)
    return said


def line(said: dict[str, Any], sku: str) -> tuple[str, str | None, str | None, str]:
    [one] = [one for one in said["lines"] if one["sku"] == sku]
    return one["outcome"], one["old"], one["new"], one["why"]


def test_from_the_first_dry_run_to_what_changes(world: World) -> None:
    product(world, MUG, "40")
    product(world, SCREWS, "100")
    product(world, LAMP, "-2")
    product(world, "50%_off", "2.5")
    product(world, "GIFT-WRAP", "5")
    product(world, "1E5", "5", group=2)
    placed = order(world, MUG, 3)
    before = held(world, MUG)

    said = world.command("pull", "stock").stdout
    assert "Nothing was written. `pull stock --accept` applies all of this" in said
    dry = pull(world)
    assert (dry["dry_run"], dry["accepted"]) == (True, False)
    assert line(dry, MUG) == ("differs", "1000", "40", "")  # 3 of them are reserved, which Magento takes off by itself
    assert line(dry, SCREWS) == ("differs", "1000", "100", "")
    assert line(dry, LAMP) == ("skipped", "1000", None, "negative")
    assert line(dry, "50%_off") == ("skipped", "1000", None, "fractional")
    assert line(dry, "1E5")[3] == "not_kept"
    assert line(dry, CLOTH) == ("absent", None, None, "only_magento")
    assert (dry["products"]["differs"], dry["left"]["only_economic"]) == (2, 7), (
        "GIFT-WRAP, and six that the profile names"
    )
    assert held(world, MUG) == before

    done = world.command("pull", "stock", "--accept")
    assert "2 written" in done.stdout
    assert "From now on the service keeps Magento's stock at e-conomic's by itself." in done.stdout
    assert (held(world, MUG), held(world, SCREWS), held(world, LAMP)) == ("40", "100", "1000")

    stock(world, SCREWS, "90")
    looked = pull(world, "--dry-run")
    assert (looked["dry_run"], looked["accepted"], line(looked, SCREWS)[:3]) == (True, True, ("differs", "100", "90"))
    assert held(world, SCREWS) == "100"
    done = world.command("pull", "stock", "--json")
    assert line(json.loads(done.stdout), SCREWS) == ("written", "100", "90", "")
    assert "stock of AB 12/34: 100 became 90" in done.stderr
    assert held(world, SCREWS) == "90"
    assert pull(world)["products"] == {"written": 0, "differs": 0, "skipped": 3, "absent": 16, "same": 2}

    with world.shop() as shop:
        shop.ship(placed)
    [one] = pull(world, "--sku", MUG, "--dry-run")["lines"]
    assert (one["outcome"], one["old"], one["new"]) == ("same", "37", "37")
    total = one["sum"]
    assert (total["economic"]["in_stock"], total["offer"], total["reserved"]) == ("40", "37", "0")
    assert total["economic"]["asked_at"].endswith("+00:00")
    [taken] = total["orders"]
    assert (taken["order"], taken["ordered"], taken["booked"], taken["taken_off"]) == (
        placed.increment_id,
        "3",
        "0",
        "3",
    )
    said = world.command("pull", "stock", "--sku", MUG, "--sku", LAMP, "--dry-run").stdout
    assert f"- 3 for order {placed.increment_id}: ordered 3, booked so far 0" in said
    assert "Book the missing delivery or count the stock in e-conomic" in said

    shelf = {one["sku"]: one for one in pull(world, "--stocktake")["lines"]}
    assert shelf[MUG]["orders"] == [{"order": placed.increment_id, "booked": "0", "shipped": "3"}]
    assert (shelf[MUG]["on_shelf"], shelf[MUG]["in_stock"], shelf[MUG]["shipped_unbooked"]) == ("37", "40", "3")


def test_a_running_service_carries_it_out(world: World) -> None:
    """In the same shop, where stock was accepted; it polls seldom, so that the command is what brings the change."""
    profile = world.folder / "slow.yaml"
    profile.write_text("extends: sandbox\npull: {every: 3600}\n")
    service = world.service(PROFILE=str(profile)).start()
    try:
        stock(world, SCREWS, "80")
        [one] = pull(world, "--sku", SCREWS)["lines"]
        assert (one["new"] or one["old"], held(world, SCREWS)) == ("80", "80")
    finally:
        assert service.stop() == 0
