"""The VAT table, and what a rounding pair may close."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from mapping.patterns import PatternError, check_pattern
from mapping.settings.keys import Amount, Keys, Number, OnOff, Words

_CODE = re.compile(r"[A-Z]{2}")
_WORTH = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Z]{3})?")


@dataclass(frozen=True, slots=True)
class Worth:
    """A limit in the currency that the law uses; without a currency it is in the order's."""

    amount: Decimal
    currency: str = ""

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.currency}".strip()


def _worth(value: Any) -> Any:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        value = str(value)
    found = _WORTH.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError("worth", "must be an amount, with or without a currency, such as 135 GBP")
    return Worth(Decimal(found[1]), found[2] or "")


def _percents(value: Any) -> Any:
    if value == "country":
        return value
    listed = value if isinstance(value, tuple) else (value,)
    percents = [Decimal(one) for one in listed if isinstance(one, Decimal | int) and not isinstance(one, bool)]
    if not percents or len(percents) != len(listed) or any(not 0 <= one <= 100 for one in percents):
        raise PydanticCustomError("percents", "must be a rate in percent, or a list of rates, such as [25, 12, 6]")
    return tuple(percents)


def _pattern(value: Any) -> Any:
    if isinstance(value, str):
        try:
            check_pattern(value)
        except PatternError as error:
            raise PydanticCustomError("pattern", "{why}", {"why": str(error)}) from None
    return value


def _country(value: Any) -> Any:
    if value == "eu" or (isinstance(value, str) and _CODE.fullmatch(value)):
        return value
    raise PydanticCustomError("country", "must be a country's code in two capital letters, such as DK, or eu")


_RATES = {"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]}
Limit = Annotated[Worth, BeforeValidator(_worth), WithJsonSchema({"type": ["string", "number"]})]
Percents = Annotated[tuple[Decimal, ...], BeforeValidator(_percents), WithJsonSchema(_RATES)]
RowPercents = Annotated[
    tuple[Decimal, ...] | Literal["country"],
    BeforeValidator(_percents),
    WithJsonSchema({"anyOf": [{"const": "country"}, *_RATES["anyOf"]]}),
]
Code = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Countries = tuple[Annotated[str, BeforeValidator(_country)], ...]
Pattern = Annotated[str, BeforeValidator(_pattern)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class ZoneRule(Keys):
    """A row of the VAT table; every condition must hold.

    `vat_id: valid` wants a number with the country's prefix that Magento has validated. `value: item` compares `above`
    and `below` with the dearest unit instead of all goods together, both net. `<country>` in `zone` is the country's
    code in small letters. An `optional` row is passed over while its zone has no number. `rate` is what the row
    expects, in percent; ``country`` is the list that `vat.rates` has for the country. Without it the agreement's rate
    is what counts.
    """

    name: str
    if_: str | None = Field(default=None, alias="if")
    supply: Literal["goods", "services"] | None = None
    country: Countries | None = None
    postcode: Pattern | None = None
    region: Words | None = None
    city: Words | None = None
    customer_group: Words | None = None
    tax_class: Words | None = None
    vat_id: Literal["valid", "any", "none"] | None = None
    above: Limit | None = None
    below: Limit | None = None
    value: Literal["goods", "item"] = "goods"
    zone: str | Number
    optional: OnOff = False
    rate: RowPercents | None = None
    note: str = ""


class VatKeys(Keys):
    """Where the shop is at home, which countries are the EU, and the table that gives the zone; first match wins.

    `own` are the shop's rows, tried before `zones`. `counts_as` names the country that another is treated as, `rates`
    the VAT rates of countries in percent, and `currencies` what one unit of a currency is worth, in any common unit.
    """

    home: Code = "DK"
    eu: tuple[Code, ...] = ()
    counts_as: dict[Code, Code] = Field(default_factory=dict)
    rates: dict[Code, Percents] = Field(default_factory=dict)
    currencies: dict[Currency, Amount] = Field(default_factory=dict)
    two_zones: Literal["park", "split"] = "park"
    own: tuple[ZoneRule, ...] = ()
    zones: tuple[ZoneRule, ...] = ()


class RoundingKeys(Keys):
    """How much may be closed by itself: the VAT gap, the net gap, and the size of a rounding line.

    `gap_per_unit` is added to `gap` for each unit sold, and to `line` what it is net: Magento's unit calculation
    rounds VAT once per unit, half an øre at most.
    """

    gap: Amount = Decimal("0.50")
    gap_per_unit: Amount = Decimal("0.005")
    net_gap: Amount = Decimal("0.05")
    line: Amount = Decimal("2.00")
