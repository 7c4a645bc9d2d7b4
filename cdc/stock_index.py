"""What Magento's indexers have to be told of a product whose stock changed: rows, changelogs, invalid indexers.

Facts, tried on Magento 2.4.4 and 2.4.6. A product without a row in cataloginventory_stock_status cannot be sold. The
stock indexer keeps a stock_status that is there unless is_in_stock is 0, and purges the product's pages only when it
finds a difference: of an indexer that is updated by schedule, the row is therefore deleted when the status changes, and
the indexer makes it anew within a minute. Since 2.4.6 a change of stock_item queues nothing for prices and search any
more. An indexer that is updated on save has no changelog and reads nothing by itself: the row is written, and prices
and search are marked invalid, so that cron builds them anew.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cdc.rows import money
from cdc.stock_layout import StockLayout
from cdc.stock_rows import DEFAULT_STOCK
from cdc.stock_state import Rules, in_custom_stock
from cdc.stock_write import Session

STOCK, SOURCES = "cataloginventory_stock", "inventory"
SHOWN = ("catalog_product_price", "catalogsearch_fulltext")
"""Views, and indexers of the same names, that leave out what is out of stock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What cataloginventory_stock_status is to say of a product; `was` is what it says, None when it has no row."""

    product_id: int
    quantity: Decimal
    was: bool | None
    sells: bool
    turned: bool

    @property
    def flips(self) -> bool:
        """Whether pages, prices and search have to follow. `turned`: is_in_stock was changed."""
        return self.turned or (self.was is not None and self.was != self.sells)


def write_status(session: Session, layout: StockLayout, status: Status) -> None:
    """Write, or take away, the row of the default stock."""
    table = layout.layout.quoted("cataloginventory_stock_status")
    key = (status.product_id, DEFAULT_STOCK)
    quantity = max(status.quantity, Decimal(0))
    where = "WHERE product_id = %s AND website_id = 0 AND stock_id = %s"
    if layout.scheduled.get(STOCK, False):
        if status.flips:
            session.run(f"DELETE FROM {table} {where}", key)
        elif status.was is not None:
            session.run(f"UPDATE {table} SET qty = %s {where}", (quantity, *key))
        return
    session.run(
        f"INSERT INTO {table} (product_id, website_id, stock_id, qty, stock_status) VALUES (%s, 0, %s, %s, %s)"
        " ON DUPLICATE KEY UPDATE qty = VALUES(qty), stock_status = VALUES(stock_status)",
        (*key, quantity, int(status.sells)),
    )


def tell_indexers(session: Session, layout: StockLayout, product_ids: Collection[int]) -> None:
    """Have stock, prices and search of products looked at anew, parents' with them.

    Raises `SchemaMissing` for a changelog that is not known: its indexer's mode was changed lately.
    """
    invalid = []
    for view in (STOCK, *SHOWN):
        if layout.scheduled.get(view, False):
            _queue(session, layout, f"{view}_cl", product_ids)
        elif view != STOCK:
            invalid.append(view)
    if invalid:
        session.run(
            f"UPDATE {layout.layout.quoted('indexer_state')} SET status = 'invalid'"
            " WHERE indexer_id IN %s AND status IN ('valid', 'working')",
            (invalid,),
        )


def _queue(session: Session, layout: StockLayout, changelog: str, product_ids: Collection[int]) -> None:
    marks = ", ".join(["(%s)"] * len(product_ids))
    session.run(f"INSERT INTO {layout.layout.quoted(changelog)} (entity_id) VALUES {marks}", tuple(sorted(product_ids)))


def custom_stocks(layout: StockLayout) -> Sequence[int]:
    """The stocks whose index this room has to write itself: others than the default one, updated on save."""
    if not layout.reserves or layout.scheduled.get(SOURCES, False):
        return ()
    return [one for one in layout.stocks if one != DEFAULT_STOCK and layout.layout.has(f"inventory_stock_{one}")]


def write_custom_stock(
    session: Session, layout: StockLayout, stock: int, sku: str, reserved: Decimal, rules: Rules
) -> bool:
    """Write a product's row of inventory_stock_N from its sources as they are; whether it begins or ends to sell."""
    names = layout.layout
    found = session.rows(
        "SELECT COALESCE(SUM(CASE WHEN i.status = 1 THEN i.quantity ELSE 0 END), 0) AS quantity,"
        f" COALESCE(MAX(i.status), 0) AS status FROM {names.quoted('inventory_source_stock_link')} l"
        f" JOIN {names.quoted('inventory_source')} s ON s.source_code = l.source_code AND s.enabled = 1"
        f" JOIN {names.quoted('inventory_source_item')} i ON i.source_code = l.source_code AND i.sku = %s"
        " WHERE l.stock_id = %s",
        (sku, stock),
    )[0]
    quantity = money(found, "quantity")
    sells = in_custom_stock(quantity, reserved, any_source_in_stock=int(found["status"]) == 1, rules=rules)
    table = names.quoted(f"inventory_stock_{stock}")
    before = session.rows(f"SELECT is_salable FROM {table} WHERE sku = %s", (sku,))
    if before:
        session.run(f"UPDATE {table} SET quantity = %s, is_salable = %s WHERE sku = %s", (quantity, int(sells), sku))
    else:
        session.run(
            f"INSERT INTO {table} (sku, quantity, is_salable) VALUES (%s, %s, %s)"
            " ON DUPLICATE KEY UPDATE quantity = VALUES(quantity), is_salable = VALUES(is_salable)",
            (sku, quantity, int(sells)),
        )
    return not before or bool(before[0]["is_salable"]) != sells
