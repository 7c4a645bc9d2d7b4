"""Raw JSON against a resource's rules: types, lengths, decimals, required properties.

Only named properties are looked at: unknown and read-only ones vanish silently. Rules from e-conomic's JSON schemas
and live probes: null is refused, enums are case-strict, references carry a number or a `self` link.
"""

from __future__ import annotations

import datetime
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from econ_client.sandbox.answers import Problem, invalid, refuse
from econ_client.sandbox.links import last_segment
from econ_client.sandbox.wire import Doc

At = tuple[str | int, ...]
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LARGEST = Decimal(10) ** 15


class Spec(ABC):
    """A rule for one property. `check` returns the cleaned value and appends what is wrong to `problems`."""

    @abstractmethod
    def check(self, value: Any, at: At, problems: list[Problem]) -> Any:
        """Clean `value`."""


@dataclass(frozen=True)
class Text(Spec):
    """A string of at most `most` characters."""

    most: int
    least: int = 0
    pattern: str | None = None

    def check(self, value: Any, at: At, problems: list[Problem]) -> Any:
        """A string."""
        if not isinstance(value, str):
            return _wrong_type("String", value, at, problems)
        if len(value) > self.most:
            message = f"String '{value[:40]}' exceeds maximum length of {self.most}."
            problems.append(Problem(at, message, "E04300", value))
        elif len(value) < self.least:
            problems.append(Problem(at, f"String is less than minimum length of {self.least}.", "E04300", value))
        elif self.pattern and not re.fullmatch(self.pattern, value):
            problems.append(Problem(at, f"String does not match regex pattern '{self.pattern}'.", "E04300", value))
        return value


@dataclass(frozen=True)
class Integer(Spec):
    """A whole number without a point."""

    least: int | None = None
    most: int | None = None

    def check(self, value: Any, at: At, problems: list[Problem]) -> Any:
        """An int."""
        if not isinstance(value, int) or isinstance(value, bool):
            return _wrong_type("Integer", value, at, problems)
        if self.least is not None and value < self.least:
            message = f"Integer {value} is less than minimum value of {self.least}."
            problems.append(Problem(at, message, "E04300", value))
        if self.most is not None and value > self.most:
            message = f"Integer {value} exceeds maximum value of {self.most}."
            problems.append(Problem(at, message, "E04300", value))
        return value


@dataclass(frozen=True)
class Number(Spec):
    """A number, returned as Decimal; more than `decimals` is E04740."""

    decimals: int = 2
    least: Decimal | None = None
    most: Decimal | None = None

    def check(self, value: Any, at: At, problems: list[Problem]) -> Any:
        """A Decimal with exactly `decimals` decimals."""
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            return _wrong_type("Number", value, at, problems)
        number = Decimal(value)
        if abs(number) >= _LARGEST:
            problems.append(Problem(at, f"Number {value} exceeds the maximum value.", "E04300", value))
            return None
        exponent = number.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.decimals:
            message = f"Number {value} has too many decimals. At most {self.decimals} are allowed."
            problems.append(Problem(at, message, "E04740", value))
            return None
        if self.least is not None and number < self.least:
            problems.append(Problem(at, f"Number {value} is less than minimum value of {self.least}.", "E04300", value))
        if self.most is not None and number > self.most:
            problems.append(Problem(at, f"Number {value} exceeds maximum value of {self.most}.", "E04300", value))
        return number.quantize(Decimal(1).scaleb(-self.decimals))


@dataclass(frozen=True)
class Flag(Spec):
    """true or false."""

    def check(self, value: Any, at: At, problems: list[Problem]) -> Any:
        """A bool."""
        return value if isinstance(value, bool) else _wrong_type("Boolean", value, at, problems)


@dataclass(frozen=True)
class Day(Spec):
    """`YYYY-MM-DD`, a day that exists.

    The published pattern does not say where the text ends, and clients in the field send times behind the day
    (`2024-02-13T12:20:18+00:00`): what is whole is taken, and the time is dropped.
    """

    def check(self, value: Any, at: At, problems: list[Problem]) -> Any:
        """The day."""
        if not isinstance(value, str):
            return _wrong_type("String", value, at, problems)
        if "T" in value[10:11] and _is_time(value):
            value = value[:10]
        if not _exists(value):
            problems.append(Problem(at, f"String '{value[:40]}' is not a date (YYYY-MM-DD).", "E04300", value))
        return value


