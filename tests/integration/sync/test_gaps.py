"""Gaps and wrong servers, met by the service as a process: purged logs, restored backups, another server's place."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from cdc.gap import SOURCES
from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU, DELIVERIES
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.people import random_person
from sync.demo.placing import Account, PlacedOrder
from tests.world import Service, World, a_schema, a_world, until

PROFILE = """extends: sandbox
orders: {since: 2020-01-01}
customers:
  update: [name, address, zip, city]
products:
  sync: catalog
  update: [name, sales_price]
  groups:
    - {tax_class: ['Varer 25%'], group: goods}
    - {group: untaxed}
fields:
  product:
    sales_price: {expr: product.net_price}
"""


@pytest.fixture(scope="module")
def own() -> Iterator[PrivateMariaDB]:
    with PrivateMariaDB() as server:
        yield server


@pytest.fixture
def world(own: PrivateMariaDB, tmp_path: Path) -> Iterator[World]:
    with a_schema(own) as schema, a_world(own, schema, tmp_path) as made:
        (tmp_path / "profile.yaml").write_text(PROFILE)
        made.environment["PROFILE"] = str(tmp_path / "profile.yaml")
        yield made


def place(world: World, buyer: Account | None = None) -> PlacedOrder:
    cart = Cart(items=(CartItem(BY_SKU["007"]),), delivery=DELIVERIES["flatrate_flatrate"])
    with world.shop() as shop:
        return shop.place_order(cart, buyer or random_person(random.Random()))


def purge(world: World) -> None:
    """Leave one, new, binlog file."""
    world.sql("FLUSH BINARY LOGS")
    current = world.sql("SHOW MASTER STATUS")[0][0]

    def gone() -> bool:
        world.sql(f"PURGE BINARY LOGS TO '{current}'")
        return bool(world.sql("SHOW BINARY LOGS")[0][0] == current)

    until("the former files are gone", gone, 10)


def writes(world: World) -> list[str]:
    return [f"{one['method']} {one['path']}" for one in world.requests() if one["method"] != "GET"]


def test_a_purged_log_is_made_up_for_by_comparing(world: World) -> None:
    service = world.service().start()
    with world.shop() as shop:
        account = shop.register_customer(random_person(random.Random()))
        draft, deleted, booked, billed = place(world, account), place(world), place(world), place(world)
        quiet = [place(world) for _ in range(3)]
        for order in (booked, billed):
            shop.invoice_and_ship(order)
        shop.edit_product("007", name="Krus")
    until("all of it stands", world.settled)
    assert service.stop() == 0
    calls = len(world.requests())

    world.sql("UPDATE sales_order_address SET street = 'Gapvej 7' WHERE parent_id = %s", draft.entity_id)
    world.sql("DELETE FROM sales_order WHERE entity_id IN (%s, %s)", deleted.entity_id, billed.entity_id)
    world.sql("UPDATE customer_address_entity SET street = 'Nygade 3' WHERE parent_id = %s", account.id)
    world.sql(
        "UPDATE catalog_product_entity_decimal SET value = 250 WHERE entity_id ="
        " (SELECT entity_id FROM catalog_product_entity WHERE sku = '007') AND attribute_id ="
        " (SELECT attribute_id FROM eav_attribute WHERE attribute_code = 'price' AND entity_type_id = 4)"
    )
    new, old = place(world), place(world)
    world.sql("UPDATE sales_order SET created_at = '2019-06-01' WHERE entity_id = %s", old.entity_id)
    for source in SOURCES:  # no time tells anything: all of it is found without
        world.sql(f"UPDATE {source.table} SET {source.when} = '2021-01-01'")
    purge(world)

    service.start()
    until("all of it was looked at", world.settled)
    drafts = world.by_reference("/orders/drafts")
    assert drafts[draft.increment_id][0]["recipient"]["address"] == "Gapvej 7"
    assert len(drafts[new.increment_id]) == 1
    assert old.increment_id not in drafts
    tasks = [task for task in world.tasks() if task.key.kind == "order"]
    for gone in (deleted, billed):
        task = world.task(gone.entity_id)
        assert task is not None
        assert (task.state, task.reason) == ("parked", "deleted_in_magento")
    assert len(drafts[deleted.increment_id]) == 1, "people decide what becomes of it"
    skipped = world.task(old.entity_id)
    assert skipped is not None
    assert skipped.reason == "before_go_live"
    assert len(tasks) == 3
    assert any(row.get("address") == "Nygade 3" for row in world.all("/customers"))
    (product,) = [row for row in world.all("/products") if row["productNumber"] == "007"]
    assert Decimal(str(product["salesPrice"])) == 200
    after = world.requests()[calls:]
    assert not [one for one in after if any(order.increment_id in str(one) for order in quiet)]
    assert not [one for one in after if booked.increment_id in str(one)]

    gap = world.json("status")["capture"]["gap"]
    assert "purged" in gap["why"]
    assert gap["done_at"]
    assert gap["looked_at"]["order"] == 8, "all but the one that is booked, and there still"
    assert gap["looked_at"]["customer"] >= 1
    assert gap["looked_at"]["product"] >= 1
    assert "GAP in the binlog" in service.log.read_text()
    assert service.metric("magento_economic_capture_gaps_total") == 1
    assert service.metric("magento_economic_capture_gap_keys_total", kind="order") == 8
    assert service.ready()

    calls = len(world.requests())
    assert service.stop() == 0
    service.start()
    assert world.json("status")["capture"]["gap"] == gap, "it is gone over once"
    until("nothing waits", world.settled)
    assert not [one for one in world.requests()[calls:] if one["method"] != "GET"]


class Backup:
    """The sales tables as they are now, to be put back without a word in the binlog, as a dump's import does."""

    def __init__(self, world: World) -> None:
        self.world = world
        found = world.sql("SHOW TABLES")
        self.tables = [name for (name,) in found if name.startswith(("sales_", "sequence_"))]
        self.silently(*(f"CREATE TABLE kept_{t} AS SELECT * FROM {t}" for t in self.tables))

    def restore(self) -> None:
        """Put them back: ids and numbers are given anew from where they stood."""
        for table in self.tables:
            self.silently(
                f"DELETE FROM {table}",
                f"INSERT INTO {table} SELECT * FROM kept_{table}",
                f"ALTER TABLE {table} AUTO_INCREMENT = 1",
            )

    def silently(self, *statements: str) -> None:
        """Run statements that leave no trace in the binlog."""
        with closing(self.world.server.connect(self.world.schema)) as connection, connection.cursor() as cursor:
            cursor.execute("SET sql_log_bin = 0, foreign_key_checks = 0, unique_checks = 0")
            for statement in statements:
                cursor.execute(statement)


