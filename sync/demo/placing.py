"""Placing an order in the transactions in which Magento 2's checkout does it."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sync.demo.basket import Basket
from sync.demo.cart import Amounts, OrderTotals, PricedCart, PricedLine
from sync.demo.catalog import PAYMENTS, StoreView
from sync.demo.people import Person
from sync.demo.stock import Stockroom
from sync.demo.tables import Row, Tables, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that the shop has committed: an order, invoice, shipment or credit memo.

    `committed_at_monotonic` is time.monotonic() of this process right after the COMMIT came back.
    """

    entity_id: int
    increment_id: str
    committed_at_monotonic: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedOrder(Happened):
    """An order that stands in the shop. `grand_total` is in `currency`."""

    store: str
    currency: str
    grand_total: Decimal
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A customer account with the address it was registered with."""

    id: int
    person: Person
    group_id: int
    store: str
    address_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """Everything that is known when somebody presses "place order"."""

    priced: PricedCart
    buyer: Person
    recipient: Person
    account: Account | None
    store: StoreView
    created_at: datetime | None = None


def place(
    tables: Tables, stockroom: Stockroom, checkout: Checkout, capture: Callable[[int], None] | None = None
) -> PlacedOrder:
    """Place the order: coupon queue | number | stock or reservations | order | taxes | mail sent | quote closed.

    `capture` is called with the order's id inside the order's own transaction.
    """
    priced = checkout.priced
    basket = Basket.fill(tables, checkout.priced, checkout.store, checkout.buyer, checkout.recipient, checkout.account)
    if priced.cart.coupon:
        _queue_coupon(tables, priced.cart.coupon.rule_id)
    increment_id = next_increment_id(tables, "order", checkout.store.id)
    stockroom.take(increment_id, priced.lines)
    with tables.transaction():
        order_id, item_ids = _insert_order(tables, checkout, increment_id, basket)
        if capture:
            capture(order_id)
    committed_at = time.monotonic()
    _insert_taxes(tables, order_id, item_ids, priced)
    tables.update("sales_order", {"email_sent": 1, "send_email": 1}, entity_id=order_id)
    basket.close(increment_id)
    return PlacedOrder(
        entity_id=order_id,
        increment_id=increment_id,
        committed_at_monotonic=committed_at,
        store=checkout.store.code,
        currency=priced.currency,
        grand_total=priced.totals.grand,
        email=checkout.buyer.email,
    )


def fail(tables: Tables, stockroom: Stockroom, checkout: Checkout) -> str:
    """An order whose transaction fails: a number is lost, stock is taken and given back. Returns the lost number."""
    Basket.fill(tables, checkout.priced, checkout.store, checkout.buyer, checkout.recipient, checkout.account)
    increment_id = next_increment_id(tables, "order", checkout.store.id)
    stockroom.take(increment_id, checkout.priced.lines)
    stockroom.give_back_unplaced(increment_id, checkout.priced.lines)
    return increment_id


def next_increment_id(tables: Tables, kind: str, store_id: int) -> str:
    """The next number of a store's series; the first store's has no prefix, every other store's its own id."""
    value = tables.insert(f"sequence_{kind}_{store_id}", {})
    return f"{store_id if store_id > 1 else ''}{value:09d}"


def address_row(person: Person) -> Row:
    """The columns that order, quote and customer addresses have in common."""
    return {
        "firstname": person.firstname,
        "lastname": person.lastname,
        "company": person.company or None,
        "street": "\n".join(person.street),
        "city": person.city,
        "postcode": person.postcode,
        "country_id": person.country,
        "telephone": person.telephone,
        "vat_id": person.vat_id or None,
    }


def one_line(person: Person) -> str:
    """An address as the grids keep it."""
    return ",".join(("\n".join(person.street), person.city, person.postcode))


def _queue_coupon(tables: Tables, rule_id: int) -> None:
    bulk = str(uuid.uuid4())
    body = json.dumps({"id": None, "bulk_uuid": bulk, "topic_name": "sales.rule.update.coupon.usage"})
    with tables.transaction():
        tables.insert(
            "magento_bulk",
            {"uuid": bulk, "user_id": 0, "user_type": 4, "description": f"Rule {rule_id}", "operation_count": 1},
        )
        message = tables.insert("queue_message", {"topic_name": "sales.rule.update.coupon.usage", "body": body})
        tables.insert("queue_message_status", {"queue_id": 2, "message_id": message, "status": 2})


