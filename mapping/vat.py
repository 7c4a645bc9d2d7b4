"""VAT: which zone a sale falls in, which rate the agreement has there, and what e-conomic will compute."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cdc.models import Address
from mapping.agreement import Agreement
from mapping.compiled import Rules
from mapping.money import HUNDRED, ZERO, VatRounding, round_vat, total
from mapping.problems import CannotMap
from mapping.settings import ZoneRule
from mapping.views import Buyer, VatRow

_VAT_PREFIX = {"GR": "EL"}


@dataclass(frozen=True, slots=True)
class Taxed:
    """A line's net with the rate, in percent, that the agreement gives it."""

    rate: Decimal
    net: Decimal


def vat_row(rules: Rules, scope: Mapping[str, object], buyer: Buyer, address: Address) -> VatRow:
    """The first row of the VAT table that matches; `address` is where the goods go, or billing for services.

    Rows whose `if` needs an order are passed over when `scope` has none.

    Raises:
        CannotMap: ``vat_zone`` when no row matches.
    """
    for i, row in enumerate(rules.settings.vat.zones):
        try:
            matches = _matches(row, rules, buyer, address, scope) and rules.holds(("vat", "zones", i), scope)
        except CannotMap:
            if "order" in scope:
                raise
            matches = False
        if matches:
            return VatRow(row.name, _zone_number(rules, row), row.note)
    raise CannotMap("vat_zone", f"no row of vat.zones matches country `{address.country}`; add one to the profile")


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
    charged = f"{percent.normalize():f}%" if percent is not None else f"VAT {vat:.2f}"
    return CannotMap(
        "vat_rate",
        f"{what}: Magento charged {charged}, but e-conomic has "
        f"{agreement.vat_rates.get((group, row.zone), ZERO).normalize():f}% for product group "
        f"{_named(group, agreement.product_groups)} in VAT zone {_named(row.zone, agreement.vat_zones)} "
        f"(row `{row.name}` of vat.zones); correct the product's group, the VAT table or Magento's tax rules",
    )


def has_valid_prefixed_vat_id(address: Address) -> bool:
    """Whether Magento validated the address's VAT number and it carries its country's prefix."""
    prefix = _VAT_PREFIX.get(address.country, address.country)
    return address.vat_is_valid is True and bool(prefix) and _plain(address.vat_id).startswith(prefix)


def _matches(row: ZoneRule, rules: Rules, buyer: Buyer, address: Address, scope: Mapping[str, object]) -> bool:
    if row.country is not None:
        listed = set(row.country)
        if "eu" in listed:
            listed |= set(rules.settings.vat.eu)
        if (address.country or rules.settings.vat.home) not in listed:
            return False
    if row.postcode is not None and not re.fullmatch(row.postcode, address.postcode.strip()):
        return False
    if row.customer_group is not None and buyer.group.code not in row.customer_group:
        return False
    if row.vat_id is None:
        return True
    billing = scope.get("address")
    with_id = [a for a in (billing, address) if isinstance(a, Address) and a.vat_id.strip()]
    if row.vat_id == "none":
        return not with_id
    if row.vat_id == "any":
        return bool(with_id)
    home = rules.settings.vat.home
    return any(has_valid_prefixed_vat_id(a) and a.country != home for a in with_id)


def _zone_number(rules: Rules, row: ZoneRule) -> int:
    number = row.zone if isinstance(row.zone, int) else rules.settings.numbers.vat_zones.get(row.zone)
    if number is None:
        raise CannotMap("vat_zone", f"numbers.vat_zones.{row.zone} is not set; row `{row.name}` of vat.zones needs it")
    return number


def _plain(vat_id: str) -> str:
    return "".join(c for c in vat_id.upper() if c.isalnum())


def _named(number: int, names: Mapping[int, str]) -> str:
    return f"{number} ({names[number]})" if number in names else str(number)
