"""Has somebody edited a draft? What e-conomic answered last, in one canonical form that can be stored and compared.

Only what we may write counts, and the totals; links, `lastUpdated` and names that e-conomic adds are left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from econ_client.documents import BookedAnswer, Draft, DraftAnswer, Line

# e-conomic may move a line's cost price by itself, and numbers lines as it likes
_LINE_FIELDS = frozenset(Line.model_fields) - {"line_number", "sort_key", "unit_cost_price"}
_DRAFT_FIELDS = frozenset(Draft.model_fields) - {"lines", "due_date"}  # e-conomic computes the due date from the terms


def fingerprint(body: bytes) -> str:
    """The fingerprint of a request's exact bytes."""
    return hashlib.sha256(body).hexdigest()


def canonical(value: Any) -> Any:
    """Decimals without trailing zeros, empty things left out, so that 100 and 100.00 are the same."""
    if isinstance(value, Decimal):
        normal = value.normalize()
        return str(normal.quantize(Decimal(1)) if normal == normal.to_integral_value() else normal)
    if isinstance(value, Mapping):
        pairs = {key: canonical(item) for key, item in value.items()}
        return {key: item for key, item in sorted(pairs.items()) if item not in (None, "", {}, [])}
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


def holds(body: Draft, answer: DraftAnswer | BookedAnswer) -> bool:
    """Whether a document holds everything that a body says; what the body leaves out does not matter."""
    sent = canonical(body.model_dump(include=set(_DRAFT_FIELDS)))
    there = canonical(answer.model_dump(include=set(_DRAFT_FIELDS)))
    if not _within(sent, there) or len(body.lines) != len(answer.lines):
        return False
    return all(
        _within(
            canonical(one.model_dump(include=set(_LINE_FIELDS))), canonical(other.model_dump(include=set(_LINE_FIELDS)))
        )
        for one, other in zip(body.lines, answer.lines, strict=True)
    )


def lacking(body: Draft, there: Mapping[str, Any], *, but: Collection[str] = ()) -> list[str]:
    """The places where a body says something that a picture does not hold, without names or addresses."""
    sent = canonical(body.model_dump(include=set(_DRAFT_FIELDS) - set(but)))
    found = [path for key, value in sent.items() for path in _lacks(value, there.get(key), key)]
    lines = [canonical(line.model_dump(include=set(_LINE_FIELDS))) for line in body.lines]
    booked = there.get("lines") or []
    if len(lines) != len(booked):
        return [*found, f"lines: {len(booked)} became {len(lines)}"]
    for index, (line, other) in enumerate(zip(lines, booked, strict=True), 1):
        found += _lacks(line, other, f"lines[{index}]")
    return found


def _lacks(sent: Any, there: Any, path: str) -> list[str]:
    if isinstance(sent, Mapping):
        held = there if isinstance(there, Mapping) else {}
        return [found for key, value in sent.items() for found in _lacks(value, held.get(key), f"{path}.{key}")]
    return _paths(there, sent, path)


def _within(sent: Any, there: Any) -> bool:
    if isinstance(sent, Mapping):
        return isinstance(there, Mapping) and all(_within(value, there.get(key)) for key, value in sent.items())
    return bool(sent == there)


def picture(answer: DraftAnswer | BookedAnswer) -> dict[str, Any]:
    """The canonical picture of a document as e-conomic answered it: what we write, and the three totals."""
    fields = canonical(answer.model_dump(include=set(_DRAFT_FIELDS)))
    fields["lines"] = [canonical(line.model_dump(include=set(_LINE_FIELDS))) for line in answer.lines]
    fields["totals"] = canonical(
        {"net": answer.net_amount, "vat": answer.vat_amount, "gross": answer.gross_amount},
    )
    return dict(fields)


def listed_as(known: Mapping[str, Any], row: DraftAnswer) -> bool:
    """Whether a row of a list shows the document that a picture shows; rows have no lines, and may lack more."""
    there = picture(row)
    del there["lines"]
    return _agree(known, there)


def _agree(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(_agree(one[key], other[key]) for key in one.keys() & other.keys())
    return bool(one == other)


def dump(value: Mapping[str, Any]) -> str:
    """A picture as compact JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def difference(before: Mapping[str, Any], now: Mapping[str, Any], limit: int = 3) -> str:
    """What differs, for people: the first few paths, without repeating names or addresses."""
    found = list(_paths(before, now, ""))
    shown = ", ".join(found[:limit])
    return shown + (f" and {len(found) - limit} more" if len(found) > limit else "")


_TELL = ("totals", "quantity", "unit_net_price", "discount_percentage", "product_number", "date", "currency")


def _paths(before: Any, now: Any, path: str) -> list[str]:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        return [
            found
            for key in sorted({*before, *now})
            for found in _paths(before.get(key), now.get(key), f"{path}.{key}" if path else str(key))
        ]
    if isinstance(before, list) and isinstance(now, list):
        if len(before) != len(now):
            return [f"{path}: {len(before)} became {len(now)}"]
        return [
            found
            for index, (one, other) in enumerate(zip(before, now, strict=True), 1)
            for found in _paths(one, other, f"{path}[{index}]")
        ]
    if before == now:
        return []
    if any(word in path for word in _TELL):
        return [f"{path}: {before} became {now}"]
    return [path]
