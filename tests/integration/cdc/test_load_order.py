from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cdc.rows import EPOCH
from tests.integration.cdc.load_world import World

D = Decimal


def test_an_order_comes_with_everything_that_belongs_to_it(world: World) -> None:
    order_id = world.order(
        increment_id="L100000001",
        state="complete",
        customer_taxvat="DK12345678",
        customer_group_id=1,
        coupon_code="JUL",
        shipping_method="flatrate_flatrate",
        total_paid=D("149.0000"),
    )
    item = world.item(order_id, qty_invoiced=D(1), product_options='{"options":[{"label":"Farve","value":"rød"}]}')
    billing = world.address(order_id, vat_id="DK12345678", vat_is_valid=1, company="Firma ApS")
    world.address(order_id, "shipping", street="Vej 1", country_id="SE")
    world.tables.update("sales_order", {"billing_address_id": billing}, entity_id=order_id)
    world.tables.insert(
        "sales_order_payment", {"parent_id": order_id, "method": "checkmo", "amount_ordered": D("149.0000")}
    )
    totals = {"subtotal": D("80"), "tax_amount": D("29.8"), "shipping_amount": D("39.2"), "grand_total": D("149")}
    invoice = world.tables.insert(
        "sales_invoice", {"order_id": order_id, "increment_id": "LI1", "state": 2, "store_id": 1, **totals}
    )
    world.tables.insert(
        "sales_invoice_item",
        {"parent_id": invoice, "order_item_id": item, "qty": D(1), "row_total": D(80), "sku": "000123"},
    )
    shipment = world.tables.insert("sales_shipment", {"order_id": order_id, "increment_id": "LS1", "store_id": 1})
    world.tables.insert("sales_shipment_item", {"parent_id": shipment, "order_item_id": item, "qty": D(1)})
    memo = world.tables.insert(
        "sales_creditmemo",
        {
            "order_id": order_id,
            "increment_id": "LC1",
            "state": 2,
            "store_id": 1,
            "subtotal": D(80),
            "tax_amount": D(20),
            "adjustment_positive": D(5),
            "adjustment_negative": D(15),
            "grand_total": D(90),
        },
    )
    world.tables.insert(
        "sales_creditmemo_item", {"parent_id": memo, "order_item_id": item, "qty": D(1), "row_total": D(80)}
    )
    for status in ("pending", None, "complete"):
        world.tables.insert(
            "sales_order_status_history",
            {"parent_id": order_id, "status": status, "comment": "…", "created_at": "2027-01-01 00:00:00"},
        )

    order = world.shop.order(order_id)

    assert order is not None
    assert (order.id, order.increment_id, order.state, order.status) == (order_id, "L100000001", "complete", "pending")
    assert order.created_at == datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert order.store.timezone == "Europe/Copenhagen"
    assert order.customer_group.code == "General"
    assert order.totals.grand_total == D("149.0000")
    assert str(order.totals.grand_total) == "149.0000"
    assert order.totals.residue == 0
    assert order.billing is not None
    assert order.billing.street == ("Nørregade 1", "2. tv")
    assert order.billing.vat_is_valid is True
    assert order.shipping is not None
    assert order.shipping.country == "SE"
    assert order.shipping.vat_is_valid is None
    assert order.payment is not None
    assert order.payment.method == "checkmo"
    assert order.payment.amount_paid == 0
    assert [(line.role, line.net, line.options) for line in order.lines] == [
        ("plain", D("80.0000"), {"options": [{"label": "Farve", "value": "rød"}]})
    ]
    (invoice_loaded,) = order.invoices
    assert (invoice_loaded.increment_id, invoice_loaded.state) == ("LI1", "paid")
    assert (invoice_loaded.totals.residue, invoice_loaded.lines[0].net) == (D(0), D(80))
    (shipment_loaded,) = order.shipments
    assert (shipment_loaded.increment_id, shipment_loaded.lines[0].qty) == ("LS1", D(1))
    (memo_loaded,) = order.credit_memos
    assert (memo_loaded.increment_id, memo_loaded.state, memo_loaded.invoice_id) == ("LC1", "refunded", None)
    assert memo_loaded.totals.residue == 0
    assert [change.status for change in order.history] == ["pending", "", "complete"]


def test_no_such_order(world: World) -> None:
    assert world.shop.order(4_000_000_000) is None
    assert world.shop.order("4000000000") is None


