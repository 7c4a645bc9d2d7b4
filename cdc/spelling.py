"""How Magento 1 and OpenMage name what Magento 2 has: tables and columns, both ways.

Facts: the tables of orders and of their documents are called ``sales_flat_...``, those of store views ``core_...``;
``sales_order_status``, ``sales_order_tax`` and ``sales_payment_transaction`` are called alike in both. What Magento 2
calls discount_tax_compensation is ``hidden_tax``. Everywhere else in this program Magento 2's names are used.
"""

from __future__ import annotations

import re

_FLAT = ("sales_order", "sales_invoice", "sales_shipment", "sales_creditmemo")
_ALIKE = ("sales_order_status", "sales_order_status_state", "sales_order_status_label")
_STORES = {"store": "core_store", "store_website": "core_website", "store_group": "core_store_group"}
_COMPENSATION = re.compile(r"((?:base_)?(?:shipping_)?)discount_tax_compensation(_(?:amount|amnt|[a-z]+ed))")
_HIDDEN = re.compile(r"((?:base_)?(?:shipping_)?)hidden_tax(_(?:amount|amnt|[a-z]+ed))")


def is_split_off(table: str) -> bool:
    """Whether a table goes into the database of sales, where Commerce has one; the statuses' names stay."""
    return table.startswith("sales_") and table not in _ALIKE


def magento1_table(name: str) -> str:
    """What Magento 1 calls a table; without prefix."""
    if name in _ALIKE or name.startswith("sales_order_tax"):
        return name
    if name in _FLAT or name.startswith(tuple(f"{one}_" for one in _FLAT)):
        return f"sales_flat_{name.removeprefix('sales_')}"
    return _STORES.get(name, name)


def magento1_column(name: str) -> str:
    """What Magento 1 calls a column of an order, or of one of its documents."""
    found = _COMPENSATION.fullmatch(name)
    return f"{found[1]}hidden_tax{found[2]}" if found else name


def magento2_column(name: str) -> str:
    """What Magento 2 calls a column of Magento 1's."""
    found = _HIDDEN.fullmatch(name)
    return f"{found[1]}discount_tax_compensation{found[2]}" if found else name
