"""Stock as Magento 1 and OpenMage keep it: looked at for many products, written for one, with its index rows.

Facts. A checkout takes its pieces from cataloginventory_stock_item in a commit of its own, before the order exists;
nothing is reserved. cataloginventory_stock_status has a row for every real website (website_id is never 0), which
Magento's code writes with each save of a stock item: there are no triggers and no changelogs. A composite product is in
the index when its own row and one of its children are in stock; its own row is nobody's but the merchant's.
``require_reindex`` in index_process has the indexer be run anew, by cron or by whoever sees it in the backend.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from cdc.models_stock import Demand, Stocked, StockProduct, Written
from cdc.rows import text, whole
from cdc.stock_before import look_before
from cdc.stock_demand import load_demands, orders_after
from cdc.stock_layout import StockLayout
from cdc.stock_parents import Parent, in_stock, load_parents
from cdc.stock_rows import DEFAULT_STOCK, Held, auto_column, item_join, load_held, lock_held
from cdc.stock_state import Shelf
from cdc.stock_write import Decide, Prepare, Session

INDEXER = "cataloginventory_stock"
"""index_process.indexer_code of the stock index."""


class Magento1Writer:
    """Keeps nothing between calls."""

    def __init__(self, layout: StockLayout) -> None:
        self._layout = layout
        self._item = layout.layout.quoted("cataloginventory_stock_item")
        self._status = layout.layout.quoted("cataloginventory_stock_status")
        self._product = layout.layout.quoted("catalog_product_entity")
        self._auto = auto_column(layout.layout)

    def look(
        self, session: Session, products: Sequence[StockProduct], orders: Mapping[int, Collection[int]]
    ) -> dict[int, Stocked]:
        """What the rows hold, unlocked, by product id; `orders` are candidates by product id."""
        wanted = {order for product in products for order in orders.get(product.id, ())}
        demands: dict[int, list[Demand]] = {}
        for one in load_demands(session, self._layout.layout, wanted, [product.id for product in products]):
            if one.order_id in orders.get(one.product_id, ()):
                demands.setdefault(one.product_id, []).append(one)
        held = load_held(session, self._layout, products)
        return {
            product.id: held[product.id].stocked(product, self._layout, demands.get(product.id, ()), ())
            for product in products
        }

    def write(
        self,
        session: Session,
        product: StockProduct,
        orders: Collection[int],
        after: int,
        decide: Decide,
        prepare: Prepare,
    ) -> Written | None:
        """One attempt to write a product's stock in one transaction; None when it is left as it is.

        It is left, too, when the product is gone or has another SKU by now: the number was meant for this one.
        """
        layout, names = self._layout, self._layout.layout
        before = session.rows(
            f"SELECT i.item_id FROM {self._product} p{item_join(layout, 'p', 'i')} WHERE p.entity_id = %s",
            (product.id,),
        )
        if not before:
            return None
        earlier = look_before(session, layout, product, orders, after)
        if earlier is not None:
            prepare(earlier.rows)
        session.begin()
        held = lock_held(session, layout, product, before[0]["item_id"])
        fence, name = session.fence_sql
        under = session.rows(
            f"SELECT {fence} AS holder, p.sku FROM {self._product} p WHERE p.entity_id = %s", (*name, product.id)
        )
        if not under or text(under[0], "sku") != product.sku:
            return None
        session.guard(under[0]["holder"])
        candidates = {*orders, *orders_after(session, names, after)} - (earlier.orders if earlier else frozenset())
        stocked = replace(
            held.stocked(product, layout, load_demands(session, names, candidates, [product.id]), ()),
            before=earlier.rows if earlier else None,
        )
        quantity = decide(stocked)
        if quantity is None or stocked.quantity is None:
            return None
        shelf = held.shelf.holding(quantity, held.rules)
        self._put(session, held, shelf, quantity)
        turned = shelf.in_stock != held.shelf.in_stock
        self._index(session, product.id, quantity, sells=shelf.in_stock or not held.rules.managed, turned=turned)
        if turned:
            self._follow(session, load_parents(session, layout, product.id))
            session.run(
                f"UPDATE {names.quoted('index_process')} SET status = 'require_reindex'"
                " WHERE indexer_code = %s AND status <> 'require_reindex'",
                (INDEXER,),
            )
        return Written(
            before=stocked.quantity,
            after=quantity,
            was_in_stock=stocked.in_stock,
            in_stock=shelf.in_stock,
            held=session.commit(),
        )

    def _put(self, session: Session, held: Held, shelf: Shelf, quantity: Decimal) -> None:
        low = "UTC_TIMESTAMP()" if held.rules.runs_low(quantity) else "NULL"
        auto = f", {self._auto} = {int(shelf.by_itself)}" if self._auto else ""
        session.run(
            f"UPDATE {self._item} SET qty = %s, is_in_stock = %s, low_stock_date = {low}{auto} WHERE item_id = %s",
            (quantity, int(shelf.in_stock), held.item_id),
        )

    def _index(self, session: Session, product_id: int, quantity: Decimal, *, sells: bool, turned: bool) -> None:
        """The product's rows of every website. Unless it `turned`, what a row says of a website is left to it."""
        if not self._layout.websites:
            return
        marks = ", ".join(["(%s, %s, %s, %s, %s)"] * len(self._layout.websites))
        status = ", stock_status = VALUES(stock_status)" if turned else ""
        session.run(
            f"INSERT INTO {self._status} (product_id, website_id, stock_id, qty, stock_status) VALUES {marks}"
            f" ON DUPLICATE KEY UPDATE qty = VALUES(qty){status}",
            tuple(
                value
                for website in self._layout.websites
                for value in (product_id, website, DEFAULT_STOCK, max(quantity, Decimal(0)), int(sells))
            ),
        )

    def _follow(self, session: Session, parents: Sequence[Parent]) -> None:
        """Let the index rows of composite products follow their children, which are read once those are locked.

        Of two transactions that change one child each, the second then sees what the first one did.
        """
        known = {parent.id: parent for parent in parents if parent.choices}
        if not known:
            return
        ids = sorted(known)
        rows = session.lock(
            f"SELECT product_id, website_id, stock_status FROM {self._status}"
            f" WHERE stock_id = {DEFAULT_STOCK} AND product_id IN %s ORDER BY product_id, website_id FOR UPDATE",
            (ids,),
        )
        children = {child for parent in known.values() for choice in parent.choices for child in choice}
        there = in_stock(session, self._layout, children.union(ids))
        for row in rows:
            parent = known[int(row["product_id"])]
            sells = parent.id in there and parent.has_stock(there)
            if bool(whole(row, "stock_status")) != sells:
                session.run(
                    f"UPDATE {self._status} SET stock_status = %s"
                    f" WHERE product_id = %s AND website_id = %s AND stock_id = {DEFAULT_STOCK}",
                    (int(sells), parent.id, row["website_id"]),
                )
