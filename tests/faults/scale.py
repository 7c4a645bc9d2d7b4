"""How much is tried: a share of it in `make test`, all of it in `make faults`."""

from __future__ import annotations

import os

FULL = os.environ.get("FAULTS") == "full"


def of(full: int, usual: int) -> int:
    """The number for this run."""
    return full if FULL else usual
