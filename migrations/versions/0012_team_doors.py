"""Let a whole team come in by one poster: the address its members scan, open for two weeks."""

import sqlalchemy as sa
from alembic import op

revision = "0012_team_doors"
down_revision = "0011_consents"


def upgrade() -> None:
    op.create_table(
        "team_doors",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_doors_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_doors")),
        sa.UniqueConstraint("team_id", name=op.f("uq_team_doors_team_id")),
        sa.UniqueConstraint("token", name=op.f("uq_team_doors_token")),
    )


def downgrade() -> None:
    op.drop_table("team_doors")
