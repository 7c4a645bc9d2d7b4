"""What the profile adds to a line beside text and money: unit, cost price, department, and the period of accrual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from econ_client import documents
from mapping.agreement import Agreement
from mapping.compiled import Rules
from mapping.fields import Scope
from mapping.lines import Emitted
from mapping.problems import CannotMap
from mapping.values import filled, one

_ADDED = ("unit", "cost_price", "department")


def dressed(lines: Sequence[Emitted], rules: Rules, scope: Scope, agreement: Agreement) -> tuple[documents.Line, ...]:
    """The bodies of a document's lines with the fields of their section; nothing that bears money is touched.

    Raises:
        CannotMap: as `filled`, and ``profile_expression`` for half a period of accrual.
    """
    return tuple(_dressed(line, rules, scope, agreement) for line in lines)


def section_of(line: Emitted, rules: Rules) -> str:
    """Which of the profile's sections a line belongs to: by the product that the profile names, else the goods."""
    named = rules.settings.numbers.products
    number = line.product.number
    for section in ("shipping", "rounding", "refund", "discount"):
        if number in _numbers(getattr(named, section)):
            return section
    if number in (*_numbers(named.shipping_untaxed), *_numbers(named.rounding_vat)):
        return "shipping" if number in _numbers(named.shipping_untaxed) else "rounding"
    return "line" if line.line is not None else "fee"


def _dressed(line: Emitted, rules: Rules, scope: Scope, agreement: Agreement) -> documents.Line:
    section = section_of(line, rules)
    if section == "line":
        scope = {**scope, "line": line.line}
    place = ("fields", section)
    added: dict[str, Any] = {}
    department = one(rules, ("fields", "document", "department"), scope, agreement=agreement)
    if department is not None:
        added["departmental_distribution"] = department
    added |= filled(rules, place, scope, only=_ADDED, agreement=agreement)
    start, end = one(rules, (*place, "accrual_start"), scope), one(rules, (*place, "accrual_end"), scope)
    if (start is None) != (end is None):
        raise CannotMap(
            "profile_expression", f"fields.{section}: accrual_start and accrual_end belong together; one has no date"
        )
    if start is not None:
        if end < start:
            raise CannotMap("profile_expression", f"fields.{section}: accrual_end {end} lies before {start}")
        added["accrual"] = documents.Accrual(start_date=start, end_date=end)
    return line.body.model_copy(update=added) if added else line.body


def _numbers(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value or ()
