"""Let demand say how surely its minimum should come, in percent."""

import sqlalchemy as sa
from alembic import op

revision = "0013_service_level"
down_revision = "0012_team_doors"

TABLES = ("demand_patterns", "shifts")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("service_level", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("service_level")
