"""The state as the stock's engine uses it: products, the orders that take of them, and what is under way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from cdc.keys import Key
from cdc.portions import portions
from sync.state import changes, stock, stockdocs, stocklines
from sync.state.changes import Klass
from sync.state.core import Core
from sync.state.stock import StockRow
from sync.state.stockdocs import BookedPieces, Pieces
from sync.state.stocklines import CHUNK, DueStock, StockLine


class StockState(Core):
    """Stock rows, the ledger of orders, and SKUs that wait for a look."""

    def stock_rows(
        self,
        numbers: Collection[str] | None = None,
        *,
        skus: Collection[str] | None = None,
        product_ids: Collection[int] | None = None,
    ) -> list[StockRow]:
        """The rows that one of the three names, by number; texts are compared to the letter. Give one of them."""
        asked = {"number": numbers, "sku": skus, "product_id": product_ids}
        [(column, values)] = [(column, values) for column, values in asked.items() if values is not None]
        with self._read() as transaction:
            return stock.listed(transaction, column, values)

    def stock_pages(self, after_number: str = "", limit: int = 1_000) -> list[StockRow]:
        """A page of all rows; pass the last number for the next page."""
        with self._read() as transaction:
            return stock.page(transaction, after_number, limit)

    def save_stock(self, rows: Iterable[StockRow]) -> None:
        """Insert or replace rows, in one commit."""
        with self._write() as transaction:
            stock.save(transaction, rows)

    def forget_seen(self, *, rows: bool = False) -> None:
        """Forget what e-conomic said of every product; `rows`: and what is remembered of Magento's rows."""
        with self._write() as transaction:
            stock.forget_seen(transaction, rows=rows)

    def stock_latest(self, limit: int = 10) -> list[StockRow]:
        """The rows of the latest writes into Magento, the last one first."""
        with self._read() as transaction:
            return stock.latest(transaction, limit)

    def stock_counts(self) -> dict[str, int]:
        """How many products there are of each standing."""
        with self._read() as transaction:
            return stock.counts(transaction)

    def stock_applied(self) -> int:
        """How many writes into Magento there were."""
        with self._read() as transaction:
            return stock.writes(transaction)

    def changed_orders(self, limit: int = CHUNK) -> list[tuple[int, int]]:
        """Orders that may have changed, as (order, generation), the newest first."""
        with self._read() as transaction:
            return stocklines.changed(transaction, limit)

    def mark_orders(self, order_ids: Iterable[int]) -> None:
        """Say that orders may have changed, 1,000 in a commit."""
        ids = sorted(set(order_ids))
        for some in portions(ids, CHUNK):
            with self._write() as transaction:
                stocklines.mark(transaction, some)
            self.stock_bell.ring()

    def settle_orders(
        self,
        processed: Sequence[tuple[int, int]],
        lines: Sequence[StockLine],
        skus: Iterable[str] = (),
        klass: Klass = Klass.ORDER,
    ) -> None:
        """Replace the lines of orders that were looked at, in one commit; those that changed meanwhile stay marked.

        `skus` wait for a look from then on.
        """
        with self._write() as transaction:
            # tasks before marks, as capture locks them
            changes.enqueue(transaction, [Key("stock", sku) for sku in skus], klass)
            stocklines.settle(transaction, processed, lines)

    def orders_done(self, processed: Sequence[tuple[int, int]]) -> None:
        """Drop the marks of orders that did not change meanwhile; their lines stay as they are."""
        with self._write() as transaction:
            stocklines.unmark(transaction, processed)

    def lines_of(self, product_ids: Collection[int]) -> dict[int, list[StockLine]]:
        """The lines of products, by order id; every product that was asked for is there."""
        with self._read() as transaction:
            return stocklines.of_products(transaction, product_ids)

    def products_of(self, order_ids: Collection[int]) -> set[int]:
        """The products that orders have lines of."""
        with self._read() as transaction:
            return stocklines.products(transaction, order_ids)

    def mark_ledger(self) -> None:
        """Say that every order that has lines may have changed."""
        with self._read() as transaction:
            orders = stocklines.orders(transaction)
        self.mark_orders(orders)

    def drop_lines(self, lines: Sequence[tuple[int, int]]) -> None:
        """Forget lines, as (product, order), that take nothing any more."""
        with self._write() as transaction:
            stocklines.drop(transaction, lines)

    def due_stock(self, limit: int = CHUNK) -> list[DueStock]:
        """SKUs that wait for a look: what changed alone before what changed in bulk, the oldest first."""
        with self._read() as transaction:
            return stocklines.due(transaction, limit)

    def stock_done(self, looked_at: Sequence[DueStock]) -> None:
        """The look was taken; SKUs that changed again meanwhile wait on. One commit."""
        with self._write() as transaction:
            stocklines.done(transaction, looked_at)

    def stock_waiting(self) -> tuple[int, timedelta | None]:
        """How many SKUs wait for a look, and how long the oldest has."""
        with self._read() as transaction:
            return stocklines.waiting(transaction)

    def orders_waiting(self) -> int:
        """How many orders are marked as changed."""
        with self._read() as transaction:
            return stocklines.marked(transaction)

    def booked_quantities(self, order_ids: Collection[int]) -> BookedPieces:
        """By order: for each booked invoice, the pieces by product number, when it was known, and whether we booked it.

        Lines with a negative quantity and credit notes do not count. Orders without a booked invoice are left out.
        """
        with self._read() as transaction:
            return stockdocs.booked(transaction, order_ids)

    def credited_since(self, number: str, since: datetime) -> Decimal:
        """The pieces of a product on credit notes of ours booked at `since` or later, as a positive number."""
        with self._read() as transaction:
            return stockdocs.credited(transaction, number, since)

    def open_order_quantities(self, order_ids: Collection[int]) -> Pieces:
        """By order: the pieces on its draft or sent orders in e-conomic, and since when they are known.

        Left out once an invoice of the order is made or being made: e-conomic archives the order then.
        """
        with self._read() as transaction:
            return stockdocs.on_orders(transaction, order_ids)

    def writes_touching(self, since: datetime, *, orders: bool = True) -> dict[str, datetime | None]:
        """Product numbers on documents that were being booked, or ordered, at or after `since`.

        The value is when the last such write ended, None while one is under way. ``*`` stands for every number. Writes
        to orders move `available` only: `orders` False leaves them out.
        """
        with self._read() as transaction:
            return stockdocs.touching(transaction, since, orders=orders)
