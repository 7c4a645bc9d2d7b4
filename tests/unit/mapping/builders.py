"""Orders as Magento would store them, built in a line or two; amounts are texts so that no float slips in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from cdc.models import Address, Customer, CustomerGroup, Invoice, Order, OrderLine, Payment, Store, SubLine, Totals
from mapping.agreement import Agreement
from mapping.profile import Profile

ZERO = Decimal(0)

Shop = Callable[[str], Profile]
"""Loads a profile from the lines that a shop adds to `sandbox`."""

STORE = Store(
    id=1,
    code="default",
    name="Butik",
    website_id=1,
    website_code="base",
    group_id=1,
    timezone="Europe/Copenhagen",
    locale="da_DK",
    prices_include_tax=True,
)
RETAIL = CustomerGroup(id=1, code="General", tax_class_id=3, tax_class="Retail Customer")
GUEST = CustomerGroup(id=0, code="NOT LOGGED IN", tax_class_id=3, tax_class="Retail Customer")

AGREEMENT = Agreement(
    base_currency="DKK",
    has_inventory=True,
    vat_rates={(g, z): Decimal(25 if g in (1, 2) and z == 1 else 0) for g in (1, 2, 3) for z in (1, 2, 3, 4)},
    stocked_groups=frozenset({1}),
    product_groups={1: "Varer", 2: "Ydelser", 3: "Uden moms"},
    vat_zones={1: "Indland", 2: "EU", 3: "Udland", 4: "Indland uden moms"},
    customer_groups={1: "Webshop privat", 2: "Webshop erhverv"},
    payment_terms={1: "Netto 8 dage", 2: "Netto 14 dage"},
    layouts={1: "Dansk standard", 2: "Engelsk standard"},
    units={1: "stk."},
    currencies=frozenset({"DKK", "EUR", "SEK", "NOK", "USD", "GBP"}),
    products={"shipping": 2, "discount": 2, "fee": 2, "refund": 2, "rounding-vat": 2, "rounding": 3},
)


def address(**changes: Any) -> Address:
    """A Danish private address."""
    base = Address(
        id=1,
        firstname="Anna",
        lastname="Åberg",
        street=("Søndergade 1", "2. th"),
        city="Aarhus C",
        postcode="8000",
        country="DK",
        telephone="12345678",
        email="anna@example.dk",
    )
    return replace(base, **changes)


def line(
    sku: str = "A-1",
    *,
    id: int = 1,  # noqa: A002
    qty: str = "1",
    row: str = "0",
    vat: str = "0",
    rate: str = "25",
    discount: str = "0",
    comp: str = "0",
    percent: str = "0",
    **changes: Any,
) -> OrderLine:
    """One order line: `row` is row_total (net before discount), `vat` its tax_amount, `rate` its tax_percent."""
    quantity, net = Decimal(qty), Decimal(row)
    base = OrderLine(
        id=id,
        parent_id=None,
        product_id=100 + id,
        stock_product_id=100 + id,
        product_type="simple",
        role="plain",
        carries_money=True,
        carries_stock=True,
        sku=sku,
        name=f"Vare {sku}",
        is_virtual=False,
        qty_ordered=quantity,
        qty_canceled=ZERO,
        qty_invoiced=ZERO,
        qty_shipped=ZERO,
        qty_refunded=ZERO,
        price=net / quantity if quantity else ZERO,
        price_incl_tax=ZERO,
        row_total=net,
        row_total_incl_tax=net + Decimal(vat),
        discount_percent=Decimal(percent),
        discount_amount=Decimal(discount),
        discount_tax_compensation=Decimal(comp),
        tax_percent=Decimal(rate),
        tax_amount=Decimal(vat),
        weee_amount=ZERO,
        tax_canceled=ZERO,
    )
    return replace(base, **changes)


def totals(
    lines: tuple[OrderLine | SubLine, ...],
    shipping: str = "0",
    shipping_vat: str = "0",
    shipping_discount: str = "0",
    shipping_comp: str = "0",
) -> Totals:
    """Totals that hold Magento's identity for these money lines and this shipping."""
    money = [one for one in lines if not isinstance(one, OrderLine) or one.carries_money]
    subtotal = sum((one.row_total for one in money), ZERO)
    discount = -sum((one.discount_amount for one in money), ZERO) - Decimal(shipping_discount)
    comp = sum((one.discount_tax_compensation for one in money), ZERO)
    weee = sum((one.weee_amount for one in money), ZERO)
    tax = sum((one.tax_amount for one in money), ZERO) + Decimal(shipping_vat)
    return Totals(
        subtotal=subtotal,
        shipping=Decimal(shipping),
        shipping_tax=Decimal(shipping_vat),
        shipping_incl_tax=Decimal(shipping) + Decimal(shipping_vat),
        shipping_discount=Decimal(shipping_discount),
        tax=tax,
        discount=discount,
        discount_tax_compensation=comp,
        shipping_discount_tax_compensation=Decimal(shipping_comp),
        weee=weee,
        adjustment_positive=ZERO,
        adjustment_negative=ZERO,
        grand_total=subtotal + Decimal(shipping) + tax + discount + comp + Decimal(shipping_comp) + weee,
    )


