"""Shipments: one transaction with the number, the goods leaving, the rows and the order."""

from __future__ import annotations

from sync.demo.invoicing import grid_row
from sync.demo.openorder import OpenOrder, Wanted
from sync.demo.placing import next_increment_id
from sync.demo.stock import Stockroom
from sync.demo.tax import ZERO


def write_shipment(
    order: OpenOrder, stockroom: Stockroom, wanted: Wanted | None = None, track: str = ""
) -> tuple[int, str]:
    """Write a shipment inside the open transaction, before the order is saved. Returns its id and number.

    Only top rows stand on it; a configurable's or bundle's stock is its children's. Raises `ValueError` when there is
    nothing left to ship.
    """
    rows = [(item, quantity) for item, quantity in order.rows_for(wanted, "ship") if not item["is_virtual"]]
    if not rows:
        raise ValueError(f"order {order.row['increment_id']} has nothing left to ship")
    tops = [(item, quantity) for item, quantity in rows if item["parent_item_id"] is None]
    number = next_increment_id(order.tables, "shipment", order.row["store_id"])
    quantity = sum((quantity for _, quantity in tops), ZERO)
    shipment_id = order.tables.insert(
        "sales_shipment",
        {
            "store_id": order.row["store_id"],
            "total_qty": quantity,
            "order_id": order.id,
            "customer_id": order.row["customer_id"],
            "shipping_address_id": order.row["shipping_address_id"],
            "billing_address_id": order.row["billing_address_id"],
            "increment_id": number,
            "packages": "[]",
        },
    )
    stockroom.ship(order.id, order.row["increment_id"], order.stock_of(rows))
    for item, count in tops:
        copied = {column: item[column] for column in ("price", "weight", "product_id", "name", "sku")}
        order.tables.insert(
            "sales_shipment_item",
            {"parent_id": shipment_id, "qty": count, "order_item_id": item["item_id"], **copied},
        )
        order.add_item(item, qty_shipped=count)
    if track:
        order.tables.insert(
            "sales_shipment_track",
            {
                "parent_id": shipment_id,
                "order_id": order.id,
                "track_number": track,
                "title": "GLS",
                "carrier_code": "custom",
            },
        )
    order.tables.insert(
        "sales_shipment_grid",
        grid_row(order)
        | {
            "entity_id": shipment_id,
            "increment_id": number,
            "total_qty": quantity,
            "order_status": order.row["status"],
            "shipping_name": order.tables.row("sales_order_grid", columns="shipping_name", entity_id=order.id)[
                "shipping_name"
            ],
        },
    )
    if stockroom.msi:
        order.tables.insert("inventory_shipment_source", {"shipment_id": shipment_id, "source_code": "default"})
    return shipment_id, number
