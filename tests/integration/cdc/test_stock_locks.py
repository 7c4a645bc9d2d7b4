from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from decimal import Decimal
from typing import Any

import pymysql
import pytest

from cdc import stock_magento2, stock_write
from cdc.errors import DatabaseUnreachable, LockLost, MagentoError
from cdc.models_stock import Stocked, StockProduct, Written
from cdc.stock import StockTables
from sync.demo.tables import Tables
from tests.integration.cdc.stock_shop import StockShop, write

PATIENCE = 20.0


@contextmanager
def _another(shop: StockShop) -> Iterator[Tables]:
    with closing(shop.server.connect(shop.schema)) as connection:
        yield Tables(connection)


def _session_of(tables: Tables) -> int:
    with tables.connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.005)


def _waiting(shop: StockShop) -> bool:
    """Whether a session waits for a row: of this process's own server, which nobody else uses."""
    with shop.tables.connection.cursor() as cursor:
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'")
        row = cursor.fetchone()
    return row is not None and int(row[1]) > 0


def _kill_others(shop: StockShop) -> None:
    """End every session of the shop but the test's own."""
    with shop.tables.connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM information_schema.processlist WHERE db = %s AND id <> CONNECTION_ID()", (shop.schema,)
        )
        for row in cursor.fetchall():
            cursor.execute(f"KILL {row[0]}")


def _rows(shop: StockShop, product: StockProduct) -> tuple[Any, ...]:
    return shop.source(product), shop.item(product), shop.status(product)


