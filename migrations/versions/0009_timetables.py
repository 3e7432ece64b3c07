"""Keep volunteers' timetables and when they keep them busy, so that nobody is planned into their own exam."""

import sqlalchemy as sa
from alembic import op

revision = "0009_timetables"
down_revision = "0008_rounds"


def upgrade() -> None:
    op.create_table(
        "timetables",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "file",
                "link",
                "table",
                name=op.f("ck_timetables_kind"),
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "reading",
                "read",
                "refused",
                name=op.f("ck_timetables_state"),
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=True),
        sa.Column("source", sa.LargeBinary(), nullable=True),
        sa.Column("whole_days", sa.Boolean(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(kind = 'link') = (url IS NOT NULL)", name=op.f("ck_timetables_link_has_url")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_timetables_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetables")),
    )
    op.create_index(op.f("ix_timetables_person_id"), "timetables", ["person_id"])
    op.create_table(
        "busy_times",
        sa.Column("timetable_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whole_day", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_busy_times_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["timetable_id"], ["timetables.id"], name=op.f("fk_busy_times_timetable_id_timetables"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_busy_times_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_times")),
    )
    op.create_index("ix_busy_times_person_id_starts_at", "busy_times", ["person_id", "starts_at"])
    op.create_index(op.f("ix_busy_times_timetable_id"), "busy_times", ["timetable_id"])


def downgrade() -> None:
    op.drop_table("busy_times")
    op.drop_table("timetables")
