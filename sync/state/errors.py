"""What can go wrong with the state.

StateError
├── StateRefused       the URL, the folder, the rights or the login are wrong
├── StateUnreachable   (retryable) the database server or the disk does not answer
├── StateBusy          (retryable) somebody else holds the database's lock
│   └── NaturalKeyBusy (retryable) another task works on the same customer, product or document
├── StateFull          (retryable) the disk is full
├── StateDamaged       the file is not what was written to it
├── StateNewer         a newer program has changed the tables
├── ClaimLost          the task is no longer this worker's: the lease ended, or somebody took over
│   └── NotActive      this process is no longer the shop's active one: it stores nothing more
├── GenerationMoved    (retryable) the key changed again after it was claimed
└── IntentOpen         a write for the same document role is still unresolved
"""

from __future__ import annotations


class StateError(Exception):
    """Something is wrong with the state.

    `retryable` is a fact of the class; `hint` says what to do.
    """

    retryable = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class StateRefused(StateError):
    """The state cannot be opened as it is configured."""


class StateUnreachable(StateError):
    """The state's database or disk does not answer."""

    retryable = True


class StateBusy(StateError):
    """Another process or thread held the state's lock for too long."""

    retryable = True


class NaturalKeyBusy(StateBusy):
    """Another task works on the same customer, product or document."""


class StateFull(StateError):
    """The disk that holds the state is full; nothing of the transaction was stored."""

    retryable = True


class StateDamaged(StateError):
    """The state file is damaged, truncated or no state file at all."""


class StateNewer(StateError):
    """The state was changed by a newer version of this program."""


class ClaimLost(StateError):
    """The task is no longer this worker's; whatever it wanted to write was not written."""


class NotActive(ClaimLost):
    """Another process is, or may be, the shop's active one by now; nothing of the transaction was stored."""


class GenerationMoved(StateError):
    """The key changed again after it was claimed: what was mapped is stale and must not be sent."""

    retryable = True


class IntentOpen(StateError):
    """A write for the same document role was begun and its outcome is not known yet."""
