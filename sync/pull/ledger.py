"""Which orders still take something of a product that e-conomic's number has not left out yet.

`sales_order_item` has no index on product or SKU, so the orders of each product are kept in the state; their quantities
are read again whenever they count. Capture says which orders changed, in the commit that moves its position.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from cdc.keys import Key
from cdc.models_stock import Demand
from cdc.stock import StockTables
from mapping.money import ZERO
from mapping.share import WHOLE, Share, may_leave_out, share_of
from mapping.stock import NOTHING_KNOWN, Booked, Known, Since
from sync import credit_notes
from sync.context import Context
from sync.pull.apart import each
from sync.pull.matching import Matcher
from sync.state.changes import Klass
from sync.state.stocklines import StockLine

AT_ONCE = 500
"""Orders that are read in one go."""

FILLED = "stock:filled"
"""Where the first reading of all orders stands: an entity id, or `DONE`."""

NEWEST = "stock:newest_order"
"""Every order up to this entity id is in the ledger, or was told by capture."""

READ_BY = "stock:read_by"
"""By which profile and days orders were read."""

DONE = "done"
_SHARES = 5_000
EARLIER = timedelta(days=1)
"""A store view's day begins up to so much before UTC's."""


@dataclass(slots=True)
class Ledger:
    """The orders of each product, and what is known of them. Used by one thread."""

    context: Context
    tables: StockTables
    matcher: Matcher
    since: Callable[[], Since]
    newest: int = 0
    _shares: OrderedDict[int, Share] = field(default_factory=OrderedDict)

    def fill(self, tell: Callable[[int], None] = lambda _: None, stop: Callable[[], bool] = lambda: False) -> bool:
        """Read every order since `stock.since` once; False when `stop` said so first: it goes on from there.

        Afterwards only those that are newer than any that is known: capture tells of none from before its first start,
        or from a stretch of the binlog that was passed over.

        `tell` is given the number of orders read. Raises the errors of `cdc.errors` and `sync.state.errors`.
        """
        state = self.context.state
        self._follow_profile()
        known = state.get(FILLED) or "0"
        self.newest = int(state.get(NEWEST) or 0)
        done = known == DONE
        if not self.newest and not done:
            self._reached(self.tables.newest_order())
        # an order may be committed after others with a higher id
        after = max(0, self.newest - AT_ONCE) if done else int(known)
        begins = self.since()
        first = min([begins.otherwise, *begins.by_store.values()]) - EARLIER
        read = 0
        while orders := self.tables.orders_since(first, after, AT_ONCE):
            if stop():
                return False
            each(lambda some: self._note(some, ()), orders, _order)
            after = orders[-1]
            read += len(orders)
            if done:
                self._reached(max(after, self.newest))
            else:
                state.put(FILLED, str(after))
            tell(read)
        if not done:
            state.put(FILLED, DONE)
        return True

    def _follow_profile(self) -> None:
        """See which orders count otherwise by another profile, or another `stock.since`, than the last one."""
        state, profile, since = self.context.state, self.context.profile, self.since()
        begins = {"": since.otherwise, **{str(store): at for store, at in since.by_store.items()}}
        basis, days = profile.settings.stock.basis, {store: at.isoformat() for store, at in begins.items()}
        now = json.dumps({"profile": profile.fingerprint, "basis": basis, "since": days})
        kept = state.get(READ_BY)
        if kept == now:
            return
        if kept:
            before = json.loads(kept)
            if before["basis"] != basis:
                state.forget_seen()
            if any(before["since"].get(store, at) != at for store, at in days.items()):
                state.put(FILLED, "0")
                state.look_at_all("stock")
            elif before["profile"] != profile.fingerprint:
                state.mark_ledger()
        state.put(READ_BY, now)

    def drain(self) -> bool:
        """Take in some of the orders that capture says changed; True when more of them wait.

        The products that they hold, or held, wait for a look from the same commit on.
        """
        state = self.context.state
        marks = dict(state.changed_orders(AT_ONCE))
        if not marks:
            return False
        for order in marks:
            self._shares.pop(order, None)
        klass = Klass.ORDER if len(marks) < AT_ONCE else Klass.BACKFILL
        failed = each(lambda some: self._note(some, [(one, marks[one]) for one in some], klass), list(marks), _order)
        if failed:
            state.orders_done([(one, marks[one]) for one in failed])
        if max(marks) > self.newest:
            self._reached(max(marks))
        return len(marks) == AT_ONCE

    def known(
        self, demands: Mapping[int, Collection[Demand]], numbers: Mapping[int, str], *, reserving: bool = False
    ) -> dict[int, dict[int, Known]]:
        """What is known of each product's orders: product id -> order id -> `Known`.

        `numbers` gives each product's number in e-conomic. `reserving`: open orders in e-conomic are proven to reserve,
        and what they hold is told too.
        """
        orders = sorted({one.order_id for some in demands.values() for one in some})
        state = self.context.state
        booked = state.booked_quantities(orders)
        held = state.open_order_quantities(orders) if reserving else {}
        lines = {(line.product_id, line.order_id): line for some in state.lines_of(demands).values() for line in some}
        found: dict[int, dict[int, Known]] = {}
        for product, some in demands.items():
            number = numbers[product]
            for demand in some:
                on_invoices = tuple(
                    Booked(quantity=quantities[number], known_at=at, ours=ours)
                    for quantities, at, ours in booked.get(demand.order_id, ())
                    if number in quantities
                )
                line = lines.get((product, demand.order_id))
                one = Known(
                    skipped=line.skipped if line is not None else False,
                    taken_off=line.taken_off if line is not None else ZERO,
                    booked=on_invoices,
                    on_open_orders=sum(
                        (quantities.get(number, ZERO) for quantities, _ in held.get(demand.order_id, ())), ZERO
                    ),
                )
                if line is None and left(demand, one) > 0:
                    one = self._completed(demand, one)
                found.setdefault(product, {})[demand.order_id] = one
        return found

    def _completed(self, demand: Demand, known: Known) -> Known:
        """An order that the ledger does not hold (any more): its share is asked for, and remembered for a while."""
        if self.since().settled(demand):
            return known
        share = self._shares.get(demand.order_id)
        if share is None:
            share = self._share(demand.order_id)
            self._shares[demand.order_id] = share
            while len(self._shares) > _SHARES:
                self._shares.popitem(last=False)
        return Known(
            skipped=share.skipped,
            taken_off=share.taken_off.get(demand.product_id, ZERO),
            booked=known.booked,
            on_open_orders=known.on_open_orders,
        )

    def _note(self, orders: Sequence[int], changed: Sequence[tuple[int, int]], klass: Klass = Klass.ORDER) -> None:
        """Replace the lines of these orders by what they take now, and let products of changed orders be looked at."""
        state = self.context.state
        begins = self.since()
        demands = [one for one in self.tables.demands(orders) if not begins.settled(one)]
        shares = self._shares_of(orders)
        done = self._done(demands)
        lines = [
            StockLine(
                product_id=one.product_id,
                order_id=one.order_id,
                skipped=share.skipped,
                taken_off=share.taken_off.get(one.product_id, ZERO),
                open=left(one, NOTHING_KNOWN),
            )
            for one in demands
            if one.ordered > one.cancelled and (one.product_id, one.order_id) not in done
            for share in [shares.get(one.order_id, WHOLE)]
        ]
        skus: set[str] = set()
        if changed:
            products = {one.product_id for one in demands} | state.products_of(orders)
            skus = {row.sku for row in state.stock_rows(product_ids=products) if row.sku}
        self.context.fence()
        state.settle_orders(changed or [(order, 0) for order in orders], lines, sorted(skus), klass)

    def _done(self, demands: Sequence[Demand]) -> set[tuple[int, int]]:
        """What was booked before the number that was applied last was read: it never counts again."""
        state = self.context.state
        rows = {row.product_id: row for row in state.stock_rows(product_ids={one.product_id for one in demands})}
        skus = {sku for one in demands if one.product_id not in rows for sku in one.skus}
        named = self.matcher.number_of(skus)
        booked = state.booked_quantities(sorted({one.order_id for one in demands}))
        done = set()
        for one in demands:
            row = rows.get(one.product_id)
            numbers = {row.number} if row is not None else {named.get(sku) for sku in one.skus}
            before = None if row is None else row.applied_at
            quantity = sum(
                (
                    quantities.get(number, ZERO)
                    for quantities, at, _ in booked.get(one.order_id, ())
                    if before is None or at < before
                    for number in numbers
                    if number is not None
                ),
                ZERO,
            )
            if one.ordered - one.cancelled - quantity <= 0:
                done.add((one.product_id, one.order_id))
        return done

    def _shares_of(self, orders: Sequence[int]) -> dict[int, Share]:
        """The shares of those orders that the profile may leave out or make smaller."""
        asked = orders if may_leave_out(self.context.profile) else self.tables.refunded(orders)
        return {order: self._share(order) for order in asked}

    def _share(self, order_id: int) -> Share:
        order = self.context.shop.order(order_id)
        if order is None:
            return WHOLE
        links = self.context.state.links(Key("order", str(order_id))) if order.credit_memos else {}
        refunds = credit_notes.refunds(self.context, order, links)
        return share_of(order, self.context.profile, self.context.agreement, refunds, now=self.context.now())

    def _reached(self, order_id: int) -> None:
        self.newest = order_id
        self.context.state.put(NEWEST, str(order_id))


def _order(order_id: int) -> str:
    return f"order id:{order_id}"


def left(demand: Demand, known: Known) -> Decimal:
    """What an order took of the row and is not booked: a piece taken off a draft was taken of the row all the same."""
    booked = sum((one.quantity for one in known.booked), ZERO)
    return demand.ordered - demand.cancelled - booked