def order(
    *lines: OrderLine,
    state: str = "new",
    status: str | None = None,
    ship: tuple[str, ...] = (),
    **changes: Any,
) -> Order:
    """An order of a guest in Denmark; `ship` is shipping, its VAT, its discount and the compensation."""
    named = {"new": "pending", "holded": "holded"}.get(state, state)
    at = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    sums = totals(lines, *ship)
    home = address()
    base = Order(
        id=17,
        increment_id="000000017",
        original_increment_id="",
        relation_child_id="",
        state=state,
        status=status or named,
        created_at=at,
        updated_at=at,
        store=STORE,
        customer_id=None,
        is_guest=True,
        customer_email="Anna@Example.dk ",
        customer_firstname="",
        customer_lastname="",
        customer_taxvat="",
        customer_group=GUEST,
        is_virtual=False,
        currency="DKK",
        base_currency="DKK",
        base_to_order_rate=Decimal(1),
        base_grand_total=sums.grand_total,
        coupon_code="",
        discount_description="",
        shipping_method="flatrate_flatrate",
        shipping_description="GLS pakkeshop",
        totals=sums,
        total_paid=ZERO,
        total_due=sums.grand_total,
        total_invoiced=ZERO,
        total_canceled=ZERO,
        total_refunded=ZERO,
        shipping_canceled=ZERO,
        billing=home,
        shipping=home,
        payment=Payment(method="checkmo", amount_ordered=ZERO, amount_paid=ZERO, amount_refunded=ZERO),
        lines=tuple(lines),
        invoices=(),
        shipments=(),
        credit_memos=(),
        history=(),
    )
    return replace(base, **changes)


def invoice(*rows: SubLine, id: int = 1, ship: tuple[str, ...] = (), **changes: Any) -> Invoice:  # noqa: A002
    """A paid Magento invoice of these rows."""
    base = Invoice(
        id=id,
        increment_id=f"00000010{id}",
        state="paid",
        created_at=datetime(2026, 3, 5, 10, 0, tzinfo=UTC),
        totals=totals(rows, *ship),
        lines=tuple(rows),
    )
    return replace(base, **changes)


def row(of: OrderLine, *, qty: str, net: str, vat: str) -> SubLine:
    """A row of a Magento invoice for an order line, without discount."""
    return SubLine(
        id=of.id + 500,
        order_item_id=of.id,
        product_id=of.product_id,
        sku=of.sku,
        name=of.name,
        qty=Decimal(qty),
        row_total=Decimal(net),
        tax_amount=Decimal(vat),
    )


def account(**changes: Any) -> Customer:
    """A customer account with one address, its default for both."""
    base = Customer(
        id=5,
        email="anna@example.dk",
        prefix="",
        firstname="Anna",
        middlename="",
        lastname="Åberg",
        suffix="",
        taxvat="",
        group=RETAIL,
        website_id=1,
        store=STORE,
        is_active=True,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
        addresses=(address(id=9),),
        default_billing_id=9,
        default_shipping_id=9,
    )
    return replace(base, **changes)
