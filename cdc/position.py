"""Positions: places in the binlog between two committed transactions, and what a transaction touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cdc.keys import Key


@dataclass(frozen=True, slots=True)
class LogPlace:
    """A byte offset in one binlog file of one server."""

    file: str
    offset: int

    def order(self) -> tuple[int, int]:
        """Sort key. File names are compared by their number: ``bin.999999`` comes before ``bin.1000000``."""
        return int(self.file.rpartition(".")[2] or 0), self.offset


@dataclass(frozen=True, slots=True)
class Anchor:
    """The binlog event that ends at a position; re-read at every connect to prove that the server is the same.

    Server ids prove nothing: MariaDB has no uuid, and MySQL's survives RESET MASTER.
    """

    timestamp: int
    event_type: int
    length: int
    crc: int


@dataclass(frozen=True, slots=True)
class Position:
    """A place between two committed transactions.

    `gtid_set` is the whole set that has been read (MariaDB ``0-1-5,1-1-7``, MySQL ``uuid:1-5,...``), or None where the
    server has no GTIDs; `place` is the same point as file and offset on the server that was read.
    """

    gtid_set: str | None
    place: LogPlace
    anchor: Anchor | None = None


@dataclass(frozen=True, slots=True)
class TransactionStart:
    """Where a transaction begins; a snapshot has reached it when its own place lies beyond `place`.

    MariaDB's consistent snapshot tells file and offset only; hence the offset of the transaction's GTID event
    is kept beside the GTID.
    """

    gtid: str | None
    place: LogPlace


@dataclass(frozen=True, slots=True)
class Touch:
    """What a transaction did to a key's own row; both false: something that belongs to it changed."""

    inserted: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class RestockFact:
    """A credit memo's transaction that raised stock: the only sign that the goods came back.

    `raised` names what rose: ``product:<id>`` for cataloginventory_stock_item rows, ``sku:<sku>`` for
    inventory_source_item and positive inventory_reservation rows.
    """

    order_id: str
    creditmemo_id: str
    raised: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """One committed transaction, or a chunk of a huge one, as capture hands it on.

    Chunks of a huge transaction come with `position` None: their keys may be stored at once, the position moves only
    with the last chunk. `server_time_offset` is already applied: `committed_at` is aware UTC by this machine's clock,
    whole seconds as the server gives them.
    """

    position: Position | None
    start: TransactionStart
    committed_at: datetime
    touches: Mapping[Key, Touch] = field(default_factory=dict)
    restocked: tuple[RestockFact, ...] = ()
    unchanged_rows: int = 0
