"""Find people by number or address at once: whoever signs in may give either."""

from alembic import op

revision = "0025_reached_by"
down_revision = "0024_nights"


def upgrade() -> None:
    op.create_index(op.f("ix_people_phone"), "people", ["phone"])
    op.create_index(op.f("ix_people_email"), "people", ["email"])


def downgrade() -> None:
    op.drop_index(op.f("ix_people_email"), "people")
    op.drop_index(op.f("ix_people_phone"), "people")
