"""Since when shifts must be confirmed: whom a new rule catches late still gets time to answer."""

import sqlalchemy as sa
from alembic import op

revision = "0026_confirm_since"
down_revision = "0025_reached_by"


def upgrade() -> None:
    op.add_column("confirm_rules", sa.Column("changed_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    with op.batch_alter_table("confirm_rules") as table:
        table.drop_column("changed_at")
