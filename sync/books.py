"""What the agreement itself says: read once at start and now and then, handed to mapping, checked against the profile."""

from __future__ import annotations

from dataclasses import dataclass

from econ_client.documents import Self
from mapping.agreement import Agreement


@dataclass(frozen=True, slots=True)
class Books:
    """The agreement's facts and the tokens' owner."""

    agreement: Agreement
    self_: Self


@dataclass(frozen=True, slots=True)
class MissingNumber:
    """A number that the profile names and the agreement lacks."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"
