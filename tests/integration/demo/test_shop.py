"""Orders through their lives, whatever the shop is installed with."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

import pytest

from sync.demo import fixture
from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import BY_SKU
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.people import random_cart, random_person
from sync.demo.shop import PlacedOrder, SimulatedShop

D = Decimal
_IDENTITY = """
SELECT COUNT(*) FROM {table} WHERE {b}grand_total <> {b}subtotal + COALESCE({b}shipping_amount, 0) + {b}tax_amount
  + {b}discount_amount + COALESCE({b}discount_tax_compensation_amount, 0)
  + COALESCE({b}shipping_discount_tax_compensation_{am}, 0) {adjustments}
"""


@pytest.fixture(params=[("", True), ("", False), ("mg_", True)], ids=["msi", "without-msi", "prefix"])
def any_shop(request: pytest.FixtureRequest, mariadb: PrivateMariaDB, schema: str) -> Iterator[SimulatedShop]:
    prefix, msi = request.param
    fixture.install(mariadb, schema, prefix, msi)
    with SimulatedShop(mariadb, schema, prefix, msi) as cashier:
        yield cashier


def _scalar(shop: SimulatedShop, sql: str) -> object:
    with shop.connection.cursor() as cursor:
        cursor.execute(sql)
        (value,) = cursor.fetchone() or (None,)
    return value


def _state(shop: SimulatedShop, order: PlacedOrder) -> str:
    return str(shop.tables.row("sales_order", entity_id=order.entity_id)["state"])


def _live(shop: SimulatedShop, order: PlacedOrder, rng: random.Random) -> None:
    """One thing that may happen to an order; what is not possible any more does not happen."""
    first = shop.tables.rows("sales_order_item", order_id=order.entity_id, order="item_id")[0]
    some = {first["sku"]: first["qty_ordered"] if first["is_qty_decimal"] else 1}
    actions: list[Callable[[], object]] = [
        lambda: shop.invoice(order),
        lambda: shop.invoice(order, some),
        lambda: shop.ship(order),
        lambda: shop.ship(order, some),
        lambda: shop.invoice_and_ship(order),
        lambda: shop.credit_memo(order, adjustment_negative=D("5.00")),
        lambda: shop.credit_memo(order, some, restock=False),
        lambda: shop.cancel(order),
        lambda: shop.hold(order),
        lambda: shop.unhold(order),
        lambda: shop.comment(order, "Ringet op"),
        lambda: shop.edit_address(order, "billing", city="Ry"),
    ]
    with contextlib.suppress(ValueError):
        rng.choice(actions)()


def test_totals_add_up_on_every_document_of_every_life(any_shop: SimulatedShop) -> None:
    shop, rng = any_shop, random.Random(11)
    for number in range(40):
        buyer = random_person(rng, business=number % 4 == 0)
        currency = rng.choice([None, None, "EUR"])
        store = rng.choice(["default", "en", "se_sv"])
        order = shop.place_order(random_cart(rng), buyer, store=store, currency=currency)
        for _ in range(6):
            _live(shop, order, rng)
    shop.noise(20, rng)
    for table in ("sales_order", "sales_invoice", "sales_creditmemo"):
        assert shop.tables.rows(table)
        for base, suffix in (("", "amount"), ("base_", "amnt")):
            memo = table == "sales_creditmemo"
            adjustments = f"+ {base}adjustment_positive - {base}adjustment_negative" if memo else ""
            sql = _IDENTITY.format(table=shop.tables.name(table), b=base, am=suffix, adjustments=adjustments)
            assert _scalar(shop, sql) == 0, (table, base)
    invoiced = f"(SELECT SUM(i.grand_total) FROM {shop.tables.name('sales_invoice')} i WHERE i.order_id = o.entity_id)"
    orders = shop.tables.name("sales_order")
    assert _scalar(shop, f"SELECT COUNT(*) FROM {orders} o WHERE {invoiced} <> o.total_invoiced") == 0


def test_the_states_of_an_order(any_shop: SimulatedShop) -> None:
    shop, rng = any_shop, random.Random(5)
    cart = Cart(items=(CartItem(BY_SKU["007"], D(3)), CartItem(BY_SKU["GAVEÆSKE"])))
    order = shop.place_order(cart, random_person(rng))
    assert _state(shop, order) == "new"
    shop.invoice(order, {"007": 2})
    assert _state(shop, order) == "processing"
    shop.ship(order, {"007": 2})
    shop.cancel(order)
    assert _state(shop, order) == "complete"
    row = shop.tables.row("sales_order", entity_id=order.entity_id)
    assert row["total_invoiced"] + row["total_canceled"] == row["grand_total"]
    shop.credit_memo(order)
    assert _state(shop, order) == "closed"
    with pytest.raises(ValueError, match="nothing left to refund"):
        shop.credit_memo(order)
    with pytest.raises(LookupError):
        shop.invoice(order.entity_id + 1)


def test_stock_comes_back_to_where_it_was(any_shop: SimulatedShop) -> None:
    shop, rng = any_shop, random.Random(5)
    cart = Cart(items=(CartItem(BY_SKU["TSHIRT"], D(2), "TSHIRT-M"), CartItem(BY_SKU["KONTORPAKKE"], D(2))))
    for end in ("cancel", "refund"):
        order = shop.place_order(cart, random_person(rng))
        if end == "cancel":
            shop.cancel(order)
        else:
            shop.invoice_and_ship(order)
            shop.credit_memo(order)
    for sku in ("TSHIRT-M", "00042", "007"):
        assert shop.tables.row("cataloginventory_stock_item", product_id=BY_SKU[sku].id)["qty"] == BY_SKU[sku].stock
        if shop.stockroom.msi:
            assert sum(row["quantity"] for row in shop.tables.rows("inventory_reservation", sku=sku)) == 0
            assert shop.tables.row("inventory_source_item", sku=sku)["quantity"] == BY_SKU[sku].stock


def test_increment_ids_by_store_and_an_old_order(mariadb: PrivateMariaDB, schema: str) -> None:
    fixture.install(mariadb, schema)
    with SimulatedShop(mariadb, schema) as shop:
        _increment_ids(shop)


def _increment_ids(shop: SimulatedShop) -> None:
    rng = random.Random(1)
    person, cart = random_person(rng), Cart(items=(CartItem(BY_SKU["007"]),))
    assert shop.place_order(cart, person).increment_id == "000000001"
    assert shop.place_order(cart, person, store="en").increment_id == "2000000001"
    swedish = shop.place_order(cart, person, store="se_sv", coupon="SOMMER10", shipping="tablerate_bestway")
    assert (swedish.increment_id, swedish.currency) == ("3000000001", "SEK")
    old = shop.place_order(cart, person, created_at=datetime(2024, 12, 31, 23, 30))  # noqa: DTZ001 -- UTC as stored
    assert str(shop.tables.row("sales_order", entity_id=old.entity_id)["created_at"]) == "2024-12-31 23:30:00"
    captured = shop.place_order(cart, person, captured=True)
    assert _state(shop, captured) == "processing"
    shop.mass_update([old, swedish])
    shop.mass_update(status="pakkes")
    assert {row["status"] for row in shop.tables.rows("sales_order")} == {"pakkes"}


def test_three_hundred_orders_from_four_threads(mariadb: PrivateMariaDB, database: str) -> None:
    placed: list[PlacedOrder] = []

    def work(seed: int) -> None:
        rng = random.Random(seed)
        with SimulatedShop(mariadb, database) as cashier:
            placed.extend(cashier.place_order(random_cart(rng), random_person(rng)) for _ in range(75))

    started = time.monotonic()
    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started < 20
    assert len({order.increment_id for order in placed}) == len({order.entity_id for order in placed}) == 300
    assert all(started < order.committed_at_monotonic < time.monotonic() for order in placed)


def test_a_product_is_edited_for_one_store_view(shop: SimulatedShop) -> None:
    shop.edit_product("007", price=D("52.00"))
    shop.edit_product("007", store="en", name="Mug")
    names = shop.tables.rows("catalog_product_entity_varchar", entity_id=1, attribute_id=73, order="store_id")
    assert [row["value"] for row in names] == ["Kaffekrus, hvid", "Mug"]
    with pytest.raises(LookupError):
        shop.edit_product("findes ikke", price=D(1))


def test_deleting_a_customer_leaves_the_orders(shop: SimulatedShop) -> None:
    account = shop.register_customer(random_person(random.Random(2)), attributes={"interesser": "7,8"})
    order = shop.place_order(Cart(items=(CartItem(BY_SKU["007"]),)), account)
    shop.delete_customer(account)
    assert shop.tables.row("sales_order", entity_id=order.entity_id)["customer_id"] is None
    assert not shop.tables.rows("customer_address_entity", parent_id=account.id)
