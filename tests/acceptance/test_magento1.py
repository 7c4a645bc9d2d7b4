"""The service beside a Magento 1 shop: a small one of its own, and the recording of a real one where it is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from econ_client.sandbox import SandboxServer
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from tests import magento1
from tests.magento1_sales import Desk, Sale, Sold
from tests.replay.recording import ABSENT, FOLDER, Player, Recording
from tests.world import World, a_schema, until

D = Decimal
PREFIX = "m1_"
PROFILE = """\
extends: sandbox
customers: {sync: accounts, since: 2020-01-01, update: [name, address, zip, city, email]}
"""
PATHS = ("/orders/drafts", "/invoices/drafts", "/invoices/booked")


@pytest.fixture(scope="module")
def world(mariadb: PrivateMariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_schema(mariadb) as schema:
        magento1.install(mariadb, schema, PREFIX)
        folder = tmp_path_factory.mktemp("magento1")
        (folder / "profile.yaml").write_text(PROFILE)
        made = World(mariadb, schema, SandboxServer("demo"), folder)
        made.environment |= {"MAGENTO_TABLE_PREFIX": PREFIX, "PROFILE": str(folder / "profile.yaml")}
        yield made
        made.close()


def standing(world: World) -> dict[str, list[dict[str, Any]]]:
    """Documents by their reference, each with where it stands."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in PATHS:
        for reference, rows in world.by_reference(path).items():
            found.setdefault(reference, []).extend({**row, "at": path} for row in rows)
    return found


def gross(row: dict[str, Any]) -> Decimal:
    return D(str(row["grossAmount"]))


def one(world: World, reference: str, path: str) -> dict[str, Any]:
    """The one document with a reference, once it stands in a place and nothing waits any more."""
    until(f"{reference} in {path}", lambda: world.by_reference(path).get(reference))
    until("everything was noticed", world.settled)
    (found,) = standing(world)[reference]
    return found


def test_orders_accounts_credit_memos_and_stock_of_a_magento_1_shop(world: World) -> None:
    with closing(world.server.connect(world.schema)) as connection:
        desk = Desk(Tables(connection, PREFIX))
        cup = Sold(desk.shop.product("KOP", "9"), "KOP", D(2), D(125))
        world.product("KOP", 30)
        user = f"one_{world.schema}"
        for statement in world.command("grants", "--pull", "stock", "--user", user).stdout.splitlines():
            if not statement.startswith("--"):
                world.sql(statement)
        world.environment["MAGENTO_DATABASE_URL"] = world.server.url(world.schema, user, "change-me")
        checks = world.json("check")
        assert {one["verdict"] for one in checks} <= {"ok", "warning"}
        assert "Magento 1" in next(one["found"] for one in checks if one["name"] == "layout")
        assert world.json("pull", "stock", "--accept")["products"]["written"] == 1
        assert _held(desk, cup) == 30

        service = world.service().start()
        sale = _ordered(world, desk, cup)
        until("what it took is off the row", lambda: _held(desk, cup) == 28)
        _foreign(world, desk)
        _account(world, desk)

        desk.finish(sale)
        assert gross(one(world, sale.increment_id, "/invoices/booked")) == sale.grand_total == D("544.00")
        refunded = desk.refund(sale, sale.rows[0], D(1))
        reference = f"{sale.increment_id}/K{sale.increment_id}-C"
        until("the credit note is booked", lambda: _credit_note(world, reference))
        note = _credit_note(world, reference) or {}
        note = world.http.get(note["self"]).json()
        assert D(str(note["grossAmount"])) == -refunded == D("-112.50")
        assert [line["product"]["productNumber"] for line in note["lines"] if line.get("product")] == ["KOP"]
        until("everything was noticed", world.settled)
        assert world.tasks("parked", "failed") == []
        assert service.stop() == 0


def _held(desk: Desk, sold: Sold) -> Decimal:
    quantity: Decimal = desk.tables.row("cataloginventory_stock_item", product_id=sold.product_id)["qty"]
    return quantity


def _ordered(world: World, desk: Desk, cup: Sold) -> Sale:
    """An order of a plain product, a configurable and a bundle; its address is corrected afterwards."""
    shirt = Sold(desk.shop.product("TRØJE", kind="configurable"), "TRØJE-RØD", D(1), D(250))
    book = Sold(desk.shop.product("BOG", "9"), "BOG", D(1), D(50))
    with desk.tables.transaction():
        sale = desk.place(cup, shirt, book, shipping=D(49))
        desk.configurable(sale, sale.rows[1], desk.shop.product("TRØJE-RØD", "3", parent=shirt.product_id))
        desk.bundle(sale, desk.shop.product("ÆSKE", kind="bundle"), "ÆSKE", sale.rows[2])
    assert gross(one(world, sale.increment_id, "/orders/drafts")) == D("544.00")
    desk.tables.update("sales_flat_order_address", {"city": "Skagen"}, parent_id=sale.id)

    def moved() -> bool:
        document = world.http.get(one(world, sale.increment_id, "/orders/drafts")["self"]).json()
        return bool(document["delivery"]["city"] == "Skagen")

    until("the corrected address", moved)
    return sale


