from __future__ import annotations

from contextlib import closing
from decimal import Decimal

import pytest

from cdc.errors import SchemaMissing, StockSourceUnclear
from cdc.stock_layout import StockDefaults, StockLayout
from sync.demo.mariadb import PrivateMariaDB
from tests import magento1
from tests.integration.cdc.load_world import World
from tests.integration.cdc.stock_world import stock_layout, waiting_order


def _of(world: World, source: str | None = None, *outside: str) -> StockLayout:
    return stock_layout(world.server, world.schema, world.tables.prefix, source, outside)


def _refused(world: World, source: str | None = None, *outside: str) -> tuple[str, str]:
    with pytest.raises(StockSourceUnclear) as caught:
        _of(world, source, *outside)
    return str(caught.value), caught.value.hint


@pytest.mark.parametrize("own_world", [("m2_", False)], indirect=True)
def test_without_msi(own_world: World) -> None:
    found = _of(own_world)
    assert (found.kind, found.source, found.stocks, found.websites) == ("plain", "", (), (0,))
    assert not found.reserves
    assert found.warnings == ()
    assert found.defaults == StockDefaults(
        manage_stock=True,
        backorders=False,
        min_qty=Decimal(0),
        notify_stock_qty=Decimal(2),
        subtracts=True,
    )
    text, hint = _refused(own_world, "default")
    assert "m2_inventory_source_item" in text
    assert "leave stock.source out" in hint


def test_the_sources_of_a_shop(own_world: World) -> None:
    """In one database, one thing after the other: making one takes most of a second."""
    tables = own_world.tables
    found = _of(own_world, "default")
    assert (found.kind, found.source, found.stocks) == ("msi_default", "default", (1,))
    assert found.reserves
    assert not found.layout.has("inventory_stock_1")  # a view
    assert found.warnings == ()

    text, hint = _refused(own_world, "Default")
    assert "no source 'Default', but 'default'" in text
    assert hint == "set stock.source to 'default'"
    assert _refused(own_world, "lager")[1] == "set stock.source to one of 'butik', 'default'"
    assert "feeds no stock that a website sells from" in _refused(own_world, "butik")[0]
    assert "stock.outside" in _refused(own_world, "default", "default")[0]

    tables.insert("inventory_source_stock_link", {"stock_id": 1, "source_code": "butik", "priority": 2})
    text, hint = _refused(own_world, "default")
    assert "stock 1 is fed by 'default' and by 'butik'" in text
    assert "stock.outside: [butik]" in hint
    assert "several sources: 'butik', 'default'" in _refused(own_world)[0]
    assert _of(own_world, "default", "butik").stocks == (1,)
    assert _of(own_world, None, "butik").source == "default"
    assert _refused(own_world, "default", "Butik")  # another spelling is another source
    tables.update("inventory_source", {"enabled": 0}, source_code="butik")
    assert _of(own_world, "default").stocks == (1,)
    text, hint = _refused(own_world, "butik")
    assert "'butik' is switched off" in text

    tables.update("inventory_source", {"enabled": 1}, source_code="butik")
    tables.delete("inventory_source_stock_link", stock_id=1, source_code="butik")
    tables.update("inventory_stock_sales_channel", {"stock_id": 2}, code="se")
    found = _of(own_world, "butik")
    assert (found.kind, found.source, found.stocks) == ("msi_source", "butik", (2,))
    assert found.layout.has("inventory_stock_2", "is_salable")
    assert "several sources" in _refused(own_world)[0]

    tables.insert("inventory_source_stock_link", {"stock_id": 2, "source_code": "default", "priority": 2})
    tables.delete("inventory_source_stock_link", stock_id=2, source_code="butik")
    found = _of(own_world, "default", "nowhere")
    assert (found.kind, found.stocks) == ("msi_default", (1, 2))
    shared, unknown = found.warnings
    assert "'default' feeds the stocks 1, 2" in shared
    assert "can sell the same piece from both" in shared
    assert "'nowhere', which is no source" in unknown

    tables.update("inventory_stock_sales_channel", {"stock_id": 2}, code="base")
    assert _of(own_world, "default").stocks == (2,)  # nobody sells from stock 1, which keeps the source for ever

    tables.update("inventory_source_stock_link", {"source_code": "DEFAULT"}, stock_id=2)
    assert "stock 2 is linked to 'DEFAULT'" in _refused(own_world, "default")[0]
    tables.update("inventory_source_stock_link", {"source_code": "default"}, stock_id=2)
    own_world.execute("UPDATE inventory_source_item SET source_code = 'Default' WHERE source_code = 'default' LIMIT 1")
    text, hint = _refused(own_world, "default")
    assert "rows of 'Default'" in text
    assert "inventory_source_item.source_code" in hint
    tables.delete("inventory_stock_sales_channel")
    assert "no enabled source feeds a stock" in _refused(own_world)[0]


