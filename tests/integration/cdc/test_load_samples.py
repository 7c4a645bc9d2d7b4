"""Rows of a real Magento 2 shop, where they are at hand: totals hold to the last decimal, stock to the last piece."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from cdc.models import ZERO, Order
from cdc.shop import Shop
from cdc.stock_demand import load_demands
from cdc.stock_layout import load_stock_layout
from sync.demo.mariadb import PrivateMariaDB
from tests.integration.cdc.stock_world import reading

FOLDER = Path(__file__).parents[3].parent / "shared" / "magento"
FILES = ("magento2.sql", "magento2_seed.sql", "magento2_sample_rows.sql")

pytestmark = pytest.mark.skipif(
    not all((FOLDER / file).exists() for file in FILES), reason=f"no sample rows of a real shop in {FOLDER}"
)


@pytest.fixture(scope="module")
def orders(mariadb: PrivateMariaDB) -> Iterator[dict[int, Order]]:
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE samples CHARACTER SET utf8mb4")
    client = [
        "mariadb",
        "--no-defaults",
        "-uroot",
        "-S",
        str(mariadb.socket),
        "--default-character-set=utf8mb4",
        "samples",
    ]
    for file in FILES:
        subprocess.run(client, input=(FOLDER / file).read_bytes(), check=True, capture_output=True)
    with closing(Shop(mariadb.url("samples"))) as shop:
        assert shop.layout.title == "Magento 2 with MSI"
        yield {order_id: order for order_id in range(1, 17) if (order := shop.order(order_id)) is not None}
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute("DROP DATABASE samples")


def test_the_totals_identity_holds_on_every_order_invoice_and_credit_memo(orders: dict[int, Order]) -> None:
    assert len(orders) == 16
    for order in orders.values():
        assert order.totals.residue == 0, order.increment_id
        residues = [invoice.totals.residue for invoice in order.invoices]
        residues += [memo.totals.residue for memo in order.credit_memos]
        assert not any(residues), order.increment_id
    assert sum(len(order.invoices) for order in orders.values()) == 5
    assert sum(len(order.credit_memos) for order in orders.values()) == 3


def test_the_lines_that_carry_money_sum_to_the_totals(orders: dict[int, Order]) -> None:
    for order in orders.values():
        lines = [line for line in order.lines if line.carries_money]
        assert sum(line.row_total for line in lines) == order.totals.subtotal, order.increment_id
        vat = sum(line.tax_amount for line in lines)
        assert vat + order.totals.shipping_tax == order.totals.tax, order.increment_id


def test_the_awkward_ones(orders: dict[int, Order]) -> None:
    bundle, euro, edited = orders[10], orders[12], orders[14]
    assert [line.role for line in bundle.lines] == ["bundle_dynamic", "bundle_child", "bundle_child"]
    assert (euro.currency, euro.base_currency, euro.base_to_order_rate) == ("EUR", "DKK", Decimal("0.1340"))
    assert euro.lines[0].row_total == Decimal("10.7300")
    assert (edited.increment_id, edited.original_increment_id) == ("000000009-1", "000000009")
    assert [(line.role, line.stock_product_id) for line in edited.lines] == [
        ("configurable", 4),
        ("configurable_child", None),
    ]
    assert orders[11].totals.grand_total == 0
    assert orders[8].customer_firstname
    assert all(order.store.timezone == "Europe/Copenhagen" for order in orders.values())
    assert "password" not in repr(orders)


def test_magento_reserves_what_open_orders_take(mariadb: PrivateMariaDB, orders: dict[int, Order]) -> None:
    with reading(mariadb, "samples") as (reader, layout):
        kept = load_stock_layout(reader, layout)
        assert (kept.kind, kept.stocks, kept.warnings) == ("msi_default", (1,), ())  # its open orders have reservations
        taken: dict[str, Decimal] = {}
        for one in load_demands(reader, layout, list(orders)):
            if one.state != "closed":
                (sku,) = one.skus
                taken[sku] = taken.get(sku, ZERO) + one.ordered - one.cancelled - one.shipped
        reserved = reader.rows("SELECT sku, -SUM(quantity) AS quantity FROM inventory_reservation GROUP BY sku")
    assert taken == {row["sku"]: row["quantity"] for row in reserved}
    assert sum(taken.values()) == 22
