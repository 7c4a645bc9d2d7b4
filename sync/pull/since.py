"""From when orders count for stock, in each store view's own time zone."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cdc.models import Store
from cdc.shop import Shop
from mapping.profile import Profile
from mapping.stock import Since
from sync.errors import ConfigError

KEPT = 600.0
"""Seconds for which the store views are known."""


class SinceUnknown(ConfigError):
    """The profile does not say from when orders count, or a store view's time zone is not known."""


def stock_since(profile: Profile, stores: Sequence[Store]) -> Since:
    """The beginning of `stock.since` in each store view's time zone; where unset, of the date of its `orders.since`.

    Orders of store views that are gone are measured by the earliest of them, so that none is left out.

    Raises:
        SinceUnknown: `stock.since` is not set and `orders.since` is no date; or a time zone is not known.
    """
    by_store = {store.id: _midnight(_date(profile, store.code), store) for store in stores}
    if not by_store:
        raise SinceUnknown("Magento has no store view, so `stock.since` has no time zone to begin in")
    return Since(otherwise=min(by_store.values()), by_store=by_store)


def not_begun(since: Since, now: datetime.datetime) -> str:
    """Why nothing may be written yet, with what to do; empty once every store view's orders count.

    Until then orders are left out of the sum that e-conomic's number does not know either: they would be sold twice.
    """
    last = max(since.by_store.values(), default=since.otherwise)
    if last <= now:
        return ""
    return (
        f"`stock.since` in the profile begins at {last:%Y-%m-%d %H:%M} UTC: orders that come before it do not count, "
        "so what they take would be offered again. Wait until then, or set an earlier date."
    )


def _date(profile: Profile, code: str) -> datetime.date:
    since = profile.settings.stock.since or profile.for_store(code).settings.orders.since
    if isinstance(since, datetime.date):
        return since
    raise SinceUnknown(
        "`stock.since` is not set in the profile, and `orders.since`"
        + (" names increment ids" if since else " is not set")
        + (f" for the store view {code}" if code in profile.views() else ""),
        hint="Set `stock: {since: 2026-12-31}` to the first day whose orders e-conomic's stock does not know yet.",
    )


def _midnight(date: datetime.date, store: Store) -> datetime.datetime:
    try:
        zone = ZoneInfo(store.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SinceUnknown(
            f"store view {store.code} has the time zone `{store.timezone}`, which is not known",
            hint="Set it in Magento: Stores > Configuration > General > Locale Options.",
        ) from None
    return datetime.datetime.combine(date, datetime.time(), zone).astimezone(datetime.UTC)


class Begins:
    """`stock_since` as it is now: store views and their time zones are read again after some minutes.

    Calling it raises `SinceUnknown` and the errors of `cdc.errors`.
    """

    def __init__(self, profile: Profile, shop: Shop, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._profile = profile
        self._shop = shop
        self._clock = clock
        self._known: tuple[float, Since] | None = None

    def __call__(self) -> Since:
        """From when orders count."""
        known, now = self._known, self._clock()
        if known is None or now - known[0] > KEPT:
            known = self._known = now, stock_since(self._profile, self._shop.stores())
        return known[1]
