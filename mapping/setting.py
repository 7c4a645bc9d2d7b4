"""What every line of a document shares."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from cdc.models import Order, OrderLine, Product
from mapping.agreement import Agreement
from mapping.case import Case
from mapping.choice import Choice
from mapping.compiled import Rules
from mapping.halves import choices, one_zone
from mapping.product import group_number
from mapping.supply import Supply, supply_of
from mapping.target import Target
from mapping.vat import expected_rate, is_domestic, rate
from mapping.views import NO_ADDRESS, VatRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every line of a document shares.

    `product_groups` are those of products that exist in e-conomic, `missing` numbers of which it has none, `catalog`
    the products of lines by id, as far as they were loaded.
    `choices` are the rows of the VAT table for goods and for services; `row` is the one that gives the document's zone.
    """

    order: Order
    rules: Rules
    agreement: Agreement
    row: VatRow
    scope: Mapping[str, object]
    product_groups: Mapping[str, int]
    missing: Collection[str] = ()
    catalog: Mapping[int, Product] = field(default_factory=dict)
    choices: Mapping[Supply, Choice] = field(default_factory=dict)

    @property
    def domestic(self) -> bool:
        """Whether the goods stay in the shop's own country."""
        address = self.order.billing if self.order.is_virtual else self.order.shipping or self.order.billing
        return is_domestic(self.rules, address or NO_ADDRESS)

    def rate(self, group: int) -> Decimal:
        """The rate of a product group in the document's zone. Raises `CannotMap`."""
        return rate(self.agreement, group, self.row.zone)

    def expect(self, what: str, percent: Decimal, group: int, line: OrderLine | None = None) -> None:
        """Raise `CannotMap` (``vat_rate``) where the row of the VAT table expects another rate than the agreement has.

        What stands in the product group for untaxed sales may be without VAT on every row.
        """
        choice = self.choices.get(supply_of(line)) if line is not None else None
        untaxed = percent == 0 and group == self.rules.settings.numbers.product_groups.get("untaxed")
        if not untaxed:
            expected_rate(what, percent, group, choice.row if choice else self.row, self.agreement)

    def keeps_stock(self, group: int) -> bool:
        """Whether e-conomic keeps stock of the group's products."""
        return self.agreement.has_inventory and group in self.agreement.stocked_groups

    def group_of(self, number: str) -> int | None:
        """The product group that a product has in e-conomic, None when it is not known to exist."""
        found = self.agreement.products.get(number)
        return self.product_groups.get(number) if found is None else found

    def group_or(self, number: str, otherwise: str | int) -> tuple[int, Decimal]:
        """Group and rate of a product that the profile names; `otherwise` is its group when it does not exist yet.

        Raises `CannotMap`.
        """
        group = self.group_of(number)
        if group is None:
            group = group_number(self.rules, otherwise)
        return group, self.rate(group)


def setting_of(
    case: Case, date: datetime.date, target: Target | None = None, original: datetime.date | None = None
) -> Setting:
    """What the lines of a document of that date share; without a target, those of the order's goods.

    `original` is the date before it moved to an open day.

    Raises `CannotMap`: ``vat_zone``, and ``vat_two_zones`` when the target needs two.
    """
    found = one_zone(case, target) if target is not None else choices(case)
    row = next(iter(found.values())).row
    note = row.note or next((choice.row.note for choice in found.values() if choice.row.note), "")
    row = replace(row, note=note)
    return Setting(
        order=case.order,
        rules=case.rules,
        agreement=case.agreement,
        row=row,
        scope={**case.scope, "vat": row, "date": date, "original_date": original or date},
        product_groups=case.product_groups,
        missing=case.missing,
        catalog=case.catalog,
        choices=found,
    )
