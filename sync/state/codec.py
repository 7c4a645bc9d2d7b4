"""Structures as compact JSON text, both ways."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cdc.position import Anchor, LogPlace, TransactionStart


def dump(value: Any) -> str:
    """Compact JSON with sorted keys: equal values are equal texts."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def load_mapping(text: str) -> dict[str, Any]:
    """A JSON object; empty text is an empty one."""
    loaded: dict[str, Any] = json.loads(text) if text else {}
    return loaded


def dump_strings(value: Mapping[str, str]) -> str:
    """A mapping of strings; an empty one is empty text."""
    return dump(dict(value)) if value else ""


def dump_starts(starts: Sequence[TransactionStart]) -> str:
    """Where transactions begin; none is empty text."""
    return dump([[start.gtid, start.place.file, start.place.offset] for start in starts]) if starts else ""


def load_starts(text: str) -> tuple[TransactionStart, ...]:
    """The opposite of `dump_starts`."""
    rows = json.loads(text) if text else []
    return tuple(TransactionStart(gtid, LogPlace(file, offset)) for gtid, file, offset in rows)


def dump_anchor(anchor: Anchor | None) -> str:
    """An anchor; none is empty text."""
    if anchor is None:
        return ""
    place = [anchor.ends_at.file, anchor.ends_at.offset] if anchor.ends_at else None
    return dump([anchor.timestamp, anchor.event_type, anchor.length, anchor.crc, place])


def load_anchor(text: str) -> Anchor | None:
    """The opposite of `dump_anchor`."""
    if not text:
        return None
    timestamp, event_type, length, crc, place = json.loads(text)
    return Anchor(timestamp, event_type, length, crc, LogPlace(*place) if place else None)
