"""Remember which messages were read here, so that somebody without any e-mail sees what is new for them."""

import sqlalchemy as sa
from alembic import op

revision = "0015_read_messages"
down_revision = "0014_no_push"


def upgrade() -> None:
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    # What was told before there was a place to read it is no news to anybody.
    op.execute("UPDATE messages SET read_at = created_at")


def downgrade() -> None:
    with op.batch_alter_table("messages") as messages:
        messages.drop_column("read_at")
