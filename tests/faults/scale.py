"""How much is tried: a share of it in `make test`, all of it in `make faults`, longer with SOAK=<minutes>."""

from __future__ import annotations

import os
from typing import TypeVar

N = TypeVar("N", int, float)

FULL = os.environ.get("FAULTS") == "full"
SOAK = float(os.environ.get("SOAK") or 0)
"""Minutes that each storm lasts; 0 is the usual time."""


def of(full: N, usual: N) -> N:
    """The number for this run."""
    return full if FULL else usual
