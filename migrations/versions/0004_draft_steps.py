"""Keep the steps of a draft, so that coordinators can undo and redo them until the next publication."""

import sqlalchemy as sa
from alembic import op

revision = "0004_draft_steps"
down_revision = "0003_messages"


def upgrade() -> None:
    op.create_table(
        "draft_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_draft_steps_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["roster_id"], ["rosters.id"], name=op.f("fk_draft_steps_roster_id_rosters"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_steps")),
    )
    op.create_index(op.f("ix_draft_steps_roster_id"), "draft_steps", ["roster_id"])


def downgrade() -> None:
    op.drop_table("draft_steps")
