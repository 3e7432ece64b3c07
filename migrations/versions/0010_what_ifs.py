"""Keep what-ifs of a week and their answers."""

import sqlalchemy as sa
from alembic import op

revision = "0010_what_ifs"
down_revision = "0009_timetables"

STATES = ("queued", "running", "optimal", "feasible", "infeasible", "cancelled", "unknown", "failed")


def upgrade() -> None:
    op.create_table(
        "what_ifs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="state", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("seconds_limit", sa.Integer(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("progress", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["accounts.id"], name=op.f("fk_what_ifs_asked_by_id_accounts")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_what_ifs_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["roster_id"], ["rosters.id"], name=op.f("fk_what_ifs_roster_id_rosters"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_what_ifs")),
    )
    for column in ("job_id", "roster_id"):
        op.create_index(op.f(f"ix_what_ifs_{column}"), "what_ifs", [column])


def downgrade() -> None:
    op.drop_table("what_ifs")
