"""Stock as Magento 2 keeps it: looked at for many products, written for one, with its parents and indexers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

from cdc.load_product import CURRENT_VERSION
from cdc.models_stock import Demand, Reservation, Stocked, StockProduct, Written
from cdc.rows import NO_MONEY, Row, text, whole
from cdc.stock_before import Earlier, known_only, look_before, paid
from cdc.stock_columns import VIEWS
from cdc.stock_demand import load_demands, orders_after
from cdc.stock_index import Status, custom_stocks, tell_indexers, write_custom_stock, write_status
from cdc.stock_layout import StockLayout
from cdc.stock_parents import Parent, follow, follow_in, load_parents
from cdc.stock_reservations import load_later, load_reservations, numbers
from cdc.stock_rows import DEFAULT_STOCK, Held, item_join, load_held, lock_held
from cdc.stock_state import salable
from cdc.stock_write import Decide, Prepare, Session

_FOUR = Decimal("0.0001")

_ROUNDS = 4
"""How often reservations are read anew because they name orders that were not; then those count as under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """What a written quantity did to a product: whether it begins or ends to be in stock, and what has to be told."""

    in_stock: bool
    flips: bool
    stocks: tuple[int, ...] = ()


class _ParentsNeeded(Exception):
    """The product's status changes, and its parents were not read before the lock."""


