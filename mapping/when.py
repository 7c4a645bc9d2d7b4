"""Which document an order asks for: the first row of `when` that matches."""

from __future__ import annotations

from mapping.case import Case
from mapping.settings import WhenRule


def asked(case: Case) -> WhenRule | None:
    """The row that decides, or None. Raises `CannotMap` when a condition cannot be told."""
    for i, rule in enumerate(case.rules.settings.when):
        if rule.state is not None and case.order.state not in rule.state:
            continue
        if rule.status is not None and case.order.status not in rule.status:
            continue
        if case.rules.holds(("when", i), case.scope):
            return rule
    return None
