"""What e-conomic's fields take, checked before anything is sent: decimals, lengths, ranges and shapes.

The marks stand in the models (`Amount`, `Text`...) and say nothing about answers: those are taken as they come, also
with more decimals. Source of the figures: e-conomic's published schemas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from econ_client import advice
from econ_client.errors import Problem, Unsendable

TOO_MANY_DECIMALS = "E04740"
INVALID = "E04300"

_NUMBERS = {2: "two", 6: "six"}


@dataclass(frozen=True, slots=True)
class Places:
    """A decimal with at most so many decimals, and no larger than `most`."""

    decimals: int
    most: Decimal = Decimal("999999999999")

    def wrong(self, value: Any) -> tuple[str, str] | None:
        """(code, what is wrong), or None."""
        number = Decimal(value)
        if number != number.quantize(Decimal(1)) and places(number.normalize()) > self.decimals:
            return TOO_MANY_DECIMALS, f"has {places(number.normalize())} decimals, e-conomic takes {self._word}"
        if abs(number) > self.most:
            return INVALID, f"is larger than {self.most}"
        return None

    @property
    def _word(self) -> str:
        return _NUMBERS.get(self.decimals, str(self.decimals))


@dataclass(frozen=True, slots=True)
class Length:
    """A text of so many characters."""

    most: int
    least: int = 0

    def wrong(self, value: Any) -> tuple[str, str] | None:
        """(code, what is wrong), or None."""
        if len(value) > self.most:
            return INVALID, f"has {len(value)} characters, e-conomic takes {self.most}"
        if len(value) < self.least:
            return INVALID, "is empty" if not value else f"has fewer than {self.least} characters"
        return None


@dataclass(frozen=True, slots=True)
class Between:
    """A whole number in a range: e-conomic has no number 0."""

    least: int = 1
    most: int = 999_999_999

    def wrong(self, value: Any) -> tuple[str, str] | None:
        """(code, what is wrong), or None."""
        return None if self.least <= value <= self.most else (INVALID, f"is not from {self.least} to {self.most}")


@dataclass(frozen=True, slots=True)
class Shape:
    """A text that a regular expression describes whole."""

    pattern: str
    said: str

    def wrong(self, value: Any) -> tuple[str, str] | None:
        """(code, what is wrong), or None."""
        return None if re.fullmatch(self.pattern, value) else (INVALID, f"is not {self.said}")


Limit = Places | Length | Between | Shape

Amount = Annotated[Decimal, Places(2)]
Rate = Annotated[Decimal, Places(6)]
Number = Annotated[int, Between()]
CurrencyCode = Annotated[str, Length(3, 3), Shape("[A-Za-z]{3}", "three letters")]
Text30 = Annotated[str, Length(30)]
Text50 = Annotated[str, Length(50)]
Text100 = Annotated[str, Length(100)]
Text250 = Annotated[str, Length(250)]
Text255 = Annotated[str, Length(255)]
Text1000 = Annotated[str, Length(1000)]
Ean = Annotated[str, Length(13)]


@dataclass(frozen=True, slots=True)
class _Rule:
    limits: tuple[Limit, ...]
    model: type[BaseModel] | None


def checked(body: Mapping[str, Any], model: type[BaseModel], *, only_decimals: bool = False) -> dict[str, Any]:
    """A body (plain values, camelCase) that fits its model; zeros behind the allowed decimals are dropped.

    Args:
        body: what is to be sent.
        model: what it is.
        only_decimals: leave lengths and ranges to e-conomic: the body repeats what e-conomic itself answered.

    Raises:
        Unsendable: names every field that does not fit and why, and repeats no value.
    """
    problems: list[Problem] = []
    fitting = _object(body, model, "", problems, only_decimals)
    if problems:
        raise Unsendable(problems, advice=advice.advise_all("", problems))
    return fitting


def longest(model: type[BaseModel], name: str) -> int | None:
    """How many characters a model's field (by its Python name) takes; None when its schema sets no limit."""
    about = model.model_fields[name]
    parts = [*about.metadata, *_parts(about.annotation)]
    return next((part.most for part in parts if isinstance(part, Length)), None)


def places(number: Decimal) -> int:
    """How many decimals a number has."""
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _object(
    body: Mapping[str, Any], model: type[BaseModel], path: str, problems: list[Problem], only_decimals: bool
) -> dict[str, Any]:
    rules = _rules(model)
    fitting = dict(body)
    for name in body.keys() & rules.keys():
        rule = rules[name]
        fitting[name] = _value(body[name], rule, f"{path}.{name}" if path else name, problems, only_decimals)
    return fitting


def _value(value: Any, rule: _Rule, path: str, problems: list[Problem], only_decimals: bool) -> Any:
    if isinstance(value, list | tuple):
        return [_value(item, rule, f"{path}[{at}]", problems, only_decimals) for at, item in enumerate(value)]
    if rule.model is not None and isinstance(value, Mapping):
        return _object(value, rule.model, path, problems, only_decimals)
    for limit in rule.limits:
        if (only_decimals and not isinstance(limit, Places)) or not _of_its_kind(limit, value):
            continue
        wrong = limit.wrong(value)
        if wrong is not None:
            problems.append(Problem(path, *wrong))
        elif isinstance(limit, Places) and isinstance(value, Decimal) and places(value) > limit.decimals:
            value = value.quantize(Decimal(1).scaleb(-limit.decimals))
    return value


def _of_its_kind(limit: Limit, value: Any) -> bool:
    if isinstance(limit, Places):
        return isinstance(value, Decimal | int) and not isinstance(value, bool)
    if isinstance(limit, Between):
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str)


@cache
def _rules(model: type[BaseModel]) -> Mapping[str, _Rule]:
    rules: dict[str, _Rule] = {}
    for name, about in model.model_fields.items():
        parts = [*about.metadata, *_parts(about.annotation)]
        limits = tuple(part for part in parts if isinstance(part, Limit))
        inner = next((part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)), None)
        if limits or inner:
            rules[about.alias or name] = _Rule(limits, inner)
    return rules


def _parts(annotation: Any) -> Iterator[Any]:
    """Limits and classes in an annotation, however they are wrapped."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from annotation.__metadata__
        yield from _parts(annotation.__origin__)
    elif origin in (Union, UnionType, tuple):
        for part in get_args(annotation):
            yield from _parts(part)
    elif isinstance(annotation, type):
        yield annotation
