"""Let volunteers leave, take, wait for, cover and swap published turns, and keep what was asked and answered."""

import sqlalchemy as sa
from alembic import op

revision = "0005_changing_turns"
down_revision = "0004_draft_steps"


def upgrade() -> None:
    op.create_table(
        "turn_rules",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("withdraw_hours", sa.Integer(), nullable=False),
        sa.Column("claims_agreed", sa.Boolean(), nullable=False),
        sa.Column("swaps_agreed", sa.Boolean(), nullable=False),
        sa.Column("answer_hours", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("answer_hours > 0", name=op.f("ck_turn_rules_answer_hours")),
        sa.CheckConstraint("withdraw_hours >= 0", name=op.f("ck_turn_rules_withdraw_hours")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_turn_rules_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn_rules")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_turn_rules_unit_id")),
    )
    op.create_table(
        "claims",
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "offered",
                "asked",
                "taken",
                "let_go",
                "lapsed",
                "refused",
                "closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_claims_person_id_people")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_claims_shift_id_shifts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_person_id"), "claims", ["person_id"], unique=False)
    op.create_index("ix_claims_shift_id_state", "claims", ["shift_id", "state"], unique=False)
    op.create_table(
        "cover_calls",
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("leaving_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["accounts.id"], name=op.f("fk_cover_calls_asked_by_id_accounts")),
        sa.ForeignKeyConstraint(["leaving_id"], ["people.id"], name=op.f("fk_cover_calls_leaving_id_people")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_cover_calls_shift_id_shifts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_calls")),
    )
    op.create_index(op.f("ix_cover_calls_leaving_id"), "cover_calls", ["leaving_id"], unique=False)
    op.create_index("ix_cover_calls_shift_id_closed_at", "cover_calls", ["shift_id", "closed_at"], unique=False)
    op.create_table(
        "swaps",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("wanted_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "agreed",
                "done",
                "declined",
                "taken_back",
                "refused",
                "closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["people.id"], name=op.f("fk_swaps_other_id_people")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_swaps_person_id_people")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_swaps_shift_id_shifts")),
        sa.ForeignKeyConstraint(["wanted_id"], ["shifts.id"], name=op.f("fk_swaps_wanted_id_shifts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swaps")),
    )
    op.create_index(op.f("ix_swaps_other_id"), "swaps", ["other_id"], unique=False)
    op.create_index(op.f("ix_swaps_person_id"), "swaps", ["person_id"], unique=False)
    op.create_index(op.f("ix_swaps_shift_id"), "swaps", ["shift_id"], unique=False)
    op.create_index(op.f("ix_swaps_wanted_id"), "swaps", ["wanted_id"], unique=False)
    op.create_table(
        "withdrawals",
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "granted",
                "refused",
                "taken_back",
                "closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["accounts.id"], name=op.f("fk_withdrawals_answered_by_id_accounts")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_withdrawals_person_id_people")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_withdrawals_shift_id_shifts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
    )
    op.create_index(op.f("ix_withdrawals_person_id"), "withdrawals", ["person_id"], unique=False)
    op.create_index("ix_withdrawals_shift_id_person_id", "withdrawals", ["shift_id", "person_id"], unique=False)
    op.create_index(op.f("ix_withdrawals_state"), "withdrawals", ["state"], unique=False)
    op.create_table(
        "cover_asks",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "yes",
                "agreed",
                "no",
                "closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["cover_calls.id"], name=op.f("fk_cover_asks_call_id_cover_calls"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_cover_asks_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_asks")),
        sa.UniqueConstraint("call_id", "person_id", name=op.f("uq_cover_asks_call_id_person_id")),
    )
    op.create_index(op.f("ix_cover_asks_person_id"), "cover_asks", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_cover_asks_person_id"), table_name="cover_asks")
    op.drop_table("cover_asks")
    op.drop_index(op.f("ix_withdrawals_state"), table_name="withdrawals")
    op.drop_index("ix_withdrawals_shift_id_person_id", table_name="withdrawals")
    op.drop_index(op.f("ix_withdrawals_person_id"), table_name="withdrawals")
    op.drop_table("withdrawals")
    op.drop_index(op.f("ix_swaps_wanted_id"), table_name="swaps")
    op.drop_index(op.f("ix_swaps_shift_id"), table_name="swaps")
    op.drop_index(op.f("ix_swaps_person_id"), table_name="swaps")
    op.drop_index(op.f("ix_swaps_other_id"), table_name="swaps")
    op.drop_table("swaps")
    op.drop_index("ix_cover_calls_shift_id_closed_at", table_name="cover_calls")
    op.drop_index(op.f("ix_cover_calls_leaving_id"), table_name="cover_calls")
    op.drop_table("cover_calls")
    op.drop_index("ix_claims_shift_id_state", table_name="claims")
    op.drop_index(op.f("ix_claims_person_id"), table_name="claims")
    op.drop_table("claims")
    op.drop_table("turn_rules")
