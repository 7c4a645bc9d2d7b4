"""Adobe Commerce: products by version, read, watched and written as of now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from decimal import Decimal

import pytest

from cdc.binlog import BinlogReader
from cdc.models_fields import Put
from cdc.models_stock import StockProduct
from cdc.product_write import ProductTables
from cdc.shop import Shop
from cdc.watch import watched_tables
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from tests import commerce
from tests.integration.cdc.binlog_world import Follower
from tests.integration.cdc.load_world import World
from tests.integration.cdc.stock_shop import VIEWS, StockShop, write
from tests.world import a_schema

D = Decimal


@pytest.fixture(scope="module")
def commerce_world(mariadb: PrivateMariaDB) -> Iterator[World]:
    """The demo's catalog as Commerce keeps it, with a prefix. Each test has products of its own."""
    with a_schema(mariadb) as schema:
        install(mariadb, schema, prefix="m2_")
        with closing(mariadb.connect(schema)) as connection, closing(Shop(mariadb.url(schema), prefix="m2_")) as shop:
            tables = Tables(connection, "m2_")
            commerce.make_commerce(tables)
            yield World(mariadb, schema, tables, shop)


def versions(world: World, product_id: int, *spans: tuple[int, int]) -> list[int]:
    """Give a product these versions instead of those that it has, all alike; their row ids."""
    rows = world.tables.rows("catalog_product_entity", entity_id=product_id, order="row_id")
    made = [commerce.copy_version(world.tables, rows[-1], begins, ends) for begins, ends in spans]
    for row in rows:
        world.tables.delete("catalog_product_entity", row_id=row["row_id"])
    return made


def now(world: World) -> int:
    turned = world.shop.versions_turned(None)
    assert turned is not None
    assert turned[1] == []
    return turned[0]


def test_values_categories_and_parents_are_those_of_the_version_in_force(commerce_world: World) -> None:
    world, tables, at = commerce_world, commerce_world.tables, now(commerce_world)
    past, present, future = versions(world, 11, (1, at - 9), (at - 9, at + 900), (at + 900, commerce.ALWAYS))
    for row, name in ((past, "Før"), (present, "Nu"), (future, "Siden"), (11, "Et andet")):
        tables.execute(
            "REPLACE INTO m2_catalog_product_entity_varchar (row_id, attribute_id, store_id, value)"
            " VALUES (%s, 73, 0, %s)",
            (row, name),
        )
    # what a parent held before and will hold is not its own now
    before, _ = versions(world, 13, (1, at - 9), (at - 9, commerce.ALWAYS))
    tables.insert("catalog_product_relation", {"parent_id": before, "child_id": 9})
    categories(world)
    tables.insert("catalog_category_product", {"category_id": 3, "product_id": 11})
    product, other = world.shop.product(11), world.shop.product(9)
    assert product is not None
    assert other is not None
    assert world.shop.layout.title == "Adobe Commerce (row_id) with MSI"
    assert (product.name, product.price, product.parent_ids) == ("Nu", D("149.000000"), (13,))
    assert [(category.id, category.path) for category in product.categories] == [(3, "Herre")]
    assert other.parent_ids == ()
    assert world.shop.find_product("TSHIRT-M") == 11
    assert world.shop.product(13) is not None


def categories(world: World) -> None:
    """A category with an earlier version."""
    run = world.execute
    commerce.drop_foreign_keys(world.tables, "catalog_category_entity")
    run(
        "ALTER TABLE m2_catalog_category_entity ADD row_id INT UNSIGNED, ADD created_in BIGINT UNSIGNED,"
        " ADD updated_in BIGINT UNSIGNED, MODIFY entity_id INT UNSIGNED, DROP PRIMARY KEY, ADD PRIMARY KEY (row_id)"
    )
    run("ALTER TABLE m2_catalog_category_entity_varchar CHANGE entity_id row_id INT UNSIGNED NOT NULL")
    run(
        "INSERT INTO m2_catalog_category_entity"
        " (row_id, entity_id, created_in, updated_in, path, position, children_count) VALUES"
        " (101, 1, 1, 2147483647, '1', 0, 1), (102, 2, 1, 2147483647, '1/2', 0, 1),"
        " (103, 3, 1, 1700000000, '1/2/3', 0, 0), (104, 3, 1700000000, 2147483647, '1/2/3', 0, 0)"
    )
    run(
        "INSERT INTO m2_catalog_category_entity_varchar (row_id, attribute_id, store_id, value) VALUES"
        " (103, 45, 0, 'Gammel'), (104, 45, 0, 'Herre'), (3, 45, 0, 'Forkert')"
    )


def test_what_time_alone_has_changed_since(commerce_world: World) -> None:
    world, at = commerce_world, now(commerce_world)
    versions(world, 1, (1, at - 50), (at - 50, at - 20), (at - 20, commerce.ALWAYS))
    versions(world, 2, (at - 30, at + 9000))
    versions(world, 3, (1, at - 40))  # and nothing after it: gone
    versions(world, 4, (1, at + 9000), (at + 9000, commerce.ALWAYS))

    def turned(since: int) -> set[int]:
        found = world.shop.versions_turned(since)
        assert found is not None
        assert found[0] >= at
        return {1, 2, 3, 4}.intersection(found[1])

    assert turned(at - 60) == {1, 2, 3}
    assert turned(at - 50) == {1, 2, 3}
    assert turned(at - 40) == {1, 2}
    assert turned(at - 30) == {1}
    assert turned(at - 20) == set()
    assert turned(at + 9999) == {2, 4}  # the clock was set back
    assert world.shop.product(3) is None
    assert world.shop.product(2) is not None


