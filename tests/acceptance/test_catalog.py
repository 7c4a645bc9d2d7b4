"""Products in a real shop's catalog: they reach e-conomic by themselves, and after what orders need."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from sync.demo.people import random_cart, random_person
from tests.world import World, until

PROFILE = """extends: sandbox
products:
  sync: catalog
  update: [name, sales_price]
  barred: on
  groups:
    - {tax_class: ['Varer 25%'], group: goods}
    - {group: untaxed}
fields:
  product:
    sales_price: {expr: product.net_price}
    description: "{{ product.description }}"
"""


def test_a_product_follows_the_catalog_in_the_running_service(world: World) -> None:
    profile = world.folder / "shop.yaml"
    profile.write_text(PROFILE, encoding="utf-8")

    def product(number: str) -> dict[str, Any]:
        return {row["productNumber"]: row for row in world.all("/products")}.get(number, {})

    with world.shop() as shop:
        service = world.service(PROFILE=str(profile)).start()
        shop.edit_product("007", name="Kaffekrus, sort", price=Decimal("62.50"))
        made = until("the product was made", lambda: product("007"))
        assert (made["name"], Decimal(str(made["salesPrice"])), made["barred"]) == (
            "Kaffekrus, sort",
            Decimal(50),
            False,
        )

        shop.edit_product("007", status=2)
        until("it was barred", lambda: product("007")["barred"])
        shop.edit_product("007", status=1, price=Decimal(75))
        until("it is back", lambda: not product("007")["barred"])
        assert Decimal(str(product("007")["salesPrice"])) == 60

        rng = random.Random(3)
        order = shop.place_order(random_cart(rng), random_person(rng))
        until("the order stands", lambda: world.by_reference("/orders/drafts").get(order.increment_id))
        until("everything was noticed", world.settled)
        links = world.json("status")["links"]
        assert links["product"] > 1
        assert "catalog_product" not in links
        shown = world.json("preview", "product", "007")
        assert shown["skipped"] == [{"role": "product", "reason": "up_to_date"}]
        assert service.stop() == 0
