from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cdc.errors import AmbiguousReference
from sync.demo.tables import Value
from tests.integration.cdc.load_world import World

CATEGORY_NAME = 45
NAME, PRICE, STATUS, TAX_CLASS, SIZE, NEWS_FROM = 73, 77, 97, 136, 137, 94


def _product(world: World, sku: str, **columns: Value) -> int:
    product_id = world.tables.insert("catalog_product_entity", {"sku": sku, "attribute_set_id": 4, **columns})
    world.value("catalog_product_entity_varchar", product_id, NAME, f"Vare {sku}", store_id=0)
    world.value("catalog_product_entity_int", product_id, STATUS, 1, store_id=0)
    world.value("catalog_product_entity_int", product_id, TAX_CLASS, 2, store_id=0)
    world.value("catalog_product_entity_decimal", product_id, PRICE, Decimal("99.95"), store_id=0)
    return product_id


def test_values_fall_back_from_store_view_to_default(world: World) -> None:
    product_id = _product(world, "L-1")
    world.value("catalog_product_entity_varchar", product_id, NAME, "Thing", store_id=2)
    world.value("catalog_product_entity_int", product_id, STATUS, 1, store_id=2)
    world.value("catalog_product_entity_int", product_id, STATUS, 2, store_id=3)
    world.value("catalog_product_entity_int", product_id, SIZE, 1, store_id=0)
    world.value("catalog_product_entity_int", product_id, SIZE, 2, store_id=2)
    world.value("catalog_product_entity_datetime", product_id, NEWS_FROM, "2026-12-01 00:00:00", store_id=0)
    product = world.shop.product(product_id)
    assert product is not None
    assert product.name == "Vare L-1"
    assert product.price == Decimal("99.950000")
    assert product.enabled
    assert product.tax_class == "Varer 25%"
    assert product.attributes["stoerrelse"] == "S"
    assert product.for_store(2)["stoerrelse"] == "Medium"
    assert product.attributes["news_from_date"] == datetime(2026, 12, 1, tzinfo=UTC)
    assert product.for_store(2)["name"] == "Thing"
    assert product.for_store(2)["status"] == 1
    assert "status" not in product.store_attributes[2]
    assert product.for_store(3) == {**product.attributes, "status": 2}
    assert product.for_store(1) == product.attributes


def test_stock_websites_and_parents(world: World) -> None:
    child = _product(world, "L-2")
    parent = _product(world, "L-2P", type_id="configurable")
    world.tables.insert("catalog_product_relation", {"parent_id": parent, "child_id": child})
    world.tables.insert("catalog_product_website", {"product_id": child, "website_id": 1})
    world.tables.insert(
        "cataloginventory_stock_item",
        {"product_id": child, "stock_id": 1, "qty": Decimal("7.5"), "is_in_stock": 1, "use_config_manage_stock": 1},
    )
    for source, sku in (("default", "L-2"), ("butik", "l-2")):
        world.tables.insert("inventory_source_item", {"source_code": source, "sku": sku, "quantity": Decimal(4)})
    product = world.shop.product(child)
    assert product is not None
    assert product.website_ids == (1,)
    assert product.parent_ids == (parent,)
    assert product.stock is not None
    assert (product.stock.qty, product.stock.is_in_stock, product.stock.manage_stock) == (Decimal("7.5"), True, True)
    assert product.stock.sources == {"default": Decimal("4.0000")}


def _category(world: World, path: str, name: str) -> int:
    columns: dict[str, Value] = {"attribute_set_id": 3, "path": path, "position": 1, "children_count": 0}
    category_id = world.tables.insert("catalog_category_entity", columns)
    world.execute(
        "UPDATE catalog_category_entity SET path = CONCAT(path, '/', entity_id) WHERE entity_id = %s", category_id
    )
    world.value("catalog_category_entity_varchar", category_id, CATEGORY_NAME, name, store_id=0)
    world.value("catalog_category_entity_varchar", category_id, CATEGORY_NAME, f"{name} (en)", store_id=2)
    return category_id


