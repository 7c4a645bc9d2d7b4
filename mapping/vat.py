"""VAT: which rate the agreement has in a zone, what e-conomic will compute, and whether Magento charged that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cdc.models import Address
from mapping.agreement import Agreement
from mapping.compiled import Rules
from mapping.money import HUNDRED, ZERO, VatRounding, round_vat, total
from mapping.problems import CannotMap
from mapping.views import VatRow


@dataclass(frozen=True, slots=True)
class Taxed:
    """A line's net with the rate, in percent, that the agreement gives it."""

    rate: Decimal
    net: Decimal


def is_domestic(rules: Rules, address: Address) -> bool:
    """Whether the address lies in the shop's own country; no country at all counts as home."""
    return address.country in ("", rules.settings.vat.home)


def rate(agreement: Agreement, group: int, zone: int) -> Decimal:
    """The VAT rate in percent. Raises `CannotMap` (``vat_account``) when the group has no account in the zone."""
    found = agreement.vat_rates.get((group, zone))
    if found is None:
        raise CannotMap(
            "vat_account",
            f"product group {_named(group, agreement.product_groups)} has no sales account for VAT zone "
            f"{_named(zone, agreement.vat_zones)} in e-conomic; add one, or change the profile",
        )
    return found


def vat_by_rate(lines: Iterable[Taxed], mode: VatRounding) -> dict[Decimal, Decimal]:
    """The VAT that e-conomic computes, by rate: rounded per line, or once per rate in the document."""
    nets: dict[Decimal, list[Decimal]] = {}
    for line in lines:
        nets.setdefault(line.rate, []).append(line.net)
    if mode.startswith("line"):
        return {r: total(round_vat(net * r / HUNDRED, mode) for net in of) for r, of in nets.items()}
    return {r: round_vat(total(of) * r / HUNDRED, mode) for r, of in nets.items()}


def fits(net: Decimal, vat: Decimal, percent: Decimal, slack: Decimal = Decimal("0.02")) -> bool:
    """Whether Magento's VAT is what the rate makes of the net, give or take its roundings."""
    return abs(vat - net * percent / HUNDRED) <= slack


def rate_differs(
    what: str, percent: Decimal | None, vat: Decimal, group: int, row: VatRow, agreement: Agreement
) -> CannotMap:
    """Magento's rate does not fit the agreement's: the parking that names both."""
    charged = f"{_percent(percent)}" if percent is not None else f"VAT {vat:.2f}"
    return CannotMap(
        "vat_rate",
        f"{what}: Magento charged {charged}, but e-conomic has "
        f"{_percent(agreement.vat_rates.get((group, row.zone), ZERO))} for product group "
        f"{_named(group, agreement.product_groups)} in VAT zone {_named(row.zone, agreement.vat_zones)} "
        f"(row `{row.name}` of vat.zones); correct the product's group, the VAT table or Magento's tax rules"
        f"{_switch(percent, row)}",
    )


def expected_rate(what: str, percent: Decimal, group: int, row: VatRow, agreement: Agreement) -> None:
    """Raise `CannotMap` (``vat_rate``) when the agreement's rate is none of those that the row expects."""
    if row.rates is None or percent in row.rates:
        return
    raise CannotMap(
        "vat_rate",
        f"{what}: row `{row.name}` of vat.zones expects {' or '.join(_percent(one) for one in row.rates)}, but "
        f"e-conomic has {_percent(percent)} for product group {_named(group, agreement.product_groups)} in VAT zone "
        f"{_named(row.zone, agreement.vat_zones)}; correct the zone's number in numbers.vat_zones, the product's group "
        "or the row",
    )


def _switch(percent: Decimal | None, row: VatRow) -> str:
    """Which number would switch on a row that expects what Magento charged."""
    names = [off.zone for off in row.off if percent is not None and percent in off.rates]
    return "".join(f". Where that VAT is declared, set numbers.vat_zones.{name}" for name in names[:1])


def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f}%"


def _named(number: int, names: Mapping[int, str]) -> str:
    return f"{number} ({names[number]})" if number in names else str(number)
