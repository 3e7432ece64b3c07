"""Say how many came to a shift and who did not: a promise is kept by people who come, not by people who are planned."""

import sqlalchemy as sa
from alembic import op

revision = "0021_attendance"
down_revision = "0020_sent_to"


def upgrade() -> None:
    with op.batch_alter_table("shifts") as shifts:
        shifts.add_column(sa.Column("came", sa.Integer(), nullable=True))
    with op.batch_alter_table("assignments") as turns:
        turns.add_column(sa.Column("absent", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("assignments") as turns:
        turns.alter_column("absent", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("assignments") as turns:
        turns.drop_column("absent")
    with op.batch_alter_table("shifts") as shifts:
        shifts.drop_column("came")
