"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "booking",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("backfill", sa.Boolean(), nullable=False),
    )
    op.create_index("booking_at", "booking", ["shop", "at"])
    op.create_table(
        "call_count",
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "day"),
    )
    op.create_table(
        "control",
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False, server_default=""),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(200), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("shop", "name"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("entity_kind", sa.String(20), nullable=False, server_default=""),
        sa.Column("entity_id", sa.String(200), nullable=False, server_default=""),
        sa.Column("method", sa.String(10), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.String(100), nullable=False, server_default=""),
        sa.Column("error_code", sa.String(100), nullable=False, server_default=""),
    )
    op.create_index("delivery_at", "delivery", ["shop", "at"])
    op.create_index("delivery_entity", "delivery", ["shop", "entity_kind", "entity_id"])
    op.create_table(
        "fact",
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("entity_kind", sa.String(20), nullable=False),
        sa.Column("entity_id", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("data", sa.Text(), nullable=False, server_default=""),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "name", "entity_kind", "entity_id", "subject"),
    )
    op.create_index("fact_age", "fact", ["shop", "name", "at"])
    op.create_table(
        "intent",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("entity_kind", sa.String(20), nullable=False),
        sa.Column("entity_id", sa.String(200), nullable=False),
        sa.Column("role", sa.String(100), nullable=False),
        sa.Column("method", sa.String(10), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("idempotency_key", sa.String(100), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("first_sent_at", sa.BigInteger()),
        sa.Column("last_sent_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("outcome", sa.String(40), nullable=False, server_default=""),
        sqlite_autoincrement=True,
    )
    op.create_index("intent_closed", "intent", ["shop", "closed_at"])
    op.create_index("intent_entity", "intent", ["shop", "entity_kind", "entity_id", "role"])
    op.create_index(
        "intent_open",
        "intent",
        ["shop", "entity_kind", "entity_id", "role"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "link",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("entity_kind", sa.String(20), nullable=False),
        sa.Column("entity_id", sa.String(200), nullable=False),
        sa.Column("role", sa.String(100), nullable=False),
        sa.Column("document", sa.String(30), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("reference", sa.String(250), nullable=False, server_default=""),
        sa.Column("fingerprint", sa.String(100), nullable=False, server_default=""),
        sa.Column("answer", sa.Text(), nullable=False, server_default=""),
        sa.Column("net", sa.String(40)),
        sa.Column("vat", sa.String(40)),
        sa.Column("gross", sa.String(40)),
        sa.Column("profile_hash", sa.String(100), nullable=False, server_default=""),
        sa.Column("identity", sa.Text(), nullable=False, server_default=""),
        sa.Column("product_group", sa.Integer()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("shop", "entity_kind", "entity_id", "role", name="link_role"),
    )
    op.create_index("link_number", "link", ["shop", "document", "number"])
    op.create_table(
        "natural_key",
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("token", sa.String(40), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "kind", "key"),
    )
    op.create_index("natural_key_token", "natural_key", ["shop", "token"])
    op.create_table(
        "position",
        sa.Column("shop", sa.String(100), primary_key=True),
        sa.Column("gtid_set", sa.Text()),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False, server_default=""),
        sa.Column("committed_at", sa.BigInteger()),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "prepared",
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("xid", sa.String(300), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("inserted", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False, server_default=""),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "xid", "kind", "key", "subject"),
    )
    op.create_table(
        "request",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("verb", sa.String(40), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False, server_default=""),
        sa.Column("progress", sa.Text(), nullable=False, server_default=""),
        sa.Column("error", sa.Text(), nullable=False, server_default=""),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("done_at", sa.BigInteger()),
    )
    op.create_index("request_waiting", "request", ["shop", "done_at"])
    op.create_table(
        "task",
        sa.Column("id", ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("klass", sa.Integer(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reason", sa.String(100), nullable=False, server_default=""),
        sa.Column("advice", sa.Text(), nullable=False, server_default=""),
        sa.Column("error_code", sa.String(100), nullable=False, server_default=""),
        sa.Column("refused", sa.String(100), nullable=False, server_default=""),
        sa.Column("reference", sa.String(200), nullable=False, server_default=""),
        sa.Column("admitted", sa.Boolean(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False, server_default=""),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("prior_state", sa.String(10), nullable=False, server_default=""),
        sa.Column("worker", sa.String(100), nullable=False, server_default=""),
        sa.Column("token", sa.String(40)),
        sa.Column("lease_until", sa.BigInteger()),
        sa.UniqueConstraint("shop", "kind", "key", name="task_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("task_due", "task", ["shop", "klass", "due_at"])
    op.create_index("task_state", "task", ["shop", "state"])


def downgrade() -> None:
    """There is nothing before."""
    # alembic asks each migration for the way back; the first one has none
    raise NotImplementedError("restore the copy from before the upgrade")  # a state only goes forward
