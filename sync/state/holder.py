"""Who may write a shop's state: the process that took the shop over last.

The lock on Magento's server says who is active, but a process that was stopped may be woken in the middle of a
transaction, long after another one took over. So whoever takes over writes a token into the state, and every later
transaction of that process begins by finding it there. SQLite has one writer at a time, which makes that exact. In
PostgreSQL each writer shares an advisory lock until its commit, and whoever takes over waits until it has it alone; a
process that is stopped in between loses its session, see `sync.state.postgresql`.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Final

from sqlalchemy import Connection, select

from sync.state import schema

NAME: Final = "holder"


def is_held(connection: Connection, shop: str, token: str) -> bool:
    """Whether the state still names `token`; nobody takes over before this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock_shared({_number(shop)})")
    return is_named(connection, shop, token)


def is_named(connection: Connection, shop: str, token: str) -> bool:
    """Whether the state names `token` just now."""
    table = schema.control.c
    named = connection.execute(select(table.value).where(table.shop == shop, table.name == NAME)).scalar_one_or_none()
    return named == token


def wait_for_writers(connection: Connection, shop: str) -> None:
    """Before another token is stored: let the transactions of the process before end."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_number(shop)})")


def new_token() -> str:
    """A token that nobody else has."""
    return uuid.uuid4().hex


def _number(shop: str) -> int:
    """The advisory lock of a shop: 64 bits, so that no two shops share one by chance."""
    return int.from_bytes(hashlib.sha256(f"magento-economic holder\0{shop}".encode()).digest()[:8], signed=True)
