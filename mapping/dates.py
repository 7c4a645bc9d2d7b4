"""Local dates: documents carry the date of the store's own time zone, and the go-live line is drawn in it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cdc.models import Invoice, Order, Store
from mapping.problems import CannotMap

_EDIT_SUFFIX = re.compile(r"-\d+$")


def local_date(at: datetime.datetime, store: Store) -> datetime.date:
    """The date in the store's time zone: 23:30 UTC on New Year's Eve is the next year in Copenhagen.

    Raises:
        CannotMap: ``time_zone`` when the store names a zone that is not known.
    """
    try:
        return at.astimezone(ZoneInfo(store.timezone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CannotMap(
            "time_zone",
            f"store view {store.code} has the time zone `{store.timezone}`, which is not known; set it in Magento",
        ) from None


def invoice_date(order: Order, invoices: Sequence[Invoice]) -> datetime.date:
    """The date of the last Magento invoice, else of the last change to the order's status, else of its update."""
    if invoices:
        at = max(i.created_at for i in invoices)
    else:
        changes = [h.created_at for h in order.history if h.status == order.status]
        at = max(changes) if changes else order.updated_at
    return local_date(at, order.store)


def is_live(order: Order, since: datetime.date | dict[str, str] | None) -> bool:
    """Whether the order lies on or after the go-live line; see `is_after`."""
    return is_after(since, order.store, order.increment_id, order.created_at)


def is_after(
    since: datetime.date | dict[str, str] | None, store: Store, increment_id: str, created_at: datetime.datetime
) -> bool:
    """Whether an order of a store view lies on or after the go-live line `since`.

    Dates are compared with the local date of `created_at`; increment ids by their digits, per store code, where a
    store without an entry is not live.
    """
    if since is None:
        return False
    if isinstance(since, datetime.date):
        return local_date(created_at, store) >= since
    first = since.get(store.code)
    return first is not None and _number(increment_id) >= _number(first)


def _number(increment_id: str) -> int:
    return int("".join(c for c in _EDIT_SUFFIX.sub("", increment_id) if c in "0123456789") or "0")
