"""Magento 2.3.7 to 2.4.8: the tables' differences, one step back after the other, change nothing of what is loaded."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from cdc.models import Customer, Order, Product
from cdc.models_stock import StockProduct
from sync.demo.tables import Row
from tests.integration.cdc.load_world import World
from tests.integration.cdc.stock_shop import VIEWS, StockShop, write

MAILED = ("sales_order", "sales_invoice", "sales_shipment", "sales_creditmemo")
LINES = ("sales_order_item", "sales_invoice_item", "sales_creditmemo_item")

# facts: the declared schemas of Magento 2.3.7, 2.4.0, 2.4.4, 2.4.6, 2.4.7 and 2.4.8, from the newest back
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("2.4.8 or later", ()),
    ("2.4.7", tuple(f"ALTER TABLE {one} MODIFY email_sent SMALLINT UNSIGNED" for one in MAILED)),
    (
        "2.4.6",
        tuple(
            f"ALTER TABLE {one} MODIFY price DECIMAL(12,4) DEFAULT 0, MODIFY base_price DECIMAL(12,4) DEFAULT 0"
            for one in LINES
        ),
    ),
    (
        "2.4.4 or 2.4.5",
        (
            "ALTER TABLE sales_order MODIFY increment_id VARCHAR(32), MODIFY original_increment_id VARCHAR(32)",
            "ALTER TABLE sales_order_item MODIFY product_options TEXT",
        ),
    ),
    (
        "2.4.3 or earlier",
        (
            "ALTER TABLE sales_order MODIFY x_forwarded_for VARCHAR(32)",
            "ALTER TABLE catalog_product_entity MODIFY sku VARCHAR(64)",
            "ALTER TABLE catalog_product_entity_text MODIFY value TEXT",
            "ALTER TABLE customer_entity DROP session_cutoff",
            # older shops keep utf8mb3 in the tables that they began with
            *(
                f"ALTER TABLE {one} CONVERT TO CHARACTER SET utf8mb3"
                for one in ("sales_order", "sales_order_item", "catalog_product_entity_varchar", "customer_entity")
            ),
        ),
    ),
)


def test_each_version_loads_and_is_written_alike(own_world: World) -> None:
    world = own_world
    order_id, customer_id = _fill(world)
    with ExitStack() as stack:
        shop = StockShop(world.server, world.schema, world.tables, stack)
        shop.schedule(*VIEWS)
        first: tuple[Any, ...] | None = None
        for number, (version, statements) in enumerate(STEPS):
            for statement in statements:
                world.execute(statement)
            world.shop.forget()
            assert f"tables as of {version}, " in world.shop.described()
            found = _comparable(world.shop.order(order_id), world.shop.customer(customer_id), world.shop.product(1))
            first = first or found
            assert found == first, version
            product = StockProduct(id=1, sku="007", type="simple")
            assert write(shop.stock(source="default"), product, 20 + number).after == 20 + number


def test_marks_of_several_versions_tell_none(own_world: World) -> None:
    world = own_world
    world.execute("ALTER TABLE sales_order MODIFY increment_id VARCHAR(32)")
    assert world.shop.described() == f"Magento 2 with MSI, no table prefix, database {world.schema}"
    # an open order of a product with stock, for which nothing is reserved
    world.item(world.order(state="processing"))
    assert world.shop.described().startswith("Magento 2 with MSI, whose modules look switched off, no table prefix")
    world.execute("DROP TABLE inventory_source_item")
    world.shop.forget()
    assert world.shop.described().startswith("Magento 2 without MSI, no table prefix")


def test_modules_columns_and_tables_that_are_not_everywhere(own_world: World) -> None:
    world = own_world
    order_id, customer_id = _fill(world)
    before = world.shop.order(order_id)
    assert before is not None
    assert "order" not in before.attributes
    world.execute(
        "ALTER TABLE sales_order ADD `order` VARCHAR(20) DEFAULT 'a' FIRST, ADD `ean nummer` VARCHAR(13) DEFAULT '57',"
        " ADD `50%` DECIMAL(9,2) DEFAULT 1.50, ADD `a``b` INT DEFAULT 7, ADD flags BIT(3) DEFAULT b'101',"
        " ADD spot POINT NULL, ADD raw BLOB NULL, ADD kind ENUM('x','y') DEFAULT 'y', ADD seen YEAR DEFAULT 2026,"
        " ADD api_token VARCHAR(20) DEFAULT 'hemmelig', MODIFY state VARCHAR(32) AFTER entity_id"
    )
    for kind in ("datetime", "decimal", "int", "text", "varchar"):
        world.execute(f"DROP TABLE customer_entity_{kind}, customer_address_entity_{kind}")
    world.execute("SET foreign_key_checks = 0")
    world.execute("DROP TABLE sales_payment_transaction, sales_order_status")
    world.shop.forget()
    order = world.shop.order(order_id)
    assert order is not None
    more = {k: v for k, v in order.attributes.items() if k not in before.attributes}
    assert more == {"order": "a", "ean nummer": "57", "50%": Decimal("1.50"), "a`b": 7, "kind": "y", "seen": 2026}
    assert replace(order, attributes={}) == replace(before, attributes={})
    assert world.shop.customer(customer_id) is not None
    assert "processing" in world.shop.names().statuses


def _fill(world: World) -> tuple[int, int]:
    """An order with everything that hangs on one, of a customer with an address."""
    at = "2026-11-01 10:00:00"
    customer = world.tables.insert(
        "customer_entity",
        {"email": "b@example.dk", "website_id": 1, "group_id": 2, "store_id": 1, "firstname": "Bo", "lastname": "Å",
         "created_at": at, "updated_at": at, "taxvat": "DK12345678"},
    )  # fmt: skip
    address = world.tables.insert(
        "customer_address_entity",
        {"parent_id": customer, "firstname": "Bo", "lastname": "Å", "street": "Gade 1", "city": "Ribe",
         "postcode": "6760", "country_id": "DK", "telephone": "1"},
    )  # fmt: skip
    world.execute("UPDATE customer_entity SET default_billing = %s", address)
    order = world.order(customer_id=customer, updated_at=at)
    world.execute("UPDATE sales_order SET email_sent = 1, x_forwarded_for = '10.0.0.1'")
    item = world.item(order, product_options='{"info_buyRequest": {"qty": 1}}')
    world.address(order)
    world.tables.insert("sales_order_payment", {"parent_id": order, "method": "checkmo", "amount_ordered": 149})
    for table, number in (("sales_invoice", "I1"), ("sales_creditmemo", "C1")):
        row: Row = {
            "order_id": order, "store_id": 1, "increment_id": number, "state": 2, "created_at": at,
            "grand_total": 100, "subtotal": 80, "tax_amount": 20,
        }  # fmt: skip
        made = world.tables.insert(table, row)
        world.tables.insert(
            f"{table}_item",
            {"parent_id": made, "order_item_id": item, "qty": 1, "row_total": 80, "tax_amount": 20, "price": 80},
        )
    return order, customer


def _comparable(order: Order | None, customer: Customer | None, product: Product | None) -> tuple[Any, ...]:
    assert order is not None
    assert customer is not None
    assert product is not None
    assert (len(order.lines), len(order.invoices), len(order.credit_memos)) == (1, 1, 1)
    never = datetime(2000, 1, 1, tzinfo=UTC)  # MODIFY and our own write move them
    return (
        replace(order, updated_at=never),
        replace(customer, updated_at=never),
        replace(product, updated_at=never, stock=None),
    )
