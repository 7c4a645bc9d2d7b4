"""Single products are looked at by their numbers: few of them one by one, more of them by a filter."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from econ_client import paths
from econ_client.errors import NotFound
from econ_client.filters import Filter
from econ_client.filters import field as filter_field
from sync.context import Context
from sync.pull.budget import Budget
from sync.pull.seeing import PRODUCTS, Reading, product_of
from sync.pull.seen import SeenProduct
from sync.threads import pool

SINGLY = 8
"""Products that are asked for one by one: a product itself shows an effect at once, a list may show it late."""

IN_A_FILTER = 20
"""Numbers in one filter, to keep addresses short; `$in` finds no texts."""

AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found; `gone` are numbers that e-conomic does not have."""

    found: list[SeenProduct]
    gone: list[str]


def cost(numbers: Collection[str], singly: int = SINGLY) -> int:
    """How many calls `look` makes."""
    return len(numbers) if len(numbers) <= singly else -(-len(numbers) // IN_A_FILTER)


def look(context: Context, budget: Budget, numbers: Sequence[str], singly: int = SINGLY) -> Looked:
    """Ask for these products, several calls at once; up to `singly` of them one by one.

    Raises the errors of `econ_client.errors` and `sync.state.errors`, and `OutOfCalls`.
    """
    if len(numbers) > singly:
        return _filtered(context, budget, numbers)
    if not numbers:
        return Looked([], [])
    budget.take(len(numbers))
    if len(numbers) == 1:
        return _single(context, numbers[0])
    with pool(AT_ONCE, "look") as looking:
        looked = list(looking.map(lambda number: _single(context, number), numbers))
    return Looked([one for some in looked for one in some.found], [one for some in looked for one in some.gone])


def _single(context: Context, number: str) -> Looked:
    asked_at = context.now()
    try:
        answer = context.economic.get(f"{PRODUCTS}/{paths.segment(number)}").data
    except NotFound:
        return Looked([], [number])
    one = product_of(answer, asked_at)
    return Looked([] if one is None else [one], [])


def _filtered(context: Context, budget: Budget, numbers: Sequence[str]) -> Looked:
    found: dict[str, SeenProduct] = {}
    for start in range(0, len(numbers), IN_A_FILTER):
        reading = Reading(context, budget, any_of(numbers[start : start + IN_A_FILTER]))
        while (page := reading.page()) is not None:
            found |= {one.number: one for one in page}
    return Looked(list(found.values()), [number for number in numbers if number not in found])


def any_of(numbers: Sequence[str]) -> Filter:
    """The products with one of these numbers. e-conomic compares without regard to case: others may come too."""
    number = filter_field(PRODUCTS, "productNumber")
    return Filter(PRODUCTS, "$or:".join(number.eq(one).text for one in numbers))
