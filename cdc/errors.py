"""What can go wrong with Magento's database.

MagentoError
├── DatabaseUnreachable      (retryable) no connection, connection lost, server shutting down
│   └── RowsLocked           somebody else keeps rows locked, or deadlocks went on: nothing was written
├── BadDatabaseUrl           the URL is not mysql+pymysql://user:password@host:port/database
├── LoginRefused             user, password or host refused
├── SchemaMissing            the database, a table or a column that is needed is not there
│   └── WrongPrefix          Magento's tables are there, under another prefix
├── BadServerSettings        a setting or grant that would lose or garble changes
├── StockSourceUnclear       which of the shop's stock is e-conomic's cannot be told
├── StockKeptOtherwise       the shop keeps stock in another way than the one that was agreed upon
├── AmbiguousReference       what a person typed names several entities
├── NotReached               (retryable) the snapshot does not yet show the task's transaction
├── LockLost                 another session holds the shop's lock: nothing was written
└── CaptureError
    ├── PositionLost         the server no longer has the log from our position on
    ├── WrongServer          the anchor differs, or the server lacks what we have read
    └── UnreadableEvent      an event that may carry rows and cannot be decoded
"""

from __future__ import annotations


class MagentoError(Exception):
    """Something is wrong with Magento's database.

    `retryable` is a fact of the class; `hint` says what to do, as a sentence or a statement to run.
    """

    retryable = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class DatabaseUnreachable(MagentoError):
    """The database does not answer."""

    retryable = True


class RowsLocked(DatabaseUnreachable):
    """Somebody else keeps rows locked, or each try ended in a deadlock: nothing was written."""


class BadDatabaseUrl(MagentoError):
    """The database URL cannot be used."""


class LoginRefused(MagentoError):
    """The server refused user, password or host."""


class SchemaMissing(MagentoError):
    """A database, table or column that is needed is not there."""


class WrongPrefix(SchemaMissing):
    """Magento's tables have another prefix than the one that was given."""


class BadServerSettings(MagentoError):
    """A setting or a grant would lose or garble changes."""


class StockSourceUnclear(MagentoError):
    """Which of the shop's stock is e-conomic's cannot be told."""


class StockKeptOtherwise(MagentoError):
    """The shop keeps stock in another way, or in another source, than the one that was agreed upon."""


class AmbiguousReference(MagentoError):
    """What a person typed names several entities; `ids` are theirs."""

    def __init__(self, message: str, *, hint: str = "", ids: tuple[int, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.ids = ids


class NotReached(MagentoError):
    """The snapshot does not yet show the transaction that announced the key."""

    retryable = True


class LockLost(MagentoError):
    """Another session holds the shop's lock: what was about to be written was not."""


class CaptureError(MagentoError):
    """The binlog cannot be followed."""


class PositionLost(CaptureError):
    """The server has purged the log that comes after the stored position."""


class WrongServer(CaptureError):
    """The server is not the one whose log was read, or was reset or restored."""


class UnreadableEvent(CaptureError):
    """An event that may carry row changes cannot be decoded."""
