"""The state as capture uses it: transactions in, position out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial

from cdc.keys import Key, Kind
from cdc.position import Committed, Position, RestockFact, TransactionStart
from sync.state import changes, control, facts, positions, prepared
from sync.state.changes import CHUNK, Batch, Klass
from sync.state.core import Core
from sync.state.positions import StoredPosition

_GAP = "gap"


class CaptureState(Core):
    """Tasks and position: the position never runs ahead of the tasks."""

    def position(self) -> Position | None:
        """Where to read on; None before the first start."""
        stored = self.stored_position()
        return None if stored is None else stored.position

    def stored_position(self) -> StoredPosition | None:
        """The position with the commit time of the last transaction before it and when it was stored."""
        with self._read() as transaction:
            return positions.read(transaction)

    def begin_at(self, position: Position) -> bool:
        """Store where to begin, unless that is known already; whether it was stored. For a standby, too."""
        with self._write(anyone=True) as transaction:
            return positions.read(transaction) is None and positions.store(transaction, position, None)

    def set_position(
        self, position: Position, committed_at: datetime | None = None, *, other_log: bool = False, gap: str = ""
    ) -> None:
        """Store a position as it is, also backwards: for the first start, after a gap, and for `capture adopt`.

        `other_log`: it is a place in another server's log, where the transactions that tasks wait to see are unknown;
        they wait for them no longer, and its prepared transactions never end. `gap` is a note of what was
        skipped, stored in the same commit (`gap_note`).
        """
        with self._write() as transaction:
            positions.store(transaction, position, committed_at, backwards=True)
            if gap:
                control.put(transaction, _GAP, gap)
            if other_log:
                changes.forget_starts(transaction)
                prepared.forget_all(transaction)

    def gap_note(self) -> str:
        """What was last noted of a gap; '' when there was none yet."""
        with self._read() as transaction:
            return control.get(transaction, _GAP) or ""

    def note_gap(self, note: str) -> None:
        """Replace what is noted of the last gap."""
        with self._write() as transaction:
            control.put(transaction, _GAP, note)

    def record(self, batch: Sequence[Committed], position: Position | None, now: datetime | None = None) -> None:
        """Store what transactions touched, and the position after them, in one commit.

        More than 1,000 keys go in several commits, the position with the last. `position` None (chunks of a huge
        transaction): tasks only. A position that lies before the stored one is ignored. An empty batch moves the
        position over transactions that touched nothing. What a prepared XA transaction touched waits, stored with the
        position, until its commit. After a TRUNCATE, DROP or ALTER every linked and open key of the kind is looked at.
        """
        if any(one.xa is not None for one in batch):
            with self._read() as transaction:
                folded = Batch.of(batch, partial(prepared.read, transaction))
        else:
            folded = Batch.of(batch, lambda _xid: ({}, ()))
        for one in batch:
            for kind in one.ddl_kinds:
                self.look_at_all(kind, (one.start,))
        pieces = folded.chunks()
        committed_at = max((one.committed_at for one in batch), default=None)
        for number, piece in enumerate(pieces, 1):
            with self._write(now) as transaction:
                changes.store(transaction, piece, self._epoch.mark, stock=self.follow_stock)
                if number == len(pieces):
                    prepared.drop(transaction, folded.ended)
                    prepared.store(transaction, folded.prepared)
                    facts.note_restocked(transaction, folded.restocked)
                    if position is not None:
                        positions.store(transaction, position, committed_at)
            self._ring(piece)

    def look_at_all(self, kind: Kind, starts: Sequence[TransactionStart] = ()) -> None:
        """Let every key of a kind that has a link, a task or a stock row be looked at, 1,000 in a commit."""
        for known in self.known_keys(kind):
            with self._write() as transaction:
                changes.enqueue(transaction, known, Klass.BACKFILL, starts=starts, stock=self.follow_stock)
            self._ring(known)

    def known_keys(self, kind: Kind) -> Iterator[list[Key]]:
        """Every key of a kind that has a link, a task or a stock row, 1,000 at a time."""
        after = ""
        while True:
            with self._read() as transaction:
                known = changes.known_keys(transaction, kind, after=after, limit=CHUNK)
            if known:
                yield known
            if len(known) < CHUNK:
                return
            after = known[-1].id

    def highest_id(self, kind: Kind) -> int | None:
        """The greatest of Magento's ids of a kind that has a link or a task; None when there is none."""
        with self._read() as transaction:
            return changes.highest_id(transaction, kind)

    def enqueue(self, keys: Iterable[Key], klass: Klass, *, admitted: bool = False, reason: str = "") -> int:
        """Let keys be looked at that no transaction announced, 1,000 in a commit; how many.

        `admitted`: a backfill lets orders from before the go-live line in.
        """
        unique = list(dict.fromkeys(keys))
        for start in range(0, len(unique), CHUNK):
            some = unique[start : start + CHUNK]
            with self._write() as transaction:
                changes.enqueue(transaction, some, klass, admitted=admitted, reason=reason, stock=self.follow_stock)
            self._ring(some)
        return len(unique)

    def _ring(self, keys: Iterable[Key]) -> None:
        kinds = {key.kind for key in keys}
        if kinds - {"stock"}:
            self.bell.ring()
        if "stock" in kinds or (self.follow_stock and "order" in kinds):
            self.stock_bell.ring()

    def restocked(self, order_id: str) -> tuple[RestockFact, ...]:
        """What the credit memos of an order put back into stock, as far as it was seen."""
        with self._read() as transaction:
            return facts.restocked(transaction, order_id)
