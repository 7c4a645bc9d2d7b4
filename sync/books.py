"""What the agreement itself says: read at start and daily, handed to mapping, and checked against the profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from econ_client.client import Economic
from econ_client.documents import Self
from econ_client.errors import Forbidden
from econ_client.lists import Lists
from mapping.agreement import Agreement, Period
from mapping.profile import NamedNumber, Profile
from sync.bookchecks import Finding, at, check_lists, check_people, check_sending, check_use, lacking
from sync.state import State

DATE_REFUSED = "E04041"
"""What e-conomic answers to a date in a closed or barred period, and to other numbers in its accounts."""

_DATE_REASONS = ("closed_period", "accounting_year", "refused")


@dataclass(frozen=True, slots=True)
class Books:
    """The agreement's facts, who the tokens belong to, and what the profile names that cannot be used there.

    `problems` keep the service from starting, `doubts` are only said.
    """

    agreement: Agreement
    self_: Self
    problems: tuple[str, ...]
    doubts: tuple[str, ...] = ()


def read_books(economic: Economic, profile: Profile) -> Books:
    """Read the agreement's lists and the products that the profile names.

    Raises the errors of `econ_client.errors`: `NotAuthorised` when the tokens are wrong.
    """
    self_ = economic.self_()
    lists = economic.lists()
    found = [*check_lists(profile, lists), *check_people(economic, profile, self_), *check_sending(profile, self_)]
    products: dict[str, int] = {}
    for number in profile.numbers():
        if number.kind == "product":
            found += _product(economic, number, profile, products)
        elif number.kind == "customer":
            found += _customer(economic, number)
    agreement = _agreement(self_, lists, products, read_periods(economic))
    found += check_use(profile, agreement)
    return Books(
        agreement,
        self_,
        problems=tuple(dict.fromkeys(one.said for one in found if not one.doubt)),
        doubts=tuple(dict.fromkeys(one.said for one in found if one.doubt)),
    )


def _product(economic: Economic, number: NamedNumber, profile: Profile, products: dict[str, int]) -> Iterator[Finding]:
    """Put the product's group into `products`; what keeps the product from being used."""
    if str(number.number) in products:
        return
    found = economic.product(str(number.number))
    if found is None:
        if not _made_when_needed(number, profile):
            yield lacking(number, "products", ())
        return
    products[found.product_number] = found.product_group.product_group_number
    if found.barred:
        yield Finding(at(number, f"product {number.number} ({found.name}) is barred in e-conomic"))


def _customer(economic: Economic, number: NamedNumber) -> Iterator[Finding]:
    found = economic.customer(int(number.number))
    if found is None:
        yield lacking(number, "customers", ())
    elif found.barred:
        yield Finding(at(number, f"customer {number.number} is barred in e-conomic"))


def read_periods(economic: Economic) -> tuple[Period, ...] | None:
    """The accounting periods, oldest first; a closed year is one. None when the app may not read them."""
    found: list[Period] = []
    try:
        for year in economic.accounting_years():
            if year.closed:
                found.append(Period(year.from_date, year.to_date, open=False))
            else:
                found += [Period(one.from_date, one.to_date, open=one.open) for one in economic.periods(year.year)]
    except Forbidden:
        return None
    return tuple(sorted(found, key=lambda one: one.first))


def look_at_dates_again(state: State, before: Agreement, after: Agreement) -> int:
    """Let the orders run again whose dates e-conomic did not take, when its periods have changed; how many."""
    if before.periods == after.periods:
        return 0
    parked = [task for reason in _DATE_REASONS for task in state.tasks(states=["parked"], reason=reason)]
    keys = [task.key for task in parked if task.reason != "refused" or task.error_code == DATE_REFUSED]
    return state.retry(keys) if keys else 0


def _made_when_needed(number: NamedNumber, profile: Profile) -> bool:
    """Products without VAT, and those of credits where a group is named for them, are made by the first order."""
    if number.path.rpartition(".")[2] in ("gift_card", "store_credit", "reward_points"):
        return profile.settings.numbers.product_groups.get("liability") is not None
    return number.path.endswith("_untaxed") or ".shipping_untaxed" in number.path


def _agreement(self_: Self, lists: Lists, products: Mapping[str, int], periods: tuple[Period, ...] | None) -> Agreement:
    return Agreement(
        base_currency=self_.settings.base_currency,
        has_inventory=self_.has_inventory,
        cvr=(self_.company.company_identification_number or "") if self_.company else "",
        vat_rates=lists.vat_rates,
        stocked_groups=frozenset(g.number for g in lists.product_groups if g.inventory_enabled),
        product_groups={g.number: g.name for g in lists.product_groups},
        vat_zones={z.number: z.name for z in lists.vat_zones},
        customer_groups={g.number: g.name for g in lists.customer_groups},
        payment_terms={t.number: t.name for t in lists.payment_terms},
        terms_types={t.number: t.type for t in lists.payment_terms},
        modules=frozenset(m.module_number for m in self_.modules) or None,
        layouts={layout.number: layout.name for layout in lists.layouts},
        units={u.number: u.name for u in lists.units},
        currencies=frozenset(lists.currencies),
        products=products,
        periods=periods,
    )