def _is_time(text: str) -> bool:
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Choice(Spec):
    """One of some words, case-strict."""

    words: tuple[str, ...]

    def check(self, value: Any, at: At, problems: list[Problem]) -> Any:
        """One of the words."""
        if not isinstance(value, str):
            return _wrong_type("String", value, at, problems)
        if value not in self.words:
            message = f"Value '{value[:40]}' is not defined in enum. Allowed: {', '.join(self.words)}."
            problems.append(Problem(at, message, "E04300", value))
        return value


@dataclass(frozen=True)
class Ref(Spec):
    """A reference to another resource, by its number or its `self` link (E04500 with neither)."""

    key: str
    number: Spec = field(default_factory=lambda: Integer(1))
    also: Mapping[str, Spec] = field(default_factory=dict)

    def check(self, value: Any, at: At, problems: list[Problem]) -> Any:
        """`{key: number}` plus what `also` allows."""
        if not isinstance(value, dict):
            return _wrong_type("Object", value, at, problems)
        found = value.get(self.key)
        if self.key not in value and isinstance(value.get("self"), str):
            segment = last_segment(value["self"])
            found = int(segment) if isinstance(self.number, Integer) and segment.isdecimal() else segment
        elif self.key not in value:
            problems.append(Problem(at, f"No identifier provided. Specify '{self.key}' or 'self'.", "E04500"))
            return None
        cleaned = {self.key: self.number.check(found, (*at, self.key), problems)}
        for name, spec in self.also.items():
            if name in value:
                cleaned[name] = spec.check(value[name], (*at, name), problems)
        return cleaned


@dataclass(frozen=True)
class Object(Spec):
    """An object; missing `required` properties are reported, unknown ones dropped."""

    properties: Mapping[str, Spec]
    required: tuple[str, ...] = ()

    def check(self, value: Any, at: At, problems: list[Problem]) -> Any:
        """The known properties that were sent."""
        if not isinstance(value, dict):
            return _wrong_type("Object", value, at, problems)
        for name in self.required:
            if name not in value:
                message = f"Required properties are missing from object: {name}."
                problems.append(Problem((*at, name), message, "E04042", hint=f"Specify the property '{name}'."))
        return {
            name: spec.check(value[name], (*at, name), problems)
            for name, spec in self.properties.items()
            if name in value
        }


@dataclass(frozen=True)
class Array(Spec):
    """An array of one kind; with `unique` no entry twice."""

    of: Spec
    unique: bool = False

    def check(self, value: Any, at: At, problems: list[Problem]) -> Any:
        """A list."""
        if not isinstance(value, list):
            return _wrong_type("Array", value, at, problems)
        if self.unique and any(item in value[:index] for index, item in enumerate(value)):
            problems.append(Problem(at, "Array items are not unique.", "E04300", value))
        return [self.of.check(item, (*at, index), problems) for index, item in enumerate(value)]


def checked(spec: Object, body: Any, schema: str) -> Doc:
    """The cleaned body. Raises Refused with every violation of the schema."""
    problems: list[Problem] = []
    if not isinstance(body, dict):
        raise refuse("body", f"Expected Object but got {_type_name(body)}.", "E04300")
    cleaned: Doc = spec.check(body, (), problems)
    if problems:
        raise invalid(problems, f"https://restapi.e-conomic.com/schema/{schema}.schema.json")
    return cleaned


def _exists(day: str) -> bool:
    try:
        datetime.date.fromisoformat(day)
    except ValueError:
        return False
    return _DATE.fullmatch(day) is not None


def _wrong_type(wanted: str, value: Any, at: At, problems: list[Problem]) -> None:
    problems.append(Problem(at, f"Expected {wanted} but got {_type_name(value)}.", "E04300"))


def _type_name(value: Any) -> str:
    names = {bool: "Boolean", int: "Integer", Decimal: "Number", str: "String", dict: "Object", list: "Array"}
    return names.get(type(value), "Null")
