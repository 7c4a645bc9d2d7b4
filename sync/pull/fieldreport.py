"""What `pull products` shows: each value that differs, what is written, and what is left and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cdc.models_fields import Held
from sync.pull.products import FieldOutcome
from sync.pull.report import OUTCOMES, Outcome, quantity
from sync.pull.words import ABSENT, UNKNOWN, WORDS, Words

MOST_SHOWN = 200
"""Characters of a value that are shown."""

FIELD_WORDS: Mapping[str, Words] = {
    "only_economic": WORDS["only_economic"],
    "only_magento": Words(
        "e-conomic has no product with this number.", "Its fields in Magento are left alone; products are not deleted."
    ),
    "ambiguous_sku": WORDS["ambiguous_sku"],
    UNKNOWN: WORDS[UNKNOWN],
    "currency": Words(
        "Prices there are in another currency than the agreement's base currency.",
        "Name store views in `store` whose website has that currency, or let Magento own the price.",
    ),
    "no_rate": Words(
        "Magento's prices hold VAT, and the VAT of its product group in e-conomic is not known.",
        "Give the group an account for domestic sales in e-conomic, or correct numbers.vat_zones.domestic.",
    ),
    "negative": Words("A price below zero cannot be Magento's.", "Correct it in e-conomic."),
    "fraction": Words(
        "The quantity has a fraction, and the attribute takes whole numbers.",
        "Let `pull.fields` name a decimal attribute or a text.",
    ),
    "too_long": Words(
        "The attribute has no room for the text.", "Shorten it in e-conomic, or name a longer attribute."
    ),
    "too_large": Words("The attribute has no room for the number.", "Correct it in e-conomic."),
    "characters": Words(
        "The text holds characters that Magento's table cannot keep, such as emoji.",
        "Take them out in e-conomic, or convert the table to utf8mb4.",
    ),
    "no_option": Words(
        "The attribute has no option with this label, or several.",
        "Make the option in Magento: Stores > Attributes > Product.",
    ),
    "required": Words(
        "It was emptied in e-conomic, and Magento needs a value.", "Write one into e-conomic, or empty it in Magento."
    ),
    "refused": Words("Magento's database refused it; the log says why.", "Correct the value in e-conomic."),
}
"""Why a value or a product is left as it is."""


@dataclass(slots=True)
class FieldReport:
    """What one pull of product fields saw and did.

    `lines` are the values that differ, were written or were left, and the products that could not be looked at; `sku`
    and `number` stand in each. `left_out` counts lines beyond `most`. `message` says what to do now.
    """

    dry_run: bool
    most: int = 10_000_000
    counts: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    lines: list[dict[str, Any]] = field(default_factory=list)
    left_out: int = 0
    message: str = ""

    def add(self, one: FieldOutcome) -> None:
        """Take a product in."""
        outcome = outcome_of(one)
        self.counts[outcome] += 1
        if one.why:
            self.left[one.why] += 1
            if one.why != "only_economic":
                self._line({**_head(one), "outcome": outcome, "why": one.why, "advice": advice_of(one.why)})
        for change in one.changes:
            if change.why_not:
                self.left[change.why_not] += 1
            self._line(
                {
                    **_head(one),
                    "outcome": "skipped" if change.why_not or one.why else outcome,
                    "field": change.field,
                    "attribute": change.attribute,
                    "store": one.stores.get(change.store_id, str(change.store_id)),
                    "old": shown(change.before),
                    "new": shown(change.after),
                    "why": change.why_not,
                    "advice": advice_of(change.why_not),
                }
            )

    def left_alone(self, sku: str, number: str, why: str) -> None:
        """Take in a product that e-conomic did not answer."""
        self.add(FieldOutcome(number=number, sku=sku, action="left", why=why))

    def as_json(self) -> dict[str, Any]:
        """The contract of `pull products --json`."""
        return {
            "what": "products",
            "dry_run": self.dry_run,
            "products": {outcome: self.counts[outcome] for outcome in OUTCOMES},
            "left": dict(sorted(self.left.items())),
            "lines": self.lines,
            "left_out": self.left_out,
            "message": self.message,
        }

    def _line(self, line: dict[str, Any]) -> None:
        if len(self.lines) >= self.most:
            self.left_out += 1
        else:
            self.lines.append(line)


def outcome_of(one: FieldOutcome) -> Outcome:
    """What became of a product, in the report's words."""
    if one.action == "left":
        return "absent" if one.why in ABSENT else "skipped"
    return "same" if one.action == "unchanged" else one.action


def advice_of(why: str) -> str:
    """What is so and what to do about it; empty when nothing is in the way."""
    words = FIELD_WORDS.get(why)
    return f"{words.said} {words.advice}" if words is not None else ""


def shown(value: Held) -> str | None:
    """A value as text, cut for people; None stays."""
    text = quantity(value) if isinstance(value, Decimal) else value if value is None else str(value)
    if text is None:
        return None
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def _head(one: FieldOutcome) -> dict[str, Any]:
    return {
        "sku": one.sku, "number": one.number, "outcome": "", "field": "", "attribute": "", "store": "",
        "old": None, "new": None, "why": "", "advice": "",
    }  # fmt: skip
