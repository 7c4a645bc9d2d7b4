"""Fields that the bookkeeper owns reach the shop, and what comes back of it through the binlog ends there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.world import World, until

PROFILE = """extends: sandbox
owners: {name: economic, sales_price: economic, bar_code: economic}
pull: {every: 3600, fields: {bar_code: ean}}
products: {sync: catalog}
"""
NAME, PRICE, EAN = ("varchar", 73), ("decimal", 77), ("varchar", 900)


def held(world: World, attribute: tuple[str, int]) -> Any:
    kind, number = attribute
    rows = world.sql(
        f"SELECT value FROM catalog_product_entity_{kind} WHERE entity_id = 1 AND attribute_id = {number}"
        " AND store_id = 0"
    )
    return rows[0][0] if rows else None


def edit(world: World, **fields: Any) -> None:
    body = {**world.http.get("/products/007").json(), **fields}
    world.http.put("/products/007", json=body).raise_for_status()


def test_e_conomics_fields_flow_into_the_shop_and_do_not_come_back(world: World) -> None:
    world.sql(
        "INSERT INTO eav_attribute (attribute_id, entity_type_id, attribute_code, backend_type, frontend_input)"
        " VALUES (900, 4, 'ean', 'varchar', 'text')"
    )
    profile = world.folder / "shop.yaml"
    profile.write_text(PROFILE, encoding="utf-8")
    with world.shop() as shop:
        service = world.service(PROFILE=str(profile)).start()
        shop.edit_product("007", name="Kaffekrus, sort")
        until("the product was made", lambda: world.http.get("/products/007").status_code == 200)
        until("that was noticed", world.settled)
        edit(world, name="Bogholderens krus", salesPrice=100, barCode="5701234567899")
        world.http.delete("/_sandbox/requests")
        world.json("pull", "products", PROFILE=str(profile))
        assert (held(world, NAME), held(world, PRICE), held(world, EAN)) == (
            "Bogholderens krus",
            Decimal(125),
            "5701234567899",
        )
        until("our own writes were noticed", world.settled)
        calls = [(one["method"], one["path"]) for one in world.requests()]
        assert {call for call in calls if call[1].startswith("/products")} == {("GET", "/products")}

        shop.edit_product("007", name="Butikkens krus")
        told = world.json("pull", "products", "--sku", "007", PROFILE=str(profile))
        assert told["products"]["written"] + told["products"]["same"] == 1  # the first sweep may have been before it
        assert held(world, NAME) == "Bogholderens krus"
        until("our own write was noticed", world.settled)
        assert [one["path"] for one in world.requests() if one["method"] not in ("GET",)] == []
        assert service.stop() == 0
        assert service.tail(1000).count("changed in Magento, but e-conomic owns that") == 1
