"""Links keep e-conomic's own address of their document."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the address; links from before have none."""
    op.add_column("link", sa.Column("self", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """The way back is the copy from before."""
    raise NotImplementedError("restore the copy from before the upgrade")  # a state only goes forward
