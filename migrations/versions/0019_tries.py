"""Count failed tries for all processes together, or a guesser could try as often as there are processes."""

import sqlalchemy as sa
from alembic import op

revision = "0019_tries"
down_revision = "0018_answers_by_link"


def upgrade() -> None:
    op.create_table(
        "tries",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_tries"),
    )
    op.create_index("ix_tries_ends_at", "tries", ["ends_at"])


def downgrade() -> None:
    op.drop_index("ix_tries_ends_at", table_name="tries")
    op.drop_table("tries")
