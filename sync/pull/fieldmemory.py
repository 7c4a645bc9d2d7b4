"""What is remembered of a product's fields: which of e-conomic's values Magento agreed with last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sync.compare import canonical, dump
from sync.productlinks import entity_of
from sync.state.links import Link
from sync.state.state import State

ROLE: Final = "fields"
DOCUMENT: Final = "product_fields"
"""The role of the link from a product number to what was pulled of it, and what stands for its document."""

_MARK: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMemory:
    """`agreed` holds a mark of e-conomic's value by field, as it was when Magento agreed with it; `told` are the fields
    whose change in Magento was told already, since e-conomic's value is the same."""

    agreed: Mapping[str, str] = field(default_factory=dict)
    told: frozenset[str] = frozenset()


def load(state: State, numbers: Iterable[str]) -> dict[str, FieldMemory]:
    """What is remembered, by number; products of which nothing is are left out."""
    found: dict[str, FieldMemory] = {}
    for roles in state.links_of([entity_of(number) for number in numbers]).values():
        link = roles.get(ROLE)
        if link is not None:
            held = json.loads(link.answer)
            found[link.number] = FieldMemory(agreed=held["agreed"], told=frozenset(held["told"]))
    return found


def save(state: State, memories: Mapping[str, FieldMemory]) -> None:
    """Remember these, in one commit."""
    if not memories:
        return
    with state.work(None) as work:
        for number, memory in memories.items():
            answer = dump({"agreed": dict(memory.agreed), "told": sorted(memory.told)})
            work.save_link(
                Link(
                    entity=entity_of(number),
                    role=ROLE,
                    document=DOCUMENT,
                    number=number,
                    fingerprint="-",
                    answer=answer,
                )
            )


def mark(*parts: object) -> str:
    """A mark of a value and what it depends on; texts themselves are not kept."""
    return hashlib.sha256(dump({"": canonical(parts)}).encode()).hexdigest()[:_MARK]
