"""What buyers, shop keepers and bookkeepers do in the model: generators, one transaction between two `yield`s."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from tests.model.shop import Checkout, Order
from tests.model.world import World

ZERO = Decimal(0)
Steps = Iterator[None]


def checkout(world: World, *, replaces: Order | None = None) -> Steps:
    """A buyer: takes, pays for some steps, and becomes an order or gives back. With `replaces`, an edited order."""
    shop, number = world.shop, world.next_number()
    quantity = world.pieces() if replaces is None else replaces.ordered
    stock = world.rng.choice(shop.stock_ids)
    if shop.offer(stock) < quantity:
        return
    test = world.rare(world.skips)
    order = Order(
        id=0, increment_id=number, stock=stock, created_at=world.now, ordered=quantity,
        virtual=world.rng.random() < 0.2, test=test,
    )  # fmt: skip
    shop.take(order)
    one = Checkout(quantity=quantity, began=world.now, chained=shop.raised and not shop.reserves, test=test)
    shop.checkouts.append(one)
    world.tell(f"checkout {number} takes {quantity}" + (" (a test order)" if test else ""))
    for _ in range(world.rng.choice((0, 1, 2, 5, 9))):
        yield
    if replaces is None and world.rng.random() < 0.25:
        shop.give_back(order, quantity)
        shop.checkouts.remove(one)
        world.tell(f"checkout {number} fails")
        return
    shop.last_id += 1
    order.id = shop.last_id
    if world.rng.random() < 0.3:
        yield
    order.created_at, order.committed = world.now, True
    shop.orders[order.id] = order
    shop.changed = True
    shop.checkouts.remove(one)
    world.tell(f"order {number} is there")
    if replaces is not None:
        yield
        yield from cancel(world, replaces)


def cancel(world: World, order: Order) -> Steps:
    """All that is not invoiced; what is given back comes first, or with it."""
    shop, quantity = world.shop, order.ordered - order.cancelling - max(order.invoiced, order.handed)
    if quantity <= 0 or order.id not in shop.orders:
        return
    order.cancelling += quantity
    shop.give_back(order, quantity)
    if not shop.reserves and (order.test or order.created_at < world.since):
        world.lifted = True  # the pull left it out already; nothing but the row tells
        world.masked += quantity if order.test else ZERO
        world.returned += ZERO if order.test else quantity
    world.tell(f"order {order.increment_id}: {quantity} given back for a cancellation")
    if world.split_cancels:
        world.unclean = world.unclean or not shop.reserves
        yield
    order.cancelled += quantity
    shop.changed = True
    world.tell(f"order {order.increment_id}: {quantity} cancelled")


def invoice(world: World, order: Order) -> Steps:
    """Some or all of it; what is virtual is handed over."""
    left = order.ordered - order.cancelling - order.invoiced
    if left > 0:
        quantity = left if world.rng.random() < 0.6 else world.some(left)
        order.invoiced += quantity
        if order.virtual:
            world.shop.hand_over(order, quantity)
        world.tell(f"order {order.increment_id}: {quantity} invoiced")
    yield


def ship(world: World, order: Order) -> Steps:
    """Some or all of what is left to ship."""
    left = order.ordered - order.cancelling - order.handed - order.unshipped_refunds
    if left > 0 and not order.virtual:
        quantity = left if world.rng.random() < 0.6 else world.some(left)
        world.shop.hand_over(order, quantity)
        if world.rng.random() < 0.8:  # a bundle's component keeps qty_shipped 0
            order.shipped += quantity
        world.tell(f"order {order.increment_id}: {quantity} shipped")
    yield


def refund(world: World, order: Order) -> Steps:
    """Pieces that were shipped, or were not; with or without return to stock."""
    shop, left = world.shop, order.invoiced - order.refunded
    if left <= 0 or order.test:
        return
    quantity = world.some(left)
    kept = min(order.ordered - order.cancelling - order.handed - order.unshipped_refunds, left)
    restock = world.rng.random() < 0.6
    if kept > 0:
        quantity = min(quantity, kept)
        order.unshipped_refunds += quantity
        order.back += quantity
        if restock:
            shop.give_back(order, quantity)
    else:
        quantity = min(quantity, order.handed)
        if restock:
            shop.put(quantity)
            shop.shelf += quantity
            order.back += quantity
    if restock and not shop.reserves:
        world.lifted = True
        world.returned += quantity
    order.refunded += quantity
    world.tell(f"order {order.increment_id}: {quantity} refunded, {'un' if kept > 0 else ''}shipped, restock {restock}")
    yield


def delete(world: World, order: Order) -> Steps:
    """An extension removes the order's rows; nothing is given back."""
    if order.owed == order.ordered - order.cancelling and not order.invoiced:
        del world.shop.orders[order.id]
        world.unclean = True
        world.tell(f"order {order.increment_id} is deleted")
    yield


def edit_up(world: World) -> Steps:
    """A person raises the row."""
    quantity = world.pieces()
    world.shop.put(quantity)
    world.masked += quantity
    world.lifted = True
    world.tell(f"edit: {quantity} up")
    yield


def edit_down(world: World) -> Steps:
    """A person lowers the row."""
    quantity = world.pieces()
    world.shop.put(-quantity)
    world.unclean = True
    world.tell(f"edit: {quantity} down")
    yield


def purchase(world: World) -> Steps:
    """Goods arrive, and e-conomic is told."""
    quantity = world.pieces() + world.pieces()
    world.shop.shelf += quantity
    world.economic.in_stock += quantity
    world.tell(f"purchase of {quantity}")
    yield


def loss(world: World) -> Steps:
    """A stocktake finds less."""
    quantity = min(world.pieces(), world.shop.shelf, world.economic.in_stock)
    if quantity > 0:
        world.shop.shelf -= quantity
        world.economic.in_stock -= quantity
        world.economic.lost(quantity, world.now)
        world.tell(f"stocktake: {quantity} less")
    yield


def phone(world: World) -> Steps:
    """A sale in e-conomic, invoiced at once or from an order there, and shipped from there."""
    economic, quantity = world.economic, world.pieces()
    if min(economic.available, economic.in_stock) < quantity:
        return
    economic.phone_owed += quantity
    economic.lost(quantity, world.now)
    world.tell(f"phone order of {quantity}")
    if world.basis == "available" and economic.orders_reserve and world.rng.random() < 0.5:
        economic.serial += 1
        name = f"phone-{economic.serial}"
        economic.ordered[name] = quantity
        yield
        del economic.ordered[name]
    economic.in_stock -= quantity
    yield
    world.shop.shelf -= quantity
    economic.phone_owed -= quantity


def of_an_order(world: World, what: Callable[[World, Order], Steps]) -> Steps:
    """Something that happens to one of the orders there are."""
    orders = list(world.shop.orders.values())
    return what(world, world.rng.choice(orders)) if orders else iter(())


def edited(world: World, order: Order) -> Steps:
    """An order is edited: a new one first, then the old is cancelled."""
    return iter(()) if order.invoiced or order.cancelling else checkout(world, replaces=order)
