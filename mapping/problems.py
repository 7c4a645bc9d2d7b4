"""Why a document cannot be made, raised inside mapping and turned into a parked document at its border."""

from __future__ import annotations


class CannotMap(Exception):
    """The document cannot be made as things are: `reason` is a name, `advice` a sentence for people."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(f"{reason}: {advice}")
        self.reason = reason
        self.advice = advice
