"""Whether the profile's store views exist, and whether each order has a reference of its own."""

from __future__ import annotations

from collections.abc import Iterator

from cdc.shared_numbers import OrderHead
from cdc.shop import Shop
from mapping.checking import nearest
from mapping.dates import is_after
from mapping.problems import CannotMap
from mapping.profile import Profile
from sync.check import Check


def check_stores(shop: Shop, profile: Profile) -> Iterator[Check]:
    """Store views and references. Raises the errors of `cdc.errors`."""
    codes = [store.code for store in shop.stores()]
    named = profile.stores()
    unknown = [store for store in named if store.code not in codes]
    for store in unknown:
        yield Check(
            "profile's store views",
            "wrong",
            f"{store.file}:{store.line}: `{store.path}`: Magento has no store view"
            f" `{store.code}`{nearest(store.code, codes)}",
            f"one of {', '.join(codes)}" if codes else "",
            "Correct the code: it is the one under Stores > All Stores in Magento.",
        )
    if named and not unknown:
        yield Check("profile's store views", "ok", f"{len({store.code for store in named})} store views exist")
    yield _references(shop, profile)


def _references(shop: Shop, profile: Profile) -> Check:
    name = "order references"

    def prefix(code: str) -> str:
        return profile.for_store(code).settings.reference.prefix

    def live(order: OrderHead) -> bool:
        since = profile.for_store(order.store.code).settings.orders.since
        try:
            return is_after(since, order.store, order.increment_id, order.created_at)
        except CannotMap:  # an unknown time zone
            return True

    found = shop.shared_number(prefix, live)
    if not found.complete:
        return Check(name, "warning", "not all orders could be compared in time", "one reference for each order")
    if not found.orders:
        return Check(name, "ok", "each order after the go-live line has its own")
    stores = list(dict.fromkeys(order.store.code for order in found.orders))
    places = " and ".join(f"`{code}`" if code else "a deleted store view" for code in stores)
    number = found.orders[0].increment_id
    example = next((code for code in reversed(stores) if code), "")
    own = f"stores: {{{example}: {{reference: {{prefix: {_prefix(example)}}}}}}}"
    fix = (
        f"Give one of them a prefix in the profile, `{own}`, before anything is sent."
        if example
        else "Give these orders a store view in Magento again, or draw the go-live line after them."
    )
    return Check(
        name,
        "wrong",
        f"order number {number} is used by {places}: both would be `{prefix(example)}{number}` in e-conomic",
        "one reference for each order",
        fix,
    )


def _prefix(code: str) -> str:
    """An example that the profile takes: at most 20 characters, without spaces, dots or slashes."""
    return f"{code[:10].upper().replace('_', '-')}-"
