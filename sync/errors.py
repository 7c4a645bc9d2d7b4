"""What can go wrong between the two systems.

SyncError
├── ConfigError       a setting is missing or wrong: nothing was started, nothing was done
└── Fenced            this process is no longer the active one of its shop: it writes nothing more
"""

from __future__ import annotations


class SyncError(Exception):
    """Something is wrong in how the two systems are joined; `hint` says what to do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(SyncError):
    """A setting is missing or wrong; the command line exits with code 2."""


class Fenced(SyncError):
    """This process has lost the shop's lock: it must not write any more."""
