"""The filters and methods that a profile's expressions may use; none can make a long text out of a short one unseen."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context, Undefined

LONGEST = 10_000
"""A result with more characters is refused."""

MOST_DIGITS = 60
"""Numbers with more digits before or behind the point are refused."""

_DATE_FORMAT = re.compile(r"(?:[^%]|%[dmYyHMBbA])*")

METHODS: Mapping[str, frozenset[str]] = {
    "str": frozenset({"strip", "lstrip", "rstrip", "upper", "lower", "title", "startswith", "endswith", "split"}),
    "date": frozenset({"isoformat", "isoweekday"}),
}
METHOD_NAMES = frozenset().union(*METHODS.values())


class TooLong(ValueError):
    """A text would grow over the longest that is allowed."""


def bounded(text: str) -> str:
    """The text itself, or `TooLong`."""
    if len(text) > LONGEST:
        raise TooLong(f"the result is longer than {LONGEST} characters")
    return text


def text_of(value: object) -> str:
    """A value as people write it: decimals without an exponent, dates ISO, on and off for truth, nothing as ''."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(sensible(value), "f")
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if not isinstance(value, str | int | Undefined):
        raise ValueError(f"is {_kind(value)}, not one value")  # noqa: TRY004  (one class for bad data)
    return bounded(str(value))


def sensible(number: Decimal) -> Decimal:
    """The number itself; `ValueError` for infinity and for more digits than any amount has."""
    if not number.is_finite() or (number and abs(number.adjusted()) > MOST_DIGITS):
        raise ValueError("the number is too large or too small")
    return number


def concatenated(values: Iterable[object]) -> str:
    """What `~` gives: each value as people write it, in one text."""
    return _join(values)


def _kind(value: object) -> str:
    if isinstance(value, list | tuple):
        return "a list"
    return "a table" if isinstance(value, Mapping) else type(value).__name__


def _replace(value: object, old: str, new: str) -> str:
    text = text_of(value)
    if not old:
        raise ValueError("replace needs a text to look for")
    if len(text) + text.count(old) * len(new) > 2 * LONGEST:
        raise TooLong(f"the result is longer than {LONGEST} characters")
    return bounded(text.replace(old, new))


def _join(values: Iterable[object], separator: str = "") -> str:
    pieces = [text_of(v) for v in values]
    if sum(len(p) + len(separator) for p in pieces) > 2 * LONGEST:
        raise TooLong(f"the result is longer than {LONGEST} characters")
    return bounded(separator.join(p for p in pieces if p))


def _cut(value: object, length: Any) -> str:
    text, most = text_of(value), int(_number(length))
    return text if len(text) <= most else text[: max(most - 1, 0)].rstrip() + "…"


def _round(value: Any, places: Any = 0) -> Decimal:
    if not 0 <= int(_number(places)) <= 10:
        raise ValueError("round takes 0 to 10 decimals")
    return _number(value).quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP)


def _default(value: object, fallback: object = "") -> object:
    return fallback if isinstance(value, Undefined) or value is None or value == "" else value


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"not a number: {type(value).__name__}")  # noqa: TRY004  (one class for bad data)
    return sensible(Decimal(value if not isinstance(value, str) else value.strip()))


def _digits(value: object) -> str:
    return "".join(c for c in text_of(value) if c in "0123456789")


def _map(values: Iterable[Any], attribute: str) -> list[object]:
    found = []
    for value in values:
        names = getattr(type(value), "__dataclass_fields__", {})
        if attribute not in names:
            raise ValueError(f"there is no `{attribute}` in {type(value).__name__}")
        found.append(getattr(value, attribute))
    return found


@pass_context
def _date(context: Context, value: object, layout: str = "%Y-%m-%d") -> str:
    if not _DATE_FORMAT.fullmatch(layout) or len(layout) > 60:
        raise ValueError("date takes %d %m %Y %y %H %M %B %b %A only")
    if isinstance(value, datetime.datetime):
        store = context.get("store")
        value = value.astimezone(ZoneInfo(getattr(store, "timezone", None) or "UTC"))
    if not isinstance(value, datetime.date):
        raise ValueError(f"not a date: {type(value).__name__}")  # noqa: TRY004
    return value.strftime(layout)


@pass_context
def _add_days(context: Context, value: object, days: Any) -> datetime.date:
    if abs(_number(days)) > LONGEST:
        raise ValueError(f"add_days takes at most {LONGEST} days")
    return day_of(value, getattr(context.get("store"), "timezone", "")) + datetime.timedelta(days=int(days))


def day_of(value: object, timezone: str) -> datetime.date:
    """The day that a time, a date or a text such as 2026-12-31 means; times in the time zone. Raises `ValueError`."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=datetime.UTC)
        return value.astimezone(ZoneInfo(timezone or "UTC")).date()
    if isinstance(value, datetime.date):
        return value
    if not isinstance(value, str):
        raise ValueError(f"not a date: {type(value).__name__}")  # noqa: TRY004
    try:
        return datetime.date.fromisoformat(value.strip()[:10])
    except ValueError:
        raise ValueError("not a date such as 2026-12-31") from None


def _first(values: Any) -> object:
    return next(iter(values), "")


def _last(values: Any) -> object:
    return values[-1] if len(values) else ""


FILTERS: Mapping[str, Callable[..., object]] = {
    "default": _default,
    "d": _default,
    "upper": lambda v: text_of(v).upper(),
    "lower": lambda v: text_of(v).lower(),
    "title": lambda v: text_of(v).title(),
    "capitalize": lambda v: text_of(v).capitalize(),
    "trim": lambda v: text_of(v).strip(),
    "string": text_of,
    "number": _number,
    "digits": _digits,
    "abs": lambda v: abs(_number(v)),
    "round": _round,
    "replace": _replace,
    "cut": _cut,
    "join": _join,
    "map": _map,
    "first": _first,
    "last": _last,
    "length": len,
    "date": _date,
    "add_days": _add_days,
}

TESTS = frozenset({"defined", "undefined", "none", "true", "false", "string", "number", "in", "eq", "ne"})