def _foreign(world: World, desk: Desk) -> None:
    """An order in another currency, that is cancelled: it leaves nothing behind."""
    lamp = Sold(desk.shop.product("LAMPE", "5"), "LAMPE", D(1), D(300))
    sale = desk.place(lamp, shipping=D("73.50"), rate=D("1.5"), order_currency_code="SEK", store_id=2)
    draft = one(world, sale.increment_id, "/orders/drafts")
    assert (gross(draft), draft["currency"]) == (sale.grand_total, "SEK")
    with desk.tables.transaction():
        desk.tables.update("sales_flat_order_item", {"qty_canceled": 1}, order_id=sale.id)
        desk.tables.update("sales_flat_order", {"state": "canceled", "status": "canceled"}, entity_id=sale.id)
    until("it is taken back", lambda: sale.increment_id not in standing(world))


def _account(world: World, desk: Desk) -> None:
    """An account whose every word is a row of its own."""
    with desk.tables.transaction():
        customer_id = desk.customer("bager@example.com", firstname="Søren", lastname="Bager")
        address_id = desk.address(
            customer_id, firstname="Søren", lastname="Bager", street="Torvet 1", city="Ribe", postcode="6760",
            country_id="DK",
        )  # fmt: skip

    def town() -> str | None:
        return next(
            (row.get("city") for row in world.all("/customers") if row.get("email") == "bager@example.com"), None
        )

    until("the account is there", lambda: town() == "Ribe")
    desk.tables.update("customer_address_entity_varchar", {"value": "Tønder"}, entity_id=address_id, value="Ribe")
    until("it has moved", lambda: town() == "Tønder")


def _credit_note(world: World, reference: str) -> dict[str, Any] | None:
    booked = world.by_reference("/invoices/booked")
    return next((rows[0] for name, rows in booked.items() if name.endswith(reference)), None)


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
def test_every_order_of_a_real_openmage_shop_is_delivered_to_the_oere(tmp_path: Path) -> None:
    """Played in two parts, so that orders are delivered while they are new too, and not only as they end."""
    recording = Recording.read("openmage")
    new = next(n for n, one in enumerate(recording.transactions) if one.scenario.startswith("12-"))
    with PrivateMariaDB(["--max-allowed-packet=64M"]) as server:
        world = World(server, recording.install(server), SandboxServer("demo"), tmp_path)
        service = world.service().start()
        try:
            with Player(server, world.schema, recording.transactions) as player:
                player.play(new)
                until("the new orders are delivered", world.settled)
                _same(world)
                assert len(standing(world)) == 7
                player.play()
            until("everything is delivered", world.settled)
            _same(world)
            assert world.tasks("parked", "failed", "retry") == []
            assert service.stop() == 0
        finally:
            world.close()


def _same(world: World) -> None:
    """Each order and each credit memo stands in e-conomic with Magento's amounts, and nothing else does."""
    wanted: dict[str, tuple[str, str, Decimal, Decimal]] = {}
    for number, state, currency, total, tax in world.sql(
        "SELECT increment_id, state, order_currency_code, grand_total, tax_amount FROM sales_flat_order"
        " WHERE state <> 'canceled'"
    ):
        path = "/invoices/booked" if state in ("complete", "closed") else "/orders/drafts"
        wanted[number] = (path, currency, total, tax)
    for memo, number, currency, total, tax, more, less in world.sql(
        "SELECT m.increment_id, o.increment_id, o.order_currency_code, m.grand_total, m.tax_amount,"
        " COALESCE(m.adjustment_positive, 0), COALESCE(m.adjustment_negative, 0) FROM sales_flat_creditmemo m"
        " JOIN sales_flat_order o ON o.entity_id = m.order_id"
    ):
        # the profile takes an adjustment for a change of the price, with VAT inside, where Magento puts none
        vat = tax + (more - less) / 5
        wanted[f"{number}/K{memo}"] = ("/invoices/booked", currency, -total, -vat)
    found = {
        reference.rpartition(" ")[2]: (row["at"], row["currency"], gross(row), D(str(row["vatAmount"])))
        for reference, (row,) in standing(world).items()
    }
    assert found == wanted
