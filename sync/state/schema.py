"""The state's tables.

Every row carries the shop's name. Times are whole microseconds since 1970 (UTC) so that both databases compare them
alike; amounts are decimal text; structures are compact JSON text.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

REVISIONS: Final = ("0001", "0002", "0003", "0004")
"""The migrations in order; the last is what this program works with."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time, stored as microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an aware time into microseconds; a naive one raises TypeError."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Turn microseconds into an aware UTC time."""
        return None if value is None else EPOCH + timedelta(microseconds=int(value))


class Money(TypeDecorator[Decimal]):
    """An amount, stored as text: SQLite has no exact decimal type."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Turn an amount into text without an exponent."""
        return None if value is None else format(value, "f")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        """Turn text into an amount."""
        return None if value is None else Decimal(value)


class Words(TypeDecorator[str]):
    """Text of others: cut to `length`, and without NUL, which PostgreSQL does not store."""

    impl = Text
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__()
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """A column of a length where there is one."""
        return dialect.type_descriptor(String(self.length) if self.length else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Make a text fit."""
        return None if value is None else value.replace("\0", "")[: self.length]


metadata = MetaData()

# SQLite numbers rows by itself only in a column that is declared INTEGER
RowId = BigInteger().with_variant(Integer(), "sqlite")

SHOP = String(100)
KIND = String(20)
ID = String(200)
ROLE = String(100)

IS_STOCK: Final = text("kind = 'stock'")
"""Written out, for SQLite takes a partial index only where the query says the same words."""


def _text(name: str, length: int | None = None) -> Column[str]:
    return Column(name, Words(length), nullable=False, server_default="")


position = Table(
    "position",
    metadata,
    Column("shop", SHOP, primary_key=True),
    Column("gtid_set", Text()),
    Column("file", Text(), nullable=False),
    Column("offset", BigInteger(), nullable=False),
    _text("anchor"),
    Column("committed_at", UtcTime()),
    Column("stored_at", UtcTime(), nullable=False),
)

task = Table(
    "task",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("shop", SHOP, nullable=False),
    Column("kind", KIND, nullable=False),
    Column("key", Words(200), nullable=False),
    Column("klass", Integer(), nullable=False),
    Column("generation", BigInteger(), nullable=False),
    Column("state", String(10), nullable=False),
    Column("due_at", UtcTime()),
    Column("attempts", Integer(), nullable=False, server_default="0"),
    _text("reason", 100),
    _text("advice"),
    _text("error_code", 100),
    _text("refused", 100),
    _text("reference", 200),
    Column("admitted", Boolean(), nullable=False),
    _text("starts"),
    Column("first_seen", UtcTime(), nullable=False),
    Column("changed_at", UtcTime(), nullable=False),
    _text("prior_state", 10),
    _text("worker", 100),
    Column("token", String(40)),
    Column("lease_until", UtcTime()),
    UniqueConstraint("shop", "kind", "key", name="task_key"),
    Index("task_due", "shop", "klass", "due_at"),
    Index("task_state", "shop", "state"),
    Index("task_stock", "shop", "klass", "id", sqlite_where=IS_STOCK, postgresql_where=IS_STOCK),
    sqlite_autoincrement=True,
)

link = Table(
    "link",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("shop", SHOP, nullable=False),
    Column("entity_kind", KIND, nullable=False),
    Column("entity_id", ID, nullable=False),
    Column("role", ROLE, nullable=False),
    Column("document", String(30), nullable=False),
    Column("number", String(40), nullable=False),
    _text("reference", 250),
    _text("fingerprint", 100),
    _text("answer"),
    Column("net", Money()),
    Column("vat", Money()),
    Column("gross", Money()),
    _text("profile_hash", 100),
    _text("identity"),
    Column("product_group", Integer()),
    Column("created_at", UtcTime(), nullable=False),
    Column("updated_at", UtcTime(), nullable=False),
    _text("self"),
    UniqueConstraint("shop", "entity_kind", "entity_id", "role", name="link_role"),
    Index("link_number", "shop", "document", "number"),
    Index("link_reference", "shop", "reference"),
)

intent = Table(
    "intent",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("shop", SHOP, nullable=False),
    Column("entity_kind", KIND, nullable=False),
    Column("entity_id", ID, nullable=False),
    Column("role", ROLE, nullable=False),
    Column("method", String(10), nullable=False),
    Column("path", Text(), nullable=False),
    Column("body", LargeBinary(), nullable=False),
    Column("idempotency_key", String(100), nullable=False),
    Column("opened_at", UtcTime(), nullable=False),
    Column("first_sent_at", UtcTime()),
    Column("last_sent_at", UtcTime()),
    Column("closed_at", UtcTime()),
    _text("outcome", 40),
    Column("products", Words()),
    Index(
        "intent_open",
        "shop",
        "entity_kind",
        "entity_id",
        "role",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("intent_entity", "shop", "entity_kind", "entity_id", "role"),
    Index("intent_closed", "shop", "closed_at"),
    sqlite_autoincrement=True,
)

natural_key = Table(
    "natural_key",
    metadata,
    Column("shop", SHOP, primary_key=True),
    Column("kind", KIND, primary_key=True),
    Column("key", String(400), primary_key=True),
    Column("token", String(40), nullable=False),
    Column("lease_until", UtcTime(), nullable=False),
    Index("natural_key_token", "shop", "token"),
)

fact = Table(
    "fact",
    metadata,
    Column("shop", SHOP, primary_key=True),
    Column("name", String(20), primary_key=True),
    Column("entity_kind", KIND, primary_key=True),
    Column("entity_id", ID, primary_key=True),
    Column("subject", ROLE, primary_key=True),
    _text("data"),
    Column("at", UtcTime(), nullable=False),
    Index("fact_age", "shop", "name", "at"),
)

prepared = Table(
    "prepared",
    metadata,
    Column("shop", SHOP, primary_key=True),
    Column("xid", String(300), primary_key=True),
    Column("kind", KIND, primary_key=True),
    Column("key", Words(200), primary_key=True),
    Column("subject", ROLE, primary_key=True),
    Column("inserted", Boolean(), nullable=False),
    Column("deleted", Boolean(), nullable=False),
    _text("data"),
    Column("at", UtcTime(), nullable=False),
)

control = Table(
    "control",
    metadata,
    Column("shop", SHOP, primary_key=True),
    Column("name", String(60), primary_key=True),
    _text("value"),
    Column("since", UtcTime(), nullable=False),
    Column("by", String(200), nullable=False, server_default=""),
)

booking = Table(
    "booking",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("shop", SHOP, nullable=False),
    Column("at", UtcTime(), nullable=False),
    Column("backfill", Boolean(), nullable=False),
    Index("booking_at", "shop", "at"),
)

call_count = Table(
    "call_count",
    metadata,
    Column("shop", SHOP, primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("calls", BigInteger(), nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("shop", SHOP, nullable=False),
    Column("at", UtcTime(), nullable=False),
    _text("entity_kind", 20),
    _text("entity_id", 200),
    Column("method", String(10), nullable=False),
    Column("path", Words(), nullable=False),
    Column("status", Integer()),
    Column("milliseconds", Integer(), nullable=False),
    _text("log_id", 100),
    _text("error_code", 100),
    Index("delivery_at", "shop", "at"),
    Index("delivery_entity", "shop", "entity_kind", "entity_id"),
)

request = Table(
    "request",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("shop", SHOP, nullable=False),
    Column("verb", String(40), nullable=False),
    _text("arguments"),
    _text("progress"),
    _text("error"),
    Column("asked_at", UtcTime(), nullable=False),
    Column("started_at", UtcTime()),
    Column("done_at", UtcTime()),
    Index("request_waiting", "shop", "done_at"),
)

stock = Table(
    "stock",
    metadata,
    Column("shop", SHOP, primary_key=True),
    Column("number", Words(200), primary_key=True),
    _text("sku", 200),
    Column("product_id", BigInteger()),
    _text("standing", 40),
    Column("told", Boolean(), nullable=False, server_default=false()),
    Column("by_hand", Boolean(), nullable=False, server_default=false()),
    Column("seen", Money()),
    Column("seen_at", UtcTime()),
    Column("in_stock", Money()),
    Column("available", Money()),
    Column("applied", Money()),
    Column("applied_at", UtcTime()),
    Column("applying", Money()),
    Column("applying_at", UtcTime()),
    Column("open", Money(), nullable=False, server_default="0"),
    _text("pieces"),
    Column("before", Money()),
    Column("quantity", Money()),
    Column("written_at", UtcTime()),
    Column("writes", BigInteger(), nullable=False, server_default="0"),
    Index("stock_sku", "shop", "sku"),
    Index("stock_product", "shop", "product_id"),
    Index("stock_standing", "shop", "standing", "number"),
    Index("stock_written", "shop", "written_at"),
)

stock_line = Table(
    "stock_line",
    metadata,
    Column("shop", SHOP, primary_key=True),
    Column("product_id", BigInteger(), primary_key=True, autoincrement=False),
    Column("order_id", BigInteger(), primary_key=True, autoincrement=False),
    Column("skipped", Boolean(), nullable=False),
    Column("taken_off", Money(), nullable=False),
    Column("open", Money(), nullable=False),
    Index("stock_line_order", "shop", "order_id"),
)

stock_order = Table(
    "stock_order",
    metadata,
    Column("shop", SHOP, primary_key=True),
    Column("order_id", BigInteger(), primary_key=True, autoincrement=False),
    Column("generation", BigInteger(), nullable=False),
)

# alembic's own table, declared here so that a fresh state needs no alembic
alembic_version = Table(
    "alembic_version",
    metadata,
    Column("version_num", String(32), primary_key=True),
)
