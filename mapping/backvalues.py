"""One value on its way from e-conomic into an attribute of Magento's: whether they agree, and what is written."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from cdc.models_fields import Held, ProductField
from mapping.backfit import Goal, is_text, is_whole
from mapping.fields import cut_to
from mapping.goods import net_of
from mapping.html import plain_text
from mapping.money import HUNDRED, cents
from mapping.owners import BackField

WhyNot = Literal[
    "", "currency", "no_rate", "negative", "fraction", "too_long", "too_large", "characters", "no_option", "required",
]  # fmt: skip
"""Why a value that differs is not written; empty when it is."""

_MOST: dict[BackField, int] = {"name": 300, "description": 500, "bar_code": 50}
_TAXED = frozenset({"sales_price", "recommended_price"})
_SPACE = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_LAST_OF_THREE_BYTES = "\uffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a price depends on where it stands: whether it holds VAT, of which percent (None when that is not known),
    and whether it is in the agreement's base currency."""

    includes_tax: bool
    rate: Decimal | None
    same_currency: bool


class Worth(NamedTuple):
    """What an attribute is to hold, or why it cannot."""

    value: Held
    why_not: WhyNot = ""


def agrees(goal: Goal, value: object, now: Held, terms: Terms) -> bool:
    """Whether what Magento holds is e-conomic's value as the profile's own way there would make it."""
    if now is None:
        return False
    match goal.kind:
        case "text":
            return _same_text(goal, str(value), now)
        case "flag":
            return number_of(now) == _flag(goal, bool(value))
        case _:
            held = number_of(now)
            if held is None or not isinstance(value, Decimal):
                return False
            if goal.kind == "quantity":
                return held == value
            taxed = goal.field in _TAXED and terms.includes_tax
            return terms.same_currency and net_of(held, terms.rate, includes_tax=taxed) == value


def worth(goal: Goal, value: object, terms: Terms) -> Worth:
    """What is to be written."""
    match goal.kind:
        case "text":
            return _text(goal.attribute, str(value).strip())
        case "flag":
            return Worth(int(_flag(goal, bool(value))))
        case "quantity":
            return _number(goal.attribute, Decimal(str(value)))
        case "money":
            return _price(goal, Decimal(str(value)), terms)


def number_of(held: Held) -> Decimal | None:
    """A held number, also where it is kept as text; None when it is none."""
    try:
        found = Decimal(str(held).strip())
    except ArithmeticError:
        return None
    return found if found.is_finite() else None


def _flag(goal: Goal, barred: bool) -> Decimal:
    if goal.is_status:
        return Decimal(2 if barred else 1)
    return Decimal(int(barred))


def _same_text(goal: Goal, value: str, now: Held) -> bool:
    if goal.attribute.has_labels:
        held = number_of(now)
        return held is not None and int(held) in goal.attribute.labels.get(value.strip(), ())
    most, shown = _MOST[goal.field], [str(now).strip()]
    if goal.field == "description":
        shown.append(plain_text(str(now)))
        value = _even(value)
    forms = {form for one in shown for form in (one, one[:most], cut_to(one, most))}
    if goal.field == "description":
        forms = {_even(form) for form in forms}
    return value.strip() in {form.strip() for form in forms}


def _even(text: str) -> str:
    return _LINES.sub("\n", _SPACE.sub(" ", text)).strip()


def _text(attribute: ProductField, text: str) -> Worth:
    if attribute.has_labels:
        options = attribute.labels.get(text, ())
        if len(options) != 1:
            return Worth(text, "no_option")
        return Worth(str(options[0]) if is_text(attribute) else options[0])
    written = _as_html(text) if attribute.html else text
    if attribute.length is not None and len(written) > attribute.length:
        return Worth(written, "too_long")
    if attribute.narrow and any(c > _LAST_OF_THREE_BYTES for c in written):
        return Worth(written, "characters")
    return Worth(written)


def _as_html(text: str) -> str:
    """Plain text that Magento shows as HTML, and whose braces its template filter must not take for its own."""
    escaped = html.escape(text, quote=False).replace("{{", "&#123;&#123;")
    return "<br />\n".join(line.strip() for line in escaped.splitlines())


def _price(goal: Goal, net: Decimal, terms: Terms) -> Worth:
    if not terms.same_currency:
        return Worth(None, "currency")
    if net < 0:
        return Worth(None, "negative")
    if goal.field not in _TAXED or not terms.includes_tax:
        return _number(goal.attribute, net)
    if terms.rate is None:
        return Worth(None, "no_rate")
    return _number(goal.attribute, cents(net * (HUNDRED + terms.rate) / HUNDRED))


def _number(attribute: ProductField, number: Decimal) -> Worth:
    if is_text(attribute):
        return Worth(format(number.normalize(), "f") if number else "0")
    if is_whole(attribute):
        return Worth(int(number)) if number == number.to_integral_value() else Worth(None, "fraction")
    fitted = number.quantize(Decimal(1).scaleb(-attribute.scale), ROUND_HALF_UP)
    return Worth(fitted, "too_large" if abs(fitted) >= Decimal(10) ** attribute.digits else "")
