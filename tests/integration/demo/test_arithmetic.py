"""Amounts as real shops computed them: orders, invoices and credit memos that Magento itself wrote."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sync.demo.cart import Cart, CartItem, PricedCart
from sync.demo.catalog import Article, Coupon, Delivery
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.portion import INVOICED, REFUNDED, Taken, split
from sync.demo.tables import Tables
from sync.demo.tax import ZERO

Record = Mapping[str, Any]

COUPONS = {
    "TEN": Coupon(rule_id=1, code="TEN", name="10%", percent=Decimal(10)),
    "FREE": Coupon(rule_id=2, code="FREE", name="100%", percent=Decimal(100), on_shipping=True),
    "SOMMER10": Coupon(rule_id=1, code="SOMMER10", name="10%", percent=Decimal(10)),
    "FAST50": Coupon(rule_id=2, code="FAST50", name="50 kr.", amount=Decimal(50)),
}
TOTALS = {
    "subtotal": "subtotal",
    "subtotal_incl_tax": "subtotal_incl",
    "shipping_amount": "shipping",
    "shipping_incl_tax": "shipping_incl",
    "shipping_tax_amount": "shipping_tax",
    "shipping_discount_amount": "shipping_discount",
    "tax_amount": "tax",
    "discount_amount": "discount",
    "discount_tax_compensation_amount": "compensation",
    "grand_total": "grand",
}
ROW = {
    "price": "price",
    "price_incl_tax": "price_incl",
    "row_total": "row",
    "row_total_incl_tax": "row_incl",
    "tax_amount": "tax",
    "discount_amount": "discount",
    "discount_tax_compensation_amount": "compensation",
}


@pytest.fixture(scope="module")
def real(mariadb: PrivateMariaDB, database: str, shared: Path) -> Iterator[Tables]:
    """The fixture's tables with the rows of a real shop in them."""
    with mariadb.connect(database) as connection:
        tables = Tables(connection)
        tables.execute("SET foreign_key_checks = 0")
        sample = (shared / "magento2_sample_rows.sql").read_text(encoding="utf-8")
        names = set(re.findall(r"^INSERT INTO `(\w+)`", sample, re.MULTILINE))
        script = "SET foreign_key_checks = 0;\n" + "".join(f"DELETE FROM `{name}`;\n" for name in names) + sample
        login = ["mariadb", "--no-defaults", "-uroot", "-h127.0.0.1", f"-P{mariadb.port}", database]
        subprocess.run(login, input=script.encode(), check=True, capture_output=True)
        yield tables


def _counted(items: Sequence[Record]) -> list[Record]:
    parents = {item["item_id"]: item for item in items}

    def counts(item: Record) -> bool:
        parent = parents.get(item.get("parent_item_id"))
        return bool(item["product_type"] != "bundle" if parent is None else parent["product_type"] == "bundle")

    return [item for item in items if counts(item)]


def _check(order: Record, items: Sequence[Record]) -> None:
    lines = tuple(
        CartItem(
            Article(id=1, sku=str(item["sku"]), name="", price=Decimal(item["base_original_price"])),
            Decimal(item["qty_ordered"]),
        )
        for item in items
    )
    delivery = Delivery(code="x", carrier="", title="", price=Decimal(order["base_shipping_incl_tax"]))
    coupon = COUPONS.get(str(order.get("coupon_code")))
    priced = PricedCart(Cart(items=lines, coupon=coupon, delivery=delivery), str(order["order_currency_code"]))
    assert priced.rate == Decimal(order["base_to_order_rate"])
    for base, totals in (("", priced.totals), ("base_", priced.base_totals)):
        found = {column: Decimal(order.get(f"{base}{column}") or 0) for column in TOTALS}
        assert found == {column: getattr(totals, name) for column, name in TOTALS.items()}
        for item, line in zip(items, priced.lines, strict=True):
            amounts = line.base if base else line.order
            real = {column: Decimal(item.get(f"{base}{column}") or 0) for column in ROW}
            assert real == {column: getattr(amounts, name) for column, name in ROW.items()}, item["sku"]


def test_orders_of_the_sample_rows(real: Tables) -> None:
    # an edited order keeps the row totals of the one it replaces, whatever its quantity
    orders = [order for order in real.rows("sales_order", order="entity_id") if not order["edit_increment"]]
    assert len(orders) == 15
    for order in orders:
        _check(order, _counted(real.rows("sales_order_item", order_id=order["entity_id"], order="item_id")))


_FIELD = re.compile(r"(\w+)=('(?:[^'\\]|\\.)*?(?:'|…)|[^\s']\S*)")


def _recorded(trace: Path, table: str) -> Iterator[Record]:
    for line in trace.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"  INSERT {table} "):
            yield {name: value.strip("'") for name, value in _FIELD.findall(line)}


def test_orders_of_the_recordings(shared: Path) -> None:
    seen = 0
    for trace in sorted((shared / "recordings" / "magento2" / "traces").glob("*-order-*.txt")):
        for order in _recorded(trace, "sales_order"):
            if not Decimal(order["base_shipping_incl_tax"]):
                continue  # a virtual order: no shipping to compare
            items = [item for item in _recorded(trace, "sales_order_item") if item["order_id"] == order["entity_id"]]
            _check(order, _counted(items))
            seen += 1
    assert seen >= 5


def _documents(tables: Tables, table: str, taken: Taken, whole: Taken | None) -> int:
    """Split the order's rows as each document did, earlier documents counted; returns how many rows were compared."""
    compared = 0
    state: dict[int, dict[str, Any]] = {}
    for item in tables.rows("sales_order_item", order="item_id"):
        fresh = dict(item) | {"qty_canceled": ZERO}
        for column in (taken.row, taken.discount, taken.tax, taken.compensation):
            fresh |= {column: ZERO, f"base_{column}": ZERO}
        state[item["item_id"]] = fresh | {taken.quantity: ZERO}
    for document in tables.rows(table, order="entity_id"):
        rows = tables.rows(f"{table}_item", parent_id=document["entity_id"], order="entity_id")
        priced = [(state[row["order_item_id"]], Decimal(row["qty"]), row["row_total"] is not None) for row in rows]
        for row, part in zip(rows, split(priced, taken, whole), strict=True):
            item = state[row["order_item_id"]]
            item[taken.quantity] += part.quantity
            for base in ("", "base_"):
                for column, name in (
                    ("row_total", taken.row),
                    ("tax_amount", taken.tax),
                    ("discount_amount", taken.discount),
                    ("discount_tax_compensation_amount", taken.compensation),
                ):
                    amount = part.amount(f"{base}{column}")
                    assert amount == (row[f"{base}{column}"] or ZERO), (document["increment_id"], row["sku"], column)
                    item[f"{base}{name}"] += amount
                    compared += 1
    return compared


def test_invoices_and_credit_memos_of_the_sample_rows(real: Tables) -> None:
    assert _documents(real, "sales_invoice", INVOICED, None) > 50
    assert _documents(real, "sales_creditmemo", REFUNDED, INVOICED) > 30