def test_attribute_set_websites_categories_and_the_catalogs_prices(own_world: World) -> None:
    world = own_world
    root = _category(world, "1", "Default Category")
    men = _category(world, f"1/{root}", "Herre")
    shirts = _category(world, f"1/{root}/{men}", "Skjorter")
    parent = _product(world, "SHIRT", type_id="configurable")
    child = _product(world, "SHIRT-M")
    world.tables.insert("catalog_product_relation", {"parent_id": parent, "child_id": child})
    world.tables.insert("catalog_category_product", {"product_id": parent, "category_id": shirts, "position": 1})
    world.tables.insert("catalog_product_website", {"product_id": child, "website_id": 1})
    found = world.shop.products([parent, child, 4_000_000_000])
    assert sorted(found) == [parent, child]
    for product in found.values():
        (category,) = product.categories
        assert (category.id, category.name, category.path) == (shirts, "Skjorter", "Herre/Skjorter")
        assert category.lineage == ((men, "Herre"), (shirts, "Skjorter"))
        assert (product.attribute_set, product.currency, product.prices_include_tax) == ("Default", "DKK", True)
        assert product.stock is None
    assert (found[parent].websites, found[child].websites) == ((), ("base",))
    assert world.shop.product(child) == found[child]


def test_a_line_knows_the_skus_of_the_catalog(world: World) -> None:
    mug = _product(world, "KRUS")
    order_id = world.order()
    world.item(order_id, product_id=mug, sku="KRUS-graveret")
    world.item(order_id, product_id=4_000_000_000, sku="VÆK")
    order = world.shop.order(order_id)
    assert order is not None
    assert [(line.sku, line.product_sku) for line in order.lines] == [("KRUS-graveret", "KRUS"), ("VÆK", "")]


def test_no_stock_row_no_stock_and_no_product_none(world: World) -> None:
    product = world.shop.product(_product(world, "L-3"))
    assert product is not None
    assert product.stock is None
    assert world.shop.product(4_000_000_000) is None


def test_a_sku_is_found_byte_for_byte(world: World) -> None:
    exact = {sku: _product(world, sku) for sku in ("Æ 12/34", "æ 12/34", "1e5x", "00777", "777", "AB  1", "x%_")}
    for sku, product_id in exact.items():
        assert world.shop.find_product(sku) == product_id
    for other in ("1E5X", "1e5x ", "0777", "AB 1", "x%", "😀", ""):
        assert world.shop.find_product(other) is None
    assert world.shop.find_product(f"id:{exact['777']}") == exact["777"]
    assert world.shop.find_product("id:4000000000") is None


def test_a_sku_that_two_products_bear_is_ambiguous(world: World) -> None:
    first, second = _product(world, "DOBBELT"), _product(world, "DOBBELT")
    with pytest.raises(AmbiguousReference, match=f"id:{first}.*id:{second}") as caught:
        world.shop.find_product("DOBBELT")
    assert caught.value.ids == (first, second)


def test_an_increment_id_in_two_stores_is_ambiguous(world: World) -> None:
    first = world.order(increment_id="F000001", store_id=1)
    assert world.shop.find_order(" F000001 ") == first
    second = world.order(increment_id="F000001", store_id=3)
    with pytest.raises(AmbiguousReference, match=r"default \(id:\d+\), se_sv \(id:\d+\)") as caught:
        world.shop.find_order("F000001")
    assert caught.value.ids == (first, second)
    assert world.shop.find_order(f"id:{second}") == second
    assert world.shop.find_order("F999999") is None
    assert world.shop.find_order("id:4000000000") is None


def test_an_email_on_two_websites_is_ambiguous(world: World) -> None:
    row: dict[str, Value] = {"email": "to@example.dk", "store_id": 1, "group_id": 1}
    first = world.tables.insert("customer_entity", row | {"website_id": 1})
    assert world.shop.find_customer("To@Example.dk") == first
    world.tables.insert("customer_entity", row | {"website_id": 2})
    with pytest.raises(AmbiguousReference, match=r"base .*, se "):
        world.shop.find_customer("to@example.dk")
    assert world.shop.find_customer("ingen@example.dk") is None
    assert world.shop.find_customer(f"id:{first}") == first


def test_old_shops_mix_character_sets(own_world: World) -> None:
    own_world.execute("SET foreign_key_checks=0")
    for table in ("catalog_product_entity", "sales_order", "customer_entity"):
        own_world.execute(f"ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb3")
    _product(own_world, "日本-01")
    assert own_world.shop.find_product("日本-01") is not None
    assert own_world.shop.find_product("😀") is None
    assert own_world.shop.find_order("😀") is None
    assert own_world.shop.find_customer("😀@example.dk") is None