def test_the_version_in_force_is_written_and_no_other(commerce_world: World) -> None:
    world, at = commerce_world, now(commerce_world)
    past, present, future = versions(world, 5, (1, at - 9), (at - 9, at + 900), (at + 900, commerce.ALWAYS))
    world.execute("UPDATE m2_catalog_product_entity SET updated_at = '2026-01-01 00:00:00' WHERE entity_id = 5")
    with closing(ProductTables(world.server.url(world.schema), "m2_")) as products:
        [name] = products.facts(["name"]).fields.values()
        assert products.look([5], [name], [])[5].seen("name", 0) == "Tørklæde, rødt"
        products.apply(5, [name], [2], lambda _: [Put(code="name", store_id=0, value="Nu")])
        products.apply(5, [name], [2], lambda _: [Put(code="name", store_id=2, value="Now")])
    rows = world.tables.rows("catalog_product_entity_varchar", attribute_id=73)
    found = {(row["row_id"], row["store_id"]): row["value"] for row in rows}
    assert (found[past, 0], found[present, 0], found[future, 0]) == ("Tørklæde, rødt", "Nu", "Tørklæde, rødt")
    assert (found[present, 2], (past, 2) in found, (future, 2) in found) == ("Now", False, False)
    stamps = {row["row_id"]: row["updated_at"].month for row in world.tables.rows("catalog_product_entity")}
    assert (stamps[past], stamps[present] > 1, stamps[future]) == (1, True, 1)


def test_stock_is_kept_by_entity_id_and_parents_by_row_id(commerce_world: World) -> None:
    world, tables, at = commerce_world, commerce_world.tables, now(commerce_world)
    old, _, _ = versions(world, 10, (1, at - 9), (at - 9, at + 900), (at + 900, commerce.ALWAYS))
    tables.update("catalog_product_entity", {"sku": "OLD-S"}, row_id=old)
    # the parent's last version had another child too, and no other has a part in this one
    before, present = versions(world, 13, (1, at - 9), (at - 9, commerce.ALWAYS))
    tables.insert("catalog_product_super_link", {"parent_id": before, "product_id": 17})
    for child in (11, 12):
        tables.delete("catalog_product_super_link", parent_id=present, product_id=child)
    tables.update("cataloginventory_stock_item", {"use_config_manage_stock": 1}, product_id=13)
    with ExitStack() as stack:
        shop = StockShop(world.server, world.schema, tables, stack)
        shop.schedule(*VIEWS)
        small, stock = StockProduct(id=10, sku="TSHIRT-S", type="simple"), shop.stock(source="default")
        parent = stock.products([13])[13]
        assert stock.find(["TSHIRT-S", "OLD-S"]) == {"TSHIRT-S": [small]}
        assert stock.catalog(9, 1) == [small]
        write(stock, small, 0)
        assert shop.flags(parent)[1:] == (0, 1)
        assert shop.queued("catalog_product_price_cl", small, parent) == [True, True]
        write(stock, small, 3)
        assert shop.flags(parent)[1:] == (1, 1)


def test_a_bundle_is_made_of_what_its_version_in_force_holds(commerce_world: World) -> None:
    world, tables, at = commerce_world, commerce_world.tables, now(commerce_world)
    _, future = versions(world, 15, (1, at + 900), (at + 900, commerce.ALWAYS))
    # the offer of later may also be had with another notebook
    [first, *_] = tables.rows("catalog_product_bundle_option", parent_id=future, order="option_id")
    also = {"selection_id": 901, "parent_product_id": future, "option_id": first["option_id"], "product_id": 16}
    tables.insert("catalog_product_bundle_selection", also)
    tables.update("cataloginventory_stock_item", {"use_config_manage_stock": 1}, product_id=15)
    with ExitStack() as stack:
        shop = StockShop(world.server, world.schema, tables, stack)
        stock = shop.stock(source="default")
        write(stock, stock.products([4])[4], 0)
        assert shop.flags(stock.products([15])[15])[1:] == (0, 1)


def test_a_staged_version_is_noticed_as_its_product(commerce_world: World) -> None:
    world = commerce_world
    watch = watched_tables(world.shop.layout)
    reader = BinlogReader(world.server.url(world.schema), watch)
    follower = Follower(reader, reader.position())
    try:
        begins = now(world) + 900
        row = commerce.schedule(world.tables, 16, begins, begins + 900, name="Plakat, tilbud")
        commerce.set_values(world.tables, row, price=D(1))
        world.execute("INSERT INTO m2_sales_order (entity_id, state) VALUES (5, 'new')")
        follower.until(lambda: any("order 5" in touched for touched in follower.touched))
    finally:
        follower.close()
    assert [set(touched) for touched in follower.touched] == [{"product 16"}, {"product 16"}, {"order 5"}]
    assert world.shop.products([16])[16].name == "Plakat, 50×70 cm"
