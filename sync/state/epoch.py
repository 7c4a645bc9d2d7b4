"""The epoch: a random id kept in the state and beside it, to notice a state that was restored, copied or re-created.

A restored state has forgotten what was sent since, so nothing may be spared because "this state saw the INSERT". The
file `<state>.epoch` holds the epoch, the number of the newest intent and the state file's inode: an older copy put back
has fewer intents, a copied one another inode. It is written after each intent's commit without a flush of its own:
when it lags behind after a power cut, the state is the newer one. PostgreSQL has no place beside; there the cluster's
identity and timeline stand for it.
"""

from __future__ import annotations

import os
import threading
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from sync.state import control, holder, intents, schema
from sync.state.engine import Database, Transaction, damaged

_NAME = "epoch"
_BESIDE = "epoch_beside"
_EVERY_SHOP = "*"


@dataclass(frozen=True, slots=True)
class EpochMark:
    """An epoch and when it began. An INSERT from before that may have been seen, and answered, by the state's past."""

    id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class _Mark:
    epoch: str
    intent: int
    inode: int

    @classmethod
    def parse(cls, text: str) -> _Mark | None:
        parts = text.split()
        if len(parts) < 3 or not all(part.isdigit() for part in parts[1:3]):
            return None
        return cls(parts[0], int(parts[1]), int(parts[2]))

    def __str__(self) -> str:
        # fixed width, so that a shorter text never leaves the end of a longer one behind
        return f"{self.epoch} {self.intent:020d} {self.inode:020d}\n"


class Epoch:
    """The epoch of an open state. `restored`: at this opening it was found to be new, copied or put back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._newest = 0
        self.mark = EpochMark("", schema.EPOCH)
        self.restored = False

    @property
    def path(self) -> Path | None:
        """The file beside the state; None on PostgreSQL."""
        file = self._database.file
        return None if file is None else file.with_name(file.name + ".epoch")

    def refuse_emptied(self) -> None:
        """Raise StateDamaged for a state file that was in use and is empty now."""
        file, path = self._database.file, self.path
        if file is not None and path is not None and file.exists() and file.stat().st_size == 0 and path.exists():
            wal = file.with_name(file.name + "-wal")
            if not wal.exists() or wal.stat().st_size == 0:
                raise damaged(self._database.name, f"it is empty, but {path.name} says that it was in use")

    def settle(self, *, created: bool) -> None:
        """Compare what is inside with what is beside; take a new epoch when they do not fit."""
        # the file first: meanwhile the service may write newer numbers into both
        beside = self._read_beside()
        with self._database.read() as in_shop:
            if self._fits(_of_every_shop(in_shop), beside):
                return
        with self._database.write() as in_shop:
            transaction = _of_every_shop(in_shop)
            holder.wait_for_writers(transaction.connection, transaction.shop)  # several may open a new state at once
            if self._fits(transaction, beside):
                return
            # the very first opening of a state is no restore
            self.restored = not created or beside is not None
            self.mark = EpochMark(uuid.uuid4().hex, transaction.now)
            control.put(transaction, _NAME, self.mark.id)
            if transaction.postgresql:
                control.put(transaction, _BESIDE, _cluster(transaction))
        self._write(self._newest, anew=True)

    def trust_only_after(self, at: datetime) -> None:
        """From now on an INSERT from before `at` proves nothing: a process with another state may have answered it."""
        self.mark = replace(self.mark, since=max(self.mark.since, at))

    def sent(self, intent: int) -> None:
        """Write down that an intent was stored; a failure to do so only costs look-ups after a restart."""
        if self.path is None:
            return
        with self._lock:
            if intent > self._newest:
                self._newest = intent
                self._write(intent, anew=False)

    def _read_beside(self) -> str | None:
        if self.path is None:
            return None
        try:
            return self.path.read_bytes().decode("ascii", "replace")
        except OSError:
            return None

    def _fits(self, transaction: Transaction, beside: str | None) -> bool:
        inside, since = control.get(transaction, _NAME), control.since(transaction, _NAME)
        self._newest = intents.last_number(transaction)
        if inside is None or since is None:
            return False
        self.mark = EpochMark(inside, since)
        file = self._database.file
        if file is None:
            return control.get(transaction, _BESIDE) == _cluster(transaction)
        mark = _Mark.parse(beside or "")
        return (
            mark is not None
            and mark.epoch == inside
            and mark.intent <= self._newest
            and mark.inode == file.stat().st_ino
        )

    def _write(self, intent: int, *, anew: bool) -> None:
        path, file = self.path, self._database.file
        if path is None or file is None:
            return
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(descriptor, str(_Mark(self.mark.id, intent, file.stat().st_ino)).encode(), 0)
                if anew:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError:
            return


def _of_every_shop(transaction: Transaction) -> Transaction:
    # one epoch for the whole database, whichever shops share it
    return replace(transaction, shop=_EVERY_SHOP)


def _cluster(transaction: Transaction) -> str:
    """Changes when the database is restored elsewhere or a standby is promoted."""
    query = (
        "SELECT (SELECT system_identifier FROM pg_control_system())::text || '/' || "
        "(SELECT timeline_id FROM pg_control_checkpoint())::text || '/' || "
        "(SELECT oid FROM pg_database WHERE datname = current_database())::text"
    )
    try:
        with transaction.connection.begin_nested():
            return str(transaction.connection.exec_driver_sql(query).scalar_one())
    except DBAPIError:  # the two functions can be withheld from a role
        return "unknown"
