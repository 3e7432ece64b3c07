"""Let a link in a letter answer a swap, or take a place kept from the waiting list, as others do."""

from alembic import op

revision = "0018_answers_by_link"
down_revision = "0017_push_devices"

PURPOSES = ("turn", "availability", "cover", "calendar", "choices")


def upgrade() -> None:
    _allow((*PURPOSES, "swap", "offer"))


def downgrade() -> None:
    op.execute("DELETE FROM answer_links WHERE purpose IN ('swap', 'offer')")
    _allow(PURPOSES)


def _allow(purposes: tuple[str, ...]) -> None:
    values = ", ".join(f"'{purpose}'" for purpose in purposes)
    with op.batch_alter_table("answer_links") as links:
        links.drop_constraint(op.f("ck_answer_links_purpose"), type_="check")
        links.create_check_constraint(op.f("ck_answer_links_purpose"), f"purpose IN ({values})")
