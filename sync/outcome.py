"""How a reconcile ended. `look_again_at` (aware UTC): time alone may end it otherwise then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Done:
    """Calls were made; Magento and e-conomic agree now."""

    look_again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing was to do."""

    look_again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SkippedFor:
    """Nothing should exist, for the named reason (``before_go_live``, ``pending_payment``, ...)."""

    reason: str
    look_again_at: datetime | None = None
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now: `due_at` (aware UTC) says when. `counts` is False for waiting that is no failure."""

    reason: str
    due_at: datetime
    advice: str = ""
    error_code: str = ""
    counts: bool = True


@dataclass(frozen=True, slots=True)
class ParkedFor:
    """It cannot be done as things are; a person has to look. `refused` is the fingerprint of what was refused."""

    reason: str
    advice: str
    error_code: str = ""
    refused: str = ""
    look_again_at: datetime | None = None


Outcome = Done | Unchanged | SkippedFor | Retry | ParkedFor