def _started(stock: StockTables, product: StockProduct, quantity: int) -> tuple[threading.Thread, list[Any]]:
    """An apply in a thread, and where its result or error will be."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(stock.apply(product, [], 0, lambda _: Decimal(quantity)))
        except MagentoError as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def test_only_the_holder_of_the_shops_lock_writes(stock_shop: StockShop) -> None:
    product = stock_shop.product(5)
    with _another(stock_shop) as holder:
        holder.execute("SELECT GET_LOCK('shop', 0)")
        ours = _session_of(holder)
        assert write(stock_shop.stock(fence=lambda: ours, lock_name="shop"), product, 6).after == 6
        before = _rows(stock_shop, product)
        fences: list[Callable[[], int | None]] = [lambda: ours + 1, lambda: None]
        for fence in fences:
            with pytest.raises(LockLost, match="nothing was written"):
                write(stock_shop.stock(fence=fence, lock_name="shop"), product, 7)
        with pytest.raises(LockLost):
            write(stock_shop.stock(fence=lambda: ours, lock_name="another shop"), product, 7)
        assert _rows(stock_shop, product) == before
        with stock_shop.tables.transaction():  # and nothing is left locked
            stock_shop.tables.row("cataloginventory_stock_item", product_id=product.id, lock=True)


def test_a_lock_that_is_lost_while_a_row_is_waited_for(stock_shop: StockShop) -> None:
    product = stock_shop.product(5)
    with _another(stock_shop) as holder:
        holder.execute("SELECT GET_LOCK('shop', 0)")
        ours = _session_of(holder)
        stock = stock_shop.stock(fence=lambda: ours, lock_name="shop")
        before = _rows(stock_shop, product)
        with _another(stock_shop) as shop, shop.transaction():
            shop.row("cataloginventory_stock_item", product_id=product.id, lock=True)
            thread, found = _started(stock, product, 7)
            _until(lambda: _waiting(stock_shop))
            holder.execute("SELECT RELEASE_LOCK('shop')")
        thread.join(PATIENCE)
    assert [type(one) for one in found] == [LockLost]
    assert _rows(stock_shop, product) == before


@pytest.mark.parametrize("step", ["decide", "write_status", "tell_indexers"])
def test_a_connection_that_dies_before_the_commit_leaves_nothing(
    stock_shop: StockShop, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    product, stock = stock_shop.product(5), stock_shop.stock()
    before = _rows(stock_shop, product)

    def decide(_: Stocked) -> Decimal:
        if step == "decide":
            _kill_others(stock_shop)
        return Decimal(0)

    if step != "decide":
        original = getattr(stock_magento2, step)

        def killing(*arguments: Any) -> Any:
            _kill_others(stock_shop)
            return original(*arguments)

        monkeypatch.setattr(stock_magento2, step, killing)
    with pytest.raises(DatabaseUnreachable):
        stock.apply(product, [], 0, decide)
    assert _rows(stock_shop, product) == before
    monkeypatch.undo()
    assert write(stock, product, 4).before == 5


def test_a_pooled_connection_that_has_died_meanwhile_is_replaced(stock_shop: StockShop) -> None:
    product, stock = stock_shop.product(5), stock_shop.stock()
    write(stock, product, 6)
    _kill_others(stock_shop)
    assert write(stock, product, 7).before == 6


def test_a_commit_without_an_answer_is_told_as_such(stock_shop: StockShop, monkeypatch: pytest.MonkeyPatch) -> None:
    product, stock = stock_shop.product(5), stock_shop.stock()
    commit = pymysql.connections.Connection.commit

    def cut(connection: pymysql.connections.Connection[Any]) -> None:
        commit(connection)
        raise pymysql.err.OperationalError(2013, "Lost connection to MySQL server during query")

    monkeypatch.setattr(pymysql.connections.Connection, "commit", cut)
    with pytest.raises(DatabaseUnreachable, match="may be written or not"):
        write(stock, product, 6)
    monkeypatch.undo()
    assert stock_shop.flags(product) == (Decimal(6), 1, 0)


def test_a_statement_that_fails_undoes_the_others(stock_shop: StockShop) -> None:
    product, stock = stock_shop.product(5), stock_shop.stock()
    before = _rows(stock_shop, product)
    stock_shop.tables.execute(
        "CREATE TRIGGER refuse BEFORE UPDATE ON cataloginventory_stock_status FOR EACH ROW"
        " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'"
    )
    try:
        with pytest.raises(MagentoError, match="no"):
            write(stock, product, 4)
    finally:
        stock_shop.tables.execute("DROP TRIGGER refuse")
    assert _rows(stock_shop, product) == before
    with pytest.raises(MagentoError, match="Out of range"):
        write(stock, product, 10**9)
    assert _rows(stock_shop, product) == before
    assert write(stock, product, 4).before == 5


def test_a_deadlock_is_tried_again_with_everything_read_anew(stock_shop: StockShop) -> None:
    product, stock = stock_shop.product(5), stock_shop.stock()
    others = [stock_shop.product(5) for _ in range(20)]
    with _another(stock_shop) as shop:
        # Magento's save of a product: stock_item first, the source after it; it has done more, so it is spared
        with shop.transaction():
            for other in others:
                shop.update("cataloginventory_stock_item", {"qty": 1}, product_id=other.id)
            shop.update("cataloginventory_stock_item", {"qty": 8}, product_id=product.id)
            thread, found = _started(stock, product, 3)
            _until(lambda: _waiting(stock_shop))
            shop.update("inventory_source_item", {"quantity": 8}, sku=product.sku, source_code="default")
        thread.join(PATIENCE)
    (written,) = found
    assert isinstance(written, Written)
    assert (written.before, written.after) == (Decimal(8), Decimal(3))
    assert stock_shop.source(product) == (Decimal(3), 1)
    assert stock_shop.flags(product) == (Decimal(3), 1, 0)


def test_a_row_that_stays_locked_is_given_up(stock_shop: StockShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock_write, "LOCK_WAIT", 1)
    product, stock = stock_shop.product(5), stock_shop.stock()
    with _another(stock_shop) as shop, shop.transaction():
        shop.row("inventory_source_item", sku=product.sku, source_code="default", lock=True)
        thread, found = _started(stock, product, 3)
        _until(lambda: _waiting(stock_shop))
        _until(lambda: not _waiting(stock_shop))  # the first wait is over
    thread.join(PATIENCE)
    assert [type(one) for one in found] == [Written]
    monkeypatch.setattr(stock_write, "ATTEMPTS", 1)
    with _another(stock_shop) as shop, shop.transaction():
        shop.row("inventory_source_item", sku=product.sku, source_code="default", lock=True)
        with pytest.raises(DatabaseUnreachable, match="Lock wait timeout"):
            write(stock, product, 3)


def test_siblings_that_sell_out_at_once_take_their_parent_along(stock_shop: StockShop) -> None:
    stock = stock_shop.stock()
    for _ in range(10):
        parent = stock_shop.product(0, kind="configurable")
        children = [stock_shop.product(5, parents=[parent]) for _ in range(4)]
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda child: write(stock, child, 0), children))
        assert stock_shop.flags(parent) == (Decimal(0), 0, 1)


def test_several_threads_write_at_once(stock_shop: StockShop) -> None:
    stock = stock_shop.stock()
    products = [stock_shop.product(5) for _ in range(60)]
    with ThreadPoolExecutor(4) as threads:
        written = list(threads.map(lambda product: write(stock, product, product.id), products))
    assert [one.after for one in written] == [Decimal(product.id) for product in products]
    assert [stock_shop.flags(product)[0] for product in products] == [Decimal(product.id) for product in products]


LOCK = "SELECT qty FROM cataloginventory_stock_item WHERE item_id IN (%s) FOR UPDATE"
TAKE = "UPDATE cataloginventory_stock_item SET qty = qty - 1 WHERE product_id = %s AND website_id = 0"


class _Checkouts:
    """Four connections that take pieces of one row, about 200 times a second altogether.

    With `locking` as Magento does without MSI, which deadlocks by itself with those that do not.
    """

    def __init__(self, shop: StockShop, product: StockProduct, *, locking: bool) -> None:
        self._shop = shop
        self._product = product
        self._item = shop.item(product)["item_id"]
        self._locking = locking
        self._stop = threading.Event()
        self.errors: list[Exception] = []
        self.taken = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._take) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(PATIENCE)

    def _take(self) -> None:
        with _another(self._shop) as tables:
            while not self._stop.wait(0.02):
                try:
                    with tables.transaction():
                        if self._locking:
                            tables.execute(LOCK, (self._item,))
                        tables.execute(TAKE, (self._product.id,))
                except pymysql.MySQLError as error:
                    self.errors.append(error)
                self.taken += 1


@pytest.mark.parametrize("locking", [False, True])
def test_checkouts_of_the_same_product_are_not_held_up(stock_shop: StockShop, locking: bool) -> None:
    """No deadlock ever reaches them. How long rows are locked counts in the quietest moment of a busy machine."""
    product, stock = stock_shop.product(100_000), stock_shop.stock()
    write(stock, product, 99_999)
    checkouts = _Checkouts(stock_shop, product, locking=locking)
    slow: list[float] = []
    with checkouts.running():
        deadline = time.monotonic() + 8
        while not slow or (slow[-1] >= 0.02 and time.monotonic() < deadline):
            until = time.monotonic() + 0.6
            held: list[float] = []
            while time.monotonic() < until:
                held.append(write(stock, product, 100_000 + len(held)).held)
            slow.append(sorted(held)[int(len(held) * 0.99)])
    assert checkouts.errors == []
    assert checkouts.taken > 50
    assert min(slow) < 0.02
