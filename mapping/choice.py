"""How the VAT table decided for one supply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from mapping.supply import Supply
from mapping.views import VatRow


class Passed(NamedTuple):
    """A row that was tried before, and what in it did not hold."""

    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The row that matched, by which address, what held in it, and the rows before it."""

    supply: Supply
    by: Literal["delivery", "billing"]
    row: VatRow
    held: tuple[str, ...]
    passed: tuple[Passed, ...]
