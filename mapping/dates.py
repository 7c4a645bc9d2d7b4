"""Local dates: documents carry the date of the store's own time zone, and the go-live line is drawn in it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cdc.models import Invoice, Order, Store
from mapping.agreement import Period
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


def invoice_date(
    order: Order, invoices: Sequence[Invoice], source: Literal["magento", "shipment"] = "magento"
) -> datetime.date:
    """The date of the last Magento invoice, else of the last change to the order's status, else of its update.

    With `shipment`, that of the first shipment of what the invoices hold, where there is one.
    """
    shipped = _first_shipment(order, invoices) if source == "shipment" else None
    if shipped is not None:
        at = shipped
    elif invoices:
        at = max(i.created_at for i in invoices)
    else:
        changes = [h.created_at for h in order.history if h.status == order.status]
        at = max(changes) if changes else order.updated_at
    return local_date(at, order.store)


def _first_shipment(order: Order, invoices: Sequence[Invoice]) -> datetime.datetime | None:
    parts = {line.id: {line.id} for line in order.lines}
    for line in order.lines:  # a shipment names the children of a bundle, an invoice its parent
        if line.parent_id in parts:
            parts[line.parent_id].add(line.id)
            parts[line.id].add(line.parent_id)
    items = {part for i in invoices for row in i.lines if row.qty for part in parts.get(row.order_item_id, ())}
    of_these = [s for s in order.shipments if any(row.order_item_id in items for row in s.lines)]
    return min((s.created_at for s in of_these or order.shipments), default=None)


def day_to_book(
    date: datetime.date, periods: Sequence[Period] | None, closed: Literal["park", "first_open_day"]
) -> datetime.date:
    """The day on which a document of that date is booked: the date itself, or the first open day after it.

    Raises:
        CannotMap: ``closed_period`` when the date lies in a closed or barred period and may not move, or nothing is
            open after it; ``accounting_year`` when it lies after the last accounting year, or before the first.
    """
    if periods is None or any(p.open and p.first <= date <= p.last for p in periods):
        return date
    last = max((p.last for p in periods), default=None)
    if last is None or date > last:
        raise CannotMap(
            "accounting_year",
            f"the document's date {date.isoformat()} lies after the last accounting year in e-conomic"
            + (f", which ends {last.isoformat()}" if last is not None else "")
            + "; create the next year there (All settings > Company > Accounting years)",
        )
    if closed == "park":
        inside = any(p.first <= date <= p.last for p in periods)
        raise CannotMap(
            "closed_period" if inside else "accounting_year",
            f"the document's date {date.isoformat()} lies in a "
            + ("closed or barred period in e-conomic" if inside else "time for which e-conomic has no accounting year")
            + "; open the period there, or let the profile say `dates: {closed_period: first_open_day}`",
        )
    later = min((p.first for p in periods if p.open and p.first > date), default=None)
    if later is None:
        raise CannotMap(
            "closed_period",
            f"no accounting period after the document's date {date.isoformat()} is open in e-conomic; open one there",
        )
    return later


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
