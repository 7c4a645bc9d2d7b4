"""Stock: what is known of each product, what orders take of it, and which products a write in e-conomic touches."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

IS_STOCK = sa.text("kind = 'stock'")


def upgrade() -> None:
    """Add the tables, and the products of intents; those from before have none noted."""
    op.add_column("intent", sa.Column("products", sa.Text()))
    op.create_index("task_stock", "task", ["shop", "klass", "id"], sqlite_where=IS_STOCK, postgresql_where=IS_STOCK)
    op.create_table(
        "stock",
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("number", sa.String(200), nullable=False),
        sa.Column("sku", sa.String(200), nullable=False, server_default=""),
        sa.Column("product_id", sa.BigInteger()),
        sa.Column("standing", sa.String(40), nullable=False, server_default=""),
        sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("seen", sa.String(40)),
        sa.Column("seen_at", sa.BigInteger()),
        sa.Column("in_stock", sa.String(40)),
        sa.Column("available", sa.String(40)),
        sa.Column("applied", sa.String(40)),
        sa.Column("applied_at", sa.BigInteger()),
        sa.Column("applying", sa.String(40)),
        sa.Column("applying_at", sa.BigInteger()),
        sa.Column("open", sa.String(40), nullable=False, server_default="0"),
        sa.Column("pieces", sa.Text(), nullable=False, server_default=""),
        sa.Column("before", sa.String(40)),
        sa.Column("quantity", sa.String(40)),
        sa.Column("written_at", sa.BigInteger()),
        sa.Column("writes", sa.BigInteger(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("shop", "number"),
    )
    op.create_index("stock_sku", "stock", ["shop", "sku"])
    op.create_index("stock_product", "stock", ["shop", "product_id"])
    op.create_index("stock_standing", "stock", ["shop", "standing", "number"])
    op.create_index("stock_written", "stock", ["shop", "written_at"])
    op.create_table(
        "stock_line",
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("taken_off", sa.String(40), nullable=False),
        sa.Column("open", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("shop", "product_id", "order_id"),
    )
    op.create_index("stock_line_order", "stock_line", ["shop", "order_id"])
    op.create_table(
        "stock_order",
        sa.Column("shop", sa.String(100), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_id"),
    )


def downgrade() -> None:
    """The way back is the copy from before."""
    raise NotImplementedError("restore the copy from before the upgrade")  # a state only goes forward
