"""The simulated shop commits what a real one commits, in the same order."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU, COUPONS
from sync.demo.people import Person, random_person
from sync.demo.shop import SimulatedShop

Transaction = list[tuple[str, str]]
Since = Callable[[], list[Transaction]]

GUEST = Person(
    email="gaest@example.com", firstname="Ida", lastname="Kjær", street=("Brogade 1",), postcode="6760", city="Ribe"
)
CART = Cart(
    items=(CartItem(BY_SKU["007"], Decimal(2)), CartItem(BY_SKU["AB 12/34"], Decimal(10))), coupon=COUPONS["SOMMER10"]
)
_OPERATION = re.compile(r"^  (INSERT|UPDATE|DELETE) (\w+)")
_IGNORED = {"admin_user", "quote_address", "quote_item_option", "catalog_product_index_website"}


def _recorded(trace: Path) -> list[Transaction]:
    """A recording's transactions; number series are named after the store, as here."""
    found: list[Transaction] = []
    for line in trace.read_text(encoding="utf-8").splitlines():
        if line.startswith("=== TX"):
            found.append([])
        elif match := _OPERATION.match(line):
            found[-1].append((match[1].lower(), match[2]))
    return found


def _shape(transactions: list[Transaction]) -> list[Transaction]:
    """Without tables that have nothing to say, rows of one statement as one, nothing before the coupon's queue."""
    shaped: list[Transaction] = []
    for transaction in transactions:
        kept: Transaction = []
        for operation in transaction:
            if operation[1] not in _IGNORED and (operation[1] != "inventory_reservation" or operation not in kept):
                kept.append(operation)
        if kept:
            shaped.append(kept)
    return shaped


def _from_coupon(transactions: list[Transaction]) -> list[Transaction]:
    start = next(i for i, transaction in enumerate(transactions) if ("insert", "magento_bulk") in transaction)
    return transactions[start:]


def test_placing_an_order(shop: SimulatedShop, transactions: Since, shared: Path) -> None:
    transactions()
    shop.place_order(CART, GUEST)
    recorded = _recorded(shared / "recordings/magento2/traces/05-order-guest-coupon.txt")
    assert _from_coupon(_shape(transactions())) == _from_coupon(_shape(recorded))


def test_invoicing_shipping_and_refunding(shop: SimulatedShop, transactions: Since, shared: Path) -> None:
    order = shop.place_order(CART, GUEST)
    steps: list[tuple[str, Callable[[], object]]] = [
        ("12-invoice-full", lambda: shop.invoice(order)),
        ("13-ship-full", lambda: shop.ship(order, track="GLS1")),
        ("14-refund-partial-restock", lambda: shop.credit_memo(order, {"007": 1}, shipping=False)),
        ("15-refund-rest-closed", lambda: shop.credit_memo(order)),
    ]
    for name, step in steps:
        transactions()
        step()
        recorded = _recorded(shared / f"recordings/magento2/traces/{name}.txt")
        assert _shape(transactions()) == _shape(recorded), name


def test_cancelling_holding_commenting_and_editing(shop: SimulatedShop, transactions: Since, shared: Path) -> None:
    order = shop.place_order(Cart(items=(CartItem(BY_SKU["007"], Decimal(2)),)), GUEST)
    traces = shared / "recordings/magento2/traces"
    transactions()
    shop.hold(order)
    shop.unhold(order)
    assert _shape(transactions()) == _shape(_recorded(traces / "20-hold-unhold.txt"))
    shop.edit_address(order, city="Odense C")
    assert _shape(transactions())[0] == _shape(_recorded(traces / "22-order-address-edit.txt"))[0]
    shop.cancel(order)
    assert _shape(transactions()) == _shape(_recorded(traces / "19-cancel.txt"))


def test_invoice_and_shipment_together_show_no_processing(shop: SimulatedShop, transactions: Since) -> None:
    order = shop.place_order(CART, GUEST)
    transactions()
    shop.invoice_and_ship(order)
    (only,) = transactions()
    assert only.count(("update", "sales_order")) == 1
    assert shop.tables.row("sales_order", entity_id=order.entity_id)["state"] == "complete"


def test_the_reservation_comes_before_the_order_and_does_not_know_it(shop: SimulatedShop) -> None:
    order = shop.place_order(CART, GUEST)
    every = shop.tables.rows("inventory_reservation", order="reservation_id")
    rows = [row for row in every if f'"{order.increment_id}"' in row["metadata"]]
    assert [(row["sku"], row["quantity"]) for row in rows] == [("007", -2), ("AB 12/34", -10)]
    assert all('"object_id":""' in row["metadata"] for row in rows)


def test_a_failed_order_leaves_a_gap_and_gives_the_stock_back(shop: SimulatedShop) -> None:
    before = sum(row["quantity"] for row in shop.tables.rows("inventory_reservation", sku="007"))
    lost = shop.fail_order(CART, GUEST)
    assert shop.place_order(CART, GUEST).increment_id == f"{int(lost) + 1:09d}"
    rows = shop.tables.rows("inventory_reservation", sku="007")
    assert sum(row["quantity"] for row in rows) == before - 2


def test_a_changed_email_is_rewritten_on_the_orders(shop: SimulatedShop, transactions: Since) -> None:
    account = shop.register_customer(
        random_person(random.Random(4)), group_id=4, attributes={"ean_nummer": "5790000000005", "kundetype": 5}
    )
    orders = [shop.place_order(CART, account) for _ in range(2)]
    transactions()
    shop.change_email(account, "ny@example.com")
    assert transactions()[0].count(("update", "sales_order")) == 2
    for order in orders:
        assert shop.tables.row("sales_order", entity_id=order.entity_id)["customer_email"] == "ny@example.com"