def test_null_everywhere_still_loads(world: World) -> None:
    order_id = world.tables.insert("sales_order", {"increment_id": "L2"})
    world.execute("SET SESSION sql_mode=''")
    world.tables.insert("sales_order_item", {"order_id": order_id})
    order = world.shop.order(order_id)
    assert order is not None
    assert order.state == ""
    assert order.is_guest
    assert order.totals.grand_total == 0
    assert str(order.totals.tax) == "0.0000"
    assert (order.billing, order.shipping, order.payment) == (None, None, None)
    assert order.lines[0].role == "plain"
    assert order.lines[0].sku == ""


def test_zero_dates_are_the_epoch(world: World) -> None:
    order_id = world.order(created_at="0000-00-00 00:00:00")
    order = world.shop.order(order_id)
    assert order is not None
    assert order.created_at == EPOCH


def test_a_guests_names_come_from_the_billing_address(world: World) -> None:
    order_id = world.order(customer_email=None)
    world.address(order_id, email="gæst@example.dk")
    order = world.shop.order(order_id)
    assert order is not None
    assert (order.customer_firstname, order.customer_lastname) == ("Søren", "Æbleø")
    assert order.customer_email == "gæst@example.dk"
    assert order.customer_id is None
    assert order.is_guest


def test_rows_that_are_gone_leave_stand_ins(world: World) -> None:
    order_id = world.order(
        store_name="Websted\nButik\nGammel visning",
        customer_group_id=77,
        billing_address_id=999_999_999,
    )
    world.execute("UPDATE sales_order SET store_id=NULL WHERE entity_id=%s", order_id)
    world.item(order_id, product_id=888_888)
    order = world.shop.order(order_id)
    assert order is not None
    assert (order.store.code, order.store.name) == ("", "Gammel visning")
    assert order.store.timezone == "Europe/Copenhagen"
    assert (order.customer_group.id, order.customer_group.code) == (77, "")
    assert order.billing is None
    assert order.lines[0].stock_product_id == 888_888


def test_a_store_and_a_group_made_after_the_cache_was_filled_are_seen(world: World) -> None:
    world.shop.stores()
    store_id = world.tables.insert(
        "store", {"code": f"ny{world.order()}", "website_id": 1, "group_id": 1, "name": "Ny", "is_active": 1}
    )
    order = world.shop.order(world.order(store_id=store_id))
    assert order is not None
    assert order.store.name == "Ny"


@pytest.mark.parametrize(
    ("columns", "residue"),
    [
        ({"grand_total": D("168.0000")}, D("19.0000")),
        ({"grand_total": D("-149.0000")}, D("-298.0000")),
        ({"discount_amount": D("-10.0000"), "grand_total": D("139.0000")}, D("0.0000")),
        ({"adjustment_positive": D("5.0000"), "adjustment_negative": D("2.0000")}, D("0.0000")),
    ],
)
def test_whatever_the_totals_the_residue_is_told_not_raised(
    world: World, columns: dict[str, Decimal], residue: Decimal
) -> None:
    order = world.shop.order(world.order(**columns))
    assert order is not None
    assert order.totals.residue == residue


@pytest.mark.parametrize(("subtotal", "grand_total"), [("80.0000", "154.0000"), ("85.0000", "154.0000")])
def test_fixed_product_taxes_beside_or_inside_the_subtotal(world: World, subtotal: str, grand_total: str) -> None:
    order_id = world.order(subtotal=D(subtotal), grand_total=D(grand_total))
    world.item(order_id, weee_tax_applied_row_amount=D("5.0000"))
    order = world.shop.order(order_id)
    assert order is not None
    assert order.totals.residue == 0
    assert order.totals.weee == (D(5) if subtotal == "80.0000" else 0)
    assert order.lines[0].weee_amount == 5


def test_a_configurable_and_a_dynamic_bundle(world: World) -> None:
    order_id = world.order()
    parent = world.item(order_id, product_id=60, product_type="configurable", sku="TS-S")
    world.item(order_id, product_id=61, parent_item_id=parent, sku="TS-S", price=D(0), row_total=D(0), tax_amount=D(0))
    bundle = world.item(
        order_id, product_id=70, product_type="bundle", product_options='{"product_calculations":0}', row_total=D(30)
    )
    world.item(order_id, product_id=71, parent_item_id=bundle, row_total=D(10))
    world.item(order_id, product_id=72, parent_item_id=bundle, row_total=D(20))
    order = world.shop.order(order_id)
    assert order is not None
    assert [(x.role, x.carries_money, x.carries_stock, x.stock_product_id) for x in order.lines] == [
        ("configurable", True, True, 61),
        ("configurable_child", False, False, None),
        ("bundle_dynamic", False, False, None),
        ("bundle_child", True, True, 71),
        ("bundle_child", True, True, 72),
    ]