class Magento2Writer:
    """Without multi-source inventory (MSI) and with it, by the layout. Keeps nothing between calls."""

    def __init__(self, layout: StockLayout) -> None:
        self._layout = layout
        names = layout.layout
        versions = f" AND {CURRENT_VERSION}" if names.row_id else ""
        product, relation = names.quoted("catalog_product_entity"), names.quoted("catalog_product_relation")
        views = ", ".join(f"'{view}'" for view in VIEWS)
        reserved = "0"
        if layout.reserves:
            reserved = (
                f"(SELECT COUNT(*) FROM {names.quoted('inventory_reservation')}"
                f" WHERE stock_id IN ({numbers(layout.stocks)}) AND sku = %s)"
            )
        self._before = (
            f"SELECT p.sku, i.item_id, {reserved} AS reserved,"
            f" EXISTS (SELECT 1 FROM {relation} r WHERE r.child_id = p.entity_id) AS has_parents"
            f" FROM {product} p{item_join(layout, 'p', 'i')} WHERE p.entity_id = %s{versions}"
        )
        self._under = (
            f" AS holder, p.sku, s.stock_status, (SELECT MAX(entity_id) FROM {names.quoted('sales_order')}) AS newest,"
            f" (SELECT GROUP_CONCAT(view_id) FROM {names.quoted('mview_state')} WHERE mode = 'enabled'"
            f" AND view_id IN ({views})) AS scheduled FROM {product} p"
            f" LEFT JOIN {names.quoted('cataloginventory_stock_status')} s ON s.product_id = p.entity_id"
            f" AND s.website_id = 0 AND s.stock_id = {DEFAULT_STOCK} WHERE p.entity_id = %s{versions}"
        )

    def look(
        self, session: Session, products: Sequence[StockProduct], orders: Mapping[int, Collection[int]]
    ) -> dict[int, Stocked]:
        """What the rows hold, unlocked, by product id; `orders` are candidates by product id.

        Orders that reservations name are added. A product whose SKU is another by now counts by the one given.
        """
        layout = self._layout
        candidates = {product.id: set(orders.get(product.id, ())) for product in products}
        demands, reservations = _settled(session, layout, products, candidates)
        held = load_held(session, layout, products)
        return {
            product.id: held[product.id].stocked(
                product, layout, demands.get(product.id, ()), reservations.get(product.sku, ())
            )
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
        try:
            return self._write(session, product, orders, after, decide, prepare, None)
        except _ParentsNeeded:
            session.rollback()
        parents = load_parents(session, self._layout, product.id)
        return self._write(session, product, orders, after, decide, prepare, parents)

    def _write(
        self,
        session: Session,
        product: StockProduct,
        orders: Collection[int],
        after: int,
        decide: Decide,
        prepare: Prepare,
        parents: Sequence[Parent] | None,
    ) -> Written | None:
        layout = self._layout
        own_sku = (product.sku,) if layout.reserves else ()
        before = session.rows(self._before, (*own_sku, product.id))
        if not before or text(before[0], "sku") != product.sku:
            return None
        if not before[0]["has_parents"]:
            parents = ()
        earlier = look_before(session, layout, product, orders, after, reserved=whole(before[0], "reserved"))
        if earlier is not None:
            prepare(earlier.rows)
        session.begin()
        held = lock_held(session, layout, product, before[0]["item_id"])
        fence, name = session.fence_sql
        under = session.rows(f"SELECT {fence}{self._under}", (*name, product.id))
        if not under or text(under[0], "sku") != product.sku:
            return None
        session.guard(under[0]["holder"])
        stocked = self._under_lock(session, product, held, orders, after, whole(under[0], "newest"), earlier)
        own = (*(stocked.before.reservations if stocked.before else ()), *stocked.reservations)
        wanted = decide(stocked)
        if wanted is None or stocked.quantity is None:
            return None
        quantity = wanted.quantize(_FOUR, ROUND_FLOOR)
        # an indexer's mode may have been changed since the layout was looked up
        modes = dict.fromkeys(text(under[0], "scheduled").split(","), True)
        layout = replace(layout, scheduled=modes)
        turn = _fill(session, layout, product, held, under[0], quantity, own)
        if turn.flips:
            if parents is None:
                raise _ParentsNeeded
            _tell(session, layout, product, parents, turn)
        return Written(
            before=stocked.quantity,
            after=quantity,
            was_in_stock=stocked.in_stock,
            in_stock=turn.in_stock,
            held=session.commit(),
        )

    def _under_lock(
        self,
        session: Session,
        product: StockProduct,
        held: Held,
        orders: Collection[int],
        after: int,
        newest: int,
        earlier: Earlier | None,
    ) -> Stocked:
        """The rows with what orders take: all of it read again, or what came since an earlier look."""
        layout, names = self._layout, self._layout.layout
        if earlier is not None:
            newer = orders_after(session, names, earlier.newest) if newest > earlier.newest else ()
            demands = load_demands(session, names, newer, [product.id]) if newer else []
            known = {*earlier.orders, *newer}
            later = load_later(session, names, layout.stocks, product.sku, earlier.marked) if layout.reserves else ()
            if later is not None:
                own = [one for one in demands if one.order_id not in earlier.orders]
                told = known_only(later, known)
                named = {one.increment_id for one in told}
                told += tuple(one for one in paid(earlier.rows, own) if one.increment_id not in named)
                return replace(held.stocked(product, layout, own, told), before=earlier.rows)
        newer = orders_after(session, names, after) if newest > after else ()
        demands_, reservations = _settled(session, layout, [product], {product.id: {*orders, *newer}})
        return held.stocked(product, layout, demands_.get(product.id, ()), reservations.get(product.sku, ()))


def _fill(
    session: Session,
    layout: StockLayout,
    product: StockProduct,
    held: Held,
    under: Row,
    quantity: Decimal,
    reservations: Sequence[Reservation],
) -> _Turn:
    """Write the product's own rows."""
    rules, names = held.rules, layout.layout
    shelf = held.shelf.holding(quantity, rules)
    in_stock = shelf.in_stock
    if layout.kind == "msi_source" and held.source is not None:
        in_stock = held.source.holding(quantity, rules)
    if layout.reserves:
        session.run(
            f"UPDATE {names.quoted('inventory_source_item')} SET quantity = %s, status = %s"
            " WHERE source_code = %s AND sku = %s",
            (quantity, int(in_stock), layout.source, product.sku),
        )
    flips = False
    if layout.kind != "msi_source":
        low = "UTC_TIMESTAMP()" if rules.runs_low(quantity) else "NULL"
        session.run(
            f"UPDATE {names.quoted('cataloginventory_stock_item')} SET qty = %s, is_in_stock = %s,"
            f" stock_status_changed_auto = %s, low_stock_date = {low} WHERE item_id = %s",
            (quantity, int(shelf.in_stock), int(shelf.by_itself), held.item_id),
        )
        status = _status(product.id, quantity, held, under, in_stock, _reserved(reservations, DEFAULT_STOCK))
        write_status(session, layout, status)
        flips = status.flips
    turned = tuple(
        stock
        for stock in custom_stocks(layout)
        if write_custom_stock(session, layout, stock, product.sku, _reserved(reservations, stock), rules)
    )
    return _Turn(in_stock=in_stock, flips=flips or bool(turned), stocks=turned)


def _tell(session: Session, layout: StockLayout, product: StockProduct, parents: Sequence[Parent], turn: _Turn) -> None:
    """Let parents and indexers follow."""
    if layout.kind != "msi_source":
        follow(session, layout, parents)
    for stock in turn.stocks:
        follow_in(session, layout, parents, stock)
    tell_indexers(session, layout, {product.id, *(parent.id for parent in parents)})


def _status(product_id: int, quantity: Decimal, held: Held, under: Row, in_stock: bool, reserved: Decimal) -> Status:
    was = bool(under["stock_status"]) if under["stock_status"] is not None else None
    sells = in_stock or not held.rules.managed
    if was is False and not salable(quantity, reserved, held.rules):
        sells = False  # Magento's queue took it off because reservations leave nothing, and puts it back itself
    return Status(
        product_id=product_id,
        quantity=quantity,
        was=was,
        sells=sells,
        turned=in_stock != held.shelf.in_stock,
    )


def _reserved(reservations: Sequence[Reservation], stock: int) -> Decimal:
    return sum((one.quantity for one in reservations if one.stock_id == stock), NO_MONEY)


def _settled(
    session: Session, layout: StockLayout, products: Sequence[StockProduct], candidates: dict[int, set[int]]
) -> tuple[dict[int, list[Demand]], dict[str, tuple[Reservation, ...]]]:
    """What orders take, and after it the reservations, so that no reservation counts that was released meanwhile.

    Magento commits a reservation before its order, and its release before the order's cancellation. Orders that only
    reservations name are therefore read next, and the reservations then once more.
    """
    names, ids = layout.layout, [product.id for product in products]
    everything: set[int] = set().union(*candidates.values())
    demands = _by_product(load_demands(session, names, everything, ids), candidates)
    if not layout.reserves:
        return demands, {}
    skus = list(dict.fromkeys(product.sku for product in products))
    for _ in range(_ROUNDS):
        reservations = load_reservations(session, names, layout.stocks, skus)
        lacking: dict[int, set[int]] = {}
        for product in products:
            named = {order for one in reservations.get(product.sku, ()) for order in one.order_ids}
            if others := named - candidates[product.id]:
                lacking[product.id] = others
        if not lacking:
            return demands, reservations
        more = load_demands(session, names, set().union(*lacking.values()), list(lacking))
        for key, found in _by_product(more, lacking).items():
            demands.setdefault(key, []).extend(found)
        for key, others in lacking.items():
            candidates[key] |= others
    late = set().union(*lacking.values())
    return demands, {
        sku: tuple(replace(one, order_ids=()) if late.intersection(one.order_ids) else one for one in found)
        for sku, found in reservations.items()
    }


def _by_product(demands: Sequence[Demand], candidates: Mapping[int, Collection[int]]) -> dict[int, list[Demand]]:
    found: dict[int, list[Demand]] = {}
    for demand in demands:
        if demand.order_id in candidates.get(demand.product_id, ()):
            found.setdefault(demand.product_id, []).append(demand)
    return found
