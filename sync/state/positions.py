"""The stored position: it moves in the same commit as the tasks, and never backwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select

from cdc.gtid import MariaDbGtids, MySqlGtids
from cdc.position import LogPlace, Position
from sync.state import schema
from sync.state.codec import dump_anchor, load_anchor
from sync.state.engine import Transaction


@dataclass(frozen=True, slots=True)
class StoredPosition:
    """The position, the commit time of the last transaction before it (None: none seen yet), and when it was stored.

    `committed_at` is where a backfill begins when the log after the position is gone.
    """

    position: Position
    committed_at: datetime | None
    stored_at: datetime


def read(transaction: Transaction) -> StoredPosition | None:
    """What is stored, or None before the first start."""
    columns = schema.position
    row = transaction.connection.execute(select(columns).where(columns.c.shop == transaction.shop)).one_or_none()
    if row is None:
        return None
    place = LogPlace(row.file, row.offset)
    position = Position(row.gtid_set, place, load_anchor(row.anchor))
    return StoredPosition(position, row.committed_at, row.stored_at)


def store(
    transaction: Transaction, position: Position, committed_at: datetime | None, *, backwards: bool = False
) -> bool:
    """Store a position; False when it lies before the stored one and was therefore ignored."""
    stored = read(transaction)
    if stored is not None and not backwards and is_before(position, stored.position):
        return False
    table = schema.position
    insert = transaction.upsert(table).values(
        shop=transaction.shop,
        gtid_set=position.gtid_set,
        file=position.place.file,
        offset=position.place.offset,
        anchor=dump_anchor(position.anchor),
        committed_at=committed_at,
        stored_at=transaction.now,
    )
    excluded = insert.excluded
    columns = {name: excluded[name] for name in ("gtid_set", "file", "offset", "anchor", "stored_at")}
    columns["committed_at"] = case(
        (excluded.committed_at.is_(None), table.c.committed_at),
        (table.c.committed_at > excluded.committed_at, table.c.committed_at),
        else_=excluded.committed_at,
    )
    transaction.connection.execute(insert.on_conflict_do_update(index_elements=["shop"], set_=columns))
    return True


def is_before(position: Position, stored: Position) -> bool:
    """Whether a position lacks something that the stored one has.

    With GTIDs the sets decide: after a failover the file names of two servers cannot be compared.
    """
    new, old = position.gtid_set, stored.gtid_set
    if new is None or old is None:
        return position.place.order() < stored.place.order()
    if ":" in old or ":" in new:
        return not MySqlGtids(new).contains(MySqlGtids(old))
    return not MariaDbGtids(new).contains(MariaDbGtids(old))
