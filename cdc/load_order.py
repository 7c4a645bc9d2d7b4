"""One order with everything that belongs to it, from an open snapshot: about a dozen indexed SELECTs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cdc.columns import columns_to_read
from cdc.layout import Layout, Reader
from cdc.load_address import build_address
from cdc.load_captures import load_captures
from cdc.load_documents import (
    build_totals,
    load_credit_memos,
    load_invoices,
    load_shipments,
    money_carriers_weee,
)
from cdc.load_lines import build_lines, with_product_skus
from cdc.load_product import load_skus
from cdc.models import Address, Order, Payment, StatusChange
from cdc.rows import Row, attributes, moment, money, text, whole, whole_or_none
from cdc.stores import References


def load_order(reader: Reader, layout: Layout, references: References, order_id: int) -> Order | None:
    """The order with this entity id, None when there is no such row.

    Rows that it refers to may be gone: a store view, group or address then is a stand-in or None (`References.store`,
    `References.group`); a product id that no longer exists is kept. Names that sales_order does not hold (guests) come
    from the billing address.
    """
    found, third_party = _select(reader, layout, "sales_order", "entity_id", order_id)
    if not found:
        return None
    row = found[0]
    item_rows, item_extra = _select(reader, layout, "sales_order_item", "order_id", order_id, "item_id")
    lines = build_lines(item_rows, item_extra)
    sold = sorted({line.catalog_id for line in lines if line.catalog_id is not None})
    lines = with_product_skus(lines, load_skus(reader, layout, sold))
    address_rows, address_extra = _select(reader, layout, "sales_order_address", "parent_id", order_id, "entity_id")
    billing = _address(address_rows, address_extra, "billing", whole_or_none(row, "billing_address_id"))
    shipping = _address(address_rows, address_extra, "shipping", whole_or_none(row, "shipping_address_id"))
    customer_id = whole_or_none(row, "customer_id")
    payment = _payment(reader, layout, order_id)
    invoices = load_invoices(reader, layout, order_id, lines)
    return Order(
        id=int(row["entity_id"]),
        increment_id=text(row, "increment_id"),
        original_increment_id=text(row, "original_increment_id"),
        relation_child_id=text(row, "relation_child_id"),
        relation_parent_id=text(row, "relation_parent_id"),
        state=text(row, "state"),
        status=text(row, "status"),
        created_at=moment(row, "created_at"),
        updated_at=moment(row, "updated_at"),
        # store_name holds website, group and view, one a line
        store=references.store(whole_or_none(row, "store_id"), name=text(row, "store_name").rpartition("\n")[2]),
        customer_id=customer_id,
        customer_since=_customer_since(reader, layout, customer_id),
        is_guest=customer_id is None or bool(whole(row, "customer_is_guest")),
        customer_email=text(row, "customer_email") or (billing.email if billing else ""),
        customer_firstname=text(row, "customer_firstname") or (billing.firstname if billing else ""),
        customer_lastname=text(row, "customer_lastname") or (billing.lastname if billing else ""),
        customer_taxvat=text(row, "customer_taxvat"),
        customer_group=references.group(whole(row, "customer_group_id")),
        is_virtual=bool(whole(row, "is_virtual")),
        currency=text(row, "order_currency_code"),
        base_currency=text(row, "base_currency_code"),
        base_to_order_rate=money(row, "base_to_order_rate"),
        base_grand_total=money(row, "base_grand_total"),
        coupon_code=text(row, "coupon_code"),
        discount_description=text(row, "discount_description"),
        shipping_method=text(row, "shipping_method"),
        shipping_description=text(row, "shipping_description"),
        totals=build_totals(row, money_carriers_weee(lines)),
        base_totals=build_totals(row, money_carriers_weee(lines, base=True), base="base_"),
        base_shipping_canceled=money(row, "base_shipping_canceled"),
        total_paid=money(row, "total_paid"),
        total_due=money(row, "total_due"),
        total_invoiced=money(row, "total_invoiced"),
        total_canceled=money(row, "total_canceled"),
        total_refunded=money(row, "total_refunded"),
        shipping_canceled=money(row, "shipping_canceled"),
        billing=billing,
        shipping=shipping,
        payment=payment,
        lines=lines,
        invoices=invoices,
        shipments=load_shipments(reader, layout, order_id),
        credit_memos=load_credit_memos(reader, layout, order_id, lines),
        history=_history(reader, layout, order_id),
        captures=load_captures(reader, layout, order_id, payment.method if payment else "") if invoices else (),
        attributes=attributes(row, third_party),
    )


def _select(
    reader: Reader, layout: Layout, table: str, key: str, value: int, sort: str = ""
) -> tuple[list[dict[str, Any]], list[str]]:
    own, extra = columns_to_read(table, layout.tables.get(table, {}))
    listed = layout.selected((*own, *extra))
    order = f" ORDER BY {sort}" if sort else ""
    return reader.rows(f"SELECT {listed} FROM {layout.quoted(table)} WHERE {key} = %s{order}", (value,)), extra


def _customer_since(reader: Reader, layout: Layout, customer_id: int | None) -> datetime | None:
    if customer_id is None:
        return None
    table = layout.quoted("customer_entity")
    rows = reader.rows(f"SELECT created_at FROM {table} WHERE entity_id = %s", (customer_id,))
    return moment(rows[0], "created_at") if rows else None


def _address(rows: Sequence[Row], extra: Sequence[str], kind: str, address_id: int | None) -> Address | None:
    of_kind = [row for row in rows if text(row, "address_type") == kind]
    named = [row for row in rows if address_id is not None and int(row["entity_id"]) == address_id]
    best = named or of_kind
    return build_address(best[-1], attributes(best[-1], extra)) if best else None


def _payment(reader: Reader, layout: Layout, order_id: int) -> Payment | None:
    rows, _ = _select(reader, layout, "sales_order_payment", "parent_id", order_id, "entity_id")
    if not rows:
        return None
    row = rows[0]
    return Payment(
        method=text(row, "method"),
        amount_ordered=money(row, "amount_ordered"),
        amount_paid=money(row, "amount_paid"),
        amount_refunded=money(row, "amount_refunded"),
        last_trans_id=text(row, "last_trans_id"),
        po_number=text(row, "po_number"),
    )


def _history(reader: Reader, layout: Layout, order_id: int) -> tuple[StatusChange, ...]:
    rows, _ = _select(reader, layout, "sales_order_status_history", "parent_id", order_id, "entity_id")
    return tuple(StatusChange(status=text(row, "status"), created_at=moment(row, "created_at")) for row in rows)
