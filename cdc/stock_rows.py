"""Magento 2's stock rows: many products at once without locks, or one of them locked.

Facts. Magento locks inventory_source_item by source and SKU first, then cataloginventory_stock_item; a checkout locks
the latter by item_id and only then goes through the index on product_id. A transaction that locks item_id alone waits
for neither of the two in the wrong order. Magento's save of a source commits the two rows one after the other: a write
that comes between leaves them different.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cdc.layout import Layout, Reader
from cdc.models_stock import Demand, Reservation, Stocked, StockProduct
from cdc.portions import portions
from cdc.rows import Row, money, whole
from cdc.stock_layout import StockLayout
from cdc.stock_products import AT_ONCE, for_each
from cdc.stock_state import Rules, Shelf, SourceShelf, rules_of, shelf_of
from cdc.stock_write import Session

DEFAULT_STOCK = 1
"""stock_id of every row of cataloginventory_stock_item that Magento itself makes."""

_ITEM = (
    "item_id, product_id, qty, is_in_stock, stock_status_changed_auto, is_qty_decimal, manage_stock,"
    " use_config_manage_stock, backorders, use_config_backorders, min_qty, use_config_min_qty, notify_stock_qty,"
    " use_config_notify_stock_qty"
)
AUTO, OLD_AUTO = "stock_status_changed_auto", "stock_status_changed_automatically"
"""The column that says who took a product out of stock; the second is its name in Magento 1 before 1.6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One product's stock rows: that of cataloginventory_stock_item, and the source's where there is MSI.

    `item_id` is None without the first, `source` without the second.
    """

    item_id: int | None
    quantity: Decimal | None
    shelf: Shelf
    rules: Rules
    source: SourceShelf | None = None

    def under_msi(self, *, kept_out: bool) -> Held:
        """The rows read as MSI leaves them, whose own code marks nothing that it takes out of stock.

        A product that is out with nothing left was sold out, unless it was seen out while there was enough.
        """
        shelf, source = self.shelf, self.source
        if not kept_out and not shelf.in_stock and not self.rules.sells(self.quantity):
            shelf = replace(shelf, by_itself=True)
        if kept_out and source is not None:
            source = replace(source, kept_out=True)
        return replace(self, shelf=shelf, source=source)

    def stocked(
        self,
        product: StockProduct,
        layout: StockLayout,
        demands: Sequence[Demand],
        reservations: Sequence[Reservation],
    ) -> Stocked:
        """As the other rooms see it. A qty of NULL is none; with the source ``default`` both rows have to be there."""
        in_stock, by_hand, quantity = self.shelf.in_stock, self.shelf.by_hand(self.rules), self.quantity
        mirrored = True
        if layout.kind == "msi_default" and self.item_id is not None:
            quantity = self.source.quantity if self.source is not None else None
            mirrored = quantity is None or quantity == self.quantity
        elif layout.kind == "msi_source":
            quantity = self.source.quantity if self.source is not None else None
            in_stock = self.source is not None and self.source.in_stock
            by_hand = self.source is not None and self.source.by_hand(self.rules)
        return Stocked(
            product=product,
            quantity=quantity,
            reserves=layout.reserves,
            managed=self.rules.managed,
            decimals=self.rules.decimals,
            backorders=self.rules.backorders,
            min_quantity=self.rules.min_quantity,
            in_stock=in_stock,
            by_hand=by_hand,
            demands=tuple(demands),
            reservations=tuple(reservations),
            stocks=layout.stocks if layout.reserves else (),
            mirrored=mirrored,
        )


def load_held(reader: Reader, layout: StockLayout, products: Sequence[StockProduct]) -> dict[int, Held]:
    """The rows of many products, by product id, in two statements for each few hundred."""
    items: dict[int, Row] = {}
    for some in portions(sorted({product.id for product in products}), AT_ONCE):
        sql = f"SELECT {_columns(layout.layout)} FROM {_item_table(layout)} WHERE product_id IN %s{_scope(layout)}"
        for row in reader.rows(sql, (some,)):
            items[int(row["product_id"])] = row
    sources: Mapping[str, Sequence[Row]] = {}
    if layout.reserves:
        table = layout.layout.quoted("inventory_source_item")
        code = layout.source.replace("\\", "\\\\").replace("'", "''").replace("%", "%%")
        sources = for_each(
            reader,
            list(dict.fromkeys(product.sku for product in products)),
            lambda mark: (
                f"SELECT {mark} AS mark, quantity, status FROM {table} WHERE source_code = '{code}' AND sku = %s"
            ),
        )
    return {
        product.id: _held(
            layout, items.get(product.id), next(iter(sources.get(product.sku, ())), None), kept_out=product.kept_out
        )
        for product in products
    }


def lock_held(session: Session, layout: StockLayout, product: StockProduct, item_id: int | None) -> Held:
    """The rows of one product as they are under their locks, the source's locked first."""
    source = None
    if layout.reserves:
        found = session.lock(
            f"SELECT quantity, status FROM {layout.layout.quoted('inventory_source_item')}"
            " WHERE source_code = %s AND sku = %s FOR UPDATE",
            (layout.source, product.sku),
        )
        source = found[0] if found else None
    item = None
    if item_id is not None:
        select = f"SELECT {_columns(layout.layout)} FROM {_item_table(layout)} WHERE item_id = %s"
        if layout.kind == "msi_source":  # its flags follow another source
            rows = session.rows(select, (item_id,))
        else:
            rows = session.lock(f"{select} FOR UPDATE", (item_id,))
        item = rows[0] if rows else None
    return _held(layout, item, source, kept_out=product.kept_out)


def item_join(layout: StockLayout, product: str, item: str) -> str:
    """A LEFT JOIN of a product's stock item; both are aliases."""
    scope = f" AND {item}.website_id = 0" if layout.layout.has("cataloginventory_stock_item", "website_id") else ""
    return (
        f" LEFT JOIN {_item_table(layout)} {item} ON {item}.product_id = {product}.entity_id"
        f" AND {item}.stock_id = {DEFAULT_STOCK}{scope}"
    )


def _held(layout: StockLayout, item: Row | None, source: Row | None, *, kept_out: bool) -> Held:
    row = item or {}
    held = Held(
        item_id=int(row["item_id"]) if item is not None else None,
        quantity=money(row, "qty") if item is not None else None,
        shelf=shelf_of(row),
        rules=rules_of(row, layout.defaults),
        source=SourceShelf(quantity=money(source, "quantity"), in_stock=whole(source, "status") == 1)
        if source is not None
        else None,
    )
    return held.under_msi(kept_out=kept_out) if layout.reserves else held


def _item_table(layout: StockLayout) -> str:
    return layout.layout.quoted("cataloginventory_stock_item")


def _columns(layout: Layout) -> str:
    return _ITEM.replace(AUTO, f"{auto_column(layout) or 0} AS {AUTO}")


def auto_column(layout: Layout) -> str | None:
    """What the shop calls `AUTO`; None where it has no such column."""
    return next((one for one in (AUTO, OLD_AUTO) if layout.has("cataloginventory_stock_item", one)), None)


def _scope(layout: StockLayout) -> str:
    scope = " AND website_id = 0" if layout.layout.has("cataloginventory_stock_item", "website_id") else ""
    return f" AND stock_id = {DEFAULT_STOCK}{scope}"
