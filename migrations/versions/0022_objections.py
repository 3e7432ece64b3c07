"""Let somebody who is noted as missing say that they were there, and name the two notes apart on the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0022_objections"
down_revision = "0021_attendance"

TRAIL = sa.table("audit_entries", sa.column("action", sa.String), sa.column("facts", sa.JSON))


def upgrade() -> None:
    states = sa.Enum("waiting", "answered", name="objection", native_enum=False, create_constraint=True, length=20)
    with op.batch_alter_table("assignments") as turns:
        turns.add_column(sa.Column("objection", states, nullable=True))
    missed = sa.case((TRAIL.c.facts["absent"].as_boolean(), "attendance.missed"), else_="attendance.came")
    op.execute(TRAIL.update().where(TRAIL.c.action == "attendance.note").values(action=missed))


def downgrade() -> None:
    # The trail keeps its two names: one for both would lose who was missing.
    with op.batch_alter_table("assignments") as turns:
        turns.drop_constraint(op.f("ck_assignments_objection"), type_="check")
        turns.drop_column("objection")
