"""Product attributes read and written in each of Magento's layouts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from decimal import Decimal

import pytest

from cdc.errors import LockLost
from cdc.models_fields import HeldProduct, ProductField, Put
from cdc.product_write import ProductTables
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from tests import magento1
from tests.integration.cdc.load_world import World
from tests.world import until

D = Decimal


@pytest.fixture
def tables_of() -> Iterator[Callable[..., ProductTables]]:
    made: list[ProductTables] = []

    def open_(url: str, prefix: str = "", **options: object) -> ProductTables:
        made.append(ProductTables(url, prefix, **options))  # type: ignore[arg-type]
        return made[-1]

    yield open_
    for one in made:
        one.close()


def put(code: str, value: str | int | Decimal | None, store: int = 0) -> Callable[[HeldProduct], Sequence[Put]]:
    return lambda _: [Put(code=code, store_id=store, value=value)]


def fields(tables: ProductTables, *codes: str) -> list[ProductField]:
    return list(tables.facts(codes).fields.values())


@pytest.mark.parametrize("own_world", [("m2_", False)], indirect=True)
def test_a_prefix_an_insert_an_update_and_an_emptied_row(
    own_world: World, tables_of: Callable[..., ProductTables]
) -> None:
    tables = tables_of(own_world.server.url(own_world.schema), "m2_")
    price, name = fields(tables, "price", "name")
    if price.code == "name":
        price, name = name, price
    assert (price.digits, price.scale, price.scope, name.length, name.scope) == (14, 6, "global", 255, "store")
    assert tables.facts(["name"]).scopes.views["en"] == (2, 1)
    assert tables.apply(1, [name], [2, 3], put("name", "Mug", 3)) == (Put(code="name", store_id=3, value="Mug"),)
    tables.apply(1, [name], [2, 3], put("name", None, 2))
    tables.apply(1, [price], [], put("price", D("12.5")))
    held = tables.look([1, 999], [price, name], [2, 3])
    assert set(held) == {1}
    assert (held[1].sku, held[1].website_ids) == ("007", (1, 2))
    assert held[1].values == {
        ("name", 0): "Kaffekrus, hvid", ("name", 2): None, ("name", 3): "Mug", ("price", 0): D("12.5"),
    }  # fmt: skip
    assert (held[1].seen("name", 1), held[1].seen("name", 2)) == ("Kaffekrus, hvid", None)
    assert tables.apply(999, [name], [], put("name", "x")) == ()


def test_what_is_decided_is_decided_under_the_lock(world: World, tables_of: Callable[..., ProductTables]) -> None:
    tables = tables_of(world.server.url(world.schema))
    name = fields(tables, "name")
    product = world.tables.insert(
        "catalog_product_entity", {"sku": "LAAS-1", "type_id": "simple", "attribute_set_id": 4}
    )
    world.value("catalog_product_entity_varchar", product, 73, "Før", store_id=0)
    seen: list[object] = []

    def decide(held: HeldProduct) -> list[Put]:
        seen.append(held.seen("name", 0))
        return [Put(code="name", store_id=0, value="Vores")]

    with closing(world.server.connect(world.schema)) as other, other.cursor() as cursor:
        other.begin()
        cursor.execute("UPDATE catalog_product_entity SET updated_at = NOW() WHERE entity_id = %s", (product,))
        thread = threading.Thread(target=tables.apply, args=(product, name, [], decide))
        thread.start()
        sql = "SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND trx_query LIKE %s"
        # the server looks anew only when nobody has asked for 0.1 s
        waits = ("%catalog_product_entity%FOR UPDATE",)
        until("our write waits", lambda: world.tables.execute(sql, waits), 10, every=0.12)
        cursor.execute("UPDATE catalog_product_entity_varchar SET value = 'Deres' WHERE entity_id = %s", (product,))
        other.commit()
        thread.join(10)
    assert seen == ["Deres"]
    assert tables.look([product], name, [])[product].seen("name", 0) == "Vores"


def test_without_the_shops_lock_nothing_is_written(world: World, tables_of: Callable[..., ProductTables]) -> None:
    tables = tables_of(world.server.url(world.schema), fence=lambda: 1, lock_name="nobody-holds-it")
    name = fields(tables, "name")
    with pytest.raises(LockLost):
        tables.apply(2, name, [], put("name", "x"))
    assert tables.look([2], name, [])[2].seen("name", 0) == "Perlegrus, sæk"


def test_by_schedule_the_triggers_tell_the_indexers(own_world: World, tables_of: Callable[..., ProductTables]) -> None:
    tables = tables_of(own_world.server.url(own_world.schema))
    own_world.execute("UPDATE mview_state SET mode = 'enabled'")
    own_world.execute(
        "CREATE TRIGGER trg_catalog_product_entity_decimal_after_update AFTER UPDATE ON catalog_product_entity_decimal"
        " FOR EACH ROW INSERT IGNORE INTO catalog_product_price_cl (entity_id) VALUES (NEW.entity_id)"
    )
    tables.apply(3, fields(tables, "price"), [], put("price", D(1)))
    assert [row["entity_id"] for row in own_world.tables.rows("catalog_product_price_cl")] == [3]
    assert own_world.tables.rows("indexer_state", status="invalid") == []


def test_magento_1(mariadb: PrivateMariaDB, schema: str, tables_of: Callable[..., ProductTables]) -> None:
    magento1.install(mariadb, schema, "m1_")
    with closing(mariadb.connect(schema)) as connection:
        rows = Tables(connection, "m1_")
        rows.update("eav_entity_type", {"entity_type_id": 10}, entity_type_code="catalog_product")
        for number, code, backend, kind, scope in (
            (1, "name", "varchar", "text", 0), (2, "price", "decimal", "price", 2), (3, "status", "int", "select", 2),
        ):  # fmt: skip
            rows.execute(
                "INSERT INTO m1_eav_attribute (attribute_id, entity_type_id, attribute_code, backend_type,"
                " frontend_input, source_model) VALUES (%s, 10, %s, %s, %s, 'x/y')",
                (number, code, backend, kind),
            )
            rows.insert("catalog_eav_attribute", {"attribute_id": number, "is_global": scope})
        rows.execute("UPDATE m1_core_store SET code = 'dansk' WHERE store_id = 1")
        rows.delete("core_store", store_id=2)
        rows.execute("UPDATE m1_index_process SET status = 'pending'")
        rows.execute("INSERT IGNORE INTO m1_index_process (indexer_code) VALUES ('catalog_product_price')")
        product = rows.insert("catalog_product_entity", {"sku": "KOP", "updated_at": "2026-01-01 00:00:00"})
        tables = tables_of(mariadb.url(schema), "m1_")
        facts = tables.facts(["name", "price", "status"])
        assert facts.scopes.views == {"admin": (0, 0), "dansk": (1, 1)}
        assert (facts.fields["price"].scale, facts.fields["name"].narrow) == (4, True)
        some = list(facts.fields.values())
        tables.apply(
            product,
            some,
            [1],
            lambda _: [
                Put(code="name", store_id=0, value="Krus"),
                Put(code="price", store_id=0, value=D("49.9800")),
                Put(code="status", store_id=1, value=1),
            ],
        )
        assert tables.look([product], some, [1])[product].values == {
            ("name", 0): "Krus", ("price", 0): D("49.98"), ("status", 1): 1,
        }  # fmt: skip
        row = rows.row("catalog_product_entity_decimal", entity_id=product)
        assert (row["entity_type_id"], rows.row("catalog_product_entity", sku="KOP")["updated_at"].month > 1) == (
            10,
            True,
        )
        assert rows.row("index_process", indexer_code="catalog_product_price")["status"] == "require_reindex"
