"""Nights, beside the other parts of a day that people offer."""

from alembic import op

revision = "0024_nights"
down_revision = "0023_no_swap_notes"


def upgrade() -> None:
    _let("'morning', 'afternoon', 'evening', 'night'")


def downgrade() -> None:
    op.execute("DELETE FROM weekly_availability WHERE half = 'night'")
    _let("'morning', 'afternoon', 'evening'")


def _let(halves: str) -> None:
    with op.batch_alter_table("weekly_availability") as weeks:
        weeks.drop_constraint(op.f("ck_weekly_availability_half"), type_="check")
        weeks.create_check_constraint(op.f("ck_weekly_availability_half"), f"half IN ({halves})")
