"""Which document an order asks for: the first row of `when` that matches."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase

from mapping.case import Case
from mapping.settings import WhenRule


@dataclass(frozen=True, slots=True)
class Asked:
    """The row that decides, None when none does, with its place in `when`.

    `look_again_at` (aware UTC) is when a row before it will match by the order's age alone.
    """

    rule: WhenRule | None
    index: int = -1
    look_again_at: datetime.datetime | None = None


def asked(case: Case, now: datetime.datetime) -> Asked:
    """The first row that matches at a time (aware UTC). Raises `CannotMap` when a condition cannot be told."""
    later: list[datetime.datetime] = []
    for i, rule in enumerate(case.rules.settings.when):
        if not _holds(rule, case) or not case.rules.holds(("when", i), case.scope):
            continue
        if rule.older_than is None or now - case.order.created_at >= rule.older_than:
            return Asked(rule, i, min(later, default=None))
        later.append(case.order.created_at + rule.older_than)
    return Asked(None, -1, min(later, default=None))


def _holds(rule: WhenRule, case: Case) -> bool:
    return all(getattr(rule, name) is None or holds(getattr(rule, name), case) for name, holds in _CONDITIONS.items())


def _amount(case: Case) -> Decimal:
    return case.order.totals.grand_total


def _country(countries: tuple[str, ...], case: Case) -> bool:
    order = case.order
    goes_to = order.billing if order.is_virtual else order.shipping or order.billing
    country = goes_to.country if goes_to else ""
    return country in countries or ("eu" in countries and country in case.rules.settings.vat.eu)


def _like(patterns: tuple[str, ...], word: str) -> bool:
    return any(fnmatchcase(word, pattern.replace("[", "[[]")) for pattern in patterns)


def _method(case: Case) -> str:
    return case.order.payment.method if case.order.payment else ""


_CONDITIONS: Mapping[str, Callable[..., bool]] = {
    "state": lambda words, case: case.order.state in words,
    "status": lambda words, case: case.order.status in words,
    "store": lambda words, case: case.order.store.code in words,
    "payment": lambda words, case: _like(words, _method(case)),
    "shipping": lambda words, case: _like(words, case.order.shipping_method),
    "customer_group": lambda words, case: case.order.customer_group.code in words,
    "country": _country,
    "currency": lambda words, case: case.order.currency in words,
    "above": lambda amount, case: _amount(case) > amount,
    "below": lambda amount, case: _amount(case) < amount,
}
"""Whether a row's condition holds, by its name."""