def not_read(service: Service, why: str) -> bool:
    return any("binlog is not being read" in reason and why in reason for reason in service.reasons())


def test_a_restored_backup_stops_everything_and_never_overwrites_the_first_orders_documents(world: World) -> None:
    service = world.service().start()
    kept = place(world)
    until("it stands", world.settled)
    backup = Backup(world)
    lost, billed, moved = place(world), place(world), place(world)
    with world.shop() as shop:
        shop.invoice_and_ship(billed)
    until("all of it stands", world.settled)
    assert service.stop() == 0
    before = world.by_reference("/orders/drafts")[lost.increment_id][0]
    invoice = world.booked(billed.increment_id)

    backup.restore()
    world.sql("RESET MASTER")
    mine, other = place(world), place(world)
    assert [one.entity_id for one in (mine, other)] == [lost.entity_id, billed.entity_id], "ids are given again"
    assert mine.increment_id == lost.increment_id
    backup.silently("ALTER TABLE sales_order AUTO_INCREMENT = 900")  # orders that were rolled back make the two part
    third = place(world)
    assert (third.entity_id, third.increment_id) == (900, moved.increment_id)
    sent = len(writes(world))

    service.start(ready=False)
    until("it says that the server is another", lambda: answers(service) and not_read(service, "capture adopt"), 30)
    assert len(writes(world)) == sent, "nothing is sent to the books from a server that is not proven"
    assert service.stop() == 0

    told = world.command("capture", "adopt", "--yes").stdout
    assert "identity_changed" in told
    service.start()
    until("all of it was looked at", world.settled)
    for placed in (mine, other, third):
        task = world.task(placed.entity_id)
        assert task is not None
        assert (task.state, task.reason) == ("parked", "identity_changed")
    assert world.by_reference("/orders/drafts")[lost.increment_id] == [before]
    assert world.booked(billed.increment_id) == invoice
    gone = world.task(moved.entity_id)
    assert gone is not None
    assert gone.reason == "deleted_in_magento"
    assert world.task(kept.entity_id) is None, "it is what it was"
    fresh = place(world)
    until("work goes on", lambda: world.by_reference("/orders/drafts").get(fresh.increment_id))
    assert service.stop() == 0


def answers(service: Service) -> bool:
    """Whether the service's HTTP side is up."""
    try:
        return service.ask("/health/live").status_code == 200
    except Exception:  # noqa: BLE001  (not yet)
        return False
