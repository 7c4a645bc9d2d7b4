"""A Magento 1 shop's orders, customers and products, loaded by their own names into the models of all shops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal

import pytest

from cdc.errors import SchemaMissing, WrongPrefix
from cdc.shop import Shop
from sync.demo.mariadb import PrivateMariaDB
from sync.demo.tables import Tables
from tests import magento1
from tests.magento1_sales import ONE, Desk, Sale, Sold, serialized
from tests.world import a_schema

D = Decimal
ZERO = D(0)
PREFIX = "m1_"


@dataclass
class World:
    """A shop with a prefix."""

    url: str
    tables: Tables
    desk: Desk
    shop: Shop

    def sale(self, rate: D = ONE, **columns: str | int) -> Sale:
        """An order of something plain, something configurable and a bundle."""
        rows = (
            Sold(self.desk.shop.product("KOP", "9"), "KOP", D(2), D(125) * rate),
            Sold(self.desk.shop.product("TRØJE", kind="configurable"), "TRØJE-RØD", D(1), D(250) * rate),
            Sold(self.desk.shop.product("BOG", "9"), "BOG", D(1), D(50) * rate),
        )
        sale = self.desk.place(*rows, shipping=D(49) * rate, rate=rate, **columns)
        _, shirt, book = sale.rows
        self.desk.configurable(sale, shirt, self.desk.shop.product("TRØJE-RØD", "3", parent=rows[1].product_id))
        self.desk.bundle(sale, self.desk.shop.product("ÆSKE", kind="bundle"), "ÆSKE", book)
        return sale


@pytest.fixture(scope="module")
def world(mariadb: PrivateMariaDB) -> Iterator[World]:
    with a_schema(mariadb) as schema:
        magento1.install(mariadb, schema, PREFIX)
        with closing(mariadb.connect(schema)) as connection, closing(Shop(mariadb.url(schema), PREFIX)) as shop:
            tables = Tables(connection, PREFIX)
            yield World(mariadb.url(schema), tables, Desk(tables), shop)


def test_an_order_with_its_documents_is_whole_and_to_the_oere(world: World) -> None:
    sale = world.sale()
    world.desk.finish(sale)
    refunded = world.desk.refund(sale, sale.rows[0], D(1))
    order = world.shop.order(sale.id)
    assert order is not None
    assert (order.increment_id, order.state, order.store.code) == (sale.increment_id, "complete", "base")
    assert order.totals.grand_total == D("544.0000")
    assert (order.totals.tax, order.totals.discount_tax_compensation) == (D("108.8000"), D("11.0000"))
    assert order.base_totals is not None
    assert (order.totals.residue, order.base_totals.residue) == (ZERO, ZERO)
    kinds = [(line.sku, line.role, line.carries_money, line.net) for line in order.lines]
    assert sorted(kinds) == [
        ("BOG", "bundle_child", True, D("36.0000")),
        ("KOP", "plain", True, D("180.0000")),
        ("TRØJE-RØD", "configurable", True, D("180.0000")),
        ("TRØJE-RØD", "configurable_child", False, D("0.0000")),
        ("ÆSKE", "bundle_dynamic", False, D("40.0000")),
    ]
    shirt = next(line for line in order.lines if line.role == "configurable")
    assert shirt.options["attributes_info"] == [{"label": "Farve", "value": "Rød"}]
    assert order.billing is not None
    assert order.billing.street == ("Ågade 5", "st. th.")
    (invoice,), (memo,), (shipment,) = order.invoices, order.credit_memos, order.shipments
    assert (invoice.state, invoice.totals.grand_total, invoice.totals.residue) == ("paid", D("544.0000"), ZERO)
    assert (memo.totals.grand_total, memo.totals.discount_tax_compensation) == (D("112.5000"), D("2.5000"))
    assert memo.totals.grand_total == refunded
    assert (memo.totals.residue, memo.lines[0].discount_tax_compensation) == (ZERO, D("2.5000"))
    assert len(shipment.lines) == len(invoice.lines) == 3
    assert [(one.kind, one.amount) for one in order.captures] == [("capture", D("544.0000"))]
    assert [change.status for change in order.history] == ["pending", "complete", "complete"]


def test_a_foreign_currency_has_its_base_amounts(world: World) -> None:
    sale = world.sale(D("1.5"), order_currency_code="SEK", store_id=2)
    order = world.shop.order(sale.id)
    assert order is not None
    assert (order.currency, order.base_currency, order.store.website_code) == ("SEK", "DKK", "se")
    assert order.base_totals is not None
    assert (order.totals.grand_total, order.base_totals.grand_total) == (D("816.0000"), D("544.0000"))
    assert (order.totals.residue, order.base_totals.residue) == (ZERO, ZERO)
    assert order.base_totals.discount_tax_compensation == D("11.0000")


def test_a_gateways_money_comes_with_its_time_and_what_it_paid_back(world: World) -> None:
    sale = world.sale()
    world.desk.finish(sale)
    world.desk.refund(sale, sale.rows[0], D(1))
    for table, txn in (("sales_flat_invoice", "T1"), ("sales_flat_creditmemo", "T2")):
        world.tables.update(table, {"transaction_id": txn}, order_id=sale.id)
    for txn, kind, at in (("T1", "capture", "2026-12-02 08:00:00"), ("T2", "refund", "2026-12-03 08:00:00")):
        world.tables.insert(
            "sales_payment_transaction", {"order_id": sale.id, "txn_id": txn, "txn_type": kind, "created_at": at}
        )
    order = world.shop.order(sale.id)
    assert order is not None
    assert [(one.kind, one.amount, one.at.day) for one in order.captures] == [
        ("capture", D("544.0000"), 2),
        ("refund", D("112.5000"), 3),
    ]


def test_an_account_and_its_addresses_are_put_together_of_their_values(world: World) -> None:
    desk = world.desk
    option = world.tables.insert(
        "eav_attribute_option",
        {"attribute_id": world.tables.row("eav_attribute", attribute_code="branche")["attribute_id"]},
    )
    world.tables.insert("eav_attribute_option_value", {"option_id": option, "store_id": 0, "value": "Bagerier"})
    customer_id = desk.customer(
        "bager@example.com",
        firstname="Søren",
        lastname="Bager",
        taxvat="DK12345678",
        ean_nummer="5790000000001",
        branche=option,
        gender=1,
        password_hash="s3cr3t",
    )
    address_id = desk.address(
        customer_id,
        company="Bageriet ApS",
        street="Torvet 1\n2. sal",
        city="Ribe",
        postcode="6760",
        country_id="DK",
        vat_id="12345678",
        vat_is_valid=1,
    )
    customer = world.shop.customer(customer_id)
    assert customer is not None
    assert (customer.firstname, customer.lastname, customer.taxvat) == ("Søren", "Bager", "DK12345678")
    assert (customer.group.code, customer.website_id, customer.default_billing_id) == ("Erhverv", 1, address_id)
    assert customer.attributes == {"ean_nummer": "5790000000001", "branche": "Bagerier"}
    assert "s3cr3t" not in repr(customer)
    (address,) = customer.addresses
    assert (address.street, address.city, address.country) == (("Torvet 1", "2. sal"), "Ribe", "DK")
    assert (address.company, address.vat_id, address.vat_is_valid) == ("Bageriet ApS", "12345678", True)
    assert world.shop.find_customer("BAGER@example.com") == customer_id
    world.tables.execute("DELETE FROM m1_customer_entity_varchar WHERE entity_id = %s", (customer_id,))
    bare = world.shop.customer(customer_id)
    assert bare is not None
    assert (bare.firstname, bare.taxvat) == ("", "")


def test_a_product_and_what_names_there_are(world: World) -> None:
    product_id = world.desk.shop.product("GLAS", "7")
    world.desk.values("catalog_product", product_id, 0, name="Glas", price=D("99.9500"), status=1, tax_class_id=2)
    world.desk.values("catalog_product", product_id, 2, name="Glas på svenska")
    world.tables.insert("catalog_product_website", {"product_id": product_id, "website_id": 1})
    product = world.shop.product(product_id)
    assert product is not None
    assert (product.attributes["name"], product.attributes["price"]) == ("Glas", D("99.9500"))
    assert product.store_attributes == {2: {"name": "Glas på svenska"}}
    assert (product.tax_class, product.websites, product.currency) == ("Taxable Goods", ("base",), "DKK")
    assert product.stock is not None
    assert (product.stock.qty, product.stock.manage_stock, len(product.stock.sources)) == (D(7), True, 0)
    names = world.shop.names()
    assert names.attributes["customer"] == {"ean_nummer", "branche"}
    assert names.attributes["customer_address"] == {"fax"}
    assert names.groups == ("NOT LOGGED IN", "General", "Erhverv")
    assert "fee" not in names.all_columns["sales_order"]


def test_orders_are_found_and_what_changed_too(world: World) -> None:
    sale = world.sale()
    assert world.shop.find_order(sale.increment_id) == sale.id
    assert world.shop.latest_increments()["base"] == sale.increment_id
    assert {store.code for store in world.shop.stores()} == {"base", "se"}
    assert world.shop.order(10**6) is None


@pytest.mark.parametrize(
    "options",
    ['O:8:"stdClass":0:{}', 'a:1:{s:20:"product_calculations";i:0;', None, serialized({"product_calculations": 0})],
)
def test_options_that_cannot_be_read_cost_the_order_nothing(world: World, options: str | None) -> None:
    sale = world.sale()
    world.tables.execute(
        "UPDATE m1_sales_flat_order_item SET product_options = %s WHERE order_id = %s", (options, sale.id)
    )
    order = world.shop.order(sale.id)
    assert order is not None
    assert order.totals.residue == 0
    assert sum(line.net for line in order.lines if line.carries_money) == D("396.0000")


def test_a_table_or_column_that_is_missing_goes_by_its_own_name(mariadb: PrivateMariaDB, schema: str) -> None:
    magento1.install(mariadb, schema, "m1_")
    with closing(mariadb.connect(schema)) as connection:
        tables = Tables(connection, "m1_")
        with closing(Shop(mariadb.url(schema))) as shop, pytest.raises(WrongPrefix) as caught:
            _ = shop.layout
        assert "MAGENTO_TABLE_PREFIX=m1_" in caught.value.hint
        tables.execute("ALTER TABLE m1_sales_flat_order DROP base_currency_code")
        with closing(Shop(mariadb.url(schema), "m1_")) as shop:
            with pytest.raises(SchemaMissing, match=r"column m1_sales_flat_order\.base_currency_code is missing"):
                shop.order(1)
            tables.execute("ALTER TABLE m1_sales_flat_order ADD base_currency_code VARCHAR(3)")
            tables.execute("DROP TABLE m1_sales_flat_shipment_item")
            with pytest.raises(SchemaMissing, match="table m1_sales_flat_shipment_item is missing"):
                shop.order(1)


def test_an_older_shop_with_fewer_columns_is_read_all_the_same(mariadb: PrivateMariaDB, schema: str) -> None:
    """1.4 and 1.5 have no hidden VAT on credit memos' rows, no coupon rule names and other names of stock columns."""
    magento1.install(mariadb, schema, auto="stock_status_changed_automatically")
    with closing(mariadb.connect(schema)) as connection:
        tables = Tables(connection)
        for table, columns in (
            ("sales_flat_order", ("coupon_rule_name", "shipping_hidden_tax_amount", "base_shipping_hidden_tax_amnt")),
            ("sales_flat_creditmemo", ("transaction_id", "shipping_hidden_tax_amount")),
            ("sales_flat_order_address", ("vat_id", "vat_is_valid")),
        ):
            tables.execute(f"ALTER TABLE {table} " + ", ".join(f"DROP {column}" for column in columns))
        tables.execute("DROP TABLE sales_payment_transaction, customer_entity_text, sales_order_status")
        # left over by an upgrade from 1.3, whose orders were attributes
        tables.execute("CREATE TABLE sales_order (entity_id INT PRIMARY KEY, is_active INT)")
        product = magento1.Magento1(tables).product("KOP", "2")
        order_id = magento1.Magento1(tables).order((product, "1"), grand_total=D(0))
        with closing(Shop(mariadb.url(schema))) as shop:
            assert shop.layout.edition == "magento1"
            order = shop.order(order_id)
            assert order is not None
            assert (order.lines[0].sku, order.currency) == (f"S{product}", "")
