"""Control: the brake, budgets, who holds the shop, and other small things that outlive the process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, cast

from sqlalchemy import delete, func, select

from sync.state import schema
from sync.state.engine import Transaction

Brake = Literal["booking", "deliver", "pull"]
BRAKES: Final[tuple[Brake, ...]] = ("booking", "deliver", "pull")

_PAUSE = "pause:"


@dataclass(frozen=True, slots=True)
class Pause:
    """A brake that is on, since when (aware UTC) and by whom (a person's name, or the program's reason)."""

    brake: Brake
    since: datetime
    by: str


def put(transaction: Transaction, name: str, value: str, *, by: str = "") -> None:
    """Store a value under a name."""
    insert = transaction.upsert(schema.control).values(
        shop=transaction.shop, name=name, value=value, since=transaction.now, by=by
    )
    excluded = insert.excluded
    transaction.connection.execute(
        insert.on_conflict_do_update(
            index_elements=["shop", "name"],
            set_={"value": excluded.value, "since": excluded.since, "by": excluded.by},
        )
    )


def get(transaction: Transaction, name: str) -> str | None:
    """The value under a name."""
    table = schema.control.c
    value: str | None = transaction.connection.execute(
        select(table.value).where(table.shop == transaction.shop, table.name == name)
    ).scalar_one_or_none()
    return value


def since(transaction: Transaction, name: str) -> datetime | None:
    """When a name's value was stored."""
    table = schema.control.c
    stored: datetime | None = transaction.connection.execute(
        select(table.since).where(table.shop == transaction.shop, table.name == name)
    ).scalar_one_or_none()
    return stored


def drop(transaction: Transaction, name: str) -> bool:
    """Forget a name; False when it was not there."""
    table = schema.control
    gone = transaction.connection.execute(delete(table).where(table.c.shop == transaction.shop, table.c.name == name))
    return gone.rowcount > 0


def pause(transaction: Transaction, brake: Brake, *, by: str) -> None:
    """Put a brake on; one that is on keeps its time and its reason."""
    if get(transaction, _PAUSE + brake) is None:
        put(transaction, _PAUSE + brake, "on", by=by)


def resume(transaction: Transaction, brake: Brake) -> bool:
    """Let a brake go; False when it was not on."""
    return drop(transaction, _PAUSE + brake)


def paused(transaction: Transaction) -> dict[Brake, Pause]:
    """The brakes that are on."""
    table = schema.control.c
    rows = transaction.connection.execute(
        select(table.name, table.since, table.by).where(
            table.shop == transaction.shop, table.name.in_([_PAUSE + brake for brake in BRAKES])
        )
    )
    found = {}
    for row in rows:
        brake = cast(Brake, row.name.removeprefix(_PAUSE))
        found[brake] = Pause(brake, row.since, row.by)
    return found


def note_booking(transaction: Transaction, *, backfill: bool = False) -> None:
    """Count one booking; those of a confirmed backfill are counted apart."""
    transaction.connection.execute(
        schema.booking.insert().values(shop=transaction.shop, at=transaction.now, backfill=backfill)
    )


def bookings(transaction: Transaction, since: timedelta, *, backfill: bool = False) -> int:
    """How many bookings there were in the last `since`."""
    table = schema.booking.c
    return transaction.connection.execute(
        select(func.count()).where(
            table.shop == transaction.shop, table.at > transaction.now - since, table.backfill == backfill
        )
    ).scalar_one()


def first_booking(transaction: Transaction) -> datetime | None:
    """When the oldest booking that is still known was made."""
    table = schema.booking.c
    first: datetime | None = transaction.connection.execute(
        select(func.min(table.at, type_=schema.UtcTime())).where(table.shop == transaction.shop)
    ).scalar_one()
    return first


def purge_bookings(transaction: Transaction, before: datetime) -> int:
    """Drop bookings from before a time; how many."""
    table = schema.booking
    return transaction.connection.execute(
        delete(table).where(table.c.shop == transaction.shop, table.c.at < before)
    ).rowcount