def test_whether_the_tables_of_msi_are_used(own_world: World) -> None:
    tables = own_world.tables
    found = _of(own_world)
    assert found.kind == "msi_default"
    (doubt,) = found.warnings
    assert "no open order to tell by" in doubt
    assert "stock.source" in doubt
    assert _of(own_world, "default").warnings == ()

    waiting_order(tables, "000000001", reserved=False)
    found = _of(own_world)
    assert (found.kind, found.source, found.stocks) == ("plain", "", ())
    (doubt,) = found.warnings
    assert "inventory_reservation" in doubt
    found = _of(own_world, "default")
    assert found.kind == "msi_default"
    assert "as if the modules of multi-source inventory were switched off" in found.warnings[0]

    waiting_order(tables, "A/1_%", reserved=True)
    found = _of(own_world)
    assert (found.kind, found.warnings) == ("msi_default", ())
    tables.insert("inventory_reservation", {"reservation_id": 100_000, "stock_id": 1, "sku": "newer", "quantity": 1})
    assert _of(own_world).kind == "msi_default"
    own_world.execute("UPDATE inventory_reservation SET metadata = REPLACE(metadata, '1_%', '1xy')")
    assert _of(own_world).kind == "plain"
    own_world.execute("UPDATE sales_order_item SET qty_shipped = qty_ordered")
    assert "no open order to tell by" in _of(own_world).warnings[0]


def test_settings_views_and_changes(own_world: World) -> None:
    tables = own_world.tables
    assert not any(_of(own_world).scheduled.values())
    tables.update("mview_state", {"mode": "enabled"}, view_id="inventory")
    tables.delete("mview_state", view_id="cataloginventory_stock")
    own_world.execute("DROP TABLE inventory_cl, cataloginventory_stock_cl")
    for path, value in (
        ("item_options/min_qty", "1.5"),
        ("item_options/backorders", "2"),
        ("item_options/manage_stock", "0"),
        ("options/can_subtract", "0"),
    ):
        tables.insert("core_config_data", {"path": f"cataloginventory/{path}", "value": value})
    own_world.execute("UPDATE core_config_data SET value = 'x' WHERE path LIKE '%notify_stock_qty'")
    found = _of(own_world, "default")
    assert found.scheduled["inventory"]
    assert not found.scheduled.get("cataloginventory_stock", False)
    assert found.defaults == StockDefaults(
        manage_stock=False,
        backorders=True,
        min_qty=Decimal("1.5"),
        notify_stock_qty=Decimal(0),
        subtracts=False,
    )
    assert "can_subtract" in found.warnings[0]


def test_a_table_or_column_that_is_missing_is_named(own_world: World) -> None:
    own_world.execute("ALTER TABLE inventory_reservation DROP metadata")
    with pytest.raises(SchemaMissing, match=r"column inventory_reservation\.metadata is missing"):
        _of(own_world)
    own_world.execute("DROP TABLE inventory_source_item")
    with pytest.raises(SchemaMissing, match="table inventory_source_item is missing") as caught:
        _of(own_world)
    assert "`magento-economic grants --pull stock`" in caught.value.hint
    own_world.execute("DROP TABLE mview_state")
    with pytest.raises(SchemaMissing, match="table mview_state is missing"):
        _of(own_world)
    with closing(own_world.shop) as shop:
        assert shop.order(1) is None  # who does not write stock need not have them


def test_magento_1(mariadb: PrivateMariaDB, schema: str) -> None:
    magento1.install(mariadb, schema, "m1_")
    found = stock_layout(mariadb, schema, "m1_")
    assert (found.kind, found.source, found.stocks, found.websites) == ("magento1", "", (), (1, 2))
    assert not found.reserves
    assert found.defaults.notify_stock_qty == 1
    with pytest.raises(StockSourceUnclear, match="Magento 1 / OpenMage has no sources"):
        stock_layout(mariadb, schema, "m1_", "default")
    with mariadb.connect(schema) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE m1_index_process")
    with pytest.raises(SchemaMissing, match="table m1_index_process is missing"):
        stock_layout(mariadb, schema, "m1_")
