"""Which tables and columns stock is read from, by layout. A shop whose stock is not written may lack them all.

Tables go by Magento 2's names.

Facts. Magento 2 without multi-source inventory (MSI) and Magento 1 keep quantities in cataloginventory_stock_item;
Magento 1's lacks website_id and calls stock_status_changed_auto stock_status_changed_automatically before 1.6. Each
indexer view that is "Update by Schedule" has a table of changes, named by the view with ``_cl``.
"""

from __future__ import annotations

from collections.abc import Mapping

Columns = Mapping[str, tuple[str, ...]]


def _columns(**tables: str) -> dict[str, tuple[str, ...]]:
    return {table: tuple(words.split()) for table, words in tables.items()}


_ORDER = "entity_id increment_id store_id created_at state"
_ORDER_ITEM = (
    "item_id order_id parent_item_id product_id product_type sku qty_ordered qty_canceled qty_invoiced qty_shipped"
)

EVERYWHERE: Columns = _columns(
    cataloginventory_stock_item=(
        "item_id product_id stock_id qty min_qty use_config_min_qty is_qty_decimal backorders use_config_backorders"
        " is_in_stock low_stock_date notify_stock_qty use_config_notify_stock_qty manage_stock use_config_manage_stock"
    ),
    cataloginventory_stock_status="product_id website_id stock_id qty stock_status",
    catalog_product_entity="entity_id type_id sku",
    catalog_product_relation="parent_id child_id",
    core_config_data="scope scope_id path value",
)
"""Needed whatever the layout."""

MAGENTO_2: Columns = _columns(
    sales_order=_ORDER,
    sales_order_item=_ORDER_ITEM,
    mview_state="view_id mode",
    indexer_state="indexer_id status",
)
"""Needed of any Magento 2."""

MSI: Columns = _columns(
    inventory_source="source_code enabled",
    inventory_source_item="source_item_id source_code sku quantity status",
    inventory_source_stock_link="stock_id source_code",
    inventory_stock_sales_channel="type code stock_id",
    inventory_reservation="reservation_id stock_id sku quantity metadata",
)
"""Needed where MSI is used."""

MAGENTO_1: Columns = _columns(
    sales_order=_ORDER,
    sales_order_item=_ORDER_ITEM,
    sales_creditmemo="order_id",
    store="store_id code website_id group_id name",
    store_website="website_id code",
    index_process="indexer_code status",
)
"""Needed of Magento 1."""

FAMILIES: Columns = _columns(
    catalog_product_super_link="product_id parent_id",
    catalog_product_link="product_id linked_product_id link_type_id",
    catalog_product_bundle_option="option_id parent_id required",
    catalog_product_bundle_selection="option_id product_id",
)
"""Which products a composite one is made of; read where there is a parent of the kind."""

VIEWS = ("cataloginventory_stock", "inventory", "catalog_product_price", "catalogsearch_fulltext")
"""Indexer views that stock is told to."""

CHANGELOGS = tuple(f"{view}_cl" for view in VIEWS)
"""Their tables of changes, each of which is there while its view is updated by schedule."""

STOCK_TABLES = tuple(dict.fromkeys([*EVERYWHERE, *MAGENTO_2, *MSI, *MAGENTO_1, *FAMILIES, *CHANGELOGS]))
"""Every table that stock is read from or written to, but inventory_stock_N, whose number is a stock's id."""
