"""Ask everybody for one week at a time, and know by when a turn must be confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0008_rounds"
down_revision = "0007_people_imports"

PURPOSES = ("turn", "availability", "cover", "calendar", "choices")


def upgrade() -> None:
    op.create_table(
        "confirm_rules",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("hours >= 0", name=op.f("ck_confirm_rules_hours")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_confirm_rules_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirm_rules")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_confirm_rules_unit_id")),
    )
    op.create_table(
        "rounds",
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["accounts.id"], name=op.f("fk_rounds_asked_by_id_accounts")),
        sa.ForeignKeyConstraint(
            ["roster_id"], ["rosters.id"], name=op.f("fk_rounds_roster_id_rosters"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("roster_id", name=op.f("uq_rounds_roster_id")),
    )
    op.create_table(
        "round_answers",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("offer", sa.JSON(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_round_answers_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_round_answers_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_answers")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_round_answers_round_id_person_id")),
    )
    op.create_index(
        "ix_round_answers_person_id_answered_at", "round_answers", ["person_id", "answered_at"], unique=False
    )
    with op.batch_alter_table("contact_choices") as choices:
        choices.drop_column("webhook")
    _allow_purposes(PURPOSES)


def downgrade() -> None:
    op.execute("DELETE FROM answer_links WHERE purpose = 'cover'")
    _allow_purposes(tuple(purpose for purpose in PURPOSES if purpose != "cover"))
    with op.batch_alter_table("contact_choices") as choices:
        choices.add_column(sa.Column("webhook", sa.String(length=300), nullable=False, server_default=""))
    op.drop_index("ix_round_answers_person_id_answered_at", table_name="round_answers")
    op.drop_table("round_answers")
    op.drop_table("rounds")
    op.drop_table("confirm_rules")


def _allow_purposes(purposes: tuple[str, ...]) -> None:
    values = ", ".join(f"'{purpose}'" for purpose in purposes)
    with op.batch_alter_table("answer_links") as links:
        links.drop_constraint(op.f("ck_answer_links_purpose"), type_="check")
        links.create_check_constraint(op.f("ck_answer_links_purpose"), f"purpose IN ({values})")
