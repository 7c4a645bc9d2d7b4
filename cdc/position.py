"""Positions: places in the binlog between two committed transactions, and what a transaction touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cdc.keys import Key, Kind


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

    Server ids prove nothing: MariaDB has no uuid, and MySQL's survives RESET MASTER. `ends_at` is set when the event
    is not the one right before the position: a first start takes the head of the file, and MariaDB 11.4 and later
    give the offset of a transaction's first event only.
    """

    timestamp: int
    event_type: int
    length: int
    crc: int
    ends_at: LogPlace | None = None


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


@dataclass(frozen=True, slots=True)
class XaStep:
    """What a group did to a distributed (XA) transaction.

    ``prepared``: the rows are written but not visible, and may still be rolled back; the item's touches, restock
    facts and those of its chunks must wait, stored under `xid` together with the position, until a later item says
    ``committed`` (they become tasks, with the touches of that item if it has any) or ``rolled_back`` (they are
    dropped).
    """

    step: Literal["prepared", "committed", "rolled_back"]
    xid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """A sign of life, at least every 2 s while connected, so that idle positions can be stored.

    `position` is the end of the last whole transaction that was read. `caught_up`: the log's end has been reached (or
    is less than 2 s away). `lag_seconds` is 0 at the log's end and otherwise the age of the last transaction read.
    While the server cannot be reached `connected` is False, `error` says why, and the position stands still.
    """

    position: Position
    caught_up: bool
    lag_seconds: float
    connected: bool = True
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """One committed transaction, or a chunk of a huge one, as capture hands it on.

    Chunks of a huge transaction come with `position` None: their keys may be stored at once, the position moves only
    with the last chunk. `server_time_offset` is already applied: `committed_at` is aware UTC by this machine's clock,
    whole seconds as the server gives them. `xa` is set for the two halves of a distributed transaction.
    `ddl_tables` names watched tables (without prefix) that a statement made, altered, renamed or emptied. Where rows
    may have changed without a row event (TRUNCATE, DROP, a data-changing ALTER), every linked and open key of
    `ddl_kinds` is to be looked at.
    """

    position: Position | None
    start: TransactionStart
    committed_at: datetime
    touches: Mapping[Key, Touch] = field(default_factory=dict)
    restocked: tuple[RestockFact, ...] = ()
    xa: XaStep | None = None
    ddl_tables: tuple[str, ...] = ()
    ddl_kinds: tuple[Kind, ...] = ()
