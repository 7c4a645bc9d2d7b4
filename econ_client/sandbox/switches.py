"""The switches: behaviours of e-conomic that are not established, or differ by agreement."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ON = {"on": True, "off": False, True: True, False: False}
_ROUNDINGS = ("document/half_up", "document/half_even", "line/half_up", "line/half_even")
_FLAGS = (
    *("inventory", "orders_reserve", "stock_moves_last_updated", "cache_errors", "rate_limit", "webhook_deletes"),
    "descriptions_required",
)
_SECONDS = ("stock_delay", "list_delay")
_WORDS = {"orders": ("allowed", "refused"), "vat_rounding": _ROUNDINGS, "payment_sign": ("minus", "plus")}


@dataclass(frozen=True, slots=True)
class Switches:
    """How this agreement behaves.

    inventory: the inventory module (15) is on. orders: `allowed` or `refused` (only with inventory).
    orders_reserve: open orders count in orderedByCustomers. stock_moves_last_updated: a stock movement touches the
    product's lastUpdated. stock_delay: seconds from booking to the movement. vat_rounding: document|line /
    half_up|half_even. cache_errors: errors are kept under an idempotency key. list_delay: seconds until a collection
    shows an effect; a single GET shows it at once. rate_limit: refuse with 429 when the window is used up (off: only
    count). webhook_deletes: deletions fire webhooks. descriptions_required: a line with a product needs a description,
    as the published schema says in words and samples of the documentation deny. payment_sign: the sign of a
    customerPayment's amount that lowers what the customer owes, `minus` or `plus`.
    """

    inventory: bool = True
    orders: str = "allowed"
    orders_reserve: bool = False
    stock_moves_last_updated: bool = True
    stock_delay: float = 0
    vat_rounding: str = "document/half_up"
    cache_errors: bool = False
    list_delay: float = 0
    rate_limit: bool = False
    webhook_deletes: bool = True
    descriptions_required: bool = False
    payment_sign: str = "minus"

    def changed(self, values: Mapping[str, Any]) -> Switches:
        """These switches with `values` set. Raises ValueError that names the switch and what it takes."""
        return dataclasses.replace(self, **{name: _parse(name, value) for name, value in values.items()})

    def shown(self) -> dict[str, Any]:
        """The switches as a person writes them (`on`, `off`)."""
        return {
            name: ("on" if value else "off") if isinstance(value, bool) else value
            for name, value in dataclasses.asdict(self).items()
        }


def _parse(name: str, value: Any) -> Any:
    if name in _FLAGS:
        if isinstance(value, str | bool) and value in _ON:
            return _ON[value]
        raise ValueError(f"the switch `{name}` takes on or off, not {value!r}")
    if name in _SECONDS:
        try:
            seconds = -1.0 if isinstance(value, bool) else float(value)
        except (TypeError, ValueError):
            seconds = -1.0
        if 0 <= seconds < float("inf"):
            return seconds
        raise ValueError(f"the switch `{name}` takes a number of seconds, not {value!r}")
    allowed = _WORDS.get(name)
    if allowed is None:
        names = ", ".join(field.name for field in dataclasses.fields(Switches))
        raise ValueError(f"there is no switch `{name}`; the switches are {names}")
    if value not in allowed:
        raise ValueError(f"the switch `{name}` takes {' or '.join(allowed)}, not {value!r}")
    return value