def _insert_order(tables: Tables, checkout: Checkout, increment_id: str, basket: Basket) -> tuple[int, list[int]]:
    priced, virtual = checkout.priced, checkout.priced.cart.virtual
    order_id = tables.insert("sales_order", _order_row(checkout, increment_id, basket.quote_id))
    item_ids: list[int] = []
    for line, quote_item_id in zip(priced.lines, basket.item_ids, strict=True):
        row = item_row(line, priced)
        row |= {"order_id": order_id, "quote_item_id": quote_item_id, "store_id": checkout.store.id}
        row["parent_item_id"] = None if line.parent is None else item_ids[line.parent]
        item_ids.append(tables.insert("sales_order_item", row))
    tables.insert(
        "sales_order_payment",
        {
            "parent_id": order_id,
            "base_shipping_amount": priced.base_totals.shipping,
            "shipping_amount": priced.totals.shipping,
            "base_amount_ordered": priced.base_totals.grand,
            "amount_ordered": priced.totals.grand,
            "method": priced.cart.payment,
            "additional_information": json.dumps({"method_title": PAYMENTS.get(priced.cart.payment, "")}),
        },
    )
    parties = {"billing": checkout.buyer} if virtual else {"shipping": checkout.recipient, "billing": checkout.buyer}
    ids: Row = {}
    for kind, person in parties.items():
        row = address_row(person) | {"parent_id": order_id, "address_type": kind, "email": checkout.buyer.email}
        if checkout.account and person == checkout.account.person:
            row |= {"customer_id": checkout.account.id, "customer_address_id": checkout.account.address_id}
        ids[f"{kind}_address_id"] = tables.insert("sales_order_address", row)
    tables.update("sales_order", ids, entity_id=order_id)
    tables.insert("sales_order_grid", _grid_row(checkout, increment_id, order_id))
    return order_id, item_ids


def _order_row(checkout: Checkout, increment_id: str, quote_id: int) -> Row:
    priced, cart, account, buyer = checkout.priced, checkout.priced.cart, checkout.account, checkout.buyer
    tops = [line for line in priced.lines if line.parent is None]
    row: Row = {
        "state": "new",
        "status": "pending",
        "coupon_code": cart.coupon.code if cart.coupon else None,
        "coupon_rule_name": cart.coupon.name if cart.coupon else None,
        "applied_rule_ids": str(cart.coupon.rule_id) if cart.coupon else None,
        "discount_description": cart.coupon.code if cart.coupon else None,
        "protect_code": uuid.uuid4().hex,
        "shipping_description": None if cart.virtual else cart.delivery.description,
        "shipping_method": None if cart.virtual else cart.delivery.code,
        "is_virtual": int(cart.virtual),
        "store_id": checkout.store.id,
        "store_name": checkout.store.label,
        "customer_id": account.id if account else None,
        "customer_is_guest": int(account is None),
        "customer_group_id": account.group_id if account else 0,
        "customer_email": buyer.email,
        "customer_firstname": buyer.firstname,
        "customer_lastname": buyer.lastname,
        "customer_taxvat": buyer.vat_id or None if account else None,
        "customer_note_notify": 1,
        "increment_id": increment_id,
        "quote_id": quote_id,
        "global_currency_code": "DKK",
        "base_currency_code": "DKK",
        "store_currency_code": checkout.store.currency,
        "order_currency_code": priced.currency,
        "base_to_global_rate": 1,
        "base_to_order_rate": priced.rate,
        "store_to_base_rate": 0,
        "store_to_order_rate": 0,
        "total_item_count": len(tops),
        "total_qty_ordered": sum((line.quantity for line in tops), Decimal(0)),
        "weight": sum((line.article.weight * line.quantity for line in tops), Decimal(0)),
        "remote_ip": "127.0.0.1",
        "paypal_ipn_customer_notified": 0,
        "created_at": checkout.created_at,
        "updated_at": checkout.created_at,
    }
    return row | _totals_columns(priced.totals, "") | _totals_columns(priced.base_totals, "base_")


def _totals_columns(totals: OrderTotals, base: str) -> Row:
    compensation = "shipping_discount_tax_compensation_amnt" if base else "shipping_discount_tax_compensation_amount"
    columns: dict[str, Value] = {
        "subtotal": totals.subtotal,
        "subtotal_incl_tax": totals.subtotal_incl,
        "shipping_amount": totals.shipping,
        "shipping_incl_tax": totals.shipping_incl,
        "shipping_tax_amount": totals.shipping_tax,
        "shipping_discount_amount": totals.shipping_discount,
        compensation: totals.shipping_compensation,
        "tax_amount": totals.tax,
        "discount_amount": totals.discount,
        "discount_tax_compensation_amount": totals.compensation,
        "grand_total": totals.grand,
        "total_due": totals.grand,
    }
    return {f"{base}{column}": value for column, value in columns.items()}


