"""Drop the note of a swap: no page ever asked for one."""

import sqlalchemy as sa
from alembic import op

revision = "0023_no_swap_notes"
down_revision = "0022_objections"


def upgrade() -> None:
    with op.batch_alter_table("swaps") as swaps:
        swaps.drop_column("note")


def downgrade() -> None:
    with op.batch_alter_table("swaps") as swaps:
        swaps.add_column(sa.Column("note", sa.String(length=300), nullable=False, server_default=""))
