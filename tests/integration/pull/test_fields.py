"""Fields that e-conomic owns, written into a real shop's tables."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cdc import stock_write
from econ_client.sandbox import SandboxServer
from sync.demo.fixture import install
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from sync.pull.fieldonce import NOTHING_OWNED, pull_products
from tests.integration.pull.fielddesk import FieldDesk
from tests.world import a_schema

D = Decimal
ALL = """owners:
  {name: economic, description: economic, bar_code: economic, sales_price: economic, cost_price: economic,
   recommended_price: economic, barred: economic}
pull: {fields: {bar_code: ean, in_stock: erp_stock, available: erp_available}}
"""
NAME = "owners: {name: economic}\n"


@pytest.fixture(scope="module")
def shop_schema(mariadb: PrivateMariaDB) -> Iterator[str]:
    with a_schema(mariadb) as name:
        install(mariadb, name)
        yield name


@pytest.fixture
def desk(mariadb: PrivateMariaDB, shop_schema: str, tmp_path: Path) -> Iterator[Callable[[str], FieldDesk]]:
    """Make a desk with lines of a profile."""
    made: list[FieldDesk] = []
    sandbox = SandboxServer("demo")
    with closing(mariadb.connect(shop_schema)) as connection:

        def make(profile: str) -> FieldDesk:
            one = FieldDesk(tmp_path, mariadb.url(shop_schema), Tables(connection), sandbox, profile)
            one.attribute("ean", "varchar")
            one.attribute("erp_stock", "decimal", "price")
            one.attribute("erp_available", "varchar")
            one.indexers()
            made.append(one)
            return one

        yield make
        for one in made:
            one.close()
        sandbox.stop()


def test_a_clock_that_is_set_back_makes_no_answer_old(desk: Callable[[str], FieldDesk]) -> None:
    one = desk(NAME)
    sku = one.product(name="Gammel")
    one.pull(sku)
    one.ahead -= timedelta(hours=1)
    one.edit(sku, name="Ny")
    one.pull(sku)
    assert one.held(sku, "name") == {0: "Ny"}


def test_a_product_that_somebody_keeps_locked_keeps_no_other_back(
    desk: Callable[[str], FieldDesk], mariadb: PrivateMariaDB, shop_schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_write, "LOCK_WAIT", 1)
    monkeypatch.setattr(stock_write, "ATTEMPTS", 2)
    one = desk(NAME)
    locked, other = one.product(name="Gammel"), one.product(name="Gammel")
    with closing(mariadb.connect(shop_schema)) as connection, connection.cursor() as cursor:
        connection.begin()
        cursor.execute("SELECT * FROM catalog_product_entity WHERE sku = %s FOR UPDATE", (locked,))
        found = one.pull(locked, other)
        connection.rollback()
    assert {ended.number: (ended.action, ended.why) for ended in found} == {
        locked: ("left", "refused"),
        other: ("written", ""),
    }
    one.pull(locked)
    assert one.held(locked, "name") == {0: "Kop"}


def test_every_field_goes_to_its_attribute(desk: Callable[[str], FieldDesk]) -> None:
    one = desk(ALL)
    sku = one.product(name="Gammel", price="100.000000", status=2, description="<p>Gammel</p>")
    one.edit(
        sku,
        name="Krus, blåt",
        description="Fin & dyr\nkan vaskes",
        barCode="5701234567899",
        salesPrice=39.98,
        costPrice=12.5,
        recommendedPrice=48,
        barred=False,
    )
    one.http.put(f"/_sandbox/stock/{sku}", json={"inStock": 7, "available": 5}).raise_for_status()
    (outcome,) = one.pull(sku)
    assert outcome.action == "written"
    assert {(c.field, c.attribute, c.store_id) for c in outcome.changes} >= {
        ("name", "name", 0),
        ("barred", "status", 0),
    }
    assert one.held(sku, "name") == {0: "Krus, blåt"}
    assert one.held(sku, "description") == {0: "Fin &amp; dyr<br />\nkan vaskes"}
    assert one.held(sku, "ean") == {0: "5701234567899"}
    assert one.held(sku, "price") == {0: D("49.98")}
    assert one.held(sku, "msrp") == {0: D("60")}
    assert one.held(sku, "status") == {0: 1}
    assert one.held(sku, "erp_stock") == {0: D(7)}
    assert one.held(sku, "erp_available") == {0: "5"}
    assert one.updated(sku)


def test_what_agrees_is_not_written(desk: Callable[[str], FieldDesk]) -> None:
    one = desk(ALL)
    words = "Ord " * 200
    sku = one.product(
        name="Kop ",
        price="49.970000",
        msrp="60.000000",
        status=1,
        ean="570",
        erp_available="0.00",
        erp_stock="0",
        description=f"<p>{words}</p>",
    )
    one.edit(
        sku, description=words[:499].rstrip() + "…", barCode="570", salesPrice=39.98, recommendedPrice=48, barred=False
    )
    (outcome,) = one.pull(sku)
    assert (outcome.action, outcome.changes) == ("unchanged", ())
    one.edit(sku, salesPrice=40)
    one.pull(sku)
    assert one.held(sku, "price") == {0: D("50")}
    assert one.held(sku, "name") == {0: "Kop "}


def test_nothing_moves_when_nothing_differs(desk: Callable[[str], FieldDesk]) -> None:
    one = desk(NAME)
    sku = one.product(name="Kop")
    assert [o.action for o in one.pull(sku)] == ["unchanged"]
    assert not one.updated(sku)
    assert one.indexers() == set()


def test_store_views_are_written_where_they_differ(desk: Callable[[str], FieldDesk]) -> None:
    one = desk(NAME + "pull: {fields: {name: {attribute: name, store: [default, en]}}}")
    sku = one.product(name="Kop")
    one.value(sku, "name", "Cup", store=2)
    one.pull(sku)
    assert one.held(sku, "name") == {0: "Kop", 2: "Kop"}
    one.edit(sku, name="Krus")
    one.pull(sku)
    assert one.held(sku, "name") == {0: "Kop", 1: "Krus", 2: "Krus"}


def test_a_price_per_website_stands_in_each_of_its_store_views(desk: Callable[[str], FieldDesk]) -> None:
    one = desk("owners: {sales_price: economic}\npull: {fields: {sales_price: {attribute: price, store: [en]}}}")
    sku = one.product(price="10.000000")
    one.edit(sku, salesPrice=80)
    scope, base = "catalog/price/scope", "currency/options/base"
    assert one.pull(sku) == []  # refused by `check`: prices are one for all
    one.shop_rows.insert("core_config_data", {"scope": "default", "scope_id": 0, "path": scope, "value": "1"})
    one.shop_rows.insert("core_config_data", {"scope": "websites", "scope_id": 2, "path": base, "value": "SEK"})
    try:
        one.engine.forget()
        one.pull(sku)
        assert one.held(sku, "price") == {0: D(10), 1: D(100), 2: D(100)}
        one.configure("owners: {sales_price: economic}\n")
        one.value(sku, "price", "1", store=3)
        one.edit(sku, salesPrice=160)
        one.pull(sku)
        assert one.held(sku, "price") == {0: D(200), 1: D(200), 2: D(200), 3: D(1)}
    finally:
        one.shop_rows.delete("core_config_data", path=scope)
        one.shop_rows.delete("core_config_data", scope="websites", path=base)


def test_a_choice_goes_by_its_label_and_none_is_made(desk: Callable[[str], FieldDesk]) -> None:
    one = desk("owners: {description: economic}\npull: {fields: {description: stoerrelse}}")
    sku = one.product(name="Kop", stoerrelse=1)
    one.edit(sku, description="M")
    one.pull(sku)
    assert one.held(sku, "stoerrelse") == {0: 2}
    one.edit(sku, description="XXL")
    (outcome,) = one.pull(sku)
    assert (outcome.action, [c.why_not for c in outcome.changes]) == ("left", ["no_option"])
    assert one.held(sku, "stoerrelse") == {0: 2}


def test_a_column_of_the_products_own_table(desk: Callable[[str], FieldDesk]) -> None:
    one = desk("pull: {fields: {in_stock: lager}}")
    one.shop_rows.execute("ALTER TABLE catalog_product_entity ADD COLUMN lager INT NULL")
    try:
        sku = one.product(name="Kop")
        one.http.put(f"/_sandbox/stock/{sku}", json={"inStock": 4}).raise_for_status()
        one.pull(sku)
        assert one.shop_rows.row("catalog_product_entity", sku=sku)["lager"] == 4
        one.http.put(f"/_sandbox/stock/{sku}", json={"inStock": 4.5}).raise_for_status()
        (outcome,) = one.pull(sku)
        assert [c.why_not for c in outcome.changes] == ["fraction"]
    finally:
        one.shop_rows.execute("ALTER TABLE catalog_product_entity DROP COLUMN lager")


def test_indexers_are_told_in_update_on_save_and_left_to_triggers_otherwise(desk: Callable[[str], FieldDesk]) -> None:
    one = desk("owners: {sales_price: economic, barred: economic}\n")
    sku = one.product(price="10", status=1)
    one.edit(sku, salesPrice=80)
    one.pull(sku)
    assert one.indexers() == {"catalog_product_price", "catalogsearch_fulltext"}
    one.edit(sku, barred=True)
    one.shop_rows.update("mview_state", {"mode": "enabled"}, view_id="catalog_product_price")
    try:
        one.pull(sku)
        assert one.held(sku, "status") == {0: 2}
        assert one.indexers() == {
            "catalogsearch_fulltext", "catalog_product_attribute", "cataloginventory_stock", "inventory",
        }  # fmt: skip
    finally:
        one.shop_rows.update("mview_state", {"mode": "disabled"}, view_id="catalog_product_price")


def test_what_people_change_in_magento_is_put_back_and_said_once(
    desk: Callable[[str], FieldDesk], caplog: pytest.LogCaptureFixture
) -> None:
    one = desk(NAME)
    sku = one.product(name="Kop")
    one.pull(sku)
    with caplog.at_level(logging.WARNING, "magento_economic.pull"):
        for _ in range(3):
            one.value(sku, "name", "Skål")
            assert [o.action for o in one.pull(sku)] == ["written"]
            assert one.held(sku, "name") == {0: "Kop"}
        assert len(caplog.records) == 1
        assert "name changed in Magento" in caplog.text
        one.edit(sku, name="Fad")
        one.pull(sku)
        assert len(caplog.records) == 1
        one.value(sku, "name", "Skål")
        one.pull(sku)
        assert len(caplog.records) == 2


def test_an_empty_field_empties_only_what_stood_in_e_conomic_once(desk: Callable[[str], FieldDesk]) -> None:
    one = desk("owners: {bar_code: economic, recommended_price: economic}\npull: {fields: {bar_code: ean}}")
    never, once = one.product(ean="111", msrp="5.000000"), one.product(ean="222", msrp="5.000000")
    one.edit(once, barCode="222", recommendedPrice=4)
    one.pull(never, once)
    assert (one.held(never, "ean"), one.held(never, "msrp")) == ({0: "111"}, {0: D(5)})
    one.edit(once, barCode=None, recommendedPrice=None)
    one.pull(never, once)
    assert (one.held(never, "ean"), one.held(once, "ean")) == ({0: "111"}, {0: None})
    assert one.held(once, "msrp") == {0: D(0)}
    one.value(once, "ean", "333")
    one.pull(once)
    assert one.held(once, "ean") == {0: "333"}


def test_products_in_one_system_only_and_doubtful_ones_are_left(
    desk: Callable[[str], FieldDesk], caplog: pytest.LogCaptureFixture
) -> None:
    one = desk(NAME)
    one.economic_product("KUN-ØKONOMI")
    sku = one.product("TVE-1", name="Gammel")
    one.magento("tve-1", name="Gammel")
    bundle = one.product("SÆT-1", name="Gammel")
    one.shop_rows.update("catalog_product_entity", {"type_id": "bundle"}, sku=bundle)
    before = one.shop_rows.execute("SELECT 1 FROM catalog_product_entity")
    with caplog.at_level(logging.WARNING, "magento_economic.pull"):
        for _ in range(2):
            ended = {o.number: (o.action, o.why) for o in one.pull("KUN-ØKONOMI", sku, bundle)}
    assert ended == {
        "KUN-ØKONOMI": ("left", "only_economic"),
        "TVE-1": ("left", "ambiguous_sku"),
        "SÆT-1": ("unchanged", ""),
    }
    assert one.held(bundle, "name") == {0: "Kop"}
    assert [r.getMessage() for r in caplog.records] == ["product TVE-1: several products in Magento have this number"]
    assert one.shop_rows.execute("SELECT 1 FROM catalog_product_entity") == before


def test_the_rate_is_that_of_the_group_that_decides(desk: Callable[[str], FieldDesk]) -> None:
    one = desk("owners: {sales_price: economic}\n")
    sku = one.product(price="10.000000", tax_class_id=2)
    one.edit(sku, salesPrice=80, productGroup={"productGroupNumber": 3})
    one.pull(sku)
    assert one.held(sku, "price") == {0: D(80)}
    one.configure("owners: {sales_price: economic}\nproducts: {update: [group]}\n")
    one.pull(sku)
    assert one.held(sku, "price") == {0: D(100)}


def test_what_the_database_refuses_holds_up_nothing_else(
    desk: Callable[[str], FieldDesk], caplog: pytest.LogCaptureFixture
) -> None:
    one = desk(NAME)
    first, second = one.product(name="Gammel"), one.product(name="Gammel")
    one.shop_rows.execute(
        "CREATE TRIGGER refuses BEFORE UPDATE ON catalog_product_entity_varchar FOR EACH ROW"
        f" IF NEW.entity_id = {one.id_of(first)} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'nej'; END IF"
    )
    try:
        for _ in range(2):
            ended = {o.number: (o.action, o.why) for o in one.pull(first, second)}
    finally:
        one.shop_rows.execute("DROP TRIGGER refuses")
    assert ended == {first: ("left", "refused"), second: ("unchanged", "")}
    assert (one.held(first, "name"), one.held(second, "name")) == ({0: "Gammel"}, {0: "Kop"})
    assert [r.getMessage().split(": ")[1] for r in caplog.records if r.levelname == "WARNING"] == [
        "Magento's database refused"
    ]


def test_an_older_answer_changes_nothing(desk: Callable[[str], FieldDesk]) -> None:
    one = desk(NAME)
    sku = one.product(name="Kop")
    old = one.ask(sku)
    one.edit(sku, name="Krus")
    one.pull(sku)
    assert one.engine.take(old) == []
    assert one.held(sku, "name") == {0: "Krus"}


def test_pull_products_tells_what_it_would_do_then_does_it(desk: Callable[[str], FieldDesk]) -> None:
    one = desk(NAME + "pull: {fields: {in_stock: erp_stock}}")
    sku = one.product(name="Gammel")
    one.magento("KUN-MAGENTO", name="Gammel")
    said: list[int] = []
    report = pull_products(one.engine, one.budget, [sku, "KUN-MAGENTO", "INGEN"], dry_run=True).as_json()
    assert report["products"] == {"written": 0, "differs": 1, "skipped": 1, "absent": 1, "same": 0}
    lines = [(line["sku"], line["field"], line["old"], line["new"], line["why"]) for line in report["lines"]]
    assert lines == [
        (sku, "name", "Gammel", "Kop", ""),
        (sku, "in_stock", None, "0", ""),
        ("KUN-MAGENTO", "", None, None, "only_magento"),
        ("INGEN", "", None, None, "unknown"),
    ]
    assert one.held(sku, "name") == {0: "Gammel"}
    whole = pull_products(one.engine, one.budget, tell=lambda told: said.append(told["done"])).as_json()
    assert whole["products"]["written"] == 1
    assert said[-1] == whole["left"]["only_economic"] + 1
    assert one.held(sku, "name") == {0: "Kop"}
    one.configure("")
    assert pull_products(one.engine, one.budget).message == NOTHING_OWNED