@pytest.mark.parametrize("own_world", [("", True), ("", False), ("bk2_", True)], indirect=True)
def test_with_a_prefix_and_without_msi(own_world: World) -> None:
    order_id = own_world.order()
    own_world.item(order_id)
    order = own_world.shop.order(order_id)
    assert order is not None
    assert len(order.lines) == 1
    product = own_world.shop.product(1)
    assert product is not None
    assert product.stock is not None
    assert bool(product.stock.sources) is own_world.shop.layout.msi
    assert own_world.shop.find_product(product.sku) == 1
    assert own_world.shop.find_order(order.increment_id) == order_id


def test_third_party_columns_and_missing_ones(own_world: World) -> None:
    own_world.execute(
        "ALTER TABLE sales_order ADD payment_fee DECIMAL(12,2), ADD ean VARCHAR(13), ADD score DOUBLE,"
        " ADD pickup_date DATE, ADD blob_data BLOB, ADD gift_cards_amount DECIMAL(20,4), ADD gift_cards TEXT"
    )
    own_world.execute("ALTER TABLE sales_order_item ADD engraving VARCHAR(50), DROP discount_refunded")
    own_world.execute("ALTER TABLE sales_order_address ADD ean VARCHAR(13), DROP vat_is_valid")
    own_world.execute(
        "ALTER TABLE sales_order DROP shipping_incl_tax, DROP discount_description, DROP coupon_rule_name"
    )
    order_id = own_world.order(
        payment_fee=D("19.5"),
        ean="5790000000000",
        score=D("0.1"),
        pickup_date="2026-12-24",
        gift_cards_amount=D(50),
        gift_cards='[{"c":"SECRET-CODE"}]',
        shipping_incl_tax=None,
    )
    own_world.item(order_id, engraving="Til Ø")
    own_world.address(order_id, ean="5790000000001")
    order = own_world.shop.order(order_id)
    assert order is not None
    assert order.attributes["payment_fee"] == D("19.50")
    assert order.attributes["ean"] == "5790000000000"
    assert order.attributes["score"] == D("0.1")
    assert order.attributes["pickup_date"] == "2026-12-24"
    assert order.attributes["gift_cards_amount"] == D("50.0000")
    assert "blob_data" not in order.attributes
    assert "gift_cards" not in order.attributes
    assert order.lines[0].attributes["engraving"] == "Til Ø"
    assert order.billing is not None
    assert order.billing.attributes["ean"] == "5790000000001"
    assert order.billing.vat_is_valid is None
    assert order.totals.shipping_incl_tax == 0


def test_bills_have_their_third_party_columns_and_their_base_amounts(own_world: World) -> None:
    for table in ("sales_order", "sales_invoice", "sales_creditmemo"):
        own_world.execute(f"ALTER TABLE {table} ADD payment_fee DECIMAL(12,4), ADD base_payment_fee DECIMAL(12,4)")
    order_id = own_world.order(base_subtotal=D("746.00"), base_shipping_canceled=D("10"), base_grand_total=D("932.50"))
    item = own_world.item(
        order_id, base_row_total=D("746.00"), base_tax_amount=D("186.50"), base_weee_tax_applied_row_amnt=D("5")
    )
    for table in ("sales_invoice", "sales_creditmemo"):
        own_world.execute(
            f"INSERT INTO {table} (entity_id, order_id, increment_id, state, created_at, grand_total, subtotal,"
            " tax_amount, base_grand_total, base_subtotal, base_shipping_discount_tax_compensation_amnt, payment_fee,"
            " base_payment_fee) VALUES (1, %s, '000000001', 2, '2026-03-05 10:00:00', 125, 100, 25, 932.5, 746, 1.5,"
            " 19.5, 145)",
            order_id,
        )
        own_world.execute(
            f"INSERT INTO {table}_item (entity_id, parent_id, order_item_id, qty, row_total, base_row_total)"
            " VALUES (1, 1, %s, 1, 100, 746)",
            item,
        )
    order = own_world.shop.order(order_id)
    assert order is not None
    assert order.base_totals is not None
    assert (order.base_totals.subtotal, order.base_shipping_canceled) == (D("746.0000"), D("10.0000"))
    assert order.base_totals.grand_total == D("932.5000")
    assert order.lines[0].base is not None
    assert (order.lines[0].base.tax_amount, order.lines[0].base.weee_amount) == (D("186.5000"), D("5.0000"))
    for bill in (order.invoices[0], order.credit_memos[0]):
        assert bill.attributes["payment_fee"] == D("19.5000")
        assert bill.attributes["base_payment_fee"] == D("145.0000")
        assert bill.base_totals is not None
        assert bill.base_totals.shipping_discount_tax_compensation == D("1.5000")
        assert bill.lines[0].base is not None
        assert bill.lines[0].base.row_total == D("746.0000")
