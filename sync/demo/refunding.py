"""Credit memos: one transaction; the order's rows change before the memo itself is written."""

from __future__ import annotations

from decimal import Decimal

from sync.demo.invoicing import document_row, grid_row, item_columns, shipping_columns, sums
from sync.demo.openorder import Item, OpenOrder, Wanted
from sync.demo.placing import next_increment_id
from sync.demo.portion import INVOICED, REFUNDED, Part, split
from sync.demo.stock import Stockroom
from sync.demo.tables import Row
from sync.demo.tax import ZERO

_REFUNDED = 2


def write_credit_memo(
    order: OpenOrder,
    stockroom: Stockroom,
    wanted: Wanted | None = None,
    *,
    shipping: bool | None = None,
    plus: Decimal = ZERO,
    minus: Decimal = ZERO,
    restock: bool = True,
    online: bool = False,
    invoice_id: int | None = None,
) -> tuple[int, str]:
    """Write a credit memo inside the open transaction and save the order. Returns its id and number.

    `wanted` None: everything invoiced and not yet refunded. `shipping` refunds all of it, None: with the last goods.
    `plus` and `minus` are the adjustments, in the order's currency, which carry no VAT. Raises `ValueError` when
    nothing was asked for or can be refunded.
    """
    rows = list(order.rows_for(wanted, "refund"))
    if not rows and not plus:
        raise ValueError(f"order {order.row['increment_id']} has nothing left to refund")
    parts = split([(item, quantity, order.priced(item)) for item, quantity in rows], REFUNDED, INVOICED)
    last = all(_refunded_after(top, rows) >= top["qty_invoiced"] for top in order.tops())
    with_shipping = (last if shipping is None else shipping) and not order.row["shipping_refunded"]
    totals = _totals(order, parts, with_shipping=with_shipping, plus=plus, minus=minus)
    shipped, unshipped = _by_place(order, rows)
    _take_from_order(order, parts, totals, online=online)
    order.settle_state()
    order.note(_history(order, totals["grand_total"], online=online))
    order.save()
    increment_id = next_increment_id(order.tables, "creditmemo", order.row["store_id"])
    own: Row = {"state": _REFUNDED, "increment_id": increment_id, "invoice_id": invoice_id}
    memo_id = order.tables.insert("sales_creditmemo", document_row(order) | own | totals)
    if restock:
        stockroom.take_back(order.id, order.row["increment_id"], shipped, unshipped)
    for part in parts:
        order.tables.insert("sales_creditmemo_item", {"parent_id": memo_id, **item_columns(part)})
    grid = grid_row(order) | {"entity_id": memo_id, "increment_id": increment_id, "state": _REFUNDED}
    grid |= {"order_status": order.row["status"], "base_grand_total": totals["base_grand_total"]}
    grid |= {"subtotal": totals["subtotal"], "shipping_and_handling": totals["shipping_amount"]}
    grid |= {"adjustment_positive": plus or None, "adjustment_negative": minus or None}
    grid |= {"order_base_grand_total": order.row["base_grand_total"]}
    order.tables.insert("sales_creditmemo_grid", grid)
    return memo_id, increment_id


def _refunded_after(top: Item, rows: list[tuple[Item, Decimal]]) -> Decimal:
    now = sum((quantity for item, quantity in rows if item["item_id"] == top["item_id"]), ZERO)
    return Decimal(top["qty_refunded"] + now)


def _by_place(order: OpenOrder, rows: list[tuple[Item, Decimal]]) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """What of the refunded goods was sent, and what was only reserved."""
    tops = {item["item_id"]: item for item in order.tops()}
    shipped: list[tuple[Item, Decimal]] = []
    waiting: list[tuple[Item, Decimal]] = []
    for item, quantity in rows:
        top = tops[item["parent_item_id"] or item["item_id"]]
        share = quantity * top["qty_ordered"] / item["qty_ordered"]
        unsent = max(order.left_to_ship(top), ZERO)
        kept = min(share, unsent) * item["qty_ordered"] / top["qty_ordered"]
        if kept:
            waiting.append((item, kept))
        if quantity - kept:
            shipped.append((item, quantity - kept))
    return order.stock_of(shipped), order.stock_of(waiting)


def _totals(
    order: OpenOrder, parts: list[Part], *, with_shipping: bool, plus: Decimal, minus: Decimal
) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for base in ("", "base_"):
        amounts = sums(parts, base)
        shipping = shipping_columns(order, base)
        if not with_shipping:
            shipping = dict.fromkeys(shipping, ZERO)
        compensation = shipping.pop("compensation")
        amounts["discount_amount"] -= shipping.pop("shipping_discount_amount")
        amounts["tax_amount"] += shipping["shipping_tax_amount"]
        amounts |= shipping
        suffix = "amnt" if base else "amount"
        amounts[f"shipping_discount_tax_compensation_{suffix}"] = compensation
        rate = Decimal(order.row["base_to_order_rate"]) if base else Decimal(1)
        up, down = (plus / rate).quantize(Decimal("0.01")), (minus / rate).quantize(Decimal("0.01"))
        amounts |= {"adjustment_positive": up, "adjustment_negative": down, "adjustment": up - down}
        amounts["grand_total"] = (
            amounts["subtotal"]
            + amounts["discount_amount"]
            + amounts["tax_amount"]
            + amounts["discount_tax_compensation_amount"]
            + amounts["shipping_amount"]
            + compensation
            + amounts["adjustment"]
        )
        totals |= {f"{base}{column}": value for column, value in amounts.items()}
    return totals


def _take_from_order(order: OpenOrder, parts: list[Part], totals: dict[str, Decimal], *, online: bool) -> None:
    for base in ("", "base_"):
        grand, shipping = totals[f"{base}grand_total"], totals[f"{base}shipping_amount"]
        order.add(
            **{
                f"{base}discount_refunded": totals[f"{base}discount_amount"],
                f"{base}shipping_refunded": shipping,
                f"{base}shipping_tax_refunded": totals[f"{base}shipping_tax_amount"],
                f"{base}subtotal_refunded": totals[f"{base}subtotal"],
                f"{base}tax_refunded": totals[f"{base}tax_amount"],
                f"{base}discount_tax_compensation_refunded": totals[f"{base}discount_tax_compensation_amount"],
                f"{base}total_{'online' if online else 'offline'}_refunded": grand,
                f"{base}total_refunded": grand,
                f"{base}adjustment_positive": totals[f"{base}adjustment_positive"],
                f"{base}adjustment_negative": totals[f"{base}adjustment_negative"],
            }
        )
        order.add_payment(**{f"{base}amount_refunded": grand, f"{base}shipping_refunded": shipping})
    for part in parts:
        item = next(item for item in order.items if item["item_id"] == part.item["item_id"])
        order.add_item(item, qty_refunded=part.quantity)
        if not part.amounts:
            continue
        for base in ("", "base_"):
            order.add_item(
                item,
                **{
                    f"{base}amount_refunded": part.amount(f"{base}row_total"),
                    f"{base}tax_refunded": part.amount(f"{base}tax_amount"),
                    f"{base}discount_refunded": part.amount(f"{base}discount_amount"),
                    f"{base}discount_tax_compensation_refunded": part.amount(f"{base}discount_tax_compensation_amount"),
                },
            )


def _history(order: OpenOrder, amount: Decimal, *, online: bool) -> Row:
    return {
        "parent_id": order.id,
        "is_customer_notified": 0,
        "comment": f"Refunderet {amount:.2f} {'online' if online else 'offline'}.",
        "status": order.row["status"],
        "entity_name": "creditmemo",
    }
