"""What `check` says of stock: a warning before a pull was accepted, wrong afterwards; and what orders reserve."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sync import commands
from sync.books import read_books
from sync.check import Check
from sync.demo.mariadb import PrivateMariaDB
from sync.parts import open_economic, open_profile
from sync.pull.acceptance import accept
from sync.pull.apply import RESERVES
from sync.pull.checks import check_agreement
from sync.settings import Settings, from_environment
from tests.acceptance.test_pull import MUG, product
from tests.integration.sandbox.conftest import line, new_customer, new_draft
from tests.world import World, a_schema, a_world

SELLS = "INSERT INTO inventory_source_stock_link (stock_id, source_code, priority) VALUES (1, 'butik', 2)"
SHARES = "INSERT INTO inventory_source_stock_link (stock_id, source_code, priority) VALUES (2, 'default', 2)"


@pytest.fixture
def world(mariadb: PrivateMariaDB, tmp_path: Path) -> Iterator[World]:
    with a_schema(mariadb) as schema, a_world(mariadb, schema, tmp_path) as made:
        yield made


def settings(world: World, profile: str = "") -> Settings:
    path = world.folder / "shop.yaml"
    path.write_text(f"extends: sandbox\n{profile}\n")
    return from_environment({**world.environment, "PROFILE": str(path)})


def about(found: list[Check], name: str) -> list[tuple[str, str]]:
    return [(check.verdict, f"{check} {check.fix}") for check in found if check.name == name]


def test_a_shop_that_accepted_nothing_is_told_and_makes_no_state(world: World) -> None:
    found = commands.checks(settings(world, "stock: {source: default}"))
    assert [str(check) for check in found if check.name.startswith("stock") and check.verdict != "ok"] == []
    assert about(found, "stock tables") == [("ok", "stock tables: stock is kept in the source default ")]
    assert "nobody accepted it yet" in about(found, "stock")[0][1]
    assert not (world.folder / "state.db").exists()


def test_what_stands_in_the_way_is_wrong_once_stock_was_accepted(world: World) -> None:
    world.sql(SELLS)
    world.sql("INSERT IGNORE INTO inventory_source (source_code, name, enabled, country_id, postcode)"
              " VALUES ('butik', 'Butik', 1, 'DK', '1000')")  # fmt: skip
    named = settings(world, "stock: {source: default}")
    [(verdict, said)] = about(commands.checks(named), "stock tables")
    assert verdict == "warning"
    assert "stock.outside: [butik]" in said
    with world.state() as state:
        accept(state, "a test")
    [(verdict, said)] = about(commands.checks(named), "stock tables")
    assert verdict == "wrong"
    assert about(commands.checks(named), "stock") == []
    outside = settings(world, "stock: {source: default, outside: [butik]}")
    assert [verdict for verdict, _ in about(commands.checks(outside), "stock tables")] == ["ok"]


def test_days_that_do_not_fit_are_told(world: World) -> None:
    lines = "orders: {since: 2026-02-01}\nstock: {since: 2026-01-01}"
    [(verdict, said)] = about(commands.checks(settings(world, lines)), "stock.since")
    assert (verdict, "lies before `orders.since`" in said) == ("warning", True)
    [(verdict, said)] = about(commands.checks(settings(world, "stock: {since: 2999-01-01}")), "stock.since")
    assert (verdict, "begins at 2998-12-31 23:00 UTC" in said) == ("warning", True)
    lines = 'orders: {since: {default: "000000001"}}'
    [(verdict, said)] = about(commands.checks(settings(world, lines)), "stock.since")
    assert (verdict, "`stock.since` is not set" in said) == ("warning", True)


def test_whether_open_orders_reserve_is_proven_by_what_stands_on_them(world: World) -> None:
    at = settings(world, "stock: {basis: available}")
    profile = open_profile(at)

    def proven() -> tuple[str, str | None]:
        with world.state() as state, closing(open_economic(at)) as economic:
            [check] = check_agreement(economic, profile, read_books(economic, profile), state)
            return check.verdict, state.get(RESERVES)

    product(world, MUG, "40")
    assert proven() == ("warning", None), "no order is open"
    customer = world.http.post("/customers", json=new_customer()).raise_for_status().json()
    draft = new_draft(line(MUG, 3), line(MUG, 2), customer={"customerNumber": customer["customerNumber"]})
    world.http.post("/orders/drafts", json=draft).raise_for_status()
    assert proven() == ("warning", "no")
    world.http.put("/_sandbox/agreement", json={"orders_reserve": "on"}).raise_for_status()
    assert proven() == ("ok", "yes")


def test_rights_to_write_are_needed_once_stock_was_accepted(world: World) -> None:
    user = f"r_{world.schema}"
    url = world.user(user, "pw")
    at = from_environment({**world.environment, "MAGENTO_DATABASE_URL": url})
    try:
        found = commands.checks(at)
        assert {check.verdict for check in found} <= {"ok", "warning"}
        with world.state() as state:
            accept(state, "a test")
        stopped = [check for check in commands.checks(at) if check.verdict == "wrong"]
        assert stopped
        assert all(check.name in ("stock tables", "rights to write stock") for check in stopped)
    finally:
        world.sql(f"DROP USER {user}@'%'")


def test_accepted_stock_without_the_module_is_told(world: World) -> None:
    with world.state() as state:
        accept(state, "a test")
    world.http.put("/_sandbox/agreement", json={"inventory": "off"}).raise_for_status()
    [(verdict, said)] = about(commands.checks(settings(world)), "stock")
    assert (verdict, "the agreement has no inventory module" in said) == ("warning", True)
