"""What `check` says of stock: sources, rights, from when orders count, and whether open orders in e-conomic reserve.

A shop that has not accepted a pull is told and never refused.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from decimal import Decimal

from cdc.errors import DatabaseUnreachable, MagentoError
from cdc.models import Store
from cdc.shop import Shop
from cdc.stock import StockTables
from cdc.stock_layout import way_in_words
from cdc.write_rights import product_writes, stock_writes
from econ_client.client import Economic
from econ_client.errors import EconomicError
from mapping.money import ZERO
from mapping.profile import Profile
from sync.books import Books
from sync.check import Check, Verdict
from sync.pull.acceptance import accepted
from sync.pull.apply import RESERVES
from sync.pull.build import tables_of
from sync.pull.since import SinceUnknown, not_begun, stock_since
from sync.rights import check_writing
from sync.settings import Settings
from sync.state.state import State

MOST_ORDERS = 300
"""Open orders that are read to prove whether they reserve, one call each."""

MOST_PRODUCTS = 20


def check_shop_stock(
    settings: Settings, shop: Shop, profile: Profile, *, accepted: bool, way: str = ""
) -> Iterator[Check]:
    """How the shop keeps stock, from when orders count, and the rights to write stock and product fields.

    `way` is how it was kept when that was accepted, empty where nobody noted it.

    What stands in the way of stock is wrong once it was accepted, and before that only said. A database that does not
    answer is told by others.
    """
    with suppress(DatabaseUnreachable):
        with closing(tables_of(settings, profile, agreed=lambda: way)) as tables:
            yield from _tables(settings, tables, "wrong" if accepted else "warning", way, needed=accepted)
        yield from _since(shop.stores(), profile, "wrong" if accepted else "warning")
        if not accepted:
            yield Check("stock", "ok", "nothing is written: `pull stock` shows what would be; nobody accepted it yet")
        if profile.targets():
            yield from _fields(settings, shop)


def _tables(settings: Settings, tables: StockTables, bad: Verdict, way: str, *, needed: bool) -> Iterator[Check]:
    try:
        layout = tables.layout
    except DatabaseUnreachable:
        raise
    except MagentoError as error:
        yield Check("stock tables", bad, str(error), fix=error.hint)
        return
    yield Check("stock tables", "ok", f"stock is kept {way_in_words(layout.way)}")
    if way and way != layout.way:
        yield Check(
            "stock tables",
            "warning",
            f"when stock was accepted it was kept {way_in_words(way)}: nothing is written until that is accepted anew",
            fix="Look at `pull stock`, and run `pull stock --accept` if it is right.",
        )
    for warning in layout.warnings:
        yield Check("stock tables", "warning", warning)
    yield from check_writing(settings, layout.layout.place, stock_writes(layout), "write stock", needed=needed)


def _fields(settings: Settings, shop: Shop) -> Iterator[Check]:
    """The rights to write product fields that e-conomic owns: without them they stay as they are in Magento."""
    for check in check_writing(
        settings, shop.layout.place, product_writes(shop.layout.edition), "write product fields", needed=True
    ):
        yield replace(check, verdict="warning") if check.verdict == "wrong" else check


def check_agreement(economic: Economic, profile: Profile, books: Books | None, state: State | None) -> Iterator[Check]:
    """Whether e-conomic has stock at all, and, where the profile counts by `available`, whether open orders reserve.

    Nothing is said where the agreement could not be read, or there is no state.
    """
    if books is None or state is None:
        return
    if not books.self_.has_inventory:
        if accepted(state):
            yield Check(
                "stock",
                "warning",
                "stock was accepted, but the agreement has no inventory module: nothing is written",
                fix="Turn on the module Lager in e-conomic.",
            )
        return
    if profile.settings.stock.basis == "available":
        try:
            yield check_reserving(economic, state)
        except EconomicError as error:
            yield Check("open orders reserve", "unknown" if error.retryable else "warning", str(error))


def check_reserving(economic: Economic, state: State) -> Check:
    """Whether open orders in e-conomic reserve stock, proven by what stands on them, and kept in the state.

    It counts with `stock.basis: available` only. Raises the errors of `econ_client.errors` and `sync.state.errors`.
    """
    name = "open orders reserve"
    found = reserving(economic)
    if found is None:
        kept = state.get(RESERVES) or "no"
        said = f"no order is open that could prove it, or more than {MOST_ORDERS} are; taken for `{kept}`"
        return Check(name, "ok" if kept == "yes" else "warning", said, fix="Run `check` again while an order is open.")
    state.put(RESERVES, "yes" if found else "no")
    if found:
        return Check(name, "ok", "e-conomic's `available` leaves out what open orders hold")
    return Check(
        name,
        "warning",
        "e-conomic's `available` does not leave out what open orders hold: they are taken off until they are booked",
        fix="Nothing has to be done; `stock: {basis: in_stock}` says the same more plainly.",
    )


def reserving(economic: Economic) -> bool | None:
    """Whether what products say of orders is what stands on all open ones; None when nothing can be told."""
    on_orders = _on_orders(economic)
    if on_orders is None:
        return None
    compared = 0
    for number, quantity in sorted(on_orders.items(), key=lambda one: -one[1]):
        product = economic.product(number) if quantity > 0 else None
        inventory = None if product is None else product.inventory
        if inventory is None or inventory.ordered_by_customers is None:
            continue
        if inventory.ordered_by_customers != quantity:
            return False
        compared += 1
        if compared == MOST_PRODUCTS:
            break
    return True if compared else None


def _on_orders(economic: Economic) -> Mapping[str, Decimal] | None:
    """Pieces of each product on open orders; None when there are too many."""
    quantities: dict[str, Decimal] = defaultdict(lambda: ZERO)
    read = 0
    for state, one in (("drafts", economic.order_draft), ("sent", economic.order_sent)):
        for head in economic.orders("drafts" if state == "drafts" else "sent"):
            read += 1
            if read > MOST_ORDERS:
                return None
            order = one(head.number)
            for line in order.lines if order is not None else ():
                if line.product is not None and line.quantity is not None:
                    quantities[line.product.product_number] += line.quantity
    return quantities


def _since(stores: tuple[Store, ...], profile: Profile, bad: Verdict) -> Iterator[Check]:
    name = "stock.since"
    try:
        since = stock_since(profile, stores)
    except SinceUnknown as error:
        yield Check(name, bad, str(error), fix=error.hint)
        return
    wait = not_begun(since, datetime.datetime.now(datetime.UTC))
    if wait:
        yield Check(name, "warning", wait)
        return
    date = profile.settings.stock.since
    late = [
        store.code
        for store in stores
        for live in [profile.for_store(store.code).settings.orders.since]
        if date is not None and isinstance(live, datetime.date) and date < live
    ]
    if late:
        yield Check(
            name,
            "warning",
            f"`stock.since` lies before `orders.since` in {', '.join(late)}: orders between the two are never sent to "
            "e-conomic, so that what they took stays taken off for ever",
            fix="Set `stock.since` to the date of `orders.since`.",
        )
    else:
        yield Check(name, "ok", f"orders count from {since.otherwise:%Y-%m-%d %H:%M} UTC")