def item_row(line: PricedLine, priced: PricedCart) -> Row:
    """A sales_order_item row without the ids of its order and parent."""
    coupon = priced.cart.coupon
    row: Row = {
        "product_id": line.article.id,
        "product_type": line.article.type,
        "product_options": json.dumps(_options(line, priced), separators=(",", ":")),
        "weight": line.article.weight,
        "row_weight": line.article.weight * line.quantity if line.parent is None else 0,
        "is_virtual": int(line.article.type == "virtual"),
        "is_qty_decimal": int(line.article.decimal_qty),
        "sku": line.sku,
        "name": line.article.name,
        "applied_rule_ids": str(coupon.rule_id) if coupon and line.priced else None,
        "qty_ordered": line.quantity,
        "base_cost": line.article.cost,
        "tax_percent": line.tax_percent,
        "discount_percent": line.discount_percent,
    }
    return row | _item_columns(line.order, "", line) | _item_columns(line.base, "base_", line)


def _item_columns(amounts: Amounts, base: str, line: PricedLine) -> Row:
    columns: dict[str, Value] = {
        "price": amounts.price,
        "original_price": amounts.original,
        "row_total": amounts.row,
        "tax_amount": amounts.tax,
        "discount_amount": amounts.discount,
    }
    if line.priced or line.article.dynamic:
        columns |= {"price_incl_tax": amounts.price_incl, "row_total_incl_tax": amounts.row_incl}
    if line.priced:
        columns["discount_tax_compensation_amount"] = amounts.compensation
    return {f"{base}{column}": value for column, value in columns.items()}


def _options(line: PricedLine, priced: PricedCart) -> dict[str, object]:
    options: dict[str, object] = {"info_buyRequest": {"qty": str(line.quantity), "product": str(line.article.id)}}
    if line.article.type == "configurable":
        child = next(other for other in priced.lines if other.parent == priced.lines.index(line))
        options |= {
            "simple_name": child.article.name,
            "simple_sku": child.sku,
            "product_calculations": 1,
            "shipment_type": 0,
        }
    elif line.article.type == "bundle":
        options |= {"product_calculations": 0 if line.article.dynamic else 1, "shipment_type": "0"}
    elif line.parent is not None and priced.lines[line.parent].article.type == "bundle":
        per_bundle = line.quantity / priced.lines[line.parent].quantity
        chosen = {"price": str(line.order.original), "qty": str(per_bundle), "option_label": line.article.name}
        options["bundle_selection_attributes"] = json.dumps(chosen)
    return options


def _grid_row(checkout: Checkout, increment_id: str, order_id: int) -> Row:
    priced, virtual = checkout.priced, checkout.priced.cart.virtual
    return {
        "entity_id": order_id,
        "status": "pending",
        "store_id": checkout.store.id,
        "store_name": checkout.store.label,
        "customer_id": checkout.account.id if checkout.account else None,
        "base_grand_total": priced.base_totals.grand,
        "grand_total": priced.totals.grand,
        "increment_id": increment_id,
        "base_currency_code": "DKK",
        "order_currency_code": priced.currency,
        "shipping_name": "" if virtual else checkout.recipient.name,
        "billing_name": checkout.buyer.name,
        "billing_address": one_line(checkout.buyer),
        "shipping_address": "" if virtual else one_line(checkout.recipient),
        "shipping_information": None if virtual else priced.cart.delivery.description,
        "customer_email": checkout.buyer.email,
        "customer_group": str(checkout.account.group_id if checkout.account else 0),
        "subtotal": priced.totals.subtotal,
        "shipping_and_handling": priced.totals.shipping,
        "customer_name": checkout.buyer.name,
        "payment_method": priced.cart.payment,
        "created_at": checkout.created_at,
    }


def _insert_taxes(tables: Tables, order_id: int, item_ids: Sequence[int], priced: PricedCart) -> None:
    percent = priced.tax_percent
    if not percent or not (priced.totals.tax or priced.base_totals.tax):
        return
    code = f"Moms {percent.normalize():f}%"
    tax_id = tables.insert(
        "sales_order_tax",
        {
            "order_id": order_id,
            "code": code,
            "title": code,
            "percent": percent,
            "amount": priced.totals.tax,
            "priority": 0,
            "position": 0,
            "base_amount": priced.base_totals.tax,
            "process": 0,
            "base_real_amount": priced.base_totals.tax,
        },
    )
    taxed: Iterable[tuple[int | None, Decimal, Decimal, str]] = [
        *(
            (item_id, line.order.tax, line.base.tax, "product")
            for item_id, line in zip(item_ids, priced.lines, strict=True)
            if line.tax_percent
        ),
        (None, priced.totals.shipping_tax, priced.base_totals.shipping_tax, "shipping"),
    ]
    for item_id, tax, base_tax, kind in taxed:
        amounts: Row = {"amount": tax, "real_amount": tax, "base_amount": base_tax, "real_base_amount": base_tax}
        tables.insert(
            "sales_order_tax_item",
            {"tax_id": tax_id, "item_id": item_id, "tax_percent": percent, "taxable_item_type": kind, **amounts},
        )
