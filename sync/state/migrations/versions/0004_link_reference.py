"""Links are found by the reference of their document: before each new document, whether another order has it."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("link_reference", "link", ["shop", "reference"])


def downgrade() -> None:
    """The way back is the copy from before."""
    raise NotImplementedError("restore the copy from before the upgrade")  # a state only goes forward
