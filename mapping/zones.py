"""The VAT table: which row a sale falls in, what held in it, and why the rows before it did not match."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from cdc.models import Address
from mapping.choice import Choice, Passed
from mapping.compiled import Rules
from mapping.patterns import matches
from mapping.problems import CannotMap
from mapping.settings import ZoneRule
from mapping.settings.vat import VatKeys
from mapping.supply import Supply
from mapping.views import Buyer, Off, VatRow
from mapping.worth import told

NORTHERN_IRELAND = "XI"
_NI_POSTCODE = re.compile(r"BT\d.*")
_PREFIXES = {"GR": "EL"}
_COUNTRY_BEFORE = re.compile(r"^[A-Z]{1,3}[- ]")


def choose(rules: Rules, scope: Mapping[str, object], buyer: Buyer, address: Address, supply: Supply) -> Choice:
    """The first row that matches goods sent to `address`, or services billed to it.

    The rows in `vat.own` come first. Conditions that need an order do not hold when `scope` has none.

    Raises:
        CannotMap: ``vat_zone`` when no row matches, or the row's zone has no number.
    """
    sale = _Sale(rules, scope, buyer, address, supply)
    passed: list[Passed] = []
    off: list[Off] = []
    for where, row in _rows(rules.settings.vat):
        held, why = sale.test(row, where)
        if not why and (zone := sale.missing_zone(row)):
            why = f"numbers.vat_zones.{zone} is not set"
            off.append(Off(zone, sale.rates(row) or ()))
        if why:
            passed.append(Passed(row.name, why))
            continue
        found = VatRow(row.name, sale.zone_number(row), row.note, sale.rates(row), tuple(off))
        by: Literal["delivery", "billing"] = "delivery" if supply == "goods" else "billing"
        return Choice(supply=supply, by=by, row=found, held=held, passed=tuple(passed))
    raise CannotMap(
        "vat_zone", f"no row of vat.zones matches {supply} to country `{address.country}`; add one to the profile"
    )


def is_northern_ireland(address: Address) -> bool:
    """Whether an address in the United Kingdom has a postcode of Northern Ireland."""
    return address.country == "GB" and _NI_POSTCODE.fullmatch(_plain(address.postcode)) is not None


def vat_prefix(address: Address, keys: VatKeys) -> str:
    """The letters that a VAT number of the address begins with: EL in Greece, XI in Northern Ireland, FR in Monaco."""
    if is_northern_ireland(address):
        return NORTHERN_IRELAND
    country = keys.counts_as.get(address.country, address.country)
    return _PREFIXES.get(country, country)


def has_valid_prefixed_vat_id(address: Address, keys: VatKeys) -> bool:
    """Whether Magento validated the address's VAT number and it carries its country's prefix."""
    prefix = vat_prefix(address, keys)
    return address.vat_is_valid is True and bool(prefix) and _plain(address.vat_id).startswith(prefix)


def _rows(keys: VatKeys) -> Iterator[tuple[tuple[str, str, int], ZoneRule]]:
    for name, rows in (("own", keys.own), ("zones", keys.zones)):
        for i, row in enumerate(rows):
            yield ("vat", name, i), row


@dataclass(frozen=True, slots=True)
class _Sale:
    rules: Rules
    scope: Mapping[str, object]
    buyer: Buyer
    address: Address
    supply: Supply

    @property
    def keys(self) -> VatKeys:
        return self.rules.settings.vat

    @property
    def country(self) -> str:
        return self.address.country or self.keys.home

    @property
    def counted(self) -> str:
        return self.keys.counts_as.get(self.country, self.country)

    def test(self, row: ZoneRule, where: tuple[str, str, int]) -> tuple[tuple[str, ...], str]:
        """What held, and the first thing that did not ('' when the row matches)."""
        held: list[str] = []
        for holds, words in self._conditions(row, where):
            if not holds:
                return tuple(held), words
            held.append(words)
        return tuple(held) or ("the row has no conditions",), ""

    def zone_number(self, row: ZoneRule) -> int:
        name = self._zone_name(row)
        number = name if isinstance(name, int) else self.rules.settings.numbers.vat_zones.get(name)
        if number is None:
            raise CannotMap("vat_zone", f"numbers.vat_zones.{name} is not set; row `{row.name}` of vat.zones needs it")
        return number

    def missing_zone(self, row: ZoneRule) -> str:
        """The name of an optional row's zone that has no number; '' when the row is on."""
        name = self._zone_name(row)
        if not row.optional or isinstance(name, int) or self.rules.settings.numbers.vat_zones.get(name) is not None:
            return ""
        return name

    def rates(self, row: ZoneRule) -> tuple[Decimal, ...] | None:
        return self.keys.rates.get(self.counted) if row.rate == "country" else row.rate

    def _zone_name(self, row: ZoneRule) -> str | int:
        return row.zone if isinstance(row.zone, int) else row.zone.replace("<country>", self.counted.lower())

    def _conditions(self, row: ZoneRule, where: tuple[str, str, int]) -> Iterator[tuple[bool, str]]:
        if row.country is not None:
            yield self._in_country(row.country)
        if row.postcode is not None:
            yield self._has_postcode(row.postcode)
        if row.region is not None:
            yield _one_of("region", self.address.region, row.region)
        if row.city is not None:
            yield _one_of("city", self.address.city, row.city)
        if row.supply is not None:
            same = row.supply == self.supply
            yield same, self.supply if same else f"{self.supply}, not {row.supply}"
        if row.customer_group is not None:
            yield _one_of("customer group", self.buyer.group.code, row.customer_group, folded=False)
        if row.tax_class is not None:
            yield _one_of("customer tax class", self.buyer.group.tax_class, row.tax_class)
        if row.vat_id is not None:
            yield self._has_vat_id(row.vat_id)
        if row.above is not None:
            yield told(self.scope.get("order"), row.value, row.above, self.keys.currencies, above=True)
        if row.below is not None:
            yield told(self.scope.get("order"), row.value, row.below, self.keys.currencies, above=False)
        condition = self.rules.conditions.get((*where, "if"))
        if condition is not None:
            yield self._expression(where), f"if: {condition.source}"

    def _in_country(self, listed: Collection[str]) -> tuple[bool, str]:
        country, counted = self.country, self.counted
        said = f"country {country}" + (f", which counts as {counted}" if counted != country else "")
        if country in listed or counted in listed:
            return True, said
        if "eu" in listed:
            inside = country in self.keys.eu or counted in self.keys.eu
            return inside, f"{said} is in the EU" if inside else f"{said} is not in the EU"
        wanted = ", ".join(listed)
        return False, f"{said}, not {wanted}"

    def _has_postcode(self, pattern: str) -> tuple[bool, str]:
        written = self.address.postcode.strip()
        forms = (written, _plain(written), _plain(_COUNTRY_BEFORE.sub("", written.upper())))
        if any(matches(pattern, form) for form in forms):
            return True, f"postcode {written}"
        return False, f"postcode {written or 'missing'} is not {pattern}"

    def _has_vat_id(self, wanted: Literal["valid", "any", "none"]) -> tuple[bool, str]:
        billing = self.scope.get("address")
        both = (billing, self.address) if isinstance(billing, Address) else (self.address,)
        given = [a for a in both if a.vat_id.strip()]
        if wanted == "none":
            return not given, "no VAT number" if not given else "a VAT number is given"
        if wanted == "any":
            return bool(given), "a VAT number is given" if given else "no VAT number"
        valid = next((a for a in given if self._is_valid(a)), None)
        if valid is not None:
            return True, f"a VAT number of {vat_prefix(valid, self.keys)} that Magento validated"
        return False, self._why_not_valid(given[0]) if given else "no VAT number"

    def _is_valid(self, address: Address) -> bool:
        if not has_valid_prefixed_vat_id(address, self.keys):
            return False
        if is_northern_ireland(address):
            return self.supply == "goods"
        country = self.keys.counts_as.get(address.country, address.country)
        return country != self.keys.home and (address.country in self.keys.eu or country in self.keys.eu)

    def _why_not_valid(self, address: Address) -> str:
        prefix = vat_prefix(address, self.keys)
        if address.vat_is_valid is not True:
            said = "has found it invalid" if address.vat_is_valid is False else "has not validated it"
            return f"a VAT number is given, but Magento {said}"
        if not has_valid_prefixed_vat_id(address, self.keys):
            return f"the VAT number does not begin with {prefix}"
        return f"a VAT number of {prefix} does not count here"

    def _expression(self, where: tuple[str, str, int]) -> bool:
        try:
            return self.rules.holds(where, self.scope)
        except CannotMap:
            if "order" in self.scope:
                raise
            return False


def _one_of(what: str, value: str, listed: Collection[str], *, folded: bool = True) -> tuple[bool, str]:
    value = value.strip()
    holds = value.casefold() in {one.strip().casefold() for one in listed} if folded else value in listed
    return holds, f"{what} {value}" if holds else f"{what} {value or 'missing'} is not {' or '.join(listed)}"


def _plain(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())
