"""All tables, each case with an order of its own, and how a document is held against its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests.unit.mapping.books60 import currencies, discounts, documents, goods, refunds, totals, vat
from tests.unit.mapping.books60.case import Case, Document

TOPICS = {
    "goods": goods.CASES, "discounts": discounts.CASES, "totals": totals.CASES, "documents": documents.CASES,
    "currencies": currencies.CASES, "vat": vat.CASES, "refunds": refunds.CASES,
}  # fmt: skip


def every() -> list[Case]:
    """The cases, numbered, so that one agreement can hold them all; each buyer is somebody else."""
    found: list[Case] = []
    for topic, cases in TOPICS.items():
        for case in cases:
            number = len(found) + 1
            order = replace(
                case.order, id=number, increment_id=f"1{number:08}", customer_email=f"buyer{number}@example.dk"
            )
            found.append(replace(case, name=f"{topic}: {case.name}", order=order))
    return found


def at(body: Mapping[str, Any], path: str) -> Any:
    """What stands at a path of a body."""
    found: Any = body
    for step in path.split("."):
        if found is None:
            return None
        found = found[int(step)] if isinstance(found, list) else found.get(step)
    return found


def lines_of(body: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """A body's lines as the tables write them."""
    found = []
    for one in body["lines"]:
        texts = [f"{Decimal(one[name]):.2f}" for name in ("quantity", "unitNetPrice")]
        percent = Decimal(one.get("discountPercentage") or 0)
        found.append((one["product"]["productNumber"], *texts, *([f"{percent:.2f}"] if percent else [])))
    return found


def wanted_fields(document: Document, case: Case) -> dict[str, Any]:
    """The fields of a row, with the order's number in them."""
    number = case.order.increment_id
    return {
        path: value.replace("{increment_id}", number) if isinstance(value, str) else value
        for path, value in document.fields.items()
    }
