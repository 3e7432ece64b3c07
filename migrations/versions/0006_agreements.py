"""Keep what somebody agreed to for one week: a turn more, other hours, serving with neighbours."""

import sqlalchemy as sa
from alembic import op

revision = "0006_agreements"
down_revision = "0005_changing_turns"


def upgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("more", "hours", "lent", name="kind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("limit", sa.String(length=30), nullable=True),
        sa.Column("more", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("group", sa.String(length=40), nullable=True),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["noted_by_id"], ["accounts.id"], name=op.f("fk_agreements_noted_by_id_accounts")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_agreements_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["roster_id"], ["rosters.id"], name=op.f("fk_agreements_roster_id_rosters"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_agreements_shift_id_shifts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint(
            "roster_id", "person_id", "shift_id", "kind", name=op.f("uq_agreements_roster_id_person_id_shift_id_kind")
        ),
    )
    for column in ("person_id", "roster_id", "shift_id"):
        op.create_index(op.f(f"ix_agreements_{column}"), "agreements", [column])


def downgrade() -> None:
    op.drop_table("agreements")
